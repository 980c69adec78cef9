"""What changed since the month before, for the region: late clinics, movements, corrections."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from db import audit
from db.administration import audit_log
from db.registry import clinics
from db.release import releases
from db.reporting import breaks, deadlines, submissions, values
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User, check_is_region
from portal.domain.insight.statistics.control import ControlLimits, Signal, SignalRule, xmr_chart
from portal.domain.registry.annual import figure_of_month
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import MONTHLY_INDICATORS, PATIENTS, Indicator
from portal.domain.registry.months import Month, latest_whole_month, months_between
from portal.domain.registry.values import Answer, MissingReason
from portal.domain.reporting.submissions import State, Submission
from portal.services.context import STOCKHOLM, Portal


CHART_MONTHS = 24  # of a control chart: enough for limits, short enough to be about now
CORRECTION_MONTHS = 13  # how far back corrections are looked for


@dataclass(frozen=True, kw_only=True, slots=True)
class LateClinic:
    """A clinic whose month came after its last day, or has not come."""

    clinic: Clinic
    last_day: date
    sent_on: date | None
    is_new: bool  # it was not late with the month before


@dataclass(frozen=True, kw_only=True, slots=True)
class Movement:
    """A clinic's value that is more than noise in the newest month, by the rules of an XmR chart.

    `value`, `before` and `limits` are what a chart shows: counts per 100 current patients.
    """

    clinic: Clinic
    indicator: Indicator
    value: float
    before: float | None
    limits: ControlLimits
    signal: Signal
    is_new: bool  # no such signal the month before
    is_returned: bool  # the clinic has been asked to look at the month again

    @property
    def size(self) -> float:
        """The distance from the mean, in distances from mean to limit."""
        reach = (self.limits.near_high - self.limits.mean) * 1.5
        return abs(self.value - self.limits.mean) / reach if reach else float("inf")


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """What came in for a month after it was last released: a late month, or a new version."""

    clinic: Clinic
    month: Month
    submission: Submission
    is_late: bool  # the release was made without the clinic


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthNews:
    month: Month
    deadline: date
    is_due: bool  # the last day has passed, extensions apart
    late: tuple[LateClinic, ...]
    movements: tuple[Movement, ...]  # new ones first, the largest first
    corrections: tuple[Correction, ...]  # of months before this one, the newest month first
    reported: int
    owed: int


def months(portal: Portal) -> list[Month]:
    """Return the months to choose from, newest first."""
    last = latest_whole_month(portal.clock.today)
    first = max(last.plus(1 - CORRECTION_MONTHS), portal.calendar.first_month)
    return months_between(first, last)[::-1]


def news(portal: Portal, user: User, month: Month) -> MonthNews:
    """Return what is new in a month; raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        version = audit.data_version(scoped)
    key = ("news", month, portal.clock.today, version)
    return portal.memo.get(key, lambda: _read(portal, user, month))


