"""Openings and closings out of the register, and who stands for the region's growth."""

import csv
from dataclasses import replace

import pytest

from portal.demo.facts import FACTS, list_clinics
from portal.domain.insight.neighbours import EventKind, around, beside, events, old_and_new
from portal.domain.registry.annual import Figure
from portal.domain.registry.clinics import ClosedKind
from portal.domain.registry.months import Month
from portal.domain.registry.municipalities import OF_DALARNA, Municipality, distance_km
from portal.domain.registry.region import DALARNA


# The register of the report for 2024, db/facts/clinics.csv
KNOWN = {known.clinic.code: known for known in list_clinics()}
CLINICS = [known.clinic for known in KNOWN.values()]
BORLANGE, MORA, MOMENT = (KNOWN[code].clinic for code in ("borlange", "mora", "borlange-moment"))
FIRST, SEPTEMBER, DECEMBER_2023 = Month(2023, 1), Month(2023, 9), Month(2023, 12)
OCTOBER, NOVEMBER, DECEMBER, JANUARY = (Month(2024, 10).plus(months) for months in range(4))


def patients(month):
    """The report's current patients at the end of a year, as the clinics' figures."""
    return [(known.clinic, Figure(value=known.patients.get(month))) for known in KNOWN.values()]


# What happened


def test_the_register_tells_which_clinics_opened_and_when_oldest_first():
    assert [(event.name, event.text) for event in events(CLINICS, first=FIRST, last=JANUARY)] == [
        ("JeWe BUP Borlänge", "öppnade oktober 2023"),
        ("Kiron Care BUP Hedemora", "öppnade november 2023"),
        ("Moment BUP Borlänge", "öppnade november 2024"),
        ("Psykiatripartners BUP Ludvika", "öppnade december 2024"),
    ]


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [(NOVEMBER, NOVEMBER, 1), (NOVEMBER.next, NOVEMBER.next, 1), (Month(2024, 1), OCTOBER, 0)],
)
def test_only_events_of_the_months_asked_for_are_told(first, last, count):
    assert len(events(CLINICS, first=first, last=last)) == count


@pytest.mark.parametrize(
    ("closed_kind", "kind", "text"),
    [
        (ClosedKind.BANKRUPTCY, EventKind.BANKRUPT, "gick i konkurs, sista månad november 2024"),
        (ClosedKind.ENDED, EventKind.CLOSED, "stängde efter november 2024"),
        (ClosedKind.MERGED, EventKind.MERGED, "gick upp i en annan mottagning, sista månad november 2024"),
        (None, EventKind.CLOSED, "stängde efter november 2024"),
    ],
)
def test_a_closing_is_told_by_its_last_month_and_why(closed_kind, kind, text):
    gone = replace(MORA, closed=NOVEMBER, closed_kind=closed_kind)

    (event,) = events([gone], first=FIRST, last=DECEMBER)

    assert (event.kind, event.text, event.before) == (kind, text, NOVEMBER)


def test_the_own_municipality_is_told_from_the_rest_and_ones_own_opening_is_no_neighbours():
    happened = events(CLINICS, first=FIRST, last=JANUARY)

    assert [event.name for event in around(BORLANGE, happened).near] == [
        "JeWe BUP Borlänge",
        "Moment BUP Borlänge",
    ]
    assert [event.name for event in around(MOMENT, happened).near] == ["JeWe BUP Borlänge"]
    assert around(MORA, happened).near == ()
    assert len(around(MORA, happened).elsewhere) == 4
    assert around(BORLANGE, happened).since(NOVEMBER).near == around(BORLANGE, happened).near[-1:]


def test_the_reports_growth_is_divided_over_old_clinics_and_new_ones():
    found = old_and_new(patients(DECEMBER), patients(DECEMBER_2023))

    assert (found.before, found.now) == (5569, 7317)
    assert (found.same, found.same_change) == (7, 413)
    assert [clinic.code for clinic in found.came] == ["borlange-jewe", "hedemora-kiron"]
    assert (found.came_sum, found.went) == (897 + 438, ())
    assert found.same_change + found.came_sum - found.went_sum == found.change == 1748


def test_a_clinic_that_went_takes_its_patients_out_of_the_sum():
    gone = [(clinic, Figure() if clinic.code == "mora" else figure) for clinic, figure in patients(DECEMBER)]

    found = old_and_new(gone, patients(DECEMBER_2023))

    assert ([clinic.code for clinic in found.went], found.went_sum) == (["mora"], 788)
    assert found.same_change + found.came_sum - found.went_sum == found.change


