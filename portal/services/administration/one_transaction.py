"""Several services in one transaction: what they do is stored together or not at all, and no mail goes out meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection

from db.engine import Database
from db.scoping import ScopedConnection
from portal.domain.accounts.access import ClinicScope, User, check_is_administrator
from portal.services.context import Portal, Writing


class _JoinedDatabase(Database):
    """A database whose every transaction is one that is open already."""

    def __init__(self, database: Database, connection: Connection) -> None:
        self.__dict__.update(database.__dict__)
        self._connection = connection

    @contextmanager
    def reading(self, scope: ClinicScope) -> Iterator[ScopedConnection]:
        yield ScopedConnection(self._connection, scope)

    @contextmanager
    def writing(self, scope: ClinicScope) -> Iterator[ScopedConnection]:
        yield ScopedConnection(self._connection, scope)


@contextmanager
def one_transaction(portal: Portal, user: User) -> Iterator[tuple[Portal, Writing]]:
    """Return the portal to hand to services, and the transaction; an exception takes everything back."""
    check_is_administrator(user)
    with portal.writing(user) as writing:
        database = _JoinedDatabase(portal.database, writing.connection)
        yield replace(portal, database=database, smtp_url=""), writing
    portal.forget_days()
