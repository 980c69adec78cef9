"""A figure of very many clinics: the outliers one by one, the others in quarters, and no clinic with few cases."""

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.registry.annual import Figure
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.values import MissingReason
from portal.services.annual_report import bars


SHARE = INDICATORS_BY_CODE["calls_answered_same_day"]


def row(number, percent, cases=200.0):
    now = Figure(value=percent, numerator=percent * cases / 100, denominator=cases)
    return f"Mottagning {number}", now, Figure(value=percent / 2, numerator=1.0, denominator=cases)


@given(st.lists(st.integers(0, 100), min_size=bars.MOST_BARS + 1, max_size=320))
def test_the_ends_are_the_highest_and_the_lowest_and_the_middle_its_quarters_medians(percents):
    rows = [row(number, float(percent)) for number, percent in enumerate(percents)]

    shown = bars.outliers_and_groups(SHARE, rows)

    ranked = sorted(map(float, percents), reverse=True)
    values = [now.value for _, now, _ in shown]
    assert len(shown) == 2 * bars.OUTLIERS + len(bars.GROUPS)
    assert values[: bars.OUTLIERS] == ranked[: bars.OUTLIERS]
    assert values[-bars.OUTLIERS :] == ranked[-bars.OUTLIERS :]
    assert values == sorted(values, reverse=True)
    sizes = [int(label.rpartition(" ")[2]) for label, _, _ in shown[bars.OUTLIERS : -bars.OUTLIERS]]
    start = bars.OUTLIERS
    for size, value in zip(sizes, values[bars.OUTLIERS : -bars.OUTLIERS], strict=True):
        assert value == median(ranked[start : start + size])
        start += size
    assert start == len(ranked) - bars.OUTLIERS


def test_the_year_before_is_the_median_of_the_same_clinics():
    rows = [row(number, float(number)) for number in range(50)]

    shown = {label: (now.value, before.value) for label, now, before in bars.outliers_and_groups(SHARE, rows)}

    assert all(before == now / 2 for now, before in shown.values())


@pytest.mark.parametrize(
    "odd", [row("utan fall", 100.0, cases=3.0), ("Stängd", Figure(reason=MissingReason.CLOSED), Figure())]
)
def test_a_clinic_with_few_cases_or_none_is_no_outlier(odd):
    rows = [row(number, 50.0 + number / 10) for number in range(60)]

    labels = [label for label, _, _ in bars.outliers_and_groups(SHARE, [*rows, odd])]

    assert odd[0] not in labels


def test_a_quarter_that_had_nothing_the_year_before_says_why():
    started = [
        (name, now, Figure(reason=MissingReason.NOT_STARTED))
        for name, now, _ in (row(n, float(n)) for n in range(60))
    ]

    _, _, before = bars.outliers_and_groups(SHARE, started)[bars.OUTLIERS]

    assert (before.value, before.reason) == (None, MissingReason.NOT_STARTED)


def test_the_clinics_of_a_region_have_a_bar_each():
    assert not bars.is_many(bars.MOST_BARS)
    assert bars.is_many(bars.MOST_BARS + 1)
