"""The marked copy: the user's own workbook, coloured and commented, that can be mended and sent again."""

import io

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from portal.services.reporting import submitting
from portal.uploads import marking, marking_child, mending, reading, template, xlsx_child
from tests.services.region import DECEMBER, JANUARY, MONTH, content_of, send, user_of
from tests.uploads.files import SHEET, make_book, parts_of, zip_of


pytestmark = pytest.mark.upload


@pytest.fixture(autouse=True)
def no_child(monkeypatch, request):
    """Read and mark in this process, which saves two starts a copy; one test asks the children."""
    if request.function is test_the_very_copy_can_be_mended_and_sent:
        return
    monkeypatch.setattr(reading, "_ask_child", ask_reader_here)
    monkeypatch.setattr(marking, "_ask_child", ask_marker_here)


def ask_reader_here(content, limits):
    return xlsx_child.extract(content, rows=limits.lines, columns=limits.columns)


def ask_marker_here(order):
    return marking_child.marked(*marking_child.read_order(io.BytesIO(order)))


def blankett(portal, **changes):
    """Return a filled blankett with the changes, and measure → cell."""
    written = submitting.write_template(portal, user_of("falun"), clinic="falun", months=[JANUARY])
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


def listed(book):
    """Return the rows of the copy's list, by heading."""
    headings, *rows = book["Att rätta"].iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def fill_of(cell):
    return cell.fill.fgColor.rgb[2:] if cell.fill.patternType else None


RED, AMBER, YELLOW = "F8C9CC", "FFE9B8", "FFF8DC"  # wrong, odd, and the blankett's own box


def marked(portal, content, name="januari.xlsx"):
    copy = submitting.marked_copy(portal, user_of("falun"), name=name, content=content)
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
    assert [row["Cell"] for row in listed(book)] == [cells["calls"], cells["care_plans"]]


def test_problems_of_the_checks_are_marked_too(portal):
    content, cells = blankett(portal, first_visits_within_30d=31)

    sheet = marked(portal, content)[template.DATA_SHEET]

    assert "mer än" in sheet[cells["first_visits_within_30d"]].comment.text


def test_the_very_copy_can_be_mended_and_sent(portal):
    content, _ = blankett(portal, calls="12,5", care_plans="många")

    book = marked(portal, content)
    fill(book, MONTH)
    receipt = submitting.commit(portal, user_of("falun"), name="att-ratta.xlsx", content=saved(book))

    assert receipt.submissions == (("falun", JANUARY, 1),)
    assert receipt.read == len(MONTH)


def test_a_text_files_copy_is_a_workbook_that_can_be_mended_and_sent(portal):
    content = content_of().replace(b";200;", b";12,5;")

    book = marked(portal, content, name="lang.csv")
    sheet = book["Fil"]
    (cell,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == "12,5"]
    assert cell.comment
    cell.value = 200
    receipt = submitting.commit(portal, user_of("falun"), name="ratad.xlsx", content=saved(book))

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


def test_the_list_is_the_pages_and_leads_to_the_cells(portal):
    send(portal, month=DECEMBER)
    content, _ = blankett(portal, calls="12,5", care_plans=9_999, first_visits_within_30d=300)

    book = marked(portal, content)
    upload = submitting.preview(portal, user_of("falun"), name="januari.xlsx", content=content)

    lines = mending.lines_of(upload.problems)
    rows = listed(book)
    assert [(row["Cell"], row["Mått"], row["Det stod"], row["Förra månaden"]) for row in rows] == [
        (line.place.cell, line.measure, line.read, line.before) for line in lines
    ]
    assert [row["Vad"] for row in rows] == ["Fel", "Fel", "Kontrollera", "Kontrollera"]
    assert rows[1]["Förra månaden"] == str(MONTH["calls"])
    links = [row[2].hyperlink.location for row in book["Att rätta"].iter_rows(min_row=2)]
    assert links == [f"'{template.DATA_SHEET}'!{line.place.cell}" for line in lines]


def test_an_odd_value_is_amber_with_when_to_explain_it_and_an_error_wins(portal):
    send(portal, month=DECEMBER)
    content, cells = blankett(portal, care_plans=9_999, first_visits_within_30d=9_999)

    sheet = marked(portal, content)[template.DATA_SHEET]

    odd, wrong = sheet[cells["care_plans"]], sheet[cells["first_visits_within_30d"]]
    assert (fill_of(odd), fill_of(wrong)) == (AMBER, RED)
    assert "förklara på sidan när filen är utan fel" in odd.comment.text
    assert wrong.comment.text.index("mer än Genomförda") < wrong.comment.text.index("mer än fem gånger")
    assert wrong.comment.text.count("Förra månaden") == 1


