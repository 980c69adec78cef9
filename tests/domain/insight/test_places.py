"""Municipalities put together from clinics, and where access is poor, by hand and by the report's table."""

from dataclasses import replace

import pytest

from portal.demo.facts import list_clinics
from portal.domain.insight.places import SHARES, SHOWN, TO_CLEAR, by_municipality
from portal.domain.registry.annual import FEWEST_CASES, Figure
from portal.domain.registry.clinics import Operator
from portal.domain.registry.indicators import PATIENTS
from portal.domain.registry.months import Month
from portal.domain.registry.region import DALARNA


# db/facts/clinics.csv: the register and the report's current patients
KNOWN = {known.clinic.code: known for known in list_clinics()}
DECEMBER = Month(2024, 12)
FIRST_VISITS = "first_visit_within_30d"


def share(numerator, denominator):
    return Figure(value=100 * numerator / denominator, numerator=numerator, denominator=denominator)


def places_of(*, now=DECEMBER, clinics=KNOWN, children=(), **figures):
    """Put the report's clinics together; `figures` are clinic (with _ for -) → indicator → figure."""
    given = {code.replace("_", "-"): found for code, found in figures.items()}
    known = [
        (
            one.clinic,
            {indicator.code: Figure() for indicator in SHOWN}
            | {PATIENTS: Figure(value=one.patients.get(now))}
            | given.get(code, {}),
        )
        for code, one in clinics.items()
    ]
    before = {code: Figure(value=one.patients.get(Month(2023, 12))) for code, one in clinics.items()}
    return by_municipality(
        known,
        before,
        last=DECEMBER,
        children=dict(children),
        population_year=2024 if children else None,
        region=DALARNA,
    )


def named(found, name):
    return next(place for place in found.places if place.name == name)


def test_all_fifteen_municipalities_are_there_from_north_to_south():
    found = places_of()

    assert sorted(place.code for place in found.places) == sorted(DALARNA.names)
    assert [place.name for place in found.places][:3] == ["Älvdalen", "Orsa", "Mora"]


@pytest.mark.parametrize(
    ("name", "clinics", "before", "now"),
    # the report's current patients, December 2023 and 2024, of the clinics with a value
    [
        ("Mora", 1, 788, 579),
        ("Borlänge", 3, 1248, 1151 + 897),
        ("Falun", 3, 929 + 639 + 756, 864 + 724 + 1435),
        ("Ludvika", 2, 509, 486),
        ("Avesta", 1, 700, 743),
        ("Hedemora", 1, None, 438),
    ],
)
def test_patients_are_the_sum_of_the_municipalitys_clinics(name, clinics, before, now):
    place = named(places_of(), name)

    assert (len(place.clinics), place.before.value, place.patients) == (clinics, before, now)


def test_the_county_is_the_sum_of_all_as_printed():
    county = places_of().county

    assert (county.before.value, county.patients, len(county.clinics)) == (5569, 7317, 11)
    assert county.count(Operator.PRIVATE) == 6


def test_mora_has_fallen_most():
    found = places_of()

    assert found.largest_fall.name == "Mora"
    assert found.largest_fall.grown == pytest.approx(-26.5, abs=0.05)
    assert named(found, "Hedemora").grown is None


def test_a_clinic_that_owes_its_value_makes_no_fall():
    """BUP Falun not in: a sum without it would read as a loss of 7 of 10 patients."""
    found = places_of(falun={PATIENTS: Figure()})

    assert (named(found, "Falun").silent, named(found, "Falun").grown) == (1, None)
    assert found.county.grown is None


def test_a_municipality_whose_only_clinic_has_closed_looks_elsewhere():
    mora = KNOWN["mora"]
    closed = replace(mora, clinic=replace(mora.clinic, closed=Month(2024, 6)))

    found = places_of(clinics=KNOWN | {"mora": closed}, mora={PATIENTS: Figure()})

    place = named(found, "Mora")
    assert (place.clinics, place.silent) == ((), 0)
    assert place.nearest.name == "Falun"  # 74 km; Borlänge lies two further away
    assert place.before.value == 788
    assert place in found.without_clinic


def test_nine_municipalities_have_no_clinic_and_five_of_them_look_to_mora():
    found = places_of()

    assert len(found.without_clinic) == 9
    assert [place.name for place in found.depend_on("2062")] == [
        "Älvdalen",
        "Orsa",
        "Rättvik",
        "Malung-Sälen",
        "Vansbro",
    ]
    assert [place.name for place in found.farthest] == ["Malung-Sälen", "Vansbro"]  # 58 km both
    assert named(found, "Mora").nearest is None


def test_shares_are_all_numerators_over_all_denominators():
    found = places_of(borlange={FIRST_VISITS: share(9, 10)}, borlange_jewe={FIRST_VISITS: share(10, 30)})

    of = named(found, "Borlänge").of(FIRST_VISITS)
    assert (of.value, of.numerator, of.denominator) == (100 * 19 / 40, 19, 40)


def test_the_lowest_share_is_of_those_with_enough_cases():
    few = FEWEST_CASES - 1
    found = places_of(
        mora={FIRST_VISITS: share(0, few)},
        avesta={FIRST_VISITS: share(10, FEWEST_CASES)},
        ludvika={FIRST_VISITS: share(15, FEWEST_CASES)},
    )

    assert found.lowest(FIRST_VISITS).name == "Avesta"
    assert found.lowest(SHARES[1]) is None


def test_one_municipality_with_enough_cases_is_compared_with_nobody():
    assert places_of(avesta={FIRST_VISITS: share(10, 50)}).lowest(FIRST_VISITS) is None


def test_the_slowest_queue_is_the_one_that_takes_longest_to_clear():
    found = places_of(
        mora={TO_CLEAR: Figure(value=5.0, numerator=40, denominator=8)},
        avesta={TO_CLEAR: Figure(value=8.0, numerator=64, denominator=8)},
    )

    assert found.slowest.name == "Avesta"


def test_patients_per_1000_children_where_the_population_is_known():
    found = places_of(children={"2062": 4000})

    assert named(found, "Mora").per_1000 == pytest.approx(144.75)
    assert named(found, "Falun").per_1000 is None
    assert found.population_year == 2024
    assert places_of().population_year is None


def test_without_any_clinic_nothing_is_near():
    found = places_of(clinics={})

    assert {place.nearest for place in found.places} == {None}
    assert (found.largest_fall, found.slowest) == (None, None)
