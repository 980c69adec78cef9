"""Clinics beside each other: who differs by more than size explains, and who moves the region's figure."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.domain.insight.series import drawn
from portal.domain.insight.statistics.funnel import (
    FunnelLimits,
    FunnelPlace,
    funnel_limits,
    funnel_place,
    overdispersion,
)
from portal.domain.insight.statistics.outliers import FAR_OUT, leave_one_out
from portal.domain.registry.annual import Figure, RegionalFigure, has_few_cases, regional_figure
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import Better, Indicator
from portal.domain.release.standing import Position, interval, side


CURVE_POINTS = 40
FEWEST_TO_STAND_OUT = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Funnel:
    """Shares (0-1) around the pooled one. `places` has one entry per given figure."""

    average: float
    between: float  # the spread between clinics beyond chance that the limits allow for
    places: tuple[FunnelPlace | None, ...]
    curve: tuple[tuple[float, FunnelLimits], ...]  # denominator, limits


def funnel(figures: Sequence[Figure], *, allow_spread: bool = False) -> Funnel | None:
    """Return the funnel of a share; None when nobody has cases.

    With `allow_spread` the limits are widened by the spread between clinics that chance doesn't explain.
    """
    pairs = [pair for figure in figures if (pair := _cases(figure))]
    total = sum(of for _, of in pairs)
    if not total:
        return None
    average = sum(numerator for numerator, _ in pairs) / total
    between = overdispersion(pairs) if allow_spread else 0.0
    places = tuple(_place(figure, average, between) for figure in figures)
    largest = max(of for _, of in pairs)
    return Funnel(average=average, between=between, places=places, curve=_curve(largest, average, between))


def _cases(figure: Figure) -> tuple[float, float] | None:
    """Return numerator and denominator, or None where nobody is counted."""
    if figure.value is None or not figure.denominator:
        return None
    return figure.numerator or 0, figure.denominator


def _place(figure: Figure, average: float, between: float) -> FunnelPlace | None:
    if figure.value is None or not figure.denominator:
        return None
    return funnel_place(figure.value / 100, funnel_limits(figure.denominator, average, between=between))


def _curve(most: float, average: float, between: float) -> tuple[tuple[float, FunnelLimits], ...]:
    """Denominators from one to a little above the largest, closer where the limits bend."""
    steps = [1 + (1.08 * most - 1) * (index / (CURVE_POINTS - 1)) ** 2 for index in range(CURVE_POINTS)]
    return tuple((of, funnel_limits(of, average, between=between)) for of in steps)


def position_of(place: FunnelPlace, better: Better) -> Position:
    """Say what a place in the funnel means, by the indicator's direction."""
    if place is FunnelPlace.WITHIN:
        return Position.LEVEL
    return side(better, higher=place in (FunnelPlace.ABOVE_95, FunnelPlace.ABOVE_998))


def moved(indicator: Indicator, now: Figure, before: Figure) -> Position:
    """Say whether a figure is another than a year before by more than chance: their intervals do not meet."""
    spans = [interval(indicator, figure) for figure in (now, before)]
    if indicator.is_base or not all(spans):
        return Position.UNKNOWN
    (low, high), (low_before, high_before) = [span or (0.0, 0.0) for span in spans]
    if low <= high_before and low_before <= high:
        return Position.LEVEL
    return side(indicator.better, higher=low > high_before)


def stands_out(indicator: Indicator, figures: Sequence[Figure]) -> list[bool]:
    """Tell which clinics lie far from the others, themselves left out, in the unit that is compared.

    By the others' median and median absolute deviation, that spread being at least a tenth of the mean. For
    what has no funnel: it asks for a look at the registration before a judgement. Nobody's number of patients
    does: clinics differ in size.
    """
    if indicator.is_base:
        return [False] * len(figures)
    values = [drawn(indicator, figure) for figure in figures]
    reported = [value for value in values if value is not None]
    if len(reported) < FEWEST_TO_STAND_OUT:
        return [False] * len(values)
    distances = leave_one_out(reported, floor=sum(reported) / len(reported) / 10)
    far = [abs(distance or 0.0) >= FAR_OUT for distance in distances]
    return [value is not None and far.pop(0) for value in values]


def without(indicator: Indicator, figures: Sequence[Figure], index: int) -> float | None:
    """Return the region's figure without the clinic at that place: who moves it, and where to.

    In the unit that is compared: the rate per 100 patients for counts.
    """
    if figures[index].value is None:
        return None
    remaining = [*figures[:index], *figures[index + 1 :]]
    return compared(indicator, regional_figure(indicator, remaining))


@dataclass(frozen=True, kw_only=True, slots=True)
class FewCases:
    """The clinics whose share rests on few cases, and the mean of clinics with them and without."""

    clinics: tuple[tuple[Clinic, Figure], ...]
    mean: float
    mean_without: float


def few_cases(indicator: Indicator, figures: Sequence[tuple[Clinic, Figure]]) -> FewCases | None:
    """Return who moves the mean of clinics (medeltal) though they have too few cases.

    None for what is no share, and where no clinic has so few, or all have.
    """
    if not indicator.is_share:
        return None
    few = tuple(pair for pair in figures if has_few_cases(pair[1]))
    mean = _mean_of_clinics(indicator, figures)
    without = _mean_of_clinics(indicator, [pair for pair in figures if pair not in few])
    if not few or mean is None or without is None:
        return None
    return FewCases(clinics=few, mean=mean, mean_without=without)


def _mean_of_clinics(indicator: Indicator, figures: Sequence[tuple[Clinic, Figure]]) -> float | None:
    return regional_figure(indicator, [figure for _, figure in figures]).mean_of_clinics


def compared(indicator: Indicator, region: RegionalFigure) -> float | None:
    """Return the regional figure that clinics are compared with."""
    return region.rate if indicator.is_rate else region.value
