"""Row-level security on PostgreSQL: the second wall, tried without the first.

Everything here is SQL that forgot its scope, as the role that the portal works as.
"""

import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, event, func, insert, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlmodel import SQLModel

from db import row_security
from db.engine import Database, DatabaseUnavailable
from db.migrate import upgrade
from db.registry import clinics
from db.reporting import submissions
from db.revision import is_current
from db.scoping import table
from portal.domain.accounts.access import EVERY_CLINIC, NO_CLINIC, ClinicScope
from portal.domain.sources.declared import PUBLIC
from portal.services.context import Clock, Portal
from portal.services.release import releases
from portal.services.reporting import breaks as break_service
from portal.services.review import deadlines as deadline_service
from portal.services.review import reviews
from tests import postgres
from tests.conftest import TODAY, add_account, add_clinics
from tests.services.region import CONTROLLER, FEBRUARY, JANUARY, add_region, send


pytestmark = [pytest.mark.postgres, pytest.mark.security, pytest.mark.asvs("8.2.2", "8.3.1", "8.4.1")]

FALUN = ClinicScope(frozenset({"falun"}))
FALUN_AND_MORA = ClinicScope(frozenset({"falun", "mora"}))
NOW = datetime(2025, 2, 5, 12, tzinfo=UTC)
OF_CLINICS = sorted(name for name, columns in SQLModel.metadata.tables.items() if "clinic_code" in columns.c)
EVENT = {"at": NOW, "actor": "x", "action": "x", "outcome": "done", "object": "", "details": "{}"}
EVENT |= {"previous_hash": "0", "hash": "0"}
# Tables that the region filled here has rows in; for the others, that they have their policies is shown.
FILLED = [
    "account_clinic",
    "action_plan",
    "action_plan_version",
    "audit",
    "deadline_exception",
    "draft",
    "forecast",
    "release_input",
    "reminder",
    "series_break",
    "stored_file_clinic",
    "submission",
    "submission_event",
    "submission_value",
]
REMINDER = {"month": "2025-01", "kind": "before", "recipient": "x@y.example", "sent_at": NOW}
PLAN_VERSION = {
    "version": 1,
    "step": "written",
    "state": "planned",
    "action": "x",
    "responsible": "y",
    "comment": "",
}
PLAN_VERSION |= {"starts": "2025-01", "until": "2025-02", "is_agreed": False, "is_in_report": False}
PLAN_VERSION |= {"written_by": "x", "written_at": NOW}
DRAFT = {"username": "x", "month": "2025-01", "texts": "{}", "saved_at": NOW}


@pytest.fixture(scope="module")
def filled_template(postgres_server):
    """The name of a database in which falun and mora have everything that a clinic can have."""
    name = postgres_server.create(template=postgres_server.template)
    database = Database(postgres_server.url(name, postgres.WORKER))
    portal = Portal(database=database, clock=Clock(TODAY))
    add_clinics(portal)
    _fill(portal)
    database.engine.dispose()  # nobody may be connected when it is copied
    yield name
    postgres_server.drop(name)


@pytest.fixture(scope="module")
def readable(postgres_server, filled_template):
    """A copy of it that no test changes."""
    name = postgres_server.create(template=filled_template)
    database = Database(postgres_server.url(name, postgres.WORKER))
    yield database
    database.engine.dispose()
    postgres_server.drop(name)


@pytest.fixture
def filled(postgres_server, filled_template):
    """A copy of it to write in."""
    name = postgres_server.create(template=filled_template)
    database = Database(postgres_server.url(name, postgres.WORKER))
    yield database
    database.engine.dispose()
    postgres_server.drop(name)


def _fill(portal):
    add_region(portal)
    add_account(portal, "falun", role="clinic", clinics=["falun"])
    add_account(portal, "mora", role="clinic", clinics=["mora"])
    for code in ("falun", "mora", "ludvika", "avesta", "borlange"):
        send(portal, code)
        reviews.approve(portal, CONTROLLER, clinic=code, month=JANUARY)
    releases.release(portal, CONTROLLER, JANUARY)
    for code in ("falun", "mora"):
        deadline_service.grant(
            portal, CONTROLLER, clinic=code, month=FEBRUARY, until=date(2025, 3, 31), reason="Byter system"
        )
    for code in ("falun", "mora", None):
        break_service.enter(portal, CONTROLLER, clinic=code, month=JANUARY, reason="Byter system")
    with portal.database.writing(EVERY_CLINIC) as scoped:
        for code in ("falun", "mora"):
            scoped.connection.execute(insert(table("draft")).values(clinic_code=code, **DRAFT))
            scoped.connection.execute(insert(table("reminder")).values(clinic_code=code, **REMINDER))
            plan = {"clinic_code": code, "kind": "queue", "subject": "treatment"}
            key = scoped.connection.execute(insert(table("action_plan")).values(**plan)).inserted_primary_key
            version = insert(table("action_plan_version"))
            scoped.connection.execute(version.values(clinic_code=code, plan_id=key[0], **PLAN_VERSION))


