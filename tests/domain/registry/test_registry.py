"""Measures and indicators: declared once, whole, and as the region's lists have them."""

import csv
import re
from pathlib import Path

import pytest

from portal.domain.annual_report.chapters import CHAPTERS
from portal.domain.registry.indicators import (
    INDICATORS,
    INDICATORS_BY_CODE,
    MONTHLY_INDICATORS,
    PATIENTS,
    Kind,
)
from portal.domain.registry.measures import MEASURES, MEASURES_BY_CODE, MeasureKind, wholes_of


DATA = Path(__file__).parents[2] / "data"


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


MEASURE_ROWS, INDICATOR_ROWS = rows("measures.csv"), rows("indicators.csv")


def test_codes_are_unique():
    assert len(MEASURES_BY_CODE) == len(MEASURES)
    assert len(INDICATORS_BY_CODE) == len(INDICATORS)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.code)
def test_a_measure_has_its_words(measure):
    for text in (measure.code, measure.label, measure.unit, measure.definition):
        assert text.strip() == text
        assert text


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.code)
def test_an_indicator_has_its_words(indicator):
    for text in (indicator.label, indicator.unit, indicator.definition, indicator.source, indicator.chapter):
        assert text.strip() == text
        assert text
    for target in indicator.targets:
        assert target.text


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.code)
def test_an_indicator_is_made_of_measures_that_exist(indicator):
    assert set(indicator.measures) <= set(MEASURES_BY_CODE)
    assert bool(indicator.numerator) is indicator.from_clinics
    assert bool(indicator.denominator) is (indicator.is_share or indicator.kind is Kind.QUOTIENT)


@pytest.mark.parametrize("indicator", MONTHLY_INDICATORS, ids=lambda indicator: indicator.code)
def test_an_indicators_kind_fits_its_measures(indicator):
    kinds = tuple(MEASURES_BY_CODE[code].kind for code in indicator.measures)

    assert (
        kinds
        == {
            Kind.STOCK: (MeasureKind.STOCK,),
            Kind.COUNT: (MeasureKind.FLOW,),
            Kind.PERCENT: (MeasureKind.FLOW, MeasureKind.FLOW),
            Kind.STOCK_PERCENT: (MeasureKind.STOCK, MeasureKind.STOCK),
            Kind.QUOTIENT: (MeasureKind.STOCK, MeasureKind.FLOW),
        }[indicator.kind]
    )


def test_a_part_belongs_to_a_whole_of_its_own_kind_and_is_not_asked_for_where_that_is_not():
    for measure in MEASURES:
        for whole in wholes_of(measure):
            assert (whole.kind, whole.unit) == (measure.kind, measure.unit)
            assert whole.required or not measure.required


def test_who_has_waited_over_90_days_has_waited_over_30_and_waits():
    longest = MEASURES_BY_CODE["waiting_treatment_over_90d"]

    assert [whole.code for whole in wholes_of(longest)] == [
        "waiting_treatment_over_30d",
        "waiting_treatment",
    ]


def test_every_chapter_with_indicators_stands_in_the_report():
    in_report = {indicator.code for chapter in CHAPTERS for indicator in chapter.indicators}

    missing = {
        indicator.code: indicator.chapter for indicator in INDICATORS if indicator.chapter != "economy"
    }
    for code in in_report:
        missing.pop(code, None)

    assert missing == {}, (
        "these chapters stand in no report: choose one of portal/domain/annual_report/chapters.py, or add it there"
    )


@pytest.mark.parametrize("row", MEASURE_ROWS, ids=lambda row: row["code"])
def test_a_measure_is_as_in_the_regions_list(row):
    found = MEASURES_BY_CODE[row["code"]]

    assert (found.kind.value, found.unit, found.required, found.not_above or "") == (
        row["kind"],
        row["unit"],
        row["required"] == "yes",
        row["not_above"],
    )
    assert found.definition == row["definition_sv"]
    assert row["label_sv"] in found.label


@pytest.mark.parametrize("row", INDICATOR_ROWS, ids=lambda row: row["code"])
def test_an_indicator_is_as_in_the_regions_list(row):
    found = INDICATORS_BY_CODE[row["code"]]

    assert (found.kind.value, found.chapter, found.headline.value, found.better.value) == (
        row["kind"],
        row["report_section"],
        row["headline_aggregation"],
        row["direction"],
    )
    assert (found.from_clinics, found.frequency.value, str(found.figure or "")) == (
        row["supplier"] == "clinic",
        row["frequency"],
        row["figure"],
    )
    if found.from_clinics:
        assert (found.numerator or "", found.denominator or "") == (row["numerator"], row["denominator"])


def test_no_measure_is_declared_beside_the_regions_list():
    declared, listed = {measure.code for measure in MEASURES}, {row["code"] for row in MEASURE_ROWS}

    assert declared - listed == set(), "a new measure gets its row in tests/data/measures.csv, too"
    assert listed - declared == set(), (
        "the region's list has measures that portal/domain/registry/measures.py lacks"
    )


def test_rates_have_one_base():
    assert [indicator.code for indicator in INDICATORS if indicator.is_base] == [PATIENTS]


def test_an_opening_sentence_has_room_for_year_and_value():
    for indicator in INDICATORS:
        if indicator.opening:
            assert indicator.opening.format(year=2024, value="8 %") != indicator.opening
            assert {"{year}", "{value}"} <= set(re.findall(r"{\w+}", indicator.opening)), indicator.code
