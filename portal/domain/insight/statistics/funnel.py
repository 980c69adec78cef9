"""Funnels: which clinics' shares differ from the region's by more than their size explains."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import asin, pi, sin, sqrt
from statistics import quantiles

from portal.domain.insight.statistics.shares import Z_95
from portal.domain.registry.rounding import half_up


Z_998 = 3.090232306167813  # normal quantile at 99.9 %
WINSORISED = 0.10  # at each end
FEWEST_FOR_SPREAD = 4  # units, before a spread between them says anything


@dataclass(frozen=True, slots=True)
class FunnelLimits:
    """Limits of a share (0-1) for one denominator; of 20 units one lies outside the inner ones by chance."""

    low_95: float
    high_95: float
    low_998: float
    high_998: float


class FunnelPlace(StrEnum):
    """Where a share lies; outside the outer limits is the stronger finding."""

    WITHIN = "within"
    ABOVE_95 = "above_95"
    BELOW_95 = "below_95"
    ABOVE_998 = "above_998"
    BELOW_998 = "below_998"


def funnel_limits(denominator: float, average: float, *, between: float = 0.0) -> FunnelLimits:
    """Return the limits of a share for a denominator, around the pooled share.

    Without `between`: average ± z · √(p(1-p)/n), the points whose Wilson interval ends on the average, as
    in PHEindicatormethods calculate_funnel_limits for proportions (093fd28). With `between`, the variance
    between units on the arcsine scale (`overdispersion`): sin²(asin √p ± z · √(1/4n + between)),
    Spiegelhalter, Statistics in Medicine 24 (2005), 1185-1202, as in FunnelPlotR (9020d49).
    """
    limits = [_limit(denominator, average, between, z) for z in (-Z_95, Z_95, -Z_998, Z_998)]
    return FunnelLimits(*(min(1.0, max(0.0, limit)) for limit in limits))


def _limit(denominator: float, average: float, between: float, z: float) -> float:
    if not between:
        return average + z * sqrt(average * (1 - average) / denominator)
    angle = asin(sqrt(average)) + z * sqrt(1 / (4 * denominator) + between)
    return sin(min(pi / 2, max(0.0, angle))) ** 2


def funnel_place(share: float, limits: FunnelLimits) -> FunnelPlace:
    """Place a share (0-1), the outer limits first, as in PHEindicatormethods assign_funnel_significance."""
    if share < limits.low_998:
        return FunnelPlace.BELOW_998
    if share > limits.high_998:
        return FunnelPlace.ABOVE_998
    if share < limits.low_95:
        return FunnelPlace.BELOW_95
    return FunnelPlace.ABOVE_95 if share > limits.high_95 else FunnelPlace.WITHIN


def overdispersion(counts: Sequence[tuple[float, float]]) -> float:
    """Return the variance between units beyond chance, on the arcsine scale, from numerators and denominators.

    z-scores on the arcsine scale, winsorised 10 % at each end so that an outlier does not hide itself, then
    `between_variance`: Spiegelhalter, Statistics in Medicine 24 (2005), 1185-1202; as in FunnelPlotR
    od_adjustment (9020d49). 0 with too few units, or no more spread than chance gives.
    """
    with_cases = [(numerator, of) for numerator, of in counts if of]
    if len(with_cases) < FEWEST_FOR_SPREAD:
        return 0.0
    average = sum(numerator for numerator, _ in with_cases) / sum(of for _, of in with_cases)
    errors = [1 / (2 * sqrt(of)) for _, of in with_cases]
    scores = [
        (asin(sqrt(numerator / of)) - asin(sqrt(average))) / error
        for (numerator, of), error in zip(with_cases, errors, strict=True)
    ]
    return between_variance(_winsorised(scores), errors)


def between_variance(scores: Sequence[float], errors: Sequence[float]) -> float:
    """Return the variance between units from z-scores and their standard errors, by moments; never negative.

    (Σz² - (n-1)) ÷ (Σw - Σw²/Σw) with w = 1/error²: DerSimonian & Laird, Controlled Clinical Trials 7
    (1986), 177-188.
    """
    weights = [1 / error**2 for error in errors]
    surplus = sum(score**2 for score in scores) - (len(scores) - 1)
    return max(0.0, surplus / (sum(weights) - sum(w * w for w in weights) / sum(weights)))


def _winsorised(scores: Sequence[float]) -> list[float]:
    """Pull the outermost scores in to the 10th and 90th percentile (R's default quantile, type 7)."""
    tenths = quantiles(scores, n=int(half_up(1 / WINSORISED)), method="inclusive")
    return [min(tenths[-1], max(tenths[0], score)) for score in scores]
