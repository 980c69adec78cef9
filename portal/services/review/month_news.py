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
from portal.domain.insight import movements
from portal.domain.insight.movements import Movement, Story
from portal.domain.insight.series import CONTROL_MONTHS, ChartedSeries, charted, counts_of_measures
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import MONTHLY_INDICATORS
from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.months import Month, latest_whole_month, months_between
from portal.domain.reporting.submissions import State, Submission
from portal.services.context import STOCKHOLM, Portal
from portal.services.insight.clinic_months import AnswersByMonth, own_figure


MOST_DRAWN = 8  # stories shown as a line; the others stand in a table
CORRECTION_MONTHS = 13  # how far back corrections are looked for


@dataclass(frozen=True, kw_only=True, slots=True)
class LateClinic:
    """A clinic whose month came after its last day, or has not come."""

    clinic: Clinic
    last_day: date
    sent_on: date | None
    is_new: bool  # it was not late with the month before


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
    stories: tuple[Story, ...]  # of the new movements, the weightiest first
    drawn: tuple[tuple[Movement, ChartedSeries], ...]  # those that lead the first MOST_DRAWN stories
    older_movements: int  # the month before said them already
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
        version = audit.figures_version(scoped)
    key = ("news", month, portal.clock.today, version)
    return portal.memo.get(key, lambda: _read(portal, user, month))


def stories_of_clinic(portal: Portal, user: User, *, clinic: str, month: Month) -> list[Story]:
    """Return those of the month's stories that are the clinic's; raises AccessDenied."""
    check_is_region(user)
    charted_months = months_between(month.plus(1 - CONTROL_MONTHS), month)
    with portal.reading(user) as scoped:
        of_code = clinics.find(scoped, code=clinic)
        history = values.of_clinic(scoped, clinic=clinic, first=charted_months[0], last=month)
        breaking = breaks.list_months(scoped, clinics=[clinic]).get(clinic, ())
    if of_code is None or month not in history:
        return []
    return movements.stories(
        _movements_of_clinic(of_code, charted_months, history, breaking, is_returned=False)
    )


def corrections(portal: Portal, user: User) -> tuple[Correction, ...]:
    """Return what came in after the newest release of its month; raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        return _corrections_in(portal, scoped)


def _corrections_in(portal: Portal, scoped: ScopedConnection) -> tuple[Correction, ...]:
    key = ("corrections", portal.clock.today, audit.figures_version(scoped))
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
        moved = _movements(scoped, register, month, returned) if sent else _Moved()
        corrected = tuple(
            correction for correction in _corrections_in(portal, scoped) if correction.month < month
        )
    reported = sum(submission.state is not State.RETURNED for submission in sent)
    owed = sum(clinic.is_open(month) for clinic in register.values())
    return MonthNews(
        month=month,
        deadline=portal.calendar.deadline(month),
        is_due=portal.clock.today > portal.calendar.deadline(month),
        late=late,
        stories=moved.stories,
        drawn=moved.drawn,
        older_movements=moved.older,
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


@dataclass(frozen=True, slots=True)
class _Moved:
    """What has moved in a month, and how many movements the month before had said already."""

    stories: tuple[Story, ...] = ()
    drawn: tuple[tuple[Movement, ChartedSeries], ...] = ()
    older: int = 0


def _movements(
    scoped: ScopedConnection, register: Mapping[str, Clinic], month: Month, returned: Collection[str]
) -> _Moved:
    months = months_between(month.plus(1 - CONTROL_MONTHS), month)
    answers = values.of_months(scoped, first=months[0], last=month)
    breaking = breaks.list_months(scoped, clinics=list(register))
    moved = [
        movement
        for code, history in answers.items()
        if month in history
        for movement in _movements_of_clinic(
            register[code], months, history, breaking.get(code, ()), is_returned=code in returned
        )
    ]
    stories = movements.stories(moved)
    leads = [story.lead for story in stories[:MOST_DRAWN]]
    drawn = tuple((lead, _charted(lead, months, answers, breaking)) for lead in leads)
    return _Moved(tuple(stories), drawn, sum(not movement.is_new for movement in moved))


def _charted(
    movement: Movement,
    months: Sequence[Month],
    answers: Mapping[str, AnswersByMonth],
    breaking: Mapping[str, Sequence[Month]],
) -> ChartedSeries:
    clinic, indicator = movement.clinic, movement.indicator
    figures = [own_figure(indicator, clinic, month, answers[clinic.code]) for month in months]
    return charted(indicator, months, figures, breaks=breaking.get(clinic.code, ()))


def _movements_of_clinic(
    clinic: Clinic,
    months: Sequence[Month],
    answers: AnswersByMonth,
    breaking: Sequence[Month],
    *,
    is_returned: bool,
) -> list[Movement]:
    counts = _by_measure(months, answers)
    moved = [
        movements.movement(
            clinic,
            indicator,
            months,
            counts_of_measures(indicator, counts),
            breaks=breaking,
            is_returned=is_returned,
        )
        for indicator in MONTHLY_INDICATORS
    ]
    return [movement for movement in moved if movement]


def _by_measure(months: Sequence[Month], answers: AnswersByMonth) -> dict[str, list[int | None]]:
    """Return the clinic's counts of the months by measure, None where there is none."""
    sheets = [answers.get(month, {}) for month in months]
    return {
        measure: [answer.value if (answer := sheet.get(measure)) else None for sheet in sheets]
        for measure in MEASURES_BY_CODE
    }


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
