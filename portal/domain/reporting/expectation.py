"""What a clinic's own months lead one to expect of another: one answer for checks, preview and review."""

import math
from collections.abc import Mapping

from portal.domain.insight.statistics.outliers import range_along_trend, usual_range
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer


MIN_HISTORY = 6


def expected_range(history: Mapping[Month, int], month: Month) -> tuple[int, int] | None:
    """Return the lowest and highest value to expect of a month after the clinic's others; None under 6 of them.

    Around the line of a series that plainly grows or shrinks, otherwise mean ± 3 standard deviations, downwards
    on the scale of square roots; the floors on the spread keep a steady or small series from crying wolf (10 %
    of the mean, the Poisson spread √mean, and 2).
    """
    if len(history) < MIN_HISTORY:
        return None
    low, high = along_trend(history, month) or usual_range(list(history.values()))
    return math.ceil(low), math.floor(high)


def along_trend(history: Mapping[Month, int], month: Month) -> tuple[float, float] | None:
    """Return the range around the line of a series that plainly goes one way; None of any other."""
    return range_along_trend({month.until(other): count for other, count in history.items()})


def expected_before(counts: Mapping[Month, int], month: Month) -> tuple[int, int] | None:
    """Return what the months before lead one to expect of a month."""
    return expected_range({earlier: count for earlier, count in counts.items() if earlier < month}, month)


def counts_since(
    history: Mapping[Month, Mapping[str, Answer]], measure: str, since: Month | None
) -> dict[Month, int]:
    """Return one measure's monthly counts; months without one, and those before a break's first, are not there."""
    return {
        month: answer.value
        for month, answers in history.items()
        if (answer := answers.get(measure)) is not None
        and answer.value is not None
        and (since is None or since <= month)
    }
