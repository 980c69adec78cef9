"""The report as Excel: one sheet per chapter, all figures as a tidy table, and the sources. Formula-safe."""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from portal import formats
from portal.domain.annual_report.content import (
    AnnualReport,
    CellKind,
    Chart,
    ChartMark,
    ReportCell,
    ReportTable,
    Section,
)
from portal.domain.reporting.texts import FORMULA_SIGNS, fit_for_xml
from portal.reports import cover, excel_charts, figures
from portal.reports.cover import Cover, Progress
from portal.reports.listing import with_lists


_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
LONGEST_NAME = 31
NUMBER_OF = "Antal"  # what a figure with one nameless series counts
# A sign, digits in groups, decimals, and a unit without digits: `−4 procentenheter`, `31,4 %`.
_NUMBER = re.compile(r"([+−]?)[0-9\u00a0 ]*[0-9](,[0-9]+)?([^0-9\"]*)")


@dataclass(frozen=True, kw_only=True, slots=True)
class CellStyle:
    """How a cell looks; without a size the text is as large as Excel's own."""

    size: int | None = None
    is_bold: bool = False
    is_italic: bool = False
    is_heading: bool = False
    wraps: bool = False


PLAIN, BOLD, ITALIC = CellStyle(), CellStyle(is_bold=True), CellStyle(is_italic=True)
HEADING, WRAPPED = CellStyle(is_bold=True, is_heading=True), CellStyle(wraps=True)


def write(report: AnnualReport, about: Cover, progress: Progress = cover.quiet) -> bytes:
    """Return the report as a workbook."""
    from openpyxl import Workbook

    book = Workbook()
    book.properties.title, book.properties.creator = report.title, cover.author(report)
    book.properties.language = cover.LANGUAGE
    chapters = with_lists(report).chapters
    steps = len(chapters) + 1
    _contents(book.active, report, about, chapters)
    for step, (chapter, sections) in enumerate(chapters.items()):
        progress(step, steps, sections[0].heading)
        sheet = book.create_sheet(sheet_name(chapter, sections[0].title))
        _chapter(sheet, report, sections)
    progress(len(chapters), steps, "Alla siffror")
    _data(book.create_sheet("Data"), report)
    _sources(book.create_sheet("Källor"), report)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def sheet_name(chapter: str, title: str) -> str:
    """Return a sheet's name: Excel allows 31 characters and not all signs."""
    return _NOT_IN_NAMES.sub(" ", f"{chapter} {title}".strip())[:LONGEST_NAME].strip()


def _contents(
    sheet: Any, report: AnnualReport, about: Cover, chapters: dict[str, tuple[Section, ...]]
) -> None:
    sheet.title = "Innehåll"
    _set_up(sheet, report, widths=[60])
    _put(sheet, 1, 1, report.title, CellStyle(size=18))
    lines = _about_lines(report, about)
    for row, line in enumerate(lines, start=2):
        _put(sheet, row, 1, line, WRAPPED)
    for row, (chapter, sections) in enumerate(chapters.items(), start=len(lines) + 3):
        name = sheet_name(chapter, sections[0].title)
        cell = _put(sheet, row, 1, sections[0].heading)
        cell.hyperlink = f"#'{name}'!A1"
        cell.style = "Hyperlink"


def _about_lines(report: AnnualReport, about: Cover) -> list[str]:
    demo = [cover.DEMO] if report.is_demo else []
    digest = [f"Kontrollsumma (SHA-256): {about.sha256}"] if about.sha256 else []
    return [*demo, cover.subtitle(report), about.state, cover.HOW_TO_READ, *digest]


def _chapter(sheet: Any, report: AnnualReport, sections: tuple[Section, ...]) -> None:
    tables = [table for section in sections for table in section.tables]
    widths = [max((table.widths[0] for table in tables), default=60.0) + 12]
    most = max((len(table.headings) for table in tables), default=1)
    _set_up(sheet, report, widths=widths + [18.0] * (most - 1))
    row = 1
    for section in sections:
        row = _section(sheet, section, row)


def _section(sheet: Any, section: Section, row: int) -> int:
    """Write one section from that row on; returns the next free row."""
    heading = CellStyle(size=16 - 2 * section.level, is_bold=True)
    _put(sheet, row, 1, section.heading, heading)
    row = _lines(sheet, _opening(section), row + 1)
    for chart in section.charts:
        row = _figure(sheet, chart, row + 1)
    for table in section.tables:
        row = _table(sheet, table, row + 1)
    source = [f"Källa: {section.source}."] if section.source else []
    return _lines(sheet, [*section.notes, *source], row, ITALIC) + 1


def _opening(section: Section) -> list[str]:
    """Return what stands between a section's heading and its tables."""
    lines = [block.text for block in cover.opening(section)]
    lines += [cover.UNWRITTEN] if cover.is_unwritten(section) else []
    return [*lines, *(block.text for block in cover.words(section))]


def _lines(sheet: Any, lines: list[str], row: int, style: CellStyle = PLAIN) -> int:
    """Write one line to a row from that row on; returns the next free row."""
    for place, line in enumerate(lines, start=row):
        _put(sheet, place, 1, line, style)
    return row + len(lines)


