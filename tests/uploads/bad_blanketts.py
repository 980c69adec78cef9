"""Blanketter that must be refused: one thing is wrong in each."""

import io
from datetime import date, datetime
from functools import partial

import openpyxl
from openpyxl.comments import Comment

from tests.uploads.bad import PERSONAL, ROWS, Bad, blankett, cell_of, with_answer, with_cell, with_xml
from tests.uploads.files import FEBRUARY, JANUARY, save


CALLS = cell_of("calls")
AFTER = 7 + len(ROWS)  # the first row below the measures

# What stands where a count should stand. The grammar's own table has every form of number.
COUNTS = {
    "U1-formula": "'=cmd|' /C calc'!A0",
    "U1-at": "@SUM(1+1)",
    "U1-plus": "+1",
    "U1-minus": "-1",
    "U23-negative": -5,
    "U23-minus-sign": "−5",
    "U23-minus-zero": "-0",
    "U23-hex": "0x10",
    "U23-underscore": "1_000",
    "U23-exponent": "1e3",
    "U23-infinite": "1e309",
    "U23-inf": "inf",
    "U23-nan": "NaN",
    "U23-comma": "12,5",
    "U23-point": "12.5",
    "U23-half": 12.5,
    "U23-2^63": 2**63,
    "U23-2^64": 2**64,
    "U23-fullwidth": "１２",
    "U23-arabic": "٣",
    "U23-true": True,
    "U23-true-text": "True",
    "thousands-point": "1.248",
    "leading-zero": "007",
    "eight-digits": 12_345_678,
    "spaced-wrong": "1 2",
    "percent": "88 %",
    "a-date": date(2025, 1, 31),
    "a-moment": datetime(2025, 1, 31, 8, 0),
    "words": "vet ej",
    "about": "ca 20",
    "range": "10-20",
    "dash": "-",
    "reason-misspelt": "mäts ej",
    "two-reasons": "mäts inte, inget underlag",
    "tab": "\t1",
    "line-break": "1\n2",
}


