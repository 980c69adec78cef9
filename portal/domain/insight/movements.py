"""Movements of a month: what is more than noise, how surprising and important it is, and what is one story.

Judged by the control chart that Indikator draws and Översikt marks: no second rule.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import erfc, factorial, log10, sqrt

from portal.domain.insight.attention import HistoryMark, mark_of
from portal.domain.insight.queue import phase_of
from portal.domain.insight.series import (
    Counts,
    newest_of,
    tells_nothing,
)
from portal.domain.insight.statistics.control import ControlLimits, Newest, Signal, SignalRule
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import Better, Indicator
from portal.domain.registry.months import Month


RAREST = 1e-300  # what a float can hold
FLAT_CHANCE = 0.0027  # of what leaves a series that never moved: as of what lies just outside the limits
# Two of three beyond two standard deviations on one side, in a normal series: 2 · 3 · 0.0228².
NEAR_CHANCE = 0.0031
NEUTRAL_WEIGHT, DIRECTED_WEIGHT, CONTRACT_WEIGHT = 1.0, 1.5, 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Movement:
    """A clinic's value that is more than noise in the newest month.

    `value`, `before` and `limits` are what a chart shows: counts per 100 current patients, shares in percent.
    """

    clinic: Clinic
    indicator: Indicator
    month: Month
    value: float
    before: float | None
    limits: ControlLimits
    signal: Signal
    run: int  # months in a row on this side of the mean
    is_new: bool  # no such signal the month before
    is_returned: bool  # the clinic has been asked to look at the month again

    @property
    def mark(self) -> HistoryMark:
        return mark_of(self.indicator.better, is_high=self.signal.is_high)

    @property
    def is_step(self) -> bool:
        """Whether the news is the way it goes, and not how far from the mean it lies."""
        return self.signal.rule is SignalRule.TREND and self.before is not None

    @property
    def distance(self) -> float:
        """How far it has moved, on the side that the mark is of: from its own mean; in a trend, in the month."""
        from_where = self.before if self.is_step and self.before is not None else self.limits.mean
        return self.value - from_where

    @property
    def surprise(self) -> float:
        """How many noughts the chance of it has, were the series mere noise: 3 is one in a thousand."""
        return -log10(max(RAREST, min(self._chance_of_distance, self._chance_of_pattern)))

    @property
    def weight(self) -> float:
        """What to sort by: surprise times importance, which is greatest for what the contract asks for."""
        return self.surprise * _importance(self.indicator)

    @property
    def _chance_of_distance(self) -> float:
        """Return the chance of a value as far from the mean, in a normal series."""
        deviation = (self.limits.near_high - self.limits.mean) / 2
        return erfc(abs(self.value - self.limits.mean) / deviation / sqrt(2)) if deviation else FLAT_CHANCE

    @property
    def _chance_of_pattern(self) -> float:
        match self.signal.rule:
            case SignalRule.TREND:
                return 2 / factorial(7)
            case SignalRule.ONE_SIDE:
                return 2 * 0.5**self.run
            case SignalRule.NEAR:
                return NEAR_CHANCE
            case _:
                return 1.0


def _importance(indicator: Indicator) -> float:
    if indicator.requirement or indicator.targets:
        return CONTRACT_WEIGHT
    return NEUTRAL_WEIGHT if indicator.better is Better.NEUTRAL else DIRECTED_WEIGHT


@dataclass(frozen=True, slots=True)
class Story:
    """What one clinic's queue, or one of its other indicators, tells: the weightiest movement and the rest."""

    lead: Movement
    others: tuple[Movement, ...] = ()

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        return (self.lead.indicator, *(movement.indicator for movement in self.others))


def movement(
    clinic: Clinic,
    indicator: Indicator,
    months: Sequence[Month],
    counts: Counts,
    *,
    breaks: Sequence[Month] = (),
    is_returned: bool = False,
) -> Movement | None:
    """Return the movement that the newest of the months is, or None where it is noise."""
    newest, value = newest_of(indicator, months, counts, breaks=breaks), counts.drawn[-1]
    if newest is None or value is None or tells_nothing(indicator, newest.limits):
        return None
    return Movement(
        clinic=clinic,
        indicator=indicator,
        month=months[-1],
        value=value,
        before=counts.drawn[-2],
        limits=newest.limits,
        signal=newest.signal,
        run=newest.run,
        is_new=_is_new(indicator, months, counts, newest, breaks),
        is_returned=is_returned,
    )


def _is_new(
    indicator: Indicator, months: Sequence[Month], counts: Counts, newest: Newest, breaks: Sequence[Month]
) -> bool:
    """Tell whether the month before did not say so too: by its own chart then, or outside today's limits.

    Today's other signals reach back over the months they are made of, so they say nothing about then.
    """
    outside = Signal(SignalRule.OUTSIDE, newest.signal.is_high)
    if newest.before == outside:
        return False
    month_before = newest_of(indicator, months[:-1], counts.until_month_before, breaks=breaks)
    return month_before is None or month_before.signal not in (newest.signal, outside)


def stories(movements: Iterable[Movement]) -> list[Story]:
    """Join the new movements of one clinic's queue, and put what is most surprising and important first."""
    by_story = sorted((moved for moved in movements if moved.is_new), key=_story_key)
    joined = []
    for _, group in groupby(by_story, key=_story_key):
        lead, *others = sorted(group, key=_weightiest_first)
        joined.append(Story(lead, tuple(others)))
    return sorted(joined, key=lambda story: _weightiest_first(story.lead))


def _story_key(moved: Movement) -> tuple[str, str]:
    phase = phase_of(moved.indicator.code)
    return moved.clinic.code, phase.code if phase else moved.indicator.code


def _weightiest_first(moved: Movement) -> tuple[float, str, str]:
    return -moved.weight, moved.clinic.code, moved.indicator.code
