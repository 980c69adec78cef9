"""Disclosure control: when a regional figure may be shown to clinics. Used by the release service alone.

Clinics are competitors and insiders: each knows its own value, and a provider knows all its
clinics'. So contributors are counted by owner.

R1  at least `owners` distinct owners, one's own included        why_hide_count, why_hide_share
R2  the second largest cannot estimate the largest               is_dominated
R3  totals of 1-4, shares of few cases                           why_hide_count, why_hide_share
R4  what is left between two figures that are both known          is_rest_safe
    Only the whole region is released, no groups of clinics (released_figure has no such column), so there
    are no hidden parts to subtract from a total. What can be subtracted: a count less the part of it that
    its rate stands for, the current patients less those behind a rate, and what a quotient of two released
    counts gives for one of them.
R5  a figure is replaced when no or enough owners changed, against every figure ever shown   may_replace
R6  a year is made of released months, and shown when all are      portal.services.benchmarks
R7  one figure for all, rounded here and nowhere else             round_figure
R8  no order statistics: a release has sums, shares, means and nothing else
R9  one neutral text: clinics are sent no reason (Hidden is the region's)
R10 what goes to the browser is what may be seen                  tests/journeys/test_leak.py
R11 an implausible value waits for the region                     portal.domain.checks
R12 inputs, parameters and decisions are stored with each release  portal.services.releases

Sources: minimum frequency 3 and the p % rule, Handbook on Statistical Disclosure Control
(sdcTools), chapter 4; threshold for small counts as in use at many agencies.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.registry.rounding import for_rounding_again, half_up
from portal.domain.registry.values import Ratio


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


class Hidden(StrEnum):
    """Why a regional figure is not shown. For the region only: clinics read one neutral sentence."""

    NO_DATA = "no_data"
    FEW_OWNERS = "few_owners"
    SMALL_COUNT = "small_count"
    DOMINATED = "dominated"
    FEW_CASES = "few_cases"
    REST = "rest"

    @property
    def label(self) -> str:
        return {
            "no_data": "ingen har rapporterat något värde",
            "few_owners": "för få vårdgivare har ett värde (R1)",
            "small_count": "för litet antal sammanlagt (R3)",
            "dominated": "en vårdgivare dominerar: de andra kunde räkna ut dess värde (R2)",
            "few_cases": "för få fall i nämnaren (R3)",
            "rest": "skillnaden mot ett annat visat värde vore få vårdgivares (R4)",
        }[self.value]


def why_hide_count(by_owner: Mapping[str, int], rules: Rules) -> Hidden | None:
    """Tell why the sum of a count over owners may not be shown (R1-R3); None when it may."""
    total = sum(by_owner.values())
    if len(by_owner) < rules.owners:
        return Hidden.FEW_OWNERS
    if 0 < total < rules.smallest_count:
        return Hidden.SMALL_COUNT
    if total and is_dominated(by_owner.values(), rules.p_percent):
        return Hidden.DOMINATED
    return None


def why_hide_share(by_owner: Mapping[str, Ratio], rules: Rules) -> Hidden | None:
    """Tell why a pooled share may not be shown (R1, R3): enough owners, enough cases."""
    with_cases = [ratio for ratio in by_owner.values() if ratio.denominator]
    if len(with_cases) < rules.owners:
        return Hidden.FEW_OWNERS
    if sum(ratio.denominator for ratio in with_cases) < rules.smallest_denominator:
        return Hidden.FEW_CASES
    return None


def is_rest_safe(rest: Mapping[str, int], rules: Rules) -> bool:
    """R4: where a sum and a part of it are both known, so is the rest, which must pass too.

    `rest`: by owner, what the clinics outside the part have; nothing at all is a value of theirs, too.
    """
    return not rest or why_hide_count(rest, rules) is None


def is_dominated(values: Iterable[int], p_percent: float) -> bool:
    """The p % rule: the second largest could estimate the largest to within p percent."""
    ordered = sorted(values, reverse=True)
    rest = sum(ordered) - sum(ordered[:2])
    return rest < p_percent / 100 * ordered[0]


def changed_owners(before: Mapping[str, object], now: Mapping[str, object]) -> set[str]:
    return {owner for owner in before.keys() | now.keys() if before.get(owner) != now.get(owner)}


def may_replace(before: Mapping[str, object], now: Mapping[str, object], rules: Rules) -> bool:
    """R5: a new figure may replace the old one only if no owner or enough owners changed.

    Otherwise the difference between the two would show what one of them corrected.
    """
    changed = changed_owners(before, now)
    return not changed or len(changed) >= rules.owners


def round_figure(value: float | None, *, cases: float | None = None) -> float | None:
    """R7: one decimal, half up; a share of fewer than 100 cases whole. Sums of counts are whole already.

    A share is printed whole, and then is what the figure itself would be: a page and the report say the same.
    """
    if value is None:
        return None
    if cases is None:
        return half_up(value, 1)
    return for_rounding_again(value, 0 if cases < 100 else 1)
