"""The region's sources are declared whole, and one rule set says what a figure may be."""

from datetime import date

import pytest

from portal.domain.annual_report.chapters import CHAPTERS_BY_NUMBER
from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.indicators import INDICATORS
from portal.domain.registry.months import Month
from portal.domain.registry.region import DALARNA
from portal.domain.registry.values import MissingReason
from portal.domain.reporting.grammar import GrammarFault, parse_amount
from portal.domain.sources.checks import SourceContext, faults_of, label_of
from portal.domain.sources.declared import (
    FIELDS_BY_CODE,
    IN_REPORT,
    PATIENT_BOARD,
    SOURCES,
    field_of,
    source_of,
)
from portal.domain.sources.facts import Fact, SourceLevel
from portal.domain.sources.year import spell


CASES = "patient_board_cases"
FALUN = Clinic(
    code="falun",
    name="BUP Falun",
    report_name="BUP Falun",
    municipality_code="2080",
    municipality="Falun",
    operator=Operator.PUBLIC,
    provider="Region Dalarna",
)
KNOWN = SourceContext({"falun": FALUN}, date(2025, 2, 5), DALARNA.names)


def fact(indicator="synergi_cases", year=2024, **details):
    return Fact(**{"indicator": indicator, "year": year, "source": "Rapport", **details})


def faults(**details):
    return [fault.message for fault in faults_of(fact(**details), KNOWN)]


# Declarations


def test_fields_are_told_apart_by_code_by_label_and_by_how_they_are_stored():
    fields = [field for source in SOURCES for field in source.fields]

    assert len({field.code for field in fields}) == len(fields) == len(FIELDS_BY_CODE)
    assert len({field.label for field in fields}) == len(fields)
    assert len({(field.indicator, field.part) for field in fields}) == len(fields)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.code)
def test_a_source_has_its_words_and_each_field_a_definition_unit_and_place(source):
    for text in (source.label, source.supplier, source.definition, source.seen_by):
        assert text.strip() == text
        assert text
    for field in source.fields:
        assert field.label and field.unit and field.definition and field.levels and field.reasons
        assert source_of(field) is source
        assert field_of(field.indicator, field.part) is field
        assert not field.not_above or field.not_above in FIELDS_BY_CODE


def test_every_indicator_of_the_regions_own_has_a_source():
    for indicator in INDICATORS:
        if not indicator.from_clinics:
            assert any(field.indicator == indicator.code for field in FIELDS_BY_CODE.values()), indicator.code


def test_the_patient_boards_cases_are_never_per_clinic_and_money_never_in_a_report():
    assert PATIENT_BOARD.levels == (SourceLevel.REGION,)
    assert "ekonomi" in {source.code for source in SOURCES if not source.in_report}


@pytest.mark.parametrize("source", IN_REPORT, ids=lambda source: source.code)
def test_a_sources_chapter_is_one_of_the_reports(source):
    assert source.chapter in CHAPTERS_BY_NUMBER, (
        "chapters are declared in portal/domain/annual_report/chapters.py"
    )


def test_a_part_is_spelt_in_words():
    assert label_of(PATIENT_BOARD, fact(CASES, breakdown="operator:private")) == (
        "Ärenden hos Patientnämnden, Regi: privat"
    )


# What a figure may be


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"indicator": "care_plans", "value": 1}, "okänd"),
        ({}, "värde, eller ett skäl"),
        ({"value": 1, "reason": MissingReason.NO_DATA}, "värde, eller ett skäl"),
        ({"reason": MissingReason.CLOSED}, "Godtagna skäl är ”inget underlag”"),
        ({"value": 1.5}, "Högst 0 decimaler går"),
        ({"value": 1, "year": 2026}, "mellan 2000 och 2025"),
        ({"value": 1, "year": 2025, "month": Month(2025, 3)}, "inte varit än"),
        ({"value": 1, "clinic": "finnsinte"}, "finns inte"),
        ({"value": 1, "municipality": "2080"}, "hela regionen eller mottagning"),
        ({"value": 1, "note": "gäller 19121212-1212"}, "personnummer"),
        ({"indicator": CASES, "value": 1, "clinic": "falun"}, "hela regionen, inte"),
        ({"indicator": CASES, "value": 1, "breakdown": "sex:katter"}, "Kön kan vara flickor, pojkar"),
        ({"indicator": CASES, "value": 1, "month": Month(2024, 5)}, "per år"),
        ({"indicator": "npe_index", "value": 80}, "behöver en indelning"),
        ({"indicator": "npe_index", "value": 100.1, "breakdown": "dimension:Tillgänglighet"}, "0 till 100"),
        (
            {"indicator": "npe_index", "value": 80.25, "breakdown": "dimension:Tillgänglighet"},
            "Högst 1 decimal",
        ),
        (
            {"indicator": "medicine_unit_visits", "breakdown": "visited", "clinic": "mora", "value": 2},
            "ja eller",
        ),
        ({"indicator": "population_0_17", "municipality": "0180", "value": 9}, "ingen av regionens"),
    ],
)
def test_a_figure_that_makes_no_sense_is_refused_in_words(wrong, words):
    assert any(words in message for message in faults(**wrong))


