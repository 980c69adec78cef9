"""The region's first screen: who has sent which month, what waits, what can be released."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from db import audit
from db.administration import audit_log
from db.registry import clinics
from db.release import releases
from db.release.releases import Release
from db.reporting import deadlines, submissions
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User, check_is_region, check_may_see_clinic
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import Month, latest_whole_month, months_between
from portal.domain.reporting.submissions import MonthState, State, Submission
from portal.services.context import STOCKHOLM, Portal


GRID_MONTHS = 13

Key = tuple[str, Month]  # a clinic's code and a month


@dataclass(frozen=True, kw_only=True, slots=True)
class CameLate:
    """A clinic's month whose first version came after its last day, the extended one where it had more time."""

    clinic: Clinic
    month: Month
    days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Corrected:
    """A later version of a clinic's month."""

    clinic: Clinic
    month: Month
    version: int
    sent_at: datetime
    is_reviewed: bool  # the region had approved or returned the version before it


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """A clinic's month that the region has returned, and why."""

    clinic: Clinic
    month: Month
    comment: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Clinics × months, with each month's release."""

    months: tuple[Month, ...]
    clinics: tuple[Clinic, ...]
    states: Mapping[Key, MonthState]
    releases: Mapping[Month, Release]
    release_dates: Mapping[Month, date]
    deadlines: Mapping[Month, date]
    extended: Mapping[Key, date]  # the exceptions from them
    versions: Mapping[Key, int]  # the newest one of what has been sent
    came_late: Mapping[
        Key, CameLate
    ]  # newest month first, as `corrected`; what the region read in itself apart
    corrected: tuple[Corrected, ...]
    returned: tuple[Returned, ...]
    held_months: tuple[tuple[Clinic, Month], ...]  # stay out of releases until the region has approved them

    def count(self, month: Month, *states: MonthState) -> int:
        return sum(self.states[clinic.code, month] in states for clinic in self.clinics)

    def in_state(self, month: Month, *states: MonthState) -> list[Clinic]:
        return [clinic for clinic in self.clinics if self.states[clinic.code, month] in states]

    def total(self, *states: MonthState) -> int:
        return sum(self.count(month, *states) for month in self.months)


def grid(portal: Portal, user: User) -> Grid:
    """Return the last 13 months up to the newest that is over, of clinics that were open in any."""
    check_is_region(user)
    last = latest_whole_month(portal.clock.today)
    first = max(last.plus(1 - GRID_MONTHS), portal.calendar.first_month)
    months = months_between(first, last)
    days = tuple((portal.calendar.deadline(month), portal.calendar.release_date(month)) for month in months)
    with portal.reading(user) as scoped:
        key = ("grid", portal.clock.today, days, audit.figures_version(scoped))
        return portal.memo.get(key, lambda: _grid(portal, scoped, months))


def _grid(portal: Portal, scoped: ScopedConnection, months: list[Month]) -> Grid:
    first, last = months[0], months[-1]
    open_clinics = [clinic for clinic in clinics.list_in_scope(scoped) if any(map(clinic.is_open, months))]
    versions = submissions.list_versions(scoped, first=first, last=last)
    regions_own = _regions_own(scoped, versions)
    returned = _returned(scoped, open_clinics, versions)
    released = releases.list_newest(scoped, first=first, last=last)
    extended = deadlines.last_days(scoped, months=months)
    current = _current_of(versions)
    version_numbers = {key: submission.version for key, submission in current.items()}
    histories = _by_key(open_clinics, months, versions)
    from_clinics = [history for history in histories if history[1][0].sent_by not in regions_own]
    corrections = tuple(
        correction for clinic, history in histories for correction in _corrected(clinic, history)
    )
    release_dates = {month: portal.calendar.release_date(month) for month in months}
    last_days = {month: portal.calendar.deadline(month) for month in months}
    return Grid(
        months=tuple(months),
        clinics=tuple(open_clinics),
        states=_states(portal, open_clinics, months, current, extended),
        releases=released,
        release_dates=release_dates,
        deadlines=last_days,
        extended=extended,
        versions=version_numbers,
        came_late=_came_late(portal, from_clinics, extended),
        corrected=corrections,
        returned=returned,
        held_months=_held_months(open_clinics, months, current),
    )


def _regions_own(scoped: ScopedConnection, versions: Sequence[Submission]) -> frozenset[str]:
    """Return who of the region has read a month in itself."""
    senders = sorted({submission.sent_by for submission in versions if submission.version == 1})
    return frozenset(audit_log.list_region(scoped, senders))