def _edits():
    """Yield id, edit, code, cell."""
    for id_, value in COUNTS.items():
        yield id_, put(CALLS, value), "value.number", CALLS
    for error in ("#DIV/0!", "#N/A", "#VALUE!", "#REF!"):
        yield f"U25-{error}", put(CALLS, error), "value.number", CALLS
    yield "U2-formula-never-computed", put(CALLS, "=1+1"), "value.formula", CALLS
    yield "U2-every-formula", put_all("=1+1"), "value.formula", "F7"

    # the top
    yield "U29-other-clinic", put("C2", "mora"), "clinic.foreign", "C2"
    yield "U29-no-such-clinic", put("C2", "atlantis"), "clinic.foreign", "C2"
    yield "U30-other-name", put("C2", "BUP Mora"), "clinic.foreign", "C2"
    yield "U30-number", put("C2", 12), "clinic.foreign", "C2"
    yield "U30-NA", put("C2", "NA"), "clinic.foreign", "C2"
    yield "clinic-look-alike", put("C2", "f\u0430lun"), "clinic.foreign", "C2"
    yield "clinic-emptied", clear("C2", "D2"), "clinic.missing", "C2"
    yield "clinic-row-gone", lambda _, sheet: sheet.delete_rows(2), "clinic.missing", None
    yield "older-version", put("C3", "0"), "template.version", "C3"
    yield "newer-version", put("C3", "3"), "template.version", "C3"
    yield "version-of-words", put("C3", "mars 2024"), "template.version", "C3"
    yield "version-row-gone", lambda _, sheet: sheet.delete_rows(3), "template.version", None
    yield "heading-row-gone-older", old_layout, "template.version", "C3"

    # headings
    yield "U28-month-13", put("F6", "2025-13"), "value.month", "F6"
    yield "U28-month-00", put("F6", "2025-00"), "value.month", "F6"
    yield "U28-mid-month-text", put("F6", "2025-01-15"), "value.month", "F6"
    yield "U28-mid-month-date", put("F6", date(2025, 1, 15)), "value.month", "F6"
    yield "U28-1904-mid-month", in_1904, "value.month", "F6"
    yield "month-without-year", put("F6", "januari"), "value.month", "F6"
    yield "quarter", put("F6", "2025 kv 1"), "value.month", "F6"
    yield "year", put("F6", "2025"), "value.month", "F6"
    yield "U36-approved", put("G6", "approved"), "heading.unknown", "G6"
    yield "U36-role", put("G6", "role"), "heading.unknown", "G6"
    yield "U36-clinic-id", put("G6", "clinic_id"), "heading.unknown", "G6"
    yield "U26-month-twice", put("G6", "2025-01"), "heading.duplicate", "G6"
    yield "U26-month-twice-otherwise-spelt", put("G6", "jan-25"), "heading.duplicate", "G6"
    yield "U26-heading-twice", put("G6", "Mått"), "heading.duplicate", "G6"
    yield "U33-cyrillic-heading", put("B6", "M\u00e5\u0442t"), "heading.unknown", "B6"
    yield "U33-cyrillic-code-heading", put("A6", "K\u043ed"), "heading.missing", "A6"
    yield "value-under-no-heading", put("G9", 5), "heading.empty", "G9"
    yield "no-month-column", lambda _, sheet: sheet.delete_cols(6), "month.missing", None

    # rows
    yield "U33-cyrillic-code", put("A9", "c\u0430lls"), "measure.unknown", "A9"
    yield "unknown-code", put("A9", "okand_kod"), "measure.unknown", "A9"
    yield "code-emptied", put("A9", None), "measure.unknown", "A9"
    yield "names-sorted-without-codes", sort_names, "measure.mixed", "B8"
    yield "U27-measure-twice", again("calls"), "measure.duplicate", f"A{AFTER}"
    yield "U32-sum-row", put(f"A{AFTER}", "Summa"), "measure.unknown", f"A{AFTER}"
    yield "U32-sum-without-code", put(f"F{AFTER}", 300), "measure.unknown", f"A{AFTER}"
    yield "U32-hidden-row", hide_row, "file.hidden", None
    yield "U32-hidden-column", hide_column("F"), "file.hidden", "F6"
    yield "U32-hidden-label-column", hide_column("B"), "file.hidden", "B6"
    yield "U32-hidden-sheet", hide_sheet, "file.hidden", None
    yield "U32-two-filled-sheets", copy_sheet, "file.two_sheets", None
    yield "U32-merged-cells", merge, "value.missing", "F11"

    # personal numbers
    yield "U31-cell", put("B9", PERSONAL), "privacy.personal_number", "B9"
    yield "U31-number-cell", put("F9", 8507099805), "privacy.personal_number", "F9"
    yield "U31-heading", put("G6", PERSONAL), "privacy.personal_number", "G6"
    yield "U31-title", put("A1", f"Månadsdata {PERSONAL}"), "privacy.personal_number", "A1"
    yield "U31-coordination", put("B9", "850769-9802"), "privacy.personal_number", "B9"
    yield "U31-plus", put("B9", "850709+9805"), "privacy.personal_number", "B9"
    yield "U31-fullwidth", put("B9", "８５０７０９－９８０５"), "privacy.personal_number", "B9"
    yield "U31-century", put("B9", "198507099805"), "privacy.personal_number", "B9"
    yield "U31-hidden-row", personal_in_hidden_row, "privacy.personal_number", "B9"
    yield "U31-hidden-sheet", personal_in_hidden_sheet, "privacy.personal_number", "C3"
    yield "U31-sheet-name", lambda book, _: book.create_sheet(PERSONAL), "privacy.personal_number", None
    yield "U31-comment", comment, "privacy.personal_number", None
    yield "U31-page-header", page_header, "privacy.personal_number", None
    yield "U31-properties", properties, "privacy.personal_number", None
    yield "U31-marked-sheet", marked_sheet, "privacy.personal_number", None

    # checks
    yield "required-emptied", put(CALLS, None), "value.missing", CALLS
    yield "part-above-whole", put(cell_of("first_visits_within_30d"), 21), *above("first_visits_within_30d")
    yield "whole-below-part", put(cell_of("calls"), 9), *above("calls_answered_same_day")
    yield (
        "part-without-whole",
        put(CALLS, "mäts inte"),
        "part.without_whole",
        cell_of("calls_answered_same_day"),
    )
    yield (
        "whole-without-part",
        put(cell_of("third_visits_with_care_plan"), None),
        *without_part("third_visits"),
    )
    yield "more-sip-patients", put(cell_of("sip_patients"), 21), "total.sip_patients", cell_of("sip_patients")
    yield "more-video", put(cell_of("contacts"), 9), "total.video_contacts", cell_of("video_contacts")
    yield "U28-future", put("F6", "2025-02"), "month.future", "F7"
    yield "U28-far-future", put("F6", "2031-01"), "month.future", "F7"
    yield "U28-before-the-first", put("F6", "2022-12"), "month.too_early", "F7"


