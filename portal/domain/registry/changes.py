"""How a figure has changed since another period: one rule for pages, documents and commands."""

from enum import StrEnum

from portal.domain.registry.annual import FEWEST_CASES, Figure, RegionalFigure, has_few_cases
from portal.domain.registry.indicators import Indicator, Kind
from portal.domain.registry.rounding import difference
from portal.domain.registry.values import change


class ChangeUnit(StrEnum):
    POINTS = "procentenheter"
    PERCENT = "procent"
    MONTHS = "månader"
    UNITS = "enheter"  # of an index


def unit_of_change(indicator: Indicator) -> ChangeUnit:
    """Shares change by percentage points, months to clear and an index by their own units, counts by percent."""
    if indicator.is_share:
        return ChangeUnit.POINTS
    match indicator.kind:
        case Kind.QUOTIENT:
            return ChangeUnit.MONTHS
        case Kind.INDEX:
            return ChangeUnit.UNITS
        case _:
            return ChangeUnit.PERCENT


def rests_on_few(indicator: Indicator, figure: Figure | RegionalFigure) -> bool:
    """Tell whether a share is of so few cases that it is marked instead of compared."""
    return indicator.is_share and has_few_cases(figure)


def is_comparable(indicator: Indicator, *, is_whole_year: bool) -> bool:
    """Whether a year's figure may stand beside the year before's: what happened in some of its months may not."""
    return is_whole_year or indicator.kind is not Kind.COUNT or not indicator.from_clinics


def change_of(indicator: Indicator, now: float | None, before: float | None) -> float | None:
    """Return the change in the indicator's unit of change; all but percent is between the figures as printed.

    None where either is missing, and for a count that was a handful before: its percent says nothing.
    """
    if now is None or before is None:
        return None
    match unit_of_change(indicator):
        case ChangeUnit.POINTS:
            return difference(now, before)
        case ChangeUnit.MONTHS | ChangeUnit.UNITS:
            return difference(now, before, 1)
        case ChangeUnit.PERCENT:
            return None if before < FEWEST_CASES else change(now, before, in_points=False)
