"""A clinic's own year beside the region's released figures: nothing of anybody else, and one page to take along."""

import io

import pytest
from pypdf import PdfReader

from portal.demo.build import REVIEWER
from portal.domain.accounts.access import OPERATOR, AccessDenied, ClinicUser
from portal.services.administration import clinic_register
from portal.services.annual_report.live import live
from portal.services.annual_report.own_year import figures


MORA = ClinicUser("mora", "Mora", ("mora",))


def words_of(own, code):
    return next(figure.words for figure in own.figures if figure.indicator.code == code)


def test_the_clinics_figures_are_those_that_the_report_will_have(demo):
    own = figures.of_clinic(demo, MORA, clinic="mora", year=2024)
    report = live(demo, REVIEWER, 2024)
    in_report = {
        point.indicator: point.value
        for _, point in report.points
        if (point.part, point.period) == ("mora", "2024") and not point.indicator.startswith("krav:")
    }

    compared = [figure for figure in own.figures if figure.now.value is not None]
    assert len(compared) >= 15
    for figure in compared:
        assert round(figure.now.value, 6) == pytest.approx(in_report[figure.indicator.code]), (
            figure.indicator.code
        )


def test_a_row_says_both_years_the_change_and_the_regions_released_value(demo):
    own = figures.of_clinic(demo, MORA, clinic="mora", year=2024)

    now, before, change, region = words_of(own, "active_patients")
    assert (now, before, change, region) == ("579", "788", "−27\u00a0%", "7\u00a0317")
    assert words_of(own, "first_visit_within_30d")[3] == "80\u00a0%"
    assert own.span == "Hela året"


def test_what_is_not_released_of_the_region_is_not_told(demo):
    own = figures.of_clinic(demo, MORA, clinic="mora", year=2025)

    assert {figure.words[3] for figure in own.figures} == {"visas inte"}


def test_the_region_sees_the_clinic_as_the_clinic_does(demo):
    assert figures.of_clinic(demo, OPERATOR, clinic="mora", year=2025) == figures.of_clinic(
        demo, MORA, clinic="mora", year=2025
    )


@pytest.mark.security
def test_another_clinics_year_is_nobodys_to_read(demo):
    for make in (figures.of_clinic, figures.as_pdf):
        with pytest.raises(AccessDenied):
            make(demo, MORA, clinic="falun", year=2024)


@pytest.mark.security
def test_the_page_to_take_along_is_one_and_names_no_other_clinic(demo):
    pages = PdfReader(io.BytesIO(figures.as_pdf(demo, MORA, clinic="mora", year=2024))).pages
    text = " ".join(pages[0].extract_text().split()).replace("\u00a0", " ")
    others = [clinic.name for clinic in clinic_register.list_clinics(demo, OPERATOR) if clinic.code != "mora"]

    assert len(pages) == 1
    assert "BUP Mora 2024" in text
    assert "579" in text
    assert "7 317" in text
    assert not [name for name in others if name in text]
