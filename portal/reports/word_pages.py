"""On which page each section of the Word file begins: reckoned, since only Word itself lays its pages out.

A section that is kept together and has no room left begins a page of its own, and says so in the file: the contents'
pages are then those that a reader sees, as long as what is reckoned to fit does. Heights are in points.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from portal.charts import drawing
from portal.domain.annual_report.content import Chart, ReportTable, Shape
from portal.domain.annual_report.wording import Block
from portal.reports import cover
from portal.reports.headline_numbers import HeadlineNumber
from portal.reports.layout import PlacedSection, lines_of
from portal.reports.word_parts import NUMBERS_IN_A_ROW


PAGE = 700.0  # of 728: what is reckoned is not exact, and a page too early is better than some lines too late
PIXEL, MAP_PIXEL = 0.649, 0.601  # of a figure and of the map
HEADINGS = {1: 34.5, 2: 28.0, 3: 24.7}
HEADING_CHARACTERS = 70
LINE, AFTER, CHARACTERS = 10.4, 2.5, 104  # of running text
NOTE_LINE, NOTE_CHARACTERS = 9.3, 119
CAPTION, TABLE_END = 14.5, 8.0
NUMBERS, LONG_DETAIL = 52.0, 38  # a row of large figures, and characters of what takes a second line there
TABLE_LINES = ((6, 10.4), (8, 9.2), (99, 8.7))  # by columns: many are set smaller
ROOM_FOR_MORE = 90.0  # what has no room for a heading and some lines begins a page


@dataclass(frozen=True, slots=True)
class SectionPages:
    """Where a section begins, and whether it begins its page."""

    page: int
    begins_page: bool


def reckon(placed: Sequence[PlacedSection], front: float) -> tuple[list[SectionPages], int]:
    """Return where each section begins, and the page after the last; `front` is the height of what stands before."""
    page, used = 1, front
    pages = []
    for each, before in zip(placed, (None, *placed), strict=False):
        height = _height(each)
        needed = height if each.is_together else ROOM_FOR_MORE
        is_first_appendix = each.is_appendix and (before is None or not before.is_appendix)
        begins_page = is_first_appendix or used + needed > PAGE
        if begins_page:
            page, used = page + 1, 0.0
        pages.append(SectionPages(page, begins_page))
        used += height
        while used > PAGE:
            page, used = page + 1, used - PAGE
    return pages, page + 1


def _height(placed: PlacedSection) -> float:
    section = placed.section
    openings = sum(
        _heading(opening.level, opening.heading) + _words(cover.opening(opening))
        for opening in placed.openings
    )
    return (
        openings
        + _heading(section.level, section.heading)
        + _words(cover.opening(section))
        + _numbers(placed.numbers)
        + _words(placed.words)
        + sum(map(_figure, section.charts))
        + sum(map(_table, placed.tables))
        + _note(placed.remarks)
    )


def _numbers(numbers: Sequence[HeadlineNumber]) -> float:
    has_long = any(len(number.detail) > LONG_DETAIL for number in numbers)
    return ceil(len(numbers) / NUMBERS_IN_A_ROW) * (NUMBERS + (LINE if has_long else 0.0))


def _heading(level: int, text: str) -> float:
    return HEADINGS[level] * ceil(len(text) / HEADING_CHARACTERS)


def _text(text: str) -> float:
    return ceil(len(text) / CHARACTERS) * LINE + AFTER if text else 0.0


def _words(blocks: Iterable[Block]) -> float:
    """Return the height of running text."""
    return sum(_text(block.text) - (AFTER if block.is_item else 0.0) for block in blocks)


def _note(text: str) -> float:
    """Return the height of small letters."""
    return ceil(len(text) / NOTE_CHARACTERS) * NOTE_LINE + AFTER if text else 0.0


def _figure(chart: Chart) -> float:
    pixel = MAP_PIXEL if chart.shape is Shape.MAP else PIXEL
    return drawing.size(chart).height * pixel + CAPTION + AFTER


def _table(table: ReportTable) -> float:
    columns = len(table.headings)
    line = next(height for most, height in TABLE_LINES if columns <= most)
    return CAPTION + lines_of(table) * line + TABLE_END
