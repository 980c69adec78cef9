"""Tokens with which other programs read what an account may see; only as SHA-256."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, insert, select, update

from db.scoping import ScopedConnection, table
from portal.domain.accounts.tokens import UsedIn


access_token = table("access_token")
account = table("account")


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessToken:
    """A token as its owner sees it: never the secret."""

    id: int
    used_in: UsedIn
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAccessToken:
    """A token about to be stored."""

    token_hash: str
    account_id: int
    used_in: UsedIn
    made_at: datetime
    expires_at: datetime


def add(scoped: ScopedConnection, new: NewAccessToken) -> int:
    """Store a token; returns its number."""
    statement = insert(access_token).values(
        **(asdict(new) | {"used_in": new.used_in.value}), ended_because=""
    )
    return int(scoped.connection.execute(statement.returning(access_token.c.id)).scalar_one())


def list_open(scoped: ScopedConnection, username: str, *, now: datetime) -> list[AccessToken]:
    """Return the account's tokens that hold, the oldest first."""
    statement = (
        select(access_token)
        .join_from(access_token, account, account.c.id == access_token.c.account_id)
        .where(account.c.username == username, _holds(now))
        .order_by(access_token.c.id)
    )
    return [
        AccessToken(
            id=row.id,
            used_in=UsedIn(row.used_in),
            made_at=row.made_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
        )
        for row in scoped.connection.execute(statement)
    ]


def find_holder(scoped: ScopedConnection, token_hash: str, *, now: datetime) -> tuple[int, str] | None:
    """Return the number of the token that holds, and its account's username."""
    statement = (
        select(access_token.c.id, account.c.username)
        .join_from(access_token, account, account.c.id == access_token.c.account_id)
        .where(access_token.c.token_hash == token_hash, _holds(now))
    )
    row = scoped.connection.execute(statement).one_or_none()
    return (row.id, row.username) if row else None


def touch(scoped: ScopedConnection, token_id: int, *, now: datetime) -> None:
    scoped.connection.execute(
        update(access_token).where(access_token.c.id == token_id).values(last_used_at=now)
    )


def end(scoped: ScopedConnection, username: str, token_id: int, *, now: datetime) -> bool:
    """End one of the account's own tokens; tells whether there was one that held."""
    owner = select(account.c.id).where(account.c.username == username).scalar_subquery()
    ended = scoped.connection.execute(
        update(access_token)
        .where(
            access_token.c.id == token_id,
            access_token.c.account_id == owner,
            access_token.c.ended_at.is_(None),
        )
        .values(ended_at=now, ended_because="withdrawn")
    )
    return ended.rowcount == 1


def end_all(scoped: ScopedConnection, account_id: int, *, now: datetime, because: str) -> None:
    """End every token of the account."""
    scoped.connection.execute(
        update(access_token)
        .where(access_token.c.account_id == account_id, access_token.c.ended_at.is_(None))
        .values(ended_at=now, ended_because=because)
    )


def _holds(now: datetime) -> ColumnElement[bool]:
    """Not ended, not too old, and its account still active."""
    return and_(access_token.c.ended_at.is_(None), access_token.c.expires_at > now, account.c.is_active)
