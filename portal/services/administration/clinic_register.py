"""The register of clinics: add, change, close, merge, reopen. The region's administrator changes it.

A clinic is never deleted: it keeps its history, and owes nothing after its last month.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

from db.registry import clinics
from db.reporting import submissions
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User, check_is_administrator
from portal.domain.registry.clinics import Clinic, ClosedKind, Operator
from portal.domain.registry.months import Month
from portal.domain.registry.names import Spellings, plain_name
from portal.domain.reporting.texts import LONGEST_REASON, storable
from portal.services.context import Portal, Writing
from portal.services.refused import Refused


SHORTEST_REASON, LONGEST_NAME = 3, 80
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
        raise Refused(
            "Koden består av små bokstäver a–z, siffror och bindestreck, som falun-capio.", about="code"
        )
    new = _with_plain_names(portal, new)
    with portal.writing(user) as scoped:
        if clinics.find(scoped, code=new.code):
            raise Refused(f"Mottagningen {new.code} finns redan.", about="code")
        _check(portal, scoped, new)
        clinics.add(scoped, new)
        _note(scoped, "clinic.added", new, {"name": new.name, "provider": new.provider})


@dataclass(frozen=True, kw_only=True, slots=True)
class ClinicChanges:
    """What is to be changed about a clinic; None leaves a thing as it is."""

    name: str | None = None
    municipality_code: str | None = None
    operator: Operator | None = None
    provider: str | None = None
    opened: Month | None = None


def change(portal: Portal, user: User, wish: ClinicChanges, *, code: str, reason: str) -> Clinic:
    """Change what is known about a clinic. Raises Refused.

    The provider counts from now on, also for months released anew: owners are not kept per month.
    """
    check_is_administrator(user)
    check_reason(reason)
    with portal.writing(user) as scoped:
        before = _clinic_of(scoped, code)
        after = _with_plain_names(portal, replace(before, **_new_values(portal, wish)))  # type: ignore[arg-type]
        differences = _differences(before, after)
        if not differences:
            return before
        _check(portal, scoped, after)
        first = _reported(scoped, code, first=True) if wish.opened else None
        if wish.opened and first and wish.opened > first:
            raise Refused(
                f"{after.name} har rapporterat {first.label}: kan inte ha öppnat senare.", about="opened"
            )
        clinics.change(scoped, after)
        _note(scoped, "clinic.changed", after, {"reason": storable(reason), **differences})
    return after


def _with_plain_names(portal: Portal, clinic: Clinic) -> Clinic:
    """Return the clinic with its names as they are stored; the municipality is spelled as its code's."""
    municipality = portal.region.names.get(clinic.municipality_code, "")
    return replace(
        clinic,
        name=plain_name(clinic.name),
        report_name=plain_name(clinic.report_name),
        provider=plain_name(clinic.provider),
        municipality=Spellings([municipality]).of(clinic.municipality) or clinic.municipality or municipality,
    )


def _new_values(portal: Portal, wish: ClinicChanges) -> dict[str, object]:
    """Return the fields that are to be changed; a municipality's name follows its code."""
    wanted_values = {field.name: getattr(wish, field.name) for field in fields(wish)}
    values: dict[str, object] = {name: value for name, value in wanted_values.items() if value is not None}
    if wish.municipality_code is not None:
        values["municipality"] = portal.region.names.get(wish.municipality_code, "")
    return values


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
        _close(portal, scoped, code, _Closing(last_month=last_month, kind=kind, reason=reason))


def merge(portal: Portal, user: User, *, code: str, into: str, last_month: Month, reason: str) -> None:
    """Close a clinic whose patients and duties another takes over; both keep their own history."""
    check_is_administrator(user)
    with portal.writing(user) as scoped:
        successor = _clinic_of(scoped, into)
        if into == code:
            raise Refused("En mottagning kan inte gå upp i sig själv.")
        if not successor.is_open(last_month.next):
            raise Refused(f"{successor.name} är inte öppen {last_month.next.label}.")
        closing = _Closing(last_month=last_month, kind=ClosedKind.MERGED, reason=reason, successor=into)
        _close(portal, scoped, code, closing)


def reopen(portal: Portal, user: User, *, code: str, reason: str) -> None:
    """Take back a closing that was a mistake; the months since are owed again."""
    check_is_administrator(user)
    check_reason(reason)
    with portal.writing(user) as scoped:
        clinic = _clinic_of(scoped, code)
        if clinic.closed is None:
            raise Refused(f"{clinic.name} är inte stängd.")
        opened = replace(clinic, closed=None, closed_kind=None, closed_reason="", successor="")
        clinics.change(scoped, opened)
        _note(
            scoped,
            "clinic.reopened",
            clinic,
            {"reason": storable(reason), "was_closed": str(clinic.closed)},
        )


