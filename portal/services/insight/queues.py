"""The region's three queues: who waits, who starts, how long each lasts, and what it would take."""

from collections.abc import Mapping
from dataclasses import dataclass

from db import audit
from db.registry import clinics
from db.release import forecasts
from db.reporting import breaks, values
from db.reporting.breaks import Break
from db.sources import facts
from portal.domain.accounts.access import User, check_is_region
from portal.domain.insight.forecasting import SeriesForecast, by_series
from portal.domain.insight.queue import (
    PHASES,
    QUEUE_MEASURES,
    WINDOW,
    Phase,
    QueueState,
    QueueTurn,
    added,
    state_at,
    turn_of,
)
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import Month, latest_whole_month, months_between
from portal.domain.sources.published import PublishedFigure
from portal.services.context import Portal
from portal.services.insight.clinic_months import AnswersByMonth
from portal.services.insight.published import first_and_last, is_run_of_months, monthly_means
from portal.services.sources import entry_months


MONTHS_SHOWN = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueMonth:
    """The region's month of one queue; None unless every open clinic has answered."""

    month: Month
    waiting: int | None
    started: int | None
    answered: int  # clinics
    open: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """What a source printed of a queue, beside what the portal has for the same months."""

    period: str
    source: str
    waiting: float | None
    started: float | None
    waiting_here: float | None
    started_here: float | None

    @property
    def first(self) -> Month:
        return first_and_last(self.period)[0]

    @property
    def last(self) -> Month:
        return first_and_last(self.period)[1]


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionalQueue:
    """One phase: its months, its state in all and per clinic, and the published figures."""

    phase: Phase
    months: tuple[QueueMonth, ...]
    together: QueueState
    clinics: tuple[tuple[Clinic, QueueState], ...]
    published: Published | None

    def at(self, month: Month) -> QueueMonth | None:
        """Return one of its months, where it is shown."""
        return next((queue_month for queue_month in self.months if queue_month.month == month), None)

    @property
    def counts(self) -> list[int | None]:
        """Everything that its chart draws of its months."""
        return [count for row in self.months for count in (row.waiting, row.started)]

    @property
    def turn(self) -> QueueTurn | None:
        """Since when the region's queue grows or shrinks, by the months that everybody has answered."""
        return turn_of([(row.month, row.waiting) for row in self.months if row.waiting is not None])


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueBreak:
    """A break in the series of one clinic (its name) or, empty, of all; `month` is the first after it."""

    month: Month
    clinic: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Queues:
    """The region's queues at the end of a month, and how many of the open clinics they rest on."""

    month: Month
    reported: int
    open: int
    phases: tuple[RegionalQueue, ...]
    breaks: tuple[QueueBreak, ...] = ()  # within the months shown, oldest first
    entry_start: Month | None = None  # En väg in began, within the months shown
    forecasts: Mapping[str, SeriesForecast]  # by series, of the newest release up to the month

    @property
    def highest(self) -> float:
        """The most of all queues and months: where their common scale ends."""
        counts = [
            count
            for queue in self.phases
            for count in (
                queue.published and queue.published.waiting,
                *queue.counts,
                *self._ahead(queue.phase),
            )
            if count
        ]
        return max(counts, default=1)

    def _ahead(self, phase: Phase) -> list[float]:
        series_forecast = self.forecasts.get(phase.waiting)
        return [step.high for step in series_forecast.steps.values()] if series_forecast else []

    def of(self, code: str) -> RegionalQueue:
        """Return one queue by its phase's code."""
        return next(regional_queue for regional_queue in self.phases if regional_queue.phase.code == code)


def newest_complete_month(portal: Portal, user: User) -> Month:
    """Return the newest month that every open clinic has sent; the newest of all when there is none."""
    check_is_region(user)
    last = latest_whole_month(portal.clock.today)
    first = last.plus(1 - MONTHS_SHOWN)
    with portal.reading(user) as scoped:
        register = clinics.list_in_scope(scoped)
        totals = values.monthly_totals(scoped, measures=QUEUE_MEASURES[:1], first=first, last=last)
    for (month, _), (_, _, answered) in sorted(totals.items(), reverse=True):
        if answered and answered >= _count_open(register, month):
            return month
    return last


def months_to_choose(portal: Portal) -> list[Month]:
    """Return the months whose queues can be shown, newest first."""
    last = latest_whole_month(portal.clock.today)
    return months_between(max(last.plus(1 - MONTHS_SHOWN), portal.calendar.first_month), last)[::-1]


