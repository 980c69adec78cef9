"""The arithmetic of the invented months: divisions without a remainder, lines, and steady chance."""

import random
from collections.abc import Callable, Hashable, Mapping
from math import floor
from typing import TypeVar

from portal.domain.registry.months import Month


Key = TypeVar("Key", bound=Hashable)


def apportion(total: int, weights: Mapping[Key, float]) -> dict[Key, int]:
    """Divide a total in whole numbers proportionally to weights.

    Largest remainders (Hamilton's method): everyone gets the quota rounded down or up.
    """
    if not weights:
        return {}
    total_weight = sum(weights.values())
    quotas = {key: total * weight / total_weight for key, weight in weights.items()}
    counts = {key: floor(quota) for key, quota in quotas.items()}
    by_remainder = sorted(quotas, key=lambda key: counts[key] - quotas[key])
    for key in by_remainder[: total - sum(counts.values())]:
        counts[key] += 1
    return counts


def nearest(value: float, remainder: int, multiple: int) -> int:
    """Return the whole number nearest to value that leaves this remainder."""
    return round((value - remainder) / multiple) * multiple + remainder


def line(points: Mapping[float, float]) -> Callable[[float], float]:
    """Return the straight line through two points."""
    (x1, y1), (x2, y2) = points.items()
    return lambda x: y1 + (y2 - y1) * (x - x1) / (x2 - x1)


def jitter(*names: str | Month, spread: float) -> float:
    """Return a factor within 1 ± spread, always the same for the same names."""
    return 1 + spread * random.Random(" ".join(map(str, names))).uniform(-1, 1)
