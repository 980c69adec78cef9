"""The month sheet (månadsblad): one page about a released month, as it is set. Its tiles follow from the indicators.

Everything in it is text that a page of the portal shows too; whoever makes one asks no other figures.
"""

from dataclasses import dataclass

from portal.domain.annual_report.content import Chart
from portal.domain.insight.queue import PHASES
from portal.domain.registry.indicators import INDICATORS_BY_CODE, MONTHLY_INDICATORS


TILES = tuple(indicator for indicator in MONTHLY_INDICATORS if indicator.is_key)
CHARTED = tuple(INDICATORS_BY_CODE[phase.waiting] for phase in PHASES)  # a chart per queue


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetTile:
    """One number of the sheet, with what is said of it: empty where there is nothing to say."""

    label: str
    value: str  # with its unit, or why there is none
    is_missing: bool = False
    rate: str = ""  # `(8,1 per 100)`
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetGroup:
    title: str
    tiles: tuple[SheetTile, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthSheet:
    """The page from top to bottom."""

    title: str
    subtitle: str
    news: str = ""  # what a new release of the month changed
    groups: tuple[SheetGroup, ...]
    charts_title: str
    charts: tuple[Chart, ...]
    how: str  # how it is read
