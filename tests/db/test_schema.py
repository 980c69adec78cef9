"""The schema: migrations and models agree, and the hard rules hold whoever writes."""

import sqlite3
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, delete, func, insert, inspect, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlmodel import SQLModel

import db.audit
from db import migrate
from db.audit import AuditEvent
from db.engine import Database
from db.migrate import upgrade
from db.revision import is_current
from db.scoping import table
from portal.domain.accounts.access import EVERY_CLINIC
from tests.postgres import as_owner


NOW = datetime(2025, 2, 5, 12, tzinfo=UTC)
SUBMISSION = {
    "clinic_code": "falun",
    "month": "2025-01",
    "version": 1,
    "state": "sent",
    "door": "file",
    "is_current": True,
    "sent_by": "falun",
    "sent_at": NOW,
    "file_name": "x.csv",
    "sha256": "0" * 64,
    "idempotency_key": "1",
    "reason": "",
    "note": "",
    "read": 0,
    "new": 0,
    "changed": 0,
    "unchanged": 0,
}


# Models and migrations


def test_the_migrated_schema_is_that_of_the_models(database):
    with database.reading(EVERY_CLINIC) as scoped:
        context = MigrationContext.configure(scoped.connection, opts={"compare_type": True})

        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_migrated_checks_are_those_of_the_models(database):
    """Alembic's comparison leaves out CHECK constraints."""
    inspector = inspect(database.engine)
    for name, declared in SQLModel.metadata.tables.items():
        wanted = {c.name for c in declared.constraints if isinstance(c, CheckConstraint)}

        assert {check["name"] for check in inspector.get_check_constraints(name)} == wanted, name


def test_to_migrate_twice_changes_nothing(database):
    before = published(database)
    assert is_current(database)

    with as_owner(database) as owner:
        upgrade(owner)

    assert is_current(database)
    assert published(database) == before > 0


def published(database):
    with database.reading(EVERY_CLINIC) as scoped:
        return scoped.connection.scalar(select(func.count()).select_from(table("published_figure")))


def test_addresses_that_several_accounts_had_count_for_the_only_open_one_or_none(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'before.db'}")
    upgrade_to(database, "0010")
    accounts = (  # username, address, is open, which counts afterwards, which waits
        ("anna", "Anna@Example.org", True, "anna@example.org", ""),
        ("bo", "delad@example.org", True, "", "delad@example.org"),
        ("cilla", "DELAD@example.org", True, "", "delad@example.org"),
        ("dan", "bytt@example.org", True, "bytt@example.org", ""),
        ("eva", "bytt@example.org", False, "", "bytt@example.org"),
        ("fia", "", True, "", ""),
        ("gun", "", True, "", ""),
    )
    with database.writing(EVERY_CLINIC) as scoped:
        for username, email, is_active, *_ in accounts:
            scoped.connection.execute(
                text(
                    "INSERT INTO account (username, name, role, password_hash, totp_last_step, is_active, email, created_at)"
                    " VALUES (:username, 'x', 'region', '', 0, :is_active, :email, '2025-01-01')"
                ),
                {"username": username, "email": email, "is_active": is_active},
            )
        scoped.connection.execute(
            text(
                "INSERT INTO account_link SELECT 'x', id, 'password', 'anna', '2025-01-01', '2025-01-04', NULL"
                " FROM account WHERE username = 'anna'"
            )
        )

    upgrade(database)

    with database.reading(EVERY_CLINIC) as scoped:
        columns = [table("account").c[name] for name in ("username", "email", "email_wanted")]
        assert scoped.connection.execute(select(*columns).order_by(columns[0])).all() == [
            (username, email, wanted) for username, *_, email, wanted in accounts
        ]
        assert scoped.connection.execute(select(table("account_link").c.kind)).all() == [("password",)]
    database.engine.dispose()


def upgrade_to(database, revision):
    config = migrate.alembic_config()
    with database.writing(EVERY_CLINIC) as scoped:
        config.attributes["connection"] = scoped.connection
        command.upgrade(config, revision)


# Constraints


@pytest.fixture
def write(portal):
    """Return a function that stores rows of a table in a transaction of their own."""

    def write(name, *rows):
        with portal.database.writing(EVERY_CLINIC) as scoped:
            for row in rows:
                scoped.connection.execute(insert(table(name)).values(row))

    return write


@pytest.fixture
def submission_id(portal, write):
    write("submission", SUBMISSION)
    with portal.database.reading(EVERY_CLINIC) as scoped:
        return scoped.connection.scalar(select(table("submission").c.id))


@pytest.mark.parametrize(
    ("value", "reason", "is_stored"),
    [
        (0, None, True),
        (7, None, True),
        (None, "not_measured", True),
        (-1, None, False),
        (None, None, False),
        (7, "not_measured", False),
    ],
)
def test_a_value_is_a_count_or_has_a_reason(portal, write, submission_id, value, reason, is_stored):
    row = {
        "submission_id": submission_id,
        "measure": "calls",
        "clinic_code": "falun",
        "value": value,
        "reason": reason,
    }
    if is_stored:
        write("submission_value", row)
        return
    with pytest.raises(IntegrityError):
        write("submission_value", row)


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 2, "idempotency_key": "2"},  # a second current version of the month
        {"is_current": False, "idempotency_key": "2"},  # the same version once more
        {"version": 2, "is_current": False},  # the same content once more
    ],
)
def test_a_clinics_month_has_each_version_once_and_one_current(write, submission_id, changes):
    with pytest.raises(IntegrityError):
        write("submission", {**SUBMISSION, **changes})

    write("submission", {**SUBMISSION, "version": 2, "is_current": False, "idempotency_key": "2"})


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 0},
        {"state": "lost"},
        {"month": "2025-1"},
        {"clinic_code": "finnsinte"},
        {"sha256": None},
    ],
)
def test_a_submission_that_breaks_a_rule_is_not_stored(write, changes):
    with pytest.raises(IntegrityError):
        write("submission", {**SUBMISSION, **changes})