def unsent_months(portal: Portal, user: User, *, code: str, last_month: Month) -> list[Month]:
    """Return the months to the last one that the clinic owes and has not sent."""
    check_is_administrator(user)
    with portal.reading(user) as scoped:
        owed = _clinic_of(scoped, code).owed_months(
            first=portal.calendar.first_month, today=portal.clock.today
        )
        sent = {
            current.month for current in submissions.list_of_clinic(scoped, clinic=code, current_only=True)
        }
    return [month for month in owed if month <= last_month and month not in sent]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Closing:
    """A clinic's last month with why it closes, and the clinic that takes over, if any."""

    last_month: Month
    kind: ClosedKind
    reason: str
    successor: str = ""


def _close(portal: Portal, scoped: Writing, code: str, closing: _Closing) -> None:
    check_reason(closing.reason)
    clinic = _clinic_of(scoped, code)
    _check_may_close(portal, scoped, clinic, closing.last_month)
    reason = storable(closing.reason)
    closed = replace(
        clinic,
        closed=closing.last_month,
        closed_kind=closing.kind,
        closed_reason=reason,
        successor=closing.successor,
    )
    clinics.change(scoped, closed)
    details = {"reason": reason, "kind": closing.kind.value, "last_month": str(closing.last_month)}
    action = "clinic.merged" if closing.successor else "clinic.closed"
    _note(scoped, action, closed, details | ({"into": closing.successor} if closing.successor else {}))


def _check_may_close(portal: Portal, scoped: ScopedConnection, clinic: Clinic, last_month: Month) -> None:
    if clinic.closed:
        raise Refused(f"{clinic.name} stängde redan {clinic.closed.label}.")
    if clinic.opened and last_month < clinic.opened:
        raise Refused(f"{clinic.name} öppnade {clinic.opened.label}: kan inte stänga tidigare.")
    if (newest := _reported(scoped, clinic.code)) and last_month < newest:
        raise Refused(f"{clinic.name} har rapporterat {newest.label}: kan inte ha stängt tidigare.")
    _check_not_far(portal, last_month)


def _clinic_of(scoped: ScopedConnection, code: str) -> Clinic:
    clinic = clinics.find(scoped, code=code)
    if clinic is None:
        raise Refused(f"Mottagningen {code} finns inte.")
    return clinic


def _check(portal: Portal, scoped: ScopedConnection, clinic: Clinic) -> None:
    _check_name("Namnet", clinic.name, about="name")
    _check_name("Vårdgivaren", clinic.provider, about="provider")
    _check_municipality(portal, clinic)
    others = [
        other_clinic for other_clinic in clinics.list_in_scope(scoped) if other_clinic.code != clinic.code
    ]
    _check_is_new_name(clinic, others)
    _check_provider(clinic, others)
    if clinic.opened:
        _check_not_far(portal, clinic.opened, about="opened")
    if clinic.opened and clinic.closed and clinic.closed < clinic.opened:
        raise Refused(f"{clinic.name} stängde {clinic.closed.label}: kan inte öppna senare.", about="opened")


def _check_municipality(portal: Portal, clinic: Clinic) -> None:
    name = portal.region.names.get(clinic.municipality_code)
    if name is None:
        raise Refused("Kommunen ska vara en av regionens.", about="municipality_code")
    if clinic.municipality != name:
        raise Refused(f"Kommunkoden {clinic.municipality_code} är {name}, inte {clinic.municipality}.")


def _check_is_new_name(clinic: Clinic, others: Sequence[Clinic]) -> None:
    """Refuse a name that somebody would take for another clinic's."""
    for other in others:
        if spelling := Spellings((other.name, other.report_name, other.code)).of(clinic.name):
            raise Refused(f"Det finns redan en mottagning som heter {spelling} ({other.code}).", about="name")


def _check_provider(clinic: Clinic, others: Sequence[Clinic]) -> None:
    """Refuse another spelling of a provider that exists: it would look like one more."""
    spelling = Spellings([other.provider for other in others]).of(clinic.provider)
    if spelling and spelling != clinic.provider:
        raise Refused(
            f"Vårdgivaren finns redan och skrivs {spelling}. Skriv så, eller ett annat namn.",
            about="provider",
        )


def _check_name(label: str, name: str, *, about: str) -> None:
    if not 2 <= len(storable(name)) <= LONGEST_NAME or not name.isprintable():
        raise Refused(f"{label} ska ha 2–{LONGEST_NAME} tecken.", about=about)


def check_reason(reason: str) -> None:
    """Raise Refused where nobody could read why."""
    if not SHORTEST_REASON <= len(storable(reason)) <= LONGEST_REASON:
        raise Refused(f"Skriv varför, med {SHORTEST_REASON}–{LONGEST_REASON} tecken.", about="reason")


def _check_not_far(portal: Portal, month: Month, *, about: str = "last_month") -> None:
    if month > Month.of(portal.clock.today).plus(MONTHS_AHEAD):
        raise Refused(
            f"{month.label.capitalize()} ligger mer än två år bort: kontrollera årtalet.", about=about
        )


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
