"""What text means: counts, months, reasons and personal identity numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.registry.months import SWEDISH_MONTHS, Month
from portal.domain.registry.values import REPORTABLE_REASONS, MissingReason
from portal.domain.reporting.grammar import (
    GrammarFault,
    closest_reason,
    holds_personal_number,
    match_key,
    odd_characters,
    parse_amount,
    parse_count,
    parse_month,
    parse_reason,
)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("37", 37),
        (" 7 ", 7),
        ("\u00a07", 7),
        ("1248", 1248),
        # The four spaces that separate thousands in Swedish files.
        ("1 248", 1248),
        ("1\u00a0248", 1248),
        ("1\u202f248", 1248),
        ("1\u2009248", 1248),
        ("1 248 000", 1_248_000),
        ("9999999", 9_999_999),
    ],
)
def test_counts_are_read(text, count):
    assert parse_count(text) == count


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "tom"),
        ("1.248", "1248"),
        ("1,248", "1248"),
        ("12,5", "Kontrollera talet och skriv det som ett helt tal"),
        ("12,0", "decimaler"),
        ("12.5", "decimaler"),
        ("1e3", "1\u00a0000"),
        ("1e309", "potensform"),
        ("１２", "vanliga siffror"),
        ("٣", "vanliga siffror"),
        ("-5", "kan inte vara negativt. Kontrollera talet."),
        ("−5", "negativt"),
        ("-0", "negativt"),
        ("+5", "plustecken"),
        ("0x10", "bara siffror"),
        ("1_000", "bara siffror"),
        ("inf", "inget tal"),
        ("NaN", "inget tal"),
        ("True", "sant/falskt"),
        ("FALSKT", "sant/falskt"),
        ("#DIV/0!", "formelfel"),
        ("#N/A", "formelfel"),
        ("=1+1", "formel"),
        ("@SUM(A1)", "helt tal"),
        ("007", "inledande nollor"),
        ("12345678", "Högst 7 siffror"),
        ("12 345 678", "Högst 7 siffror"),
        (str(2**63), "Högst 7 siffror"),
        ("12 34", "tusental"),
        ("1  248", "tusental"),
        ("88 %", "andelen"),
        ("2025-01-15", "datum"),
        ("mäts", "”mäts inte”"),
        ("mäts ej", "Menade du ”mäts inte”? Skriv i så fall det, annars ett helt tal."),
        ("ej raporterat", "Menade du ”ej rapporterat”?"),
        ("vet ej", "helt tal"),
    ],
)
def test_what_is_no_count_is_refused_with_a_hint(text, hint):
    with pytest.raises(GrammarFault) as fault:
        parse_count(text)

    assert hint in fault.value.hint


# What Excel puts on the clipboard between cells and lines, what the browser's script puts there, and a cell's own.
BREAKS = ["\t", "\n", "\r\n", " | ", "\t\t", " \n "]
of_cells = st.lists(st.sampled_from(["0", "2", "341", "1 248", "ej rapporterat"]), min_size=2, max_size=4)


@given(of_cells, st.sampled_from(BREAKS))
def test_several_cells_in_one_are_no_number_and_said_to_be_several(cells, between):
    text = between.join(cells)

    for parse in (parse_count, parse_amount):
        with pytest.raises(GrammarFault) as fault:
            parse(text)
        assert fault.value.hint.startswith("Här står flera rader eller celler.")


def test_a_break_after_one_cell_does_not_make_it_several():
    for parse in (parse_count, parse_amount):
        with pytest.raises(GrammarFault) as fault:
            parse("många\r\n")
        assert not fault.value.hint.startswith("Här står flera")


@given(
    st.integers(min_value=0, max_value=9_999_999), st.sampled_from(["", " ", "\u00a0", "\u202f", "\u2009"])
)
def test_a_count_written_in_swedish_is_read_back(count, space):
    assert parse_count(f"{count:,}".replace(",", space)) == count


@given(st.text(max_size=30))
def test_no_text_makes_the_grammar_fail_in_another_way(text):
    for parse in (parse_count, parse_month):
        try:
            parse(text)
        except GrammarFault as fault:
            assert fault.hint
    parse_reason(text), match_key(text), odd_characters(text), holds_personal_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "2025-01",
        "202501",
        "jan-25",
        "JAN-25",
        "jan 25",
        "jan. 2025",
        "januari 2025",
        "Januari-2025",
        "2025-01-01",
    ],
)
def test_january_can_be_written_in_these_ways(text):
    assert parse_month(text) == Month(2025, 1)


@pytest.mark.parametrize("number", range(1, 13))
def test_every_month_has_its_swedish_names(number):
    name = SWEDISH_MONTHS[number - 1]

    assert parse_month(f"{name} 2024") == parse_month(f"{name[:3]}-24") == Month(2024, number)
    assert parse_month("sept 2024") == Month(2024, 9)


@pytest.mark.parametrize(
    "text",
    ["", "2025", "2025-13", "2025-00", "202513", "2025-01-15", "2025/01", "25-01", "01-2025", "january 2025"]
    + ["1999-12", "２０２５-01", "2025-01-01 12:00", "kvartal 1", "45292", "2025-1", "jan"],
)
def test_other_months_are_refused(text):
    with pytest.raises(GrammarFault) as fault:
        parse_month(text)

    assert "2025-01" in fault.value.hint


@pytest.mark.parametrize("reason", REPORTABLE_REASONS)
def test_reasons_are_read_whatever_their_case_and_spaces(reason):
    assert parse_reason(reason.label.upper()) is parse_reason(f" {reason.label} ") is reason


def test_a_misspelt_reason_is_asked_about_and_never_taken_for_it():
    assert closest_reason("Mäts  EJ") is MissingReason.NOT_MEASURED
    assert parse_reason("mäts ej") is None
    for text in ("", "vet ej", "ca 580", "saknas", "x" * 500):
        assert closest_reason(text) is None


@given(st.text(max_size=60))
def test_no_text_that_is_no_reason_is_read_as_one(text):
    if match_key(text) not in {match_key(reason.label) for reason in REPORTABLE_REASONS}:
        assert parse_reason(text) is None
    closest_reason(text)


def test_reasons_that_follow_from_what_is_known_cannot_be_given():
    assert parse_reason(MissingReason.NOT_STARTED.label) is None
    assert parse_reason("") is None


def test_headings_match_without_case_spaces_and_invisible_characters():
    assert match_key(" M\u0061\u030aTT\u200b ") == match_key("mått")
    assert match_key("Ｋｏｄ") == "kod"
    assert match_key("Kоd") != "kod"  # a Cyrillic о
    assert odd_characters("Kоd åäö") == " Ovanliga tecken: U+043E."


@pytest.mark.parametrize(
    "text",
    [
        "850709-9805",
        "8507099805",
        "198507099805",
        "19850709-9805",
        "850709+9805",
        "850709 9805",
        "850769-9802",
        "８５０７０９－９８０５",
        "٨٥٠٧٠٩-٩٨٠٥",
        "850709–9805",
        "850709\u22129805",
        "85\u200b0709-9805",
        # A wrong check digit with a separator is a mistyped number.
        "850709-9806",
        "850769-0000",
        "patient 850709-9805, ringde",
        "a8507099805b",
        "000229-1234",
        # Reserve numbers.
        "19850740-1234",
        "19850709K123",
        "991985123456",
    ],
)
def test_personal_numbers_are_found(text):
    assert holds_personal_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1248",
        "2025-01-31",
        "20250131",
        "8507099806",
        "851309-9805",
        "850732-9805",
        "232100-0180",
        "202501",
    ]
    + ["12345678901234567890", "Rapport 2024-12 v2", "0243-49 73 00", "2024-12-31 12:00:00"],
)
def test_other_numbers_are_not_personal(text):
    assert not holds_personal_number(text)
