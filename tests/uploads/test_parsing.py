"""Cells → entries and problems: every fault has a code, a place and words; order never matters."""

import hashlib
import io
import random
from datetime import date

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment

from portal.domain.registry.measures import MEASURES, MEASURES_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer, MissingReason
from portal.uploads import parsing, reading
from tests.uploads.files import (
    CLINICS,
    FEBRUARY,
    FILLED,
    JANUARY,
    codes,
    make_blankett,
    make_book,
    make_clinic,
    parse_csv,
    parse_here,
    save,
)


pytestmark = pytest.mark.upload

PERSONAL = "850709-9805"
HEADING = "mottagning;period;mått;värde"


# --- the blankett ---


def test_a_filled_blankett_gives_its_entries_in_their_cells():
    content = make_blankett()
    parsed = parsing.parse("januari.xlsx", content, clinics=CLINICS)

    assert (parsed.kind, parsed.problems, parsed.notices) == ("blankett", (), ())
    assert parsed.sha256 == hashlib.sha256(content).hexdigest()
    assert {(e.month, e.measure): e.answer for e in parsed.entries} == FILLED
    assert (parsed.entries[0].place.sheet, parsed.entries[0].place.cell) == ("Månadsdata", "F7")


def test_an_empty_cell_is_an_entry_without_answer():
    parsed = parse_here(make_blankett(edit=lambda _, sheet: sheet.__setitem__("F9", None)))

    assert [(e.place.cell, e.answer) for e in parsed.entries if e.answer is None] == [("F9", None)]
    assert parsed.problems == ()


def test_the_order_of_rows_and_columns_does_not_matter():
    straight = parse_here(
        make_blankett(months=(JANUARY, FEBRUARY), values=FILLED | {(FEBRUARY, "calls"): Answer(3)})
    )
    content = make_blankett(
        months=(JANUARY, FEBRUARY), values=FILLED | {(FEBRUARY, "calls"): Answer(3)}, edit=shuffle
    )
    shuffled = parse_here(content)

    assert shuffled.problems == ()
    assert answers(shuffled) == answers(straight)


def shuffle(_, sheet):
    sheet.column_dimensions["A"].hidden = False  # whoever moves a column sees it
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=6, max_col=7)]
    columns = list(range(7))
    random.Random(1).shuffle(columns)
    heading, *body = [[row[column] for column in columns] for row in rows]
    random.Random(2).shuffle(body)
    for number, row in enumerate([heading, *body], start=6):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value


def answers(parsed):
    return {(entry.clinic, entry.month, entry.measure): entry.answer for entry in parsed.entries}


def test_a_month_left_untouched_is_no_report():
    parsed = parse_here(make_blankett(months=(JANUARY, FEBRUARY)))

    assert {entry.month for entry in parsed.entries} == {JANUARY}
    assert parsed.notices == ("Tomma månader lästes inte: 2025-02.",)


def test_the_reference_column_is_not_read():
    assert Answer(9) not in answers(parse_here(make_blankett({(JANUARY, "calls"): Answer(5)}))).values()


@pytest.mark.parametrize("delimiter", [";", "\t", ","])
def test_the_blankett_saved_as_text_is_read(delimiter):
    document = reading.read("x", make_blankett())
    rows = document.sheets[0].rows
    width = max(map(len, rows))
    text = "\r\n".join(
        delimiter.join('"' + cell + '"' for cell in row + [""] * (width - len(row))) for row in rows
    )

    parsed = parse_csv(text)

    assert (parsed.kind, parsed.problems) == ("blankett", ())
    assert answers(parsed) == {
        ("falun", month, measure): answer for (month, measure), answer in FILLED.items()
    }


def put(cell, value):
    return lambda _, sheet: sheet.__setitem__(cell, value)


def rename(title):
    def edit(book, sheet):
        book.create_sheet(title)

    return edit


def hide(attribute):
    def edit(book, sheet):
        if attribute == "sheet":
            sheet.sheet_state = "hidden"
            book.active = 1
        else:
            sheet.row_dimensions[8].hidden = True

    return edit


