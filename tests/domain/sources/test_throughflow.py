"""What comes in and is sent on: sums that must agree are faults, what is odd is asked about, few children aren't told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.registry.months import Month
from portal.domain.sources import throughflow
from portal.domain.sources.declared import (
    ENQUIRIES,
    ENTRY,
    REFERRALS,
    SYNERGI,
    TO_ASSESS,
    TO_BUP,
    TO_FIRST_LINE,
    TO_OTHER,
)
from portal.domain.sources.facts import Fact
from portal.domain.sources.year import newest


MORA, FALUN = "2062", "2080"
SMALLEST = 5


def month(number, place="", year=2025, **counts):
    """Return a month's figures, by the name that they are stored by."""
    of = Month(year, number)
    return [
        Fact(indicator=indicator, year=year, month=of, municipality=place, value=count, source="Rapport")
        for indicator, count in counts.items()
    ]


def came(referrals, enquiries=0):
    return {REFERRALS: referrals, ENQUIRIES: enquiries}


def went(bup, first_line=0, other=0):
    return {TO_BUP: bup, TO_FIRST_LINE: first_line, TO_OTHER: other}


def said(*months, source=ENTRY, year=2025):
    facts = newest(fact for of_month in months for fact in of_month)
    return [(remark.text, remark.is_fault) for remark in throughflow.remarks(source, facts, year)]


def test_a_year_that_adds_up_is_not_remarked_on():
    june = month(6, **came(10, 5), **went(8, 2, 1), **{TO_ASSESS: 4})
    july = month(7, **came(3), **went(5, 1, 1))  # seven sent on: three came in, four were waiting
    in_mora = month(6, MORA, **came(4, 5))

    assert said(june, july, in_mora) == []
    assert said(june, source=SYNERGI) == []


def test_municipalities_with_more_than_the_region_are_a_fault():
    [(text, is_fault)] = said(
        month(6, **came(10)), month(6, MORA, **came(6)), month(6, FALUN, **{REFERRALS: 5})
    )

    assert is_fault
    assert text == "Mottagna remisser: kommunerna har tillsammans fler än regionen (juni 11 mot 10)."


def test_more_sent_on_than_came_in_is_asked_about_and_not_refused():
    [(text, is_fault)] = said(
        month(6, **came(10), **went(9), **{TO_ASSESS: 1}), month(7, **came(3), **went(5))
    )

    assert not is_fault
    assert "(juli 5 mot 4)" in text


def test_a_month_with_municipalities_alone_asks_for_the_regions_figure():
    [(text, is_fault)] = said(month(6, MORA, **came(6)))

    assert not is_fault
    assert text.startswith("Bara kommuner är inskrivna för juni:")


def test_a_gap_between_months_is_named_in_the_year_it_lies_in():
    months = (month(11, **came(9)), month(2, year=2026, **came(9)))

    assert said(*months) == [
        ("Hela regionens tal saknas för december, mellan månader som har dem.", False),
    ]
    assert "för januari," in said(*months, year=2026)[0][0]


@pytest.mark.parametrize(
    ("columns", "hidden"),
    [
        ([{"a": 9, "b": 8, "c": 0}], ""),
        ([{"a": 4, "b": 9, "c": 8, "d": 30}], "ac"),  # one alone would be the difference to the region
        ([{"a": 1, "b": 1, "c": 8, "d": 30}], "abc"),  # two that are two together would both be one
        ([{"a": 40, "b": 30, "c": 3, "d": 20}, {"a": 9, "b": 8, "c": 7, "d": 6}], "cd"),  # in all or in none
        ([{"a": 3, "b": 0}], "ab"),
        ([{}], ""),
    ],
)
def test_few_children_are_hidden_together_with_what_would_tell_them(columns, hidden):
    assert throughflow.hidden_places(columns, SMALLEST) == frozenset(hidden)


COLUMNS = st.lists(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 40)), min_size=1, max_size=3)


@given(COLUMNS)
def test_what_is_shown_tells_of_nobody_that_few_stand_behind_it(columns):
    hidden = throughflow.hidden_places(columns, SMALLEST)

    for column in columns:
        disclosed = {place: count for place, count in column.items() if place not in hidden}
        rest = [count for place, count in column.items() if place in hidden]
        assert not any(0 < count < SMALLEST for count in disclosed.values())
        assert not disclosed or not sum(rest) or (len(rest) > 1 and sum(rest) >= 2 * SMALLEST)


def newest_intake(*months):
    return throughflow.intake(ENTRY, [fact for of_month in months for fact in of_month])


def test_the_newest_intake_is_the_regions_and_counts_what_its_month_has():
    both = newest_intake(
        month(6, **came(10, 5)), month(7, **came(8, 4), **went(6, 3, 1)), month(8, MORA, **came(99, 9))
    )
    assert (both.month, both.received(both.month), both.sent_on) == (Month(2025, 7), 12, 10)
    assert both.compared_with == Month(2025, 6)

    referrals = newest_intake(month(6, **came(10, 5)), month(7, **{REFERRALS: 8}, **{TO_BUP: 6}))
    assert [referrals.received(Month(2025, number)) for number in (6, 7)] == [10, 8]
    assert referrals.sent_on is None  # not every way is counted


def test_an_intake_is_held_against_the_year_before_where_the_month_before_lacks_it():
    july = month(7, **came(8, 4))

    assert newest_intake(
        month(7, year=2024, **came(3)), month(6, **{REFERRALS: 5}), july
    ).compared_with == Month(2024, 7)
    assert newest_intake(month(5, **came(3)), july).compared_with is None
    assert newest_intake(month(7, **{TO_ASSESS: 4})) is None


def test_it_begins_in_the_first_month_in_which_the_whole_region_counts_something_that_came_in():
    def start(*months):
        return throughflow.start_of(ENTRY, [fact for of_month in months for fact in of_month])

    nothing_yet, in_mora, went_on = month(3, **came(0)), month(4, MORA, **came(8)), month(5, **went(4))

    assert start(nothing_yet, in_mora, went_on) is None
    assert start(nothing_yet, month(7, **came(9)), month(6, **came(0, 1))) == Month(2025, 6)
