"""Whether a plan helped: its months against the ones before it, by the control chart's own rules, never too early."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.domain.insight.attention import HistoryMark, signal_of
from portal.domain.insight.series import ChartedSeries
from portal.domain.insight.statistics.control import FEWEST_POINTS
from portal.domain.plans.plan import ActionPlan, PlanState
from portal.domain.registry.months import Month


FEWEST_MONTHS = 6  # from the start on, before anything is said


class Outcome(StrEnum):
    """What is said of a plan's effect."""

    NO_MEASURE = "no_measure"
    STOPPED = "stopped"
    TOO_EARLY = "too_early"
    NOT_REPORTED = "not_reported"
    BROKEN = "broken"
    FEW_BEFORE = "few_before"
    UNCLEAR = "unclear"
    BETTER = "better"
    WORSE = "worse"
    CHANGED = "changed"

    @property
    def is_judged(self) -> bool:
        return self in (Outcome.UNCLEAR, Outcome.BETTER, Outcome.WORSE, Outcome.CHANGED)


_WORDS = {
    Outcome.NO_MEASURE: "inget månadsmått visar det",
    Outcome.STOPPED: "bedöms inte",
    Outcome.TOO_EARLY: "bedöms tidigast i {month}",
    Outcome.NOT_REPORTED: f"kan inte bedömas: färre än {FEWEST_MONTHS} månader rapporterade",
    Outcome.BROKEN: "kan inte bedömas: seriebrott i {month}",
    Outcome.FEW_BEFORE: f"kan inte bedömas: färre än {FEWEST_POINTS} månader före",
    Outcome.UNCLEAR: "ingen tydlig förändring än",
    Outcome.BETTER: "bättre än före",
    Outcome.WORSE: "sämre än före",
    Outcome.CHANGED: "ändrat mot före",
}
_OF_MARK = {
    HistoryMark.BETTER: Outcome.BETTER,
    HistoryMark.WORSE: Outcome.WORSE,
    HistoryMark.CHANGED: Outcome.CHANGED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanEffect:
    """The outcome, and the month that it is about: the first to judge in, or that of a break."""

    outcome: Outcome
    month: Month | None = None
    newest: tuple[Month, float] | None = None  # the newest month's value, to hold against the expected one

    @property
    def label(self) -> str:
        return _WORDS[self.outcome].format(month=self.month.label if self.month else "")

    @property
    def mark(self) -> HistoryMark | None:
        """How it is marked; nothing where it is not judged."""
        if self.outcome is Outcome.UNCLEAR:
            return HistoryMark.USUAL
        return next((mark for mark, outcome in _OF_MARK.items() if outcome is self.outcome), None)


def first_judged(plan: ActionPlan, today: date) -> Month:
    """Return the first month in which the plan can be judged; one that has not begun begins today at the earliest."""
    starts = plan.content.starts if plan.has_begun else max(plan.content.starts, Month.of(today))
    return starts.plus(FEWEST_MONTHS)


def without_series(plan: ActionPlan, today: date) -> PlanEffect | None:
    """Return what is said before any month is looked at; None where the months decide."""
    if plan.state is PlanState.STOPPED:
        return PlanEffect(outcome=Outcome.STOPPED)
    if plan.occasion.indicator is None:
        return PlanEffect(outcome=Outcome.NO_MEASURE)
    earliest = first_judged(plan, today)
    if Month.of(today) < earliest:
        return PlanEffect(outcome=Outcome.TOO_EARLY, month=earliest)
    return None


def judge(plan: ActionPlan, series: ChartedSeries, today: date) -> PlanEffect:
    """Judge by the months from the plan's start on (`series.charted_after`).

    The newest six reported ones decide: a signal the one way and none the other.
    """
    early = without_series(plan, today)
    if early:
        return early
    if series.breaks:
        return PlanEffect(outcome=Outcome.BROKEN, month=series.breaks[0])
    reported = [month for month, value in zip(series.months, series.values, strict=True) if value is not None]
    if len(reported) < FEWEST_MONTHS:
        return PlanEffect(outcome=Outcome.NOT_REPORTED)
    if series.chart.latest is None:
        return PlanEffect(outcome=Outcome.FEW_BEFORE)
    marks = set(_marks(series, reported[-FEWEST_MONTHS:]))
    return PlanEffect(outcome=_OF_MARK[marks.pop()] if len(marks) == 1 else Outcome.UNCLEAR)


def _marks(series: ChartedSeries, months: list[Month]) -> Iterator[HistoryMark]:
    for month in months:
        signal = signal_of(series, month)
        if signal:
            yield signal.mark