def delete_row(number):
    return lambda _, sheet: sheet.delete_rows(number)


def comment(_, sheet):
    sheet["F7"].comment = Comment(f"Gäller {PERSONAL}", "x")


def header(_, sheet):
    sheet.oddHeader.center.text = PERSONAL


def properties(book, _):
    book.properties.title = PERSONAL


def rich_text(_, sheet):
    sheet["B9"] = CellRichText("8507", TextBlock(InlineFont(b=True), "09-98"), "05")


NUMBERS = [
    "12,5",
    "12.5",
    "1.248",
    "1e3",
    "１２",
    "-5",
    "−5",
    "0x10",
    "1_000",
    "inf",
    "NaN",
    "-0",
    "007",
    "12345678",
]
NUMBERS += ["#DIV/0!x", "okänt", "1 2", 12.5, -3, True, 10**8, "'=1+1", "88 %"]

BAD_BLANKETTS = [
    *((put("F8", text), "value.number", "F8") for text in NUMBERS),
    (put("F8", "#DIV/0!"), "value.number", "F8"),
    (put("F8", "=1+1"), "value.formula", "F8"),
    (put("C2", "mora"), "clinic.foreign", "C2"),
    (put("B2", None), "clinic.missing", None),
    (delete_row(2), "clinic.missing", None),
    (put("C3", "3"), "template.version", "C3"),
    (delete_row(3), "template.version", None),
    (put("F6", "2025-13"), "value.month", "F6"),
    (put("F6", "2025-01-15"), "value.month", "F6"),
    (put("F6", "januari"), "value.month", "F6"),
    (put("F6", "Anteckning"), "heading.unknown", "F6"),
    (put("F6", None), "heading.empty", "F7"),
    (put("G6", "2025-01"), "heading.duplicate", "G6"),
    (put("G6", "jan-25"), "heading.duplicate", "G6"),
    (put("G6", "Kod"), "heading.duplicate", "G6"),
    (put("G6", "approved"), "heading.unknown", "G6"),
    (put("G9", 5), "heading.empty", "G9"),
    (put("A9", "calls"), "measure.mixed", "B9"),
    (put("A34", "calls"), "measure.duplicate", "A34"),
    (put("A9", "okand_kod"), "measure.unknown", "A9"),
    (put("A9", "c\u0430lls"), "measure.unknown", "A9"),
    (put("A9", None), "measure.unknown", "A9"),
    (put("B34", "Summa"), "measure.unknown", "A34"),
    (put("A6", "Kоd"), "heading.missing", "A6"),
    (hide("row"), "file.hidden", None),
    (hide("sheet"), "file.hidden", None),
    (put("B9", PERSONAL), "privacy.personal_number", "B9"),
    (put("F9", 8507099805), "privacy.personal_number", "F9"),
    (put("G6", PERSONAL), "privacy.personal_number", "G6"),
    (put("A1", f"Månadsdata {PERSONAL}"), "privacy.personal_number", "A1"),
    (put("E9", PERSONAL), "privacy.personal_number", "E9"),
    (rich_text, "privacy.personal_number", "B9"),
    (rename(PERSONAL), "privacy.personal_number", None),
    (comment, "privacy.personal_number", None),
    (header, "privacy.personal_number", None),
    (properties, "privacy.personal_number", None),
]


@pytest.mark.parametrize(("edit", "code", "cell"), BAD_BLANKETTS)
def test_a_bad_blankett_says_what_and_where(edit, code, cell):
    parsed = parse_here(make_blankett(edit=edit))

    assert code in codes(parsed), parsed.problems
    [problem, *_] = [problem for problem in parsed.problems if problem.code == code]
    assert problem.place.cell == cell
    assert problem.message.endswith(".")
    assert cell is None or problem.message.startswith(f"Cell {cell} i bladet Månadsdata")
    assert len(parsed.problems) == 1 or code in (
        "heading.empty",
        "file.headings",
        "value.month",
        "heading.unknown",
    )


