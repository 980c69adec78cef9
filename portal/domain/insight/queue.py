"""Queues (köer): three phases, each with who waits, who starts, and how soon those who started did.

The 30-day shares of those who started say nothing about those still waiting, who have shares of their own: how
many have waited at most 30 days, and over 90. The two are never put together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from portal.domain.insight.statistics.queues import (
    DAYS_PER_MONTH,
    arrivals,
    load,
    months_to_clear,
    months_until_within,
    pressure,
    queue_within,
    required_starts,
    target_queue,
)
from portal.domain.registry.annual import figure_of_month
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import Answer, MissingReason, Ratio, share, total


DAYS = 30  # the target of the strengthened guarantee, for each phase
WINDOW = 3  # months that today's pace is the mean of


@dataclass(frozen=True, kw_only=True, slots=True)
class Phase:
    """One queue. The names are codes of measures and indicators."""

    code: str
    label: str
    started_label: str
    noun: str  # what starts, in the plural
    awaited: str  # what one waits for, in the middle of a sentence
    waiting: str
    started: str
    within: str
    share: str
    to_clear: str
    over_30d: str  # of those waiting, for how long they have waited
    over_90d: str
    waited: str  # the share of them within the target
    waited_long: str

    @property
    def measures(self) -> tuple[str, ...]:
        return self.waiting, self.started, self.within, self.over_30d, self.over_90d

    @property
    def indicators(self) -> tuple[str, ...]:
        return self.waiting, self.to_clear, self.share, self.started, self.waited, self.waited_long


PHASES = (
    Phase(
        code="first_visit",
        label="Första besök",
        started_label="Genomförda första besök",
        noun="första besök",
        awaited="första besök",
        waiting="waiting_first_visit",
        started="first_visits",
        within="first_visits_within_30d",
        share="first_visit_within_30d",
        to_clear="months_to_clear_first_visit",
        over_30d="waiting_first_visit_over_30d",
        over_90d="waiting_first_visit_over_90d",
        waited="waited_first_visit_at_most_30d",
        waited_long="waited_first_visit_over_90d",
    ),
    Phase(
        code="investigation",
        label="Fördjupad utredning",
        started_label="Startade utredningar",
        noun="utredningar",
        awaited="utredning",
        waiting="waiting_investigation",
        started="investigations_started",
        within="investigations_started_within_30d",
        share="investigation_within_30d",
        to_clear="months_to_clear_investigation",
        over_30d="waiting_investigation_over_30d",
        over_90d="waiting_investigation_over_90d",
        waited="waited_investigation_at_most_30d",
        waited_long="waited_investigation_over_90d",
    ),
    Phase(
        code="treatment",
        label="Behandling",
        started_label="Påbörjade behandlingar",
        noun="behandlingar",
        awaited="behandling",
        waiting="waiting_treatment",
        started="treatments_started",
        within="treatments_started_within_30d",
        share="treatment_within_30d",
        to_clear="months_to_clear_treatment",
        over_30d="waiting_treatment_over_30d",
        over_90d="waiting_treatment_over_90d",
        waited="waited_treatment_at_most_30d",
        waited_long="waited_treatment_over_90d",
    ),
)
PHASES_BY_CODE = {phase.code: phase for phase in PHASES}
FIRST_VISIT, INVESTIGATION, TREATMENT = PHASES
WAITING = tuple(phase.waiting for phase in PHASES)
STARTED = tuple(phase.started for phase in PHASES)
SHARES = tuple(phase.share for phase in PHASES)
TO_CLEAR = tuple(phase.to_clear for phase in PHASES)
OVER_30D = tuple(phase.over_30d for phase in PHASES)
OVER_90D = tuple(phase.over_90d for phase in PHASES)
WAITED = tuple(phase.waited for phase in PHASES)
WAITED_LONG = tuple(phase.waited_long for phase in PHASES)
QUEUE_MEASURES = tuple(code for phase in PHASES for code in phase.measures)


def phase_of(indicator: str) -> Phase | None:
    """Return the queue that an indicator is about."""
    return next((phase for phase in PHASES if indicator in phase.indicators), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueState:
    """One queue now, what started in its month, and the pace of the newest months. None where it isn't known."""

    phase: Phase
    waiting: float | None = None
    started: float | None = None  # a month, mean of the window
    started_last: float | None = None  # in the newest month alone
    lasting: Ratio | None = None  # waiting and started in the newest month, of those who answered both
    joining: float | None = None  # a month, mean of the window
    within: float | None = None  # of those who started in the window, how many did within 30 days
    started_in_all: float | None = None
    waited: Ratio | None = None  # at most 30 days, of those who wait, where that is reported
    waited_long: Ratio | None = None  # over 90 days

    @property
    def months_to_clear(self) -> float | None:
        """At the pace of the month itself: the indicator of the same name, wherever it stands."""
        return months_to_clear(self.lasting.numerator, self.lasting.denominator) if self.lasting else None

    @property
    def load(self) -> float | None:
        """How many join for each who starts, means of the window."""
        return None if self.joining is None or self.started is None else load(self.joining, self.started)

    @property
    def pressure(self) -> float | None:
        """How hard the queue presses on the 30 days, to compare queues; above 1 most likely too hard.

        The mean wait is not reported: by Little's law it is as long as the queue takes.
        """
        months = self.months_to_clear
        return None if months is None else pressure(months * DAYS_PER_MONTH, DAYS)

    @property
    def share_within(self) -> float | None:
        """Percent of those who started who did so within 30 days."""
        if self.within is None or self.started_in_all is None:
            return None
        quotient = share(self.within, self.started_in_all)
        return None if quotient is None else 100 * quotient


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuePlan:
    """What it takes for nobody to wait longer than 30 days by then, and what today's pace gives."""

    needed: float  # starts a month
    more: float  # than today's pace; 0 when that is enough
    months: int
    until_within_today: float | None  # months at today's pace, None never


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueTurn:
    """The month since which a queue grows or shrinks, and by how many a month on average."""

    since: Month
    monthly: float
    is_first: bool  # the oldest month looked at: it may have begun earlier


