"""What a bad input is, and the good ones that they differ from in one thing only."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import openpyxl

from portal.domain.registry.measures import MEASURES, MEASURES_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer
from portal.uploads import template
from tests.uploads.files import CLINICS, JANUARY, parts_of, save, zip_of


@dataclass(frozen=True)
class Bad:
    """A file that must be refused: its first problem's code and cell. `child`: read by the child process.

    A workbook is given as what makes it: every process of a run lists the bad inputs, and one of them reads them.
    """

    id: str
    made: bytes | Callable[[], bytes]
    code: str
    cell: str | None = None
    name: str = "januari.xlsx"
    child: bool = False

    @property
    def content(self):
        return self.made if isinstance(self.made, bytes) else self.made()

    def __str__(self):
        return f"{self.id}-{self.code}-{self.cell}"


PERSONAL = "850709-9805"  # valid, and nobody's: Skatteverket's test number
HEADING = "mottagning;period;mått;värde"


def good_count(measure):
    return 10 if MEASURES_BY_CODE[measure].not_above or measure in ("sip_patients", "video_contacts") else 20


GOOD = {(JANUARY, measure.code): Answer(good_count(measure.code)) for measure in MEASURES}
ROWS = {measure.code: row for row, measure in enumerate(template.ordered_measures(), start=7)}


def cell_of(measure):
    """Return the cell that a blankett for January has for the measure."""
    return f"F{ROWS[measure]}"


# --- workbooks ---


def written(values, months):
    return template.write(CLINICS["falun"], months, values=values, reference=Month(2024, 12))


@cache
def good_blankett():
    return written(GOOD, (JANUARY,))


def blankett(edit=None, *, values=GOOD, months=(JANUARY,)):
    """Return a complete blankett; `edit(book, sheet)` makes it bad."""
    if values is GOOD and months == (JANUARY,):
        content = good_blankett()
    else:
        content = written(values, months)
    if edit is None:
        return content
    book = openpyxl.load_workbook(io.BytesIO(content))
    edit(book, book[template.DATA_SHEET])
    return save(book)


def with_cell(cell, value):
    return blankett(lambda _, sheet: sheet.__setitem__(cell, value))


def with_answer(measure, value):
    return with_cell(cell_of(measure), value)


def with_xml(change, content=None, part="xl/worksheets/sheet1.xml"):
    """Return a blankett with one part's XML changed."""
    parts = parts_of(content or blankett())
    changed = change(parts[part].decode())
    assert changed != parts[part].decode()
    return zip_of({**parts, part: changed.encode()})


# --- text ---


def good_rows():
    return [
        f"falun;2025-01;{m.code};{good_count(m.code)}" for m in MEASURES if m.required or m.code == "contacts"
    ]


LAST = len(good_rows()) + 2  # the row number of what is added


def long_file(*more, heading=HEADING, end="\n"):
    """Return a complete month as a lång fil, and rows after it."""
    return end.join([heading, *good_rows(), *more, ""])


def with_row(row):
    return long_file(row).encode()
