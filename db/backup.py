"""The whole database as one file while others write, and back again into an empty place.

SQLite has its own online backup (sqlite.org/backup.html): a copied file would lack what is still in the -wal beside
it. PostgreSQL has pg_dump. The portal's role finds every row there because its session says so (`row_security`):
without that, row-level security makes pg_dump fail, or write tables without rows.
"""

import os
import re
import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, inspect, select, text
from sqlalchemy.sql.expression import table as named_table

from db import audit, revision, row_security
from db.engine import Database, DatabaseUnavailable
from db.scoping import ScopedConnection
from portal.domain.accounts.access import EVERY_CLINIC


PROGRAMS = Path("/usr/lib/postgresql")  # where Debian keeps each version's own
COPY = re.compile(rb'COPY (?:\S+\.)?"?([^".\s]+)"? \(.*\) FROM stdin;\n')
LEFT_OUT = ["--no-owner", "--no-privileges"]  # whoever restores owns it, and lets the portal's role in


class BackupFault(Exception):
    """A copy can't be made, read or put back; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """What a copy holds, told as it was made."""

    revision: str
    audit_end: str
    rows: Mapping[str, int]  # table → how many


def dump(database: Database, path: Path) -> Contents:
    """Write everything that is stored at this moment to `path`; nobody has to wait."""
    if not database.is_sqlite:
        return _dump_postgres(database, path)
    with (
        closing(sqlite3.connect(str(database.engine.url.database))) as stored,
        closing(sqlite3.connect(path)) as copy,
    ):
        stored.backup(copy)
    return contents_of(Database(f"sqlite:///{path}"))


def contents_of(database: Database) -> Contents:
    """Return what a database holds, and let go of it."""
    try:
        with database.reading(EVERY_CLINIC) as scoped:
            return _contents(scoped)
    finally:
        database.engine.dispose()


def load(path: Path, database: Database) -> None:
    """Put a copy back; raises BackupFault where anything lies already."""
    check_is_empty(database)
    if database.is_sqlite:
        shutil.move(path, str(database.engine.url.database))
        return
    _run(database, "pg_restore", *LEFT_OUT, "--single-transaction", "--exit-on-error", "--dbname=", str(path))


def check_is_empty(database: Database) -> None:
    """Raise BackupFault unless a copy can be put there without touching anything."""
    if database.is_sqlite:
        file = str(database.engine.url.database)
        leftovers = [name for name in (file, f"{file}-wal", f"{file}-shm") if Path(name).exists()]
        if leftovers:
            raise BackupFault(
                f"{', '.join(leftovers)} is there: move it away first, with the portal stopped."
            )
        return
    with database.reading(EVERY_CLINIC) as scoped:
        tables = inspect(scoped.connection).get_table_names()
    if tables:
        raise BackupFault(
            f"{database.safe_url} has {len(tables)} tables: make an empty database, with the portal stopped."
        )


def count_rows(path: Path, *, is_sqlite: bool) -> dict[str, int]:
    """Read a copy from beginning to end; return table → rows. Raises BackupFault where it can't be read."""
    if is_sqlite:
        try:
            return dict(contents_of(Database(f"sqlite:///{path}")).rows)
        except DatabaseUnavailable as fault:
            raise BackupFault(str(fault)) from fault
    command = [_program("pg_restore"), "--data-only", "--file=-", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as restore:
        assert restore.stdout
        assert restore.stderr
        rows = _rows_written(restore.stdout)
        complaint = restore.stderr.read().decode(errors="replace").strip()
    if restore.returncode:
        raise BackupFault(complaint or "pg_restore can't read it")
    return rows


def _rows_written(lines: Iterable[bytes]) -> dict[str, int]:
    """Count what stands between each COPY and its end."""
    rows: Counter[str] = Counter()
    table = None
    for line in lines:
        if heading := COPY.fullmatch(line):
            table = heading[1].decode()
            rows[table] = 0
        elif line == b"\\.\n":
            table = None
        elif table:
            rows[table] += 1
    return dict(rows)


def _contents(scoped: ScopedConnection) -> Contents:
    connection = scoped.connection
    rows = {
        name: connection.scalar(select(func.count()).select_from(named_table(name))) or 0
        for name in sorted(inspect(connection).get_table_names())
    }
    number = revision.find(scoped)
    if number is None:
        raise BackupFault("The database is empty: there is nothing to copy.")
    return Contents(revision=number, audit_end=audit.end_of_chain(scoped), rows=rows)


def _dump_postgres(database: Database, path: Path) -> Contents:
    with database.reading(EVERY_CLINIC) as scoped:
        snapshot = scoped.connection.scalar(text("SELECT pg_export_snapshot()"))
        options = [*LEFT_OUT, "--format=custom", "--enable-row-security", f"--snapshot={snapshot}"]
        _run(database, "pg_dump", *options, f"--file={path}", "--dbname=")
        return _contents(scoped)


def _run(database: Database, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; where it finds the database stands in no list of processes."""
    url = database.engine.url.set(drivername="postgresql")
    address = url.set(password=None).render_as_string(hide_password=False)
    environment = {
        **os.environ,
        "PGPASSWORD": str(url.password or ""),
        "PGOPTIONS": f"-c {row_security.SETTING}={row_security.EVERY}",
    }
    command = [
        _program(program),
        *(f"--dbname={address}" if part == "--dbname=" else part for part in arguments),
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupFault(f"{program}: {done.stderr.strip()[-1000:]}")


def _program(name: str) -> str:
    """Return the newest one: it reads every older server."""
    installed = sorted(PROGRAMS.glob(f"*/bin/{name}"), key=lambda file: int(file.parts[-3]), reverse=True)
    program = str(installed[0]) if installed else shutil.which(name)
    if program is None:
        raise BackupFault(f"{name} is not installed (apt install postgresql-client).")
    return program
