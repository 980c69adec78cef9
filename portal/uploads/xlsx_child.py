"""The child process that opens a workbook: bytes on stdin, its cells as JSON on stdout.

The only module that lets openpyxl read what somebody sent. It runs apart from the portal, with its memory
and time bounded, so that a hostile file can bring down nothing but itself.
"""

import html
import io
import json
import re
import resource
import sys
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser

from portal.domain.reporting.grammar import holds_personal_number
from portal.domain.reporting.number_formats import GENERAL, as_shown
from portal.uploads.findings import MARKED_SHEET


MEMORY_BYTES = 320 * 1024 * 1024
CPU_SECONDS = 10
MAX_SHEETS = 20
MAX_TEXT = 500
CELL_COST = 16  # what a cell weighs in the answer beside its characters
MAX_WEIGHT = 24_000_000  # characters of an answer: one long shared text may stand in every cell
WEIGHT_OF_ROW = 2_000
MAX_FORMULA = 60  # characters of a formula that are told; it is text, and never computed


class WorkbookRefused(Exception):
    """The workbook is not taken in; `code` and where say why."""

    def __init__(self, code: str, *, sheet: str | None = None, cell: str | None = None) -> None:
        super().__init__(code)
        self.code, self.sheet, self.cell = code, sheet, cell


