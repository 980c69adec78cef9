"""Openings and closings as clinics and the region are told of them, on the demo and on a small region."""

from dataclasses import replace

import pytest

from portal.domain.accounts.access import AccessDenied, ClinicUser, RegionUser
from portal.domain.insight.neighbours import MOVED_BY_NEIGHBOURS, EventKind, old_and_new
from portal.domain.registry.clinics import ClosedKind
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month
from portal.services.administration import clinic_register
from portal.services.insight import benchmarks, indicator_series, matrix, neighbours
from tests.conftest import SYSTEM
from tests.services.region import add_clinic, user_of


REGION = RegionUser("region", "Region")
BORLANGE = ClinicUser("borlange", "Chef", ("borlange",))
FIRST, JANUARY = Month(2023, 1), Month(2025, 1)
PATIENTS = INDICATORS_BY_CODE["active_patients"]
CARE_PLANS = INDICATORS_BY_CODE["care_plans"]


def series_of(portal, indicator=PATIENTS, months=24, clinic="borlange", user=BORLANGE):
    return indicator_series.of_clinic(portal, user, clinic=clinic, indicator=indicator, months=months)


# A clinic


def test_everyone_is_told_the_same_of_the_public_register(demo):
    asked = [neighbours.list_events(demo, user, first=FIRST, last=JANUARY) for user in (BORLANGE, REGION)]

    assert asked[0] == asked[1]
    # db/facts/clinics.csv: four clinics opened after the portal's first month
    assert [str(event.month) for event in asked[0]] == ["2023-10", "2023-11", "2024-11", "2024-12"]


@pytest.mark.security
def test_a_clinic_is_told_of_others_although_the_register_hides_their_rows(portal):
    """On both databases: row-level security lets it read its own row only."""
    add_clinic(portal, "ny", "Ny AB", opened=Month(2024, 11))
    falun = user_of("falun")

    happened = neighbours.list_events(portal, falun, first=FIRST, last=JANUARY)

    assert [event.sentence for event in happened] == ["BUP Ny öppnade november 2024"]
    assert [clinic.code for clinic in clinic_register.list_clinics(portal, falun)] == ["falun"]


@pytest.mark.security
def test_nothing_but_name_place_and_time_comes_with_an_event(demo):
    (event, *_) = neighbours.list_events(demo, BORLANGE, first=FIRST, last=JANUARY)

    assert set(event.__slots__) == {"name", "municipality_code", "municipality", "kind", "month"}


def test_a_clinic_sees_the_openings_of_its_municipality_apart_from_the_countys(demo):
    found = series_of(demo).neighbours

    assert [event.name for event in found.near] == ["JeWe BUP Borlänge", "Moment BUP Borlänge"]
    assert [event.municipality for event in found.elsewhere] == ["Hedemora", "Ludvika"]


def test_only_the_months_shown_have_events(demo):
    found = series_of(demo, months=2)

    assert found.neighbours.near == ()


@pytest.mark.parametrize("code", sorted(INDICATORS_BY_CODE.keys() & MOVED_BY_NEIGHBOURS))
def test_openings_are_told_where_they_may_matter(demo, code):
    assert series_of(demo, INDICATORS_BY_CODE[code]).neighbours.near


def test_openings_are_not_told_beside_other_indicators(demo):
    found = series_of(demo, CARE_PLANS)

    assert (found.neighbours.near, found.neighbours.elsewhere) == ((), ())


def test_a_bankruptcy_nearby_is_told_from_the_month_it_is_entered(own_demo):
    clinic_register.close(
        own_demo,
        SYSTEM,
        code="borlange-moment",
        last_month=JANUARY,
        reason="Konkurs i januari",
        kind=ClosedKind.BANKRUPTCY,
    )

    newest = series_of(own_demo).neighbours.near[-1]

    assert (newest.kind, newest.text) == (EventKind.BANKRUPT, "gick i konkurs, sista månad januari 2025")


# The region


def openings_of(portal, indicator=PATIENTS, period=2024):
    found = benchmarks.compare(portal, REGION, indicator=indicator, period=period)
    return neighbours.openings(portal, REGION, found)


def test_each_opening_stands_beside_the_other_clinics_of_its_municipality(demo):
    found = {one.event.name: one for one in openings_of(demo).beside}

    # December 2024 as in the report: BUP Borlänge 1 151, JeWe 897, BUP Avesta 743, BUP Ludvika 486
    assert (found["JeWe BUP Borlänge"].own.value, found["JeWe BUP Borlänge"].now) == (897, 1151)
    assert found["Moment BUP Borlänge"].now == 1151 + 897
    assert (found["Kiron Care BUP Hedemora"].municipality, found["Kiron Care BUP Hedemora"].now) == (
        "Avesta",
        743,
    )
    assert found["Psykiatripartners BUP Ludvika"].now == 486


def test_the_month_before_is_what_the_clinics_sent_for_it(demo):
    (jewe, *_) = openings_of(demo).beside
    september = benchmarks.compare(demo, REGION, indicator=PATIENTS, period=Month(2023, 9))

    expected = next(figure.value for clinic, figure in september.figures if clinic.code == "borlange")
    assert jewe.before == expected


def test_an_opening_after_the_period_is_not_told_of_it(demo):
    assert [one.event.name for one in openings_of(demo, period=2023).beside] == [
        "JeWe BUP Borlänge",
        "Kiron Care BUP Hedemora",
    ]


def test_the_bankruptcy_that_the_report_mentions_is_told_without_a_name(demo):
    (note,) = openings_of(demo).notes

    assert note == (
        "Regionens publicerade uppföljning nämner en mottagning som gick i konkurs 2024, utan namn. Ingen mottagning "
        "i registret stängde 2024."
    )


def test_a_bankruptcy_is_not_called_unnamed_where_a_clinic_closed_that_year(demo):
    printed = benchmarks.year_figures(demo, REGION, 2024).published
    register = benchmarks.year_figures(demo, REGION, 2024).clinics
    closed = [replace(register[0], closed=Month(2024, 10)), *register[1:]]

    assert len(neighbours.unnamed_bankruptcies(printed, register)) == 1
    assert neighbours.unnamed_bankruptcies(printed, closed) == []


def test_old_and_new_are_the_annual_reports_own_figures(demo):
    now = benchmarks.compare(demo, REGION, indicator=PATIENTS, period=2024)
    divided = old_and_new(now.figures, matrix.year_before(demo, REGION, now).figures)

    same_now, same_before, count = (
        benchmarks.year_figures(demo, REGION, 2024).of("active_patients").like_for_like
    )
    assert (divided.same, divided.same_change) == (count, same_now - same_before)
    assert (divided.before, divided.now) == (5569, 7317)


@pytest.mark.security
def test_the_figures_beside_an_opening_are_the_regions(demo):
    found = benchmarks.compare(demo, REGION, indicator=PATIENTS, period=2024)

    with pytest.raises(AccessDenied):
        neighbours.openings(demo, BORLANGE, found)
