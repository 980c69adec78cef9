"""Disclosure control: which regional figures clinics may see."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.domain.registry.values import Ratio
from portal.domain.release.disclosure import (
    Hidden,
    Rules,
    is_dominated,
    may_replace,
    why_hide_count,
    why_hide_share,
)


RULES = Rules()
COUNTS = st.one_of(st.integers(0, 6), st.integers(0, 2_000))
OWNERS = st.sampled_from("abcdefgh")
BY_OWNER = st.dictionaries(OWNERS, COUNTS)
SHARES = st.dictionaries(OWNERS, st.builds(Ratio, COUNTS, COUNTS))


def may_show_count(by_owner, rules):
    return why_hide_count(by_owner, rules) is None


def may_show_share(by_owner, rules):
    return why_hide_share(by_owner, rules) is None


@pytest.mark.parametrize(
    ("counts", "is_shown"),
    [
        # fewer than three owners: one could subtract one's own
        ((), False),
        ((50,), False),
        ((50, 60), False),
        ((50, 60, 70), True),
        # totals of 1 to 4
        ((1, 0, 0), False),
        ((2, 1, 1), False),
        ((2, 2, 1), True),
        # nothing at all is no secret among enough owners
        ((0, 0, 0), True),
        ((0, 0), False),
        # dominance: the rest beside the two largest is under 5 % of the largest
        ((100, 90, 4), False),
        ((100, 90, 5), True),
        ((100, 0, 0), False),
        ((1_000, 1, 49), False),
        ((1_000, 500, 50), True),
    ],
)
def test_a_count_is_shown_when_no_owner_can_be_told_from_it(counts, is_shown):
    assert may_show_count(dict(zip("abcdef", counts, strict=False)), RULES) is is_shown


@pytest.mark.parametrize(
    ("ratios", "is_shown"),
    [
        # owners
        (((10, 20), (10, 20)), False),
        (((10, 20), (10, 20), (10, 20)), True),
        # one without cases is no contributor
        (((10, 20), (10, 20), (0, 0)), False),
        # cases
        (((1, 7), (1, 6), (1, 6)), False),
        (((1, 7), (1, 7), (1, 6)), True),
        # 0 and 100 percent are shares like others
        (((0, 20), (0, 20), (0, 20)), True),
        (((20, 20), (20, 20), (20, 20)), True),
        # dominance: of the cases, of those that count and of those that don't
        (((200, 400), (15, 30), (10, 19)), False),
        (((200, 400), (15, 30), (10, 20)), True),
        (((80, 90), (20, 90), (3, 90)), False),
        (((80, 90), (20, 90), (4, 90)), True),
        (((10, 90), (70, 90), (87, 90)), False),
        (((10, 90), (70, 90), (86, 90)), True),
    ],
)
def test_a_share_is_shown_with_enough_owners_and_cases(ratios, is_shown):
    by_owner = dict(zip("abcdef", (Ratio(*ratio) for ratio in ratios), strict=False))

    assert may_show_share(by_owner, RULES) is is_shown


@given(by_owner=BY_OWNER)
def test_removing_an_owner_never_shows_what_too_few_owners_hid(by_owner):
    assume(by_owner and len(by_owner) < RULES.owners)
    for owner in by_owner:
        assert not may_show_count({o: count for o, count in by_owner.items() if o != owner}, RULES)


@given(by_owner=SHARES)
def test_removing_an_owner_never_shows_what_too_few_owners_or_cases_hid(by_owner):
    """A share hidden since one owner dominates is another matter: without that one it may be shown."""
    assume(why_hide_share(by_owner, RULES) in (Hidden.FEW_OWNERS, Hidden.FEW_CASES))
    for owner in by_owner:
        assert not may_show_share({o: ratio for o, ratio in by_owner.items() if o != owner}, RULES)


@given(by_owner=BY_OWNER, data=st.data())
def test_names_and_order_of_owners_do_not_matter(by_owner, data):
    names = data.draw(st.permutations("abcdefgh"))
    renamed = dict(zip(names, reversed(by_owner.values()), strict=False))

    assert may_show_count(renamed, RULES) == may_show_count(by_owner, RULES)


@given(by_owner=BY_OWNER)
def test_of_a_shown_count_no_owner_can_estimate_another_to_within_five_percent(by_owner):
    assume(may_show_count(by_owner, RULES))
    total = sum(by_owner.values())
    for viewer, own in by_owner.items():
        for other, count in by_owner.items():
            if other != viewer:
                # The best guess at most: all that is not one's own.
                assert (total - own) - count >= RULES.p_percent / 100 * count


@given(by_owner=BY_OWNER)
def test_stricter_rules_show_no_more(by_owner):
    for strict in (Rules(owners=4), Rules(p_percent=10), Rules(smallest_count=10)):
        assert may_show_count(by_owner, RULES) or not may_show_count(by_owner, strict)


def test_fewer_than_three_owners_is_no_rule():
    with pytest.raises(ValueError):
        Rules(owners=2)


@pytest.mark.parametrize(
    ("values", "expected"),
    [((100, 50, 5), False), ((100, 50, 4), True), ((100, 50), True), ((0, 0, 0), False)],
)
def test_dominance(values, expected):
    assert is_dominated(values, 5) is expected


# R5


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({"a": 1, "b": 2, "c": 3, "d": 4}, True),  # nobody
        ({"a": 9, "b": 2, "c": 3, "d": 4}, False),  # one
        ({"a": 9, "b": 9, "c": 3, "d": 4}, False),  # two
        ({"a": 9, "b": 9, "c": 9, "d": 4}, True),  # three
        # one who comes or goes has changed too
        ({"a": 1, "b": 2, "c": 3}, False),
        ({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}, False),
        ({"a": 1, "e": 5, "f": 6}, True),
        # two trivial corrections don't hide the third, nor do small ones add up to anything
        ({"a": 2, "b": 3, "c": 3, "d": 4, "late": 57}, False),
        ({"a": 4, "b": 5, "c": 3, "d": 4, "late": 57}, True),
        ({"a": 2, "b": 3, "c": 4, "d": 4}, False),
    ],
)
def test_r5_a_figure_is_replaced_when_no_owner_or_three_have_changed(now, expected):
    before = {"a": 1, "b": 2, "c": 3, "d": 4}

    assert may_replace(before, now, RULES) is expected
    assert may_replace(now, before, RULES) is expected
