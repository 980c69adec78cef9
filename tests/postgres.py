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
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from db.engine import Database
from db.migrate import upgrade


SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    "fsync": "off",  # nobody needs this data after a power cut
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
OWNER, WORKER = "portal_test_owner", "portal_test_worker"
PASSWORD = "only for tests"
MAKE_ROLE = """
DO $$ BEGIN
    CREATE ROLE {name} LOGIN PASSWORD '{password}' NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""


# Empties a database as nobody but a superuser may: past triggers, row security and foreign keys.
EMPTY = """
SET lock_timeout = '2s'; SET session_replication_role = replica;
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
        AND tablename NOT IN ('alembic_version', 'published_figure', 'report_start_text')
    LOOP EXECUTE 'DELETE FROM ' || quote_ident(name); END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'
    LOOP PERFORM setval(quote_ident(name), 1, false); END LOOP;
END $$
"""
# What a test must not have changed if another is to get its database: tables, columns, triggers, policies, facts.
STATE = """
SELECT md5(string_agg(one, '|' ORDER BY one)) FROM (
    SELECT relname || relkind::text || relrowsecurity || relforcerowsecurity || coalesce(relacl::text, '') AS one
        FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT attrelid::regclass || attname || atttypid FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0
    UNION ALL SELECT tgrelid::regclass || tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT tablename || policyname || coalesce(qual, '') || coalesce(with_check, '') FROM pg_policies
    UNION ALL SELECT period || indicator || breakdown || coalesce(value::text, '') || source FROM published_figure
    UNION ALL SELECT year || place || text FROM report_start_text
    UNION ALL SELECT version_num FROM alembic_version
    UNION ALL SELECT name || value FROM setting
) AS everything
"""


class Server:
    """A running server and a migrated database on it that others are copied from.

    A database is emptied and given to the next test, unless a test has changed more than rows: making
    a new one for each took a third of the time of all tests. With it goes its engine, with which SQLAlchemy
    keeps how each statement is written, and its open connections: each new one reads the whole catalogue.
    """

    def __init__(self, address: URL) -> None:
        self.address = address
        self.engines: dict[str, Engine] = {}  # the superuser's, one per database
        for role in (OWNER, WORKER):
            self._execute(MAKE_ROLE.format(name=role, password=PASSWORD))
        self.template = self.create()
        database = Database(self.url(self.template, OWNER))
        upgrade(database, works_as=WORKER)
        database.engine.dispose()
        self.state = self.inside(self.template, STATE)
        # What the migrations themselves put in beside the published figures.
        self.settings = self.inside(
            self.template,
            "SELECT coalesce(string_agg('INSERT INTO setting VALUES (' || quote_literal(name) || ', '"
            " || quote_literal(value) || ')', '; '), 'SELECT 1') FROM setting",
        )
        self.engines.pop(self.template).dispose()  # nobody may be in a database that is copied
        self.spare: Database | None = None

    def url(self, name: str, role: str) -> str:
        address = self.address.set(database=name, username=role, password=PASSWORD)
        return address.render_as_string(hide_password=False)

    def create(self, *, template: str = "template1", name: str = "") -> str:
        name = name or f"portal_test_{uuid.uuid4().hex}"
        self._execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        if engine := self.engines.pop(name, None):
            engine.dispose()
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def close(self) -> None:
        """Leave nothing behind: no connection, and on a server that goes on no database."""
        if self.spare:
            self.discard(self.spare)
        self.drop(self.template)
        for engine in self.engines.values():
            engine.dispose()

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Give a migrated, empty database of its own, as the role that owns nothing."""
        database, self.spare = self.spare or self.new(), None
        try:
            yield database
        finally:
            if self.spare is None and self._is_emptied(str(database.engine.url.database)):
                self.spare = database
            else:
                self.discard(database)

    def new(self) -> Database:
        return self.open(self.create(template=self.template))

    def open(self, name: str) -> Database:
        """Open a database as the role that owns nothing."""
        return Database(self.url(name, WORKER))

    def discard(self, database: Database) -> None:
        database.engine.dispose()
        self.drop(str(database.engine.url.database))

    def _is_emptied(self, name: str) -> bool:
        try:
            self.inside(name, EMPTY)
            self.inside(name, str(self.settings))
            return self.inside(name, STATE) == self.state
        except DBAPIError:  # somebody still holds it
            return False

    def inside(self, name: str, statement: str) -> object:
        """Run a statement in one of the databases, as the superuser; return what it finds, if anything."""
        if name not in self.engines:
            self.engines[name] = create_engine(
                self.address.set(database=name), isolation_level="AUTOCOMMIT", pool_size=1
            )
        with self.engines[name].connect() as connection:
            found = connection.exec_driver_sql(statement)
            return found.scalar() if found.returns_rows else None

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
            server.close()
        return
    with _cluster() as own:
        server = Server(own)
        try:
            yield server
        finally:
            server.close()


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