def test_a_value_belongs_to_a_submission_that_exists(write):
    with pytest.raises(IntegrityError):
        write(
            "submission_value", {"submission_id": 999, "measure": "calls", "clinic_code": "falun", "value": 1}
        )


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("clinic", {"operator": "church"}),
        ("clinic", {"opened": "2024-05", "closed": "2024-04"}),
        ("account", {"role": "root"}),
        ("account", {"username": "Falun"}),
    ],
)
def test_clinics_and_accounts_keep_their_rules(write, name, changes):
    rows = {
        "clinic": {
            "code": "ny",
            "name": "Ny",
            "report_name": "Ny",
            "municipality_code": "2080",
            "municipality": "Falun",
            "operator": "private",
            "provider": "Ny AB",
            "opened_note": "",
            "closed_reason": "",
        },
        "account": {
            "username": "ny",
            "name": "Ny",
            "role": "region",
            "password_hash": "x",
            "totp_last_step": 0,
            "is_active": True,
            "created_at": NOW,
        },
    }

    with pytest.raises(IntegrityError):
        write(name, {**rows[name], **changes})
    write(name, rows[name])


@pytest.mark.asvs("16.2.2")
def test_a_time_without_zone_is_a_fault_in_the_program(write):
    with pytest.raises(StatementError, match="zone"):
        write("submission", {**SUBMISSION, "sent_at": datetime(2025, 2, 5)})


# The audit


@pytest.fixture
def chain(database):
    with database.writing(EVERY_CLINIC) as scoped:
        for number in range(1, 6):
            subject = f"nr {number} åäö"
            event = AuditEvent(at=NOW, actor="falun", action="tested", clinic="falun", object=subject)
            db.audit.add(scoped, event)
    return database


def broken_link(database):
    with database.reading(EVERY_CLINIC) as scoped:
        return db.audit.first_broken_link(scoped)


def test_an_untouched_chain_holds(chain):
    assert broken_link(chain) is None


def test_the_chain_goes_on_over_transactions(chain):
    with chain.writing(EVERY_CLINIC) as scoped:
        details = AuditEvent.in_json({"å": [1, None]})
        event = AuditEvent(at=datetime.now(UTC), actor="mora", action="tested", details=details)
        db.audit.add(scoped, event)

    assert broken_link(chain) is None


@pytest.mark.asvs("16.4.2")
@pytest.mark.parametrize(
    "change",
    [
        update(table("audit")).values(actor="någon annan"),
        update(table("audit")).where(table("audit").c.id == 3).values(hash="f" * 64),
        delete(table("audit")),
        delete(table("audit")).where(table("audit").c.id == 3),
    ],
    ids=["update all", "update one", "delete all", "delete one"],
)
def test_the_audit_is_append_only(chain, change):
    """On PostgreSQL for the tables' owner too; the portal's own role may not even try to update."""
    with (
        pytest.raises(DBAPIError, match="append-only"),
        as_owner(chain) as owner,
        owner.writing(EVERY_CLINIC) as scoped,
    ):
        scoped.connection.execute(change)

    assert broken_link(chain) is None


@pytest.mark.asvs("16.4.2")
@pytest.mark.postgres
def test_the_audit_is_not_truncated(postgres_database):
    with (
        pytest.raises(DBAPIError, match="append-only"),
        as_owner(postgres_database) as owner,
        owner.writing(EVERY_CLINIC) as scoped,
    ):
        scoped.connection.execute(text("TRUNCATE audit"))


def tamper(database, statement):
    """Change the audit as somebody with the file, or the owner's rights, could."""
    if database.is_sqlite:
        connection = sqlite3.connect(database.engine.url.database)
        connection.executescript(f"DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; {statement};")
        connection.close()
        return
    with as_owner(database) as owner, owner.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        scoped.connection.execute(text(statement))
        scoped.connection.execute(text("ALTER TABLE audit ENABLE TRIGGER USER"))


@pytest.mark.asvs("16.4.2")
@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET actor = 'mora' WHERE id = 3", 3),
        ("UPDATE audit SET action = 'forgotten' WHERE id = 3", 3),
        ("UPDATE audit SET outcome = 'refused' WHERE id = 3", 3),
        ("UPDATE audit SET clinic_code = 'mora' WHERE id = 3", 3),
        ("UPDATE audit SET object = '' WHERE id = 3", 3),
        ("UPDATE audit SET details = '{\"x\": 1}' WHERE id = 3", 3),
        ("UPDATE audit SET at = '2025-02-05 13:00:00+00' WHERE id = 3", 3),
        ("UPDATE audit SET previous_hash = hash WHERE id = 3", 3),
        ("UPDATE audit SET hash = previous_hash WHERE id = 3", 3),
        ("DELETE FROM audit WHERE id = 1", 2),
        ("DELETE FROM audit WHERE id = 3", 4),
        ("UPDATE audit SET id = id + 100 WHERE id = 3", 4),
    ],
)
def test_whoever_gets_past_the_triggers_breaks_the_chain_where_they_did(chain, statement, broken):
    if chain.is_sqlite:
        statement = statement.replace("+00'", "'")

    tamper(chain, statement)

    assert broken_link(chain) == broken