def test_a_clinic_whose_entry_in_the_register_was_edited_is_the_same_clinic():
    edited = [(replace(clinic, opened_note="Rättad"), figure) for clinic, figure in patients(DECEMBER)]

    growth_by_clinic = old_and_new(edited, patients(DECEMBER_2023))

    assert (growth_by_clinic.same, growth_by_clinic.same_change) == (7, 413)
    assert (growth_by_clinic.came_sum, growth_by_clinic.went) == (897 + 438, ())


def test_without_one_of_the_periods_nothing_is_divided():
    assert old_and_new(patients(DECEMBER), patients(OCTOBER)) is None


# The neighbours of an event


def beside_of(name, values, now):
    event = next(one for one in events(CLINICS, first=FIRST, last=JANUARY) if one.name == name)
    figures = {code: Figure(value=value) for code, value in now.items()}
    return beside(event, CLINICS, values, figures, DALARNA)


def test_beside_an_opening_stand_the_other_clinics_of_the_municipality_the_month_before_and_now():
    found = beside_of(
        "Moment BUP Borlänge",
        {"borlange": {OCTOBER: 1160}, "borlange-jewe": {OCTOBER: 840}, "falun": {OCTOBER: 870}},
        {"borlange": 1151, "borlange-jewe": 897, "falun": 864},
    )

    assert {clinic.code for clinic in found.clinics} == {"borlange", "borlange-jewe"}
    assert (found.before, found.now, found.change) == (2000, 2048, 48)
    assert found.percent == pytest.approx(2.4)
    assert found.is_same_municipality
    assert found.own.value is None


def test_only_clinics_with_both_months_are_compared():
    found = beside_of(
        "Moment BUP Borlänge", {"borlange": {OCTOBER: 1160}}, {"borlange": 1151, "borlange-jewe": 897}
    )

    assert [clinic.code for clinic in found.clinics] == ["borlange"]
    assert (found.before, found.now) == (1160, 1151)


def test_alone_in_its_municipality_it_is_told_beside_the_nearest_one_with_a_clinic():
    october = Month(2023, 10)

    found = beside_of(
        "Kiron Care BUP Hedemora", {"avesta": {october: 690}}, {"avesta": 743, "hedemora-kiron": 438}
    )

    assert (found.municipality, found.is_same_municipality) == ("Avesta", False)
    assert (found.before, found.now, found.own.value) == (690, 743, 438)


def test_a_clinic_not_open_the_month_before_is_no_neighbour_yet():
    found = beside_of("JeWe BUP Borlänge", {"borlange": {SEPTEMBER: 1253}}, {"borlange": 1151})

    assert [clinic.code for clinic in found.clinics] == ["borlange"]
    assert found.change == 1151 - 1253


def test_without_figures_the_event_stands_there_with_none():
    found = beside_of("Moment BUP Borlänge", {}, {})

    assert (found.before, found.now, found.change, found.percent) == (None, None, None, None)


# Where


def test_the_seats_are_those_of_the_facts():
    with (FACTS / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert sorted(OF_DALARNA, key=lambda one: one.code) == sorted(
        (
            Municipality(row["code"], row["name"], float(row["seat_lat"]), float(row["seat_lon"]))
            for row in rows
        ),
        key=lambda one: one.code,
    )


@pytest.mark.parametrize(
    ("name", "expected", "km"), [("Orsa", "Mora", 13), ("Älvdalen", "Mora", 37), ("Säter", "Hedemora", 15)]
)
def test_the_nearest_municipality_is_by_the_straight_line(name, expected, km):
    code = next(code for code, municipality in DALARNA.names.items() if municipality == name)

    nearest = DALARNA.nearest(code, {clinic.municipality_code for clinic in CLINICS})

    assert nearest.name == expected
    assert nearest.km == pytest.approx(km, abs=1.5)


def test_the_distance_is_that_of_a_flat_map_so_near():
    """Orsa to Ludvika by Pythagoras: a degree is 111.195 km north and cos(60.6°) of that east."""
    north, east = 0.97075 * 111.195, 0.57226 * 111.195 * 0.4909

    seats = {one.code: one for one in OF_DALARNA}
    assert distance_km(seats["2034"], seats["2085"]) == pytest.approx((north**2 + east**2) ** 0.5, rel=0.005)
    assert distance_km(seats["2084"], seats["2084"]) == 0


def test_the_county_is_told_from_north_to_south():
    names = [one.name for one in DALARNA.north_to_south]

    assert names[:3] == ["Älvdalen", "Orsa", "Mora"]
    assert len(set(names)) == 15
