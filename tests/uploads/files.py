"""Makes the files that the upload tests send: good ones from the template, and hostile ones."""

import io
import zipfile

import openpyxl

from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.measures import MEASURES
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer
from portal.uploads import parsing, reading, template, xlsx_child


JANUARY, FEBRUARY = Month(2025, 1), Month(2025, 2)


def make_clinic(code="falun", name="BUP Falun"):
    return Clinic(
        code=code,
        name=name,
        report_name=name,
        municipality_code="2080",
        municipality="Falun",
        operator=Operator.PUBLIC,
        provider="Region Dalarna",
    )


CLINICS = {"falun": make_clinic()}
FILLED = {(JANUARY, measure.code): Answer(row) for row, measure in enumerate(MEASURES)}


def make_blankett(values=FILLED, months=(JANUARY,), edit=None):
    """Return a filled blankett; `edit(book, sheet)` changes it before it is saved."""
    content = template.write(
        CLINICS["falun"],
        months,
        values=values,
        reference=Month(2024, 12),
        reference_values={"calls": Answer(9)},
    )
    if edit is None:
        return content
    book = openpyxl.load_workbook(io.BytesIO(content))
    edit(book, book["Månadsdata"])
    return save(book)


def save(book):
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def make_book(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return save(book)


def parse_here(content, clinics=CLINICS, limits=reading.CLINIC_LIMITS):
    """Parse a workbook without the child process, which costs 0.35 s each time."""
    answer = xlsx_child.extract(content, rows=limits.lines, columns=limits.columns)
    try:
        document = reading.to_document(answer, limits)
    except reading.Unreadable as fault:
        return parsing.Parsed(kind=None, problems=(fault.problem,))
    return parsing.parse_document(document, clinics=clinics)


def parse_csv(text, clinics=CLINICS, name="fil.csv"):
    content = text.encode() if isinstance(text, str) else text
    return parsing.parse(name, content, clinics=clinics)


def codes(parsed):
    return [problem.code for problem in parsed.problems]


def zip_of(parts):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()


def parts_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_parts(content, **parts):
    """Return the workbook with parts added or replaced; `__` in a name stands for `/`."""
    return zip_of({**parts_of(content), **{name.replace("__", "/"): part for name, part in parts.items()}})


SHEET = "xl/worksheets/sheet1.xml"


def with_sheet(change):
    """Return a small workbook whose first sheet's XML is changed."""
    parts = parts_of(make_book([["Kod", "x"], ["a", 1]]))
    parts[SHEET] = change(parts[SHEET].decode()).encode()
    return zip_of(parts)


EMPTY_CELLS = b";;;\n;;\n"


def blankett_as_text(content, delimiter=";"):
    """Return the blankett's first sheet as the spreadsheet program saves it as text."""
    rows = xlsx_child.extract(content, rows=2_001, columns=61)["sheets"][0]["rows"]
    width = max(map(len, rows))
    lines = (delimiter.join(f'"{cell}"' for cell in row + [""] * (width - len(row))) for row in rows)
    return "\r\n".join(lines).encode()
