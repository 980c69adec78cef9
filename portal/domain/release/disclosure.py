"""Disclosure control: when a regional figure may be shown to clinics. Used by the release service alone.

Clinics are competitors and insiders: each knows its own value, and a provider knows all its
clinics'. So contributors are counted by owner.

R1  at least `owners` distinct owners, one's own included        why_hide_count, why_hide_share
R2  the second largest cannot estimate the largest: of a sum, and of both counts of a share  is_dominated
R3  totals of 1-4, shares of few cases                           why_hide_count, why_hide_share
R4  what is left between two figures that are both known          is_rest_safe
    Only the whole region is released, no groups of clinics (released_figure has no such column), so there
    are no hidden parts to subtract from a total. What can be subtracted: a count less the part of it that
    its rate stands for, the current patients less those behind a rate, and what a quotient of two released
    counts gives for one of them.
R5  the difference to every figure ever shown of the same cell passes R1-R3 itself         may_replace
    From a figure that was hidden nothing is subtracted.
R6  a year is made of released months, and shown when all are, its shares whole  portal.services.insight.benchmarks
R7  one figure for all, rounded here and nowhere else             round_figure
R8  no order statistics: a release has sums, shares, means and nothing else
R9  one neutral text: clinics are sent no reason (Hidden is the region's)
R10 what goes to the browser is what may be seen                  tests/journeys/test_leak.py
R11 an implausible value waits for the region                     portal.domain.checks
R12 inputs, parameters and decisions are stored with each release  portal.services.releases
R13 no value behind a month's figures has one solution in whole numbers  portal.domain.release.whole_numbers

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
    WHOLE_NUMBERS = "whole_numbers"
    BESIDE = "beside"

    @property
    def label(self) -> str:
        return {
            "no_data": "ingen har rapporterat något värde",
            "few_owners": "för få vårdgivare har ett värde (R1)",
            "small_count": "för litet antal sammanlagt (R3)",
            "dominated": "en vårdgivare dominerar: de andra kunde räkna ut dess värde (R2)",
            "few_cases": "för få fall i nämnaren (R3)",
            "rest": "skillnaden mot ett annat visat värde vore få vårdgivares (R4)",
            "whole_numbers": "ett tal bakom det kunde räknas ut, eftersom det är helt (R13)",
            "beside": "månaderna att beta av kön visas inte, och kunde räknas ut ur det här",
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
    """Tell why a pooled share may not be shown (R1-R3): enough owners, enough cases, none that dominates.

    With the cases released beside it a share gives the sum that it counts, and what it doesn't count.
    """
    with_cases = [ratio for ratio in by_owner.values() if ratio.denominator]
    if len(with_cases) < rules.owners:
        return Hidden.FEW_OWNERS
    if sum(ratio.denominator for ratio in with_cases) < rules.smallest_denominator:
        return Hidden.FEW_CASES
    if any(is_dominated(part, rules.p_percent) for part in _parts(with_cases)):
        return Hidden.DOMINATED
    return None


def _parts(ratios: Iterable[Ratio]) -> Iterable[list[float]]:
    """Return the contributions to a share: its cases, those that count in it and those that don't."""
    ratios = list(ratios)
    yield [ratio.denominator for ratio in ratios]
    yield [ratio.numerator for ratio in ratios]
    yield [ratio.denominator - ratio.numerator for ratio in ratios]


def is_rest_safe(rest: Mapping[str, int], rules: Rules) -> bool:
    """R4: where a sum and a part of it are both known, so is the rest, which must pass too.

    `rest`: by owner, what the clinics outside the part have; nothing at all is a value of theirs, too.
    """
    return not rest or why_hide_count(rest, rules) is None


def is_dominated(values: Iterable[float], p_percent: float) -> bool:
    """The p % rule: the second largest could estimate the largest to within p percent."""
    ordered = sorted(values, reverse=True)
    rest = sum(ordered) - sum(ordered[:2])
    return rest < p_percent / 100 * ordered[0]


def changed_owners(before: Mapping[str, object], now: Mapping[str, object]) -> set[str]:
    return {owner for owner in before.keys() | now.keys() if before.get(owner) != now.get(owner)}


def may_replace(before: Mapping[str, int], now: Mapping[str, int], rules: Rules) -> bool:
    """R5: a new sum may replace an older one if nobody's part changed, or if the changes are a sum to show.

    Whoever kept the older one has the difference: the sum of what the owners changed, a late owner's value too.
    """
    changes = {owner: abs(now.get(owner, 0) - before.get(owner, 0)) for owner in before.keys() | now.keys()}
    changes = {owner: change for owner, change in changes.items() if change}
    return not changes or why_hide_count(changes, rules) is None


def round_figure(value: float | None, *, cases: float | None = None) -> float | None:
    """R7: one decimal, half up; a share of fewer than 100 cases whole. Sums of counts are whole already.

    A share is printed whole, and then is what the figure itself would be: a page and the report say the same.
    """
    if value is None:
        return None
    if cases is None:
        return half_up(value, 1)
    return for_rounding_again(value, 0 if cases < 100 else 1)
