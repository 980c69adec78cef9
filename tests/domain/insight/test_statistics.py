"""Intervals, against numbers printed by others."""

from math import exp, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.insight.statistics.shares import byars_interval, ratio_interval, wilson_interval


@pytest.mark.parametrize(
    ("cases", "of", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998), 857-872, Table I, method 3 (score without correction)
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_is_that_of_newcombes_table(cases, of, low, high):
    assert wilson_interval(cases, of) == pytest.approx((low, high), abs=0.00005)


def test_without_cases_there_is_no_interval():
    assert wilson_interval(0, 0) is None


@given(of=st.integers(1, 5_000), data=st.data())
def test_wilsons_interval_holds_the_share_lies_within_0_and_1_and_mirrors(of, data):
    cases = data.draw(st.integers(0, of))

    low, high = wilson_interval(cases, of)
    other_low, other_high = wilson_interval(of - cases, of)

    assert 0 <= low <= cases / of + 1e-12
    assert cases / of - 1e-12 <= high <= 1
    assert (low, high) == pytest.approx((1 - other_high, 1 - other_low))


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # Exact 95 % Poisson limits, as in every printed table (e.g. Biometrika Tables for Statisticians I,
    # table 40). Byar's approximation is known to be within 1 % from about 10 events on.
    [
        (10, 4.7954, 18.3904),
        (20, 12.2165, 30.8884),
        (50, 37.1110, 65.9188),
        (100, 81.3638, 121.6273),
    ],
)
def test_byars_interval_is_within_one_percent_of_the_exact_one(count, low, high):
    assert byars_interval(count) == pytest.approx((low, high), rel=0.01)


@given(count=st.integers(20, 120))
def test_byars_limits_leave_two_and_a_half_percent_on_each_side(count):
    """The definition itself: a Poisson with the limit as its mean reaches the count 2.5 % of the time."""

    def at_most(events, mean):
        return sum(exp(-mean) * mean**n / factorial(n) for n in range(events + 1))

    low, high = byars_interval(count)

    assert 1 - at_most(count - 1, low) == pytest.approx(0.025, rel=0.05)
    assert at_most(count, high) == pytest.approx(0.025, rel=0.05)


def test_of_no_events_the_interval_starts_at_zero():
    low, high = byars_interval(0)

    assert low == 0
    assert high == pytest.approx(3.6889, rel=0.1)  # exact: -ln 0.025; Byar's is rough this low


@given(count=st.integers(0, 100_000))
def test_byars_interval_holds_the_count(count):
    low, high = byars_interval(count)

    assert 0 <= low <= count < high


@pytest.mark.parametrize(
    ("smokers", "their_years", "others", "other_years", "ratio", "low", "high"),
    # Rothman, Greenland & Lash, Modern Epidemiology (2008), table 15-2, deaths and person-years of British
    # doctors; the limits as printed in metafor 71ae8f5, tests/testthat/test_analysis_example_rothman2008.r
    [
        (32, 52_407, 2, 18_790, 5.7366, 1.3748, 23.9371),
        (104, 43_248, 12, 10_673, 2.1388, 1.1767, 3.8876),
        (102, 5_317, 31, 1_462, 0.9047, 0.6053, 1.3524),
        (630, 142_247, 101, 39_220, 1.7198, 1.3940, 2.1219),
    ],
)
def test_the_interval_of_a_quotient_of_counts_is_that_of_the_british_doctors(
    smokers, their_years, others, other_years, ratio, low, high
):
    per_year = other_years / their_years
    found = ratio_interval(smokers, others)

    assert smokers / others * per_year == pytest.approx(ratio, abs=0.00005)
    assert (found[0] * per_year, found[1] * per_year) == pytest.approx((low, high), abs=0.0001)


def test_a_quotient_with_nothing_above_or_below_has_no_interval():
    assert ratio_interval(0, 5) is None
    assert ratio_interval(5, 0) is None
