"""Texts in people's own words: what is kept, and what is not let in."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.reporting.texts import clean


pytestmark = [pytest.mark.security, pytest.mark.asvs("1.3.3")]


@given(st.text(max_size=200))
def test_only_what_can_be_read_is_kept_and_cleaning_twice_changes_nothing(text):
    cleaned = clean(text)

    assert clean(cleaned) == cleaned == cleaned.strip()
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not [sign for sign in cleaned if sign != "\n" and unicodedata.category(sign)[0] == "C"]


@given(st.text(max_size=200), st.integers(1, 50))
def test_it_is_as_long_as_allowed(text, longest):
    assert len(clean(text, longest=longest)) <= longest
    assert clean(text).startswith(clean(text, longest=longest))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  Vi har räknat om.\n", "Vi har räknat om."),
        ("rad ett\r\nrad två\rrad tre", "rad ett\nrad två\nrad tre"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("kostnad\u202e321", "kostnad321"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("A\u030angström", "Ångström"),
        ("1\u00a0248 (88\u00a0%)", "1\u00a0248 (88\u00a0%)"),
        ("<b>fet</b> =1+1 ![x](http://y)", "<b>fet</b> =1+1 ![x](http://y)"),
        ("", ""),
        ("\u200b\u2060 \ufeff", ""),
        ("\u3164\u2800\u115f", ""),
        ("\ufe0f\u0301 ", ""),
        ("👍", "👍"),
    ],
)
def test_words_stay_as_they_were_written(text, cleaned):
    assert clean(text) == cleaned
