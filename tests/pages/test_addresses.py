"""What people choose stands in the address: a reload opens the same, and downloads are of what is shown."""

import pytest

from portal.domain.accounts.access import OPERATOR
from portal.domain.registry.months import Month
from portal.services.annual_report import freezing
from portal.ui.page.navigation import page_path
from tests.services.region import send


def widget(page, label):
    """Return a choice by its label: a box, or a row of buttons."""
    return next(
        element
        for element in (*page.app.selectbox, *page.app.button_group, *page.app.radio)
        if element.label == label
    )


def reloaded(open_page, user, name, page):
    """Open the page anew, in a session that remembers nothing, with the address as it stands now."""
    return open_page(user, name, **page.app.query_params)


CHOICES = [
    (
        "region",
        "indicator",
        {
            "Mottagning": "mora",
            "Indikator": "care_plans",
            "Period": 36,
        },
    ),
    ("region", "clinics", {"Period": Month(2024, 11), "Grupp": "Mora", "Visa": "alla"}),
    ("region", "queues", {"Månadens sista dag": Month(2024, 10), "Kö": "treatment", "Räkna för": "mora"}),
    ("region", "sources", {"År": 2023, "Gäller": "mora"}),
    ("region", "sources", {"Period": "2024-04"}),
    ("region", "contract", {"År": 2023, "Ordning": "uppfyllda"}),
    ("region", "month", {"Månad": Month(2024, 10)}),
    ("region", "status", {"Månad att släppa": Month(2024, 10)}),
    ("region", "annual_report", {"År": 2023, "Innehåll": "4.5.2"}),
    ("mora", "indicator", {"Månad att kommentera": Month(2024, 10), "Visa": "rullande"}),
    ("mora", "submit", {"Månad": Month(2024, 10)}),
    ("psykiatripartners", "indicator", {"Mottagning": "ludvika-psykiatripartners"}),
]


def choices(page, labels):
    return {label: widget(page, label).value for label in labels}


@pytest.mark.parametrize(("user", "name", "options"), CHOICES)
def test_every_choice_is_still_there_after_a_reload(open_page, user, name, options):
    page = open_page(user, name)
    for label, option in options.items():
        assert widget(page, label).value != option
        widget(page, label).set_value(option).run()
        assert not page.app.exception

    page = reloaded(open_page, user, name, page)

    assert choices(page, options) == options


def test_what_is_chosen_before_the_browser_has_heard_of_a_choice_does_not_undo_it(open_page):
    page = open_page("region", "clinics")
    before = dict(page.app.query_params)
    for label, option in (
        ("Grupp", "Falun"),
        ("Grupp", "Mora"),
        ("Period", 2023),
        ("Indikator", "care_plans"),
    ):
        widget(page, label).set_value(option).run()
        page.app.query_params.clear()
        page.app.query_params.update(before)  # as the browser still has it

    page.app.run()

    assert choices(page, ["Grupp", "Period", "Indikator"]) == {
        "Grupp": "Mora",
        "Period": 2023,
        "Indikator": "care_plans",
    }
    assert page.app.query_params["grupp"] == "Mora"


def test_the_clinic_stays_when_something_else_is_chosen_before_the_browser_has_heard_of_it(open_page):
    page = open_page("region", "indicator", mottagning="falun")
    before = dict(page.app.query_params)
    widget(page, "Mottagning").set_value("mora").run()
    page.app.query_params.clear()
    page.app.query_params.update(before)

    widget(page, "Indikator").set_value("care_plans").run()

    assert choices(page, ["Mottagning", "Indikator"]) == {"Mottagning": "mora", "Indikator": "care_plans"}


def test_a_choice_of_one_page_says_nothing_about_the_next(open_page):
    page = open_page("region", "queues")
    first = widget(page, "Månadens sista dag").value
    widget(page, "Månadens sista dag").set_value(Month(2024, 10)).run()
    page.app.query_params.clear()
    page.app.switch_page(str(page_path("month"))).run()
    page.app.switch_page(str(page_path("queues"))).run()

    assert widget(page, "Månadens sista dag").value == first


def test_the_clinic_opened_on_one_page_is_in_the_next_ones_address(open_page):
    page = open_page("region", "overview", mottagning="mora")
    page.app.query_params.clear()

    page.app.run()

    assert widget(page, "Mottagning").value == "mora"
    assert page.app.query_params["mottagning"] == "mora"


@pytest.mark.parametrize("text", ["2019-13", "<b>" + "9" * 400])
def test_an_address_that_no_choice_has_opens_the_first(open_page, text):
    usual = open_page("region", "queues")

    page = open_page("region", "queues", manad=text, ko=text, **{"for": text})

    assert widget(page, "Månadens sista dag").value == widget(usual, "Månadens sista dag").value
    assert widget(page, "Kö").value == widget(usual, "Kö").value
    assert widget(page, "Räkna för").value == widget(usual, "Räkna för").value


def test_the_version_shown_stays_when_it_is_frozen_and_published_and_is_shown_after_a_reload(
    open_page, own_demo
):
    """Its label changed when it was published: the page went back to the draft, and its files were the draft's."""
    page = open_page("region", "annual_report")
    page.press("Fastställ …").press("Fastställ årsuppföljningen 2024")
    assert widget(page, "Version").value == 1

    (frozen,) = freezing.list_frozen(own_demo, OPERATOR, 2024)
    freezing.publish(own_demo, OPERATOR, year=2024, version=1, sha256=frozen.sha256)
    page.app.run()
    assert widget(page, "Version").value == 1
    page = reloaded(open_page, "region", "annual_report", page)
    assert widget(page, "Version").value == 1
    assert "Publicerad 5 februari 2025" in page.text

    page.choose("Version", 0)
    page = reloaded(open_page, "region", "annual_report", page)
    assert widget(page, "Version").value == 0


def test_the_case_under_review_is_still_open_after_a_reload_and_left_after_its_decision(open_page, own_demo):
    send(own_demo, "mora", confirm=True)
    page = open_page("region", "review")
    (queue,) = page.app.selectbox
    first, other = queue.value, "mora 2025-01 1"
    assert first != other
    assert page.app.query_params["mottagning"] == first.split()[0]  # however the queue grows
    queue.set_value(other).run()

    page = reloaded(open_page, "region", "review", page)
    assert page.app.selectbox[0].value == other
    page.press("Godkänn BUP Mora januari 2025")

    assert page.app.query_params["mottagning"] == first.split()[0]
    assert page.app.success[0].value == "BUP Mora januari 2025 är godkänd."
    assert page.app.title[0].value == "Granska JeWe BUP Borlänge januari 2025"


def test_a_tile_with_a_mark_leads_to_what_may_explain_it_and_any_other_to_the_chart(open_page):
    page = open_page("mora", "overview", manad="2024-12").html

    grids = page.xpath("//ul[@class='portal-tiles']//a")
    marks = {
        tile.get("href"): "".join(mark.text_content() for mark in tile.find_class("mark")) for tile in grids
    }
    marked = [address for address, mark in marks.items() if mark and "som vanligt" not in mark]
    assert 0 < len(marked) < len(marks)
    assert marked == [address for address in marks if address.endswith("#varfor")]
