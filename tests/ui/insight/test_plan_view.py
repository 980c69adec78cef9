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
    ("joining", "started", "way"),
    [(12, 10, "växer med 2 i månaden"), (10, 12, "minskar med 2 i månaden"), (10, 10, "står still")],
)
def test_what_comes_and_what_begins_says_which_way_the_queue_goes(joining, started, way):
    text = plan_view._flow(joining, started)

    assert text == f"Det kommer {joining} nya i månaden och {started} startar: kön {way}."


def test_a_queue_that_is_emptied_starts_no_more_than_there_are():
    text = plan_view._sum(
        replace(QueueState(phase=PHASES[1]), waiting=5, started=9.0), 2.0, Month(2025, 6), 6
    )

    assert text == "5 väntar + 12 nya − 17 startar = 0 i slutet av juni 2025."
