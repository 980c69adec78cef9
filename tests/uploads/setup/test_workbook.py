"""The workbook that a portal is set up from: its template, what is read of it, and every fault at its cell."""

import io
from datetime import date

import openpyxl
import pytest
from openpyxl.comments import Comment

from portal.domain.registry.months import Month
from portal.domain.registry.municipalities import Municipality
from portal.domain.registry.region import DALARNA, Region
from portal.uploads.setup import template
from portal.uploads.setup.sheets import SHEETS
from portal.uploads.setup.workbook import parse
from tests.uploads.setup.books import book, rows, saved


PRIVATE = "811218-9876"  # the tax agency's example of a personal number


def faults(filled):
    """Return the places and codes of what is wrong, and the messages."""
    problems = parse("region.xlsx", book(filled)).problems
    return {(problem.place.sheet, problem.place.cell, problem.code): problem.message for problem in problems}


def test_the_template_has_headings_with_comments_and_no_rows():
    workbook = openpyxl.load_workbook(io.BytesIO(template.write(DALARNA)))

    assert workbook.sheetnames == [sheet.name for sheet in SHEETS]
    for declared in SHEETS:
        sheet = workbook[declared.name]
        assert sheet.max_row == 1
        for cell, column in zip(sheet[1], declared.columns, strict=True):
            assert cell.value == column.heading
            assert column.comment in cell.comment.text
            assert f"Exempel: {column.example}" in cell.comment.text
            assert ("Måste fyllas i." in cell.comment.text) is column.is_needed


def test_where_few_things_can_stand_excel_offers_them():
    workbook = openpyxl.load_workbook(io.BytesIO(template.write(DALARNA)))

    offered = {
        f"{sheet.title} {offer.sqref}": offer.formula1
        for sheet in workbook
        for offer in sheet.data_validations.dataValidation
    }

    assert offered["Konton C2:C2001"] == '"mottagning,region,regionadministratör"'
    assert offered["Mottagningar D2:D2001"] == '"offentlig,privat"'
    assert max(map(len, offered.values())) <= 255  # what Excel takes


def test_a_list_that_excel_would_not_take_is_not_offered():
    many = tuple(Municipality(str(9900 + number), "Exempelköping", 60, 15) for number in range(40))
    workbook = openpyxl.load_workbook(io.BytesIO(template.write(Region(municipalities=many))))

    assert "C2:C2001" not in [
        str(offer.sqref) for offer in workbook["Mottagningar"].data_validations.dataValidation
    ]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_the_examples_are_read(sheet):
    parsed = parse("region.xlsx", book({sheet.name: [[column.example for column in sheet.columns]]}))

    assert parsed.problems == ()
    assert [row.is_whole for row in parsed.rows] == [True]


def test_an_empty_template_is_told_as_such():
    (problem,) = parse("region.xlsx", template.write(DALARNA)).problems

    assert problem.code == "file.no_values"


def test_cells_are_read_by_names_and_codes_dates_and_percent():
    said = {(row.sheet.name, row.number): row.values for row in parse("region.xlsx", book(rows())).rows}

    assert said["Mottagningar", 2]["municipality_code"] == "Falun"
    assert said["Mottagningar", 3]["opened"] == Month(2023, 9)
    assert said["Konton", 5]["clinics"] == ("borlange", "falun")
    assert said["Kalender", 2]["valid_from"] == Month(2025, 2)
    assert said["Mål", 2]["valid_from"] == date(2025, 1, 1)
    assert said["Avtalsnivåer", 2]["met"] == 95
    assert said["Avtalsnivåer", 3]["partly"] is None


def test_every_fault_is_told_at_its_cell_at_once():
    filled = rows()
    filled["Konton"][1][2] = "regio"
    filled["Mottagningar"][1][3] = "kommunal"
    filled["Konton"][0][2] = None
    filled["Kalender"][0][1] = "mitten"
    filled["Mål"][0][1] = "många"
    filled["Avtalsnivåer"][0][3] = "2025-02-30"

    found = faults(filled)

    assert set(found) == {
        ("Konton", "C3", "setup.value"),
        ("Mottagningar", "D3", "setup.value"),
        ("Konton", "C2", "setup.value"),
        ("Kalender", "B2", "setup.value"),
        ("Mål", "B2", "setup.value"),
        ("Avtalsnivåer", "D2", "setup.value"),
    }
    assert found["Konton", "C3", "setup.value"] == (
        "Cell C3 i bladet Konton: ”regio” går inte att läsa. Menade du ”region”? Skriv i så fall det."
    )
    assert "Här kan stå offentlig, privat." in found["Mottagningar", "D3", "setup.value"]
    assert "Roll måste fyllas i. mottagning, region" in found["Konton", "C2", "setup.value"]
    assert "Den dagen finns inte" in found["Avtalsnivåer", "D2", "setup.value"]


def test_the_same_thing_twice_is_refused():
    filled = rows()
    filled["Konton"].append(["falun", "Någon Annan", "region", None, None])

    (message,) = faults(filled).values()

    assert message.startswith("Cell A6 i bladet Konton: det här står redan på rad 4.")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda workbook: workbook["Konton"].delete_cols(3), "heading.missing"),
        (lambda workbook: workbook["Konton"].__setitem__("F1", "Lösenord"), "heading.unknown"),
        (lambda workbook: workbook["Konton"].__setitem__("F1", "Namn"), "heading.duplicate"),
        (lambda workbook: workbook["Konton"].__setitem__("G3", "något"), "heading.empty"),
        (lambda workbook: workbook["Konton"].__setitem__("B3", "=1+1"), "value.formula"),
        (lambda workbook: setattr(workbook["Konton"].row_dimensions[3], "hidden", True), "file.hidden"),
        (lambda workbook: setattr(workbook["Konton"], "sheet_state", "hidden"), "file.hidden"),
        (lambda workbook: setattr(workbook["Konton"], "title", "Kontn"), "setup.sheet"),
        (lambda workbook: workbook["Konton"].delete_rows(1), "heading.missing"),
    ],
)
def test_what_could_be_lost_without_a_word_is_refused(change, code):
    workbook = openpyxl.load_workbook(io.BytesIO(book(rows())))
    change(workbook)

    assert code in {problem.code for problem in parse("region.xlsx", saved(workbook)).problems}


@pytest.mark.security
@pytest.mark.parametrize(
    "place",
    [
        lambda workbook: workbook["Konton"].__setitem__("B3", f"Rolf {PRIVATE}"),
        lambda workbook: setattr(workbook["Mål"]["A1"], "comment", Comment(PRIVATE, "x")),
        lambda workbook: workbook.create_sheet(PRIVATE),
    ],
)
def test_a_personal_number_anywhere_refuses_it_all_and_is_not_repeated(place):
    workbook = openpyxl.load_workbook(io.BytesIO(book(rows())))
    place(workbook)

    parsed = parse("region.xlsx", saved(workbook))

    assert {problem.code for problem in parsed.problems} == {"privacy.personal_number"}
    assert parsed.rows == ()
    assert "9876" not in repr(parsed.problems)


@pytest.mark.security
@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        (f"{PRIVATE}.xlsx", book(rows()), "privacy.personal_number"),
        ("region.xlsx", b"", "file.empty"),
        ("region.xlsx", b"PK\x03\x04 and no more", "file.damaged"),
        ("region.csv", b"Kod;Namn\nfalun;BUP Falun\n", "file.kind"),
    ],
)
def test_another_file_is_refused_in_words(name, content, code):
    assert [problem.code for problem in parse(name, content).problems] == [code]