def corrections(portal: Portal, user: User) -> tuple[Correction, ...]:
    """Return what came in after the newest release of its month; raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        key = ("corrections", portal.clock.today, audit.data_version(scoped))
        return portal.memo.get(key, lambda: _read_corrections(portal, scoped))


def _read_corrections(portal: Portal, scoped: ScopedConnection) -> tuple[Correction, ...]:
    register = {clinic.code: clinic for clinic in clinics.list_in_scope(scoped)}
    return _corrections(scoped, register, months(portal))


def _read(portal: Portal, user: User, month: Month) -> MonthNews:
    with portal.reading(user) as scoped:
        register = {clinic.code: clinic for clinic in clinics.list_in_scope(scoped)}
        late = _newly_late(
            _late(portal, scoped, register, month), _late(portal, scoped, register, month.previous)
        )
        sent = submissions.list_current(scoped, months=[month])
        returned = {submission.clinic for submission in sent if submission.state is State.RETURNED}
        movements = sorted(_movements(scoped, register, month, returned), key=_largest_first)
        older = [earlier for earlier in months(portal) if earlier < month]
        corrected = _corrections(scoped, register, older) if older else ()
    reported = sum(submission.state is not State.RETURNED for submission in sent)
    owed = sum(clinic.is_open(month) for clinic in register.values())
    return MonthNews(
        month=month,
        deadline=portal.calendar.deadline(month),
        is_due=portal.clock.today > portal.calendar.deadline(month),
        late=late,
        movements=tuple(movements),
        corrections=corrected,
        reported=reported,
        owed=owed,
    )


def _newly_late(late: Sequence[LateClinic], month_before: Sequence[LateClinic]) -> tuple[LateClinic, ...]:
    """Return the late clinics, each told whether it was late the month before too."""
    codes_before = {late_clinic.clinic.code for late_clinic in month_before}
    return tuple(
        replace(late_clinic, is_new=late_clinic.clinic.code not in codes_before) for late_clinic in late
    )


def _largest_first(movement: Movement) -> tuple[bool, float, str]:
    return not movement.is_new, -movement.size, movement.clinic.code


def _late(
    portal: Portal, scoped: ScopedConnection, register: Mapping[str, Clinic], month: Month
) -> list[LateClinic]:
    sent = submissions.first_sent(scoped, month=month)
    regions_own = audit_log.list_region(scoped, sorted({sender for _, sender in sent.values()}))
    extended = deadlines.last_days(scoped, months=[month])
    late = []
    for clinic in register.values():
        if not clinic.is_open(month) or month < portal.calendar.first_month:
            continue
        last_day = portal.calendar.last_day(month, extended.get((clinic.code, month)))
        first, sender = sent.get(clinic.code, (None, ""))
        if sender in regions_own:
            continue  # read in afterwards by the region: no clinic's lateness
        sent_on = _day(first)
        if (sent_on or portal.clock.today) > last_day:
            late.append(LateClinic(clinic=clinic, last_day=last_day, sent_on=sent_on, is_new=True))
    return late


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(STOCKHOLM).date() if moment else None


def _movements(
    scoped: ScopedConnection, register: Mapping[str, Clinic], month: Month, returned: Collection[str]
) -> list[Movement]:
    charted = months_between(month.plus(1 - CHART_MONTHS), month)
    measures = sorted({PATIENTS, *(code for indicator in MONTHLY_INDICATORS for code in indicator.measures)})
    answers = values.of_months(scoped, first=charted[0], last=month, measures=measures)
    breaking = breaks.list_months(scoped, clinics=list(register))
    return [
        replace(moved, is_returned=code in returned)
        for code, history in answers.items()
        if month in history
        for indicator in MONTHLY_INDICATORS
        if (moved := _movement(register[code], indicator, charted, history, breaking.get(code, ())))
    ]


def _movement(
    clinic: Clinic,
    indicator: Indicator,
    charted: Sequence[Month],
    answers: Mapping[Month, Mapping[str, Answer]],
    breaking: Sequence[Month],
) -> Movement | None:
    """Return the movement that the newest month is, or None where it is noise."""
    series = [_value(indicator, answers.get(month)) for month in charted]
    at = [charted.index(month) for month in breaking if month in charted]
    ceiling = 100 if indicator.is_share else None
    chart = xmr_chart(series, breaks=at, floor=0, ceiling=ceiling)
    signal, limits, value = chart.signals[-1], chart.limits[-1], series[-1]
    if signal is None or limits is None or value is None:
        return None
    earlier = xmr_chart(series[:-1], breaks=at, floor=0, ceiling=ceiling).signals[-1]
    return Movement(
        clinic=clinic,
        indicator=indicator,
        value=value,
        before=series[-2],
        limits=limits,
        signal=signal,
        is_new=not _says_the_same(signal, earlier, chart.signals[-2]),
        is_returned=False,
    )


def _says_the_same(signal: Signal, earlier: Signal | None, beside: Signal | None) -> bool:
    """Tell whether the month before said so too: by its own chart then, or outside today's limits.

    Today's other signals reach back over the months they are made of, so they say nothing about then.
    """
    if beside == Signal(SignalRule.OUTSIDE, signal.is_high):
        return True
    return earlier in (signal, Signal(SignalRule.OUTSIDE, signal.is_high))


def _value(indicator: Indicator, answers: Mapping[str, Answer] | None) -> float | None:
    figure = figure_of_month(indicator, answers, otherwise=MissingReason.NOT_REPORTED)
    return figure.rate if indicator.is_rate else figure.value


def _corrections(
    scoped: ScopedConnection, register: Mapping[str, Clinic], looked_at: Sequence[Month]
) -> tuple[Correction, ...]:
    first, last = min(looked_at), max(looked_at)
    inputs = releases.newest_inputs(scoped, first=first, last=last)
    usable = submissions.newest_usable(scoped, first=first, month=last)
    corrected = [
        Correction(
            clinic=register[submission.clinic],
            month=submission.month,
            submission=submission,
            is_late=submission.clinic not in inputs[submission.month],
        )
        for submission in usable
        if submission.month in inputs and inputs[submission.month].get(submission.clinic) != submission.id
    ]
    return tuple(sorted(corrected, key=_newest_first, reverse=True))


def _newest_first(correction: Correction) -> tuple[Month, datetime]:
    return correction.month, correction.submission.sent_at
