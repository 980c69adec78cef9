"""Months: reading, order, arithmetic, words."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.registry.months import Month, latest_whole_month, months_between, months_of_year


MONTHS = st.builds(Month, st.integers(2010, 2090), st.integers(1, 12))
STEPS = st.integers(-100, 100)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025",
        "2025-1",
        "2025-13",
        "2025-00",
        "202501",
        "2025-01-01",
        " 2025-01",
        "2025-01\n",
        "1999-12",
        "2101-01",
        "２０２５-01",
        "jan-25",
    ],
)
def test_only_the_stored_form_is_a_month(text):
    with pytest.raises(ValueError):
        Month.parse(text)


@given(month=MONTHS)
def test_what_is_written_is_read_back(month):
    assert Month.parse(str(month)) == month


@given(month=MONTHS, steps=STEPS)
def test_forth_and_back_is_the_same_month(month, steps):
    assert month.plus(steps).plus(-steps) == month
    assert month.next.previous == month
    assert month.year_before == month.plus(-12)


@given(one=MONTHS, other=MONTHS)
def test_months_are_ordered_as_their_text_and_as_the_calendar(one, other):
    assert (one < other) == (str(one) < str(other))
    assert (one < other) == (date(one.year, one.number, 1) < date(other.year, other.number, 1))


@given(first=MONTHS, steps=st.integers(0, 60))
def test_months_between_holds_both_ends_and_every_month_once(first, steps):
    found = months_between(first, first.plus(steps))

    assert found == [first.plus(step) for step in range(steps + 1)]


def test_a_period_that_ends_before_it_begins_is_empty():
    assert months_between(Month(2025, 2), Month(2025, 1)) == []


def test_a_year_has_twelve_months():
    assert [str(month) for month in months_of_year(2024)][::11] == ["2024-01", "2024-12"]
    assert len(months_of_year(2024)) == 12


@given(day=st.dates(date(2010, 1, 1), date(2090, 1, 1)))
def test_a_month_is_whole_the_day_after_its_last(day):
    newest = latest_whole_month(day)

    first_day_after = newest.day_after(1)
    assert first_day_after <= day
    assert newest.next.day_after(1) > day
    assert Month.of(first_day_after - timedelta(days=1)) == newest


def test_in_swedish():
    month = Month(2025, 1)

    assert (month.name, month.label, month.short) == ("januari", "januari 2025", "jan 25")
    assert Month(2024, 12).day_after(15) == date(2025, 1, 15)


@given(st.integers(-60, 60))
def test_from_one_month_to_another_is_as_many_as_lead_there(months):
    start = Month(2024, 6)

    assert start.until(start.plus(months)) == months
