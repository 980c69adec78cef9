"""How long a queue lasts and what it takes, against numbers printed by others and a queue played through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.insight.statistics.queues import (
    DAYS_PER_MONTH,
    arrivals,
    load,
    months_to_clear,
    months_until_within,
    pressure,
    queue_within,
    required_starts,
    target_queue,
)


def test_a_queue_lasts_as_long_as_littles_wine():
    """Little & Graves, Little's Law, in Building Intuition (2008), 5.1: 160 bottles, 8 a month: 20 months."""
    assert months_to_clear(160, 8) == 20


def test_a_queue_from_which_nobody_starts_has_no_length_in_months():
    assert months_to_clear(12, 0) is None


@pytest.mark.parametrize(
    ("demand", "queue", "target", "steps", "printed"),
    # NHSRwaitinglist 0d85b69, tests/testthat/test-calc_relief_capacity.R (after Fong et al. 2022)
    [
        (30, 1200, 390, 26, 61.153846),
        (33, 800, 200, 30, 53),
        (35, 250, 100, 15, 45),
    ],
)
def test_the_starts_that_are_needed_are_the_printed_relief_capacity(demand, queue, target, steps, printed):
    """Ours sets the queue to reach by the longest wait; the printed one is given, so turn it into days."""
    days = target / demand * DAYS_PER_MONTH

    assert queue_within(demand, days) == pytest.approx(target)
    assert required_starts(queue, demand, steps, days=days) == pytest.approx(printed, abs=5e-7)


def test_the_queue_to_reach_is_the_arrivals_of_the_longest_wait():
    """NHSRwaitinglist's target queue (demand · wait): 30 a week and 13 weeks are 390."""
    assert queue_within(30, 13 * DAYS_PER_MONTH) == pytest.approx(390)


def test_load_target_and_pressure_are_the_printed_ones():
    """Fong et al. 2022 on ear, nose and throat, as printed in NHSRwaitinglist's walkthrough of its functions."""
    assert load(30, 27) == pytest.approx(1.111111, abs=5e-7)
    assert target_queue(30, 52 * DAYS_PER_MONTH) == pytest.approx(390)  # 30 a week and 52 weeks
    assert 1200 / target_queue(30, 52 * DAYS_PER_MONTH) == pytest.approx(3.076923, abs=5e-7)
    assert required_starts(1200, 30, 26, days=13 * DAYS_PER_MONTH) == pytest.approx(61.15385, abs=5e-6)
    assert pressure(63, 52) == pytest.approx(2.423077, abs=5e-7)
    assert pressure(24, 4) == 12


def test_a_queue_from_which_nobody_starts_has_no_load():
    assert load(30, 0) is None


def test_newcomers_are_the_change_and_those_who_started():
    assert arrivals(100, 110, 20) == 30
    assert arrivals(100, 60, 20) == 0  # some left for other reasons; nobody can join a negative number


def test_the_pace_that_is_needed_gets_there_on_the_day():
    starts = required_starts(120, 20, 6, days=30)

    assert months_until_within(120, 20, starts, days=30) == pytest.approx(6)


def test_a_queue_that_grows_as_fast_as_it_is_worked_off_never_gets_there():
    assert months_until_within(120, 20, 20, days=30) is None
    assert months_until_within(120, 20, 15, days=30) is None
    assert months_until_within(10, 20, 15, days=30) == 0


def test_the_day_must_lie_ahead():
    with pytest.raises(ValueError, match="positive"):
        required_starts(100, 20, 0, days=30)


@given(
    waiting=st.integers(0, 400),
    joining=st.floats(1, 60),
    months=st.integers(1, 18),
)
def test_with_the_needed_starts_nobody_waits_longer_in_a_queue_played_through(waiting, joining, months):
    """A queue as a tap and a drain, first in first out: how old is the oldest after those months?"""
    starts = required_starts(waiting, joining, months, days=30)

    left = waiting + joining * months - min(starts * months, waiting + joining * months)
    oldest_days = left / joining * DAYS_PER_MONTH if left <= joining * months else None

    assert oldest_days is not None
    assert oldest_days <= 30 + 1e-6


@given(waiting=st.integers(31, 400), joining=st.floats(1, 30), months=st.integers(1, 18))
def test_fewer_starts_than_needed_leave_somebody_waiting_longer(waiting, joining, months):
    fewer = required_starts(waiting, joining, months, days=30) - 1

    left = waiting + joining * months - fewer * months

    assert fewer < 0 or left > queue_within(joining, 30)
