"""Funnel limits, spread between clinics and outliers, against numbers printed by others."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.insight.statistics.funnel import (
    FunnelPlace,
    between_variance,
    funnel_limits,
    funnel_place,
    overdispersion,
)
from portal.domain.insight.statistics.outliers import FAR_OUT, leave_one_out, mean_and_spread


# UK Health Security Agency, PHEindicatormethods 093fd28, tests/testthat/testdata_funnel_prop_outputs.csv
PRINTED_AVERAGE = 0.80642448


@pytest.mark.parametrize(
    ("population", "low_95", "high_95", "low_998", "high_998"),
    [
        (1, 3.204264, 100, 0, 100),
        (5, 46.011039, 100, 26.039864, 100),
        (20, 63.326743, 97.958152, 53.341156, 100),
        (50, 69.691035, 91.593861, 63.375595, 97.909301),
        (102, 72.974925, 88.309971, 68.553233, 92.731663),
        (539, 77.306949, 83.977947, 75.38344, 85.901456),
        (5348, 79.583537, 81.701359, 78.972886, 82.31201),
    ],
)
def test_funnel_limits_are_those_that_phe_prints(population, low_95, high_95, low_998, high_998):
    limits = funnel_limits(population, PRINTED_AVERAGE)

    assert (100 * limits.low_95, 100 * limits.high_95) == pytest.approx((low_95, high_95), abs=2e-6)
    assert (100 * limits.low_998, 100 * limits.high_998) == pytest.approx((low_998, high_998), abs=2e-6)


@pytest.mark.parametrize(
    ("numerator", "denominator", "place"),
    # The same tests' testdata_funnel_prop_inputs.csv, column significance
    [
        (35078.4880, 41980, FunnelPlace.ABOVE_998),  # New Forest: High (0.001)
        (24803.6256, 31824, FunnelPlace.BELOW_998),  # Norwich: Low (0.001)
        (50050.7443, 61921, FunnelPlace.WITHIN),  # South Gloucestershire: Not significant
        (26789.2380, 33012, FunnelPlace.ABOVE_95),  # West Norfolk: High (0.025)
        (30277.5312, 37828, FunnelPlace.BELOW_95),  # North Devon: Low (0.025)
        (37216.4698, 45986, FunnelPlace.WITHIN),  # East Hampshire: Not significant
    ],
)
def test_places_in_the_funnel_are_those_that_phe_prints(numerator, denominator, place):
    limits = funnel_limits(denominator, PRINTED_AVERAGE)

    assert funnel_place(numerator / denominator, limits) is place


# Over-dispersion

# metafor 71ae8f5, README: 13 trials of the BCG vaccine (Colditz et al., JAMA 271 (1994), 698-702);
# printed there Q = 152.2330, and in its tests against Stata's metan tau² = 0.3088 (DerSimonian-Laird).
BCG_EFFECTS = [-0.8893, -1.5854, -1.3481, -1.4416, -0.2175, -0.7861, -1.6209]
BCG_EFFECTS += [0.0120, -0.4694, -1.3713, -0.3394, 0.4459, -0.0173]
BCG_CASES = [(4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619)]
BCG_CASES += [(33, 5036, 47, 5761), (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892)]
BCG_CASES += [(29, 7470, 45, 7232), (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338)]
BCG_CASES += [(27, 16886, 29, 17825)]


def test_the_spread_between_units_is_that_of_the_bcg_trials():
    errors = [sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)) for a, b, c, d in BCG_CASES]
    weights = [1 / error**2 for error in errors]
    centre = sum(w * y for w, y in zip(weights, BCG_EFFECTS, strict=True)) / sum(weights)
    scores = [(y - centre) / error for y, error in zip(BCG_EFFECTS, errors, strict=True)]

    assert sum(score**2 for score in scores) == pytest.approx(152.2330, abs=0.05)  # effects have 4 decimals
    assert between_variance(scores, errors) == pytest.approx(0.3088, abs=0.0005)


def test_no_more_spread_than_chance_gives_is_none():
    assert between_variance([0.5, -0.5, 0.3, -0.3], [0.1, 0.1, 0.2, 0.2]) == 0
    assert overdispersion([(50, 100), (100, 200), (75, 150), (60, 120), (40, 80)]) == 0


def test_clinics_that_differ_by_more_than_chance_widen_the_funnel():
    counts = [(10, 100), (30, 100), (50, 100), (70, 100), (90, 100), (20, 100), (80, 100)]
    between = overdispersion(counts)
    plain, wide = funnel_limits(100, 0.5), funnel_limits(100, 0.5, between=between)

    assert between > 0
    assert wide.low_95 < plain.low_95
    assert wide.high_998 > plain.high_998
    assert funnel_place(0.3, plain) is FunnelPlace.BELOW_998
    assert funnel_place(0.3, wide) is FunnelPlace.WITHIN


def test_one_clinic_far_out_does_not_hide_itself_by_widening_the_funnel():
    """Winsorised at 10 %: an eleventh clinic at 5 % among ten near 50 %."""
    near = [(48, 100), (52, 100), (50, 100), (47, 100), (53, 100), (49, 100), (51, 100), (50, 100)]
    counts = [*near, (52, 100), (48, 100), (5, 100)]
    average = sum(count for count, _ in counts) / sum(of for _, of in counts)

    limits = funnel_limits(100, average, between=overdispersion(counts))

    assert funnel_place(0.05, limits) is FunnelPlace.BELOW_998


def test_without_spread_the_widened_limits_are_about_the_plain_ones():
    """The arcsine scale gives PHE's printed limits at n = 539 and 5,348 within 0.2 percentage points."""
    for population in (539, 5348):
        plain = funnel_limits(population, PRINTED_AVERAGE)
        wide = funnel_limits(population, PRINTED_AVERAGE, between=1e-12)

        assert wide.low_95 == pytest.approx(plain.low_95, abs=0.002)
        assert wide.high_95 == pytest.approx(plain.high_95, abs=0.002)


