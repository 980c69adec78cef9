"""The region's first screen: who has sent which month, what waits, what can be released."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from db.administration import audit_log
from db.registry import clinics
from db.release import releases
from db.release.releases import Release
from db.reporting import deadlines, submissions
from portal.domain.accounts.access import User, check_is_region
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
    held: tuple[tuple[Clinic, Month], ...]  # stay out of releases until the region has approved them

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
    with portal.reading(user) as scoped:
        known = [one for one in clinics.list_in_scope(scoped) if any(map(one.is_open, months))]
        versions = submissions.list_versions(scoped, first=first, last=last)
        senders = sorted({found.sent_by for found in versions if found.version == 1})
        regions_own = audit_log.list_region(scoped, senders)
        released = releases.list_newest(scoped, first=first, last=last)
        extended = deadlines.last_days(scoped, months=months)
    sent = {(found.clinic, found.month): found for found in versions if found.is_current}
    by_key = _by_key(known, months, versions)
    return Grid(
        months=tuple(months),
        clinics=tuple(known),
        states={
            (clinic.code, month): _state(
                portal,
                clinic,
                month,
                sent[clinic.code, month].state if (clinic.code, month) in sent else None,
                extended.get((clinic.code, month)),
            )
            for clinic in known
            for month in months
        },
        releases=released,
        release_dates={month: portal.calendar.release_date(month) for month in months},
        deadlines={month: portal.calendar.deadline(month) for month in months},
        extended=extended,
        versions={key: found.version for key, found in sent.items()},
        came_late={
            (late.clinic.code, late.month): late
            for clinic, found in by_key
            if found[0].sent_by not in regions_own
            and (late := _late(portal, clinic, found[0], extended.get((clinic.code, found[0].month))))
        },
        corrected=tuple(one for clinic, found in by_key for one in _corrected(clinic, found)),
        held=tuple(
            (clinic, month)
            for clinic in known
            for month in months
            if (found := sent.get((clinic.code, month))) and found.is_held and found.state is State.SENT
        ),
    )


def _by_key(
    known: Sequence[Clinic], months: Sequence[Month], versions: Sequence[Submission]
) -> list[tuple[Clinic, list[Submission]]]:
    """Return each month that has come in with its versions, the oldest first; the newest month first."""
    found: dict[Key, list[Submission]] = {}
    for one in versions:
        found.setdefault((one.clinic, one.month), []).append(one)
    return [
        (clinic, found[clinic.code, month])
        for month in reversed(months)
        for clinic in known
        if (clinic.code, month) in found
    ]


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
    portal: Portal, clinic: Clinic, month: Month, sent: State | None, until: date | None
) -> MonthState:
    if sent is not None:
        return MonthState(sent.value)
    return portal.calendar.state_without_submission(
        month, owed=clinic.is_open(month), today=portal.clock.today, until=until
    )
