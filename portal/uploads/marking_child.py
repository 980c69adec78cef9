"""The child process that marks a workbook: an order and the workbook on stdin, the copy on stdout."""

import io
import json
import resource
import sys
from typing import Any, BinaryIO

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook import Workbook

from portal.uploads.xlsx_child import CPU_SECONDS, MEMORY_BYTES


ERROR_FILL = PatternFill("solid", fgColor="F8C9CC")
WARNING_FILL = PatternFill("solid", fgColor="FFE9B8")
LIST_SHEET = "Att rätta"
WIDTHS = (18, 10, 18, 100)


def marked(order: dict[str, Any], content: bytes) -> bytes:
    """Return the copy's bytes."""
    if order["kind"] == "csv":
        book = _from_rows(order["rows"])
    else:
        book = openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
    for problem in order["problems"]:
        _mark_cell(book, problem)
    _add_list(book, order["problems"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


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


def _mark_cell(book: Workbook, problem: dict[str, Any]) -> None:
    if not problem["cell"]:
        return
    name = problem["sheet"] if problem["sheet"] in book.sheetnames else book.sheetnames[0]
    cell = book[name][problem["cell"]]
    if not hasattr(cell, "fill") or isinstance(cell, tuple):
        return
    cell.fill = ERROR_FILL if problem["severity"] == "error" else WARNING_FILL
    before = f"{cell.comment.text}\n\n" if cell.comment else ""
    cell.comment = Comment(before + problem["message"], "Vårdval BUP", width=420, height=120)


def _add_list(book: Workbook, problems: list[dict[str, Any]]) -> None:
    if LIST_SHEET in book.sheetnames:
        del book[LIST_SHEET]
    sheet = book.create_sheet(LIST_SHEET, 0)
    rows = [("Blad", "Cell", "Det stod", "Vad är fel och hur rättar man")]
    rows += [
        (problem["sheet"] or "", problem["cell"] or "", problem["read"] or "", problem["message"])
        for problem in problems
    ]
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            _write_text(cell, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
    for letter, width in zip("ABCD", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    book.active = 0


def read_order(source: BinaryIO) -> tuple[dict[str, Any], bytes]:
    length = int.from_bytes(source.read(8), "big")
    return json.loads(source.read(length)), source.read()


def main() -> None:
    """Mark one workbook, within bounds that the kernel keeps."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    sys.stdout.buffer.write(marked(*read_order(sys.stdin.buffer)))


if __name__ == "__main__":
    main()