@given(
    counts=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=15),
    of=st.integers(1, 500),
)
def test_the_funnel_narrows_outwards_to_inwards_and_holds_only_shares(counts, of):
    pairs = [(min(pair), max(pair)) for pair in counts]
    total = sum(most for _, most in pairs)
    average = sum(least for least, _ in pairs) / total if total else 0.5
    limits = funnel_limits(of, average, between=overdispersion(pairs))

    assert 0 <= limits.low_998 <= limits.low_95 <= average + 1e-9
    assert average - 1e-9 <= limits.high_95 <= limits.high_998 <= 1


# Outliers


def test_two_outliers_do_not_hide_one_another():
    """The series of DHIS2's own test of outlier detection, which expects 11 and 87 and nothing else."""
    months = [41, 48, 45, 46, 49, 41, 41, 49, 42, 47, 11, 87]

    assert far_out(months) == [11, 87]


def far_out(values):
    distances = leave_one_out(values)
    return [value for value, distance in zip(values, distances, strict=True) if abs(distance) >= FAR_OUT]


@given(
    usual=st.lists(st.integers(90, 110), min_size=8, max_size=20),
    odd=st.lists(st.one_of(st.integers(0, 20), st.integers(200, 1_000)), min_size=1, max_size=3),
)
def test_up_to_three_outliers_are_found_wherever_they_lie(usual, odd):
    distances = leave_one_out([*usual, *odd], floor=10)

    assert all(abs(distance) >= FAR_OUT for distance in distances[len(usual) :])
    assert all(abs(distance) < FAR_OUT for distance in distances[: len(usual)])


def test_the_outlier_of_nists_grubbs_example_is_found():
    """NIST/SEMATECH e-Handbook 1.3.5.17.1: eight measurements of uranium."""
    uranium = [199.31, 199.53, 200.19, 200.82, 201.92, 201.95, 202.18, 245.57]

    assert far_out(uranium) == [245.57]


def test_the_outlier_that_a_z_score_with_itself_among_its_own_can_never_find():
    """Eleven tens and a hundred: a modified z-score is 0, an ordinary one at most (n-1)/√n = 3.18."""
    assert leave_one_out([10] * 11 + [100], floor=1)[-1] == 90
    assert leave_one_out([10] * 11 + [100])[-1] is None  # no spread to measure by


def test_too_few_others_judge_nobody():
    assert leave_one_out([1, 500]) == [None, None]
    assert leave_one_out([]) == []


def test_steady_counts_keep_a_floor_on_their_spread():
    assert mean_and_spread([400] * 12) == (400, 3 * 40)  # 10 % of the mean
    assert mean_and_spread([64] * 12) == (64, 3 * 8)  # Poisson: √64
    assert mean_and_spread([1] * 12) == (1, 3 * 2)