def codes(database, scope, name="submission"):
    """Return the clinics of all rows that a query without a scope finds."""
    with database.reading(scope) as scoped:
        return set(scoped.connection.scalars(select(table(name).c.clinic_code)))


# Every table has it


def test_the_models_have_tables_with_clinics_rows():
    """The next test's non-vacuity."""
    assert {"submission", "submission_value", "draft", "audit"} <= set(OF_CLINICS)
    assert len(OF_CLINICS) >= 11


@pytest.mark.parametrize("name", [*OF_CLINICS, "clinic", "stored_file"])
def test_every_table_with_a_clinics_rows_has_row_security_forced_and_policies(readable, name):
    """A table added by a later migration: end that with row_security.protect(op.get_bind())."""
    query = text(
        "SELECT relrowsecurity, relforcerowsecurity,"
        " (SELECT string_agg(polcmd::text, '' ORDER BY polcmd) FROM pg_policy WHERE polrelid = pg_class.oid)"
        " FROM pg_class WHERE relname = :name"
    )
    with readable.reading(EVERY_CLINIC) as scoped:
        enabled, forced, policies = scoped.connection.execute(query, {"name": name}).one()

        assert (enabled, forced) == (True, True)
        assert policies == "adrw"  # insert, delete, read, write
        assert row_security.faults(scoped.connection) == []


def test_a_table_that_was_forgotten_is_named(postgres_server):
    name = postgres_server.create(template=postgres_server.template)
    owner = Database(postgres_server.url(name, postgres.OWNER))
    with owner.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(text("CREATE TABLE forgotten (clinic_code text)"))
        scoped.connection.execute(text("ALTER TABLE draft NO FORCE ROW LEVEL SECURITY"))
        found = row_security.faults(scoped.connection)
        assert ["draft" in fault or "forgotten" in fault for fault in found] == [True, True]

        row_security.protect(scoped.connection)
        assert row_security.faults(scoped.connection) == []
    owner.engine.dispose()
    postgres_server.drop(name)


def test_the_portals_role_owns_nothing_and_gets_past_nothing(readable):
    with readable.reading(EVERY_CLINIC) as scoped:
        role = "SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
        assert scoped.connection.scalar(text(role)) is False
        owned = (
            "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole"
            " AND relnamespace = 'public'::regnamespace"
        )
        assert scoped.connection.scalar(text(owned)) == 0
        there = "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        assert scoped.connection.scalar(text(there)) > 20


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE submission DISABLE ROW LEVEL SECURITY",
        "DROP POLICY portal_read ON submission",
        "CREATE POLICY mine ON submission USING (true)",
        "ALTER TABLE audit DISABLE TRIGGER ALL",
        "UPDATE audit SET actor = 'x'",
        "TRUNCATE submission CASCADE",
        "CREATE TABLE mine (id int)",
        "UPDATE alembic_version SET version_num = '0001'",
    ],
)
def test_the_portals_role_cannot_take_the_walls_down(readable, statement):
    with pytest.raises(DatabaseUnavailable), readable.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(text(statement))


# Reading


@pytest.mark.parametrize("name", FILLED)
def test_a_query_that_forgot_its_scope_finds_own_rows_only(readable, name):
    regional = {"", None}
    assert {"falun", "mora"} <= codes(readable, EVERY_CLINIC, name)  # the control: there is something to hide

    if name == "account_clinic":  # read before it is known who asks
        return
    assert codes(readable, FALUN, name) - regional == {"falun"}
    assert codes(readable, FALUN_AND_MORA, name) - regional == {"falun", "mora"}
    assert codes(readable, NO_CLINIC, name) - regional == set()


