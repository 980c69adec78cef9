"""What is on record behind a value, and where to look first."""

from dataclasses import replace

import pytest

from portal.domain.insight.evidence import CLOCKS, Evidence, FirstCheck, SeriesBreak, largest_leap, neighbours
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import MissingReason


CLEAN = Evidence(owed=12, reported=12, below=12)
BREAK = SeriesBreak(month=Month(2024, 6), reason="Nytt journalsystem", is_everyones=True)


# Two-sided sign test, the tables' critical values at 5 %: 6 of 6, 8 of 8, 9 of 10, 10 of 12.
@pytest.mark.parametrize(
    ("below", "above", "is_steady"),
    [
        (6, 0, True),
        (5, 0, False),
        (8, 0, True),
        (7, 1, False),
        (1, 9, True),
        (2, 8, False),
        (2, 10, True),
        (9, 3, False),
        (0, 0, False),
    ],
)
def test_months_point_one_way_when_chance_seldom_does(below, above, is_steady):
    assert replace(CLEAN, below=below, above=above).is_steady is is_steady


def test_five_months_can_never_say_that_they_point_one_way():
    assert not replace(CLEAN, below=5).can_be_steady
    assert replace(CLEAN, below=6).can_be_steady


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({}, FirstCheck.CLOCK),
        ({"below": 7, "above": 5}, FirstCheck.UNSTEADY),
        ({"owed": 2, "reported": 2, "below": 2}, FirstCheck.FEW_MONTHS),
        ({"corrected": 1}, FirstCheck.CORRECTED),
        ({"corrected": 1, "confirmed": 1}, FirstCheck.CONFIRMED),
        ({"reported": 11, "confirmed": 1}, FirstCheck.GAPS),
        ({"without_value": ((MissingReason.NOT_MEASURED, 2),)}, FirstCheck.GAPS),
        ({"breaks": (BREAK,), "reported": 11, "confirmed": 1}, FirstCheck.BREAK),
    ],
)
def test_the_registrations_own_traces_are_looked_at_before_the_way_of_working(changes, check):
    assert replace(CLEAN, **changes).first_check is check


def test_the_three_clocks_stand_beside_each_other_and_beside_the_queues():
    assert all(neighbours(clock) == CLOCKS for clock in CLOCKS)
    assert neighbours(INDICATORS_BY_CODE["waiting_investigation"]) == CLOCKS
    assert neighbours(INDICATORS_BY_CODE["care_plans"]) == ()


# One month in which everyone leaps

MONTHS = months_between(Month(2024, 1), Month(2024, 5))


def by_month(*values):
    return dict(zip(MONTHS, values, strict=True))


def test_everyone_leaping_far_in_one_month_looks_like_a_change_of_system():
    found = largest_leap(MONTHS, by_month(50, 52, 51, 71, 70), [by_month(50, 52, 51, 70, 70)] * 9)

    assert (found.month, found.step, found.usual) == (Month(2024, 4), 20, 1.5)
    assert (found.same_way, found.clinics) == (9, 9)
    assert found.is_like_a_change_of_system


@pytest.mark.parametrize(
    ("region", "clinics"),
    [
        ((50, 54, 58, 62, 66), [(50, 54, 58, 62, 66)] * 9),  # gradual
        ((50, 52, 51, 71, 70), [(50, 52, 51, 71, 70), (50, 50, 50, 49, 50)]),  # not everyone
    ],
)
def test_a_gradual_change_or_one_of_some_does_not(region, clinics):
    found = largest_leap(MONTHS, by_month(*region), [by_month(*own) for own in clinics])

    assert not found.is_like_a_change_of_system


def test_a_clinic_without_both_months_is_not_asked_and_few_steps_say_nothing():
    found = largest_leap(MONTHS, by_month(50, 52, 51, 71, 70), [by_month(50, 52, None, 71, 70)])

    assert (found.same_way, found.clinics) == (0, 0)
    assert largest_leap(MONTHS, by_month(50, 52, 51, None, None), []) is None
