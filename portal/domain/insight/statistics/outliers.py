"""Outliers: a value beside the others of its kind, itself left out."""

from collections.abc import Sequence
from math import sqrt
from statistics import median


FEWEST_OTHERS = 2
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


def _root(count: float) -> float:
    return sqrt(count + ANSCOMBE)


def leave_one_out(values: Sequence[float], *, floor: float = 0.0) -> list[float | None]:
    """Return how many deviations each value lies from the median of the others.

    The deviation is 1.4826 times the others' median absolute deviation, at least `floor` (in the values'
    unit): two values far out don't hide one another, as they do in a mean and its standard deviation. Where
    most of the others are equal and there is no floor, it is their standard deviation. None with fewer than
    two others, or when nothing leaves a spread to measure by.
    """
    return [
        _distance(value, [*values[:index], *values[index + 1 :]], floor) for index, value in enumerate(values)
    ]


def _distance(value: float, others: Sequence[float], floor: float) -> float | None:
    if len(others) < FEWEST_OTHERS:
        return None
    middle = median(others)
    robust = MAD_TO_DEVIATION * median(abs(other - middle) for other in others)
    spread = max(floor, robust) or _deviation(others, sum(others) / len(others))
    return (value - middle) / spread if spread else None


def _deviation(values: Sequence[float], mean: float) -> float:
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
