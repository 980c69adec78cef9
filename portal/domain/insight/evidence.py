"""What speaks for or against a value being an artefact of registration: months, warnings, corrections, breaks.

Nothing here decides it: it says what is on record, and where to look first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import comb
from statistics import median

from portal.domain.insight.queue import SHARES
from portal.domain.registry.indicators import INDICATORS_BY_CODE, Indicator
from portal.domain.registry.months import Month
from portal.domain.registry.values import MissingReason


# Three clocks of the same patients' way; an odd one beside two ordinary ones asks what the clock was started by.
CLOCKS = tuple(INDICATORS_BY_CODE[code] for code in SHARES)
FAR = 3  # times the usual step
FEWEST_STEPS = 3
CHANCE = 0.05  # of a sign test: so seldom would months point one way by themselves


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesBreak:
    """From `month` on values can't be compared with earlier ones."""

    month: Month
    reason: str
    is_everyones: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Leap:
    """The region's largest step from one month to the next, and how many clinics took it the same way."""

    month: Month  # the later of the two
    step: float  # in the unit that is drawn
    usual: float  # the median of all steps' sizes
    same_way: int
    clinics: int  # with a value both months

    @property
    def is_like_a_change_of_system(self) -> bool:
        """Whether everyone leapt at once, and far: what a new system or definition does."""
        return self.same_way == self.clinics and abs(self.step) > FAR * self.usual


def largest_leap(
    months: Sequence[Month],
    region: Mapping[Month, float | None],
    of_clinics: Sequence[Mapping[Month, float | None]],
) -> Leap | None:
    """Return the region's largest step between neighbouring months; None with fewer than three of them."""
    steps = {
        later: now - before
        for earlier, later in pairwise(months)
        if (now := region.get(later)) is not None and (before := region.get(earlier)) is not None
    }
    if len(steps) < FEWEST_STEPS:
        return None
    month = max(steps, key=lambda later: abs(steps[later]))
    moved = [
        now - before
        for own in of_clinics
        if (now := own.get(month)) is not None and (before := own.get(month.previous)) is not None
    ]
    same_way = sum(own * steps[month] > 0 for own in moved)
    return Leap(
        month=month,
        step=steps[month],
        usual=median(map(abs, steps.values())),
        same_way=same_way,
        clinics=len(moved),
    )


class FirstCheck(StrEnum):
    """Where to look first."""

    BREAK = "break"
    GAPS = "gaps"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    UNSTEADY = "unsteady"
    FEW_MONTHS = "few_months"
    CLOCK = "clock"


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What is on record about one clinic's value of a period."""

    owed: int  # months in which the clinic was open
    reported: int
    without_value: tuple[tuple[MissingReason, int], ...] = ()  # reported months, by reason
    confirmed: int = (
        0  # values of the indicator's measures that gave a warning which was confirmed with a note
    )
    corrected: int = 0  # months with more than one version
    corrected_after_approval: int = 0
    breaks: tuple[SeriesBreak, ...] = ()  # in the period or the year before it, oldest first
    below: int = 0  # months below the region's figure of the same month
    above: int = 0

    @property
    def compared(self) -> int:
        return self.below + self.above

    @property
    def one_way(self) -> int:
        """How many months point the way that most do."""
        return max(self.below, self.above)

    @property
    def is_steady(self) -> bool:
        """Whether so many months on one side would be seldom by chance (two-sided sign test, 5 %)."""
        tail = sum(comb(self.compared, count) for count in range(self.one_way, self.compared + 1))
        return 2 * tail / 2**self.compared < CHANCE

    @property
    def can_be_steady(self) -> bool:
        """Whether there are months enough for a sign test to say anything at all."""
        return 2 / 2**self.compared < CHANCE

    @property
    def first_check(self) -> FirstCheck:
        """Say where to look first: the registration's own traces before the clinic's way of working."""
        if self.breaks:
            return FirstCheck.BREAK
        if self.reported < self.owed or self.without_value:
            return FirstCheck.GAPS
        if self.confirmed:
            return FirstCheck.CONFIRMED
        if self.corrected:
            return FirstCheck.CORRECTED
        if not self.can_be_steady:
            return FirstCheck.FEW_MONTHS
        return FirstCheck.CLOCK if self.is_steady else FirstCheck.UNSTEADY


def neighbours(indicator: Indicator) -> Sequence[Indicator]:
    """Return the indicators to read beside this one: those of the three clocks, for any of them and the queues."""
    return CLOCKS if indicator in CLOCKS or indicator.chapter == "queue" else ()
