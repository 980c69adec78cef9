"""Months as another program reads them: how far each has come at the clinics, and whether it is released."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from db.release import releases
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import FIRST_YEAR, LAST_YEAR, Month
from portal.services.accounts import login_sessions
from portal.services.context import Portal
from portal.services.review import status
from portal.services.review.status import StripMonth


@dataclass(frozen=True, kw_only=True, slots=True)
class ClinicMonth:
    """A clinic's month as its own page shows it, and the region's release of it."""

    clinic: Clinic
    own: StripMonth
    release_date: date
    is_released: bool


def of_clinics(portal: Portal, user: User) -> tuple[ClinicMonth, ...]:
    """Return the months of every clinic that the user may see, by clinic, the oldest first."""
    own_clinics = login_sessions.list_own_clinics(portal, user)
    with portal.reading(user) as scoped:
        released = _released(scoped)
    return tuple(row for clinic in own_clinics for row in _of_clinic(portal, user, clinic, released))


def _of_clinic(
    portal: Portal, user: User, clinic: Clinic, released: frozenset[Month]
) -> Iterator[ClinicMonth]:
    for own in reversed(status.strip(portal, user, clinic=clinic.code)):
        yield ClinicMonth(
            clinic=clinic,
            own=own,
            release_date=portal.calendar.release_date(own.month),
            is_released=own.month in released,
        )


def _released(scoped: ScopedConnection) -> frozenset[Month]:
    return frozenset(releases.list_newest(scoped, first=Month(FIRST_YEAR, 1), last=Month(LAST_YEAR, 12)))
