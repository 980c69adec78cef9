"""The report as Excel: one sheet per chapter, all figures as a tidy table, and the sources. Formula-safe."""

import io
import re
from functools import cache
from typing import Any

from portal.domain.annual_report.content import AnnualReport, Cell, CellKind, Section, Table
from portal.reports import cover
from portal.reports.cover import Cover, Progress
from portal.reports.listing import with_lists


FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
LONGEST_NAME = 31
# A sign, digits in groups, decimals, and a unit without digits: `−4 procentenheter`, `31,4 %`.
_NUMBER = re.compile(r"([+−]?)[0-9\u00a0 ]*[0-9](,[0-9]+)?([^0-9\"]*)")
COLUMNS = (
    ("kapitel", 10),
    ("indikator", 28),
    ("benämning", 34),
    ("del", 24),
    ("delens namn", 28),
    ("period", 18),
    ("värde", 12),
    ("täljare", 12),
    ("nämnare", 12),
    ("enhet", 14),
    ("grund", 30),
    ("ursprung", 20),
    ("skäl", 18),
    ("källa", 36),
)


def write(report: AnnualReport, about: Cover, progress: Progress = cover.quiet) -> bytes:
    """Return the report as a workbook."""
    from openpyxl import Workbook

    book = Workbook()
    book.properties.title, book.properties.creator = report.title, cover.AUTHOR
    book.properties.language = cover.LANGUAGE
    chapters = with_lists(report).chapters
    _contents(book.active, report, about, chapters)
    for done, (chapter, sections) in enumerate(chapters.items()):
        progress(done, len(chapters) + 1, sections[0].heading.strip())
        sheet = book.create_sheet(sheet_name(chapter, sections[0].title))
        _chapter(sheet, report, sections)
    progress(len(chapters), len(chapters) + 1, "Alla siffror")
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
    _put(sheet, 1, 1, report.title, size=18)
    lines = [cover.subtitle(report), about.state, cover.HOW_TO_READ]
    if about.sha256:
        lines.append(f"Kontrollsumma (SHA-256): {about.sha256}")
    if report.is_demo:
        lines.insert(0, cover.DEMO)
    for place, line in enumerate(lines, start=2):
        _put(sheet, place, 1, line, wraps=True)
    row = len(lines) + 3
    for chapter, sections in chapters.items():
        name = sheet_name(chapter, sections[0].title)
        cell = _put(sheet, row, 1, sections[0].heading.strip())
        cell.hyperlink = f"#'{name}'!A1"
        cell.style = "Hyperlink"
        row += 1


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
    _put(sheet, row, 1, section.heading.strip(), size=16 - 2 * section.level, is_bold=True)
    row += 1
    lines = [cover.ADDITION] if section.is_addition and section.number else []
    lines += [section.lead] if section.lead else []
    lines += [cover.UNWRITTEN] if cover.is_unwritten(section) else []
    lines += [block.text for block in cover.words(section)]
    for line in lines:
        _put(sheet, row, 1, line)
        row += 1
    for table in section.tables:
        row = _table(sheet, table, row + 1)
    for line in (*section.notes, *([f"Källa: {section.source}."] if section.source else [])):
        _put(sheet, row, 1, line, is_italic=True)
        row += 1
    return row + 1


def _table(sheet: Any, table: Table, row: int) -> int:
    _put(sheet, row, 1, table.title, is_bold=True)
    for place, heading in enumerate(table.headings, start=1):
        _put(sheet, row + 1, place, heading, is_bold=True, is_heading=True, wraps=True)
    row += 2
    for found in table.rows:
        for place, cell in enumerate(found.cells, start=1):
            _cell(sheet, row, place, cell, is_bold=found.is_total)
        row += 1
    return row + 1


def _cell(sheet: Any, row: int, place: int, cell: Cell, *, is_bold: bool) -> None:
    """Write a number with the format that it is read in, anything else as its text."""
    pattern = _number_format(cell.text) if cell.kind is CellKind.NUMBER else None
    if pattern is None or cell.value is None:
        _put(sheet, row, place, cell.text, is_bold=is_bold)
    else:
        _put(sheet, row, place, cell.value, is_bold=is_bold).number_format = pattern


def _number_format(text: str) -> str | None:
    """Return the format that shows what one reads, such as `+#,##0" %"`; None for more than one number."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    sign, decimals, unit = found.groups()
    pattern = "#,##0" + ("." + "0" * (len(decimals) - 1) if decimals else "") + (f'"{unit}"' if unit else "")
    return f"+{pattern};−{pattern};{pattern}" if sign else pattern


def _data(sheet: Any, report: AnnualReport) -> None:
    """Write every figure as a row of its own."""
    _set_up(sheet, report, widths=[float(width) for _, width in COLUMNS])
    for place, (heading, _) in enumerate(COLUMNS, start=1):
        _put(sheet, 1, place, heading, is_bold=True, is_heading=True)
    for row, (section, point) in enumerate(report.points, start=2):
        cells = (
            section.number,
            point.indicator,
            point.label,
            point.part or "region",
            point.part_label,
            point.period,
            point.value,
            point.numerator,
            point.denominator,
            point.unit,
            point.basis,
            point.origin.label,
            point.reason,
            point.source,
        )
        for place, value in enumerate(cells, start=1):
            if value is not None:
                _put(sheet, row, place, value)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _sources(sheet: Any, report: AnnualReport) -> None:
    _set_up(sheet, report, widths=[44.0, 90.0])
    for place, heading in enumerate(("Källa", "Ger"), start=1):
        _put(sheet, 1, place, heading, is_bold=True, is_heading=True)
    for row, found in enumerate(report.sources, start=2):
        _put(sheet, row, 1, found.name)
        _put(sheet, row, 2, found.gives, wraps=True)


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
    *,
    size: int | None = None,
    is_bold: bool = False,
    is_italic: bool = False,
    is_heading: bool = False,
    wraps: bool = False,
) -> Any:
    """Write one cell. Text is always text: what begins like a formula is marked as quoted."""
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        text = _NOT_IN_XML.sub("", value)
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(FORMULA_SIGNS)
    else:
        cell.value = value
    if size or is_bold or is_italic:
        cell.font = _font(size, is_bold, is_italic)
    if is_heading:
        cell.fill = _shade()
    if wraps:
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