def _figure(sheet: Any, chart: Chart, row: int) -> int:
    """Write what a figure draws, and Excel's own chart of it beside; returns the next free row."""
    if chart.shape not in excel_charts.CHARTED:
        return row - 1
    _put(sheet, row, 1, chart.title, BOLD)
    _headings(sheet, row + 1, ("", *(series or NUMBER_OF for series in chart.series)), HEADING)
    marks = {(mark.label, mark.series): mark for mark in chart.marks}
    labels = list(dict.fromkeys(mark.label for mark in chart.marks))
    for place, label in enumerate(labels, start=row + 2):
        _put(sheet, place, 1, label)
        for column, series in enumerate(chart.series, start=2):
            _mark(sheet, place, column, marks.get((label, series)))
    excel_charts.add(sheet, chart, heading_row=row + 1, column=len(chart.series) + 3)
    return row + max(len(labels) + 3, excel_charts.rows_beside(chart))


def _mark(sheet: Any, row: int, column: int, mark: ChartMark | None) -> None:
    """Write what is drawn at one place; where there is no value, nothing: Excel would draw a zero."""
    if mark is not None and mark.value is not None:
        _cell(sheet, row, column, ReportCell(text=mark.text, kind=CellKind.NUMBER, value=mark.value), PLAIN)


def _table(sheet: Any, table: ReportTable, row: int) -> int:
    _put(sheet, row, 1, table.title, BOLD)
    _headings(sheet, row + 1, table.headings, replace(HEADING, wraps=True))
    first = row + 2
    for place, table_row in enumerate(table.rows, start=first):
        style = BOLD if table_row.is_total else PLAIN
        for column, cell in enumerate(table_row.cells, start=1):
            _cell(sheet, place, column, cell, style)
    return first + len(table.rows) + 1


def _headings(sheet: Any, row: int, headings: Iterable[str], style: CellStyle = HEADING) -> None:
    for column, heading in enumerate(headings, start=1):
        _put(sheet, row, column, heading, style)


def _cell(sheet: Any, row: int, column: int, cell: ReportCell, style: CellStyle) -> None:
    """Write a number with the format that it is read in, anything else as its text."""
    pattern = _number_format(cell.text) if cell.kind is CellKind.NUMBER else None
    if pattern is None or cell.value is None:
        _put(sheet, row, column, cell.text, style)
    else:
        _put(sheet, row, column, cell.value, style).number_format = pattern


def _number_format(text: str) -> str | None:
    """Return the format that shows what one reads, such as `+#,##0" %"`; None for more than one number."""
    if text == formats.UNCHANGED:
        return f'"{text}"'
    number = _NUMBER.fullmatch(text)
    if number is None:
        return None
    sign, decimals, unit = number.groups()
    pattern = "#,##0" + ("." + "0" * (len(decimals) - 1) if decimals else "") + (f'"{unit}"' if unit else "")
    return f"+{pattern};−{pattern};{pattern}" if sign else pattern


def _data(sheet: Any, report: AnnualReport) -> None:
    """Write every figure as a row of its own."""
    _set_up(sheet, report, widths=[float(column.width) for column in figures.COLUMNS])
    _headings(sheet, 1, (column.name for column in figures.COLUMNS))
    for row, values in enumerate(figures.rows(report), start=2):
        for column, value in enumerate(values, start=1):
            if value is not None:
                _put(sheet, row, column, value)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _sources(sheet: Any, report: AnnualReport) -> None:
    _set_up(sheet, report, widths=[44.0, 90.0])
    _headings(sheet, 1, ("Källa", "Ger"))
    for row, source in enumerate(report.sources, start=2):
        _put(sheet, row, 1, source.name)
        _put(sheet, row, 2, source.gives, WRAPPED)


def _set_up(sheet: Any, report: AnnualReport, *, widths: list[float]) -> None:
    from openpyxl.utils import get_column_letter

    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.left.text = report.title
    if report.is_demo:
        sheet.oddHeader.center.text = sheet.oddFooter.right.text = cover.DEMO


def _put(
    sheet: Any,
    row: int,
    column: int,
    value: str | float,
    style: CellStyle = PLAIN,
) -> Any:
    """Write one cell. Text is always text: what begins like a formula is marked as quoted."""
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        text = fit_for_xml(value)
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(FORMULA_SIGNS)
    else:
        cell.value = value
    if style.size or style.is_bold or style.is_italic:
        cell.font = _font(style.size, style.is_bold, style.is_italic)
    if style.is_heading:
        cell.fill = _shade()
    if style.wraps:
        cell.alignment = _wrapped()
    return cell


@cache
def _font(size: int | None, is_bold: bool, is_italic: bool) -> Any:
    from openpyxl.styles import Font

    return Font(size=size or 11, bold=is_bold, italic=is_italic)


@cache
def _shade() -> Any:
    from openpyxl.styles import PatternFill

    return PatternFill("solid", fgColor="F3F7F6")


@cache
def _wrapped() -> Any:
    from openpyxl.styles import Alignment

    return Alignment(wrap_text=True, vertical="top")
