"""The queue's calculator takes whatever is counted: its boxes begin with it."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from portal.domain.insight.queue import PHASES, QueueState
from portal.domain.registry.months import Month
from portal.ui.insight import plan_view


def show(count):
    import streamlit as st

    from portal.ui.insight.plan_view import _number

    st.text(f"svar {_number(st, 'Nya i kön per månad', count, 'joining')}")


@pytest.mark.parametrize(
    ("count", "answer"), [(-3, 0), (0, 0), (12.4, 12), (10_000, 10_000), (123_456, 123_456)]
)
def test_a_box_begins_with_what_is_counted(count, answer):
    page = AppTest.from_function(show, args=(count,)).run()

    assert not page.exception
    assert page.text[0].value == f"svar {answer}"


def test_the_sum_adds_up_as_it_is_printed():
    state = replace(QueueState(phase=PHASES[1]), waiting=22, started=21.0)

    text = plan_view._sum(state, joining=59 / 3, until=Month(2025, 6), months=6)

    assert text == "22 väntar + 118 nya − 126 startar = 14 i slutet av juni 2025."


@pytest.mark.parametrize(
    ("joining", "started", "words"),
    [
        (12, 10, "12 nya i månaden och 10 startar: kön växer med 2 i månaden"),
        (10, 12, "10 nya i månaden och 12 startar: kön minskar med 2 i månaden"),
        (10, 10, "10 nya i månaden och 10 startar: kön står still"),
        (1, 0, "1 ny i månaden och 0 startar: kön växer med 1 i månaden"),
    ],
)
def test_what_comes_and_what_begins_says_which_way_the_queue_goes(joining, started, words):
    assert plan_view._flow(joining, started) == f"Det kommer {words}."


def test_a_queue_that_is_emptied_starts_no_more_than_there_are():
    text = plan_view._sum(
        replace(QueueState(phase=PHASES[1]), waiting=5, started=9.0), 2.0, Month(2025, 6), 6
    )

    assert text == "5 väntar + 12 nya − 17 startar = 0 i slutet av juni 2025."
