"""Files of the region's sources: the template comes back as it went out, and every fault has its cell."""

import io
from datetime import date

import openpyxl
import pytest

from portal.domain.registry.months import Month
from portal.domain.registry.region import DALARNA
from portal.domain.registry.values import MissingReason
from portal.domain.sources.checks import SourceContext
from portal.domain.sources.declared import MEDICINE_UNIT, NPE, PATIENT_BOARD, POPULATION, SOURCES, SYNERGI
from portal.domain.sources.facts import Fact
from portal.uploads import source_file, source_template
from tests.uploads.files import CLINICS, make_book, save


KNOWN = SourceContext(CLINICS, date(2025, 2, 5), DALARNA.names)
HEADING = "uppgift;indelning;mottagning;period;värde;skäl;anmärkning"
CASES = "Ärenden i Synergi"


def parse(content, source=SYNERGI, name="kalla.csv"):
    content = content.encode() if isinstance(content, str) else content
    return source_file.parse(name, content, source=source, context=KNOWN)


def of_rows(*rows, source=SYNERGI, heading=HEADING):
    return parse("\n".join([heading, *rows]), source)


def stored(*facts):
    return {fact.key: fact for fact in facts}


# The template


@pytest.mark.upload
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.code)
def test_a_template_filled_in_comes_back_as_it_was_filled(source):
    """Every row that the template offers can be filled in and is read as what it says."""
    columns, rows = (
        source_template.headings(source),
        source_template.rows(source, 2024, [CLINICS["falun"]], {}, DALARNA.names),
    )
    for row in rows:
        is_whole_of_npe = row[0] == "Positiva svar per dimension" and not row[1]
        yes_no = row[0].startswith(("Kontaktad", "Besökt", "Ansluten")) and row[columns.index("mottagning")]
        needs_part = row[0] in ("Vårdepisoder per typ", "Ersättning per vårdepisod")
        row[columns.index("värde")] = (
            "inget underlag" if is_whole_of_npe or needs_part else "ja" if yes_no else 7
        )
    text = "\n".join(";".join(str(cell) for cell in row) for row in [columns, *rows])

    parsed = parse(text, source)

    assert [problem.message for problem in parsed.problems] == []
    assert len(parsed.facts) == len(rows) > 0
    assert len({fact.key for fact in parsed.facts}) == len(rows)


@pytest.mark.upload
def test_the_workbook_has_what_is_stored_and_reads_back_the_same():
    known = stored(
        Fact(
            indicator="npe_index", year=2024, reason=MissingReason.NO_DATA, source="x", note="siffror saknas"
        ),
        Fact(indicator="npe_index", year=2024, breakdown="dimension:Tillgänglighet", value=71.5, source="x"),
        Fact(indicator="npe_answers", year=2024, clinic="falun", value=120, source="x", note="=1+1"),
    )

    content = source_template.write(NPE, 2024, [CLINICS["falun"]], known, DALARNA.names, label="Exempeldata")
    parsed = parse(content, NPE, "npe.xlsx")

    assert parsed.problems == ()
    assert {fact.key: (fact.value, fact.reason, fact.note) for fact in parsed.facts} == {
        fact.key: (fact.value, fact.reason, fact.note) for fact in known.values()
    }
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Källdata"]
    assert "Exempeldata" in sheet["A1"].value
    assert not [cell for row in sheet for cell in row if cell.data_type == "f"]


@pytest.mark.upload
def test_an_untouched_template_has_nothing_to_read():
    content = source_template.write(SYNERGI, 2024, [CLINICS["falun"]], {}, DALARNA.names)

    assert [problem.code for problem in parse(content, name="mall.xlsx").problems] == ["file.no_values"]


# Reading


@pytest.mark.upload
def test_rows_are_read_by_name_or_code_in_any_order_of_columns():
    parsed = parse(
        "värde;period;uppgift;mottagning\n193;2024;Ärenden i Synergi;\n12;2024-05;synergi_arenden;\n"
        "3;maj 2024;ärenden i synergi;BUP Falun\nJa;2024;Ansluten till Synergi;falun"
    )

    assert parsed.problems == ()
    assert [(f.month, f.clinic, f.value) for f in parsed.facts] == [
        (None, "", 193),
        (Month(2024, 5), "", 12),
        (Month(2024, 5), "falun", 3),
        (None, "falun", 1),
    ]


@pytest.mark.upload
def test_the_sources_own_words_are_read_in_one_spelling():
    parsed = of_rows(
        "Ärenden hos Patientnämnden;huvudproblem:  vård och behandling;;2024;5;;",
        "Ärenden hos Patientnämnden;Huvudproblem: ekonomi;;2024;1;;",
        "Ärenden hos Patientnämnden;Regi: privat;;2024;4;;",
        "Ärenden hos Patientnämnden;;;2024;11;;",
        source=PATIENT_BOARD,
        heading=HEADING,
    )

    assert [fact.breakdown for fact in parsed.facts] == [
        "problem:Vård och behandling",
        "problem:Ekonomi",
        "operator:private",
        "",
    ]


@pytest.mark.upload
def test_a_municipality_is_known_by_name_or_code():
    parsed = of_rows(
        "Invånare 0–17 år;Falun;2024;12 345", "befolkning_0_17;2062;2024;4000",
        source=POPULATION, heading="uppgift;kommun;period;värde",
    )  # fmt: skip

    assert [(fact.municipality, fact.value) for fact in parsed.facts] == [("2080", 12_345), ("2062", 4000)]


