"""Which active account belongs to somebody whom the region's identity provider has named."""

from sqlalchemy import ColumnElement, select

from db.scoping import ScopedConnection, table


account = table("account")


def find_by_email(scoped: ScopedConnection, email: str) -> tuple[int, str] | None:
    """Return (id, username) of the active account with that address, in the form it is stored in."""
    return _find(scoped, account.c.email == email) if email else None


def find_by_username(scoped: ScopedConnection, username: str) -> tuple[int, str] | None:
    return _find(scoped, account.c.username == username)


def _find(scoped: ScopedConnection, condition: ColumnElement[bool]) -> tuple[int, str] | None:
    row = scoped.connection.execute(
        select(account.c.id, account.c.username).where(condition, account.c.is_active)
    ).one_or_none()
    return (row.id, row.username) if row else None
