"""How often in a row a login was tried, by key. No clinic's data."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from db.scoping import ScopedConnection, table


login_throttle = table("login_throttle")
login_device = table("login_device")


@dataclass(frozen=True, slots=True)
class Tries:
    count: int
    first_at: datetime
    last_at: datetime


def find(scoped: ScopedConnection, keys: list[str]) -> dict[str, Tries]:
    rows = scoped.connection.execute(select(login_throttle).where(login_throttle.c.key.in_(keys)))
    return {row.key: Tries(row.tries, row.first_at, row.last_at) for row in rows}


def put(scoped: ScopedConnection, key: str, tries: Tries) -> None:
    """Set what is known of a key."""
    values = {"tries": tries.count, "first_at": tries.first_at, "last_at": tries.last_at}
    changed = scoped.connection.execute(
        update(login_throttle).where(login_throttle.c.key == key).values(values)
    )
    if not changed.rowcount:
        scoped.connection.execute(insert(login_throttle).values(key=key, **values))


def forget(scoped: ScopedConnection, keys: list[str]) -> None:
    scoped.connection.execute(delete(login_throttle).where(login_throttle.c.key.in_(keys)))


def forget_starting(scoped: ScopedConnection, start: str) -> None:
    scoped.connection.execute(
        delete(login_throttle).where(login_throttle.c.key.startswith(start, autoescape=True))
    )


def total_starting(scoped: ScopedConnection, start: str) -> int:
    """Return how many tries the keys that begin like that have together."""
    tries = select(func.coalesce(func.sum(login_throttle.c.tries), 0)).where(
        login_throttle.c.key.startswith(start, autoescape=True)
    )
    return int(scoped.connection.execute(tries).scalar_one())


def forget_older(scoped: ScopedConnection, *, last_before: datetime) -> None:
    """Forget whatever was not tried since."""
    scoped.connection.execute(delete(login_throttle).where(login_throttle.c.last_at <= last_before))


def is_known_device(scoped: ScopedConnection, token_hash: str, account_id: int, *, since: datetime) -> bool:
    device = select(login_device.c.account_id).where(
        login_device.c.token_hash == token_hash,
        login_device.c.account_id == account_id,
        login_device.c.seen_at > since,
    )
    return scoped.connection.execute(device).first() is not None


def note_device(scoped: ScopedConnection, token_hash: str, account_id: int, *, at: datetime) -> None:
    this = (login_device.c.token_hash == token_hash, login_device.c.account_id == account_id)
    if not scoped.connection.execute(update(login_device).where(*this).values(seen_at=at)).rowcount:
        scoped.connection.execute(
            insert(login_device).values(token_hash=token_hash, account_id=account_id, seen_at=at)
        )


def forget_devices(scoped: ScopedConnection, account_id: int) -> None:
    scoped.connection.execute(delete(login_device).where(login_device.c.account_id == account_id))
