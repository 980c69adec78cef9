"""One function makes every address of Indikator: the chart, or of a mark the list of what may explain it."""

import re

from portal.settings import ROOT
from portal.ui.words import month_links


def test_a_clinics_months_open_at_the_chart_and_a_mark_at_what_may_explain_it():
    months = "/indikator?mottagning=mora&indikator=care_plans"

    assert month_links.to_months("mora", "care_plans") == months
    assert month_links.to_months("mora", "care_plans", asks_why=True) == f"{months}#varfor"


def test_a_choice_that_is_not_made_is_left_out():
    assert month_links.to_months("", "care_plans") == "/indikator?indikator=care_plans"


def test_no_page_makes_the_address_itself():
    pages = [*(ROOT / "portal" / "ui").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]

    makers = [page.stem for page in pages if re.search(r'link\(\s*"indikator"', page.read_text("utf-8"))]

    assert makers == ["month_links"]
