"""Municipalities in a month and a year, on the demo, whose sums are those that the region printed."""

import pytest

from portal.domain.accounts.access import AccessDenied, ClinicUser, RegionUser
from portal.domain.insight.places import SHARES
from portal.domain.insight.queue import WAITING
from portal.domain.registry.indicators import INDICATORS_BY_CODE, PATIENTS
from portal.domain.registry.months import Month
from portal.domain.sources.facts import Fact
from portal.services.annual_report import live
from portal.services.insight import benchmarks, places
from portal.services.sources import source_years
from tests.conftest import SYSTEM


REGION = RegionUser("region", "Region")
DECEMBER, JANUARY = Month(2024, 12), Month(2025, 1)


def named(found, name):
    return next(place for place in found.places if place.name == name)


@pytest.fixture(scope="module")
def year(demo):
    return places.of_period(demo, REGION, 2024)


def test_the_countys_year_is_the_printed_one(year):
    # data/published.csv: 80, 25 and 34 percent, pooled; 7 317 patients
    assert [round(year.county.of(code).value) for code in SHARES] == [80, 25, 34]
    assert year.county.patients == 7317


def test_the_municipalities_add_up_to_the_county(year):
    for code in (PATIENTS, *WAITING):
        assert sum(place.of(code).value or 0 for place in year.places) == year.county.of(code).value
    for code in SHARES:
        assert (
            sum(place.of(code).denominator or 0 for place in year.places) == year.county.of(code).denominator
        )


def test_the_shares_are_those_of_the_annual_reports_chapter_on_equal_care(demo, year):
    report = live.live(demo, REGION, 2024)
    points = {
        (point.indicator, point.part.partition(":")[2]): point.value
        for section in report.sections
        if section.number == "4.6"
        for point in section.points
    }

    known = [place for place in year.places if place.clinics]
    assert len(known) == 6
    for place in known:
        for code in (PATIENTS, *SHARES):
            assert place.of(code).value == pytest.approx(points[code, place.code]), (place.name, code)


def test_mora_stands_there_as_in_the_report(year):
    mora = named(year, "Mora")

    assert (mora.before.value, mora.patients) == (788, 579)
    assert year.largest_fall is mora


def test_a_month_is_that_months_figures(demo):
    found = places.of_period(demo, REGION, DECEMBER)
    visits = benchmarks.compare(demo, REGION, indicator=INDICATORS_BY_CODE[SHARES[0]], period=DECEMBER)

    assert found.county.of(SHARES[0]).value == visits.region.pooled
    assert found.last == DECEMBER


def test_a_month_that_not_everyone_has_sent_makes_no_fall_of_those_who_owe_it(demo):
    found = places.of_period(demo, REGION, JANUARY)

    assert named(found, "Falun").silent == 1
    assert found.county.grown is None


def test_the_population_is_the_newest_entered_of_the_year_or_the_one_before(own_demo):
    assert places.of_period(own_demo, REGION, 2024).population_year is None

    entered = Fact(
        indicator="population_0_17", year=2023, municipality="2062", value=4000, source="SCB, påhittat"
    )
    source_years.enter(own_demo, SYSTEM, [entered])

    found = places.of_period(own_demo, REGION, 2024)
    assert (found.population_year, named(found, "Mora").children) == (2023, 4000)
    assert named(found, "Mora").per_1000 == pytest.approx(144.75)


@pytest.mark.security
def test_it_is_the_regions_alone(demo):
    with pytest.raises(AccessDenied):
        places.of_period(demo, ClinicUser("mora", "Mora", ("mora",)), 2024)