def test_a_formula_without_value_is_told_as_text_and_never_computed():
    (problem,) = parse_here(make_blankett(edit=put("F8", "=F7+F9"))).problems

    assert (problem.code, problem.read) == ("value.formula", "=F7+F9")
    assert "Skriv talet i stället för formeln" in problem.message
    (long,) = parse_here(make_blankett(edit=put("F8", "=" + "+".join(["F7"] * 100)))).problems
    assert len(long.read) <= parsing.MAX_READ


@pytest.mark.security
@pytest.mark.parametrize("filler", ["", "+F7" * 40])
def test_a_personal_number_in_a_formula_refuses_the_file(filler):
    parsed = parse_here(make_blankett(edit=put("F8", f"=F7{filler}+{PERSONAL}")))

    assert (parsed.entries, set(codes(parsed))) == ((), {"privacy.personal_number"})
    assert filler or parsed.problems[0].place.cell == "F8"
    assert "9805" not in repr(parsed)


@pytest.mark.parametrize(
    ("row", "measure", "may_go"),
    [(7, "active_patients", False), (33, "care_episodes", True), (34, None, True)],
)
def test_a_hidden_row_names_its_measure_and_one_that_is_needed_may_not_go(row, measure, may_go):
    def edit(_, sheet):
        sheet[f"B{row}"] = "Summa" if measure is None else sheet[f"B{row}"].value
        sheet.row_dimensions[row].hidden = True

    parsed = parse_here(make_blankett(edit=edit))
    [hidden] = [problem for problem in parsed.problems if problem.code == "file.hidden"]

    assert (hidden.place.row, hidden.measure) == (row, measure)
    assert ("ta bort den" in hidden.message) == may_go
    assert measure is None or MEASURES_BY_CODE[measure].label in hidden.message


def test_the_headings_that_are_allowed_are_all_of_the_forms_own():
    parsed = parse_here(make_blankett(edit=put("G6", "Kommentar")))
    own = openpyxl.load_workbook(io.BytesIO(make_blankett()))["Månadsdata"]

    for cell in own[6]:
        assert str(cell.value).split(" (")[0] in parsed.problems[0].message


@pytest.mark.parametrize(
    ("edit", "code", "cell"), [bad for bad in BAD_BLANKETTS if bad[1].startswith("privacy")]
)
def test_a_personal_number_refuses_the_whole_file_and_is_never_repeated(edit, code, cell):
    parsed = parse_here(make_blankett(edit=edit))

    assert parsed.entries == ()
    assert set(codes(parsed)) == {code}
    assert "9805" not in repr(parsed)


@pytest.mark.parametrize("name", [f"{PERSONAL}.xlsx", "8507099805.csv", "x_19850709-9805_y.csv"])
def test_a_personal_number_in_the_file_name_refuses_the_file(name):
    parsed = parse_csv(f"{HEADING}\nfalun;2025-01;calls;1\n", name=name)

    assert codes(parsed) == ["privacy.personal_number"]
    assert "9805" not in repr(parsed)


def test_an_untouched_blankett_has_one_problem():
    assert codes(parse_here(make_blankett({}))) == ["file.no_values"]


@pytest.mark.asvs("6.3.8")
def test_a_foreign_clinic_and_an_unknown_one_get_the_same_words():
    def message(code):
        parsed = parse_here(make_blankett(edit=put("B2", code)))
        assert parsed.entries == ()
        return parsed.problems[0].message

    assert message("mora") == message("atlantis")


def test_other_sheets_are_said_not_to_be_read():
    def edit(book, _):
        book.create_sheet("Mina anteckningar")["A1"] = "hej"

    assert parse_here(make_blankett(edit=edit)).notices == ("Bladet ”Mina anteckningar” lästes inte.",)


def test_a_true_date_on_the_first_is_a_month():
    parsed = parse_here(make_blankett(edit=put("F6", date(2025, 1, 1))))

    assert parsed.problems == ()
    assert {entry.month for entry in parsed.entries} == {JANUARY}