@pytest.mark.upload
@pytest.mark.parametrize(
    ("row", "cell", "code", "words"),
    [
        ("Ärenden;;;2024;1;;", "A2", "source.field", "okänd. Synergi har ”Ärenden i Synergi”"),
        ("Antal svar;;;2024;1;;", "A2", "source.field", "hör till Nationell Patientenkät"),
        (f"{CASES};Kön: flickor;;2024;1;;", "B2", "source.part", "ingen indelning"),
        ("Ärenden i Synegi;;;2024;1;;", "A2", "source.field", "Menade du ”Ärenden i Synergi”?"),
        (f"{CASES};;nora;2024;1;;", "C2", "source.place", "Mottagningen finns inte"),
        (f"{CASES};;fallun;2024;1;;", "C2", "source.place", "Menade du ”falun”?"),
        (f"{CASES};;;24;1;;", "D2", "source.period", "som 2024 eller en månad"),
        (f"{CASES};;;2025-03;1;;", "D2", "source.period", "inte varit än"),
        (f"{CASES};;;2024;1.248;;", "E2", "source.value", "helt tal"),
        (f"{CASES};;;2024;många;;", "E2", "source.value", "Godtagna skäl är ”inget underlag”"),
        (f"{CASES};;;2024;-4;;", "E2", "source.range", "Tillåtet är 0 till"),
        (f"{CASES};;;2024;1;inget underlag;", "E2", "source.value", "både värde och skäl"),
        (f"{CASES};;;2024;;glömt;", "F2", "source.reason", "skälet är okänt"),
        (f"{CASES};;;2024;;inget undelag;", "F2", "source.reason", "Menade du ”inget underlag”?"),
        (f"{CASES};;;2024;;avslutad;", "F2", "source.reason", "Godtagna skäl"),
        (f"{CASES};;;2024;;;en anmärkning", "E2", "source.value", "värdet saknas"),
        ("Ansluten till Synergi;;falun;2024;kanske;;", "E2", "source.value", "ja eller nej"),
        (f"{CASES};;;2024;1;;;2", None, "row.length", "8 värden"),
        (f"{CASES};;;1", None, "row.length", "ett skiljetecken för lite"),
        (f"{CASES};;1", None, "row.length", "ett skiljetecken för lite"),
        (f"{CASES};;;2024;1;;19121212-1212", "G2", "privacy.personal_number", "personnummer"),
    ],
)
def test_every_fault_says_its_cell_and_how_to_mend_it(row, cell, code, words):
    [problem] = of_rows(row).problems

    assert (problem.code, problem.place.cell) == (code, cell)
    assert words in problem.message


@pytest.mark.upload
def test_the_same_figure_twice_is_refused_with_the_first_ones_row():
    parsed = of_rows(f"{CASES};;;2024;1;;", f"{CASES};;;2023;1;;", f"{CASES};;;2024;2;;")

    assert [(problem.place.row, problem.code) for problem in parsed.problems] == [(4, "value.duplicate")]
    assert "rad 2" in parsed.problems[0].message
    assert parsed.facts == ()


@pytest.mark.upload
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"%PDF-1.7", "file.kind"),
        ("mottagning;period;mått;värde\nfalun;2024-01;calls;1", "file.other_form"),
        ("a;b;c\n1;2;3", "file.headings"),
        ("uppgift;period;källa;skäl\nx;2024;;", "heading.unknown"),
        (make_book([["uppgift", "period", "värde"], [CASES, 2024, "=1+1"]]), "value.formula"),
    ],
)
def test_a_file_that_is_something_else_is_refused_in_words(content, code):
    assert code in [problem.code for problem in parse(content).problems]


@pytest.mark.upload
@pytest.mark.security
def test_a_hostile_file_name_is_neither_repeated_nor_trusted():
    assert parse(HEADING, name="19121212-1212.csv").name == ""
    assert parse(HEADING, name="../../etc/passwd").name == "passwd"


def test_a_csv_template_opens_in_swedish_excel():
    rows = source_template.rows(MEDICINE_UNIT, 2024, [CLINICS["falun"]], {}, DALARNA.names)

    assert source_template.headings(MEDICINE_UNIT) == [
        "uppgift", "mottagning", "period", "enhet", "värde", "skäl", "anmärkning"
    ]  # fmt: skip
    assert len(rows) == 6
    assert all(len(row) == 7 for row in rows)


# Number formats and formulas of a workbook


def npe_book(value, number_format="General", note=None):
    book = openpyxl.Workbook()
    book.active.append(["uppgift", "mottagning", "period", "värde", "anmärkning"])
    book.active.append(["Svarsfrekvens", "falun", 2024, value, note])
    book.active["D2"].number_format = number_format
    return save(book)


@pytest.mark.upload
@pytest.mark.parametrize(("value", "number_format"), [(0.8, "0%"), (80, "General"), (80, '0" %"')])
def test_a_share_is_read_in_percent_however_its_cell_shows_it(value, number_format):
    parsed = parse(npe_book(value, number_format), NPE, "npe.xlsx")

    assert [(fact.value, parsed.problems) for fact in parsed.facts] == [(80.0, ())]


@pytest.mark.upload
def test_a_note_that_is_an_uncomputed_formula_is_refused_at_its_cell():
    parsed = parse(npe_book(80, note="=1+1"), NPE, "npe.xlsx")

    assert [(problem.code, problem.place.cell) for problem in parsed.problems] == [("value.formula", "E2")]


@pytest.mark.upload
def test_two_filled_sheets_of_a_source_are_refused():
    book = openpyxl.load_workbook(io.BytesIO(npe_book(80)))
    book.copy_worksheet(book.active).title = "Kopia"

    parsed = parse(save(book), NPE, "npe.xlsx")

    assert [problem.code for problem in parsed.problems] == ["file.two_sheets"]
    assert parsed.facts == ()