@pytest.mark.parametrize(
    "right",
    [
        {"value": 0},
        {"reason": MissingReason.NO_DATA},
        {"value": 3, "clinic": "falun", "month": Month(2025, 1), "year": 2025},
        {"indicator": CASES, "value": 2, "breakdown": "problem:Ekonomi"},
        {"indicator": "npe_index", "reason": MissingReason.NO_SURVEY, "year": 2023},
        {"indicator": "npe_index", "value": 79.5, "breakdown": "dimension:Tillgänglighet"},
        {"indicator": "medicine_unit_visits", "breakdown": "visited", "clinic": "falun", "value": 1},
        {"indicator": "medicine_unit_visits", "breakdown": "visited", "value": 3},
        {"indicator": "budget_transfer", "value": -5_000_000, "month": Month(2024, 3)},
        {"indicator": "budget", "value": 250_000_000, "year": 2026},
        {"indicator": "population_0_17", "municipality": "2080", "value": 12_000},
    ],
)
def test_a_figure_that_makes_sense_has_no_faults(right):
    assert faults(**right) == []


# How numbers are written


@pytest.mark.parametrize(
    ("text", "decimals", "number"),
    [
        ("0", 0, 0),
        ("20 000 000", 0, 20_000_000),
        ("20\u00a0000\u00a0000", 0, 20_000_000),
        ("79,5", 1, 79.5),
        ("79.5", 1, 79.5),
        ("80,0", 1, 80),
        ("-3", 0, -3),
        ("−3", 0, -3),
        ("12500,50", 2, 12_500.5),
    ],
)
def test_an_amount_is_read_as_swedes_write_it(text, decimals, number):
    assert parse_amount(text, decimals=decimals) == number


@pytest.mark.parametrize(("text", "number"), [("80 %", 80), ("82,5\u00a0%", 82.5), ("80%", 80), ("80", 80)])
def test_what_is_counted_in_percent_may_have_its_sign(text, number):
    assert parse_amount(text, decimals=2, unit="procent") == number

    if "%" in text:
        with pytest.raises(GrammarFault, match="utan enhet"):
            parse_amount(text, decimals=2, unit="träffar")


@pytest.mark.parametrize("text", ["08", "80 %%", "%", "8 0 %", "1 0000"])
def test_what_is_no_number_is_none_with_a_sign_either(text):
    with pytest.raises(GrammarFault, match="med eller utan %"):
        parse_amount(text, decimals=2, unit="procent")


@pytest.mark.parametrize(
    ("text", "decimals"),
    [
        ("1.248", 0),
        ("1.248", 1),
        ("79,55", 1),
        ("88 %", 1),
        ("1e3", 0),
        ("１２", 0),
        ("", 0),
        ("12 34", 0),
        ("5,", 1),
    ],
)
def test_what_could_mean_two_things_is_refused_with_a_hint(text, decimals):
    with pytest.raises(GrammarFault) as fault:
        parse_amount(text, decimals=decimals)
    assert fault.value.hint.endswith(".")


def test_numbers_in_sentences_are_swedish():
    assert [spell(number) for number in (20_000_000, 79.5, -3, 1.25)] == [
        "20\u00a0000\u00a0000",
        "79,5",
        "−3",
        "1,25",
    ]