# --- the long file ---


def test_a_long_file_gives_its_entries():
    parsed = parse_csv(
        "värde;mottagning;skäl;mått;period\n"
        "1 248;falun;;calls;jan-25\n"
        ";falun;mäts inte;Skrivna vårdplaner;202501\n"
        "\n"
        "inget underlag;falun;;sip_meetings;2025-01\n"
    )

    assert (parsed.kind, parsed.problems) == ("lang", ())
    assert [(e.measure, e.answer, e.place.row) for e in parsed.entries] == [
        ("calls", Answer(1248), 2),
        ("care_plans", Answer(reason=MissingReason.NOT_MEASURED), 3),
        ("sip_meetings", Answer(reason=MissingReason.NO_DATA), 5),
    ]
    assert parsed.entries[0].place.column == "värde"


def test_a_long_file_may_be_a_workbook():
    rows = [["mottagning", "period", "mått", "värde", "skäl"], ["falun", date(2025, 1, 1), "calls", 12]]
    rows += [["falun", 202412, "calls", None, "ej deltagit"]]
    parsed = parse_here(make_book(rows))

    assert (parsed.kind, parsed.problems) == ("lang", ())
    assert [e.answer for e in parsed.entries] == [Answer(12), Answer(reason=MissingReason.NOT_TAKEN_PART)]
    assert parsed.entries[0].place.cell == "D2"


def test_shuffled_rows_and_columns_give_the_same_values():
    rows = [["falun", str(JANUARY), measure.code, str(index)] for index, measure in enumerate(MEASURES)]
    straight = parse_csv("\n".join([HEADING, *(";".join(row) for row in rows)]))
    random.Random(3).shuffle(rows)
    shuffled = parse_csv("\n".join(["värde;mått;period;mottagning", *(";".join(row[::-1]) for row in rows)]))

    assert len(straight.entries) == len(MEASURES)
    assert answers(shuffled) == answers(straight)


def test_clinic_codes_are_text_and_match_exactly():
    clinics = {code: make_clinic(code) for code in ("NA", "0012")}
    parsed = parse_csv(f"{HEADING}\nNA;2025-01;calls;1\n0012;2025-01;calls;2\n12;2025-01;calls;3\n", clinics)

    assert [entry.clinic for entry in parsed.entries] == ["NA", "0012"]
    assert [(problem.code, problem.place.row) for problem in parsed.problems] == [("clinic.foreign", 4)]


GOOD_ROW = "falun;2025-01;calls;1"

BAD_LONG = [
    ("mora;2025-01;calls;1", "clinic.foreign", 3, "mottagning"),
    (";2025-01;calls;1", "clinic.missing", 3, "mottagning"),
    ("falun;2025-13;calls;1", "value.month", 3, "period"),
    ("falun;2025-00;calls;1", "value.month", 3, "period"),
    ("falun;2025-01-15;calls;1", "value.month", 3, "period"),
    ("falun;;calls;1", "value.month", 3, "period"),
    ("falun;2025-02;samtal;1", "measure.unknown", 3, "mått"),
    ("falun;2025-02;с\u0430lls;1", "measure.unknown", 3, "mått"),
    ("falun;2025-02;;1", "measure.unknown", 3, "mått"),
    ("falun;2025-02;calls;", "value.empty", 3, "värde"),
    ("falun;jan-25;Inkomna telefonsamtal;1", "value.duplicate", 3, "värde"),
    ("falun;2025-02;calls", "value.empty", 3, "värde"),
    ("falun;2025-02;calls;1;2", "row.length", 3, None),
    ("falun,2025-02,calls,1", "row.length", 3, None),
    ("Summa;;;17", "measure.unknown", 3, "mottagning"),
    *(
        (f"falun;2025-02;calls;{text}", "value.number", 3, "värde")
        for text in (
            "12,5",
            "1.248",
            "1e309",
            "−5",
            "٣",
            "True",
            "1_000",
            "=cmd|' /C calc'!A0",
            "@SUM(1)",
            "+1",
        )
    ),
    (f"falun;2025-02;calls;{PERSONAL}", "privacy.personal_number", 3, "D"),
    (f"{PERSONAL};2025-02;calls;1", "privacy.personal_number", 3, "A"),
    ("falun;2025-02;8507099805;1", "privacy.personal_number", 3, "C"),
    ("falun;2025-02;calls;1;８５０７０９－９８０５", "privacy.personal_number", 3, "E"),
]