def test_of_the_regions_sources_a_clinic_finds_what_others_have_published_and_nothing_else(filled):
    empty = dict.fromkeys(("breakdown", "clinic_code", "municipality_code", "note", "correction"), "")
    of_fact = empty | {"year": 2024, "version": 1, "value": 61, "source": "x", "entered_by": "x"}
    fact = table("region_fact")
    with filled.writing(EVERY_CLINIC) as scoped:
        for indicator in ("synergi_cases", PUBLIC[0]):
            row = of_fact | {"indicator": indicator, "month": "2024-01", "entered_at": NOW}
            scoped.connection.execute(insert(fact).values(row))

    for scope, readable_to_it in ((FALUN, {PUBLIC[0]}), (EVERY_CLINIC, {PUBLIC[0], "synergi_cases"})):
        with filled.reading(scope) as scoped:
            assert set(scoped.connection.scalars(select(fact.c.indicator))) == readable_to_it


@pytest.mark.parametrize("name", [*FILLED, "clinic", "stored_file"])
def test_without_a_context_there_are_no_rows(readable, name):
    count = text(f"SELECT count(*) FROM {name}")
    with readable.engine.begin() as connection:
        assert connection.scalar(count) == 0
        connection.execute(text("SELECT set_config('app.clinics', '*', true)"))
        assert connection.scalar(count) > 0


def test_the_register_shows_own_clinics(readable):
    def names(scope):
        with readable.reading(scope) as scoped:
            return set(scoped.connection.scalars(select(table("clinic").c.code)))

    assert names(FALUN) == {"falun"}
    assert names(NO_CLINIC) == set()
    assert {"falun", "mora", "avesta"} <= names(EVERY_CLINIC)


def test_a_kept_file_is_read_by_who_may_see_all_its_clinics(filled):
    file, holds = table("stored_file"), table("stored_file_clinic")
    with filled.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(insert(file).values(sha256="b", name="b.csv", content=b"b", stored_at=NOW))
        scoped.connection.execute(
            insert(holds), [{"sha256": "b", "clinic_code": code} for code in ("falun", "mora")]
        )

    def is_found(scope):
        with filled.reading(scope) as scoped:
            return scoped.connection.scalar(select(file.c.name).where(file.c.sha256 == "b")) is not None

    assert [is_found(scope) for scope in (EVERY_CLINIC, FALUN_AND_MORA, FALUN, NO_CLINIC)] == [
        True,
        True,
        False,
        False,
    ]


# Writing


def attempt(database, scope, statement):
    """Run it; return how many rows it changed, removed or added."""
    count = select(func.count()).select_from(statement.table)
    with database.writing(scope) as scoped:
        before = scoped.connection.scalar(count)
        done = scoped.connection.execute(statement)
        return (
            done.rowcount
            if statement.is_update or statement.is_delete
            else scoped.connection.scalar(count) - before
        )


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("draft", {**DRAFT, "month": "2025-02"}),
        ("audit", EVENT),
        ("stored_file_clinic", {"sha256": "x"}),
        # One whose submission is its own clinic's by another guard, too: tests/db/test_own_clinic.py
        (
            "deadline_exception",
            {"month": "2025-01", "until": NOW.date(), "reason": "x", "granted_by": "x", "granted_at": NOW},
        ),
        ("reminder", {**REMINDER, "kind": "after"}),
    ],
)
def test_a_foreign_row_is_refused_and_an_own_one_stored(filled, name, row):
    with filled.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(
            insert(table("stored_file")).values(sha256="x", name="x", content=b"x", stored_at=NOW)
        )
    new = insert(table(name))
    for foreign in ("mora", "ludvika"):
        with pytest.raises(ProgrammingError, match="row-level security"):
            attempt(filled, FALUN, new.values(clinic_code=foreign, **row))
    with pytest.raises(ProgrammingError, match="row-level security"):
        attempt(filled, NO_CLINIC, new.values(clinic_code="falun", **row))

    assert attempt(filled, FALUN, new.values(clinic_code="falun", **row)) == 1
    assert attempt(filled, EVERY_CLINIC, new.values(clinic_code="mora", **row)) == 1


