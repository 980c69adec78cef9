"""Every reason to hide a regional figure has plain words, with the numbers that are in force."""

import pytest

from portal.domain.release.disclosure import Hidden, Rules
from portal.ui.words import disclosure_words


STRICTER = Rules(owners=4, p_percent=12.5, smallest_count=10, smallest_denominator=30)


@pytest.mark.parametrize("hidden", Hidden)
def test_every_reason_has_words(hidden):
    assert disclosure_words.why(hidden, Rules())


@pytest.mark.parametrize(
    ("hidden", "words"),
    [
        (Hidden.FEW_OWNERS, "färre än 4 vårdgivare"),
        (Hidden.SMALL_COUNT, "1–9 sammanlagt"),
        (Hidden.FEW_CASES, "färre än 30 fall"),
    ],
)
def test_a_reason_names_the_limit_in_force(hidden, words):
    assert disclosure_words.why(hidden, STRICTER) == words


def test_the_rules_are_told_with_their_numbers():
    text = disclosure_words.in_force(STRICTER)

    for part in ("minst 4 vårdgivare", "summan är minst 10", "minst 30 fall", "närmare än 12,5\u00a0%"):
        assert part in text
