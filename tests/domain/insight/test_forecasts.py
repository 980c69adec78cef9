"""Forecasts: each method and each error against numbers that others printed, the rest by what must hold of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.insight.statistics import forecasts
from portal.domain.insight.statistics.forecasts import (
    AHEAD,
    FEWEST_MONTHS,
    SEASON,
    Method,
    Trials,
    backtest,
    band,
    best_levels,
    choose,
    drift,
    exponential_smoothing,
    forecast,
    mean_absolute_error,
    mean_absolute_scaled_error,
    quantile,
    seasonal_naive,
    slope_of,
    theta,
)
from tests.bench import histories


# Australian beer in megalitres a quarter, from the first of 1992 to the second of 2010 (R's fpp2, ausbeer).
BEER = """
443 410 420 532 433 421 410 512 449 381 423 531 426 408 416 520 409 398 398 507 432 398 406 526 428 397 403 517
435 383 424 521 421 402 414 500 451 380 416 492 428 408 406 506 435 380 421 490 435 390 412 454 416 403 408 482
438 386 405 491 427 383 394 473 420 390 410 488 415 398 419 488 414 374
"""
QUARTERS = [float(count) for count in BEER.split()]
KNOWN, TO_COME = QUARTERS[:64], QUARTERS[64:]  # to the end of 2007


@pytest.mark.parametrize(
    ("guess", "printed_error", "printed_scaled"),
    # Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 2nd ed., 3.4, the table of the test set.
    [
        ("mean", 34.825, 2.44),
        ("newest", 57.400, 4.01),
        ("the year before", 13.400, 0.94),
    ],
)
def test_errors_are_the_printed_ones_of_australian_beer(guess, printed_error, printed_scaled):
    guesses = {
        "mean": [sum(KNOWN) / len(KNOWN)] * len(TO_COME),
        "newest": [KNOWN[-1]] * len(TO_COME),
        "the year before": (KNOWN[-4:] * 3)[: len(TO_COME)],
    }
    errors = [said - count for said, count in zip(guesses[guess], TO_COME, strict=True)]

    assert mean_absolute_error(errors) == pytest.approx(printed_error, abs=0.005)
    assert mean_absolute_scaled_error(errors, KNOWN, season=4) == pytest.approx(printed_scaled, abs=0.005)


def test_smoothing_is_the_worked_example():
    """S. Wong, Time Series Forecasting Exercise: sales of ten periods and what was forecast for the next, weight 0.3."""
    sales = [99, 88, 50, 58, 62, 60, 55, 62, 71, 65]
    printed = [99.0, 95.7, 82.0, 74.8, 71.0, 67.7, 63.9, 63.3, 65.6, 65.42]

    assert exponential_smoothing(sales, 0.3) == pytest.approx(printed, abs=0.05)


# Airline passengers in thousands, 1949 and 1950 (Box & Jenkins, series G), and what statsmodels 0.15.0 makes of them.
PASSENGERS = [112.0, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118]
PASSENGERS += [115, 126, 141, 135, 125, 149, 170, 170, 158, 133, 114, 140]


def test_smoothing_is_that_of_statsmodels():
    """SimpleExpSmoothing(initial_level=112).fit(smoothing_level=0.3, optimized=False)."""
    assert exponential_smoothing(PASSENGERS, 0.3)[-1] == pytest.approx(138.38846681)


def test_theta_is_that_of_statsmodels():
    """ThetaModel(period=12, deseasonalize=False): its level, weight, slope and forecasts."""
    slope, weight, level = 0.9704347826, 0.9998730522, 139.99669966
    ahead = theta(level, weight, slope, 24)

    assert slope_of(PASSENGERS) == pytest.approx(slope)
    assert (ahead[0], ahead[5], ahead[11]) == pytest.approx((140.48197866, 142.90806562, 145.81936996))


def test_drift_goes_on_along_the_line_between_the_ends_and_the_year_before_repeats_itself():
    assert drift([10, 99, 16])[:3] == [19, 22, 25]
    assert seasonal_naive(range(1, 31)) == list(range(19, 31))
    assert seasonal_naive([4, 7]) == [7] * AHEAD  # no year yet


def test_the_weight_is_the_one_that_would_have_been_off_least_until_then():
    steps = [10.0] * 8 + [30.0] * 8

    levels = best_levels(steps)

    assert levels[7] == (10, 0.1)  # all are equally good: the calmest
    assert levels[-1] == (pytest.approx(30), 1.0)  # follows at once


def test_scaled_error_has_no_scale_where_every_season_repeats_the_one_before():
    assert mean_absolute_scaled_error([1, 2], [5] * 30, season=SEASON) is None
    assert mean_absolute_scaled_error([1, 2], [5], season=SEASON) is None


def test_quantile_is_the_next_ones_with_room_for_it():
    """Lei et al. 2018, the ⌈(n + 1) · 0.8⌉ smallest: of nine the eighth; of three there is none, so the largest."""
    assert quantile([1, 2, 3, 4, 5, 6, 7, 8, 9], 0.8) == 8
    assert quantile([1, 2, 3], 0.8) == 3


def test_a_band_is_in_whole_persons_never_below_nobody_and_wider_the_farther_ahead():
    near, far = band(4.0, 0.5, 1), band(4.0, 0.5, 12)

    assert (near.low, near.high) == (2, 7)  # 1.5² and 2.5²
    assert (far.low, far.high) == (0, 12)
    assert band(9.0, 0.0, 12) == forecasts.ForecastStep(9.0, 9, 9)
    assert near.holds(7)
    assert not near.holds(8)


def test_another_method_is_taken_only_where_it_is_clearly_better_than_smoothing():
    errors = {Method.SMOOTHED: 100.0, Method.THETA: 76.0, Method.DRIFT: 80.0, Method.SEASONAL: 300.0}

    assert choose(errors) is Method.SMOOTHED
    assert choose(errors | {Method.DRIFT: 74.0}) is Method.DRIFT


@pytest.mark.parametrize(
    ("history", "method"),
    [
        ([100 + 5 * month for month in range(30)], Method.DRIFT),
        ([20 + 15 * (month % 12 in (8, 9, 10)) for month in range(48)], Method.SEASONAL),
        ([10, 14, 9, 11, 12, 8, 13, 10, 9, 12, 11, 10] * 2 + [14, 9, 12], Method.SMOOTHED),
    ],
)
def test_the_method_that_the_past_speaks_for_is_used(history, method):
    assert forecast([float(count) for count in history]).method is method


def test_what_is_said_after_a_month_rests_on_nothing_later():
    """Otherwise the printed error and coverage would be flattering."""
    months = histories.invent(1).waiting[:30]
    changed = [*months[:28], 9_999.0, 9_999.0]

    until_then = [trial.step for trial in backtest(months)[2]]
    with_change = [trial.step for trial in backtest(changed)[2]]
    before = sum(
        min(AHEAD, 30 - seen) for seen in range(12, 29)
    )  # trials from months that neither has changed

    assert until_then[:before] == with_change[:before]
    assert until_then[before:] != with_change[before:]


def test_trials_count_each_month_ahead_that_has_come():
    history = histories.invent(2).waiting[:FEWEST_MONTHS]

    trials = forecast(history).trials

    assert trials.count == sum(range(1, 13))  # from 12 months on: twelve ahead, then eleven …
    assert 0 <= trials.within <= trials.count
    assert trials.coverage == trials.within / trials.count


@given(st.lists(st.integers(0, 400).map(float), min_size=FEWEST_MONTHS, max_size=40))
def test_whatever_the_history_the_bands_hold_the_point_and_are_not_negative(history):
    steps = forecast(history).steps

    assert len(steps) == AHEAD
    assert all(0 <= step.low <= step.point <= step.high for step in steps)


def test_eight_of_ten_outcomes_lie_in_the_band_and_the_error_is_below_the_year_befores():
    """Nine of the fifty invented clinics; all of them, and the demo, with measure_forecast."""
    clinics = [histories.invent(number) for number in range(0, histories.CLINICS, 6)]
    assert {clinic.kind for clinic in clinics} == set(histories.KINDS)
    trials = [
        trial
        for clinic in clinics
        for measure in histories.MEASURES
        for trial in backtest(clinic.of(measure), first=FEWEST_MONTHS)[2]
    ]
    for ahead in (1, 3, 6, 12):
        of_horizon = [trial for trial in trials if trial.ahead == ahead]
        held = sum(trial.step.holds(trial.count) for trial in of_horizon) / len(of_horizon)
        ours, seasonal = (
            mean_absolute_error([said(trial) - trial.count for trial in of_horizon])
            for said in (lambda trial: trial.step.point, lambda trial: trial.seasonal)
        )

        assert 0.72 <= held <= 0.88, ahead
        assert ours < seasonal, ahead


@pytest.mark.parametrize(("within", "is_too_narrow"), [(64, True), (65, False), (80, False)])
def test_a_band_that_held_less_than_it_must_promises_too_much(within, is_too_narrow):
    trials = Trials(count=100, within=within, error=1, seasonal_error=1, scaled_error=1)

    assert trials.is_band_too_narrow is is_too_narrow
