"""Whatever stands in an address, the page opens on a choice that it has, or says in Swedish what it lacks."""

import shutil

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.ui.base.context import give_portal
from portal.ui.page.navigation import page_path
from tests.conftest import open_demo
from tests.pages.conftest import open_app
from tests.services.region import row_counts


TEXTS = st.sampled_from(
    (
        "0000-00",
        "0001-01",
        "1999-12",
        "2000-01",
        "2025-13",
        "2100-12",
        "9999-12",
        "-1",
        "0",
        "1900",
        "10000",
        "",
    )
) | st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
CHOICES = (
    "manad",
    "ar",
    "period",
    "indikator",
    "ko",
    "visa",
    "kalla",
    "kapitel",
    "ordning",
    "plan",
    "galler",
)
OF_CLINICS = ("overview", "indicator", "submit", "submissions", "action_plans", "definitions")
OF_THE_REGION = (
    "status", "month", "review", "clinics", "queues", "contract", "action_plans", "annual_report", "sources", "definitions"
)  # fmt: skip


@pytest.fixture(scope="module")
def demo_copy(demo_file, tmp_path_factory):
    portal = open_demo(shutil.copy(demo_file, tmp_path_factory.mktemp("addresses") / "demo.db"))
    give_portal(portal)
    yield portal
    portal.database.engine.dispose()


@pytest.fixture(scope="module")
def of_mora(demo_copy):
    return open_app(demo_copy, "mora")


@pytest.fixture(scope="module")
def of_the_region(demo_copy):
    return open_app(demo_copy, "region")


def addresses(*names, **others):
    """Return addresses that choose everything a page can be asked for."""
    return st.fixed_dictionaries(dict.fromkeys(names, TEXTS) | others)


def check_opens(app, page, parameters):
    app.query_params.clear()
    for name, value in parameters.items():
        app.query_params[name] = value
    app.switch_page(str(page_path(page))).run()
    assert not app.exception
    assert app.title
    assert not any("Något gick fel" in error.value for error in app.error)


@pytest.mark.parametrize("page", OF_CLINICS)
@given(addresses(*CHOICES))
@example({"manad": "9999-12", "ar": "10000"})
@settings(max_examples=2)
def test_a_clinics_pages_open_whatever_their_address_says(demo_copy, of_mora, page, parameters):
    before = row_counts(demo_copy)

    check_opens(of_mora, page, parameters)

    assert of_mora.title[0].value != "Du kan inte öppna den här sidan"
    assert row_counts(demo_copy) == before


@pytest.mark.parametrize("page", OF_THE_REGION)
@given(addresses(*CHOICES, mottagning=st.just("mora") | TEXTS))
@settings(max_examples=2)
def test_the_regions_pages_open_whatever_their_address_says(demo_copy, of_the_region, page, parameters):
    before = row_counts(demo_copy)

    check_opens(of_the_region, page, parameters)

    assert row_counts(demo_copy) == before


@pytest.mark.parametrize(
    ("page", "parameters", "words"),
    [
        ("overview", {"manad": "2031-01"}, "Adressens ”2031-01” finns inte här"),
        ("clinics", {"period": "1999"}, "Adressens ”1999” finns inte här: 2024 visas."),
        ("annual_report", {"kapitel": "9.9"}, "Adressens ”9.9” finns inte här"),
        ("queues", {"ko": "<b>kö</b>"}, "Adressens ”<b>kö</b>” finns inte här"),
    ],
)
def test_what_an_address_asks_for_and_a_page_does_not_have_is_said(open_page, page, parameters, words):
    assert words in open_page("mora" if page == "overview" else "region", page, **parameters).text


def test_a_section_that_is_read_with_others_is_known(open_page):
    assert "finns inte här" not in open_page("region", "annual_report", kapitel="4.2.3").text
