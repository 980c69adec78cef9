"""Login sessions and the one-use tickets they are opened with; secrets only as SHA-256."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from db.audit import COMMON_VERSION, DATA_VERSION, FIGURES_VERSION
from db.installation import CLINICS_NEED_SECOND_FACTOR
from db.scoping import ScopedConnection, table
from portal.domain.accounts.access import Role


login_session = table("login_session")
login_ticket = table("login_ticket")
account = table("account")
account_clinic = table("account_clinic")
login_step = table("login_step")
setting = table("setting")

Moment = datetime | BindParameter[datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionLimits:
    """The moment of asking, and how far back a session may have been used last."""

    now: datetime
    seen_since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveSession:
    """A session that holds, with its account as it is now."""

    sid: str
    username: str
    name: str
    role: Role
    clinics: tuple[str, ...]
    last_seen_at: datetime
    has_second_factor: bool
    clinics_need_second_factor: bool
    common_version: str  # as `audit.common_version`: what a page remembers of another one is old


@dataclass(frozen=True, slots=True)
class OpenSession:
    sid: str
    opened_at: datetime
    last_seen_at: datetime


def add_ticket(scoped: ScopedConnection, *, ticket_hash: str, account_id: int, expires_at: datetime) -> None:
    scoped.connection.execute(
        insert(login_ticket).values(ticket_hash=ticket_hash, account_id=account_id, expires_at=expires_at)
    )


def delete_tickets(scoped: ScopedConnection, *, expired_before: datetime) -> None:
    scoped.connection.execute(delete(login_ticket).where(login_ticket.c.expires_at < expired_before))


def use_ticket(scoped: ScopedConnection, ticket_hash: str, *, now: datetime) -> tuple[int, str] | None:
    """Take a ticket once; return the id and username of its account while that is active."""
    statement = (
        update(login_ticket)
        .where(
            login_ticket.c.ticket_hash == ticket_hash,
            login_ticket.c.used_at.is_(None),
            login_ticket.c.expires_at > now,
        )
        .values(used_at=now)
        .returning(login_ticket.c.account_id)
    )
    account_id = scoped.connection.execute(statement).scalar_one_or_none()
    owner = select(account.c.id, account.c.username).where(account.c.id == account_id, account.c.is_active)
    row = scoped.connection.execute(owner).one_or_none()
    return (row.id, row.username) if row else None


def add_step(scoped: ScopedConnection, *, token_hash: str, account_id: int, expires_at: datetime) -> None:
    """Keep that a password was right and its code is still to come."""
    scoped.connection.execute(
        insert(login_step).values(token_hash=token_hash, account_id=account_id, expires_at=expires_at)
    )


def find_step(scoped: ScopedConnection, token_hash: str, *, now: datetime) -> int | None:
    """Return the account whose password was right, while that counts."""
    account_id: int | None = scoped.connection.execute(
        select(login_step.c.account_id).where(
            login_step.c.token_hash == token_hash, login_step.c.expires_at > now
        )
    ).scalar()
    return account_id


def delete_steps(scoped: ScopedConnection, account_id: int) -> None:
    scoped.connection.execute(delete(login_step).where(login_step.c.account_id == account_id))


def add(
    scoped: ScopedConnection,
    *,
    sid: str,
    token_hash: str,
    account_id: int,
    now: datetime,
    expires_at: datetime,
) -> None:
    scoped.connection.execute(
        insert(login_session).values(
            id=sid,
            token_hash=token_hash,
            account_id=account_id,
            opened_at=now,
            last_seen_at=now,
            expires_at=expires_at,
            ended_because="",
        )
    )


def find_by_token(scoped: ScopedConnection, token_hash: str, limits: SessionLimits) -> tuple[str, str] | None:
    """Return id and username of the live session with that token."""
    statement = (
        select(login_session.c.id, account.c.username)
        .join_from(login_session, account, account.c.id == login_session.c.account_id)
        .where(login_session.c.token_hash == token_hash, _is_live(limits.now, limits.seen_since))
    )
    row = scoped.connection.execute(statement).one_or_none()
    return (row.id, row.username) if row else None


def find_live(scoped: ScopedConnection, sid: str, limits: SessionLimits) -> LiveSession | None:
    """Return the session with its account's role and clinics as of now, in one query."""
    # Each rerun asks, twice: the statement is ready, not put together anew.
    bounds = {"sid": sid, "now": limits.now, "seen_since": limits.seen_since}
    rows = scoped.connection.execute(_LIVE, bounds).all()
    if not rows:
        return None
    clinics = tuple(row.clinic_code for row in rows if row.clinic_code)
    return LiveSession(
        sid=sid,
        username=rows[0].username,
        name=rows[0].name,
        role=Role(rows[0].role),
        clinics=clinics,
        last_seen_at=rows[0].last_seen_at,
        has_second_factor=bool(rows[0].has_second_factor),
        clinics_need_second_factor=rows[0].of_clinics == "yes",
        common_version=rows[0].version or "",
    )


