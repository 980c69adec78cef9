"""Disclosure control: when a regional figure may be shown to clinics (rules R1-R5, R7-R9).

Clinics are competitors and insiders: each knows its own value, and a provider knows all its
clinics'. So contributors are counted by owner. Used by the release service and by nothing else.

Sources: minimum frequency 3 and the p % rule, Handbook on Statistical Disclosure Control
(sdcTools), chapter 4; threshold for small counts as in use at many agencies.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.domain.values import Ratio


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """The parameters; kept with every release. `owners` is never below 3."""

    owners: int = 3  # distinct owners, one's own included
    p_percent: float = 5.0  # how close the largest may be estimated by the second largest
    smallest_count: int = 5  # totals of 1 to 4 are hidden
    smallest_denominator: int = 20  # of a pooled share

    def __post_init__(self) -> None:
        if self.owners < 3:
            raise ValueError("with fewer than 3 owners one can subtract one's own figure")


def may_show_count(by_owner: Mapping[str, int], rules: Rules) -> bool:
    """Tell whether the sum of a count over owners may be shown (R1-R3)."""
    total = sum(by_owner.values())
    if len(by_owner) < rules.owners or 0 < total < rules.smallest_count:
        return False
    return total == 0 or not is_dominated(by_owner.values(), rules.p_percent)


def may_show_share(by_owner: Mapping[str, Ratio], rules: Rules) -> bool:
    """Tell whether a pooled share may be shown (R1, R3): enough owners, enough cases."""
    with_cases = [ratio for ratio in by_owner.values() if ratio.denominator]
    total = sum(ratio.denominator for ratio in with_cases)
    return len(with_cases) >= rules.owners and total >= rules.smallest_denominator


def is_dominated(values: Iterable[int], p_percent: float) -> bool:
    """The p % rule: the second largest could estimate the largest to within p percent."""
    ordered = sorted(values, reverse=True)
    rest = sum(ordered) - sum(ordered[:2])
    return rest < p_percent / 100 * ordered[0]


def may_replace(before: Mapping[str, object], now: Mapping[str, object], rules: Rules) -> bool:
    """R5: a new figure may replace the old one only if no owner or enough owners changed.

    Otherwise the difference between the two would show what one of them corrected.
    """
    changed = {owner for owner in before.keys() | now.keys() if before.get(owner) != now.get(owner)}
    return not changed or len(changed) >= rules.owners