def _returned(
    scoped: ScopedConnection, open_clinics: Sequence[Clinic], versions: Sequence[Submission]
) -> tuple[Returned, ...]:
    """Return what waits for its clinic to mend it, the newest month first."""
    clinics_by_code = {clinic.code: clinic for clinic in open_clinics}
    waiting = [each for each in versions if each.is_current and each.state is State.RETURNED]
    events = submissions.list_events(scoped, submission_ids=[submission.id for submission in waiting])
    comments = {event.submission_id: event.comment for event in events}  # the newest last
    return tuple(
        Returned(
            clinic=clinics_by_code[submission.clinic],
            month=submission.month,
            comment=comments.get(submission.id, ""),
        )
        for submission in sorted(waiting, key=lambda submission: submission.month, reverse=True)
        if submission.clinic in clinics_by_code
    )


def _current_of(versions: Sequence[Submission]) -> dict[Key, Submission]:
    return {
        (submission.clinic, submission.month): submission for submission in versions if submission.is_current
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class StripMonth:
    """One month of a clinic's own strip of marks."""

    month: Month
    state: MonthState
    version: int  # 0: not sent
    last_day: date


def strip(portal: Portal, user: User, *, clinic: str) -> list[StripMonth]:
    """Return every month that the clinic has sent or could have, the newest first."""
    check_may_see_clinic(user, clinic)
    with portal.reading(user) as scoped:
        own_clinic = clinics.find(scoped, code=clinic)
        sent = submissions.list_of_clinic(scoped, clinic=clinic, current_only=True)
        last_days = deadlines.last_days(scoped)
    if own_clinic is None:
        return []
    current = {submission.month: submission for submission in sent}
    months = months_between(portal.calendar.first_month, latest_whole_month(portal.clock.today))
    return [
        _strip_month(portal, own_clinic, month, current.get(month), last_days.get((clinic, month)))
        for month in sorted({*months, *current}, reverse=True)
    ]


def _strip_month(
    portal: Portal, clinic: Clinic, month: Month, submission: Submission | None, until: date | None
) -> StripMonth:
    return StripMonth(
        month=month,
        state=_state(portal, clinic, month, submission, until),
        version=submission.version if submission else 0,
        last_day=portal.calendar.last_day(month, until),
    )


def _states(
    portal: Portal,
    open_clinics: Sequence[Clinic],
    months: Sequence[Month],
    current: Mapping[Key, Submission],
    extended: Mapping[Key, date],
) -> dict[Key, MonthState]:
    states = {}
    for clinic in open_clinics:
        for month in months:
            key = (clinic.code, month)
            states[key] = _state(portal, clinic, month, current.get(key), extended.get(key))
    return states


def _held_months(
    open_clinics: Sequence[Clinic], months: Sequence[Month], current: Mapping[Key, Submission]
) -> tuple[tuple[Clinic, Month], ...]:
    return tuple(
        (clinic, month)
        for clinic in open_clinics
        for month in months
        if (submission := current.get((clinic.code, month)))
        and submission.is_held
        and submission.state is State.SENT
    )


def _by_key(
    open_clinics: Sequence[Clinic], months: Sequence[Month], versions: Sequence[Submission]
) -> list[tuple[Clinic, list[Submission]]]:
    """Return each month that has come in with its versions, the oldest first; the newest month first."""
    histories: dict[Key, list[Submission]] = {}
    for submission in versions:
        histories.setdefault((submission.clinic, submission.month), []).append(submission)
    return [
        (clinic, histories[clinic.code, month])
        for month in reversed(months)
        for clinic in open_clinics
        if (clinic.code, month) in histories
    ]


def _came_late(
    portal: Portal,
    histories: Sequence[tuple[Clinic, Sequence[Submission]]],
    extended: Mapping[Key, date],
) -> dict[Key, CameLate]:
    lateness = {}
    for clinic, versions in histories:
        key = (clinic.code, versions[0].month)
        if late := _late(portal, clinic, versions[0], extended.get(key)):
            lateness[key] = late
    return lateness


def _late(portal: Portal, clinic: Clinic, first: Submission, until: date | None) -> CameLate | None:
    sent_on = first.sent_at.astimezone(STOCKHOLM).date()
    days = portal.calendar.days_late(first.month, sent_on=sent_on, until=until)
    return CameLate(clinic=clinic, month=first.month, days=days) if days else None


def _corrected(clinic: Clinic, versions: Sequence[Submission]) -> Iterator[Corrected]:
    for before, after in pairwise(versions):
        yield Corrected(
            clinic=clinic,
            month=after.month,
            version=after.version,
            sent_at=after.sent_at,
            is_reviewed=before.state is not State.SENT,
        )


def _state(
    portal: Portal, clinic: Clinic, month: Month, submission: Submission | None, until: date | None
) -> MonthState:
    if submission is not None:
        return MonthState(submission.state.value)
    return portal.calendar.state_without_submission(
        month, owed=clinic.is_open(month), today=portal.clock.today, until=until
    )
