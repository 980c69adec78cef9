"""What `portal check` is made of: a check says what must be so, finds what is not, and names the remedy.

Errors must be mended; a warning is for the operator to judge.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from db.scoping import ScopedConnection
from portal.domain.accounts.access import EVERY_CLINIC
from portal.services.context import Portal
from portal.settings import Settings


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at. A demo is what its database says it is: a variable makes none."""

    portal: Portal
    settings: Settings
    is_demo: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthCheck:
    """`find` returns what is wrong, in words; nothing when all is well."""

    code: str
    what: str
    remedy: str
    find: Callable[[Subject], Iterable[str]]
    is_error: bool = True
    in_demo: bool = True  # whether it means anything in a demo


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """A check and what it found."""

    check: HealthCheck
    found: tuple[str, ...]

    @property
    def is_ok(self) -> bool:
        return not self.found

    @property
    def severity(self) -> str:
        return "error" if self.check.is_error else "warning"


def reading(read: Callable[[ScopedConnection], Iterable[str]]) -> Callable[[Subject], list[str]]:
    """Let a check that reads the database find what is wrong."""

    def find(subject: Subject) -> list[str]:
        with subject.portal.database.reading(EVERY_CLINIC) as scoped:
            return list(read(scoped))

    return find
