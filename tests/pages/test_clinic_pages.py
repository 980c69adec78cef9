"""What a clinic reads on its pages. Figures come from the demo, expectations from the database."""

import json

import pytest

from db import clinics, releases, values
from portal.domain.access import EVERY_CLINIC
from portal.domain.indicators import MONTHLY_INDICATORS
from portal.domain.months import Month


DECEMBER = Month(2024, 12)


def test_the_first_screen_says_what_to_do_now(open_page):
    page = open_page("mora", "overview")

    assert page.app.title[0].value == "BUP Mora"
    assert "Januari 2025 ska skickas in senast 15 februari" in page.text
    assert "10 dagar kvar." in page.text
    assert "Rapportera januari" in page.buttons()


def test_a_returned_month_comes_first_with_the_regions_words(open_page):
    page = open_page("borlange", "overview")

    assert "Januari 2025 är återlämnad" in page.text
    assert "Har alla beslutade utredningar kommit med?" in page.text
    assert "Rätta januari" in page.buttons()


def test_a_clinic_that_owes_nothing_reads_the_next_deadline(open_page):
    page = open_page("avesta", "overview")

    assert "Allt är inskickat. Nästa: februari 2025, senast 15 mars." in page.text


def test_every_monthly_indicator_stands_there_with_own_and_regional_value(open_page, own_demo):
    page = open_page("mora", "overview", manad="2024-12")

    with own_demo.database.reading(EVERY_CLINIC) as scoped:
        own = values.of_clinic(scoped, clinic="mora", first=DECEMBER, last=DECEMBER)[DECEMBER]
        released = releases.list_figures(scoped, first=DECEMBER, last=DECEMBER)
    for indicator in MONTHLY_INDICATORS:
        assert indicator.label in page.text
    visits, within = own["first_visits"].value, own["first_visits_within_30d"].value
    assert f"{within} av {visits} besök" in page.text
    assert f"{released[DECEMBER, 'first_visit_within_30d'].value:.0f} %" in page.text


def test_a_clinic_reads_no_other_clinics_name(open_page, own_demo):
    with own_demo.database.reading(EVERY_CLINIC) as scoped:
        others = [found.name for found in clinics.list_in_scope(scoped) if found.code != "mora"]

    for page in ("overview", "indicator", "report", "submissions"):
        text = open_page("mora", page).text
        assert [name for name in others if name in text] == []


@pytest.mark.parametrize("clinic", ["falun", "finnsinte"])
def test_a_clinic_in_the_address_that_is_not_mine_is_refused_alike(open_page, clinic):
    page = open_page("mora", "overview", mottagning=clinic)

    assert page.app.title[0].value == "Du kan inte öppna den här sidan"
    assert "Du har inte tillgång till den mottagningen." in page.text


def test_an_account_with_two_clinics_chooses_between_them(open_page):
    page = open_page("psykiatripartners", "overview")

    page.choose("Mottagning", "ludvika-psykiatripartners")

    assert page.app.title[0].value == "Psykiatripartners BUP Ludvika"


def test_the_indicators_chart_holds_own_and_regional_values_only(open_page, own_demo):
    page = open_page("mora", "indicator", indikator="care_plans")

    assert page.app.title[0].value == "Skrivna vårdplaner – BUP Mora"
    chart = page.app.get("vega_lite_chart")[0].proto
    spec = json.loads(chart.spec)
    fields = {encoding["field"] for layer in spec["layer"] for encoding in _fields(layer["encoding"])}
    assert fields == {"month", "series", "value"}


def _fields(encoding):
    for channel in encoding.values():
        for one in channel if isinstance(channel, list) else [channel]:
            if "field" in one:
                yield one


def test_a_month_without_value_is_said_in_words_never_zero(open_page):
    page = open_page("ludvika-psykiatripartners", "indicator", indikator="active_patients")

    assert "ej startad" in page.text
    assert "ej rapporterat" in page.text
    assert "Ni har inte rapporterat något värde" in page.text


def test_definitions_follow_the_declarations(open_page):
    text = open_page("mora", "definitions").text

    for indicator in MONTHLY_INDICATORS:
        assert indicator.definition in text


def test_the_log_of_a_clinic_is_about_that_clinic(open_page):
    page = open_page("borlange", "audit_log")

    assert "Återlämnade" in page.text
    assert "Regionen" in page.text
    assert "Mora" not in page.text
    assert "Användarnamn" not in [field.label for field in page.app.text_input]
    assert not page.app.get("download_button")