def test_a_copy_that_is_marked_again_has_only_the_new_marks(portal):
    content, cells = blankett(portal, calls="12,5", care_plans="många", sip_meetings="x", cgas_assessed="y")
    book = marked(portal, content)
    sheet = book[template.DATA_SHEET]
    sheet[cells["calls"]], sheet[cells["cgas_assessed"]] = 200, None  # mended
    sheet[cells["sip_meetings"]].fill = PatternFill("solid", fgColor="00FF00")  # recoloured by its owner
    sheet[cells["sip_meetings"]] = 9

    again = marked(portal, saved(book))

    sheet = again[template.DATA_SHEET]
    assert again.sheetnames.count("Att rätta") == 1
    assert [row["Cell"] for row in listed(again)] == [cells["care_plans"]]
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment] == [
        cells["care_plans"]
    ]
    assert sheet[cells["care_plans"]].comment.text.count("är inget antal") == 1
    assert fill_of(sheet[cells["care_plans"]]) == RED
    assert fill_of(sheet[cells["calls"]]) == YELLOW
    assert fill_of(sheet[cells["cgas_assessed"]]) is None
    assert fill_of(sheet[cells["sip_meetings"]]) == "00FF00"


def test_people_keep_their_own_comments_and_colours(portal):
    content, cells = blankett(portal, calls="12,5", care_plans="många")
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book[template.DATA_SHEET]
    sheet[cells["calls"]].comment = Comment("Fia: ring växeln", "Fia")
    sheet[cells["contacts"]].comment = Comment("Från journalen", "Fia")
    sheet[cells["contacts"]].fill = PatternFill("solid", fgColor=RED)  # as the portal's, but without its word

    book = marked(portal, saved(book))
    assert book[template.DATA_SHEET][cells["calls"]].comment.text.startswith("Fia: ring växeln\n\n")
    book[template.DATA_SHEET][cells["calls"]] = 200
    sheet = marked(portal, saved(book))[template.DATA_SHEET]

    assert sheet[cells["calls"]].comment.text == "Fia: ring växeln"
    assert sheet[cells["contacts"]].comment.text == "Från journalen"
    assert (fill_of(sheet[cells["calls"]]), fill_of(sheet[cells["contacts"]])) == (YELLOW, RED)


def test_a_sheet_without_marks_any_more_keeps_no_trace_of_them():
    book = openpyxl.Workbook()
    book.active["B2"] = "x"
    line = {
        "kind": "Fel",
        "sheet": "Sheet",
        "cell": "B2",
        "row": 2,
        "measure": "–",
        "read": "x",
        "before": "",
    }
    order = {"kind": "xlsx", "lines": [{**line, "advice": "Fel."}]}
    copy = marking_child.marked(order, saved(book))
    assert b"legacyDrawing" in parts_of(copy)["xl/worksheets/sheet2.xml"]

    bare = parts_of(marking_child.marked({"kind": "xlsx", "lines": []}, copy))

    assert not [name for name in bare if "comment" in name]
    assert not [name for name, part in bare.items() if b"legacyDrawing" in part]


def test_rows_and_columns_can_be_taken_away_in_the_copy_and_one_sheet_is_chosen(portal):
    content, _ = blankett(portal, calls="12,5")
    assert openpyxl.load_workbook(io.BytesIO(content))[template.DATA_SHEET].protection.sheet

    book = marked(portal, content)

    assert not any(sheet.protection.sheet for sheet in book.worksheets)
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_view.tabSelected] == ["Att rätta"]


def test_a_formula_is_shown_as_text_and_stays_in_its_cell(portal):
    content, cells = blankett(portal, calls="=F7+F8")

    book = marked(portal, content)

    (row,) = [row for row in listed(book) if row["Cell"] == cells["calls"]]
    assert row["Det stod"] == "=F7+F8"
    (shown,) = [cell for (cell,) in book["Att rätta"]["E2:E2"]]
    assert shown.data_type == "s"
    assert book[template.DATA_SHEET][cells["calls"]].value == "=F7+F8"


@pytest.mark.parametrize(
    ("formula", "result", "text"),
    [("1+2", "<v>3</v>", "3"), ('"a"&amp;"b"', "<v>ab</v>", "ab"), ("1&lt;2", "<v>1</v>", "SANT")],
)
@pytest.mark.parametrize("is_computed", [True, False])
def test_the_copy_keeps_what_the_users_formulas_gave(formula, result, text, is_computed):
    kind = {"ab": ' t="str"', "SANT": ' t="b"'}.get(text, "")
    parts = parts_of(make_book([["x", None]]))
    sheet = parts[SHEET].decode()
    parts[SHEET] = sheet.replace("</row>", f'<c r="C1"{kind}><f>{formula}</f>{result}</c></row>').encode()
    if is_computed:
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b'fullCalcOnLoad="1"', b"")
    content = zip_of(parts)
    order = {"kind": "xlsx", "rows": [], "lines": []}

    copy = marking_child.marked(order, content)

    [read_sheet] = xlsx_child.extract(copy, rows=10, columns=10)["sheets"]
    assert (read_sheet["rows"][0][2:], read_sheet["marks"]) == (
        ([text], {}) if is_computed else ([""], {"C1": "formula"})
    )
    formulas = openpyxl.load_workbook(io.BytesIO(copy))["Sheet"]
    assert formulas["C1"].value.startswith("=")
