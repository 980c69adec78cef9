"""Where a clinic stands against the region: a difference counts only when it is more than noise."""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from portal.domain.insight.statistics.shares import byars_interval, ratio_interval, wilson_interval
from portal.domain.registry.annual import Figure
from portal.domain.registry.indicators import PATIENTS, Better, Indicator, Kind
from portal.domain.registry.months import Month


@dataclass(frozen=True, kw_only=True, slots=True)
class Released:
    """The region's released figure for one indicator and month, as every clinic sees it."""

    indicator: str
    month: Month
    is_shown: bool
    value: float | None = None
    pooled: float | None = None
    mean_of_clinics: float | None = None
    rate: float | None = None
    release_id: int = 0


class Position(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    ABOVE = "above"  # higher, where neither is better
    BELOW = "below"
    LEVEL = "level"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return {
            "better": "Bättre än regionen",
            "worse": "Sämre än regionen",
            "above": "Högre än regionen",
            "below": "Lägre än regionen",
            "level": "I nivå med regionen",
            "unknown": "Kan inte jämföras",
        }[self.value]

    @property
    def symbol(self) -> str:
        return {"better": "▲", "worse": "▼", "above": "↑", "below": "↓", "level": "≈", "unknown": "–"}[
            self.value
        ]


def comparable(indicator: Indicator, released: Released | None) -> float | None:
    """Return the regional figure that a clinic is compared with: the rate for counts."""
    if released is None or not released.is_shown:
        return None
    return released.rate if indicator.is_rate else released.value


def position(indicator: Indicator, own: Figure, released: Released | None) -> Position:
    """Place a clinic's figure: level with the region when its 95 % interval holds the region's."""
    region = comparable(indicator, released)
    bounds = interval(indicator, own)
    if region is None or bounds is None or indicator.numerator == PATIENTS:
        return Position.UNKNOWN
    low, high = bounds
    if low <= region <= high:
        return Position.LEVEL
    return side(indicator.better, higher=region < low)


def side(better: Better, *, higher: bool) -> Position:
    """Say what lying higher or lower means, by the indicator's direction."""
    match better:
        case Better.NEUTRAL:
            return Position.ABOVE if higher else Position.BELOW
        case Better.HIGHER:
            return Position.BETTER if higher else Position.WORSE
        case Better.LOWER:
            return Position.WORSE if higher else Position.BETTER


def cases_lacking(own: Figure, target: float) -> int:
    """Return how many more of a share's cases would have had to count for it to reach a target in percent."""
    return max(0, ceil(target * (own.denominator or 0) / 100 - (own.numerator or 0) - 1e-9))


def interval(indicator: Indicator, own: Figure) -> tuple[float, float] | None:
    """Return the 95 % interval of a figure in the unit that is compared; None where there is none."""
    if own.value is None:
        return None
    if indicator.is_share:
        found = wilson_interval(own.numerator or 0, own.denominator or 0)
        return (100 * found[0], 100 * found[1]) if found else None
    if indicator.kind is Kind.QUOTIENT:
        return ratio_interval(own.numerator or 0, own.denominator or 0)
    if not own.patients:
        return None
    low, high = byars_interval(own.value)
    return 100 * low / own.patients, 100 * high / own.patients
