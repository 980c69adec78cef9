"""The region's first screen: who has sent which month, what waits, what can be released."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from db import clinics, deadlines, releases, submissions
from db.releases import Release
from portal.domain.access import User, check_is_region
from portal.domain.clinics import Clinic
from portal.domain.months import Month, latest_whole_month, months_between
from portal.domain.submissions import MonthState, State
from portal.services.context import Portal


GRID_MONTHS = 13


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Clinics × months, with each month's release."""

    months: tuple[Month, ...]
    clinics: tuple[Clinic, ...]
    states: Mapping[tuple[str, Month], MonthState]
    releases: Mapping[Month, Release]
    release_dates: Mapping[Month, date]
    deadlines: Mapping[Month, date]
    extended: Mapping[tuple[str, Month], date]  # the exceptions from them
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
        sent = {
            (found.clinic, found.month): found for found in submissions.list_current(scoped, months=months)
        }
        released = releases.list_newest(scoped, first=first, last=last)
        extended = deadlines.last_days(scoped, months=months)
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
        held=tuple(
            (clinic, month)
            for clinic in known
            for month in months
            if (found := sent.get((clinic.code, month))) and found.is_held and found.state is State.SENT
        ),
    )


def _state(
    portal: Portal, clinic: Clinic, month: Month, sent: State | None, until: date | None
) -> MonthState:
    if sent is not None:
        return MonthState(sent.value)
    return portal.calendar.state_without_submission(
        month, owed=clinic.is_open(month), today=portal.clock.today, until=until
    )
