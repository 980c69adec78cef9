"""Reading the audit page by page: what a page costs does not depend on how long the history is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from db.audit import AuditEvent, audit
from db.scoping import ScopedConnection, table
from portal.domain.accounts.access import OPERATOR, Role


account = table("account")
account_clinic = table("account_clinic")

CLOCKS_DIFFER = timedelta(days=1)  # events stand in the order they were written, even if a clock went back


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """What to look for; nothing given is everything in scope. `until` is not included."""

    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    action: str = ""
    clinic: str = ""
    outcome: str = ""
    actions: tuple[str, ...] = ()  # any of them
    corrections_of: str = ""  # beside those, of this action what is a later version than the first


@dataclass(frozen=True, kw_only=True, slots=True)
class Taking:
    """How often somebody did one thing, and when last."""

    actor: str
    action: str
    count: int
    last: datetime


@dataclass(frozen=True, slots=True)
class LogPosition:
    """Where a page begins: after or before an event's id; neither is the newest page."""

    older_than: int | None = None
    newer_than: int | None = None


def is_recorded(scoped: ScopedConnection, *, actor: str, action: str, detail: tuple[str, str]) -> bool:
    """Tell whether the actor has done that, with a detail of that name and value."""
    name, value = detail
    written = AuditEvent.in_json({name: value}).strip("{}")
    query = select(audit.c.id).where(
        audit.c.action == action,
        audit.c.actor == actor,
        audit.c.details.contains(written, autoescape=True),
        scoped.in_scope(audit.c.clinic_code),
    )
    return scoped.connection.execute(query.limit(1)).first() is not None


def list_page(
    scoped: ScopedConnection, filters: Filter, *, place: LogPosition = LogPosition(), limit: int
) -> list[AuditEvent]:
    """Return up to `limit` events, the newest first."""
    conditions = _conditions(scoped, filters)
    if place.newer_than is not None:
        statement = select(audit).where(*conditions, audit.c.id > place.newer_than).order_by(audit.c.id)
        events = [AuditEvent.of_row(row) for row in scoped.connection.execute(statement.limit(limit))]
        return events[::-1]
    if place.older_than is not None:
        conditions.append(audit.c.id < place.older_than)
    statement = select(audit).where(*conditions).order_by(audit.c.id.desc()).limit(limit)
    return [AuditEvent.of_row(row) for row in scoped.connection.execute(statement)]


def _conditions(scoped: ScopedConnection, filters: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [scoped.in_scope(audit.c.clinic_code)]
    equal = {
        audit.c.actor: filters.actor,
        audit.c.action: filters.action,
        audit.c.clinic_code: filters.clinic,
        audit.c.outcome: filters.outcome,
    }
    conditions += [column == value for column, value in equal.items() if value]
    if filters.actions:
        conditions.append(or_(audit.c.action.in_(filters.actions), _is_correction(filters.corrections_of)))
    if filters.since:
        conditions.append(audit.c.at >= filters.since)
        too_old = select(audit.c.id).where(audit.c.at < filters.since - CLOCKS_DIFFER)
        last = scoped.connection.scalar(too_old.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(1))
        conditions.append(audit.c.id > (last or 0))
    if filters.until:
        conditions.append(audit.c.at < filters.until)
        too_new = select(audit.c.id).where(audit.c.at >= filters.until + CLOCKS_DIFFER)
        first = scoped.connection.scalar(too_new.order_by(audit.c.at, audit.c.id).limit(1))
        conditions += [audit.c.id < first] if first else []
    return conditions


def _is_correction(action: str) -> ColumnElement[bool]:
    """The object names months and versions, `2025-01 v2, 2025-02 v1`: one of them is not the first."""
    if not action:
        return false()
    without_first = func.replace(audit.c.object + ",", " v1,", ",")
    return and_(audit.c.action == action, without_first.like("% v%"))


def count_by_actor(scoped: ScopedConnection, filters: Filter) -> list[Taking]:
    """Return who did which of the wanted actions how often, whoever did one last first."""
    last = func.max(audit.c.at)
    statement = (
        select(audit.c.actor, audit.c.action, func.count(), last)
        .where(*_conditions(scoped, filters))
        .group_by(audit.c.actor, audit.c.action)
        .order_by(last.desc(), audit.c.actor, audit.c.action)
    )
    return [
        Taking(actor=actor, action=action, count=count, last=moment)
        for actor, action, count, moment in scoped.connection.execute(statement)
    ]


def list_colleagues(scoped: ScopedConnection, usernames: Sequence[str]) -> dict[str, str]:
    """Return username → name of those among them who have an account for a clinic in scope."""
    statement = (
        select(account.c.username, account.c.name)
        .join_from(account, account_clinic, account_clinic.c.account_id == account.c.id)
        .where(account.c.username.in_(usernames), scoped.in_scope(account_clinic.c.clinic_code))
    )
    return {row.username: row.name for row in scoped.connection.execute(statement)}


def list_region(scoped: ScopedConnection, usernames: Sequence[str]) -> set[str]:
    """Return those among them who act for the region: its accounts, and the operator at the machine."""
    statement = select(account.c.username).where(
        account.c.username.in_(usernames), account.c.role.in_((Role.REGION.value, Role.ADMIN.value))
    )
    return {*scoped.connection.scalars(statement), OPERATOR.username} & set(usernames)


def used_actions(scoped: ScopedConnection, codes: Sequence[str]) -> list[str]:
    """Return the actions in the table that are none of the codes."""
    statement = select(audit.c.action).where(audit.c.action.not_in(codes)).distinct()
    return list(scoped.connection.scalars(statement.order_by(audit.c.action)))


def newest_of(scoped: ScopedConnection, action: str) -> datetime | None:
    """Return when an event of this kind was written last."""
    scoped.check_every_clinic()
    statement = select(audit.c.at).where(audit.c.action == action).order_by(audit.c.id.desc())
    return scoped.connection.scalar(statement.limit(1))


def list_of_actions(scoped: ScopedConnection, actions: Sequence[str], *, after: int = 0) -> list[AuditEvent]:
    """Return every event of these kinds, the oldest first; with `after`, those that came after that id."""
    scoped.check_every_clinic()
    statement = select(audit).where(audit.c.action.in_(actions), audit.c.id > after).order_by(audit.c.id)
    return [AuditEvent.of_row(row) for row in scoped.connection.execute(statement)]
