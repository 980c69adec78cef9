"""What is on record behind a value, and where to look first."""

from dataclasses import replace

import pytest

from portal.domain.evidence import CLOCKS, Evidence, FirstCheck, SeriesBreak, neighbours
from portal.domain.indicators import INDICATORS_BY_CODE
from portal.domain.months import Month
from portal.domain.values import MissingReason


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
