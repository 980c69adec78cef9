"""The database: SQLite out of the box, PostgreSQL when outgrown; transactions with a scope.

On PostgreSQL the scope is said to the database too, which keeps other rows out by itself (db.row_security).

SQLite is set up against silent lost updates: WAL, synchronous=FULL, foreign keys, and
BEGIN IMMEDIATE for everything that writes.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, InterfaceError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import StaticPool

from db import row_security, signing
from db.scoping import ScopedConnection, table
from portal.domain.accounts.access import ClinicScope


BUSY_TIMEOUT_MS = 10_000
READ_ONLY, DAMAGED, TAKEN, NO_RIGHT = "25006", "XX", "23505", "42501"  # SQLSTATEs of PostgreSQL
ROW_SECURITY = (
    "ExecWithCheckOptions"  # where a policy refuses a row: a wall that held, with the same SQLSTATE
)
PATIENCE = {  # with PostgreSQL: a server that hangs, or whose packets are lost, is away after that too
    "connect_timeout": "5",
    "tcp_user_timeout": f"{BUSY_TIMEOUT_MS}",
    "options": f"-c lock_timeout={BUSY_TIMEOUT_MS}",
}
WRITE_LOCK = 4_711_001  # any constant: the number of the portal's one writer's place

# One question each, and gone at the transaction's end: a pooled connection remembers nobody.
_CONTEXT = text(f"SELECT set_config('{row_security.SETTING}', :context, true)")
_CONTEXT_AND_LOCK = text(
    f"SELECT set_config('{row_security.SETTING}', :context, true), pg_advisory_xact_lock({WRITE_LOCK})"
)


class DatabaseUnavailable(Exception):
    """The database can't be reached or read; the message says what to do."""


class Database:
    """An engine and its two kinds of transaction."""

    def __init__(self, url: str, *, secrets: Sequence[str] = ("",), creates: bool = True) -> None:
        """`secrets`: the installation's own, which signs the audit, and those it had before.

        Unless it `creates`, a missing SQLite file is a fault: the disk it lies on may not be there.
        """
        self.url, self._creates = url, creates
        self.engine = _engine(url, creates=creates)
        keys = signing.keys_of(*secrets)

        @event.listens_for(self.engine, "connect")
        def give_keys(_connection: Any, record: Any) -> None:
            record.info[signing.KEYS] = keys

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def role(self) -> str | None:
        """The PostgreSQL role that the portal works as."""
        return None if self.is_sqlite else self.engine.url.username

    @property
    def safe_url(self) -> str:
        """The address without its password, for people and logs."""
        return make_url(self.url).render_as_string(hide_password=True)

    @contextmanager
    def reading(self, scope: ClinicScope) -> Iterator[ScopedConnection]:
        """Open a transaction that sees one state of the database and changes nothing."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self._connect(postgresql_readonly=True, **options) as connection, connection.begin() as reading:
            if not self.is_sqlite:
                connection.execute(_CONTEXT, {"context": row_security.context_of(scope)})
            yield ScopedConnection(connection, scope)
            reading.rollback()  # a damaged file can't even commit nothing

    @contextmanager
    def writing(self, scope: ClinicScope) -> Iterator[ScopedConnection]:
        """Open a transaction that is stored whole or not at all; one writer at a time.

        SQLite's BEGIN IMMEDIATE and, on PostgreSQL, one advisory lock: what is read in it is still
        true when it is written, and the audit chain needs a single order anyway.
        """
        with self._connect(begin="IMMEDIATE") as connection, connection.begin():
            if not self.is_sqlite:
                connection.execute(_CONTEXT_AND_LOCK, {"context": row_security.context_of(scope)})
            yield ScopedConnection(connection, scope)

    def is_reachable(self) -> bool:
        """Tell whether the database answers."""
        try:
            with self._connect() as connection:
                connection.execute(text("SELECT 1"))
        except DatabaseUnavailable:
            return False
        return True

    @contextmanager
    def _connect(self, **options: Any) -> Iterator[Connection]:
        if not self._creates:
            self._check_is_there()
        try:
            with self.engine.connect() as connection:
                yield connection.execution_options(**options)
        except (OperationalError, InterfaceError) as error:
            raise DatabaseUnavailable(f"{self.safe_url}: {error.orig}") from error
        except DatabaseError as error:
            if words := _of_the_machine(error):
                raise DatabaseUnavailable(f"{self.safe_url}: {words}") from error
            raise

    def _check_is_there(self) -> None:
        file = self.engine.url.database
        if self.is_sqlite and file and file != ":memory:" and not Path(file).exists():
            raise DatabaseUnavailable(
                f"{file} is not there. Is its disk mounted? `portal migrate` makes a new and empty one."
            )


def _of_the_machine(error: DatabaseError) -> str:
    """Return what is wrong with the database where the fault is its own, and what mends it; nothing where it is ours."""
    if type(error) is DatabaseError:  # SQLite: "file is not a database"
        return str(error.orig)
    code = getattr(error.orig, "sqlstate", None) or ""
    if code == READ_ONLY or code.startswith(DAMAGED):
        return str(error.orig)
    details: Any = getattr(error.orig, "diag", None)
    if code == NO_RIGHT and details.source_function != ROW_SECURITY:
        return (
            f"{details.message_primary}. `portal migrate` as the owner of the tables lets the role in again."
        )
    if code == TAKEN and _is_numbering(details.table_name, details.constraint_name):
        return f"the sequence of {details.table_name} is behind its rows. `portal migrate` puts it ahead of them."
    return ""


def _is_numbering(name: str, constraint: str) -> bool:
    """Tell whether a row's number was taken already, which the database itself gives out."""
    return constraint == f"{name}_pkey" and table(name).autoincrement_column is not None


def _engine(url: str, *, creates: bool) -> Engine:
    try:
        address = make_url(url)
        if address.get_backend_name() == "sqlite":
            return _sqlite(url, address.database, creates=creates)
        if address.get_backend_name() == "postgresql":
            return create_engine(
                address,
                pool_pre_ping=True,
                pool_size=10,
                hide_parameters=True,
                connect_args={**PATIENCE, **address.query},
            )
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise DatabaseUnavailable(f"{url!r} is not a usable database address: {error}") from error
    raise DatabaseUnavailable(
        f"{address.get_backend_name()} is not supported: use sqlite or postgresql+psycopg"
    )


def _sqlite(url: str, path: str | None, *, creates: bool) -> Engine:
    in_memory = path in (None, "", ":memory:")
    if in_memory:
        engine = create_engine(
            url, poolclass=StaticPool, connect_args={"check_same_thread": False}, hide_parameters=True
        )
    else:
        if creates:
            Path(str(path)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, pool_size=10, hide_parameters=True)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "handle_error", _give_up_connection)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN would come too late
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _give_up_connection(context: ExceptionContext) -> None:
    """Open the file anew where it could not be written: what was opened while it was read-only stays so for ever.

    Not after other faults of its disk: on a full one a file opened anew can't even be read.
    """
    if getattr(context.original_exception, "sqlite_errorname", "").startswith("SQLITE_READONLY"):
        context.is_disconnect = True


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
