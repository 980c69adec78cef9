"""Usernames and addresses: capitals count for nothing, and no letter is taken for another."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.accounts.identifiers import ADDRESS, USERNAME, address_key, username_key


pytestmark = pytest.mark.security

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789åäöéü"
CODES = (*range(128, 0x3000), *range(0xFF00, 0xFFF0), *range(0x1D400, 0x1D800))  # where letters have doubles
OTHERS = [sign for sign in map(chr, CODES) if sign not in "åäöéüÅÄÖÉÜ" and not unicodedata.combining(sign)]


@pytest.mark.asvs("6.3.4")
def test_no_other_letter_is_ever_taken_for_one_that_may_stand_there():
    """Such as K (Kelvin), ſ, İ, Å (Ångström) and the wide a."""
    taken = [sign for sign in OTHERS if USERNAME.fullmatch(username_key(f"a{sign}")) and sign.strip()]

    assert taken == []
    assert [sign for sign in OTHERS if sign.strip() and address_key(f"a{sign}@example.org")] == []
    assert {sign for sign in OTHERS if sign.casefold() in LETTERS}, "the search is blind"


@pytest.mark.parametrize("letter", LETTERS)
def test_a_capital_is_its_small_letter_and_an_accent_may_stand_apart(letter):
    assert username_key(letter.upper()) == letter
    assert username_key(unicodedata.normalize("NFD", letter.upper())) == letter


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Fia.Falun@Region.Example", "fia.falun@region.example"),
        (" fia@region.example\n", "fia@region.example"),
        ("fia@region.example,ond@example.org", ""),
        ("Fia <fia@region.example>", ""),
        ("fia@region.example\nBcc: ond@example.org", ""),
        ("fia@falun", ""),
        ("å@example.org", ""),
        ("", ""),
    ],
)
def test_an_address_is_one_plain_address(text, key):
    assert address_key(text) == key


@given(st.text() | st.from_regex(ADDRESS) | st.from_regex(USERNAME))
def test_a_key_is_its_own_key(text):
    assert username_key(username_key(text)) == username_key(text)
    assert address_key(address_key(text)) == address_key(text)
