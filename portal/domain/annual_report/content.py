"""The annual follow-up report as one frozen object: page, documents and freezing render from it only.

Plain values all through, so that it can be stored as canonical JSON and read back: what was frozen is
drawn again by the same code. It holds no moments of time: the same data give the same bytes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from portal.domain.registry.months import Month
from portal.domain.registry.region import DALARNA, Region
from portal.domain.registry.rounding import half_up


WIDEST = 60  # characters of a column's longest cell that count
LINES = ((6, 105), (8, 120), (99, 140))  # characters of a table's line, by columns: many are set smaller

OWN_VALUE = "mottagningens värde"  # the basis of a clinic's points
PERCENT = "procent"  # the unit of shares
SUMMARY, APPENDICES, READ_BY_PART = "sammanfattning", "bilagor", "4.5"
FORMAT = 1  # of the stored object; a change of the fields below needs a new number


class Origin(StrEnum):
    """Where a figure comes from; printed figures are kept apart from what the portal has."""

    COMPUTED = "computed"
    ENTERED = "entered"
    PUBLISHED = "published"

    @property
    def label(self) -> str:
        return {
            "computed": "beräknat av portalen",
            "entered": "inlagt av regionen",
            "published": "publicerat",
        }[self.value]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportPoint:
    """One figure. `part` is a clinic's code, a part of a breakdown (`sex:flickor`) or empty: the region.

    Percentages are 0-100. Either a value or, in words, the reason why there is none.
    """

    indicator: str
    label: str
    part: str = ""
    part_label: str = "Regionen"
    period: str  # 2024 or 2023-01..2023-11
    unit: str
    basis: str  # summa, sammanslaget, medeltal per mottagning …
    origin: Origin = Origin.COMPUTED
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    reason: str = ""
    source: str = ""

    @property
    def key(self) -> str:
        """The figure's name, the same in every version of the report."""
        return f"{self.indicator}|{self.part}|{self.period}|{self.basis}|{self.origin.value}"


class CellKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    MISSING = "missing"  # the reason stands in words


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportCell:
    """What one reads, and the number behind it where there is one."""

    text: str
    kind: CellKind = CellKind.TEXT
    value: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportRow:
    cells: tuple[ReportCell, ...]
    is_total: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportTable:
    """A table with a heading row; the first cell of a row is its heading."""

    number: int
    caption: str
    headings: tuple[str, ...]
    rows: tuple[ReportRow, ...]
    bar_column: int | None = None  # the page draws this column's numbers as bars too
    is_appendix: bool = False  # documents set it behind the chapters, however short it is

    @property
    def title(self) -> str:
        return f"Tabell {self.number}. {self.caption}"

    def is_numeric(self, place: int) -> bool:
        """Tell whether a column holds mostly numbers: it is then set flush right."""
        kinds = [row.cells[place].kind for row in self.rows]
        return 2 * sum(kind is not CellKind.TEXT for kind in kinds) > len(kinds)

    @property
    def widths(self) -> list[float]:
        """Return each column's share of the width: room for its longest word, then for its longest cell."""
        least, wanted = [], []
        for place, heading in enumerate(self.headings):
            cells = [row.cells[place].text for row in self.rows]
            least.append(_longest(" ".join((heading, *cells)).split(" ")) + 2)
            wanted.append(max(least[-1], min(_longest(cells), WIDEST)))
        line = next(characters for columns, characters in LINES if len(self.headings) <= columns)
        spare, wish = max(0, line - sum(least)), sum(wanted) - sum(least)
        part = min(1.0, spare / wish) if wish else 0.0
        return [half_up(low + part * (high - low), 2) for low, high in zip(least, wanted, strict=True)]


def _longest(texts: Iterable[str]) -> int:
    return max((len(text) for text in texts), default=0)


class Shape(StrEnum):
    """How a chart is drawn; portal/charts has one function for each."""

    BARS = "bars"  # one bar per label and series
    LINES = "lines"  # label: a month
    MAP = "map"  # code: a municipality's
    TIMELINE = "timeline"  # code: first month, end: last month
    FORECAST = "forecast"  # label: a month; each line has the series of FORECAST_PARTS


FORECAST_PARTS = (
    "",
    ", prognos",
    ", band från",
    ", band till",
)  # behind a line's name: counted, said, its band


@dataclass(frozen=True, kw_only=True, slots=True)
class ChartMark:
    """One thing drawn in a chart."""

    label: str
    series: str = ""
    value: float | None = None
    text: str = ""
    code: str = ""
    end: str = ""


