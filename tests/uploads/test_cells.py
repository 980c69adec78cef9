"""What the cells of a workbook show, and which sheet is read: from the file to its values or problems."""

import io

import openpyxl
import pytest

from portal.domain.registry.region import DALARNA
from portal.domain.registry.values import Answer
from portal.domain.sources.declared import NPE
from portal.uploads import source_template, template
from tests.uploads.files import JANUARY, codes, make_blankett, make_clinic, parse_here


pytestmark = pytest.mark.upload


# What a cell shows


@pytest.mark.parametrize(
    ("value", "number_format", "read"),
    [(0.88, "0%", "88 %"), (12, '0 "kr"', "12 kr"), (12000, "#,##0,", "12000 i tusental")],
)
def test_a_count_shown_as_something_else_is_refused_at_its_cell(value, number_format, read):
    def edit(_book, sheet):
        sheet["F8"].value, sheet["F8"].number_format = value, number_format

    parsed = parse_here(make_blankett(edit=edit))

    assert [(problem.code, problem.place.cell, problem.read) for problem in parsed.problems] == [
        ("value.number", "F8", read)
    ]


def test_a_count_shown_with_what_is_counted_is_read():
    def edit(_book, sheet):
        sheet["F8"].value, sheet["F8"].number_format = 12, '0 "st"'

    parsed = parse_here(make_blankett(edit=edit))

    assert codes(parsed) == []
    assert parsed.months[0].answers[template.ordered_measures()[1].code] == Answer(12)


def test_a_heading_that_is_an_uncomputed_formula_is_said_to_be_one():
    def edit(_book, sheet):
        sheet["F6"].value = '="2025-01"'

    parsed = parse_here(make_blankett(edit=edit))

    assert ("value.formula", "F6") in [(problem.code, problem.place.cell) for problem in parsed.problems]


# Which sheet is read


def with_second_sheet(name, change):
    def edit(book, sheet):
        copy = book.copy_worksheet(sheet)
        copy.title = name
        change(copy)

    return edit


def test_two_filled_blanketts_are_refused_whatever_their_order():
    for first in (0, 1):

        def edit(book, sheet, first=first):
            with_second_sheet("Kopia", lambda copy: copy["F7"].__setattr__("value", 999))(book, sheet)
            sheet.title = "Jan"
            book.move_sheet("Kopia", offset=-2 * first)

        parsed = parse_here(make_blankett(edit=edit))

        assert codes(parsed) == ["file.two_sheets"]
        assert "”Jan”" in parsed.problems[0].message and "”Kopia”" in parsed.problems[0].message
        assert parsed.months == ()


def test_an_empty_copy_a_hidden_copy_and_notes_beside_a_blankett_are_no_rivals():
    def empty(copy):
        for row in range(7, 60):
            copy.cell(row, 6).value = None

    def hide(copy):
        copy.sheet_state = "hidden"

    for change in (empty, hide):
        parsed = parse_here(make_blankett(edit=with_second_sheet("Kopia", change)))

        assert codes(parsed) == []
        assert parsed.notices == ("Bladet ”Kopia” lästes inte.",)


def test_a_long_file_beside_a_blankett_is_a_rival():
    def edit(book, _sheet):
        rows = (["mottagning", "period", "mått", "värde"], ["falun", "2025-01", "calls", 3])
        sheet = book.create_sheet("Lång fil")
        for row in rows:
            sheet.append(row)

    assert codes(parse_here(make_blankett(edit=edit))) == ["file.two_sheets"]


# What we write


@pytest.mark.security
@pytest.mark.parametrize("name", ["=1+1", '=HYPERLINK("http://x","y")', "+46 BUP", "-1", "@SUM(A1)"])
def test_no_name_is_a_formula_in_a_workbook_that_we_write(name):
    clinic = make_clinic(name=name)
    blankett = template.write(clinic, [JANUARY])
    of_source = source_template.write(NPE, 2024, [clinic], {}, DALARNA.names, label=name)

    for content in (blankett, of_source):
        book = openpyxl.load_workbook(io.BytesIO(content))
        cells = [
            cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None
        ]
        assert name in [cell.value for cell in cells]
        assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
        assert all(cell.quotePrefix for cell in cells if cell.value == name)
