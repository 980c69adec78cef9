"""The child process that marks a workbook: an order and the workbook on stdin, the copy on stdout."""

import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.datetime import to_excel
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink

from portal.uploads.xlsx_child import CPU_SECONDS, MEMORY_BYTES, is_computed


Line = Mapping[str, Any]  # as portal.uploads.marking writes it
Results = Mapping[tuple[str, str], Any]  # sheet and cell → the cell with its stored result
Fills = dict[tuple[str, str], str]  # sheet and cell → the colour before it was marked; "": none

ERROR = "Fel"
ERROR_FILL = PatternFill("solid", fgColor="F8C9CC")
WARNING_FILL = PatternFill("solid", fgColor="FFE9B8")
LIST_SHEET = "Att rätta"
AUTHOR = "Vårdval BUP"
SIGN = f"{AUTHOR}:\n"  # begins the portal's part of a comment, as Excel begins a person's with the name
HEADINGS = ("Vad", "Blad", "Cell", "Mått", "Det stod", "Förra månaden", "Vad är fel och hur rättar man")
WIDTHS = (12, 16, 9, 40, 18, 16, 95)
COLOUR_BEFORE = len(HEADINGS) + 1  # a hidden column of the list: what a later copy gives a cell back
_COLOUR = re.compile(r"[0-9A-F]{8}")


def marked(order: dict[str, Any], content: bytes) -> bytes:
    """Return the copy's bytes. What an earlier copy's marking left is taken away first."""
    if order["kind"] == "csv":
        book = _from_rows(order["rows"])
    else:
        book = openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
        _unmark(book)
        _unlock(book)
    _add_list(book, order["lines"], _mark_cells(book, order["lines"]))
    results = _results(content) if order["kind"] != "csv" else {}
    book.calculation.fullCalcOnLoad = not results
    out = io.BytesIO()
    book.save(out)
    return _with_results(out.getvalue(), book, results) if results else out.getvalue()


def _from_rows(rows: list[list[str]]) -> Workbook:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Fil"
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            _write_text(sheet.cell(number, column), text)
    return book


def _write_text(cell: Any, text: str) -> None:
    """Write text as text: one that begins like a formula must not become one."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"


def _unlock(book: Workbook) -> None:
    """Let rows and columns be taken away: the copy is there to be mended."""
    for sheet in book.worksheets:
        sheet.protection.sheet = False


# --- what the user's formulas gave: openpyxl keeps either a formula or its result ---

_FORMULA_CELL = re.compile(
    r'<c r="(?P<cell>[A-Z]+[0-9]+)"(?P<look>[^>]*)>(?P<formula><f[^>]*?/>|<f[^>]*>[^<]*</f>)<v(?:\s*/>|></v>)</c>'
)


def _results(content: bytes) -> Results:
    """Return the stored result of every cell, none where the workbook itself says that they aren't computed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        workbook_parts = {
            name: archive.read(name) for name in archive.namelist() if name == "xl/workbook.xml"
        }
    if not is_computed(workbook_parts):
        return {}
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
    cells = [(sheet.title, cell) for sheet in book.worksheets for cell in _cells(sheet)]
    return {(name, cell.coordinate): cell for name, cell in cells if cell.value is not None}


def _with_results(copy: bytes, book: Workbook, results: Results) -> bytes:
    """Return the copy with the results written beside its formulas."""
    names = {f"xl/worksheets/sheet{place}.xml": title for place, title in enumerate(book.sheetnames, start=1)}
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(copy)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for part in source.namelist():
            content = source.read(part)
            if part in names:
                write = partial(_with_result, names[part], results)
                content = _FORMULA_CELL.sub(write, content.decode()).encode()
            out.writestr(part, content)
    return target.getvalue()


def _with_result(sheet: str, results: Results, match: re.Match[str]) -> str:
    cell = results.get((sheet, match["cell"]))
    if cell is None:
        return match[0]
    kind = {"s": ' t="str"', "b": ' t="b"', "e": ' t="e"'}.get(cell.data_type, "")
    value = cell.value
    if cell.data_type == "d":
        value = to_excel(value, cell.parent.parent.epoch)
    text = str(int(value)) if isinstance(value, bool) else escape(str(value))
    return f'<c r="{match["cell"]}"{match["look"]}{kind}>{match["formula"]}<v>{text}</v></c>'


# --- the marks of an earlier copy ---


def _unmark(book: Workbook) -> None:
    """Take away the portal's own colours and comments; people's own stay."""
    before = _colours_before(book)
    for sheet in book.worksheets:
        cells = [cell for cell in _cells(sheet) if cell.comment]
        for cell in cells:
            if SIGN in cell.comment.text:
                _unmark_cell(cell, before.get((sheet.title, cell.coordinate), ""))
        if cells and not any(cell.comment for cell in cells):
            sheet.legacy_drawing = None  # held the comments' boxes
    if LIST_SHEET in book.sheetnames:
        del book[LIST_SHEET]


def _cells(sheet: Any) -> Iterator[Any]:
    # Only those that are there: rows and columns by their numbers may be seventeen thousand million.
    return iter(list(sheet._cells.values()))