def list_open(scoped: ScopedConnection, username: str, limits: SessionLimits) -> list[OpenSession]:
    statement = (
        select(login_session.c.id, login_session.c.opened_at, login_session.c.last_seen_at)
        .join_from(login_session, account, account.c.id == login_session.c.account_id)
        .where(account.c.username == username, _is_live(limits.now, limits.seen_since))
        .order_by(login_session.c.opened_at.desc())
    )
    return [
        OpenSession(row.id, row.opened_at, row.last_seen_at) for row in scoped.connection.execute(statement)
    ]


def live_ids(limits: SessionLimits) -> Select[tuple[str]]:
    """Return the query of the logins that there are at the moment, for a condition of another table's."""
    return (
        select(login_session.c.id)
        .join_from(login_session, account, account.c.id == login_session.c.account_id)
        .where(_is_live(limits.now, limits.seen_since))
    )


def count_live(scoped: ScopedConnection, limits: SessionLimits) -> int:
    """Return how many logins there are at the moment."""
    statement = (
        select(func.count())
        .select_from(login_session)
        .join(account, account.c.id == login_session.c.account_id)
    )
    return scoped.connection.execute(statement.where(_is_live(limits.now, limits.seen_since))).scalar_one()


def touch(scoped: ScopedConnection, sid: str, *, now: datetime) -> None:
    scoped.connection.execute(update(login_session).where(login_session.c.id == sid).values(last_seen_at=now))


def end(scoped: ScopedConnection, sid: str, *, now: datetime, because: str) -> str | None:
    """End one session; return its username, or None when it had ended already."""
    account_id = scoped.connection.execute(
        update(login_session)
        .where(login_session.c.id == sid, login_session.c.ended_at.is_(None))
        .values(ended_at=now, ended_because=because)
        .returning(login_session.c.account_id)
    ).scalar_one_or_none()
    return scoped.connection.scalar(select(account.c.username).where(account.c.id == account_id))


def end_oldest(scoped: ScopedConnection, account_id: int, *, most: int, limits: SessionLimits) -> None:
    """End the account's oldest sessions beyond the most it may have."""
    spare = (
        select(login_session.c.id)
        .join_from(login_session, account, account.c.id == login_session.c.account_id)
        .where(login_session.c.account_id == account_id, _is_live(limits.now, limits.seen_since))
        .order_by(login_session.c.opened_at.desc(), login_session.c.id)
        .offset(most)
    )
    for sid in scoped.connection.execute(spare).scalars().all():
        end(scoped, sid, now=limits.now, because="too many")


def end_all(
    scoped: ScopedConnection, username: str, *, now: datetime, because: str, but: str | None = None
) -> int:
    """End every session of the account but one, and spoil its unused tickets and half-done logins.

    Returns how many sessions ended.
    """
    owner = select(account.c.id).where(account.c.username == username).scalar_subquery()
    scoped.connection.execute(delete(login_step).where(login_step.c.account_id == owner))
    scoped.connection.execute(
        update(login_ticket)
        .where(login_ticket.c.account_id == owner, login_ticket.c.used_at.is_(None))
        .values(used_at=now)
    )
    ended = scoped.connection.execute(
        update(login_session)
        .where(
            login_session.c.account_id == owner,
            login_session.c.ended_at.is_(None),
            login_session.c.id != (but or ""),
        )
        .values(ended_at=now, ended_because=because)
    )
    return ended.rowcount


def _is_live(now: Moment, seen_since: Moment) -> ColumnElement[bool]:
    """Not ended, not too old, not idle, and its account still active."""
    return and_(
        login_session.c.ended_at.is_(None),
        login_session.c.expires_at > now,
        login_session.c.last_seen_at > seen_since,
        account.c.is_active,
    )


def _live_session() -> Select[Any]:
    """Return the query that `find_live` asks with the session's id and limits."""
    of_clinics = select(setting.c.value).where(setting.c.name == CLINICS_NEED_SECOND_FACTOR)
    versions = [
        select(setting.c.value).where(setting.c.name == name).scalar_subquery()
        for name in (COMMON_VERSION, FIGURES_VERSION, DATA_VERSION)
    ]
    return (
        select(
            account.c.username,
            account.c.name,
            account.c.role,
            account.c.totp_secret.is_not(None).label("has_second_factor"),
            of_clinics.scalar_subquery().label("of_clinics"),
            func.coalesce(*versions).label("version"),
            login_session.c.last_seen_at,
            account_clinic.c.clinic_code,
        )
        .join_from(login_session, account, account.c.id == login_session.c.account_id)
        .outerjoin(account_clinic, account_clinic.c.account_id == account.c.id)
        .where(login_session.c.id == bindparam("sid"), _is_live(bindparam("now"), bindparam("seen_since")))
        .order_by(account_clinic.c.clinic_code)
    )


_LIVE = _live_session()
