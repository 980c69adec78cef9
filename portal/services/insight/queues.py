"""The region's three queues: who waits, who starts, how long each lasts, and what it would take."""

from collections.abc import Mapping
from dataclasses import dataclass

from db import audit
from db.registry import clinics
from db.reporting import breaks, values
from db.scoping import ScopedConnection
from db.sources import facts
from db.sources.facts import PublishedFigure
from portal.domain.accounts.access import User, check_is_region
from portal.domain.insight.queue import PHASES, QUEUE_MEASURES, WINDOW, Phase, QueueState, added, state_at
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import Month, latest_whole_month, months_between
from portal.services.context import Portal


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
        return Month.parse(self.period.split("..")[0])

    @property
    def last(self) -> Month:
        return Month.parse(self.period.split("..")[1])


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionalQueue:
    """One phase: its months, its state in all and per clinic, and the published figures."""

    phase: Phase
    months: tuple[QueueMonth, ...]
    together: QueueState
    clinics: tuple[tuple[Clinic, QueueState], ...]
    published: Published | None


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueBreak:
    """A break in the series of one clinic (its name) or, empty, of all; `month` is the first after it."""

    month: Month
    clinic: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Queues:
    month: Month
    reported: int
    open: int
    phases: tuple[RegionalQueue, ...]
    breaks: tuple[QueueBreak, ...] = ()  # within the months shown, oldest first

    def of(self, code: str) -> RegionalQueue:
        return next(found for found in self.phases if found.phase.code == code)


def newest_complete_month(portal: Portal, user: User) -> Month:
    """Return the newest month that every open clinic has sent; the newest of all when there is none."""
    check_is_region(user)
    last = latest_whole_month(portal.clock.today)
    with portal.reading(user) as scoped:
        known = clinics.list_in_scope(scoped)
        found = values.monthly_totals(
            scoped, measures=QUEUE_MEASURES[:1], first=last.plus(1 - MONTHS_SHOWN), last=last
        )
    for (month, _), (_, _, answered) in sorted(found.items(), reverse=True):
        if answered and answered >= sum(clinic.is_open(month) for clinic in known):
            return month
    return last


def months_to_choose(portal: Portal) -> list[Month]:
    last = latest_whole_month(portal.clock.today)
    return months_between(max(last.plus(1 - MONTHS_SHOWN), portal.calendar.first_month), last)[::-1]


def of_region(portal: Portal, user: User, month: Month) -> Queues:
    """Return the three queues as they stood at the end of a month; raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        version = audit.newest_id(scoped)
    return portal.memo.get(("queues", month, version), lambda: _read(portal, user, month))


def _read(portal: Portal, user: User, month: Month) -> Queues:
    first = max(month.plus(1 - MONTHS_SHOWN), portal.calendar.first_month)
    with portal.reading(user) as scoped:
        known = clinics.list_in_scope(scoped)
        answers = values.of_months(scoped, measures=QUEUE_MEASURES, first=month.plus(-WINDOW), last=month)
        sums = values.monthly_totals(scoped, measures=QUEUE_MEASURES, first=first, last=month)
        printed = [row for row in facts.list_published(scoped) if row.indicator in QUEUE_MEASURES]
        here = _means_here(scoped, printed)
        broken = breaks.list_all(scoped)
    names = {clinic.code: clinic.name for clinic in known}
    shown = months_between(first, month)
    opened = {one: sum(clinic.is_open(one) for clinic in known) for one in shown}
    those_open = [clinic for clinic in known if clinic.is_open(month)]
    phases = []
    for phase in PHASES:
        states = [
            (clinic, state_at(phase, clinic, month, answers.get(clinic.code, {}))) for clinic in those_open
        ]
        phases.append(
            RegionalQueue(
                phase=phase,
                months=tuple(_month(phase, one, sums, opened[one]) for one in shown),
                together=added(phase, [state for _, state in states]),
                clinics=tuple(states),
                published=_published(phase, printed, here),
            )
        )
    reported = sum(month in answers.get(clinic.code, {}) for clinic in those_open)
    return Queues(
        month=month,
        reported=reported,
        open=len(those_open),
        phases=tuple(phases),
        breaks=tuple(
            QueueBreak(month=one.month, clinic=names.get(one.clinic or "", ""), reason=one.reason)
            for one in reversed(broken)
            if first < one.month <= month
        ),
    )


def _month(
    phase: Phase, month: Month, sums: Mapping[tuple[Month, str], tuple[int | None, int, int]], opened: int
) -> QueueMonth:
    waiting, _, answered = sums.get((month, phase.waiting), (None, 0, 0))
    started, _, also = sums.get((month, phase.started), (None, 0, 0))
    return QueueMonth(
        month=month,
        waiting=waiting if answered >= opened else None,
        started=started if also >= opened else None,
        answered=min(answered, also),
        open=opened,
    )


def _means_here(scoped: ScopedConnection, printed: list[PublishedFigure]) -> dict[tuple[str, str], float]:
    """Return the portal's own mean per month for each printed run of months."""
    found: dict[tuple[str, str], float] = {}
    for period in sorted({row.period for row in printed if ".." in row.period}):
        first, last = (Month.parse(part) for part in period.split(".."))
        measures = [row.indicator for row in printed if row.period == period]
        sums = values.monthly_sums(scoped, measures=measures, first=first, last=last)
        for measure in measures:
            totals = [total for (_, code), total in sums.items() if code == measure]
            if len(totals) == len(months_between(first, last)):
                found[period, measure] = sum(totals) / len(totals)
    return found


def _published(
    phase: Phase, printed: list[PublishedFigure], here: Mapping[tuple[str, str], float]
) -> Published | None:
    rows = {row.indicator: row for row in printed if ".." in row.period}
    waiting, started = rows.get(phase.waiting), rows.get(phase.started)
    if waiting is None or started is None:
        return None
    return Published(
        period=waiting.period,
        source=waiting.source,
        waiting=waiting.value,
        started=started.value,
        waiting_here=here.get((waiting.period, phase.waiting)),
        started_here=here.get((started.period, phase.started)),
    )
