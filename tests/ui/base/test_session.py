"""What a page notes in its tab."""

import pytest
from streamlit.runtime.scriptrunner import RerunData, RerunException

from portal.ui.base import session


def test_what_was_stored_is_noted_before_a_second_click_ends_the_run():
    clicks, noted = [RerunException(RerunData())], []

    def note():
        if clicks:
            raise clicks.pop()
        noted.append("receipt")

    with pytest.raises(RerunException):
        session.surely(note)

    assert noted == ["receipt"]
