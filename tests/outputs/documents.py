"""Files as lines of text: the report's documents, workbooks, tables, drawings, receipts."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from openpyxl import load_workbook
from pypdf import PdfReader


def text_of(name: str, content: bytes) -> str:
    return "\n".join(READERS[Path(name).suffix](content))


def is_readable(name: str) -> bool:
    """Tell whether the file has text: a picture in pixels has none."""
    return Path(name).suffix in READERS


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def word_lines(content: bytes) -> Iterator[str]:
    document = Document(io.BytesIO(content))
    for part in document.iter_inner_content():
        if isinstance(part, Table):
            yield from (row_text(row) for row in part._tbl.tr_lst)
        elif text := flat(part.text):
            yield f"{part.style.name}: {text}"
        for picture in part._element.iter(qn("wp:docPr")):
            yield f"Picture: {flat(picture.get('descr', ''))}"
    for section in document.sections:
        for area in (section.header, section.footer):
            yield from (flat(part.text) for part in area.paragraphs)


def row_text(row) -> str:
    """Return a row's cells; python-docx itself looks them up anew for every cell."""
    cells = ("".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in row.tc_lst)
    return " | ".join(flat(cell) for cell in cells)


def pdf_lines(content: bytes) -> Iterator[str]:
    for number, page in enumerate(PdfReader(io.BytesIO(content)).pages, 1):
        yield f"# page {number}"
        yield from page.extract_text().splitlines()


def excel_lines(content: bytes) -> Iterator[str]:
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        yield f"# {sheet.title} ({sheet.sheet_state})"
        for row in sheet.iter_rows():
            yield from (cell_text(cell) for cell in row if cell.value is not None or cell.comment)


def cell_text(cell) -> str:
    looks = "" if cell.number_format == "General" else f"  [{cell.number_format}]"
    comment = f"  ({flat(cell.comment.text)})" if cell.comment else ""
    return f"{cell.coordinate}: {cell.value}{looks}{comment}"


def plain_lines(content: bytes) -> list[str]:
    return content.decode("utf-8-sig").splitlines()


def drawing_lines(content: bytes) -> list[str]:
    return content.decode().replace("><", ">\n<").splitlines()


def package_lines(content: bytes) -> Iterator[str]:
    """Yield the lines of a data package, file by file."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            yield f"# {name}"
            yield from plain_lines(package.read(name))


READERS: dict[str, Callable[[bytes], Iterable[str]]] = {
    ".docx": word_lines,
    ".pdf": pdf_lines,
    ".xlsx": excel_lines,
    ".svg": drawing_lines,
    ".html": drawing_lines,
    ".zip": package_lines,
    ".csv": plain_lines,
    ".txt": plain_lines,
}
