"""What is off in a file is told once, at its place, and following the advice makes nothing worse."""

import pytest
from openpyxl.styles import PatternFill

from portal.domain.registry.values import Answer
from portal.uploads import parsing
from portal.uploads.reading import read
from tests.uploads.bad import PERSONAL
from tests.uploads.files import (
    CLINICS,
    FEBRUARY,
    FILLED,
    JANUARY,
    blankett_as_text,
    make_blankett,
    make_book,
    make_clinic,
    parse_csv,
    parse_here,
)


pytestmark = pytest.mark.upload

HEADING = "mottagning;period;mått;värde"
ROW = "falun;2025-01;calls;1248"
VALUES = {("falun", month, measure): answer for (month, measure), answer in FILLED.items()}


def values(parsed):
    return {(entry.clinic, entry.month, entry.measure): entry.answer for entry in parsed.entries}


def only_problem(parsed):
    [problem] = parsed.problems
    return problem


def put(cell, value):
    return lambda _, sheet: sheet.__setitem__(cell, value)


# --- what is read ---


def style_rows(_, sheet):
    for row in range(40, 3_000):
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor="FFF2CC")


def fill_last_row_with_blanks(_, sheet):
    sheet["A1048576"] = " "


def hide_codes(_, sheet):
    sheet.column_dimensions["A"].hidden = True


def move_codes_last(_, sheet):
    sheet.column_dimensions["A"].hidden = False  # whoever moves a column sees it
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    for row in sheet.iter_rows():
        cells = [cell.value for cell in row]
        for cell, value in zip(row, [*cells[1:], cells[0]], strict=True):
            cell.value = value


@pytest.mark.parametrize("edit", [style_rows, fill_last_row_with_blanks, hide_codes, move_codes_last])
def test_a_blankett_that_a_person_styled_hid_or_moved_is_read(edit):
    parsed = parse_here(make_blankett(edit=edit))

    assert parsed.problems == ()
    assert values(parsed) == VALUES


def test_a_blankett_that_excel_saved_as_text_is_read_without_its_last_delimiters_and_with_empty_rows():
    text = blankett_as_text(make_blankett()).decode().replace('"', "")
    rows = [row.rstrip(";") for row in text.splitlines()] + [";" * 300] * 3_000

    assert parse_csv("\r\n".join(rows)).problems == ()
    assert values(parse_csv("\r\n".join(rows))) == VALUES


def test_a_value_far_below_or_to_the_right_is_named():
    below = parse_csv("\n".join([HEADING, ROW, *[""] * 3_000, "falun;2025-01;contacts;1"]))
    beside = parse_csv("\n".join([HEADING, ROW + ";" * 80 + "1"]))

    assert (only_problem(below).code, only_problem(below).place.row) == ("file.too_many_rows", 3_003)
    assert (only_problem(beside).code, only_problem(beside).place.row) == ("file.too_many_columns", 2)


@pytest.mark.parametrize("name", ["mora", "BUP Mora", "Mora"])
def test_another_clinics_name_is_refused_as_its_code_is(name):
    content = make_blankett(edit=put("C2", name))

    assert only_problem(parse_here(content)).code == "clinic.foreign"
    assert parse_here(content, {"mora": make_clinic("mora", "BUP Mora")}).problems == ()


def test_a_name_that_two_own_clinics_share_is_refused():
    clinics = {code: make_clinic(code, "BUP") for code in ("falun", "mora")}

    assert parse_csv(f"{HEADING}\nBUP;2025-01;calls;1\n", clinics).problems[0].code == "clinic.foreign"


@pytest.mark.parametrize(
    "name", ["Export_20250131-1405.xlsx", "250131-0801.csv", "blankett 2025-01 (20250205-2359).xlsx"]
)
def test_a_date_and_a_time_in_a_files_name_are_no_personal_number(name):
    assert parse_csv(f"{HEADING}\n{ROW}\n", name=name).problems == ()


@pytest.mark.parametrize(
    "name", [f"{PERSONAL}.csv", "20250131-2460.csv", "20250131-1456.csv", "202501311456.csv"]
)
def test_what_may_be_a_personal_number_is_refused_with_the_advice_to_rename(name):
    problem = only_problem(parse_csv(f"{HEADING}\n{ROW}\n", name=name))

    assert problem.code == "privacy.personal_number"
    assert "Byt namn på filen" in problem.message


# --- what is told ---


