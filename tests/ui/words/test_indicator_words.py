"""Indikator's sentence and numbers: what is printed alike is `oförändrat`, one point is `1 procentenhet`."""

from itertools import pairwise
from types import SimpleNamespace

import pytest

from portal.domain.registry.annual import Figure
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.release.standing import Released
from portal.ui.base import charts
from portal.ui.words import indicator_words


SHARE = INDICATORS_BY_CODE["calls_answered_same_day"]
QUEUE = INDICATORS_BY_CODE["waiting_treatment"]
FIRST, LAST = Month(2024, 12), Month(2025, 1)


def point(month, own, region):
    released = Released(indicator=SHARE.code, month=month, is_shown=True, value=region)
    return SimpleNamespace(
        month=month, own=Figure(value=own, numerator=own, denominator=100), released=released
    )


def series_of(own, region, *, break_month=None):
    points = (point(FIRST, own[0], region[0]), point(LAST, own[1], region[1]))
    return SimpleNamespace(
        indicator=SHARE,
        points=points,
        latest=points[-1],
        charted=SimpleNamespace(indicator=SHARE, values=own),
        breaks=[SimpleNamespace(month=break_month)] if break_month else [],
        is_rolling=False,
        target=None,
    )


@pytest.mark.parametrize(
    ("own", "region", "text"),
    [
        ((80, 82), (70, 73), "Ni +2 procentenheter, regionen +3 sedan december 2024"),
        ((80.6, 81.6), (70, 70.4), "Ni +1 procentenhet, regionen oförändrat sedan december 2024"),
        ((80.4, 80.0), (70, 69), "Ni oförändrat, regionen −1 sedan december 2024"),
    ],
)
def test_both_lines_are_compared_as_they_are_printed(own, region, text):
    assert indicator_words.headline(series_of(own, region), who="Ni").startswith(text)


def test_the_worst_month_is_named_with_its_cases_and_that_it_is_now():
    assert indicator_words.headline(series_of((80, 82), (70, 70)), who="Ni").endswith(
        "; sämst i december 2024: 80 av 100."
    )
    assert indicator_words.headline(series_of((82, 80), (70, 70)), who="Ni").endswith(
        "; januari 2025 är sämst: 80 av 100."
    )


def test_nothing_is_compared_across_a_break():
    text = indicator_words.headline(series_of((80, 95), (70, 71), break_month=LAST), who="Ni")

    assert text == "Sämst i december 2024: 80 av 100."


@pytest.mark.parametrize(
    ("own", "value", "detail", "css"),
    [
        ((80, 81), "+1", "procentenhet, från 80\u00a0%", "better"),
        ((80, 78), "−2", "procentenheter, från 80\u00a0%", "worse"),
        ((80.4, 80), "oförändrat", "från 80\u00a0%", ""),
    ],
)
def test_the_change_since_the_month_before(own, value, detail, css):
    tile = indicator_words.numbers(series_of(own, (70, 70)))[1]

    assert (tile.label, tile.value, tile.detail, tile.css) == ("Mot december", value, detail, css)


def test_counts_are_compared_per_100_patients_as_the_mark_is():
    series = series_of((53, 41), (60, 60))
    series.indicator = QUEUE
    series.points[0].own = Figure(value=53, numerator=53, patients=790)
    series.points[1].own = Figure(value=41, numerator=41, patients=577)

    tile = indicator_words.numbers(series)[1]

    assert (tile.value, tile.detail, tile.css) == ("+0,4", "per 100 patienter, från 6,7", "worse")


@pytest.mark.parametrize("values", [[100, 94, 89, 70], [100, 100, 100], [3, 2, 1, 0], [50]])
def test_names_at_the_ends_never_cover_each_other_nor_leave_the_chart(values):
    places = charts.places_of(values, [0, 100], height=290)

    gap = 100 * charts.LINE_HEIGHT / 290
    assert all(upper - lower >= gap - 1e-9 for upper, lower in pairwise(places))
    assert 0 <= min(places) and max(places) <= max(100, len(values) * gap)
