"""One function makes every address of Indikator: the chart, or of a mark the list of what may explain it."""

import re

import pytest

from portal.domain.registry.months import Month
from portal.settings import ROOT
from portal.ui.base.context import give_portal
from portal.ui.words import month_links


MONTHS = "/indikator?mottagning=mora&indikator=care_plans"


def test_a_clinics_months_open_at_the_chart_and_a_mark_at_what_may_explain_it(demo):
    give_portal(demo)  # 5 February 2025: January is the newest month

    assert month_links.to_months("mora", "care_plans") == MONTHS
    assert month_links.to_months("mora", "care_plans", why=Month(2025, 1)) == f"{MONTHS}#varfor"


@pytest.mark.parametrize(
    ("month", "shown"),
    [
        (Month(2023, 2), ""),
        (Month(2023, 1), "&manader=36"),
        (Month(2022, 2), "&manader=36"),
        (Month(2022, 1), "&manader=10000"),
    ],
)
def test_a_mark_opens_so_many_months_that_its_own_is_among_them(demo, month, shown):
    give_portal(demo)

    assert month_links.to_months("mora", "care_plans", why=month) == f"{MONTHS}{shown}#varfor"


def test_a_choice_that_is_not_made_is_left_out():
    assert month_links.to_months("", "care_plans") == "/indikator?indikator=care_plans"


def test_no_page_makes_the_address_itself():
    pages = [*(ROOT / "portal" / "ui").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]

    makers = [page.stem for page in pages if re.search(r'link\(\s*"indikator"', page.read_text("utf-8"))]

    assert makers == ["month_links"]
