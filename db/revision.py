"""Which schema a database has, and whether it is this version's.

Read without Alembic, whose import costs as much as a command's own work: a revision's number stands in its file's name.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import inspect, text

from db.engine import Database
from db.scoping import ScopedConnection
from portal.domain.accounts.access import EVERY_CLINIC


VERSIONS = Path(__file__).parent / "migrations" / "versions"
TABLE = "alembic_version"


class NewerDatabase(Exception):
    """The database is of a version that comes after this one; the message says what to do."""


@cache
def list_known() -> tuple[str, ...]:
    """Return the revisions of this version, the newest last: they are numbered in their order."""
    return tuple(sorted(file.name.partition("_")[0] for file in VERSIONS.glob("*/[0-9]*_*.py")))


def find(scoped: ScopedConnection) -> str | None:
    """Return the schema's revision; None for an empty database."""
    if not inspect(scoped.connection).has_table(TABLE):
        return None
    number = scoped.connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(number) if number is not None else None


def check_is_not_newer(database: Database) -> None:
    """Raise NewerDatabase for a schema that this version does not know: it would be read and written wrongly."""
    with database.reading(EVERY_CLINIC) as scoped:
        revision = find(scoped)
    if revision is not None and revision not in list_known():
        raise NewerDatabase(
            f"{database.safe_url} is at revision {revision}, made by a newer version of the portal: nothing was "
            "changed. Install that version again, or restore the copy from before it."
        )


def is_current(database: Database) -> bool:
    """Tell whether the database has this version's schema."""
    with database.reading(EVERY_CLINIC) as scoped:
        return find(scoped) == list_known()[-1]
