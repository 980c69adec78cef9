"""Which active account belongs to somebody whom the region's identity provider has named."""

from sqlalchemy import ColumnElement, func, select

from db.scoping import ScopedConnection, table


account = table("account")


def find_by_email(scoped: ScopedConnection, email: str) -> list[tuple[int, str]]:
    """Return (id, username) of the active accounts with that address; more than one is nobody's."""
    return _find(scoped, func.lower(account.c.email) == email.lower()) if email else []


def find_by_username(scoped: ScopedConnection, username: str) -> list[tuple[int, str]]:
    return _find(scoped, account.c.username == username)


def _find(scoped: ScopedConnection, condition: ColumnElement[bool]) -> list[tuple[int, str]]:
    rows = scoped.connection.execute(
        select(account.c.id, account.c.username).where(condition, account.c.is_active)
    )
    return [(row.id, row.username) for row in rows]