@pytest.mark.parametrize(
    ("text", "code", "place", "words"),
    [
        (f"{HEADING}\n{ROW}\n{HEADING}\n", "file.joined", (3, None), "rubrikraden står en gång till"),
        (f"{HEADING}\n{ROW}\n\ufeff{HEADING}\n", "file.joined", (3, None), "två filer är sammanfogade"),
        (f"{HEADING}\n{ROW}\n\ufefffalun;2024-12;calls;1", "file.joined", (3, None), "var för sig"),
        (
            HEADING.replace("mått", "kod") + f"\n{ROW}",
            "heading.unknown",
            (1, "C1"),
            "ändra rubriken till mått",
        ),
        (
            HEADING.replace("mått", "måt") + f"\n{ROW}",
            "heading.unknown",
            (1, "C1"),
            "ändra rubriken till mått",
        ),
        (f"{HEADING};skäll\n{ROW};", "heading.unknown", (1, "E1"), "Godtagna rubriker"),
        (f'"{HEADING}"\n"{ROW}"', "file.one_column", (1, None), "allt står i en enda kolumn"),
        (f"{HEADING}\n;2025-01;calls;1", "clinic.missing", (2, "A2"), "mottagningen saknas"),
        (f"{HEADING}\nSumma;;;1248", "measure.unknown", (2, "A2"), "raden är en summa"),
        (f"{HEADING}\nfalun;2025-01;callz;1", "measure.unknown", (2, "C2"), "Menade du ”calls”"),
        (
            f"{HEADING}\nfalun;2025-01;Inkomna telefonsamtl;1",
            "measure.unknown",
            (2, "C2"),
            "Menade du ”Inkomna telefonsamtal”",
        ),
        *(
            (
                f"{HEADING}\nfalun;2025-01;calls;{dash}",
                "value.number",
                (2, "D2"),
                "Skriv 0 om det inte var några",
            )
            for dash in ("-", "–", "—", "−", "--")
        ),
        (f"{HEADING}\nfalun;2025-01;calls;−5", "value.number", (2, "D2"), "negativt"),
        (f"{HEADING}\nfalun;2025-01;calls;12\u200b48", "value.number", (2, "D2"), "U+200B"),
    ],
)
def test_a_text_file_is_told_what_is_off(text, code, place, words):
    problem = only_problem(parse_csv(text))

    assert (problem.code, problem.place.row, problem.place.cell) == (code, *place)
    assert words in problem.message


@pytest.mark.parametrize("table", ["mac_roman", "cp850"])
@pytest.mark.parametrize("start", ["", "Årets\n"])
def test_letters_saved_with_another_table_are_told_and_nothing_else(table, start):
    parsed = parse_csv(f"{start}{HEADING}\n{ROW}\n".encode(table))

    assert only_problem(parsed).code == "file.garbled"
    assert "CSV UTF-8" in only_problem(parsed).message
    assert parsed.notices == ()


def test_a_text_file_opened_wrongly_and_saved_as_a_workbook_is_told_to_be_sent_itself():
    lines = f"{HEADING}\n{ROW}".encode().decode("cp1252").splitlines()
    one_column = only_problem(parse_here(make_book([[line] for line in lines])))
    garbled = only_problem(parse_here(make_book([line.split(";") for line in lines])))

    assert (one_column.code, garbled.code, garbled.place.cell) == ("file.one_column", "file.garbled", "C1")
    assert "Skicka textfilen (.csv) som den är" in one_column.message
    assert "Skicka textfilen (.csv) som den är" in garbled.message


@pytest.mark.parametrize(
    ("edit", "code", "cell", "words"),
    [
        (put("A6", "Måttkod"), "heading.missing", "A6", "”Måttkod” ska vara Kod"),
        (put("A6", None), "heading.missing", "A6", "rubriken Kod saknas"),
        (lambda _, sheet: sheet.delete_rows(6), "heading.missing", None, "Hämta en ny blankett"),
        (put("B6", "Måt"), "heading.unknown", "B6", "Menade du ”Mått”"),
        (put("A23", "cals"), "measure.unknown", "A23", "Menade du ”calls”"),
    ],
)
def test_a_blankett_is_told_what_is_off(edit, code, cell, words):
    problem = only_problem(parse_here(make_blankett(edit=edit)))

    assert (problem.code, problem.place.cell) == (code, cell)
    assert words in problem.message
    assert "Ta bort" not in problem.message


def test_a_merged_month_heading_is_told_once():
    months, both = (JANUARY, FEBRUARY), FILLED | {(FEBRUARY, measure): Answer(1) for _, measure in FILLED}
    content = make_blankett(both, months, edit=lambda _, sheet: sheet.merge_cells("F6:G6"))
    problem = only_problem(parse_here(content))

    assert (problem.code, problem.place.cell) == ("heading.empty", "G7")
    assert "27 värden" in problem.message


def test_a_hidden_months_column_is_to_be_shown_and_never_taken_away():
    def hide(_, sheet):
        sheet.column_dimensions["F"].hidden = True

    problem = only_problem(parse_here(make_blankett(edit=hide)))

    assert (problem.code, problem.place.cell) == ("file.hidden", "F6")
    assert "Visa kolumnen" in problem.message
    assert "ta bort" not in problem.message


def test_a_text_in_another_script_does_not_fill_the_message_with_code_points():
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 500)))
    for parsed in (parse_csv(f"{text};{text}\n1;2\n"), parse_csv(f"{HEADING}\nfalun;2025-01;{text};1\n")):
        problem = only_problem(parsed)
        assert problem.message.count("U+") == 4
        assert "med flera" in problem.message
        assert len(problem.message) < 800


def test_a_form_that_belongs_elsewhere_is_sent_there():
    problem = only_problem(parse_csv("uppgift;mottagning;period;värde\nÄrenden i Synergi;falun;2024;3\n"))

    assert problem.code == "file.other_form"
    assert "Regionens källor" in problem.message


def test_the_notice_about_old_characters_stands_only_where_they_were_read():
    content = f"{HEADING}\n{ROW}\n".encode("cp1252")

    assert len(parsing.parse("f", content, clinics=CLINICS).notices) == 1
    assert parsing.parse("f", content.replace(b"mottagning", b"x"), clinics=CLINICS).problems
    assert parsing.parse("f", "Hej på dig".encode("cp1252"), clinics=CLINICS).notices == ()
    assert read("f", content).notices