def turn_of(months: Sequence[tuple[Month, float]]) -> QueueTurn | None:
    """Return when a queue turned: at its lowest month where it has grown since, at its highest otherwise.

    Of the two the later counts, and of equal months the newest. None for fewer than two, or where all are equal.
    """
    if len({waiting for _, waiting in months}) < 2:
        return None
    newest, now = months[-1]
    lowest = min(months, key=lambda pair: (pair[1], pair[0].until(newest)))
    highest = max(months, key=lambda pair: (pair[1], pair[0]))
    since, then = max(pair for pair in (lowest, highest) if pair[0] != newest)
    return QueueTurn(since=since, monthly=(now - then) / since.until(newest), is_first=since == months[0][0])


def state_of(
    phase: Phase,
    *,
    before: float | None,
    waiting: float | None,
    started: list[int | None],
    within: list[int | None],
) -> QueueState:
    """Put one queue's state together from its window; `before` is the queue when the window began."""
    all_started = _total(started)
    joined = None
    if before is not None and waiting is not None and all_started is not None:
        joined = arrivals(before, waiting, all_started) / len(started)
    started_last = started[-1] if started else None
    lasting = None if waiting is None or started_last is None else Ratio(waiting, started_last)
    return QueueState(
        phase=phase,
        waiting=waiting,
        started=None if all_started is None else all_started / len(started),
        started_last=started_last,
        lasting=lasting,
        joining=joined,
        within=_total(within),
        started_in_all=all_started,
    )


def state_at(
    phase: Phase, clinic: Clinic, month: Month, answers: Mapping[Month, Mapping[str, Answer]]
) -> QueueState:
    """Return a clinic's queue as it stood at the end of the month, at the pace of the newest months."""
    newest_months = months_between(month.plus(1 - WINDOW), month)
    window = [open_month for open_month in newest_months if clinic.is_open(open_month)]
    begun = window[0].previous if window else month.previous
    # A clinic that had not opened had nobody waiting: that is a zero, unlike a month nobody reported.
    before = count_of(answers.get(begun), phase.waiting) if clinic.is_open(begun) else 0
    state = state_of(
        phase,
        before=before,
        waiting=count_of(answers.get(month), phase.waiting),
        started=_counts(phase.started, window, answers),
        within=_counts(phase.within, window, answers),
    )
    newest = answers.get(month)
    return replace(
        state, waited=_waited(phase.waited, newest), waited_long=_waited(phase.waited_long, newest)
    )


def _waited(indicator: str, answers: Mapping[str, Answer] | None) -> Ratio | None:
    """Return how many of those who wait an indicator counts; None where that isn't reported."""
    figure = figure_of_month(INDICATORS_BY_CODE[indicator], answers, otherwise=MissingReason.NOT_REPORTED)
    if figure.numerator is None or figure.denominator is None:
        return None
    return Ratio(figure.numerator, figure.denominator)


def _counts(
    code: str, months: list[Month], answers: Mapping[Month, Mapping[str, Answer]]
) -> list[int | None]:
    return [count_of(answers.get(month), code) for month in months]


def _total(counts: list[int | None]) -> float | None:
    reported = [count for count in counts if count is not None]
    return sum(reported) if counts and len(reported) == len(counts) else None


def count_of(answers: Mapping[str, Answer] | None, code: str) -> int | None:
    answer = (answers or {}).get(code)
    return answer.value if answer else None


def added(phase: Phase, states: list[QueueState]) -> QueueState:
    """Return several clinics' queues as one; a clinic whose figure isn't known is left out of that figure."""

    def sum_of(name: str) -> float | None:
        figures = [getattr(state, name) for state in states]
        reported = [figure for figure in figures if figure is not None]
        return sum(reported) if reported else None

    def total_of(name: str) -> Ratio | None:
        ratios = [ratio for state in states if (ratio := getattr(state, name)) is not None]
        return total(ratios) if ratios else None

    return QueueState(
        phase=phase,
        waiting=sum_of("waiting"),
        started=sum_of("started"),
        started_last=sum_of("started_last"),
        lasting=total_of("lasting"),
        joining=sum_of("joining"),
        within=sum_of("within"),
        started_in_all=sum_of("started_in_all"),
        waited=total_of("waited"),
        waited_long=total_of("waited_long"),
    )


def plan(waiting: float, joining: float, started: float, *, months: int) -> QueuePlan:
    """Return the starts a month that bring the queue within 30 days in `months`, first in first out."""
    needed = required_starts(waiting, joining, months, days=DAYS)
    return QueuePlan(
        needed=needed,
        more=max(0.0, needed - started),
        months=months,
        until_within_today=months_until_within(waiting, joining, started, days=DAYS),
    )


def course(waiting: float, joining: float, started: float, *, months: int) -> list[float]:
    """Return the queue now and at the end of each coming month at that pace; nobody starts who does not wait."""
    return [max(0.0, waiting + month * (joining - started)) for month in range(months + 1)]


def longest_within(joining: float) -> float:
    """Return the longest queue in which nobody waits more than 30 days."""
    return queue_within(joining, DAYS)


def suitable_length(joining: float) -> float:
    """Return the queue at which nearly all start within 30 days, however they are taken from it."""
    return target_queue(joining, DAYS)
