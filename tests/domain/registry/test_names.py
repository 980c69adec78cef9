"""What the eye cannot tell apart is one name; a code goes before a name, and what is several is none."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.registry.names import code_of_name, is_same_name, name_key


CLINICS = {"mora": ("BUP Mora", "Mora"), "falun": ("BUP Falun", "Falun"), "ludvika": ("Mora",)}


@pytest.mark.parametrize(
    "spelling",
    [
        "omfördelade medel",
        "OMFÖRDELADE  MEDEL",
        " Omfördelade medel ",
        "Omfördelade\u00a0medel",
        "Omfördelade\nmedel",
        "Omför\u00addelade medel",
        "\u200bOmfördelade medel\ufeff",
        unicodedata.normalize("NFD", "Omfördelade medel"),
    ],
)
def test_one_name_in_every_spelling(spelling):
    assert is_same_name(spelling, "Omfördelade medel")


@pytest.mark.parametrize("other", ["Omfordelade medel", "Omfördeladmedel", "Omfördelade medel 2", ""])
def test_another_name(other):
    assert not is_same_name(other, "Omfördelade medel")


@given(st.text(max_size=30))
def test_a_key_is_its_own_key(text):
    assert name_key(name_key(text)) == name_key(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("mora", "mora"),
        ("MORA\u200b", "mora"),  # a code goes before another clinic's name
        ("bup  mora", "mora"),
        ("Falun", "falun"),
        ("Avesta", None),
        ("", None),
        (" \u200b", None),
    ],
)
def test_a_code_or_a_name_gives_its_code(text, code):
    assert code_of_name(text, CLINICS) == code


def test_a_name_of_two_is_of_none():
    assert code_of_name("BUP", {"a": ("BUP",), "b": ("bup",)}) is None
