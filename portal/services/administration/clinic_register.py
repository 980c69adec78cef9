"""The register of clinics: add, change, close, merge, reopen. The region's administrator changes it.

A clinic is never deleted: it keeps its history, and owes nothing after its last month.
"""

import re
from collections.abc import Mapping
from dataclasses import fields, replace

from db.registry import clinics
from db.reporting import submissions
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User, check_is_administrator
from portal.domain.registry.clinics import Clinic, ClosedKind, Operator
from portal.domain.registry.months import Month
from portal.domain.registry.municipalities import MUNICIPALITIES
from portal.services.context import Portal, Writing
from portal.services.refused import Refused


SHORTEST_REASON, LONGEST_REASON, LONGEST_NAME = 3, 500, 80
MONTHS_AHEAD = 24
_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def list_clinics(portal: Portal, user: User) -> list[Clinic]:
    """Return the clinics the user may see, in the report's order."""
    with portal.reading(user) as scoped:
        return clinics.list_in_scope(scoped)


def add(portal: Portal, user: User, new: Clinic) -> None:
    """Add a clinic; raises Refused, AccessDenied."""
    check_is_administrator(user)
    if not _CODE.fullmatch(new.code) or not 2 <= len(new.code) <= 40:
        raise Refused("Koden består av små bokstäver a–z, siffror och bindestreck, som falun-capio.")
    with portal.writing(user) as scoped:
        if clinics.find(scoped, code=new.code):
            raise Refused(f"Mottagningen {new.code} finns redan.")
        _check(portal, scoped, new)
        clinics.add(scoped, new)
        _note(scoped, "clinic.added", new, {"name": new.name, "provider": new.provider})


def change(
    portal: Portal,
    user: User,
    *,
    code: str,
    name: str | None = None,
    municipality_code: str | None = None,
    operator: Operator | None = None,
    provider: str | None = None,
    opened: Month | None = None,
    reason: str,
) -> Clinic:
    """Change what is known about a clinic; None leaves a thing as it is. Raises Refused.

    The provider counts from now on, also for months released anew: owners are not kept per month.
    """
    check_is_administrator(user)
    _check_reason(reason)
    given = {"name": name, "operator": operator, "provider": provider, "opened": opened}
    changes: dict[str, object] = {field: value for field, value in given.items() if value is not None}
    if municipality_code is not None:
        changes["municipality_code"] = municipality_code
        changes["municipality"] = MUNICIPALITIES.get(municipality_code, "")
    with portal.writing(user) as scoped:
        before = _found(scoped, code)
        after = replace(before, **changes)  # type: ignore[arg-type]
        differences = _differences(before, after)
        if not differences:
            return before
        _check(portal, scoped, after)
        if opened and (first := _reported(scoped, code, first=True)) and opened > first:
            raise Refused(f"{after.name} har rapporterat {first.label}: kan inte ha öppnat senare.")
        clinics.change(scoped, after)
        _note(scoped, "clinic.changed", after, {"reason": reason.strip(), **differences})
    return after


def close(
    portal: Portal,
    user: User,
    *,
    code: str,
    last_month: Month,
    reason: str,
    kind: ClosedKind = ClosedKind.OTHER,
) -> None:
    """Close a clinic after its last month; its history stays and it owes nothing later."""
    check_is_administrator(user)
    if kind is ClosedKind.MERGED:
        raise Refused("Ange vilken mottagning den går upp i.")
    with portal.writing(user) as scoped:
        _close(portal, scoped, code, last_month, kind, reason, successor="")


def merge(portal: Portal, user: User, *, code: str, into: str, last_month: Month, reason: str) -> None:
    """Close a clinic whose patients and duties another takes over; both keep their own history."""
    check_is_administrator(user)
    with portal.writing(user) as scoped:
        successor = _found(scoped, into)
        if into == code:
            raise Refused("En mottagning kan inte gå upp i sig själv.")
        if not successor.is_open(last_month.next):
            raise Refused(f"{successor.name} är inte öppen {last_month.next.label}.")
        _close(portal, scoped, code, last_month, ClosedKind.MERGED, reason, successor=into)


