"""Outliers: a value beside the others of its kind, itself left out."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import linear_regression


FEWEST_OTHERS = 2
TREND_COUNTS = 12
MOST_BESIDE_TREND = 0.45  # of the counts' own deviation; a level that moved once leaves half beside a line
FAR_OUT = 3.5  # robust deviations: Iglewicz & Hoaglin, How to Detect and Handle Outliers (1993)
MAD_TO_DEVIATION = 1.4826  # makes the median absolute deviation a standard deviation where values are normal
ANSCOMBE = 3 / 8  # √(count + 3/8) has about the spread ½ whatever the count: Biometrika 35 (1948), 246-254


def mean_and_spread(history: Sequence[float]) -> tuple[float, float]:
    """Return the mean of counts and 3 standard deviations, with a floor that keeps steady series calm.

    The floor is the largest of 10 % of the mean, the Poisson spread √mean, and 2. The value to judge is not
    in the history: with itself in, no z-score can pass (n-1)/√n (Shiffler, The American Statistician 42
    (1988), 79-80), so that nothing among ten could ever be called odd at 3.
    """
    mean = sum(history) / len(history)
    return mean, 3 * max(_deviation(history, mean), 0.1 * mean, sqrt(max(0.0, mean)), 2)


def usual_range(history: Sequence[float], centre: float | None = None) -> tuple[float, float]:
    """Return the lowest and highest usual count around the history's mean, or around a centre.

    Upwards by `mean_and_spread`. Downwards on the scale of square roots, with the same floors there: a
    series that grows is spread wide, and mean - 3 deviations would let its range reach 0.
    """
    mean, spread = mean_and_spread(history)
    roots = [_root(count) for count in history]
    middle = sum(roots) / len(roots)
    down = 3 * max(_deviation(roots, middle), 0.05 * middle, 0.5)
    lowest = max(0.0, (middle if centre is None else _root(centre)) - down) ** 2 - ANSCOMBE
    return max(0.0, lowest), (mean if centre is None else centre) + spread


def range_along_trend(counts: Mapping[int, float]) -> tuple[float, float] | None:
    """Return the usual range at 0 where the nearest counts plainly go one way; None where they don't.

    `counts` by how far from 0 each lies. Around a line through the twelve nearest, with the floors of
    `mean_and_spread` and what the line itself may be off: the mean of all that a growing clinic has been makes
    a range of everything between its first month and its last.
    """
    places = sorted(counts, key=abs)[:TREND_COUNTS]
    if len(places) < TREND_COUNTS:
        return None
    nearest = [counts[place] for place in places]
    slope, level = linear_regression(places, nearest)
    beside = [count - level - slope * place for place, count in zip(places, nearest, strict=True)]
    deviation = _deviation(beside, 0.0)
    if deviation >= MOST_BESIDE_TREND * _deviation(nearest, sum(nearest) / len(nearest)):
        return None
    spread = 3 * max(deviation * _off_centre(places), 0.1 * level, sqrt(max(0.0, level)), 2)
    return max(0.0, level - spread), level + spread


def _off_centre(places: Sequence[int]) -> float:
    """Return how much wider a line's range is at 0 than what lies beside the line."""
    count, centre = len(places), sum(places) / len(places)
    across = sum((place - centre) ** 2 for place in places)
    return sqrt(1 + 1 / count + centre**2 / across)


def _root(count: float) -> float:
    return sqrt(count + ANSCOMBE)


def leave_one_out(values: Sequence[float], *, floor: float = 0.0) -> list[float | None]:
    """Return how many deviations each value lies from the median of the others.

    The deviation is 1.4826 times the others' median absolute deviation, at least `floor` (in the values'
    unit): two values far out don't hide one another, as they do in a mean and its standard deviation. Where
    most of the others are equal and there is no floor, it is their standard deviation. None with fewer than
    two others, or when nothing leaves a spread to measure by.
    """
    if len(values) <= FEWEST_OTHERS:
        return [None] * len(values)
    ordered = sorted(values)
    middles = [_median_without(ordered, value) for value in values]
    away = {
        middle: sorted(abs(value - middle) for value in values) for middle in set(middles)
    }  # three at most
    distances: list[float | None] = []
    for index, (value, middle) in enumerate(zip(values, middles, strict=True)):
        robust = MAD_TO_DEVIATION * _median_without(away[middle], abs(value - middle))
        spread = max(floor, robust) or _deviation_of_others(values, index)
        distances.append((value - middle) / spread if spread else None)
    return distances


def _median_without(ordered: Sequence[float], value: float) -> float:
    """Return the median of sorted values, one of them left out."""
    own, others = bisect_left(ordered, value), len(ordered) - 1
    low, high = ((others - 1) // 2, others // 2)
    return (ordered[low + (low >= own)] + ordered[high + (high >= own)]) / 2


def _deviation_of_others(values: Sequence[float], index: int) -> float:
    others = [*values[:index], *values[index + 1 :]]
    return _deviation(others, sum(others) / len(others))


def _deviation(values: Sequence[float], mean: float) -> float:
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