def of_region(portal: Portal, user: User, month: Month) -> Queues:
    """Return the three queues as they stood at the end of a month; raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        version = audit.figures_version(scoped)
    return portal.memo.get(("queues", month, version), lambda: _queues(_read(portal, user, month)))


MonthlyTotals = Mapping[tuple[Month, str], tuple[int | None, int, int]]


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """What was read of the queues up to a month."""

    first: Month  # of those shown
    month: Month
    register: list[Clinic]
    answers: Mapping[str, AnswersByMonth]  # of the months that today's pace rests on, by clinic
    totals: MonthlyTotals  # of the region: sum, clinics with a value, clinics that answered
    published: list[PublishedFigure]  # of the queues
    own_means: Mapping[tuple[str, str], float]  # a month, by published period and measure
    breaks: list[Break]  # newest first
    entry_start: Month | None
    forecasts: Mapping[str, SeriesForecast]

    @property
    def open_clinics(self) -> list[Clinic]:
        return [clinic for clinic in self.register if clinic.is_open(self.month)]

    def answers_of(self, clinic: Clinic) -> AnswersByMonth:
        return self.answers.get(clinic.code, {})


def _read(portal: Portal, user: User, month: Month) -> _Reading:
    first = max(month.plus(1 - MONTHS_SHOWN), portal.calendar.first_month)
    with portal.reading(user) as scoped:
        published = [row for row in facts.list_published(scoped) if row.indicator in QUEUE_MEASURES]
        return _Reading(
            first=first,
            month=month,
            register=clinics.list_in_scope(scoped),
            answers=values.of_months(scoped, measures=QUEUE_MEASURES, first=month.plus(-WINDOW), last=month),
            totals=values.monthly_totals(scoped, measures=QUEUE_MEASURES, first=first, last=month),
            published=published,
            own_means=monthly_means(scoped, published),
            breaks=breaks.list_all(scoped),
            entry_start=entry_months.start(scoped),
            forecasts=by_series(forecasts.list_of_region(scoped, until=month)),
        )


def _queues(reading: _Reading) -> Queues:
    open_clinics = reading.open_clinics
    reported = sum(reading.month in reading.answers_of(clinic) for clinic in open_clinics)
    phases = tuple(_regional_queue(phase, reading) for phase in PHASES)
    return Queues(
        month=reading.month,
        reported=reported,
        open=len(open_clinics),
        phases=phases,
        breaks=_breaks(reading),
        entry_start=_entry_start(reading),
        forecasts=reading.forecasts,
    )


def _regional_queue(phase: Phase, reading: _Reading) -> RegionalQueue:
    states = tuple(
        (clinic, state_at(phase, clinic, reading.month, reading.answers_of(clinic)))
        for clinic in reading.open_clinics
    )
    months = tuple(
        _month(phase, month, reading.totals, _count_open(reading.register, month))
        for month in months_between(reading.first, reading.month)
    )
    together = added(phase, [state for _, state in states])
    return RegionalQueue(
        phase=phase,
        months=months,
        together=together,
        clinics=states,
        published=_published(phase, reading),
    )


def _count_open(register: list[Clinic], month: Month) -> int:
    return sum(clinic.is_open(month) for clinic in register)


def _month(phase: Phase, month: Month, totals: MonthlyTotals, open_clinics: int) -> QueueMonth:
    waiting, _, waiting_answers = totals.get((month, phase.waiting), (None, 0, 0))
    started, _, started_answers = totals.get((month, phase.started), (None, 0, 0))
    return QueueMonth(
        month=month,
        waiting=waiting if waiting_answers >= open_clinics else None,
        started=started if started_answers >= open_clinics else None,
        answered=min(waiting_answers, started_answers),
        open=open_clinics,
    )


def _published(phase: Phase, reading: _Reading) -> Published | None:
    rows = {row.indicator: row for row in reading.published if is_run_of_months(row)}
    waiting, started = rows.get(phase.waiting), rows.get(phase.started)
    if waiting is None or started is None:
        return None
    return Published(
        period=waiting.period,
        source=waiting.source,
        waiting=waiting.value,
        started=started.value,
        waiting_here=reading.own_means.get((waiting.period, phase.waiting)),
        started_here=reading.own_means.get((started.period, phase.started)),
    )


def _breaks(reading: _Reading) -> tuple[QueueBreak, ...]:
    names = {clinic.code: clinic.name for clinic in reading.register}
    return tuple(
        QueueBreak(month=row.month, clinic=names.get(row.clinic or "", ""), reason=row.reason)
        for row in reversed(reading.breaks)
        if reading.first < row.month <= reading.month
    )


def _entry_start(reading: _Reading) -> Month | None:
    start = reading.entry_start
    return start if start and reading.first <= start <= reading.month else None