def above(part):
    return "part.above_whole", cell_of(part)


def without_part(whole):
    return "whole.without_part", cell_of(whole)


def put(cell, value):
    return lambda _, sheet: sheet.__setitem__(cell, value)


def clear(*cells):
    def edit(_, sheet):
        for cell in cells:
            sheet[cell] = None

    return edit


def put_all(value):
    def edit(_, sheet):
        for row in ROWS.values():
            sheet[f"F{row}"] = value

    return edit


def again(measure):
    def edit(_, sheet):
        sheet[f"A{AFTER}"], sheet[f"F{AFTER}"] = measure, 3

    return edit


def sort_names(_, sheet):
    sheet["B8"], sheet["B9"] = sheet["B9"].value, sheet["B8"].value


def old_layout(_, sheet):
    sheet["C3"], sheet["A6"] = "0", "Mätvärde"


def in_1904(book, sheet):
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet["F6"] = date(2025, 1, 2)


def hide_row(_, sheet):
    sheet.row_dimensions[8].hidden = True


def hide_column(letter):
    def edit(_, sheet):
        sheet.column_dimensions[letter].hidden = True

    return edit


def hide_sheet(book, sheet):
    sheet.sheet_state, book.active = "hidden", 1


def merge(_, sheet):
    sheet.merge_cells("F10:F11")


def copy_sheet(book, sheet):
    book.copy_worksheet(sheet)


def personal_in_hidden_row(_, sheet):
    sheet["B9"] = PERSONAL
    sheet.row_dimensions[9].hidden = True


def personal_in_hidden_sheet(book, _):
    sheet = book.create_sheet("Dold")
    sheet["C3"], sheet.sheet_state = PERSONAL, "veryHidden"


def comment(_, sheet):
    sheet["F7"].comment = Comment(f"Gäller {PERSONAL}", "x")


def page_header(_, sheet):
    sheet.oddHeader.center.text = PERSONAL


def properties(book, _):
    book.properties.title = PERSONAL


def marked_sheet(book, _):
    book.create_sheet("Att rätta")["A1"] = PERSONAL


def _in_two_months():
    values = {(FEBRUARY, "calls"): None}
    return blankett(values=values, months=(JANUARY, FEBRUARY))


def _list():
    yield from (Bad(id_, partial(blankett, edit), code, cell) for id_, edit, code, cell in _edits())
    yield Bad("U35-untouched", partial(blankett, values={}), "file.no_values", "F6")
    yield Bad("U35-untouched-two-months", _in_two_months, "file.no_values", "F6")
    yield Bad("U28-two-months-one-future", _one_future, "month.future", "G7")
    # what the sheet says about its size decides nothing: the bad cell in the last row is found
    last = cell_of("care_episodes")
    for id_, said in (("U7-dimension-too-large", "A1:XFD1048576"), ("U8-dimension-too-small", "A1:A1")):
        yield Bad(id_, partial(_lying, said), "value.number", last, child=True)
    yield Bad("marked-copy-still-bad", _marked_copy, "value.number", CALLS)


def _lying(said):
    wrong = with_answer("care_episodes", "x")
    return with_xml(lambda xml: xml.replace(dimension(wrong), f'ref="{said}"'), wrong)


def _one_future():
    values = {(month, code): 10 for month in (JANUARY, FEBRUARY) for code in ROWS}
    return blankett(fill(values), values={}, months=(JANUARY, FEBRUARY))


def fill(values):
    def edit(_, sheet):
        for (month, code), value in values.items():
            sheet.cell(ROWS[code], 6 if month == JANUARY else 7).value = value

    return edit


def dimension(content):
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return f'ref="{sheet.dimensions}"'


def _marked_copy():
    """The copy that the portal gives back, with its list first, sent again unmended."""
    book = openpyxl.load_workbook(io.BytesIO(with_cell(CALLS, "x")))
    book.create_sheet("Att rätta", 0)["A1"] = "x" * 600
    return save(book)


BAD_BLANKETTS = tuple(_list())
