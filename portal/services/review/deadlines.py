"""Deadline exceptions: the region gives one clinic more time for one month, with a reason."""

from collections.abc import Mapping
from datetime import date, timedelta

from db.registry import clinics
from db.reporting import deadlines, submissions
from db.reporting.deadlines import Extension
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User, check_is_region
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import Month, months_between
from portal.domain.reporting.submissions import State
from portal.domain.reporting.texts import LONGEST_REASON, SHORTEST_REASON, storable
from portal.services.context import Portal
from portal.services.refused import Refused


LONGEST = timedelta(days=366)


def grant(portal: Portal, user: User, *, clinic: str, month: Month, until: date, reason: str) -> Extension:
    """Move one clinic's last day for one month; the newest exception counts. Raises Refused."""
    check_is_region(user)
    reason = storable(reason)
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Refused(f"Skriv varför, med {SHORTEST_REASON}–{LONGEST_REASON} tecken.", about="reason")
    _check_day(portal, month, until)
    new = Extension(
        clinic=clinic,
        month=month,
        until=until,
        reason=reason,
        granted_by=user.username,
        granted_at=portal.clock.now,
    )
    with portal.writing(user) as scoped:
        _check_is_owed(portal, scoped, clinic, month)
        if _newest(scoped, new) == (until, reason):
            return new  # a second click changes nothing
        deadlines.add(scoped, new)
        scoped.record(
            "deadline.extended",
            clinic=clinic,
            subject=str(month),
            details={"until": until.isoformat(), "reason": reason},
        )
    return new


def list_extensions(portal: Portal, user: User) -> list[Extension]:
    """Return the exceptions of the clinics the user may see, the newest first."""
    with portal.reading(user) as scoped:
        return deadlines.list_all(scoped)


def months_to_extend(portal: Portal) -> list[Month]:
    """Return the months whose last day can be moved: the running one and the year before it, newest first."""
    running = Month.of(portal.clock.today)
    return months_between(max(running.plus(-12), portal.calendar.first_month), running)[::-1]


def last_day(
    portal: Portal, extended: Mapping[tuple[str, Month], date], clinic: Clinic, month: Month
) -> date:
    """Return the clinic's last day for the month, extended or not."""
    return portal.calendar.last_day(month, extended.get((clinic.code, month)))


def _check_day(portal: Portal, month: Month, until: date) -> None:
    ordinary = portal.calendar.deadline(month)
    if until <= ordinary:
        raise Refused(f"Den vanliga sista dagen är {ordinary:%Y-%m-%d}: välj en senare dag.", about="until")
    if until < portal.clock.today:
        raise Refused("Den dagen har redan varit: välj i dag eller senare.", about="until")
    if until > portal.clock.today + LONGEST:
        raise Refused("Det är mer än ett år bort: kontrollera årtalet.", about="until")


def _check_is_owed(portal: Portal, scoped: ScopedConnection, clinic: str, month: Month) -> None:
    found = clinics.find(scoped, code=clinic)
    if found is None:
        raise Refused(f"Mottagningen {clinic} finns inte.")
    if month not in months_to_extend(portal) or not found.is_open(month):
        raise Refused(f"{found.name} ska inte rapportera {month.label}.")
    sent = submissions.list_current_of(scoped, keys=[(clinic, month)]).get((clinic, month))
    if sent and sent.state is not State.RETURNED:
        raise Refused(f"{found.name} har redan skickat in {month.label}.")


def _newest(scoped: ScopedConnection, like: Extension) -> tuple[date, str] | None:
    for found in deadlines.list_all(scoped, months=[like.month]):
        if found.clinic == like.clinic:
            return found.until, found.reason
    return None
