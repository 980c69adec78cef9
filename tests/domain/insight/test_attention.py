"""What needs attention: the strongest reason, in which order, and what is not a reason."""

from datetime import date

import pytest

from portal.domain.insight.attention import (
    Cause,
    HistoryMark,
    assurance_of,
    find,
    history_mark,
    needs_attention,
    signal_of,
)
from portal.domain.insight.series import charted
from portal.domain.insight.statistics.control import Assurance
from portal.domain.registry.annual import Figure
from portal.domain.registry.indicators import INDICATORS_BY_CODE, Target
from portal.domain.registry.months import Month, months_between
from portal.domain.release.standing import Position


HIGHER = INDICATORS_BY_CODE["calls_answered_same_day"]
LOWER = INDICATORS_BY_CODE["months_to_clear_treatment"]
NEUTRAL = INDICATORS_BY_CODE["video_share"]
START = Month(2023, 1)
STEADY = [80, 82, 80, 82, 80, 82, 80, 82, 80, 82, 80, 82, 80]


def series_of(values, indicator=HIGHER, breaks=()):
    months = months_between(START, START.plus(len(values) - 1))
    figures = [Figure() if v is None else Figure(value=v, numerator=10 * v, denominator=1000) for v in values]
    return charted(indicator, months, figures, breaks=breaks)


def found_in(values, indicator=HIGHER, position=Position.LEVEL, target=None, breaks=()):
    series = series_of(values, indicator, breaks)
    return find(series, series.months[-1], position=position, target=target)


def test_a_month_outside_its_limits_in_the_bad_direction_is_a_reason():
    found = found_in([*STEADY, 60])

    assert (found.cause, found.is_worse, found.is_high) == (Cause.OUTSIDE, True, False)
    assert found.limits.low > 60


@pytest.mark.parametrize(
    ("indicator", "last", "is_worse", "is_better"),
    [(HIGHER, 99, False, True), (LOWER, 99, True, False), (NEUTRAL, 99, False, False)],
)
def test_the_direction_decides_what_is_worse(indicator, last, is_worse, is_better):
    found = found_in([*STEADY, last], indicator)

    assert (found.is_worse, found.is_better) == (is_worse, is_better)


def test_seven_months_below_the_mean_are_counted():
    found = found_in([80, 86, 81, 85, 82, 86, 83, 85, 78, 79, 78, 79, 78, 79, 78])

    assert (found.cause, found.months, found.is_worse) == (Cause.ONE_SIDE, 7, True)


def test_a_trend_is_counted_from_where_it_began_and_not_over_a_break():
    falling = [82, 80, 82, 80, 82, 80, 84, 83, 82, 81, 80, 79, 78, 77]

    assert found_in(falling).months == 8
    assert signal_of(series_of(falling, breaks=[START.plus(9)]), START.plus(13)) is None


def test_what_the_clinics_own_history_says_goes_before_the_region_and_the_target():
    target = Target(100, "alla", date(2022, 1, 1))

    assert found_in([*STEADY, 60], position=Position.WORSE, target=target).cause is Cause.OUTSIDE
    assert found_in([*STEADY, 81], position=Position.WORSE, target=target).cause is Cause.REGION
    assert found_in([*STEADY, 81], target=target).cause is Cause.TARGET
    assert found_in([*STEADY, 81]) is None


def test_a_month_without_value_is_no_reason_whatever_else_is_said():
    assert found_in([*STEADY, None], position=Position.WORSE) is None


def test_the_target_is_held_against_the_latest_limits():
    def of(target, values=STEADY, indicator=HIGHER):
        return assurance_of(series_of(values, indicator), Target(target, "", date(2022, 1, 1)))

    assert of(60) is Assurance.PASS
    assert of(81) is Assurance.HIT_OR_MISS
    assert of(99) is Assurance.FAIL
    assert of(99, indicator=LOWER) is Assurance.PASS
    assert of(99, indicator=NEUTRAL) is None
    assert of(99, values=STEADY[:12]) is None  # too few months to promise anything
    assert assurance_of(series_of(STEADY), None) is None


def test_at_most_three_are_chosen_one_per_queue_the_strongest_reason_first():
    worse = found_in([*STEADY, 60])
    region = found_in([*STEADY, 81], position=Position.WORSE)
    codes = (
        "care_plans",
        "waiting_treatment",
        "treatment_within_30d",
        "calls_answered_same_day",
        "sip_meetings",
    )
    findings = (region, worse, worse, worse, region)
    rows = [(INDICATORS_BY_CODE[code], finding) for code, finding in zip(codes, findings, strict=True)]

    chosen = [indicator.code for indicator in needs_attention(rows, most=3)]

    # Of the treatment queue the one with a demand; the contract's before the rest; then the weaker reasons.
    assert chosen == ["treatment_within_30d", "calls_answered_same_day", "care_plans"]


def test_what_is_better_or_only_changed_needs_no_attention():
    better = found_in([*STEADY, 99])
    changed = found_in([*STEADY, 99], NEUTRAL)

    assert needs_attention([(HIGHER, better), (NEUTRAL, changed), (LOWER, None)], most=3) == []


# The mark: what the clinic's own history says, whatever the region or a target says


def mark_in(values, indicator=HIGHER, breaks=()):
    series = series_of(values, indicator, breaks)
    return history_mark(series, series.months[-1])


@pytest.mark.parametrize(
    ("indicator", "last", "mark"),
    [
        (HIGHER, 60, HistoryMark.WORSE),
        (LOWER, 60, HistoryMark.BETTER),
        (NEUTRAL, 60, HistoryMark.CHANGED),
        (HIGHER, 81, HistoryMark.USUAL),
    ],
)
def test_a_month_has_the_mark_of_its_own_history(indicator, last, mark):
    assert mark_in([*STEADY, last], indicator) is mark


def test_a_month_without_value_or_with_too_few_before_it_has_no_mark():
    assert mark_in([*STEADY, None]) is None
    assert mark_in(STEADY[:12]) is None
    assert mark_in(STEADY) is HistoryMark.USUAL


def test_a_break_begins_the_months_anew():
    since_break = [50, 52] * 6

    assert mark_in([*STEADY, *since_break], breaks=[START.plus(13)]) is None
    assert mark_in([*STEADY, *since_break, 50], breaks=[START.plus(13)]) is HistoryMark.USUAL
