"""Control charts, against numbers printed by others; the portal's own rules about gaps and breaks."""

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.insight.statistics.control import (
    FEWEST_POINTS,
    Assurance,
    ControlLimits,
    Signal,
    SignalRule,
    assurance,
    p_chart,
    xmr_chart,
)


# NHS-R community, NHSRplotthedots 050b07d, tests/testthat/test-ptd_spc_standard.R: 20 numbers (R's
# set.seed(123); rnorm(20)), and what its printed snapshot _snaps/ptd_spc_standard.md says of them.
TWENTY = (
    [-0.56047565, -0.23017749, 1.55870831, 0.07050839, 0.12928774, 1.71506499, 0.46091621]
    + [-1.26506123, -0.68685285, -0.44566197, 1.22408180, 0.35981383, 0.40077145, 0.11068272]
    + [-0.55584113, 1.78691314, 0.49785048, -1.96661716, 0.70135590, -0.47279141]
)
ABOVE, BELOW = True, False


def rules(chart):
    return [found.rule if found else None for found in chart.signals]


def marked(chart, rule):
    return [index for index, found in enumerate(chart.signals) if found and found.rule is rule]


# Limits


def test_limits_of_single_values_are_those_of_the_nist_handbook():
    """NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: flowrate of 10 batches.

    Printed: mean 50.81, mean moving range 1.8778, limits 55.8041 and 45.8159 (with 3/1.128; ours is the
    rounded 2.66, hence the tolerance).
    """
    limits = xmr_chart([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]).latest

    assert limits.mean == pytest.approx(50.81)
    assert (limits.high - limits.mean) / 2.66 == pytest.approx(1.8778, abs=0.0001)
    assert (limits.low, limits.high) == pytest.approx((45.8159, 55.8041), abs=0.002)


def test_limits_are_those_that_plotthedots_prints():
    limits = xmr_chart(TWENTY).latest

    assert limits.mean == pytest.approx(0.1416238, abs=1e-7)
    assert (limits.low, limits.high) == pytest.approx((-3.01138, 3.294627), abs=1e-6)


def test_a_jump_is_dropped_from_the_moving_ranges_once_as_plotthedots_prints():
    """Its second snapshot: the 15th value is 10."""
    limits = xmr_chart([*TWENTY[:14], 10, *TWENTY[15:]]).latest

    assert limits.mean == pytest.approx(0.6694159, abs=1e-7)
    assert (limits.low, limits.high) == pytest.approx((-2.383666, 3.722497), abs=1e-6)


def test_near_a_limit_is_two_thirds_of_the_way_out():
    """NHSRplotthedots 050b07d, R/ptd_spc_standard.R: limitclose = 2 · (2.66 / 3)."""
    limits = xmr_chart(TWENTY).latest

    assert limits.near_high == pytest.approx(0.1416238 + (3.294627 - 0.1416238) * 2 / 3, abs=1e-6)
    assert limits.near_low == pytest.approx(0.1416238 - (0.1416238 + 3.01138) * 2 / 3, abs=1e-6)


def test_limits_of_shares_are_those_of_montgomerys_orange_juice_cans():
    """Montgomery, Introduction to Statistical Quality Control, example of the fraction nonconforming chart.

    30 samples of 50 cans, also the 30 wafers of NIST 6.3.3.2. Printed: 347 of 1,500, mean 0.2313, limits
    0.4102 and 0.0524; samples 15 and 23 lie above.
    """
    cans = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7]
    chart = p_chart([*cans, 13, 9, 6], [50] * 30)

    assert chart.latest.mean == pytest.approx(0.2313, abs=0.00005)
    assert (chart.latest.low, chart.latest.high) == pytest.approx((0.0524, 0.4102), abs=0.0001)
    assert marked(chart, SignalRule.OUTSIDE) == [14, 22]


def test_a_small_denominator_has_wide_limits_and_none_leaves_0_to_100_percent():
    chart = p_chart([4, 90, 2, 45], [5, 100, 4, 50])
    small, large = chart.limits[0], chart.limits[1]

    assert small.high == 1
    assert small.low < large.low < large.high < 1


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=40))
def test_limits_of_shares_are_shares(pairs):
    chart = p_chart([min(pair) for pair in pairs], [max(pair) for pair in pairs])

    assert all(0 <= found.low <= found.mean <= found.high <= 1 for found in chart.limits if found)


def test_limits_that_no_value_can_reach_are_clipped():
    limits = xmr_chart([2, 30, 1, 28, 3, 95, 4], floor=0, ceiling=100).latest

    assert (limits.low, limits.high) == (0, 100)


# Points: the tests of NHSRplotthedots 050b07d, tests/testthat/test-ptd_calculate_point_type.R, with the
# series preceded by what makes it long enough


