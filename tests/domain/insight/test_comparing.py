"""Clinics beside each other: the funnel, what a place in it means, and who moves the region."""

import pytest

from portal.demo.facts import list_clinics
from portal.domain.insight.comparing import few_cases, funnel, moved, position_of, stands_out, without
from portal.domain.insight.statistics.funnel import FunnelPlace
from portal.domain.registry.annual import Figure
from portal.domain.registry.indicators import INDICATORS_BY_CODE, PATIENTS, Better
from portal.domain.release.standing import Position
from portal.ui.words import sentences


SHARE = INDICATORS_BY_CODE["first_visit_within_30d"]
COUNT = INDICATORS_BY_CODE["care_plans"]
CLINICS = [known.clinic for known in list_clinics()]


def share_of(numerator, of):
    return Figure(value=100 * numerator / of, numerator=numerator, denominator=of)


FIGURES = [share_of(80, 100), share_of(240, 300), share_of(40, 80), share_of(1, 2), Figure()]


def test_the_funnel_stands_around_the_pooled_share_and_skips_those_without_value():
    found = funnel(FIGURES)

    assert found.average == pytest.approx(361 / 482)
    assert found.places == (
        FunnelPlace.WITHIN,
        FunnelPlace.ABOVE_95,
        FunnelPlace.BELOW_998,
        FunnelPlace.WITHIN,
        None,
    )
    assert funnel([Figure(), Figure()]) is None


def test_two_cases_are_never_called_different():
    assert funnel(FIGURES).places[3] is FunnelPlace.WITHIN


def test_the_curve_reaches_beyond_the_largest_clinic_and_narrows():
    curve = funnel(FIGURES).curve
    widths = [limits.high_998 - limits.low_998 for _, limits in curve]

    assert curve[0][0] == 1
    assert curve[-1][0] > 300
    assert widths == sorted(widths, reverse=True)


def test_allowing_for_spread_calls_fewer_different():
    spread = [share_of(count, 200) for count in (80, 100, 120, 140, 160, 100, 150)]
    strict, wide = funnel(spread), funnel(spread, allow_spread=True)

    assert strict.between == 0 < wide.between
    assert wide.places.count(FunnelPlace.WITHIN) > strict.places.count(FunnelPlace.WITHIN)


@pytest.mark.parametrize(
    ("place", "better", "position"),
    [
        (FunnelPlace.ABOVE_95, Better.HIGHER, Position.BETTER),
        (FunnelPlace.BELOW_998, Better.HIGHER, Position.WORSE),
        (FunnelPlace.ABOVE_998, Better.LOWER, Position.WORSE),
        (FunnelPlace.BELOW_95, Better.NEUTRAL, Position.BELOW),
        (FunnelPlace.WITHIN, Better.HIGHER, Position.LEVEL),
    ],
)
def test_a_place_means_what_the_direction_says(place, better, position):
    assert position_of(place, better) is position


def test_the_region_without_each_clinic_says_who_moves_it():
    assert without(SHARE, FIGURES, 1) == pytest.approx(100 * 121 / 182)
    assert without(SHARE, FIGURES, 4) is None


def test_of_counts_it_is_the_rate_that_is_compared():
    counts = [Figure(value=10, numerator=10, patients=100), Figure(value=90, numerator=90, patients=300)]

    assert [without(COUNT, counts, index) for index in range(2)] == [30, 10]


def test_a_clinic_far_from_the_others_stands_out_though_it_widens_the_spread_itself():
    """Seven alike and one ten times as high: with itself among them it could hide."""
    alike = [Figure(value=value, numerator=value, patients=100) for value in (10, 11, 10, 9, 10, 11, 10)]
    far = Figure(value=100, numerator=100, patients=100)

    assert stands_out(COUNT, [*alike, Figure(), far]) == [False] * 8 + [True]
    assert stands_out(COUNT, alike) == [False] * 7
    assert stands_out(COUNT, [alike[0], alike[1], far]) == [False] * 3  # too few to compare with


def test_nobody_is_far_from_the_others_by_the_number_of_patients_for_clinics_differ_in_size():
    patients = INDICATORS_BY_CODE[PATIENTS]

    assert not any(stands_out(patients, [*[Figure(value=500)] * 7, Figure(value=9000)]))


def few(*shares):
    return few_cases(SHARE, list(zip(CLINICS, shares, strict=False)))


def test_who_has_a_handful_of_cases_lifts_or_lowers_the_mean_of_clinics():
    found = few(share_of(80, 100), share_of(60, 100), share_of(2, 2), share_of(9, 9), Figure())

    assert [clinic for clinic, _ in found.clinics] == CLINICS[2:4]
    assert (found.mean, found.mean_without) == (85, 70)
    text = sentences.pulled(found).replace("\u00a0", " ")
    assert text.startswith("Medeltalet lyfts av mottagningar med färre än 10 fall: ")
    assert f"{CLINICS[2].name} (100 % av 2 fall)" in text
    assert text.endswith("; utan dem 70,0 %.")
    assert "dras ned av" in sentences.pulled(few(share_of(80, 100), share_of(0, 3)))


def test_nothing_is_said_where_nobody_has_a_handful_all_have_or_the_mean_is_the_same():
    assert few(share_of(80, 100), share_of(5, 10)) is None
    assert few(share_of(1, 2), share_of(2, 3)) is None
    assert sentences.pulled(few(share_of(50, 100), share_of(1, 2))) == ""
    assert few_cases(COUNT, [(CLINICS[0], Figure(value=3, numerator=3, patients=100))]) is None


# Since last year


@pytest.mark.parametrize(
    ("now", "before", "position"),
    [
        (share_of(90, 100), share_of(50, 100), Position.BETTER),
        (share_of(50, 100), share_of(90, 100), Position.WORSE),
        (share_of(55, 100), share_of(50, 100), Position.LEVEL),
        (share_of(3, 3), share_of(1, 3), Position.LEVEL),  # a handful tells nothing
        (share_of(90, 100), Figure(), Position.UNKNOWN),
    ],
)
def test_a_year_differs_from_the_one_before_where_their_intervals_do_not_meet(now, before, position):
    assert moved(SHARE, now, before) is position


def test_a_number_of_patients_is_not_judged():
    assert moved(INDICATORS_BY_CODE[PATIENTS], Figure(value=900), Figure(value=100)) is Position.UNKNOWN
