"""What a release tells of the counts behind it; whether other counts print the same is reckoned, not searched for."""

import pytest

from portal.domain.registry.annual import RegionalFigure
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.values import Answer
from portal.domain.release.printed import (
    PrintedFigure,
    PrintedMonth,
    PrintedRatio,
    PrintedSum,
    limits,
    printed_month,
)


CLINICS = frozenset("abc")
STARTED, WITHIN = "treatments_started", "treatments_started_within_30d"
# 10 of 25 is 40 %; the mean of 2 of 4, 5 of 11 and 3 of 10 is 41.8 %, printed 42.
MONTH = PrintedMonth(
    counts={STARTED: {"a": 4, "b": 11, "c": 10}, WITHIN: {"a": 2, "b": 5, "c": 3}},
    sums=(PrintedSum(STARTED, CLINICS),),
    ratios=(
        PrintedRatio(
            over=WITHIN,
            under=STARTED,
            scale=100,
            clinics=CLINICS,
            pooled=limits(40.0, cases=25),
            mean=limits(42.0, cases=25),
            is_part=True,
        ),
    ),
)


@pytest.mark.parametrize(
    ("changes", "prints_the_same"),
    [
        ({}, True),
        ({("b", STARTED): 1, ("c", STARTED): -1}, True),
        ({("b", WITHIN): 1, ("c", WITHIN): -1}, True),
        ({("b", STARTED): 1}, False),  # the sum is another
        ({("b", WITHIN): 1}, False),  # 11 of 25
        ({("a", WITHIN): 1, ("b", WITHIN): -1}, False),  # a mean of 47 %
        ({("a", STARTED): -3, ("b", STARTED): 3}, False),  # 2 of 1
        ({("b", WITHIN): 4, ("c", WITHIN): -4}, False),  # fewer than none
        ({("b", "care_plans"): 9}, True),  # nothing was told of these
    ],
)
def test_other_counts_print_the_same_or_not(changes, prints_the_same):
    assert MONTH.is_printed_with(changes) is prints_the_same


@pytest.mark.parametrize(
    ("printed", "cases", "lowest", "beyond"),
    [
        (8.6, None, 8.55, 8.65),
        (40.0, 25, 39.5, 40.5),
        (88.3, 250, 88.25, 88.35),
        (88.4, 250, 88.35, 88.5),  # 88.46 is printed so, lest it be rounded twice
        (88.5, 250, 88.5, 88.55),
    ],
)
def test_a_printed_figure_lies_between_limits(printed, cases, lowest, beyond):
    between = limits(printed, cases=cases)

    assert between.low == round(lowest * 10**9)
    assert between.high == round(beyond * 10**9) - 1


WAITING, OVER_30D, OVER_90D = (f"waiting_treatment{end}" for end in ("", "_over_30d", "_over_90d"))


def queues_of(**counts):
    """Return what a share of those who have waited at most 30 days tells: 60 of 100 have, printed 60 %."""
    answers = {
        clinic: {code: Answer(count) for code, count in zip((WAITING, OVER_30D, OVER_90D), own, strict=True)}
        for clinic, own in counts.items()
    }
    shares = [
        PrintedFigure(
            indicator=INDICATORS_BY_CODE[code],
            figure=RegionalFigure(value=percent, pooled=percent, denominator=100),
            clinics=frozenset(counts),
        )
        for code, percent in (("waited_treatment_at_most_30d", 60.0), ("waited_treatment_over_90d", 10.0))
    ]
    return printed_month(answers, shares)


@pytest.mark.parametrize(
    ("changes", "prints_the_same"),
    [
        ({}, True),
        ({("a", OVER_30D): 3, ("b", OVER_30D): -3}, True),
        ({("a", OVER_30D): 1}, False),  # 59 % have waited at most 30 days
        ({("a", WAITING): -10, ("a", OVER_30D): -4, ("a", OVER_90D): -1}, True),  # 54 of 90
        ({("a", OVER_30D): -17, ("b", OVER_30D): 17}, False),  # 3 over 30 days, of them 5 over 90
        ({("a", OVER_90D): 16, ("b", OVER_90D): -16}, False),  # fewer than none
    ],
)
def test_a_share_of_those_who_are_left_binds_the_count_that_was_reported(changes, prints_the_same):
    printed = queues_of(a=(50, 20, 5), b=(50, 20, 5))

    assert printed.is_printed_with(changes) is prints_the_same