def chart_of(tail, *, quiet=8):
    """Chart what is given after quiet points that lie on both sides by turns."""
    return xmr_chart([*([0.9, -0.9] * (quiet // 2)), *tail])


def test_a_point_outside_the_limits_is_a_signal_whatever_else_it_is():
    chart = chart_of([0.9, -0.9, 0.9, -0.9, 12])

    assert chart.signals[-1] == Signal(SignalRule.OUTSIDE, ABOVE)


@pytest.mark.parametrize(
    ("series", "expected"),
    # ptd_seven_point_trend: six points, a step of nothing, seven up, nine of which seven, and down
    [
        ([1, 2, 3, 4, 5, 6], []),
        ([1, 2, 3, 3, 4, 5, 6], []),
        ([1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3, 4, 5, 6]),
        ([2, 1, 2, 3, 4, 5, 6, 7, 3], [1, 2, 3, 4, 5, 6, 7]),
        ([7, 6, 5, 4, 3, 2, 1], [0, 1, 2, 3, 4, 5, 6]),
        ([2, 7, 6, 5, 4, 3, 2, 1, 3], [1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_seven_points_in_one_direction_are_a_trend(series, expected):
    quiet = 20
    scaled = [0.1 * (value - 4) for value in series]  # well within the limits that the quiet points set
    first_step = [0.1 * (series[0] - 4)]  # a level step before, so that the quiet points don't join the trend
    chart = xmr_chart([*([0.9, -0.9] * (quiet // 2)), *first_step, *scaled])

    assert [index - quiet - 1 for index in marked(chart, SignalRule.TREND)] == expected


def test_a_trend_says_which_way_it_goes():
    rising = xmr_chart([*([0.9, -0.9] * 5), -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3])
    falling = xmr_chart([*([0.9, -0.9] * 5), 0.3, 0.2, 0.1, 0.0, -0.1, -0.2, -0.3])

    assert rising.signals[-1] == Signal(SignalRule.TREND, ABOVE)
    assert falling.signals[-1] == Signal(SignalRule.TREND, BELOW)


@pytest.mark.parametrize(
    ("three", "expected"),
    # ptd_two_in_three and ptd_part_of_two_in_three: near, far; only the near ones are marked
    [
        ((4.5, 0.5, 4.5), [0, 2]),
        ((0.5, 4.5, 4.5), [1, 2]),
        ((4.5, 4.5, 0.5), [0, 1]),
        ((4.5, -0.5, 4.5), []),  # not all on one side of the mean
        ((4.5, -4.5, 0.5), []),
        ((0.5, 4.5, 0.5), []),
    ],
)
def test_two_of_three_near_the_same_limit_are_a_signal(three, expected):
    quiet = 24
    chart = xmr_chart([*([0.9, -0.9] * (quiet // 2)), *three, -0.9, 0.9, -0.9])
    limits = chart.latest

    assert limits.near_high < 4.5 < limits.high
    assert [index - quiet for index in marked(chart, SignalRule.NEAR)] == expected


def test_points_near_opposite_limits_are_no_signal_as_in_plotthedots():
    """test-ptd_spc_standard.R: 1 and -1 by turns, then 5.5 and -5.5; both are common cause."""
    chart = xmr_chart([*([1, -1] * 7), 5.5, -5.5])

    assert rules(chart)[-2:] == [None, None]


@pytest.mark.parametrize(
    ("tail", "expected"),
    # ptd_seven_point_one_side_mean: six are none, eight are all eight, and the one on the other side is not
    [
        ([0.4, 0.6] * 3 + [-0.9], []),
        ([0.4, 0.6] * 4 + [-0.9], [0, 1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_seven_points_on_one_side_of_the_mean_are_a_signal(tail, expected):
    start = [0.9, -0.9] * 8
    series = [*start, *tail, *([-0.7, 0.1, -0.8] * 3)]
    chart = xmr_chart(series)

    assert -0.1 < chart.latest.mean < 0.1
    assert [index - len(start) for index in marked(chart, SignalRule.ONE_SIDE)] == expected


def test_a_point_on_the_mean_ends_a_run():
    chart = xmr_chart([1, -1, 1, -1, 1, -1, 1, -1, 1, 1, 1, 0, 1, 1, 1, -1, -1, -1, -1, -1, -1])

    assert chart.latest.mean == 0
    assert SignalRule.ONE_SIDE not in rules(chart)


def test_the_strongest_reason_is_given():
    """NHSRplotthedots: outside the limits, then trend, then two of three, then seven on one side."""
    rising_through = xmr_chart([*([0.9, -0.9] * 8), 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 9])

    assert rising_through.signals[-1].rule is SignalRule.OUTSIDE
    assert rising_through.signals[-2].rule is SignalRule.TREND


def test_runs_count_how_long_a_series_has_stayed_on_its_side():
    chart = xmr_chart([1, -1, 1, -1, -1, -1, 1, 1])

    assert chart.runs == (1, 1, 1, 1, 2, 3, 1, 2)


# Gaps and breaks


def test_too_few_points_have_limits_but_no_signals():
    short = [1, -1] * 5 + [1, 30]

    assert len(short) == FEWEST_POINTS - 1
    assert set(xmr_chart(short).signals) == {None}
    assert xmr_chart(short).latest is not None
    assert xmr_chart([-1, *short]).signals[-1] == Signal(SignalRule.OUTSIDE, ABOVE)


def test_a_missing_value_is_no_zero_has_no_limits_and_no_signal():
    with_gap = xmr_chart([10, 12, 11, None, 13, 12, 10])
    without = [10, 12, 11, 13, 12, 10]

    assert with_gap.latest.mean == sum(without) / len(without)
    assert with_gap.limits[3] is with_gap.signals[3] is None
    assert with_gap.runs[3] == 0


def test_no_moving_range_reaches_across_a_gap():
    """Two levels with a gap between: the step from one to the other is nobody's moving range."""
    chart = xmr_chart([10, 12, 10, 12, None, 50, 52, 50, 52])

    assert chart.latest.high - chart.latest.mean == pytest.approx(2.66 * 2)


def test_no_run_of_points_reaches_across_a_gap():
    joined = [*([1, -1] * 6), -1, 0.5, 0.6, 0.5, 0.6, 0.5, 0.6, 0.5, *([-0.6, -0.5, 0.1] * 3)]
    parted = [*joined[:16], None, *joined[16:]]

    assert SignalRule.ONE_SIDE in rules(xmr_chart(joined))
    assert SignalRule.ONE_SIDE not in rules(xmr_chart(parted))


def test_after_a_break_the_limits_start_anew():
    before, after = [10, 12, 11, 10, 12], [50, 52, 51, 50, 52]
    chart = xmr_chart([*before, *after], breaks=[5])

    assert chart.limits[4] == xmr_chart(before).latest
    assert chart.limits[5] == chart.latest == xmr_chart(after).latest


def test_a_stretch_after_a_break_must_be_long_enough_itself():
    long, short = [1.0, -1.0] * 10, [30.0, 1.0, 60.0]

    assert set(xmr_chart([*long, *short], breaks=[20]).signals) == {None}


def test_a_share_without_cases_is_a_gap():
    chart = p_chart([5, 0, None, 6], [10, 0, 10, 10])

    assert [found is None for found in chart.limits] == [False, True, True, False]
    assert chart.latest.mean == pytest.approx(11 / 20)


@given(
    values=st.lists(st.one_of(st.none(), st.integers(0, 60)), max_size=50),
    breaks=st.lists(st.integers(0, 50), max_size=3),
)
def test_every_point_with_limits_has_a_value_and_no_other_has_a_signal(values, breaks):
    chart = xmr_chart(values, breaks=breaks, floor=0)

    assert len(chart.limits) == len(chart.signals) == len(chart.runs) == len(values)
    for value, limits, signal in zip(values, chart.limits, chart.signals, strict=True):
        assert limits is None or (value is not None and limits.low <= limits.mean <= limits.high)
        assert signal is None or limits is not None


def test_nothing_is_charted_of_nothing():
    assert xmr_chart([]).latest is None
    assert xmr_chart([4]).latest is None
    assert xmr_chart([None, 4, None, 5]).latest is None


# Assurance


@pytest.mark.parametrize(
    ("low", "mean", "high", "when_higher", "when_lower"),
    # NHSRplotthedots 050b07d, test-ptd_calculate_assurance_type.R: target 4
    [
        (1, 2, 3, Assurance.FAIL, Assurance.PASS),
        (5, 6, 7, Assurance.PASS, Assurance.FAIL),
        (1, 4, 5, Assurance.HIT_OR_MISS, Assurance.HIT_OR_MISS),
    ],
)
def test_assurance_is_the_target_beside_the_limits(low, mean, high, when_higher, when_lower):
    limits = ControlLimits(mean, low, high, nan, nan)

    assert assurance(limits, 4, higher_is_better=True) is when_higher
    assert assurance(limits, 4, higher_is_better=False) is when_lower


def test_assurance_follows_the_latest_limits():
    """The same file's rebase: the last stretch decides."""
    chart = xmr_chart([1, 2, 1, 2, 9, 10, 9, 10], breaks=[4])

    assert assurance(chart.latest, 5, higher_is_better=True) is Assurance.PASS
