"""The database: set up against silent losses, transactions whole or not at all, faults said in words."""

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from db import engine, row_security
from db.engine import Database, DatabaseUnavailable
from db.revision import is_current
from db.scoping import table
from portal.domain.accounts.access import EVERY_CLINIC, NO_CLINIC
from tests.postgres import as_owner


CLINIC = {
    "code": "falun",
    "name": "BUP Falun",
    "report_name": "Falun",
    "municipality_code": "2080",
    "municipality": "Falun",
    "operator": "public",
    "provider": "Region Dalarna",
    "opened_note": "",
    "closed_reason": "",
}


def clinics(database):
    with database.reading(EVERY_CLINIC) as scoped:
        return list(scoped.connection.scalars(select(table("clinic").c.code)))


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 10_000)],
)
def test_f11_every_sqlite_connection_is_set_up_not_only_the_first(tmp_path, pragma, expected):
    database = Database(f"sqlite:///{tmp_path / 'portal.db'}")
    with ExitStack() as stack:
        together = [stack.enter_context(database.engine.connect()) for _ in range(3)]

        found = [connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for connection in together]
    database.engine.dispose()

    assert found == [expected] * 3


@pytest.mark.asvs("2.3.4")
def test_f11_eight_threads_that_count_at_once_lose_nothing(database):
    with as_owner(database) as owner, owner.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(text("CREATE TABLE counter (n INTEGER NOT NULL)"))
        scoped.connection.execute(text("INSERT INTO counter VALUES (0)"))
        if not database.is_sqlite:
            row_security.grant(scoped.connection, database.role)

    def count(_):
        for _ in range(25):
            with database.writing(NO_CLINIC) as scoped:
                n = scoped.connection.scalar(text("SELECT n FROM counter"))
                scoped.connection.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count, range(8)))

    with database.reading(NO_CLINIC) as scoped:
        assert scoped.connection.scalar(text("SELECT n FROM counter")) == 8 * 25


@pytest.mark.asvs("2.3.3", "16.5.3")
def test_a_transaction_that_fails_half_way_stores_nothing(database):
    with pytest.raises(RuntimeError), database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(insert(table("clinic")).values(CLINIC))
        raise RuntimeError("half way")

    assert clinics(database) == []


def test_a_transaction_whose_second_row_breaks_a_rule_stores_neither(database):
    with pytest.raises(IntegrityError), database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(insert(table("clinic")).values(CLINIC))
        scoped.connection.execute(insert(table("clinic")).values({**CLINIC, "name": "Samma kod"}))

    assert clinics(database) == []


def test_a_reading_sees_one_state_of_the_database_whatever_is_written_meanwhile(sqlite_database):
    with sqlite_database.reading(EVERY_CLINIC) as scoped:
        query = select(table("clinic").c.code)
        assert list(scoped.connection.scalars(query)) == []
        with sqlite_database.writing(EVERY_CLINIC) as other:
            other.connection.execute(insert(table("clinic")).values(CLINIC))
        assert list(scoped.connection.scalars(query)) == []

    assert clinics(sqlite_database) == ["falun"]


@pytest.mark.postgres
def test_a_reading_transaction_cannot_write_on_postgres(postgres_database):
    with (
        pytest.raises(DatabaseUnavailable, match="read-only"),
        postgres_database.reading(EVERY_CLINIC) as scoped,
    ):
        scoped.connection.execute(insert(table("clinic")).values(CLINIC))

    assert clinics(postgres_database) == []


@pytest.mark.postgres
def test_a_connection_that_read_can_write_afterwards(postgres_database):
    clinics(postgres_database)

    with postgres_database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(insert(table("clinic")).values(CLINIC))

    assert clinics(postgres_database) == ["falun"]


def add_clinic(database, *more):
    with database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(insert(table("clinic")).values(CLINIC))
        for statement in more:
            scoped.connection.exec_driver_sql(statement)


def test_a_file_that_was_read_only_is_written_again_when_it_no_longer_is(sqlite_database):
    """A connection that was opened meanwhile would stay read-only until the process ends."""
    with sqlite_database.reading(EVERY_CLINIC) as scoped:
        scoped.connection.exec_driver_sql("PRAGMA query_only=ON")

    with pytest.raises(DatabaseUnavailable, match="readonly database"):
        add_clinic(sqlite_database)
    assert clinics(sqlite_database) == []
    add_clinic(sqlite_database)

    assert clinics(sqlite_database) == ["falun"]


FULL = {
    "sqlite": ("PRAGMA max_page_count=1", "CREATE TABLE more AS SELECT zeroblob(100000) AS content"),
    "postgresql": (
        "DO $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$",
    ),
}


def test_a_full_disk_is_said_stores_nothing_and_takes_the_same_when_there_is_room(database):
    with pytest.raises(DatabaseUnavailable, match="disk is full|No space left on device"):
        add_clinic(database, *FULL[database.engine.dialect.name])

    assert clinics(database) == []
    add_clinic(database)
    assert clinics(database) == ["falun"]


def refused_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]  # closed again: nobody listens there


@pytest.mark.parametrize("content", ["Detta är ingen databas. ".encode() * 100, b"\x00\xff" * 4_096])
def test_a_file_that_is_no_database_is_said_to_be_unusable(tmp_path, content):
    path = tmp_path / "skräp.db"
    path.write_bytes(content)

    with pytest.raises(DatabaseUnavailable, match="skr"):
        is_current(Database(f"sqlite:///{path}"))

    assert path.read_bytes() == content


def test_a_folder_in_place_of_a_file_is_said_to_be_unusable(tmp_path):
    with pytest.raises(DatabaseUnavailable):
        is_current(Database(f"sqlite:///{tmp_path}"))


def test_a_server_that_does_not_answer_is_said_to_be_unusable_without_its_password():
    database = Database(f"postgresql+psycopg://portal:hemligt@127.0.0.1:{refused_port()}/portal")

    with pytest.raises(DatabaseUnavailable, match="refused") as fault:
        is_current(database)

    assert "hemligt" not in str(fault.value)


@pytest.mark.postgres
def test_a_lock_that_another_program_holds_is_waited_for_as_long_as_on_sqlite(postgres_database, monkeypatch):
    monkeypatch.setitem(engine.PATIENCE, "options", "-c lock_timeout=50")
    impatient = Database(postgres_database.url)

    with (
        postgres_database.writing(EVERY_CLINIC),
        pytest.raises(DatabaseUnavailable, match="lock timeout"),
        impatient.writing(EVERY_CLINIC),
    ):
        pass

    impatient.engine.dispose()


@pytest.mark.postgres
def test_every_connection_has_patience_with_locks_and_with_a_server_that_hangs(postgres_database):
    with postgres_database.reading(EVERY_CLINIC) as scoped:
        assert scoped.connection.scalar(text("SHOW lock_timeout")) == "10s"
    assert int(engine.PATIENCE["connect_timeout"]) <= 10


def test_a_database_that_answers_is_reachable(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'portal.db'}", creates=False)
    assert not database.is_reachable()

    (tmp_path / "portal.db").touch()

    assert database.is_reachable()
    database.engine.dispose()


@pytest.mark.parametrize(
    "url", ["", "portal.db", "mysql://localhost/portal", "nosuch://x", "postgresql+nosuch://x/y", "://"]
)
def test_an_address_of_another_kind_is_said_to_be_unusable(url):
    with pytest.raises(DatabaseUnavailable):
        Database(url)
