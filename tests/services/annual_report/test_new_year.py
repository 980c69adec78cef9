"""A new year by itself: on its first day it has its chapters, what lacks, and whom to ask."""

from dataclasses import replace
from datetime import date

import pytest

from portal.domain.accounts.access import OPERATOR
from portal.domain.annual_report import places
from portal.domain.annual_report.places import Placement, place_of
from portal.domain.annual_report.readiness import Standing
from portal.services.annual_report import readiness, texts
from portal.services.annual_report.live import live
from portal.services.annual_report.texts import NewText
from portal.services.context import Clock
from portal.services.insight import benchmarks


@pytest.fixture
def first_day(own_demo):
    """The demo on the first of January 2026: 2025 has one month, and 2026 none."""
    return replace(own_demo, clock=Clock(date(2026, 1, 1)))


def test_the_year_can_be_opened_on_its_first_day(first_day):
    assert benchmarks.years_of_reports(first_day)[0] == 2026
    assert benchmarks.years(first_day)[0] == 2025  # no other page has a year without a month


def test_it_does_not_call_itself_whole_and_says_nothing_of_figures_it_lacks(first_day):
    report = live(first_day, OPERATOR, 2026)

    assert not report.is_of_whole_year
    values = [point for _, point in report.points if point.period == "2026" and point.value]
    assert values == []


def test_it_has_the_chapters_texts_and_choices_of_the_year_before(first_day):
    for new in (
        NewText(place=place_of("7", places.TITLE), text="Nästa steg", goes_on=True),
        NewText(place=place_of("2", places.LEAD), text="Vårt syfte {år}.", goes_on=True),
    ):
        texts.write(first_day, OPERATOR, 2025, new)
    texts.arrange(first_day, OPERATOR, 2025, {"4.6:plats": Placement.OUT}, goes_on=True)

    report = live(first_day, OPERATOR, 2026)

    numbers = [section.number for section in report.sections]
    assert ("7" in numbers, "4.6" in numbers) == (True, False)
    assert report.section("2").lead == "Vårt syfte 2026."
    assert report.section("5").text == ""  # a discussion is of its own year


def test_a_chapter_of_the_regions_own_waits_to_be_written_anew(own_demo):
    for new in (
        NewText(place=place_of("7", places.TITLE), text="Nästa steg", goes_on=True),
        NewText(place="7", text="Det här gör vi."),
    ):
        texts.write(own_demo, OPERATOR, 2024, new)

    lines = {item.what: item for item in readiness.of_report(own_demo, OPERATOR, 2025).items}

    assert lines["7 Nästa steg"].standing is Standing.LACKING
    assert lines["7 Nästa steg"].ask == "Skrevs för 2024 av kommandorad."


def test_what_lacks_says_whom_to_ask(own_demo):
    """2025 of the demo has no sources yet: those of 2024 tell who gave them."""
    by_part = {item.what: item for item in readiness.of_report(own_demo, OPERATOR, 2025).items}

    synergi, discussion = by_part["4.2.2 Synergi"], by_part["5 Diskussion"]
    assert (synergi.standing, discussion.standing) == (Standing.LACKING, Standing.LACKING)
    assert synergi.ask.startswith("Fråga Synergi, Region Dalarna. 2024 infördes den av granskare, ur ")
    assert discussion.ask == "Skrevs för 2024 av granskare."
    assert all(not item.ask for item in by_part.values() if not item.standing.is_to_do)
