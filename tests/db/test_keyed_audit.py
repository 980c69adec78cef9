"""Whoever has the database, but not the secret, can neither cut the audit, nor build it anew, nor prune it."""

import shutil
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import delete, insert, text
from sqlalchemy.exc import DBAPIError

import db.audit
from db.audit import FIRST_HASH, AuditEvent
from db.engine import Database
from db.migrate import alembic_config, upgrade
from db.scoping import table
from portal.domain.accounts.access import EVERY_CLINIC
from tests.db.test_audit_log import NOW, state, write
from tests.db.test_schema import tamper


pytestmark = [pytest.mark.security, pytest.mark.asvs("16.4.2")]
SECRET = "hemlighet som bara servern har, 48"


@pytest.fixture
def path(migrated_file, tmp_path):
    return shutil.copy(migrated_file, tmp_path / "portal.db")


@pytest.fixture
def opened(path):
    """Return a function that opens the database with a secret, or with none as whoever took the file does."""
    databases = []

    def open_with(*secrets):
        databases.append(Database(f"sqlite:///{path}", secrets=secrets or ("",)))
        return databases[-1]

    yield open_with
    for database in databases:
        database.engine.dispose()


@pytest.fixture
def keyed(opened):
    database = opened(SECRET)
    with database.writing(EVERY_CLINIC) as scoped:  # as `portal migrate` leaves it under this secret
        db.audit._keep(scoped, db.audit.Head(0, 0, FIRST_HASH))
    write(database, 8)
    assert state(database) == (None, False)
    return database


def end_of(database):
    with database.reading(EVERY_CLINIC) as scoped:
        return db.audit.find_head(scoped)


def test_a_chain_that_is_built_anew_is_found(keyed, opened):
    tamper(keyed, "DELETE FROM audit; DELETE FROM setting WHERE name = 'audit_head'")
    write(opened(), 8, seed=2)  # all hashes fit each other

    assert state(opened()) == (None, False)
    assert state(keyed) == (1, True)


def test_a_cut_end_is_found_whatever_the_kept_end_is_made_to_say(keyed):
    tamper(
        keyed,
        "DELETE FROM audit WHERE id > 5; UPDATE setting SET value = json_set(value, '$.id', 5, '$.count', 5,"
        " '$.hash', (SELECT hash FROM audit WHERE id = 5)) WHERE name = 'audit_head'",
    )
    assert state(keyed) == (None, True)

    write(keyed, 1)
    assert state(keyed)[0] == 6  # and goes on to be


def test_an_end_kept_outside_tells_of_a_database_put_back(keyed, path, tmp_path):
    before = tmp_path / "before.db"
    with sqlite3.connect(path) as connection:
        connection.execute("VACUUM INTO ?", (str(before),))
    connection.close()
    printed = end_of(keyed)
    write(keyed, 2, seed=3)
    later = end_of(keyed)
    older = Database(f"sqlite:///{before}", secrets=(SECRET,))

    for database, ends in ((keyed, (True, True)), (older, (True, False))):
        with database.reading(EVERY_CLINIC) as scoped:
            found = tuple(db.audit.holds(scoped, id_=end.id, digest=end.hash) for end in (printed, later))
        assert found == ends
    older.engine.dispose()


@pytest.mark.parametrize("number", ["999", "x", "", "9" * 40])
def test_a_forged_pruning_lets_nothing_recent_go_and_breaks_the_chain(keyed, number):
    write(keyed, 1, start=datetime.now(UTC))
    row = {
        **{name: "" for name in ("actor", "outcome", "clinic_code")},
        "at": NOW,
        "action": db.audit.PRUNED,
        "object": number,
        "details": "{",
        "previous_hash": FIRST_HASH,
        "hash": FIRST_HASH,
    }
    with keyed.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(insert(table("audit")), [row])
    with pytest.raises(DBAPIError, match="append-only"), keyed.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(delete(table("audit")).where(table("audit").c.id == 9))

    assert state(keyed) == (10, True)


def test_after_a_change_of_secret_the_former_one_still_vouches(keyed, opened):
    database = opened("en ny hemlighet, också den lång nog 48", SECRET)
    write(database, 2, seed=4)

    assert state(database) == (None, False)
    assert state(keyed)[0] == 9  # under the former one alone, what the new one signed is foreign


def plain_rows(count):
    """Return events as they were chained before there were keys."""
    previous_hash, rows = FIRST_HASH, []
    for number in range(count):
        event = AuditEvent(at=NOW + timedelta(minutes=number), actor="anna", action="tested")
        digest = event.chained_to(previous_hash, None)
        rows.append(
            {
                "at": event.at,
                "actor": "anna",
                "action": "tested",
                "outcome": "done",
                "clinic_code": "",
                "object": "",
                "details": "{}",
                "previous_hash": previous_hash,
                "hash": digest,
            }
        )
        previous_hash = digest
    return rows


def test_events_from_before_the_keys_hold_and_cannot_be_changed_either(tmp_path):
    path = tmp_path / "older.db"
    database = Database(f"sqlite:///{path}", secrets=(SECRET,))
    config, rows = alembic_config(), plain_rows(4)
    with database.writing(EVERY_CLINIC) as scoped:
        config.attributes["connection"] = scoped.connection
        command.upgrade(config, "0011")
        scoped.connection.execute(insert(table("audit")), rows)
        end = f'{{"id": 4, "count": 4, "hash": "{rows[-1]["hash"]}"}}'
        scoped.connection.execute(
            text("UPDATE setting SET value = :end WHERE name = 'audit_head'"), {"end": end}
        )
    upgrade(database)
    write(database, 2)
    assert state(database) == (None, False)

    connection = sqlite3.connect(path)
    connection.executescript("DROP TRIGGER audit_no_update")
    for row, number in zip(plain_rows(3), (1, 2, 3), strict=True):
        changed = AuditEvent(at=row["at"], actor="bo", action="tested")
        digest = changed.chained_to(row["previous_hash"], None)
        connection.execute("UPDATE audit SET actor = 'bo', hash = ? WHERE id = ?", (digest, number))
    connection.commit()
    connection.close()
    assert state(database)[0] is not None
    database.engine.dispose()
