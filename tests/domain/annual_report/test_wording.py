"""Which words a change deserves, and how written texts are cleaned and laid out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.annual_report.wording import Block, blocks, change_words


@pytest.mark.parametrize(
    ("amount", "in_points", "words"),
    [
        (56.9, False, "en tydlig ökning"),  # Synergi 123 → 193
        (18.5, False, "en ökning"),  # SIP 184 → 218
        (-4.0, True, "en liten minskning"),  # telephone 92 → 88 %
        (15.0, True, "en ökning"),  # first visit 65 → 80 %
        (-30.0, True, "en tydlig minskning"),
        (4.9, False, "en liten ökning"),
        (5.0, False, "en ökning"),
        (50.0, False, "en tydlig ökning"),
        (0.4, True, ""),
        (-0.4, True, ""),
        (None, False, ""),
    ],
)
def test_a_change_gets_the_regions_own_words(amount, in_points, words):
    assert change_words(amount, in_points=in_points) == words


@given(amount=st.floats(-1e4, 1e4), in_points=st.booleans())
def test_the_word_agrees_with_the_sign(amount, in_points):
    words = change_words(amount, in_points=in_points)

    assert ("ökning" in words) == (amount > 0 and bool(words))
    assert ("minskning" in words) == (amount < 0 and bool(words))


def test_paragraphs_and_items_are_told_apart():
    text = "Första stycket\nfortsätter här.\n\n- En punkt\nsom fortsätter\n- En till\n\nSista stycket."

    assert blocks(text) == [
        Block("Första stycket fortsätter här."),
        Block("En punkt som fortsätter", is_item=True),
        Block("En till", is_item=True),
        Block("Sista stycket."),
    ]


@given(st.text("abc -\n•*", max_size=60))
def test_no_word_is_lost(text):
    words = "".join(sign for sign in text if sign in "abc")

    assert "".join(sign for block in blocks(text) for sign in block.text if sign in "abc") == words
