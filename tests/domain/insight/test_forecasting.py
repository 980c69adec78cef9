"""Which months a forecast rests on, and why some series have none."""

import pytest

from portal.domain.insight.forecasting import (
    LONGEST_HISTORY,
    NoForecast,
    SeriesForecast,
    SeriesHistory,
    counts_of,
    history_of,
    joining,
    reported_months,
    why_none,
)
from portal.domain.insight.queue import FIRST_VISIT
from portal.domain.insight.statistics.forecasts import AHEAD, FEWEST_MONTHS, forecast
from portal.domain.registry.indicators import PATIENTS
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import Answer


LAST = Month(2024, 12)


def months(count, *, last=LAST):
    return dict.fromkeys(months_between(last.plus(1 - count), last), 10.0)


def why(counts, *, breaks=(), **details):
    return why_none("active_patients", history_of(counts, last=LAST, breaks=breaks), last=LAST, **details)


def test_two_years_make_a_forecast_and_a_month_less_does_not():
    assert why(months(24)) is None
    assert why(months(23)) is NoForecast.FEW_MONTHS
    assert why({}) is NoForecast.NOT_REPORTED


def test_months_are_counted_from_the_newest_break():
    of_23, of_24 = LAST.plus(-22), LAST.plus(-23)

    assert why(months(40), breaks=[of_24]) is None
    assert why(months(40), breaks=[of_23, LAST.plus(-30)]) is NoForecast.AFTER_BREAK
    assert history_of(months(40), last=LAST, breaks=[of_23]).counts == (10.0,) * 23
    assert why(months(24), breaks=[LAST.plus(-30)]) is None  # before all of them


def test_a_break_in_a_month_without_value_counts_too():
    counts = months(40)
    del counts[LAST.plus(-10)]

    assert why(counts, breaks=[LAST.plus(-10)]) is NoForecast.AFTER_BREAK


def test_two_missing_months_become_a_line_and_three_begin_anew():
    counts = months(30) | {LAST.plus(-5): 40.0}
    del counts[LAST.plus(-3)], counts[LAST.plus(-4)]

    assert history_of(counts, last=LAST).counts[-6:] == (40, 30, 20, 10, 10, 10)

    del counts[LAST.plus(-2)]

    assert history_of(counts, last=LAST).counts == (10, 10)
    assert why(counts) is NoForecast.AFTER_GAP


def test_the_newest_value_may_be_two_months_old():
    late = {month: count for month, count in months(40).items() if month <= LAST.plus(-2)}

    assert why(late) is None
    assert history_of(late, last=LAST).last == LAST.plus(-2)
    del late[LAST.plus(-2)]
    assert why(late) is NoForecast.NOT_REPORTED


def test_later_months_and_those_of_long_ago_are_not_looked_at():
    counts = months(90) | {LAST.next: 999.0}

    history = history_of(counts, last=LAST)

    assert len(history.counts) == LONGEST_HISTORY
    assert 999.0 not in history.counts


@pytest.mark.parametrize(
    ("closed", "reason"),
    [(LAST, NoForecast.CLOSING), (LAST.plus(11), NoForecast.CLOSING), (LAST.plus(12), None), (None, None)],
)
def test_a_clinic_that_closes_within_the_year_has_none(closed, reason):
    assert why(months(24), closed=closed) is reason


def test_who_joined_is_the_change_of_the_queue_and_those_who_started():
    phase = FIRST_VISIT
    queue = [(20, 5), (26, 4), (22, 6), (None, 3), (25, 3), (24, 2)]
    answers = {
        month: {
            phase.waiting: Answer(waiting) if waiting is not None else Answer(reason="not_reported"),
            phase.started: Answer(started),
        }
        for month, (waiting, started) in zip(months_between(LAST.plus(-5), LAST), queue, strict=True)
    }

    assert counts_of(phase.waiting, answers)[LAST] == 24
    assert counts_of(joining(phase), answers) == {LAST.plus(-4): 10, LAST.plus(-3): 2, LAST: 1}


def test_who_joined_needs_the_same_reported_months_as_the_rest():
    """24 months tell of 23 who joined."""
    series = joining(FIRST_VISIT)
    history = history_of(months(23), last=LAST)

    assert reported_months(series, history) == 24
    assert why_none(series, history, last=LAST) is None
    assert reported_months(series, SeriesHistory()) == 0


def test_every_reason_has_its_words():
    assert all(reason.label for reason in NoForecast)


@pytest.mark.parametrize("series", [PATIENTS, joining(FIRST_VISIT)])
@pytest.mark.parametrize("counted", [FEWEST_MONTHS, 40])
def test_outcomes_are_the_months_that_trials_are_held_against(series, counted):
    """Each from the twelve months before it, or as many of them as can be tried from."""
    history = history_of(months(counted), last=LAST)
    reported = reported_months(series, history)
    of_series = SeriesForecast(
        clinic="", series=series, month=LAST, last=LAST, months=reported, forecast=forecast(history.counts)
    )

    tried_from = [min(AHEAD, nth) for nth in range(1, of_series.outcomes + 1)]
    assert of_series.forecast.trials.count == sum(tried_from)