def test_foreign_rows_are_neither_changed_nor_removed_nor_given_away(filled):
    draft = table("draft")
    mora, falun = draft.c.clinic_code == "mora", draft.c.clinic_code == "falun"

    assert attempt(filled, FALUN, update(draft).where(mora).values(texts="x")) == 0
    assert attempt(filled, FALUN, delete(draft).where(mora)) == 0
    with pytest.raises(ProgrammingError, match="row-level security"):
        attempt(filled, FALUN, update(draft).where(falun).values(clinic_code="mora", username="y"))
    assert attempt(filled, FALUN, update(draft).where(falun).values(texts="x")) == 1
    assert attempt(filled, EVERY_CLINIC, delete(draft).where(mora)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        insert(table("clinic")).values(
            code="falun2",
            name="x",
            report_name="x",
            municipality_code="2080",
            municipality="Falun",
            operator="public",
            provider="x",
            opened_note="",
            closed_reason="",
        ),
        insert(table("account_clinic")).values(account_id=1, clinic_code="mora"),
        insert(table("series_break")).values(
            clinic_code=None, month="2025-01", reason="x", entered_by="x", entered_at=NOW
        ),
    ],
    ids=["clinic", "account_clinic", "series_break"],
)
def test_what_is_the_regions_is_not_a_clinics_to_write(filled, statement):
    for scope in (FALUN, NO_CLINIC):
        with pytest.raises(ProgrammingError, match="row-level security"):
            attempt(filled, scope, statement)

    assert attempt(filled, EVERY_CLINIC, statement) == 1


# The context


def test_a_context_is_gone_after_the_transaction(readable):
    """One connection, as a pool hands it on: after falun, after a failure, after the region."""
    only_one = Database(readable.url)
    only_one.engine.dispose()
    with only_one.engine.connect() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
    for scope in (FALUN, EVERY_CLINIC):
        assert codes(only_one, scope)
        with pytest.raises(RuntimeError), only_one.writing(scope):
            raise RuntimeError
        with only_one.engine.connect() as connection:
            assert connection.scalar(text("SELECT pg_backend_pid()")) == pid
            assert connection.scalar(text("SELECT count(*) FROM submission")) == 0
        assert codes(only_one, ClinicScope(frozenset({"mora"}))) == {"mora"}
    only_one.engine.dispose()


@contextmanager
def counted(database):
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(database.engine, "before_cursor_execute", note)


def test_a_transaction_costs_one_question_more(readable):
    with counted(readable) as asked, readable.reading(FALUN) as scoped:
        clinics.list_in_scope(scoped)
        submissions.list_current(scoped, months=[JANUARY])
    assert len(asked) == 3

    with counted(readable) as asked, readable.writing(FALUN):
        pass
    assert len(asked) == 1  # with the lock


@pytest.mark.parametrize("code", ["*", "a,b", ",", "falun,mora"])
def test_a_code_cannot_say_more_than_one_clinic(code):
    with pytest.raises(ValueError, match="comma"):
        row_security.context_of(ClinicScope(frozenset({code})))


# Set-up


def test_one_role_that_owns_all_is_held_too(postgres_server):
    """The simple set-up, as in `portal demo --database postgresql…`: FORCE makes it hold for the owner."""
    name = postgres_server.create()
    database = Database(postgres_server.url(name, postgres.OWNER))
    upgrade(database)
    assert is_current(database)
    portal = Portal(database=database, clock=Clock(TODAY))
    add_clinics(portal)
    for code in ("falun", "mora"):
        send(portal, code)

    assert codes(database, EVERY_CLINIC) == {"falun", "mora"}
    assert codes(database, FALUN) == {"falun"}

    upgrade(database)  # again, and nothing is lost
    assert codes(database, EVERY_CLINIC) == {"falun", "mora"}
    database.engine.dispose()
    postgres_server.drop(name)


def test_portal_migrate_works_as_the_owner_and_lets_the_portals_role_in(postgres_server):
    name = postgres_server.create()
    database = Database(postgres_server.url(name, postgres.WORKER))
    environment = {
        **os.environ,
        "PORTAL_DATABASE_URL": postgres_server.url(name, postgres.WORKER),
        "PORTAL_MIGRATION_URL": postgres_server.url(name, postgres.OWNER),
    }

    done = subprocess.run(
        [sys.executable, "-m", "portal", "migrate"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert is_current(database)
    portal = Portal(database=database, clock=Clock(TODAY))
    add_clinics(portal)
    send(portal, "falun")
    assert codes(database, FALUN) == {"falun"}
    with database.reading(EVERY_CLINIC) as scoped:
        assert row_security.faults(scoped.connection) == []
    database.engine.dispose()
    postgres_server.drop(name)
