"""Clinics beside each other: who differs by more than size explains, and who moves the region's figure."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.domain.annual import Figure, RegionalFigure, regional_figure
from portal.domain.indicators import Better, Indicator
from portal.domain.series import drawn
from portal.domain.standing import Position
from portal.domain.statistics import (
    FunnelLimits,
    FunnelPlace,
    funnel_limits,
    funnel_place,
    leave_one_out,
    overdispersion,
)


CURVE_POINTS = 40
FAR_OUT = 3  # standard deviations of the others
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
    pairs = [(f.numerator or 0, f.denominator) for f in figures if f.value is not None and f.denominator]
    total = sum(of for _, of in pairs)
    if not total:
        return None
    average = sum(numerator for numerator, _ in pairs) / total
    between = overdispersion(pairs) if allow_spread else 0.0
    return Funnel(
        average=average,
        between=between,
        places=tuple(_place(figure, average, between) for figure in figures),
        curve=_curve(max(of for _, of in pairs), average, between),
    )


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
    is_high = place in (FunnelPlace.ABOVE_95, FunnelPlace.ABOVE_998)
    if better is Better.NEUTRAL:
        return Position.ABOVE if is_high else Position.BELOW
    return Position.BETTER if is_high is (better is Better.HIGHER) else Position.WORSE


def stands_out(indicator: Indicator, figures: Sequence[Figure]) -> list[bool]:
    """Tell which clinics lie far from the others, themselves left out, in the unit that is compared.

    Three standard deviations of the others, that spread being at least a tenth of the mean. For what has no
    funnel: it asks for a look at the registration before a judgement.
    """
    values = [drawn(indicator, figure) for figure in figures]
    known = [value for value in values if value is not None]
    if len(known) < FEWEST_TO_STAND_OUT:
        return [False] * len(values)
    distances = leave_one_out(known, floor=sum(known) / len(known) / 10)
    far = [abs(distance or 0.0) >= FAR_OUT for distance in distances]
    return [value is not None and far.pop(0) for value in values]


def without_each(indicator: Indicator, figures: Sequence[Figure]) -> list[float | None]:
    """Return the region's figure without each clinic in turn: who moves it, and where to.

    In the unit that is compared: the rate per 100 patients for counts.
    """
    found: list[float | None] = []
    for index, figure in enumerate(figures):
        others = [*figures[:index], *figures[index + 1 :]]
        rest = regional_figure(indicator, others) if figure.value is not None else RegionalFigure()
        found.append(compared(indicator, rest))
    return found


def compared(indicator: Indicator, region: RegionalFigure) -> float | None:
    """Return the regional figure that clinics are compared with."""
    return region.rate if indicator.is_rate else region.value
