"""An indicator's months as a chart: which limits, which months count, and the year that rolls."""

from random import Random

import pytest

from portal.domain.insight.series import (
    CONTROL_MONTHS,
    can_roll,
    charted,
    counts_of_measures,
    newest_of,
    rolling_year,
)
from portal.domain.registry.annual import Figure, figure_of_month
from portal.domain.registry.indicators import INDICATORS_BY_CODE, PATIENTS
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import Answer, MissingReason


SHARE = INDICATORS_BY_CODE["first_visit_within_30d"]
COUNT = INDICATORS_BY_CODE["care_plans"]
QUEUE = INDICATORS_BY_CODE["waiting_treatment"]
TO_CLEAR = INDICATORS_BY_CODE["months_to_clear_treatment"]
START = Month(2022, 1)
NOT_REPORTED = MissingReason.NOT_REPORTED


def months(count, first=START):
    return months_between(first, first.plus(count - 1))


def share_of(numerator, of):
    return Figure(value=100 * numerator / of, numerator=numerator, denominator=of)


def count_of(value, patients=500):
    return Figure(value=value, numerator=value, patients=patients)


def test_a_share_of_few_cases_has_limits_that_follow_the_cases():
    figures = [share_of(8, 10), share_of(30, 40)] * 8
    found = charted(SHARE, months(16), figures)

    assert found.follows_cases
    few, more = found.chart.limits[0], found.chart.limits[1]
    assert few.high - few.low > more.high - more.low
    assert 0 <= few.low < few.high <= 100


def test_a_share_of_many_cases_has_one_pair_of_limits_within_0_and_100():
    found = charted(SHARE, months(14), [share_of(390, 400), share_of(200, 400)] * 7)

    assert not found.follows_cases
    assert len({(limits.low, limits.high) for limits in found.chart.limits}) == 1
    assert found.chart.latest.high == 100


def test_a_count_is_charted_per_100_patients_and_never_below_zero():
    found = charted(COUNT, months(14), [count_of(50), count_of(5)] * 7)

    assert found.values[:2] == (10, 1)
    assert found.chart.latest.low == 0


def test_only_a_share_of_few_cases_is_drawn_with_its_interval():
    found = charted(SHARE, months(2), [share_of(8, 10), share_of(80, 100)])

    # Wilson for 8 of 10: Newcombe, Statistics in Medicine 17 (1998), method 3, gives 0.4902-0.9433
    assert found.intervals[0] == pytest.approx((49.02, 94.33), abs=0.01)
    assert found.intervals[1] is None


def test_a_month_without_value_is_neither_zero_nor_part_of_the_mean():
    figures = [count_of(50), Figure(reason=NOT_REPORTED), count_of(60), count_of(50)]
    found = charted(COUNT, months(4), figures)

    assert found.values[1] is None
    assert found.chart.limits[1] is None
    assert found.chart.latest.mean == pytest.approx(32 / 3)


def test_a_break_that_is_shown_starts_the_limits_anew():
    figures = [count_of(50), count_of(55)] * 4 + [count_of(150), count_of(155)] * 4
    found = charted(COUNT, months(16), figures, breaks=[START.plus(8), Month(2030, 1)])

    assert found.breaks == (START.plus(8),)
    assert found.chart.limits[7].mean == pytest.approx(10.5)
    assert found.chart.limits[8].mean == pytest.approx(30.5)


def test_limits_rest_on_the_newest_three_years_whatever_is_shown():
    old, new = [count_of(500)] * 24, [count_of(50), count_of(60)] * (CONTROL_MONTHS // 2)
    found = charted(COUNT, months(60), [*old, *new])

    assert found.values[0] == 100  # still drawn
    assert found.chart.limits[0] is None
    assert found.chart.latest == charted(COUNT, months(36), new).chart.latest
    assert found.since(START.plus(50)).chart.latest == found.chart.latest
    assert len(found.since(START.plus(50)).months) == 10


# The rolling year


def answers_of(count, measures, first=START):
    return {
        month: {code: Answer(value) for code, value in measures.items()} for month in months(count, first)
    }


def test_a_rolling_share_is_all_numerators_over_all_denominators():
    answers = answers_of(12, {"first_visits": 20, "first_visits_within_30d": 10})
    answers[START] = {"first_visits": Answer(100), "first_visits_within_30d": Answer(10)}

    found = rolling_year(SHARE, answers, START.plus(11), otherwise=NOT_REPORTED)

    assert (found.numerator, found.denominator) == (120, 320)
    assert found.value == 37.5


def test_a_rolling_year_with_a_month_missing_is_none():
    answers = answers_of(12, {"care_plans": 20, "active_patients": 500})
    del answers[START.plus(5)]

    assert rolling_year(COUNT, answers, START.plus(11), otherwise=NOT_REPORTED).value is None
    assert rolling_year(COUNT, answers, START.plus(10), otherwise=NOT_REPORTED).value is None


def test_a_rolling_count_is_a_sum_beside_the_newest_patients():
    answers = answers_of(13, {"care_plans": 20, "active_patients": 500})
    answers[START.plus(12)]["active_patients"] = Answer(480)

    found = rolling_year(COUNT, answers, START.plus(12), otherwise=NOT_REPORTED)

    assert (found.value, found.patients, found.rate) == (240, 480, 50)


def test_a_rolling_queue_lasts_its_newest_length_at_the_years_pace():
    answers = answers_of(12, {"waiting_treatment": 90, "treatments_started": 10})
    answers[START.plus(11)]["treatments_started"] = Answer(22)

    found = rolling_year(TO_CLEAR, answers, START.plus(11), otherwise=NOT_REPORTED)

    assert found.value == pytest.approx(90 / 11)


def test_a_snapshot_is_not_summed_over_a_year():
    assert not can_roll(QUEUE)
    assert can_roll(SHARE)
    assert can_roll(TO_CLEAR)


@pytest.mark.parametrize("indicator", [SHARE, COUNT, QUEUE, TO_CLEAR], ids=lambda indicator: indicator.code)
def test_the_newest_month_alone_is_told_as_the_whole_chart_tells_it(indicator):
    chance, rules = Random(indicator.code), set()
    of_months = months(48)
    for _ in range(150):
        change = chance.randint(35, 60)
        sheets = [_sheet(indicator, chance, 4 if place < change else 7) for place in range(48)]
        breaks = chance.choice([(), (of_months[30],), (of_months[10], of_months[28])])
        figures = [figure_of_month(indicator, sheet, otherwise=NOT_REPORTED) for sheet in sheets]
        counts = {measure: [sheet[measure].value for sheet in sheets] for measure in sheets[0]}

        newest = newest_of(indicator, of_months, counts_of_measures(indicator, counts), breaks=breaks)

        chart = charted(indicator, of_months, figures, breaks=breaks).chart
        assert (newest.signal if newest else None) == chart.signals[-1]
        if newest:
            assert (newest.limits, newest.before) == (chart.limits[-1], chart.signals[-2])
            assert newest.run == chart.runs[-1]
            rules.add(newest.signal.rule)
    assert len(rules) >= 3


def _sheet(indicator, chance, level):
    """Return a month's answers, a few of them missing; a part is at most its whole."""
    counts = {indicator.numerator: level + chance.randint(-2, 2), PATIENTS: chance.choice([0, *[100] * 20])}
    if indicator.denominator:
        counts[indicator.denominator] = chance.choice([0, *[9, 10, 11] * 10])
    return {
        code: Answer(reason=NOT_REPORTED) if chance.random() < 0.01 else Answer(count)
        for code, count in counts.items()
    }
