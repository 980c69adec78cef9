"""A throw-away PostgreSQL cluster for the tests: one per worker, a fresh database per test.

The tables belong to one role and the portal works as another that owns nothing: only so does row-level
security say anything.

With PORTAL_TEST_DATABASE_URL set, that server is used instead: the account must be able to create
databases and roles, and each test's own database is dropped again. The two roles stay.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from db.engine import Database
from db.migrate import upgrade


SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    "fsync": "off",  # nobody needs this data after a power cut
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
OWNER, WORKER = "portal_test_owner", "portal_test_worker"
PASSWORD = "only for tests"
MAKE_ROLE = """
DO $$ BEGIN
    CREATE ROLE {name} LOGIN PASSWORD '{password}' NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""


class Server:
    """A running server and a migrated database on it that others are copied from."""

    def __init__(self, address: URL) -> None:
        self.address = address
        for role in (OWNER, WORKER):
            self._execute(MAKE_ROLE.format(name=role, password=PASSWORD))
        self.template = self.create()
        database = Database(self.url(self.template, OWNER))
        upgrade(database, works_as=WORKER)
        database.engine.dispose()

    def url(self, name: str, role: str) -> str:
        address = self.address.set(database=name, username=role, password=PASSWORD)
        return address.render_as_string(hide_password=False)

    def create(self, *, template: str = "template1") -> str:
        name = f"portal_test_{uuid.uuid4().hex}"
        self._execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Give a migrated, empty database of its own, as the role that owns nothing."""
        name = self.create(template=self.template)
        database = Database(self.url(name, WORKER))
        try:
            yield database
        finally:
            database.engine.dispose()
            self.drop(name)

    def _execute(self, statement: str) -> None:
        engine = create_engine(self.address, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(statement))


@contextmanager
def as_owner(database: Database) -> Iterator[Database]:
    """The same database, as the role that migrates it. SQLite has one owner anyway."""
    address = database.engine.url
    if not database.is_sqlite:
        address = address.set(username=OWNER)
    found = Database(address.render_as_string(hide_password=False))
    try:
        yield found
    finally:
        found.engine.dispose()


def binaries() -> Path | None:
    """Return the folder of initdb and pg_ctl, or None where no server is installed."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return installed[0].parent if installed else None


def is_available() -> bool:
    return bool(os.environ.get("PORTAL_TEST_DATABASE_URL")) or binaries() is not None


@contextmanager
def serve() -> Iterator[Server]:
    """Give the server of the environment, or one of our own that is gone afterwards."""
    if address := os.environ.get("PORTAL_TEST_DATABASE_URL"):
        server = Server(make_url(address))
        try:
            yield server
        finally:
            server.drop(server.template)
        return
    with _cluster() as own:
        yield Server(own)


@contextmanager
def _cluster() -> Iterator[URL]:
    found = binaries()
    assert found, "no PostgreSQL server is installed"
    folder = Path(tempfile.mkdtemp(prefix="portal-postgres-"))
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    _run(found / "initdb", "-D", data, "-U", "portal", "--auth=trust", "--encoding=UTF8", "--no-sync")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
    options += f" -p {port} -k {folder}"
    _run(found / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield URL.create(
            "postgresql+psycopg", username="portal", host="127.0.0.1", port=port, database="postgres"
        )
    finally:
        _run(found / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: object) -> None:
    as_server = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run(
        [*as_server, *map(str, command)],
        check=True,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=120,
    )