ADDED_FIGURE = "T"


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """A chart as data. `number` is the source report's figure; one that it does not have gets T1, T2 … as they stand."""

    number: str = ADDED_FIGURE
    shape: Shape
    caption: str
    alt: str
    axis: str = ""
    goal: float | None = None  # drawn as a line across the bars
    goal_text: str = ""
    marks: tuple[ChartMark, ...]
    outline: str = ""  # what a map is drawn from, where it is not Dalarna

    @property
    def is_of_shares(self) -> bool:
        """Whether its axis goes from 0 to 100."""
        return self.axis == PERCENT

    @property
    def is_over_months(self) -> bool:
        return self.shape in (Shape.LINES, Shape.FORECAST)

    @property
    def key(self) -> str:
        return f"figur-{self.number}"

    @property
    def title(self) -> str:
        return f"Figur {self.number}. {self.caption}"

    @property
    def series(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(mark.series for mark in self.marks))


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A chapter or a part of one, with everything that stands there, in order of showing."""

    number: str
    title: str
    is_addition: bool = False  # does not stand in the source report
    declared: str = ""  # its number in the body, where the region has moved it to the appendix
    lead: str = ""  # the region's words, in paragraphs and lists as its text
    generated: tuple[str, ...] = ()  # sentences made from the figures by rules
    text: str = ""  # written by the region; takes the sentences' place
    text_version: int = 0
    notes: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[ReportTable, ...] = ()
    points: tuple[ReportPoint, ...] = ()
    source: str = ""

    @property
    def level(self) -> int:
        return self.number.count(".") + 1

    @property
    def chapter(self) -> str:
        """The chapter it belongs to: `4.5` of `4.5.1`, `3` of `3.2`, itself at the top."""
        parts = self.number.split(".")
        return ".".join(parts[:2]) if parts[0] == "4" else parts[0]

    @property
    def passage(self) -> str:
        """What it is read with: its chapter, but each part of 4.5 for itself and the appendices together."""
        if not self.number:
            return SUMMARY
        if not self.number[0].isdecimal():
            return APPENDICES
        return self.number if self.chapter == READ_BY_PART else self.chapter

    @property
    def heading(self) -> str:
        return f"{self.number} {self.title}".strip()

    @property
    def declared_number(self) -> str:
        """The number of the chapter that it is about, wherever it stands."""
        return self.declared or self.number


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """What a figure counts, as it stood when the report was made."""

    code: str
    label: str
    definition: str
    unit: str
    basis: str
    source: str
    caveat: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportSource:
    name: str
    gives: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SubmissionRef:
    """One of the submissions that the figures rest on."""

    clinic: str
    month: str
    version: int
    id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AnnualReport:
    """A year's follow-up report, whole."""

    format: int = FORMAT
    year: int
    region: str = DALARNA.name
    last_month: str  # 2024-12; an earlier one while the year is running
    is_demo: bool
    sections: tuple[Section, ...]
    definitions: tuple[Definition, ...]
    sources: tuple[ReportSource, ...]
    submissions: tuple[SubmissionRef, ...]

    @property
    def title(self) -> str:
        return f"Årsuppföljning Vårdval BUP {Region(name=self.region).place} {self.year}"

    @property
    def is_of_whole_year(self) -> bool:
        return Month.parse(self.last_month).ends_year

    @property
    def charts(self) -> tuple[Chart, ...]:
        return tuple(chart for section in self.sections for chart in section.charts)

    @property
    def points(self) -> Iterator[tuple[Section, ReportPoint]]:
        return ((section, point) for section in self.sections for point in section.points)

    def section(self, number: str) -> Section:
        return next(section for section in self.sections if section.declared_number == number)

    @property
    def chapters(self) -> dict[str, tuple[Section, ...]]:
        """The sections by chapter, in order: 1, 2, 3, 4, 4.1 … Bilaga 2."""
        found: dict[str, list[Section]] = {}
        for section in self.sections:
            found.setdefault(section.chapter, []).append(section)
        return {chapter: tuple(sections) for chapter, sections in found.items()}

    @property
    def passages(self) -> dict[str, tuple[Section, ...]]:
        """The sections by what is read at a time, in order: chapters, each part of 4.5, the appendices together.

        A heading above a chapter or a part that is read for itself stands at the beginning of the first one.
        """
        found: dict[str, list[Section]] = {}
        above: list[Section] = []
        for section, following in zip_longest(self.sections, self.sections[1:]):
            if following and following.level > section.level and following.passage != section.passage:
                above.append(section)
                continue
            found.setdefault(section.passage, []).extend((*above, section))
            above = []
        return {passage: tuple(sections) for passage, sections in found.items()}

    def passage_of(self, number: str) -> str | None:
        """Return the passage in which a section or a passage is read; None where the report has none such."""
        for passage, sections in self.passages.items():
            if number == passage or number in [section.declared_number for section in sections]:
                return passage
        return None
