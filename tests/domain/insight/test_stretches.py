"""Which months of a run, a trend or a stretch near a limit are news, and what is said of the others."""

import pytest

from portal.domain.insight.attention import Cause
from portal.domain.insight.stretches import marks
from portal.ui.insight import control_chart
from portal.ui.words import findings
from tests.domain.insight.test_attention import HIGHER, LOWER, NEUTRAL, STEADY, series_of


NEARLY = [*[80, 82] * 10, 86, 84, 86, 82, 80]
BELOW = [80, 86, 81, 85, 82, 86, 83, 85, 78, 79, 78, 79, 78, 79, 78, 79, 78]  # nine below the mean at the end
FALLING = [82, 80, 82, 80, 82, 80, 84, 83, 82, 81, 80, 79, 78, 77, 76]


def news(values, **more):
    return [index for index, mark in enumerate(marks(series_of(values, **more))) if mark and mark.is_news]


def said(values, index, **more):
    mark = marks(series_of(values, **more))[index]
    return mark and findings.rule(mark)


def test_of_a_run_the_seventh_month_and_the_newest_are_news():
    assert [mark.finding.is_high for mark in marks(series_of(BELOW)) if mark] == [True] * 7 + [False] * 9
    assert news(BELOW) == [7, 14, 16]


def test_a_run_that_has_ended_is_news_once():
    assert news([*BELOW, 85, 86]) == [14]


def test_a_month_outside_a_limit_is_always_news():
    values = [*STEADY, 60, 81, 99, 81]

    outside = [i for i, m in enumerate(marks(series_of(values))) if m and m.finding.cause is Cause.OUTSIDE]
    assert outside == [13, 15]
    assert set(outside) <= set(news(values))


def test_of_a_trend_the_month_that_makes_it_one_and_the_newest_are_news():
    trend = [i for i, m in enumerate(marks(series_of(FALLING))) if m and m.finding.cause is Cause.TREND]

    assert trend == [6, 7, 8, 9, 10, 11, 12, 13]
    assert news(FALLING) == [12, 14]


def test_two_of_three_near_a_limit_are_news_at_the_second():
    near = [i for i, m in enumerate(marks(series_of(NEARLY))) if m and m.finding.cause is Cause.NEAR]

    assert near == [20, 22]
    assert news(NEARLY) == [22]


@pytest.mark.parametrize(
    ("values", "index", "words"),
    [
        (BELOW, 8, "del av 9 månader i rad under snittet"),
        (BELOW, 14, "7 månader i rad under snittet"),
        (BELOW, 16, "9 månader i rad under snittet"),
        (FALLING, 6, "del av 9 månader i rad nedåt"),
        (FALLING, 13, "8 månader i rad nedåt"),
        ([*STEADY, 60], 13, "under gränsen"),
        (NEARLY, 22, "två av tre nära övre gränsen"),
        (STEADY, 3, None),
    ],
)
def test_the_rule_is_said_in_words(values, index, words):
    assert said(values, index) == words


def test_a_trend_that_began_before_the_months_shown_has_no_length():
    cut = series_of(FALLING).since(series_of(FALLING).months[10])

    assert findings.rule(marks(cut)[0]) == "del av en följd nedåt"


def test_the_mark_goes_the_way_of_the_rule_by_the_indicators_direction():
    mark = marks(series_of(BELOW))[-1]

    assert control_chart.in_words(HIGHER, mark) == "▼ 9 månader i rad under snittet"
    assert control_chart.in_words(LOWER, mark) == "▲ 9 månader i rad under snittet"
    assert control_chart.in_words(NEUTRAL, mark) == "◆ 9 månader i rad under snittet"
