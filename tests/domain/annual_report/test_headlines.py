"""Which figures a chapter and the year are summed up by, and which way they have gone."""

from dataclasses import replace

import pytest

from portal.domain.annual_report import headlines
from portal.domain.annual_report.content import OWN_VALUE, AnnualReport, Origin, ReportPoint, Section
from portal.domain.insight.attention import HistoryMark
from portal.domain.registry.indicators import INDICATORS_BY_CODE


SHARES = {
    "4.5.2": "first_visit_within_30d",
    "4.5.3": "investigation_within_30d",
    "4.5.4": "treatment_within_30d",
}


def point(indicator, value, *, period="2024", basis="sammanslaget", **changes):
    return ReportPoint(
        indicator=indicator,
        label=indicator,
        period=period,
        unit="procent",
        basis=basis,
        value=value,
        **changes,
    )


def section(number, now, before, indicator=None):
    """Return a section about one indicator, or several, that went from one figure to another."""
    codes = [indicator or SHARES[number]]
    points = [
        point(code, value, period=year) for code in codes for year, value in (("2024", now), ("2023", before))
    ]
    return Section(number=number, title=number, generated=(f"Om {number}.", "Mer."), points=tuple(points))


def report(*sections):
    return AnnualReport(
        year=2024,
        last_month="2024-12",
        is_demo=False,
        sections=sections,
        definitions=(),
        sources=(),
        submissions=(),
    )


def messages(*sections):
    return [
        (message.section.number, message.mark)
        for message in headlines.messages(headlines.of_report(report(*sections)))
    ]


def test_a_figure_stands_on_the_regions_own_basis_beside_the_year_before_and_the_printed_one():
    section = Section(
        number="4.5.2",
        title="Nybesök",
        points=(
            point("first_visit_within_30d", 90.0, part="falun"),
            point("first_visit_within_30d", 80.0),
            point("first_visit_within_30d", 84.0, basis="medeltal per mottagning"),
            point("first_visit_within_30d", 67.0, period="2023", basis="medeltal per mottagning"),
            point("first_visit_within_30d", 65.0, period="2023"),
            point("first_visit_within_30d", 79.0, basis="pooled", origin=Origin.PUBLISHED),
        ),
    )

    (figure,) = headlines.of_section(section, report(section))

    assert (figure.now.value, figure.before, figure.published, figure.change) == (80.0, 65.0, 79.0, 15.0)
    assert figure.mark is HistoryMark.BETTER


def test_what_is_printed_alike_both_years_has_neither_become_better_nor_worse():
    (figure,) = headlines.of_report(report(section("4.5.2", 80.4, 80.1)))

    assert figure.mark is None


def test_a_sum_of_some_months_stands_beside_no_whole_years():
    running = replace(report(section("4.1.1", 15.0, 218.0, "sip_meetings")), last_month="2024-01")

    (figure,) = headlines.of_report(running)

    assert (figure.now.value, figure.before, figure.mark) == (15.0, None, None)


def test_the_largest_changes_are_told_first_and_good_news_is_among_them():
    assert messages(
        section("4.5.1", 70.0, 92.0, "calls_answered_same_day"),
        section("4.5.2", 66.0, 65.0),
        section("4.5.3", 25.0, 45.0),
        section("4.5.4", 34.0, 64.0),
    ) == [("4.5.4", HistoryMark.WORSE), ("4.5.1", HistoryMark.WORSE), ("4.5.2", HistoryMark.BETTER)]


def test_a_share_with_a_figure_in_the_report_comes_before_a_count_that_grew_with_the_patients():
    assert messages(section("4.3.2", 5397.0, 3011.0, "care_plans"), section("4.5.2", 66.0, 65.0)) == [
        ("4.5.2", HistoryMark.BETTER),
        ("4.3.2", HistoryMark.BETTER),
    ]


def test_a_year_without_one_before_has_no_messages():
    figures = headlines.of_report(report(section("4.5.2", 66.0, None), section("4.5.3", 20.0, None)))

    assert headlines.messages(figures) == []


def of_clinics(before):
    """Return how the queue of 55 went for the region and its two clinics, one of which may lack the year before."""
    region = [
        point("waiting_investigation", value, period=year) for year, value in (("2024", 55), ("2023", 40))
    ]
    own = [("falun", "2024", 43), ("falun", "2023", 40), ("moment", "2024", 12), ("moment", "2023", before)]
    clinics = [
        point("waiting_investigation", value, period=year, basis=OWN_VALUE, part=clinic)
        for clinic, year, value in own
    ]
    (figure,) = headlines.of_section(
        Section(number="4.7", title="Köer", points=(*region, *clinics)), report()
    )
    return figure


def test_beside_a_growth_that_rests_on_new_clinics_stands_that_of_the_same_ones():
    assert (of_clinics(None).change, of_clinics(None).same) == (37.5, 7.5)
    assert of_clinics(0).same is None  # all have both years


def queue(waiting, to_clear):
    """Return how a queue and the time it takes went, as the chapter marks them."""
    points = [
        point(code, value, period=year)
        for code, values in (("waiting_investigation", waiting), ("months_to_clear_investigation", to_clear))
        for year, value in zip(("2023", "2024"), values, strict=True)
    ]
    figures = headlines.of_section(Section(number="4.7", title="Köer", points=tuple(points)), report())
    return [(figure.mark, figure.why) for figure in figures]


def test_a_longer_queue_that_takes_shorter_says_why():
    worse, better = HistoryMark.WORSE, HistoryMark.BETTER

    assert queue((40, 55), (8.4, 6.6)) == [(worse, ""), (better, "fler startar")]
    assert queue((55, 40), (6.6, 8.4)) == [(better, ""), (worse, "färre startar")]
    assert queue((40, 55), (6.6, 8.4)) == [(worse, ""), (worse, "")]


SHARE, COUNT, NEUTRAL = "treatment_within_30d", "care_plans", "synergi_cases"


@pytest.mark.parametrize(
    ("code", "now", "before", "size"),
    [
        (SHARE, 34.0, 64.0, 1.5),
        (SHARE, 34.0, None, 0.0),
        (COUNT, 150.0, 100.0, 1.0),
        (COUNT, 1000.0, 1.0, 2.0),
        (COUNT, 5.0, 0.0, 0.0),
    ],
)
def test_surprise_is_the_change_beside_what_is_called_clear(code, now, before, size):
    assert headlines.surprise(INDICATORS_BY_CODE[code], now, before) == size


def test_what_the_contract_is_about_matters_most():
    assert [headlines.importance(INDICATORS_BY_CODE[code]) for code in (SHARE, COUNT, NEUTRAL)] == [
        3.0,
        2.0,
        1.0,
    ]


def test_of_how_long_a_queue_has_waited_a_page_shows_the_share_within_thirty_days_large():
    shares = ("waited_treatment_at_most_30d", "waited_treatment_over_90d")
    chapter = Section(number="4.7", title="Köer", points=tuple(point(code, 14.0) for code in shares))

    figures = headlines.of_section(chapter, report())

    assert [figure.indicator.code for figure in figures] == list(shares)
    assert [figure.indicator.code for figure in headlines.on_screen(figures)] == [shares[0]]
