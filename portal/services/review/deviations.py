"""The values of a month that the checks warn of, each after the months it is held against, to be drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.domain.registry.indicators import MONTHLY_INDICATORS, Indicator
from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import Answer
from portal.domain.reporting.expectation import counts_since, expected_before
from portal.domain.reporting.problems import Problem


MONTHS = 24  # of a line, as on the tiles


@dataclass(frozen=True, kw_only=True, slots=True)
class Deviation:
    """One value that deviates; its tuples have an entry per month, oldest first, the month itself last."""

    measure: str
    indicator: Indicator | None  # which its clinic's months are shown of
    problems: tuple[Problem, ...]
    months: tuple[Month, ...]
    counts: tuple[int | None, ...]
    expected: tuple[tuple[int, int] | None, ...]  # after the months before each


def of_month(
    month: Month,
    warnings: Sequence[Problem],
    history: Mapping[Month, Mapping[str, Answer]],
    since: Month | None,
) -> tuple[Deviation, ...]:
    """Return what the warnings are about, in the measures' order.

    `history` has the month too; values before `since`, the first month after a break, are not drawn.
    """
    first = month.plus(1 - MONTHS)
    months = tuple(months_between(max(first, since) if since else first, month))
    by_measure = {
        code: tuple(problem for problem in warnings if problem.measure == code) for code in MEASURES_BY_CODE
    }
    return tuple(
        _deviation(problems, months, counts_since(history, code, since))
        for code, problems in by_measure.items()
        if problems
    )


def shown_by(measure: str) -> Indicator | None:
    """Return the indicator that shows a measure best: the count of it, or the first share that is made of it."""
    made_of_it = (indicator for indicator in MONTHLY_INDICATORS if measure in indicator.measures)
    return min(made_of_it, key=lambda indicator: len(indicator.measures), default=None)


def _deviation(
    problems: tuple[Problem, ...], months: tuple[Month, ...], counts: Mapping[Month, int]
) -> Deviation:
    expected, measure = [expected_before(counts, month) for month in months], problems[0].measure or ""
    return Deviation(
        measure=measure,
        indicator=shown_by(measure),
        problems=problems,
        months=months,
        counts=tuple(map(counts.get, months)),
        expected=tuple(expected),
    )
