"""What a document sets in its chapters and what behind them: figures first, their tables in an appendix."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import zip_longest

from portal import formats
from portal.domain.annual_report.content import (
    APPENDICES,
    AnnualReport,
    ReportCell,
    ReportTable,
    Section,
    Shape,
)
from portal.domain.annual_report.wording import Block
from portal.domain.insight.contract import Verdict
from portal.reports import cover, headline_numbers
from portal.reports.headline_numbers import HeadlineNumber
from portal.reports.listing import with_lists


MISSING = "missing"  # the mark of a number that is none
TABLES_TITLE = "Tabeller till kapitlen"  # of the last appendix
TO_SECTION = "Till"  # before a section's heading, above its tables in the appendix
FEW_CHARACTERS, FEW_ROWS, MOST_FIGURES = 1_200, 15, 2  # of text, of tables, and figures, kept on one page
FEW_NUMBERS = 12  # large figures above those: more make a section as long as its page, and leave the one before half empty
MOST_LISTED = 5  # generated sentences in a chapter whose figures or tables show the same
MOST_ROWS = 26  # of a table that stands in its chapter
LINE, PAGE_LINES = 100, 42  # characters of a table's line, and lines of what fits on one page whole


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedSection:
    """A section as a document sets it: what stands in its chapter, and what has moved to the appendix.

    `openings` are headings above it that have nothing of their own but words: they stay with what follows.
    """

    openings: tuple[Section, ...]
    section: Section
    numbers: tuple[HeadlineNumber, ...]
    words: tuple[Block, ...]
    tables: tuple[ReportTable, ...]
    notes: tuple[str, ...]  # those that no section before it has said
    moved_words: tuple[Block, ...]
    moved: tuple[ReportTable, ...]
    appendix: str  # where what is moved stands: Bilaga 3

    @property
    def is_appendix(self) -> bool:
        return self.section.passage == APPENDICES

    @property
    def is_together(self) -> bool:
        """Whether heading, words and what they are about stand on one page: figures or tables, and little of either."""
        charts, rows = self.section.charts, sum(len(table.rows) for table in self.tables)
        characters = sum(len(block.text) for block in self.words) + len(self.section.lead)
        is_of_one_kind = bool(charts) != bool(rows)
        is_small = len(charts) <= MOST_FIGURES and rows <= FEW_ROWS and characters <= FEW_CHARACTERS
        is_small = is_small and len(self.numbers) <= FEW_NUMBERS
        return is_of_one_kind and is_small and not self.is_appendix

    @property
    def moved_heading(self) -> str:
        """What stands above what has moved to the appendix."""
        return f"{TO_SECTION} {self.section.heading}"

    @property
    def remarks(self) -> str:
        """What stands in small letters under the section: notes, source, and where the other tables are."""
        source = [f"Källa: {self.section.source}."] if self.section.source else []
        return " ".join([*self.notes, *source, *self._elsewhere])

    @property
    def _elsewhere(self) -> list[str]:
        numbers = [str(table.number) for table in self.moved]
        if not numbers:
            return []
        word = "Tabell" if len(numbers) == 1 else "Tabellerna"
        return [f"{word} {formats.listed(numbers)} står i {self.appendix.lower()}."]


def tables_heading(report: AnnualReport) -> str:
    """Return the heading of the last appendix, which has what is moved out of the chapters."""
    return f"{_tables_number(report)} {TABLES_TITLE}"


def _tables_number(report: AnnualReport) -> str:
    appendices = [
        section for section in report.sections if section.passage == APPENDICES and section.level == 1
    ]
    return f"Bilaga {len(appendices) + 1}"


def arrange(report: AnnualReport) -> list[PlacedSection]:
    """Return the report's sections in order, definitions and sources with the last appendix."""
    placed: list[PlacedSection] = []
    openings: list[Section] = []
    said: set[str] = set()
    sections = with_lists(report).sections
    for section, following in zip_longest(sections, sections[1:]):
        if following and following.level > section.level and _only_opens(section):
            openings.append(section)
            continue
        placed.append(_place(section, report, openings, said))
        openings = []
        said |= set(section.notes)
    return placed


