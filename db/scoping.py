"""The one place where a scope becomes SQL: no clinic row is read or written without one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, true
from sqlmodel import SQLModel

import db.models  # noqa: F401  the tables are registered by this import
from portal.domain.accounts.access import ClinicScope


@dataclass(frozen=True, slots=True)
class ScopedConnection:
    """A transaction that knows whose rows it may touch. Query modules take nothing else."""

    connection: Connection
    scope: ClinicScope

    def in_scope(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Return the condition that keeps only rows of the scope's clinics."""
        if self.scope.every:
            return true()
        return column.in_(sorted(self.scope.clinics))

    def of_clinics(self, codes: Iterable[str]) -> "ScopedConnection":
        """The same transaction, for no more than those of its clinics."""
        within = frozenset(code for code in codes if self.scope.holds(code))
        return ScopedConnection(self.connection, ClinicScope(within))

    def check_in_scope(self, clinic: str) -> None:
        """Raise OutOfScope before a row of a foreign clinic is written."""
        if not self.scope.holds(clinic):
            raise OutOfScope(clinic)

    def check_every_clinic(self) -> None:
        """Raise OutOfScope before something regional is written by anyone but the region."""
        if not self.scope.every:
            raise OutOfScope("the region")


class OutOfScope(Exception):
    """A write was tried outside the scope: a fault in the program, never shown as such."""


def table(name: str) -> Table:
    return SQLModel.metadata.tables[name]
