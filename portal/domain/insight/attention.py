"""What needs attention: an indicator that has really got worse, lies behind the region, or can't meet its target."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.insight.queue import phase_of
from portal.domain.insight.series import ChartedSeries
from portal.domain.insight.statistics.control import (
    FEWEST_POINTS,
    Assurance,
    ControlLimits,
    Signal,
    SignalRule,
    assurance,
)
from portal.domain.registry.indicators import Better, Indicator, Target
from portal.domain.registry.months import Month
from portal.domain.release.standing import Position


class Cause(StrEnum):
    """Why an indicator stands out, the strongest reason first."""

    OUTSIDE = "outside"
    TREND = "trend"
    ONE_SIDE = "one_side"
    NEAR = "near"
    REGION = "region"
    TARGET = "target"


class HistoryMark(StrEnum):
    """How a month stands against the clinic's own months before it; always shown as symbol and word."""

    WORSE = "worse"
    BETTER = "better"
    CHANGED = "changed"  # where neither direction is better
    USUAL = "usual"

    @property
    def symbol(self) -> str:
        return {"worse": "▼", "better": "▲", "changed": "◆", "usual": "≈"}[self.value]

    @property
    def label(self) -> str:
        return {"worse": "sämre", "better": "bättre", "changed": "ändrat", "usual": "som vanligt"}[self.value]

    @property
    def is_change(self) -> bool:
        """Whether it asks for what may explain it."""
        return self is not HistoryMark.USUAL


_ORDER = list(Cause)
_OF_RULE = {
    SignalRule.OUTSIDE: Cause.OUTSIDE,
    SignalRule.TREND: Cause.TREND,
    SignalRule.NEAR: Cause.NEAR,
    SignalRule.ONE_SIDE: Cause.ONE_SIDE,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class AttentionFinding:
    """What the statistics say of one indicator's month."""

    cause: Cause
    is_worse: bool  # False: better, or a change where neither direction is
    is_better: bool = False
    is_high: bool = False
    months: int = 0  # in a row, for a trend and for one side
    limits: ControlLimits | None = None
    target: Target | None = None

    @property
    def mark(self) -> HistoryMark:
        if self.is_worse:
            return HistoryMark.WORSE
        return HistoryMark.BETTER if self.is_better else HistoryMark.CHANGED


def signal_of(series: ChartedSeries, month: Month) -> AttentionFinding | None:
    """Return what the control chart says of that month."""
    index = series.index(month)
    signal = series.chart.signals[index] if index is not None else None
    if index is None or signal is None:
        return None
    return AttentionFinding(
        cause=_OF_RULE[signal.rule],
        is_worse=_is_worse(series.indicator.better, is_high=signal.is_high),
        is_better=_is_worse(series.indicator.better, is_high=not signal.is_high),
        is_high=signal.is_high,
        months=_months(series, index, signal),
        limits=series.chart.limits[index],
    )


def history_mark(series: ChartedSeries, month: Month) -> HistoryMark | None:
    """Return the month's mark; None where it has no value, or its stretch too few months to tell."""
    signal = signal_of(series, month)
    if signal:
        return signal.mark
    index = series.index(month)
    if index is None or series.values[index] is None or not series.can_signal(index):
        return None
    return HistoryMark.USUAL


def assurance_of(series: ChartedSeries, target: Target | None) -> Assurance | None:
    """Tell whether the process as it runs meets the target; None without target, direction or enough months.

    A target within the limits that no month has reached is not met by chance: it is not met.
    """
    limits = series.chart.latest
    reported_months = sum(value is not None for value in series.values)
    if (
        target is None
        or limits is None
        or series.indicator.better is Better.NEUTRAL
        or reported_months < FEWEST_POINTS
    ):
        return None
    is_higher_better = series.indicator.better is Better.HIGHER
    verdict = assurance(limits, target.value, higher_is_better=is_higher_better)
    has_reached = any(
        value >= target.value if is_higher_better else value <= target.value
        for value in series.values
        if value is not None
    )
    return Assurance.FAIL if verdict is Assurance.HIT_OR_MISS and not has_reached else verdict


def find(
    series: ChartedSeries, month: Month, *, position: Position, target: Target | None
) -> AttentionFinding | None:
    """Return the strongest thing to say of an indicator's month; what is worse goes first."""
    signal = signal_of(series, month)
    if signal and signal.is_worse:
        return signal
    index = series.index(month)
    if index is None or series.values[index] is None:
        return None
    if position is Position.WORSE:
        return AttentionFinding(cause=Cause.REGION, is_worse=True)
    if assurance_of(series, target) is Assurance.FAIL:
        return AttentionFinding(cause=Cause.TARGET, is_worse=True, limits=series.chart.latest, target=target)
    return signal


def needs_attention(
    findings: Iterable[tuple[Indicator, AttentionFinding | None]], *, most: int
) -> list[Indicator]:
    """Return the indicators to look at first, at most one per queue, the strongest reason first."""
    worse = [(indicator, finding) for indicator, finding in findings if finding and finding.is_worse]
    worse.sort(key=lambda pair: rank(*pair))
    chosen: list[Indicator] = []
    families: set[str] = set()
    for indicator, _ in worse:
        phase = phase_of(indicator.code)
        family = phase.code if phase else indicator.code
        if family not in families:
            families.add(family)
            chosen.append(indicator)
    return chosen[:most]


def rank(indicator: Indicator, finding: AttentionFinding | None) -> tuple[bool, int, bool]:
    """Return what to sort by: worse first, by cause, what the contract asks for before the rest."""
    is_worse = finding is not None and finding.is_worse
    cause = _ORDER.index(finding.cause) if finding and is_worse else len(_ORDER)
    return not is_worse, cause, not (indicator.requirement or indicator.targets)


def mark_of(better: Better, *, is_high: bool) -> HistoryMark:
    """Return the mark of something that is higher, or lower, than it was."""
    if better is Better.NEUTRAL:
        return HistoryMark.CHANGED
    return HistoryMark.WORSE if _is_worse(better, is_high=is_high) else HistoryMark.BETTER


def _is_worse(better: Better, *, is_high: bool) -> bool:
    return better is not Better.NEUTRAL and is_high is (better is Better.LOWER)


def _months(series: ChartedSeries, index: int, signal: Signal) -> int:
    """Return how many months in a row the signal has gone on, that month included."""
    if signal.rule is SignalRule.ONE_SIDE:
        return series.chart.runs[index]
    if signal.rule is not SignalRule.TREND:
        return 1
    months = 1
    while index - months >= 0 and _goes(series, index - months, is_up=signal.is_high):
        months += 1
    return months


def _goes(series: ChartedSeries, index: int, *, is_up: bool) -> bool:
    """Tell whether the step from that month to the next goes in that direction, within one stretch."""
    value, next_value = series.values[index], series.values[index + 1]
    if value is None or next_value is None or series.months[index + 1] in series.breaks:
        return False
    return next_value > value if is_up else next_value < value
