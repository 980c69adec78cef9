"""Which passwords are good enough. Length bounds and block list as OWASP ASVS 5.0 6.2 asks."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.accounts.passwords import (
    LONGEST,
    SHORTEST_ALONE,
    SHORTEST_WITH_SECOND_FACTOR,
    common,
    fault_of,
)


pytestmark = pytest.mark.security
GOOD = "korrekt häst batteri häftstift"


def fault(password, *, has_second_factor=False, words=("BUP Falun", "falun.chef")):
    return fault_of(password, has_second_factor=has_second_factor, words=words)


@pytest.mark.asvs("6.2.1", "6.2.9")
@pytest.mark.parametrize(
    ("has_second_factor", "shortest"), [(False, SHORTEST_ALONE), (True, SHORTEST_WITH_SECOND_FACTOR)]
)
def test_the_length_is_bounded_and_nothing_else_is_counted(has_second_factor, shortest):
    good = "zebra kvist mumla " * 10
    assert (SHORTEST_ALONE, SHORTEST_WITH_SECOND_FACTOR, LONGEST) == (15, 8, 128)
    assert "minst" in fault(good[: shortest - 1], has_second_factor=has_second_factor)
    assert fault(good[:shortest], has_second_factor=has_second_factor) is None
    assert fault(good[:LONGEST], has_second_factor=has_second_factor) is None
    assert "högst" in fault(good[: LONGEST + 1], has_second_factor=has_second_factor)


@pytest.mark.asvs("6.2.5")
@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "bara sma bokstaver utan tecken",
        "8412995133270427716",
        "密码是一个很长的东西吗对的没错",
        "🦊🐢🦉🐝🐙🦔 och sju djur till",
    ],
)
def test_no_kind_of_character_is_asked_for_or_refused(password):
    assert fault(password) is None


@pytest.mark.asvs("6.2.4", "6.2.12")
def test_a_thousand_common_passwords_are_refused():
    long_enough = sorted(word for word in common() if len(word) >= SHORTEST_WITH_SECOND_FACTOR)
    assert len(common()) > 19_000
    sample = random.Random(1).sample(long_enough, 1_000)

    assert [word for word in sample if fault(word, has_second_factor=True) is None] == []
    assert [word for word in sample if fault(word.upper(), has_second_factor=True) is None] == []


@pytest.mark.asvs("6.1.2", "6.2.11")
@pytest.mark.parametrize(
    "password",
    [
        "sommar2025sommar2025",
        "vårdval-bup-dalarna-2025",
        "BUP Falun 2025 BUP Falun",
        "Falun.Chef.2024.December!",
        "LösenordLösenord123",
        "RegionDalarna!2026",
        "Höstterminen2025!"[:4] + "2025 Vintern 2026",
    ],
)
def test_words_of_this_place_and_the_account_make_no_password(password):
    assert "ord som hör ihop" in fault(password)
    assert fault(password + " räv bakar kringlor") is None


@pytest.mark.parametrize("password", ["aaaaaaaaaaaaaaaaaaaa", "123456789012345678", "abcabcabcabcabcabcabc"])
def test_repetition_and_sequences_are_refused(password):
    assert "upprepar" in fault(password)


@given(st.text(max_size=140), st.booleans())
def test_every_text_gets_an_answer(password, has_second_factor):
    found = fault_of(password, has_second_factor=has_second_factor)

    assert found is None or found.endswith(".")
