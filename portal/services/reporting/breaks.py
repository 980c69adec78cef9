"""Breaks in a series: from which month on a clinic's values can't be compared with its earlier ones."""

from db.registry import clinics
from db.reporting import breaks
from db.reporting.breaks import Break
from portal.domain.accounts.access import User, check_is_region
from portal.domain.registry.months import Month
from portal.domain.reporting.texts import LONGEST_REASON, SHORTEST_REASON, storable
from portal.services.context import Portal
from portal.services.refused import Refused
from portal.services.release import forecasts


def enter(portal: Portal, user: User, *, clinic: str | None, month: Month, reason: str) -> Break:
    """Enter a break before `month`, for one clinic or (None) for all; raises Refused.

    What was forecast across it is taken back at once.
    """
    check_is_region(user)
    reason = storable(reason)
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Refused(
            f"Skriv vad som ändrades, med {SHORTEST_REASON}–{LONGEST_REASON} tecken.", about="reason"
        )
    if not portal.calendar.first_month < month <= Month.of(portal.clock.today):
        raise Refused(
            f"Första månaden efter brottet ligger efter {portal.calendar.first_month.label} "
            "och senast i innevarande månad."
        )
    new = Break(
        clinic=clinic, month=month, reason=reason, entered_by=user.username, entered_at=portal.clock.now
    )
    with portal.writing(user) as scoped:
        if clinic is not None and clinics.find(scoped, code=clinic) is None:
            raise Refused(f"Mottagningen {clinic} finns inte.")
        entered = [(entry.clinic, entry.month, entry.reason) for entry in breaks.list_all(scoped)]
        if (clinic, month, reason) in entered:
            return new  # a second click changes nothing
        breaks.add(scoped, new)
        scoped.record(
            "break.entered",
            clinic=clinic or "",
            subject=str(month),
            details={"reason": reason},
        )
        forecasts.after_break(scoped, clinic)
    return new


def list_breaks(portal: Portal, user: User) -> list[Break]:
    """Return the breaks of the clinics the user may see, the newest month first."""
    with portal.reading(user) as scoped:
        return breaks.list_all(scoped)
