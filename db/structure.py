"""Is the database built as this version builds it? Tables, columns, indexes, keys, checks and triggers."""

from collections.abc import Iterable, Iterator
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, Inspector, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import SQLModel

from db.scoping import ScopedConnection


FROZEN = ("annual_report", "annual_report_publication", "report_text")  # tables that only grow, by triggers


def engine_faults(scoped: ScopedConnection) -> list[str]:
    """Return what the database engine itself finds wrong: pages, foreign keys, triggers that are gone or refuse nothing."""
    scoped.check_every_clinic()
    if scoped.connection.dialect.name == "sqlite":
        return _sqlite_faults(scoped)
    rows = scoped.connection.scalars(
        text(
            "SELECT tgname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE tgenabled <> 'D' AND NOT tgisinternal AND prosrc LIKE '%RAISE EXCEPTION%'"
        )
    )
    append_only = {f"{name}_append_only" for name in ("audit", *FROZEN)}
    return _missing(rows, {"audit_keeps_its_rows", *append_only})


def _sqlite_faults(scoped: ScopedConnection) -> list[str]:
    run = scoped.connection.exec_driver_sql
    if damage := _damage(scoped.connection):
        return damage  # what else is asked of such a file ends in its pages
    faults = [f"{row[0]} row {row[1]}: no such {row[2]}" for row in run("PRAGMA foreign_key_check")]
    names = (
        row[0] for row in run("SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(%'")
    )
    faults += _missing(
        names, {f"{name}_no_{verb}" for name in ("audit", *FROZEN) for verb in ("update", "delete")}
    )
    settings = {"foreign_keys": 1, "synchronous": 2, "journal_mode": "wal"}
    for name, value in settings.items():
        if (real := run(f"PRAGMA {name}").scalar()) != value:  # names of ours, nobody's input
            faults.append(f"PRAGMA {name} is {real}, not {value}")
    return faults


def _damage(connection: Connection) -> list[str]:
    """Return what SQLite finds wrong in the file's pages, until it meets one that it can't go past."""
    faults = []
    try:
        for (lines,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
            faults += [line for line in lines.splitlines() if line != "ok" and not line.startswith("***")]
    except DatabaseError as fault:
        faults.append(str(fault.orig))
    return faults


def _missing(triggers: Iterable[str], required_triggers: set[str]) -> list[str]:
    return [f"trigger {name} is missing" for name in sorted(required_triggers - set(triggers))]


def structure_faults(scoped: ScopedConnection) -> list[str]:
    """Return where tables, columns, indexes and checks are not those of this version, whatever its number says."""
    scoped.check_every_clinic()
    context = MigrationContext.configure(scoped.connection, opts={"compare_type": True})
    differences = [_in_words(difference) for difference in compare_metadata(context, SQLModel.metadata)]
    inspector = inspect(scoped.connection)
    return [*differences, *_missing_checks(inspector), *_other_keys(inspector)]


def _missing_checks(inspector: Inspector) -> Iterator[str]:
    """Name the CHECK constraints that are gone; Alembic's comparison leaves them out."""
    for name in inspector.get_table_names():
        declared = SQLModel.metadata.tables.get(name)
        if declared is not None:
            wanted = {str(check.name) for check in declared.constraints if isinstance(check, CheckConstraint)}
            stored = {str(check["name"]) for check in inspector.get_check_constraints(name)}
            yield from (f"{name}: check {check} is missing" for check in sorted(wanted - stored))


def _other_keys(inspector: Inspector) -> Iterator[str]:
    """Name the tables with another primary key, or none; Alembic's comparison leaves them out too."""
    for name in inspector.get_table_names():
        declared = SQLModel.metadata.tables.get(name)
        if declared is not None:
            wanted = {column.name for column in declared.primary_key}
            if wanted != set(inspector.get_pk_constraint(name)["constrained_columns"]):
                yield f"{name}: its primary key is not {', '.join(sorted(wanted))}"


def _in_words(difference: Any) -> str:
    """Say one difference that Alembic found: what it would do to mend it, and to what."""
    if isinstance(difference, list):  # changes of one column
        return "; ".join(_in_words(part) for part in difference)
    verb, *objects = difference
    names = [getattr(each, "name", each) for each in objects if isinstance(getattr(each, "name", each), str)]
    of_table = getattr(getattr(objects[-1], "table", None), "name", "")
    return f"{verb.replace('_', ' ')}: {'.'.join(filter(None, [of_table, *names]))}"
