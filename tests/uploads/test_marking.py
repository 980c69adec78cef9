"""The marked copy: the user's own workbook, coloured and commented, that can be mended and sent again."""

import io

import openpyxl
import pytest

from portal.services import reporting
from portal.uploads import marking, template
from tests.services.region import JANUARY, MONTH, content_of, send, user_of


pytestmark = pytest.mark.upload


def blankett(portal, **changes):
    """Return a filled blankett with the changes, and measure → cell."""
    written = reporting.write_template(portal, user_of("falun"), clinic="falun", months=[JANUARY])
    book = openpyxl.load_workbook(io.BytesIO(written))
    cells = fill(book, {**MONTH, **changes})
    return saved(book), cells


def fill(book, values):
    sheet = book[template.DATA_SHEET]
    (column,) = [c.column for c in sheet[template.HEADING_ROW] if str(c.value) == str(JANUARY)]
    cells = {}
    for row in range(template.HEADING_ROW + 1, sheet.max_row + 1):
        code = sheet.cell(row, 1).value
        if code in values:
            sheet.cell(row, column).value = values[code]
        cells[code] = sheet.cell(row, column).coordinate
    return cells


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def marked(portal, content, name="januari.xlsx"):
    copy = reporting.marked_copy(portal, user_of("falun"), name=name, content=content)
    return openpyxl.load_workbook(io.BytesIO(copy))


def test_the_faulty_cells_are_coloured_and_say_what_is_wrong(portal):
    content, cells = blankett(portal, calls="12,5", care_plans="många")

    book = marked(portal, content)

    assert book.sheetnames[0] == "Att rätta"
    sheet = book[template.DATA_SHEET]
    for measure in ("calls", "care_plans"):
        cell = sheet[cells[measure]]
        assert cell.fill.fgColor.rgb.endswith("F8C9CC")
        assert "är inget antal" in cell.comment.text
    assert sheet[cells["sip_meetings"]].comment is None
    assert [row[1].value for row in book["Att rätta"].iter_rows(min_row=2)] == [
        cells["calls"],
        cells["care_plans"],
    ]


def test_problems_of_the_checks_are_marked_too(portal):
    content, cells = blankett(portal, first_visits_within_30d=31)

    sheet = marked(portal, content)[template.DATA_SHEET]

    assert "mer än" in sheet[cells["first_visits_within_30d"]].comment.text


def test_the_very_copy_can_be_mended_and_sent(portal):
    content, _ = blankett(portal, calls="12,5", care_plans="många")

    book = marked(portal, content)
    fill(book, MONTH)
    receipt = reporting.commit(portal, user_of("falun"), name="att-ratta.xlsx", content=saved(book))

    assert receipt.submissions == (("falun", JANUARY, 1),)
    assert receipt.read == len(MONTH)


def test_a_text_files_copy_is_a_workbook_that_can_be_mended_and_sent(portal):
    content = content_of().replace(b";200;", b";12,5;")

    book = marked(portal, content, name="lang.csv")
    sheet = book["Fil"]
    (cell,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == "12,5"]
    assert cell.comment
    cell.value = 200
    receipt = reporting.commit(portal, user_of("falun"), name="ratad.xlsx", content=saved(book))

    assert receipt.read == len(MONTH)


def test_nothing_is_marked_where_a_personal_number_stands(portal):
    content, _ = blankett(portal, calls="20121212-1212", care_plans="många")

    with pytest.raises(marking.CannotMark):
        marked(portal, content)


def test_a_file_without_faults_or_that_is_no_workbook_has_no_copy(portal):
    for content in (content_of(), b"hej", b""):
        with pytest.raises(marking.CannotMark):
            marked(portal, content)


@pytest.mark.asvs("1.2.10")
def test_a_cell_that_begins_like_a_formula_stays_text(portal):
    send(portal)
    content = content_of(only={"calls": 7}).replace(b";7;", b";=1+1;")

    sheet = marked(portal, content, name="x.csv")["Fil"]

    (cell,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"]
    assert cell.data_type == "s"
