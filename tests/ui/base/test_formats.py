"""Numbers as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import formats


@pytest.mark.parametrize(
    ("amount", "in_points", "text"),
    [
        (1.4, True, "+1\u00a0procentenhet"),
        (-1, True, "−1\u00a0procentenhet"),
        (2, True, "+2\u00a0procentenheter"),
        (34, False, "+34\u00a0%"),
        (-0.4, True, "oförändrat"),
        (0.4, False, "oförändrat"),
        (None, True, "–"),
    ],
)
def test_a_change_has_its_unit_and_none_is_said_in_words(amount, in_points, text):
    assert formats.change(amount, in_points=in_points) == text


@given(st.floats(-1e6, 1e6))
def test_a_change_is_never_written_as_0(amount):
    text = formats.change(amount, in_points=False)

    assert text == formats.UNCHANGED or any(digit in text for digit in "123456789")
