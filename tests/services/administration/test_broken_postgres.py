"""`portal check` on PostgreSQL: what is broken past the portal is named, and so is it when something is sent."""

import pytest

from db import postgres
from db.migrate import upgrade
from portal.domain.accounts.access import EVERY_CLINIC
from portal.services.administration import checkup
from portal.services.context import Clock, Portal
from portal.services.refused import DatabaseUnavailable
from portal.settings import Settings
from tests.conftest import TODAY, add_clinics
from tests.postgres import WORKER, as_owner
from tests.services.region import add_region, send


pytestmark = [pytest.mark.postgres, pytest.mark.security, pytest.mark.asvs("13.3.1")]
BROKEN = [
    ("ALTER TABLE clinic DROP COLUMN municipality", "schema.structure", "add column"),
    ("DROP TABLE draft", "schema.structure", "add table: draft"),
    ("DROP INDEX audit_actor", "schema.structure", "audit_actor"),
    ("DROP INDEX submission_one_current", "schema.structure", "submission_one_current"),
    ("ALTER TABLE draft DROP CONSTRAINT draft_pkey", "schema.structure", "draft: its primary key"),
    ("ALTER TABLE submission ALTER COLUMN sent_by DROP NOT NULL", "schema.structure", "submission.sent_by"),
    ("DROP TRIGGER annual_report_append_only ON annual_report", "database.engine", "annual_report_append"),
    ("ALTER TABLE report_text DISABLE TRIGGER ALL", "database.engine", "report_text_append_only"),
    ("DROP TRIGGER audit_append_only ON audit", "database.engine", "audit_append_only"),
    ("DROP POLICY portal_insert ON submission", "database.row_security", "submission has other policies"),
    ("ALTER POLICY portal_read ON submission USING (true)", "database.row_security", "submission has other"),
    ("CREATE POLICY open ON submission USING (true)", "database.row_security", "submission has other"),
    ("DROP FUNCTION clinics_of_file CASCADE", "database.row_security", "stored_file"),
    (f"REVOKE SELECT ON submission_value FROM {WORKER}", "database.rights", "SELECT submission_value"),
    (f"REVOKE INSERT ON submission FROM {WORKER}", "database.rights", "INSERT submission"),
    (f"REVOKE SELECT ON alembic_version FROM {WORKER}", "database.rights", "SELECT alembic_version"),
    (f"REVOKE USAGE ON SCHEMA public FROM {WORKER}, PUBLIC", "database.rights", "USAGE of the schema"),
    (f"REVOKE ALL ON SEQUENCE audit_id_seq FROM {WORKER}", "database.rights", "the sequence of audit"),
    (f"GRANT UPDATE ON audit TO {WORKER}", "database.role", "UPDATE audit"),
    ("SELECT setval('submission_id_seq', 1)", "database.sequences", "submission: its sequence is 2 behind"),
    ("DROP SEQUENCE submission_id_seq CASCADE", "database.sequences", "submission: nothing numbers its rows"),
    ("DELETE FROM submission_value WHERE measure = 'calls'", "value.content", "falun 2025-01 v1"),
    ("UPDATE submission SET is_current = false", "submission.one_current", "falun 2025-01"),
]


@pytest.fixture(scope="module")
def sound(postgres_server):
    """The name of a database with some months, and nobody in it: to be copied."""
    database = postgres_server.new()
    portal = Portal(database=database, clock=Clock(TODAY))
    add_clinics(portal)
    add_region(portal)
    for code in ("falun", "mora", "avesta"):
        send(portal, code)
    database.engine.dispose()
    yield str(database.engine.url.database)
    postgres_server.discard(database)


@pytest.fixture
def broken(postgres_server, sound):
    """Return a function that opens a copy in which a superuser ran a statement."""
    opened = []

    def break_(statement):
        name = postgres_server.create(template=sound)
        postgres_server.inside(name, statement)
        opened.append(postgres_server.open(name))
        return Portal(database=opened[-1], clock=Clock(TODAY))

    yield break_
    for database in opened:
        postgres_server.discard(database)


def wrong_in(portal):
    return {finding.check.code: finding for finding in checkup.run(portal, Settings()) if not finding.is_ok}


def test_a_sound_one_lacks_nothing_there(broken):
    codes = {code for _, code, _ in BROKEN}

    assert codes.isdisjoint(wrong_in(broken("SELECT 1")))


@pytest.mark.parametrize(("statement", "code", "words"), BROKEN, ids=[first for first, *_ in BROKEN])
def test_what_is_broken_is_named_with_a_remedy(broken, statement, code, words):
    wrong = wrong_in(broken(statement))

    assert any(words in text for text in wrong[code].found), wrong[code].found
    assert wrong[code].severity == "error"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (f"REVOKE INSERT ON submission FROM {WORKER}", "lets the role in again"),
        (f"REVOKE USAGE ON SEQUENCE submission_id_seq FROM {WORKER}", "lets the role in again"),
        ("SELECT setval('submission_id_seq', 1)", "the sequence of submission is behind its rows"),
    ],
)
def test_who_sends_is_told_what_mends_it_and_nothing_is_half_stored(broken, statement, words):
    portal = broken(statement)

    with pytest.raises(DatabaseUnavailable, match=words):
        send(portal, "borlange")

    assert set(wrong_in(portal)).isdisjoint({"submission.values", "submission.event", "audit.chain"})


def test_migrate_mends_rights_and_sequences(broken):
    portal = broken(f"SELECT setval('submission_id_seq', 1); REVOKE ALL ON submission FROM {WORKER}")

    with as_owner(portal.database) as owner:
        upgrade(owner, works_as=WORKER)

    with portal.database.reading(EVERY_CLINIC) as scoped:
        assert postgres.lacking_rights(scoped) == postgres.sequence_faults(scoped) == []
    send(portal, "borlange")