def reopen(portal: Portal, user: User, *, code: str, reason: str) -> None:
    """Take back a closing that was a mistake; the months since are owed again."""
    check_is_administrator(user)
    _check_reason(reason)
    with portal.writing(user) as scoped:
        found = _found(scoped, code)
        if found.closed is None:
            raise Refused(f"{found.name} är inte stängd.")
        opened = replace(found, closed=None, closed_kind=None, closed_reason="", successor="")
        clinics.change(scoped, opened)
        _note(
            scoped,
            "clinic.reopened",
            found,
            {"reason": reason.strip(), "was_closed": str(found.closed)},
        )


def _close(
    portal: Portal,
    scoped: Writing,
    code: str,
    last_month: Month,
    kind: ClosedKind,
    reason: str,
    *,
    successor: str,
) -> None:
    _check_reason(reason)
    found = _found(scoped, code)
    if found.closed:
        raise Refused(f"{found.name} stängde redan {found.closed.label}.")
    if found.opened and last_month < found.opened:
        raise Refused(f"{found.name} öppnade {found.opened.label}: kan inte stänga tidigare.")
    if (newest := _reported(scoped, code)) and last_month < newest:
        raise Refused(f"{found.name} har rapporterat {newest.label}: kan inte ha stängt tidigare.")
    _check_not_far(portal, last_month)
    closed = replace(
        found, closed=last_month, closed_kind=kind, closed_reason=reason.strip(), successor=successor
    )
    clinics.change(scoped, closed)
    details = {"reason": reason.strip(), "kind": kind.value, "last_month": str(last_month)}
    action = "clinic.merged" if successor else "clinic.closed"
    _note(scoped, action, closed, details | ({"into": successor} if successor else {}))


def _found(scoped: ScopedConnection, code: str) -> Clinic:
    found = clinics.find(scoped, code=code)
    if found is None:
        raise Refused(f"Mottagningen {code} finns inte.")
    return found


def _check(portal: Portal, scoped: ScopedConnection, clinic: Clinic) -> None:
    for what, text in (("Namnet", clinic.name), ("Vårdgivaren", clinic.provider)):
        if not 2 <= len(text.strip()) <= LONGEST_NAME or not text.isprintable():
            raise Refused(f"{what} ska ha 2–{LONGEST_NAME} tecken.")
    if clinic.municipality_code not in MUNICIPALITIES:
        raise Refused("Kommunen ska vara en av Dalarnas femton.")
    if clinic.name in {one.name for one in clinics.list_in_scope(scoped) if one.code != clinic.code}:
        raise Refused(f"Det finns redan en mottagning som heter {clinic.name}.")
    if clinic.opened:
        _check_not_far(portal, clinic.opened)
    if clinic.opened and clinic.closed and clinic.closed < clinic.opened:
        raise Refused(f"{clinic.name} stängde {clinic.closed.label}: kan inte öppna senare.")


def _check_reason(reason: str) -> None:
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        raise Refused(f"Skriv varför, med {SHORTEST_REASON}–{LONGEST_REASON} tecken.")


def _check_not_far(portal: Portal, month: Month) -> None:
    if month > Month.of(portal.clock.today).plus(MONTHS_AHEAD):
        raise Refused(f"{month.label.capitalize()} ligger mer än två år bort: kontrollera årtalet.")


def _reported(scoped: ScopedConnection, code: str, *, first: bool = False) -> Month | None:
    """Return the newest (or first) month that the clinic has sent."""
    months = [sent.month for sent in submissions.list_of_clinic(scoped, clinic=code, current_only=True)]
    return (min(months) if first else max(months)) if months else None


def _differences(before: Clinic, after: Clinic) -> dict[str, str]:
    return {
        field.name: f"{getattr(before, field.name)} → {getattr(after, field.name)}"
        for field in fields(Clinic)
        if getattr(before, field.name) != getattr(after, field.name)
    }


def _note(
    scoped: Writing,
    action: str,
    clinic: Clinic,
    details: Mapping[str, str],
) -> None:
    scoped.record(
        action,
        clinic=clinic.code,
        subject=clinic.name if action == "clinic.added" else str(clinic.closed or clinic.name),
        details=details,
    )
