"""The queue's calculator takes whatever is counted: its boxes begin with it."""

import pytest
from streamlit.testing.v1 import AppTest


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
