"""Links that were handed out (invitation, new password, new address) and recovery codes; secrets only as SHA-256."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from db.scoping import ScopedConnection, table


account_link = table("account_link")
account = table("account")
recovery_code = table("recovery_code")


@dataclass(frozen=True, slots=True)
class Link:
    account_id: int
    username: str
    kind: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLink:
    """A link to be handed out: an invitation, a new password, or a new address."""

    token_hash: str
    account_id: int
    kind: str
    made_by: str
    made_at: datetime
    expires_at: datetime


def add(scoped: ScopedConnection, new: NewLink) -> None:
    scoped.connection.execute(insert(account_link).values(asdict(new)))


def spoil(
    scoped: ScopedConnection, account_id: int, *, at: datetime, kinds: Sequence[str] | None = None
) -> None:
    """Let no earlier link of the account, or none of some kinds, open anything."""
    of_account = (account_link.c.account_id == account_id, account_link.c.used_at.is_(None))
    of_kinds = () if kinds is None else (account_link.c.kind.in_(kinds),)
    scoped.connection.execute(update(account_link).where(*of_account, *of_kinds).values(used_at=at))


def find_open(scoped: ScopedConnection, token_hash: str, *, now: datetime) -> Link | None:
    """Return the link while it is unused, in time and its account active."""
    row = scoped.connection.execute(
        select(account_link.c.account_id, account_link.c.kind, account.c.username)
        .join_from(account_link, account, account.c.id == account_link.c.account_id)
        .where(
            account_link.c.token_hash == token_hash,
            account_link.c.used_at.is_(None),
            account_link.c.expires_at > now,
            account.c.is_active,
        )
    ).one_or_none()
    return Link(row.account_id, row.username, row.kind) if row else None


def newest_at(scoped: ScopedConnection, account_id: int, *, kind: str) -> datetime | None:
    newest: datetime | None = scoped.connection.execute(
        select(account_link.c.made_at)
        .where(account_link.c.account_id == account_id, account_link.c.kind == kind)
        .order_by(account_link.c.made_at.desc())
        .limit(1)
    ).scalar()
    return newest


def count(scoped: ScopedConnection, account_id: int, *, kind: str, since: datetime) -> int:
    """Return how many links of a kind were made for the account since then."""
    links = select(func.count()).where(
        account_link.c.account_id == account_id, account_link.c.kind == kind, account_link.c.made_at > since
    )
    return int(scoped.connection.execute(links).scalar_one())


def open_until(scoped: ScopedConnection, *, now: datetime) -> dict[str, datetime]:
    """Return until when each account's invitation stands open, by username."""
    rows = scoped.connection.execute(
        select(account.c.username, account_link.c.expires_at)
        .join_from(account_link, account, account.c.id == account_link.c.account_id)
        .where(
            account_link.c.kind == "invitation",
            account_link.c.used_at.is_(None),
            account_link.c.expires_at > now,
        )
    )
    return {row.username: row.expires_at for row in rows}


def replace_codes(scoped: ScopedConnection, account_id: int, code_hashes: Sequence[str]) -> None:
    scoped.connection.execute(delete(recovery_code).where(recovery_code.c.account_id == account_id))
    rows = [{"account_id": account_id, "code_hash": code_hash} for code_hash in code_hashes]
    if rows:
        scoped.connection.execute(insert(recovery_code), rows)


def use_code(scoped: ScopedConnection, account_id: int, code_hash: str, *, at: datetime) -> bool:
    """Take a recovery code once."""
    used = scoped.connection.execute(
        update(recovery_code)
        .where(
            recovery_code.c.account_id == account_id,
            recovery_code.c.code_hash == code_hash,
            recovery_code.c.used_at.is_(None),
        )
        .values(used_at=at)
    )
    return used.rowcount == 1


def count_codes(scoped: ScopedConnection, username: str) -> int:
    """Return how many recovery codes the account has left."""
    owner = select(account.c.id).where(account.c.username == username).scalar_subquery()
    unused_codes = select(func.count()).where(
        recovery_code.c.account_id == owner, recovery_code.c.used_at.is_(None)
    )
    return int(scoped.connection.execute(unused_codes).scalar_one())
