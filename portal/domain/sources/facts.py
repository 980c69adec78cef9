"""What a source of the region's own is made of, and one version of one of its figures."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from portal.domain.registry.months import Month, is_enquired
from portal.domain.registry.names import name_key
from portal.domain.registry.values import MissingReason


class Period(StrEnum):
    YEAR = "year"
    MONTH_OR_YEAR = "month_or_year"
    BIENNIAL = "biennial"

    @property
    def label(self) -> str:
        return {"year": "varje år", "month_or_year": "månad eller år", "biennial": "vartannat år"}[self.value]


class SourceLevel(StrEnum):
    """What a figure is about."""

    REGION = "region"
    CLINIC = "clinic"
    MUNICIPALITY = "municipality"

    @property
    def label(self) -> str:
        return {"region": "Hela regionen", "clinic": "Mottagning", "municipality": "Kommun"}[self.value]


def level_of(clinic: str, municipality: str) -> SourceLevel:
    """Return what a figure with these codes is about; "" is no code."""
    if clinic:
        return SourceLevel.CLINIC
    return SourceLevel.MUNICIPALITY if municipality else SourceLevel.REGION


@dataclass(frozen=True, slots=True)
class SourcePart:
    code: str
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Dimension:
    """One way of dividing a field. `is_division`: its parts are the same cases as the whole."""

    code: str
    label: str
    parts: tuple[SourcePart, ...] = ()
    is_open: bool = False  # the source has its own words for parts: others may be added
    is_division: bool = True
    names: tuple[
        tuple[str, ...], ...
    ] = ()  # of parts with fixed names: the name, then what else it is called

    def part(self, text: str) -> str:
        """Return the stored form of a part, such as `sex:flickor`."""
        return f"{self.code}:{text}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One figure that a source gives. `code` and `label` are what files call it, unique over all sources."""

    code: str
    label: str
    unit: str
    definition: str
    indicator: str
    part: str = ""  # stored as the breakdown of a field that has no dimensions
    dimensions: tuple[Dimension, ...] = ()
    has_whole: bool = True  # False: only the parts have figures; the whole may have a reason
    levels: tuple[SourceLevel, ...] = (SourceLevel.REGION,)
    by_month: bool = False
    may_lack: bool = False  # a year without any is whole: nothing of the kind has happened
    is_yes_no: bool = False  # per clinic; for the region a count of clinics
    decimals: int = 0
    least: float = 0
    most: float = 9_999_999
    not_above: str = ""  # code of the field whose figure this one can't exceed
    is_summed: bool = True  # False: a year's figure is no sum of its months
    beside: str = ""  # the indicator whose months it stands beside, before everybody
    is_running: bool = False  # its year is the sum of the months there are, and says how many
    reasons: tuple[MissingReason, ...] = (MissingReason.NO_DATA, MissingReason.NOT_REPORTED)

    @property
    def parts(self) -> tuple[str, ...]:
        """The declared parts of its dimensions, as they are stored."""
        return tuple(dimension.part(part.code) for dimension in self.dimensions for part in dimension.parts)

    @property
    def has_parts_by_month(self) -> bool:
        """Whether its parts too have figures of single months."""
        return self.by_month and bool(self.beside)

    def limits(self, level: SourceLevel) -> tuple[float, float]:
        return (0, 1) if self.is_yes_no and level is SourceLevel.CLINIC else (self.least, self.most)

    def dimension_of(self, breakdown: str) -> Dimension | None:
        code = breakdown.partition(":")[0]
        return next((dimension for dimension in self.dimensions if dimension.code == code), None)

    def label_of(self, breakdown: str) -> str:
        """Return a stored breakdown in words, such as `Kön: flickor`; empty for the whole."""
        dimension = self.dimension_of(breakdown)
        if dimension is None:
            return ""
        text = breakdown.partition(":")[2]
        word = next((part.label for part in dimension.parts if part.code == text), text)
        return f"{dimension.label}: {word}"

    def holds(self, indicator: str, breakdown: str) -> bool:
        """Tell whether a stored figure is one of this field's."""
        if self.indicator != indicator:
            return False
        return breakdown == self.part if self.part else not breakdown or bool(self.dimension_of(breakdown))


