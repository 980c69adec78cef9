"""What the eye cannot tell apart is one name; a code goes before a name, and what is several is none."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.registry.names import (
    Spellings,
    code_of_name,
    is_same_name,
    name_key,
    near_equals,
    plain_name,
)


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
        "Omfo\u200b\u0308rdelade medel",
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


SPELLINGS = [
    "Bedömning",
    unicodedata.normalize("NFD", "Bedömning"),
    "BEDÖMNING",
    "Bedö\u200bmning",
    " Bedömning ",
]


@given(st.lists(st.sampled_from([*SPELLINGS, "Utredning"]), min_size=1))
def test_names_are_united_in_the_first_spelling_that_came(names):
    spellings = Spellings(())

    united = [spellings.united(name) for name in names]

    assert near_equals(united) == []
    assert [name_key(name) for name in united] == [name_key(name) for name in names]


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_name_that_is_stored_keeps_the_spelling_it_is_stored_in(name):
    assert Spellings(SPELLINGS).united(name) == name
    assert Spellings(["bedömning"]).united(name) == "bedömning"
    assert plain_name(name) in ("Bedömning", "BEDÖMNING")


def test_the_spellings_of_one_name_are_told_together():
    assert near_equals(["Mora", "Falun", "MORA", "Mora"]) == [("Mora", "MORA")]