def levels(sections: Iterable[Section]) -> dict[str, int]:
    """Return each section's level by its number: one below the headings above it that are there, so that none is skipped."""
    by_number: dict[str, int] = {}
    for section in sections:
        parts = section.number.split(".")
        above = [".".join(parts[:length]) for length in range(1, len(parts))]
        by_number[section.number] = 1 + sum(number in by_number for number in above)
    return by_number


def _only_opens(section: Section) -> bool:
    return not (section.charts or section.tables or section.text or section.generated or section.source)


def _place(
    section: Section, report: AnnualReport, openings: list[Section], said: AbstractSet[str]
) -> PlacedSection:
    notes = tuple(note for note in section.notes if note not in said)
    moved = tuple(table for table in section.tables if not _stays(table, section))
    tables = tuple(_shortened(table) for table in section.tables if table not in moved)
    words: tuple[Block, ...] = tuple(cover.words(section))
    moved_words: tuple[Block, ...] = ()
    if _is_long_list(section) and (section.charts or tables):  # which show the same
        words, moved_words = moved_words, words
    return PlacedSection(
        openings=tuple(openings),
        section=section,
        numbers=numbers(section, report),
        words=words,
        tables=tables,
        notes=notes,
        moved_words=moved_words,
        moved=moved,
        appendix=_tables_number(report),
    )


def numbers(section: Section, report: AnnualReport) -> tuple[HeadlineNumber, ...]:
    """Return the large figures of a section; none where all of them say that there is none."""
    figures = headline_numbers.above(section, report)
    return tuple(figures) if any(figure.css != MISSING for figure in figures) else ()


def _is_long_list(section: Section) -> bool:
    """Tell whether a section has generated sentences that are many."""
    return not section.text and len(section.generated) > MOST_LISTED


def _stays(table: ReportTable, section: Section) -> bool:
    """Tell whether a table stands in its chapter: it is small, and no figure there shows its values."""
    if section.passage == APPENDICES:
        return True
    if table.is_appendix or len(table.rows) > MOST_ROWS:
        return False
    shows_values = any(chart.shape is not Shape.MAP for chart in section.charts)
    return not shows_values


def is_whole(table: ReportTable) -> bool:
    """Tell whether a table has room on one page: it is then never parted."""
    return lines_of(table) <= PAGE_LINES


def lines_of(table: ReportTable) -> int:
    """Return how many lines a table takes with its headings, by its cells' characters."""
    widths = table.widths
    line = max(LINE, sum(widths))
    shares = [line * width / sum(widths) for width in widths]
    rows = [table.headings, *([cell.text for cell in row.cells] for row in table.rows)]
    return sum(max(map(_lines, texts, shares)) for texts in rows)


def _lines(text: str, share: float) -> int:
    """Return how many lines a text takes in so many characters, broken at its blanks."""
    lines, room = 1, share
    for word in text.split(" "):
        if len(word) > room and room < share:
            lines, room = lines + 1, share
        room -= len(word) + 1
    return lines


def _shortened(table: ReportTable) -> ReportTable:
    """Return a table with the demands' verdicts by mark and shortest word, so that a matrix fits the page."""
    rows = [replace(row, cells=tuple(map(_short_cell, row.cells))) for row in table.rows]
    return replace(table, rows=tuple(rows))


def _short_cell(cell: ReportCell) -> ReportCell:
    """`✗ nej (74,3 %)` of `✗ inte uppfyllt (74,3 %)`."""
    for verdict in Verdict:
        in_full = f"{verdict.symbol} {verdict.label}"
        if cell.text.startswith(in_full):
            behind = cell.text.removeprefix(in_full)
            is_said = behind == f" (svar: {verdict.answer})"
            return replace(cell, text=f"{verdict.symbol}\u00a0{verdict.answer}{'' if is_said else behind}")
    return cell
