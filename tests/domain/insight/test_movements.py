"""A month's movements: judged by the control chart, ranked by surprise and importance, joined to stories."""

from dataclasses import replace

import pytest

from portal.domain.insight.attention import HistoryMark
from portal.domain.insight.movements import Movement, movement, stories
from portal.domain.insight.series import charted, counts_of_figures
from portal.domain.insight.statistics.control import ControlLimits, Signal, SignalRule
from portal.domain.registry.annual import Figure
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month, months_between
from tests.measure_false_alarms import CLINIC, false_alarms


LIMITS = ControlLimits(10, 4, 16, 6, 14)  # a standard deviation of 2
OUTSIDE = SignalRule.OUTSIDE


def moved(indicator="sip_meetings", value=18.0, *, rule=OUTSIDE, run=1, is_new=True):
    return Movement(
        clinic=CLINIC,
        indicator=INDICATORS_BY_CODE[indicator],
        month=Month(2024, 12),
        value=value,
        before=10.0,
        limits=LIMITS,
        signal=Signal(rule, is_high=value > LIMITS.mean),
        run=run,
        is_new=is_new,
        is_returned=False,
    )


@pytest.mark.parametrize(
    ("indicator", "value", "mark"),
    [
        ("first_visit_within_30d", 18, HistoryMark.BETTER),
        ("first_visit_within_30d", 2, HistoryMark.WORSE),
        ("waiting_treatment", 18, HistoryMark.WORSE),
        ("active_patients", 18, HistoryMark.CHANGED),
    ],
)
def test_a_movement_is_better_or_worse_as_the_indicator_says(indicator, value, mark):
    assert moved(indicator, value).mark is mark


@pytest.mark.parametrize(
    ("found", "chance"),
    [
        (moved(value=16), 0.0027),  # three standard deviations, both sides: the normal distribution's table
        (moved(value=12, rule=SignalRule.ONE_SIDE, run=7), 2 / 2**7),
        (moved(value=12, rule=SignalRule.ONE_SIDE, run=10), 2 / 2**10),
        (moved(value=12, rule=SignalRule.TREND), 2 / 5040),  # one order of 7! up, one down
    ],
)
def test_surprise_is_how_unlikely_the_pattern_is(found, chance):
    assert 10**-found.surprise == pytest.approx(chance, rel=0.01)


def test_what_leaves_a_series_that_never_moved_is_no_more_than_just_outside():
    flat = replace(moved(value=1), before=0, limits=ControlLimits(0, 0, 0, 0, 0))

    assert flat.surprise == pytest.approx(moved(value=16).surprise, rel=0.01)


def test_what_the_contract_asks_for_goes_before_what_is_only_more_or_less():
    told = stories([moved("active_patients", value=17), moved("first_visit_within_30d", value=17)])

    assert [story.lead.indicator.code for story in told] == ["first_visit_within_30d", "active_patients"]


def test_a_queues_movements_are_one_story_led_by_the_weightiest():
    queue = ("waiting_treatment", "treatments_started", "months_to_clear_treatment")

    told = stories([moved(queue[0], 17), moved(queue[1], 17), moved(queue[2], 22), moved("care_plans", 17)])

    assert sorted(len(story.indicators) for story in told) == [1, 3]
    assert next(story for story in told if len(story.indicators) == 3).lead.indicator.code == queue[2]


def test_what_is_not_new_is_no_story():
    assert stories([moved(is_new=False)]) == []


def test_a_movement_is_what_the_chart_of_the_indicators_page_marks():
    months = months_between(Month(2023, 1), Month(2024, 6))
    indicator = INDICATORS_BY_CODE["months_to_clear_treatment"]
    figures = [Figure(value=value) for value in (5, 6) * 8 + (5, 12)]

    found = movement(CLINIC, indicator, months, counts_of_figures(indicator, figures))

    chart = charted(indicator, months, figures).chart
    assert (found.signal, found.limits) == (chart.signals[-1], chart.limits[-1])
    assert movement(CLINIC, indicator, months[:-1], counts_of_figures(indicator, figures[:-1])) is None


def test_where_nothing_has_changed_there_is_less_than_one_false_mark_a_clinic_and_month():
    marks, new, told = false_alarms(40, memory=0.5)

    assert 0 < told <= new <= 1
    assert new <= marks


def test_how_far_it_has_moved_is_counted_on_the_side_of_its_mark():
    rising = replace(moved(value=9.0), signal=Signal(SignalRule.TREND, is_high=True), before=8.5)

    assert moved(value=18.0).distance == 8  # from its mean, 10
    assert (rising.is_step, rising.distance) == (True, 0.5)  # still below the mean, but on its way up