@dataclass(frozen=True, slots=True)
class Throughflow:
    """What comes in and what is sent on, by month and place: codes of the source's fields."""

    incoming: tuple[str, ...]
    outgoing: tuple[str, ...]
    waiting: str  # between them, at the month's end


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One of the region's sources.

    `chapter`: where its figures stand in the published report, which clinics read; "" is nowhere.
    """

    code: str
    label: str
    supplier: str
    definition: str
    period: Period
    fields: tuple[Field, ...]
    chapter: str
    years_ahead: int = 0  # a budget is known before its year
    flow: Throughflow | None = None  # its figures are children's errands: small ones of a place are hidden

    @property
    def in_report(self) -> bool:
        return self.chapter != ""

    @property
    def may_lack(self) -> bool:
        """Whether a year without any of its figures is whole."""
        return all(field.may_lack for field in self.fields)

    @property
    def is_of_others(self) -> bool:
        """Whether it is about others and published by them."""
        return any(field.beside for field in self.fields)

    @property
    def levels(self) -> tuple[SourceLevel, ...]:
        return tuple(level for level in SourceLevel if any(level in field.levels for field in self.fields))

    @property
    def indicators(self) -> list[str]:
        """The codes that its figures are kept by."""
        return sorted({field.indicator for field in self.fields})

    @property
    def by_month(self) -> bool:
        return any(field.by_month for field in self.fields)

    @property
    def has_dimensions(self) -> bool:
        return any(field.dimensions for field in self.fields)

    @property
    def seen_by(self) -> str:
        """Who sees it, in words."""
        if self.is_of_others:
            return "Alla, i indikatorernas diagram."
        if not self.in_report:
            return "Bara regionen."
        place = "" if self.levels != (SourceLevel.REGION,) else ", aldrig per mottagning"
        hidden = ", där små tal per kommun döljs" if self.flow else ""
        return f"Regionen, och alla i en publicerad årsuppföljning{place}{hidden}."

    def is_surveyed(self, year: int) -> bool:
        """Tell whether the source gives figures for that year: a biennial survey in even ones."""
        return self.period is not Period.BIENNIAL or is_enquired(year)

    def nothing_entered(self, year: int) -> MissingReason:
        """Return what a figure that nobody has entered reads as."""
        return MissingReason.NOT_REPORTED if self.is_surveyed(year) else MissingReason.NO_SURVEY


class FactKey(NamedTuple):
    """What one figure is about; its versions share it. Empty texts: the whole region, the whole year."""

    indicator: str
    year: int
    month: str  # 2024-05
    breakdown: str
    clinic: str
    municipality: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One version of one figure, with its provenance."""

    indicator: str
    year: int
    month: Month | None = None
    breakdown: str = ""  # "" is the whole; "sex:flickor" a part of one of several divisions
    clinic: str = ""
    municipality: str = ""
    value: float | None = None
    reason: MissingReason | None = None
    source: str  # where the figure was read
    note: str = ""
    version: int = 0  # 0: not stored yet
    correction: str = ""  # why it replaces the version before
    entered_by: str = ""
    entered_at: datetime | None = None

    @property
    def key(self) -> FactKey:
        month = str(self.month) if self.month else ""
        return FactKey(self.indicator, self.year, month, self.breakdown, self.clinic, self.municipality)

    @property
    def compared_key(self) -> FactKey:
        """The key without how its part is spelled: figures that share it are one."""
        return self.key._replace(breakdown=name_key(self.breakdown))

    @property
    def level(self) -> SourceLevel:
        return level_of(self.clinic, self.municipality)

    @property
    def is_regions_year(self) -> bool:
        """Whether it is about all of the region and a whole year."""
        return self.month is None and self.level is SourceLevel.REGION

    def says_the_same(self, before: "Fact") -> bool:
        """Tell whether a new version would change nothing that people read; no note leaves the old one."""
        return (self.value, self.reason) == (before.value, before.reason) and self.note in ("", before.note)