@pytest.mark.parametrize(("row", "code", "number", "column"), BAD_LONG)
def test_a_bad_row_says_what_and_where(row, code, number, column):
    parsed = parse_csv(f"{HEADING}\n{GOOD_ROW}\n{row}\n")

    problem = parsed.problems[0]
    assert (problem.code, problem.place.row, problem.place.column) == (code, number, column)
    assert problem.message.startswith(f"Rad {number}")
    assert problem.message.endswith(".")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("mottagning;period;mått\nfalun;2025-01;calls\n", "heading.missing"),
        (f"{HEADING};roll\n{GOOD_ROW};admin\n", "heading.unknown"),
        (f"{HEADING};värde\n{GOOD_ROW};2\n", "heading.duplicate"),
        (f"{HEADING};\n{GOOD_ROW};2\n", "heading.empty"),
        (f"{HEADING}\n", "file.no_values"),
        ("hej\n", "file.headings"),
        ("a;b;c\n1;2;3\n", "file.headings"),
        (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", "file.headings"),
        (";;;\n;;\n", "file.empty"),
        (f"{HEADING};skäl\n{GOOD_ROW};mäts inte\n", "value.and_reason"),
        (f"{HEADING};skäl\nfalun;2025-01;calls;;semester\n", "value.reason"),
        (f"{HEADING};skäl\nfalun;2025-01;calls;;\n", "value.empty"),
        (f"{HEADING};{PERSONAL}\n{GOOD_ROW};1\n", "privacy.personal_number"),
        (f"Gäller {PERSONAL}\n{HEADING}\n{GOOD_ROW}\n", "privacy.personal_number"),
        ("", "file.empty"),
    ],
)
def test_a_bad_long_file_is_refused(text, code):
    parsed = parse_csv(text)

    assert parsed.problems[0].code == code, parsed.problems
    assert "9805" not in repr(parsed)


def test_a_formula_without_value_in_a_long_workbook_is_named():
    book = openpyxl.load_workbook(
        io.BytesIO(make_book([HEADING.split(";"), ["falun", "2025-01", "calls", "=1+1"]]))
    )
    parsed = parse_here(save(book))

    assert [(problem.code, problem.place.cell) for problem in parsed.problems] == [("value.formula", "D2")]


def test_every_bad_cell_of_a_row_is_named_at_once():
    parsed = parse_csv(f"{HEADING}\nmora;2025-13;samtal;x\n")

    assert codes(parsed) == ["clinic.foreign", "value.month", "measure.unknown", "value.number"]


def test_problems_are_capped_and_what_was_read_is_cut():
    parsed = parse_csv(f"{HEADING}\n" + f"falun;2025-01;calls;{'x' * 100}\n" * 1_500)

    assert len(parsed.problems) == parsing.MAX_PROBLEMS
    assert len(parsed.problems[0].read) == parsing.MAX_READ


def test_a_history_file_is_read_in_full():
    rows = [
        f"falun;{Month(2015, 1).plus(month)};{measure.code};{month}"
        for month in range(110)
        for measure in MEASURES
    ]
    content = "\n".join([HEADING, *rows]).encode()

    assert codes(parsing.parse("h.csv", content, clinics=CLINICS)) == ["file.too_many_rows"]
    parsed = parsing.parse("h.csv", content, clinics=CLINICS, limits=reading.REGION_LIMITS)
    assert (len(parsed.entries), parsed.problems) == (len(rows), ())


def test_there_are_at_least_sixty_bad_inputs():
    assert len(BAD_BLANKETTS) + len(BAD_LONG) >= 60