class Parser(WorkSheetParser):
    """openpyxl's own row parser, sparse, which also tells formulas without a value and hidden rows.

    The public read-only sheet pads every row to the widest and cannot tell a formula from an empty cell.
    """

    def __init__(self, *arguments: Any, formats: list[str], is_computed: bool, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.formats = formats  # of numbers, by style
        self.is_computed = is_computed  # else what stands as a formula's value is a placeholder
        self.hidden = False  # the row just read
        self.hidden_columns: list[tuple[int, int]] = []

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        # A stored empty text (t="str") is a value; an empty <v/> of any other type is none.
        stored = element.findtext(VALUE_TAG) or element.get("t") == "str"
        formula = element.find(FORMULA_TAG)
        if formula is not None and not (stored and self.is_computed):
            # A cell that shares another's formula has no text of its own.
            text = f"={formula.text.strip()}" if formula.text else "en formel"
            cell.update(value=text[:MAX_FORMULA], data_type="f")
        elif isinstance(cell["value"], int | float) and cell["data_type"] == "n":
            cell["value"] = as_shown(cell["value"], self.formats[cell["style_id"]])
        return cell

    def parse_row(self, row: Any) -> tuple[int, list[dict[str, Any]]]:
        number, cells = super().parse_row(row)
        # A hidden row is a fact about one row; kept for all of them it grows with the sheet.
        self.hidden = self.row_dimensions.pop(str(number), {}).get("hidden") in ("1", "true")
        return number, cells

    def parse_column_dimensions(self, col: Any) -> None:
        """Keep which columns are hidden, or have no width; the parser's own dict forgets a repeated one."""
        if col.get("hidden") in ("1", "true") or float(col.get("width") or 1) == 0:
            self.hidden_columns.append((int(col.get("min")), int(col.get("max"))))


def extract(content: bytes, *, rows: int, columns: int) -> dict[str, Any]:
    """Return every sheet's cells as text and what is odd about them, or why the workbook is refused."""
    try:
        return _extract(content, rows=rows, columns=columns)
    except WorkbookRefused as refused:
        return {"fault": refused.code, "sheet": refused.sheet, "cell": refused.cell}
    except MemoryError:
        return {"fault": "too_complex", "sheet": None, "cell": None}
    # 429 public workbooks met seven exception classes: a list would miss the eighth.
    except Exception:  # noqa: BLE001
        return {"fault": "damaged", "sheet": None, "cell": None}


def _extract(content: bytes, *, rows: int, columns: int) -> dict[str, Any]:
    content, package = _scan(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        if not book.worksheets or len(book.sheetnames) > MAX_SHEETS:
            raise WorkbookRefused("damaged" if not book.worksheets else "too_complex")
        # The list in a marked copy may have long texts; scanned above, it is not read.
        read = [sheet for sheet in book.worksheets if sheet.title != MARKED_SHEET]
        bounds = _Bounds(rows=rows, columns=columns, is_computed=package.is_computed)
        cells = (_sheet(sheet, bounds) for sheet in read or book.worksheets)
        sheets = list(_bounded(cells, rows=rows))
    return {"sheets": sheets, "private": package.is_private}


def _bounded(sheets: Iterable[dict[str, Any]], *, rows: int) -> Iterator[dict[str, Any]]:
    """Yield the sheets while they weigh no more together than their rows may: whoever asked holds it all."""
    most, weight = min(rows * WEIGHT_OF_ROW, MAX_WEIGHT), 0
    for sheet in sheets:
        weight += sum(len(text) + CELL_COST for row in sheet["rows"] for text in row)
        if weight > most:
            raise WorkbookRefused("too_complex")
        yield sheet


_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)


@dataclass(frozen=True, slots=True)
class _Package:
    """What a workbook's parts say without its cells: `is_computed` False: formulas have placeholders only."""

    is_private: bool
    is_computed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bounds:
    """How much of a sheet is read, and whether its formulas have values."""

    rows: int
    columns: int
    is_computed: bool


def _scan(content: bytes) -> tuple[bytes, _Package]:
    """Return the workbook, strict OOXML made transitional, and what its parts say."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    is_private = is_strict = False
    for name in archive.namelist():  # one part at a time: together they take several times the memory
        if not name.lower().endswith((".xml", ".rels", ".vml")):
            continue
        part = archive.read(name)
        if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
            raise WorkbookRefused("damaged")
        is_private = is_private or holds_personal_number(_text(part))
        is_strict = is_strict or b"purl.oclc.org/ooxml" in part
    books = {name: archive.read(name) for name in archive.namelist() if name.lower() == "xl/workbook.xml"}
    package = _Package(is_private=is_private, is_computed=is_computed(books))
    return (_rewritten(archive) if is_strict else content), package


# Excel takes these away when it has computed the workbook and saves it; programs that cannot compute leave 0s.
_UNCOMPUTED = re.compile(
    r"""<(?:\w+:)?calcPr\b[^>]*?\s(?:fullCalcOnLoad\s*=\s*["'](?:1|true)|calcCompleted\s*=\s*["'](?:0|false))["']"""
)


def is_computed(xml: dict[str, bytes]) -> bool:
    """Return whether the workbook's own word is that the stored values of its formulas are computed."""
    books = (part for name, part in xml.items() if name.lower() == "xl/workbook.xml")
    return not any(_UNCOMPUTED.search(_decoded(part)) for part in books)


def _rewritten(source: zipfile.ZipFile) -> bytes:
    """Return the parts zipped anew with the namespaces that openpyxl knows."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            part = source.read(name)
            for strict, transitional in _STRICT:
                part = part.replace(strict, transitional)
            archive.writestr(name, part)
    return target.getvalue()


# Tags that only style a run of text: what stands on both sides of them reads as one word.
_RUN_TAG = re.compile(
    r"</?(?:\w+:)?(?:r|t|rPr|rFont|sz|color|family|charset|scheme|b|i|u|latin|ea|cs)(?=[\s/>])[^>]*>"
)
_TAG = re.compile(r"<[^>]*>")


def _text(part: bytes) -> str:
    """Return what people can read in one part of the package: comments, text boxes, headers, properties."""
    xml = _decoded(part)
    return html.unescape(_TAG.sub("\n", _RUN_TAG.sub("", xml)))


def _decoded(part: bytes) -> str:
    encoding = "utf-16" if part[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return part.decode(encoding, errors="replace")


@dataclass(slots=True)
class _Odd:
    """What is odd about a sheet's cells, by address."""

    marks: dict[str, str] = field(default_factory=dict)
    formulas: dict[str, str] = field(default_factory=dict)  # those without a stored value, as text


def _sheet(sheet: Any, bounds: _Bounds) -> dict[str, Any]:
    texts: list[list[str]] = []
    odd = _Odd()
    hidden: list[int] = []
    with sheet._get_source() as source:
        parser = _parser(sheet, source, is_computed=bounds.is_computed)
        last = 0
        for number, cells in parser.parse():
            if number <= last:
                raise WorkbookRefused("damaged", sheet=sheet.title)
            last, row = number, _row(cells, odd, sheet=sheet.title, columns=bounds.columns)
            if not row:
                continue  # styled or once filled: no row that anybody sees
            if number > bounds.rows:
                raise WorkbookRefused("too_many_rows", sheet=sheet.title, cell=_first_address(number, row))
            texts.extend([] for _ in range(number - len(texts)))
            texts[-1] = row
            if parser.hidden and any(row):
                hidden.append(number)
    return {
        "name": sheet.title,
        "visible": sheet.sheet_state == "visible",
        "rows": texts,
        "marks": odd.marks,
        "formulas": odd.formulas,
        "hidden_rows": hidden,
        "hidden_columns": _hidden_columns(texts, parser),
    }


def _first_address(number: int, row: list[str]) -> str:
    column = next((column for column, text in enumerate(row, start=1) if text), len(row))
    return f"{get_column_letter(column)}{number}"


def _hidden_columns(texts: list[list[str]], parser: Parser) -> list[str]:
    """Return the letters of the hidden columns that hold some text."""
    filled_columns = {column for row in texts for column, text in enumerate(row, start=1) if text}
    return [
        get_column_letter(column)
        for column in sorted(filled_columns)
        if any(first <= column <= last for first, last in parser.hidden_columns)
    ]


def _parser(sheet: Any, source: Any, *, is_computed: bool) -> Parser:
    """Return a parser of the rows that the sheet really holds; its own word about its size is not asked."""
    book = sheet.parent
    formats = [_format(style.numFmtId, book._number_formats) for style in book._cell_styles]
    return Parser(
        source,
        sheet._shared_strings,
        data_only=True,
        epoch=book.epoch,
        date_formats=book._date_formats,
        timedelta_formats=book._timedelta_formats,
        formats=formats,
        is_computed=is_computed,
    )


def _format(number: int, own_formats: Sequence[str]) -> str:
    """Return the format that a style's number stands for: Excel's own come first."""
    if number < BUILTIN_FORMATS_MAX_SIZE:
        return BUILTIN_FORMATS.get(number, GENERAL)
    return own_formats[number - BUILTIN_FORMATS_MAX_SIZE]


def _row(cells: list[dict[str, Any]], odd: _Odd, *, sheet: str, columns: int) -> list[str]:
    texts: dict[int, str] = {}
    for cell in cells:
        text, mark = _cell(cell["value"], cell["data_type"])
        if not text.strip() and not mark:
            continue
        address = f"{get_column_letter(cell['column'])}{cell['row']}"
        if mark == "formula":
            odd.formulas[address], text = text, ""
        _check_cell(cell["column"], text, columns=columns, row_texts=texts, place=(sheet, address))
        texts[cell["column"]] = text
        if mark:
            odd.marks[address] = mark
    return [texts.get(column, "") for column in range(1, max(texts, default=0) + 1)]


def _check_cell(
    column: int, text: str, *, columns: int, row_texts: dict[int, str], place: tuple[str, str]
) -> None:
    sheet, address = place
    if column in row_texts:
        raise WorkbookRefused("damaged")
    if column > columns:
        raise WorkbookRefused("too_many_columns", sheet=sheet, cell=address)
    if len(text) > MAX_TEXT:
        raise WorkbookRefused("long_text", sheet=sheet, cell=address)


def _cell(value: Any, data_type: str) -> tuple[str, str | None]:
    """Return a cell as the text that the grammar reads, and its mark: date, error or formula."""
    match value:
        case None:
            return "", None
        case bool():
            return ("SANT" if value else "FALSKT"), None
        case date() | time():
            return _moment(value), "date"
        case timedelta():
            return str(value), "date"
    return str(value), {"e": "error", "f": "formula"}.get(data_type)


def _moment(value: date | time) -> str:
    if isinstance(value, datetime) and value.time() == time(0):
        return value.date().isoformat()
    return value.isoformat().replace("T", " ")


def open_plainly(content: bytes) -> None:
    """Walk the cells with openpyxl alone, unbounded: what the bench compares our own files' reading with."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    for sheet in book.worksheets:
        for _ in sheet.iter_rows(values_only=True):
            pass


def main() -> None:
    """Read one workbook from stdin, within bounds that the kernel keeps."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    # One second more until SIGKILL: the first signal is SIGXCPU, which nothing but this limit sends.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    rows, columns = int(sys.argv[1]), int(sys.argv[2])
    json.dump(extract(sys.stdin.buffer.read(), rows=rows, columns=columns), sys.stdout)


if __name__ == "__main__":
    main()