def _unmark_cell(cell: Any, colour: str) -> None:
    own = cell.comment.text.partition(SIGN)[0].rstrip()
    author = cell.comment.author
    cell.comment = Comment(own, author) if own else None
    if _colour(cell) in (_solid(ERROR_FILL), _solid(WARNING_FILL)):
        cell.fill = PatternFill("solid", fgColor=colour) if colour else PatternFill()


def _colours_before(book: Workbook) -> Fills:
    if LIST_SHEET not in book.sheetnames:
        return {}
    fills: Fills = {}
    for row in book[LIST_SHEET].iter_rows(min_row=2, max_row=2_001, max_col=COLOUR_BEFORE, values_only=True):
        colour = str(row[COLOUR_BEFORE - 1] or "")
        if _COLOUR.fullmatch(colour):
            fills[str(row[1]), str(row[2])] = colour
    return fills


def _colour(cell: Any) -> str:
    """Return a cell's colour as RGB, or "" for none and for a theme's."""
    return _solid(cell.fill) if cell.has_style else ""


def _solid(fill: Any) -> str:
    rgb = fill.fgColor.rgb if fill.patternType == "solid" else ""
    return rgb if isinstance(rgb, str) and _COLOUR.fullmatch(rgb) else ""


# --- this copy's ---


def _mark_cells(book: Workbook, lines: list[Line]) -> Fills:
    """Colour and comment the cells; errors come first, and what is wrong is not coloured as merely odd."""
    before: Fills = {}
    for line in lines:
        cell = _cell_of(book, line)
        if cell is None:
            continue
        key = cell.parent.title, cell.coordinate
        if key not in before:
            before[key] = _colour(cell)
            cell.fill = ERROR_FILL if line["kind"] == ERROR else WARNING_FILL
        _comment(cell, line)
    return before


def _cell_of(book: Workbook, line: Line) -> Any | None:
    if not line["cell"]:
        return None
    cell = book[_sheet_of(book, line)][line["cell"]]
    # A cell within a merged area has no look of its own.
    return cell if hasattr(cell, "fill") and not isinstance(cell, tuple) else None


def _sheet_of(book: Workbook, line: Line) -> str:
    return line["sheet"] if line["sheet"] in book.sheetnames else book.sheetnames[0]


def _comment(cell: Any, line: Line) -> None:
    month_before = f"\nFörra månaden: {line['before']}." if line["before"] else ""
    before, author = "", AUTHOR
    if cell.comment:
        before, author = f"{cell.comment.text}\n\n", cell.comment.author
    sign = "" if SIGN in before else SIGN
    advice = line["advice"] + ("" if month_before and month_before in before else month_before)
    cell.comment = Comment(f"{before}{sign}{advice}", author, width=420, height=140)


def _add_list(book: Workbook, lines: list[Line], colours: Fills) -> None:
    targets = [
        (_sheet_of(book, line), line["cell"] or (f"A{line['row']}" if line["row"] else "")) for line in lines
    ]
    sheet = book.create_sheet(LIST_SHEET, 0)
    _write_row(sheet, 1, HEADINGS)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, (line, target) in enumerate(zip(lines, targets, strict=True), start=2):
        _list_line(sheet, number, line, target, colours)
    _lay_out_list(sheet)
    for worksheet in book.worksheets:  # two chosen at once would be written in together
        worksheet.sheet_view.tabSelected = worksheet is sheet
    book.active = 0


def _list_line(sheet: Any, number: int, line: Line, target: tuple[str, str], colours: Fills) -> None:
    name, address = target
    place = line["cell"] or (f"rad {line['row']}" if line["row"] else "")
    texts = (line["kind"], name if address else "", place, line["measure"], line["read"], line["before"])
    _write_row(sheet, number, (*texts, line["advice"], colours.get(target, "")))
    if address:
        _link(sheet.cell(number, 3), name, address)


def _lay_out_list(sheet: Any) -> None:
    for letter, width in zip("ABCDEFG", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.column_dimensions["H"].hidden = True
    sheet.freeze_panes = "A2"


def _write_row(sheet: Any, number: int, texts: tuple[str, ...]) -> None:
    for column, text in enumerate(texts, start=1):
        if text:
            cell = sheet.cell(number, column)
            _write_text(cell, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _link(cell: Any, sheet: str, target: str) -> None:
    """Make a click on the cell lead to another in the same workbook."""
    quoted = sheet.replace("'", "''")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{target}")
    cell.font = Font(color="00577B", underline="single")


def read_order(source: BinaryIO) -> tuple[dict[str, Any], bytes]:
    length = int.from_bytes(source.read(8), "big")
    return json.loads(source.read(length)), source.read()


def main() -> None:
    """Mark one workbook, within bounds that the kernel keeps."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    # One second more until SIGKILL: the first signal is SIGXCPU, which nothing but this limit sends.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    sys.stdout.buffer.write(marked(*read_order(sys.stdin.buffer)))


if __name__ == "__main__":
    main()
