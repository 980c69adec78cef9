"""What the demo's region and clinics answered beside the months: invented, labelled, and as published in sum."""

import csv

import pytest

from portal.demo import facts, inputs
from portal.domain.accounts.access import RegionUser
from portal.domain.registry.clinics import Clinic
from portal.services.insight import contract


CLINICS = {known.clinic.code: known.clinic for known in facts.list_clinics()}
REGION = RegionUser("region", "Vårdvalschef")


def published(indicator, part):
    with (facts.FACTS / "published.csv").open(encoding="utf-8", newline="") as file:
        (row,) = [
            row
            for row in csv.DictReader(file)
            if (row["period"], row["indicator"], row["breakdown"]) == ("2024", indicator, part)
        ]
    return int(row["value"])


@pytest.mark.parametrize("part", ["contacted", "visited"])
def test_as_many_clinics_were_contacted_and_visited_as_the_report_says(part):
    said = [fact for fact in inputs.medicine_unit() if fact.breakdown == part]

    assert {fact.clinic for fact in said} == set(CLINICS)
    assert sum(fact.value for fact in said) == published("medicine_unit_visits", part)


def test_the_regions_meetings_are_the_clinics_together():
    attended = {fact.clinic: fact.value for fact in inputs.medicine_unit() if not fact.breakdown}

    assert attended.pop("") == sum(attended.values())


def test_only_who_was_contacted_was_visited():
    assert set(inputs.VISITED) < set(inputs.CONTACTED)


def test_what_is_invented_says_so(own_demo):
    hours = [one for one in contract.list_answers(own_demo, REGION) if one.answer.demand == "telephone_hours"]
    levels = contract.list_levels(own_demo, REGION)

    assert {one.answer.clinic for one in hours} == set(CLINICS)
    assert all(one.answer.source.startswith("Exempeldata: påhittat") for one in hours)
    assert all(one.level.basis.startswith("Exempeldata: påhittat") for one in levels)
    assert all(fact.source == "Exempeldata: påhittat" for fact in inputs.medicine_unit())


def test_a_clinic_answers_from_the_day_it_opened():
    first = {}
    for one in inputs.telephone_hours():
        first.setdefault(one.clinic, one.since)

    assert all(_opened(CLINICS[code]) <= (day.year, day.month) for code, day in first.items())


def _opened(clinic: Clinic) -> tuple[int, int]:
    return (clinic.opened.year, clinic.opened.number) if clinic.opened else (2023, 1)
