"""The register of clinics: list, add, close. The region's administrator changes it."""

from db import audit, clinics
from portal.domain.access import User, check_is_administrator
from portal.domain.clinics import Clinic
from portal.domain.months import Month
from portal.services.context import Portal


class RegisterRefused(Exception):
    """The change can't be made; the message says why."""


def list_clinics(portal: Portal, user: User) -> list[Clinic]:
    """Return the clinics the user may see, in the report's order."""
    with portal.reading(user) as scoped:
        return clinics.list_in_scope(scoped)


def add(portal: Portal, user: User, new: Clinic) -> None:
    check_is_administrator(user)
    with portal.writing(user) as scoped:
        if clinics.find(scoped, code=new.code):
            raise RegisterRefused(f"Mottagningen {new.code} finns redan.")
        clinics.add(scoped, new)
        audit.add(
            scoped,
            at=portal.clock.now,
            actor=user.username,
            action="clinic.added",
            clinic=new.code,
            subject=new.name,
        )


def close(portal: Portal, user: User, *, code: str, last_month: Month, reason: str) -> None:
    """Close a clinic after its last month; its history stays and it owes nothing later."""
    check_is_administrator(user)
    with portal.writing(user) as scoped:
        found = clinics.find(scoped, code=code)
        if found is None:
            raise RegisterRefused(f"Mottagningen {code} finns inte.")
        if found.opened and last_month < found.opened:
            raise RegisterRefused(f"{found.name} öppnade {found.opened.label}: kan inte stänga tidigare.")
        clinics.close(scoped, code=code, last_month=last_month, reason=reason)
        audit.add(
            scoped,
            at=portal.clock.now,
            actor=user.username,
            action="clinic.closed",
            clinic=code,
            subject=str(last_month),
            details={"reason": reason},
        )
