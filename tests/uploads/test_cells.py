"""What the cells of a workbook show, and which sheet is read: from the file to its values or problems."""

import pytest

from tests.uploads.files import make_blankett, parse_here


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


def test_a_heading_that_is_an_uncomputed_formula_is_said_to_be_one():
    def edit(_book, sheet):
        sheet["F6"].value = '="2025-01"'

    parsed = parse_here(make_blankett(edit=edit))

    assert ("value.formula", "F6") in [(problem.code, problem.place.cell) for problem in parsed.problems]
