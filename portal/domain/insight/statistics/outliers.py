"""Outliers: a value beside the others of its kind, itself left out."""

from collections.abc import Sequence
from math import sqrt


FEWEST_OTHERS = 2


def mean_and_spread(history: Sequence[float]) -> tuple[float, float]:
    """Return the mean of counts and 3 standard deviations, with a floor that keeps steady series calm.

    The floor is the largest of 10 % of the mean, the Poisson spread √mean, and 2. The value to judge is not
    in the history: with itself in, no z-score can pass (n-1)/√n (Shiffler, The American Statistician 42
    (1988), 79-80), so that nothing among ten could ever be called odd at 3.
    """
    mean = sum(history) / len(history)
    return mean, 3 * max(_deviation(history, mean), 0.1 * mean, sqrt(max(0.0, mean)), 2)


def leave_one_out(values: Sequence[float], *, floor: float = 0.0) -> list[float | None]:
    """Return how many standard deviations each value lies from the mean of the others.

    The deviation is that of the others, at least `floor` (in the values' unit). None with fewer than two
    others, or when others and floor leave no spread to measure by. Deleted residuals: Cook & Weisberg,
    Residuals and Influence in Regression (1982), 2.2.1.
    """
    distances: list[float | None] = []
    for index, value in enumerate(values):
        remaining = [*values[:index], *values[index + 1 :]]
        if len(remaining) < FEWEST_OTHERS:
            distances.append(None)
            continue
        mean = sum(remaining) / len(remaining)
        spread = max(floor, _deviation(remaining, mean))
        distances.append((value - mean) / spread if spread else None)
    return distances


def _deviation(values: Sequence[float], mean: float) -> float:
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
