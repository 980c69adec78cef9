"""`portal check`: each check finds the one thing it is there for, and a sound portal has nothing to mend."""

import base64
import random
import shutil
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from portal.domain.annual_report import canonical
from portal.services.accounts import accounts
from portal.services.accounts.accounts import AccountDetails
from portal.services.administration import checkup, deployment_checks
from portal.services.administration.checkup import DATA
from portal.services.administration.deployment_checks import DEPLOYMENT
from portal.services.administration.health import Subject
from portal.services.annual_report import freezing
from portal.services.release import releases
from portal.settings import Settings
from tests.conftest import SYSTEM, add_account, open_demo
from tests.services.region import CONTROLLER, JANUARY, add_region, send


pytestmark = [pytest.mark.security, pytest.mark.asvs("13.3.1")]
CHECKS = {check.code: check for check in (*DEPLOYMENT, *DATA)}
GOOD = {
    "secret_key": "Zx9-kfQ2mV7wLr4TtB1nHs8cYp3dGe6u",
    "base_url": "https://portal.example.se",
    "smtp_url": "smtp://localhost:25?from=a@example.se",
    "contact": "vardval@example.se",
}


def find(code, portal, is_demo=False, **settings):
    return list(CHECKS[code].find(Subject(portal, Settings(**{**GOOD, **settings}), is_demo=is_demo)))


# A sound portal


def test_there_are_more_than_thirty_checks_each_with_words_and_a_remedy():
    assert len(DATA) >= 30
    assert len(CHECKS) == len(DATA) + len(DEPLOYMENT)
    for check in CHECKS.values():
        assert len(check.what) > 10
        assert len(check.remedy) > 10


def test_the_demo_holds_together(demo):
    wrong = [finding for finding in checkup.run(demo, Settings()) if not finding.is_ok]

    assert {finding.check.code for finding in wrong} == {"environment.demo", "account.second_factor"}
    assert {finding.severity for finding in wrong} == {"warning"}


def test_a_small_portal_in_use_has_no_error(portal):
    """On both databases: every rule runs, and what is sent, returned and released breaks none."""
    add_region(portal)
    add_account(portal, "admin", role="admin", totp_secret="A" * 32)
    for code in ("falun", "mora", "ludvika", "avesta", "borlange"):
        add_account(portal, code, role="clinic", clinics=[code])
        send(portal, code)
    releases.release(portal, CONTROLLER, JANUARY)

    findings = checkup.run(portal, Settings(**GOOD))

    wrong = {finding.check.code: finding.found for finding in findings if not finding.is_ok}
    expected = {"database.files", "server.user", "database.disk"}  # of this machine
    assert set(wrong) <= expected, wrong
    assert len(findings) == len(CHECKS)


# The data, broken one thing at a time


ONE = "(SELECT max(id) FROM submission WHERE is_current AND door = 'file')"
BROKEN = {
    "submission.one_current": "UPDATE submission SET is_current = 0 WHERE id = (SELECT max(id) FROM submission)",
    "submission.newest_current": "DROP INDEX submission_one_current; INSERT INTO submission SELECT id + 100000,"
    f" clinic_code, month, version + 1, state, door, 0, sent_by, sent_at, file_name, sha256, 'x', reason, note,"
    f" read, new, changed, unchanged, is_held FROM submission WHERE id = {ONE}",
    "submission.versions": f"UPDATE submission SET version = 9 WHERE id = {ONE}",
    "submission.values": f"DELETE FROM submission_value WHERE submission_id = {ONE}",
    "submission.event": f"DELETE FROM submission_event WHERE submission_id = {ONE}",
    "submission.approval": "DELETE FROM submission_event WHERE kind = 'approved' AND id ="
    " (SELECT max(id) FROM submission_event WHERE kind = 'approved')",
    "submission.return": "UPDATE submission_event SET comment = '' WHERE kind = 'returned'",
    "submission.own_approval": "UPDATE submission_event SET by = (SELECT sent_by FROM submission WHERE id ="
    " submission_id) WHERE id = (SELECT max(id) FROM submission_event WHERE kind = 'approved')",
    "submission.future": f"UPDATE submission SET month = '2025-07' WHERE id = {ONE}",
    "submission.open": "UPDATE clinic SET opened = '2024-12' WHERE code = 'mora'",
    "month.form": f"UPDATE submission SET month = '2025-13' WHERE id = {ONE}",
    "value.submission": "INSERT INTO submission_value VALUES (999999, 'calls', 'mora', 1, NULL)",
    "value.clinic": f"UPDATE submission_value SET clinic_code = 'avesta' WHERE submission_id = {ONE}"
    " AND measure = 'calls'",
    "value.or_reason": f"UPDATE submission_value SET reason = 'closed', value = 3 WHERE submission_id = {ONE}"
    " AND measure = 'calls'",
    "value.range": f"UPDATE submission_value SET value = 99999999 WHERE submission_id = {ONE} AND measure = 'calls'",
    "value.measure": f"UPDATE submission_value SET measure = 'x' WHERE submission_id = {ONE} AND measure = 'calls'",
    "value.reason": f"UPDATE submission_value SET value = NULL, reason = 'x' WHERE submission_id = {ONE}"
    " AND measure = 'calls'",
    "event.submission": "UPDATE submission_event SET clinic_code = 'avesta' WHERE clinic_code = 'mora'",
    "value.content": f"UPDATE submission_value SET value = value + 1 WHERE submission_id = {ONE}"
    " AND measure = 'calls'",
    "figure.content": "UPDATE released_figure SET value = value + 1 WHERE indicator = 'care_plans'",
    "file.kept": "DELETE FROM stored_file",
    "file.clinics": "DELETE FROM stored_file_clinic",
    "file.content": "UPDATE stored_file SET content = x'00' WHERE sha256 ="
    " (SELECT min(sha256) FROM stored_file)",
    "release.inputs": "DELETE FROM release_input WHERE release_id = 1",
    "release.numbers": "UPDATE release SET number = 5 WHERE id = 1",
    "release.input_month": f"UPDATE release_input SET submission_id = {ONE} WHERE release_id = 1"
    " AND clinic_code = 'mora'",
    "release.input_values": "DELETE FROM submission_value WHERE submission_id IN"
    " (SELECT submission_id FROM release_input WHERE release_id = 1)",
    "figure.release": "UPDATE released_figure SET release_id = (SELECT max(id) FROM release)",
    "figure.hidden": "UPDATE released_figure SET is_shown = 0 WHERE indicator = 'care_plans'",
    "figure.shown": "UPDATE released_figure SET value = NULL, rate = NULL, pooled = NULL, numerator = NULL"
    " WHERE indicator = 'care_plans'",
    "figure.indicator": "UPDATE released_figure SET indicator = 'x' WHERE indicator = 'care_plans'",
    "fact.clinic": "UPDATE region_fact SET clinic_code = 'gone' WHERE clinic_code = 'mora'",
    "report.content": "INSERT INTO annual_report (id, year, version, content, sha256, frozen_by, frozen_at)"
    f" VALUES (1, 2024, 1, '{{}}', '{'0' * 64}', 'x', '2025-01-01')",
    "fact.or_reason": "UPDATE region_fact SET source = ''",
    "published.loaded": "DELETE FROM published_figure",
    "clinic.provider": "UPDATE clinic SET provider = '' WHERE code = 'mora'",
    "clinic.names": "UPDATE clinic SET name = (SELECT lower(name) FROM clinic WHERE code = 'falun')"
    " WHERE code = 'mora'",
    "clinic.provider_names": "UPDATE clinic SET provider = 'Region  dalarna' WHERE code = 'mora'",
    "clinic.municipality": "UPDATE clinic SET municipality = 'Falun' WHERE code = 'mora'",
    "fact.parts": "UPDATE region_fact SET breakdown = 'type:BEHANDLING' WHERE breakdown = 'type:Behandling'"
    " AND year = 2024",
    "account.clinics": "DELETE FROM account_clinic WHERE clinic_code = 'mora'",
    "account.administrator": "UPDATE account SET is_active = 0 WHERE role = 'admin'",
    "account.clinic_covered": "UPDATE account SET is_active = 0 WHERE username = 'mora'",
    "account.hash": "UPDATE account SET password_hash = '$2b$12$abc' WHERE username = 'mora'",
    "account.second_factor": "UPDATE account SET totp_secret = NULL",
    "account.email": "UPDATE account SET email_wanted = 'a@example.se'",
    "account.copied_hash": "UPDATE account SET password_hash = (SELECT password_hash FROM account"
    " WHERE role = 'admin') WHERE username = 'mora'",
    "account.events": "UPDATE account SET role = 'admin' WHERE username = 'mora'",
    "account.demo": "SELECT 1",  # the demo's own accounts
    "session.account": "UPDATE account SET is_active = 0 WHERE id = 1; INSERT INTO login_session VALUES"
    " ('s', 'h', 1, '2025-01-01', '2025-01-01', '2999-01-01', NULL, '')",
    "draft.account": "INSERT INTO draft VALUES ('ingen', 'mora', '2025-01', '{}', '2025-01-01')",
    "audit.time": "DROP TRIGGER audit_no_update; UPDATE audit SET at = '2999-01-01' WHERE id = 7",
    "audit.chain": "DROP TRIGGER audit_no_update; UPDATE audit SET actor = 'x' WHERE id = 7",
    "audit.end": "DROP TRIGGER audit_no_delete; DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)",
    "audit.retention": "DROP TRIGGER audit_no_update; UPDATE audit SET at = '2015-01-01' WHERE id = 1",
    "audit.actions": "DROP TRIGGER audit_no_update; UPDATE audit SET action = 'x.y' WHERE id = 7",
    "database.engine": "DROP TRIGGER audit_no_delete",
}
ELSEWHERE = {"database.role", "database.row_security", "database.sequences"}  # test_broken_postgres.py


def test_every_check_of_the_data_is_broken_here_once():
    assert set(BROKEN) == {check.code for check in DATA} - ELSEWHERE


@pytest.fixture
def broken_demo(demo_file, tmp_path):
    """Return a function that opens a demo in which a statement was run past all constraints."""
    opened = []

    def break_(statement):
        path = shutil.copy(demo_file, tmp_path / "demo.db")
        connection = sqlite3.connect(path)
        connection.executescript(f"PRAGMA ignore_check_constraints = ON; {statement};")
        connection.close()
        opened.append(open_demo(path))
        return opened[-1]

    yield break_
    for portal in opened:
        portal.database.engine.dispose()


@pytest.mark.parametrize("code", BROKEN)
def test_a_check_finds_what_it_is_there_for(demo, broken_demo, code):
    if code not in ("account.demo", "account.second_factor"):
        assert find(code, demo) == []

    assert find(code, broken_demo(BROKEN[code]))


@pytest.mark.parametrize("code", ["month.form", "value.reason"])
def test_a_row_that_cannot_be_read_is_named_and_ends_no_other_check(broken_demo, code):
    offenders = {
        finding.check.code: finding.found for finding in checkup.run(broken_demo(BROKEN[code]), Settings())
    }

    assert offenders[code]
    assert offenders["value.content"][0].startswith("can't be looked at: ValueError")
    assert set(BROKEN) - {"account.demo"} <= set(offenders)


STRUCTURE = [
    ("DROP TABLE draft", "add table: draft"),
    ("ALTER TABLE clinic DROP COLUMN municipality", "add column: clinic.clinic.municipality"),
    ("DROP INDEX audit_actor", "add index: audit.audit_actor"),
    ("DROP INDEX submission_one_current", "add index: submission.submission_one_current"),
    (
        "ALTER TABLE annual_report_publication RENAME TO old; CREATE TABLE annual_report_publication AS SELECT * FROM old",
        "annual_report_publication",
    ),
]


@pytest.mark.parametrize(("statement", "difference"), STRUCTURE, ids=[first for first, _ in STRUCTURE])
def test_a_schema_that_has_only_the_number_of_this_version_is_named(demo, broken_demo, statement, difference):
    """As when two branches' migrations had the same number."""
    assert find("schema.structure", demo) == []
    portal = broken_demo(statement)

    offenders = {finding.check.code: finding.found for finding in checkup.run(portal, Settings())}

    assert any(difference in text for text in offenders["schema.structure"]), offenders["schema.structure"]
    assert "value.content" not in offenders  # it would be asked of tables that aren't there


@pytest.mark.parametrize("table", ["annual_report", "annual_report_publication", "report_text"])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_a_missing_trigger_of_the_report_is_named(broken_demo, table, verb):
    portal = broken_demo(f"DROP TRIGGER {table}_no_{verb}")

    assert find("database.engine", portal) == [f"trigger {table}_no_{verb} is missing"]


def test_a_frozen_report_that_was_taken_away_or_exchanged_is_named(own_demo):
    frozen = freezing.freeze(own_demo, CONTROLLER, 2024)
    assert find("report.content", own_demo) == []
    exchanged = "UPDATE annual_report SET content = '{}', sha256 = " + f"'{canonical.sha256('{}')}'"

    for statement, words in (
        (exchanged, "is not what was frozen"),
        ("DELETE FROM annual_report", "is no more"),
    ):
        with sqlite3.connect(own_demo.database.engine.url.database) as connection:
            for verb in ("update", "delete"):
                connection.execute(f"DROP TRIGGER IF EXISTS annual_report_no_{verb}")
            connection.execute(statement)
        connection.close()

        (fault,) = find("report.content", own_demo)
        assert fault.startswith(f"2024 v{frozen.version}")
        assert words in fault


def test_a_database_of_another_version_is_not_looked_into(broken_demo):
    portal = broken_demo("UPDATE alembic_version SET version_num = '0001'; DROP TABLE draft")

    findings = {finding.check.code: finding for finding in checkup.run(portal, Settings())}

    assert findings["schema.version"].found == ("the database is at revision 0001",)
    assert "draft.account" not in findings


# The environment


@pytest.mark.asvs("13.3.1", "13.4.2", "15.2.3", "6.3.2")
@pytest.mark.parametrize(
    ("code", "settings"),
    [
        ("environment.production", {"secret_key": ""}),
        ("environment.production", {"secret_key": "kort"}),
        ("environment.production", {"base_url": "http://portal.example.se"}),
        ("environment.secret", {"secret_key": "a" * 40}),
        ("environment.secret", {"secret_key": "change-me " * 5}),
        ("environment.secret", {"secret_key": "detta kort är hemligt och byts varje år"}),
        ("environment.secret", {"secret_key": "correct-horse-battery-staple-2026"}),
        ("environment.secret", {"secret_key": "DettaKortÄrHemligtOchBytsVarjeÅr1"}),
        ("environment.secret", {"secret_key": "DETTA KORT ÄR HEMLIGT OCH BYTS 2026"}),
        ("environment.https", {"base_url": "http://localhost:8501"}),
        ("environment.today", {"today": date(2025, 1, 1)}),
        ("environment.mail", {"smtp_url": ""}),
        ("environment.contact", {"contact": ""}),
        ("environment.mail", {"smtp_url": "smtp://user:hemligt@host?from=a@example.se"}),
        (
            "environment.identity_provider",
            {
                "oidc_metadata_url": "https://id.example.se/x",
                "oidc_client_id": "a",
                "oidc_client_secret": "b",
            },
        ),
    ],
    ids=str,
)
def test_an_unsafe_environment_is_named(portal, code, settings):
    assert find(code, portal) == []

    offenders = find(code, portal, **settings)

    assert offenders
    for secret in ("hemligt", "change-me", "kort"):
        assert secret not in " ".join(offenders)


def test_secrets_made_by_chance_do_not_read_like_words(portal):
    chance = random.Random(16)
    secrets = [base64.urlsafe_b64encode(chance.randbytes(48)).decode() for _ in range(100)]
    secrets += [chance.randbytes(32).hex() for _ in range(100)]

    assert [secret for secret in secrets if find("environment.secret", portal, secret_key=secret)] == []


def test_whoever_has_not_chosen_a_password_yet_is_not_asked_for_a_second_factor(portal):
    add_account(portal, "rolf", role="region")
    accounts.add(portal, SYSTEM, AccountDetails(username="nils", name="Nils Ny", role="region"))

    assert find("account.second_factor", portal) == ["rolf"]


def test_a_misspelt_variable_is_named(portal, monkeypatch):
    monkeypatch.setenv("PORTAL_SMTP_ULR", "smtp://localhost")

    assert find("environment.variables", portal) == ["PORTAL_SMTP_ULR"]


def test_a_variable_that_goes_before_a_hardened_option_is_named(portal, monkeypatch):
    monkeypatch.setenv("STREAMLIT_CLIENT_SHOW_ERROR_DETAILS", "full")

    assert find("server.options", portal) == [
        "STREAMLIT_CLIENT_SHOW_ERROR_DETAILS is set, and goes before the file"
    ]


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
def test_what_lies_beside_the_database_is_its_owners_too(own_demo, ending):
    file = Path(f"{own_demo.database.engine.url.database}{ending}")
    own_demo.database.engine.connect().close()
    file.touch()
    file.chmod(0o644)
    Path(str(own_demo.database.engine.url.database)).chmod(0o600)

    assert f"{file} is open to others on this machine: -rw-r--r--" in find("database.files", own_demo)


@pytest.mark.asvs("13.4.2", "14.2.3")
@pytest.mark.parametrize("option", list(deployment_checks.HARDENED))
def test_a_loosened_option_is_named(portal, monkeypatch, option):
    assert find("server.options", portal) == []
    loosened = {**deployment_checks.portal_settings.streamlit_options(), option: "loosened"}
    monkeypatch.setattr(deployment_checks.portal_settings, "streamlit_options", lambda: loosened)

    assert find("server.options", portal) == [
        f"{option} is 'loosened', not {deployment_checks.HARDENED[option]!r}"
    ]


@pytest.mark.asvs("15.2.1")
def test_packages_beside_the_tested_ranges_are_named(portal, monkeypatch):
    assert find("server.packages", portal) == []
    monkeypatch.setattr(deployment_checks, "version", lambda name: "0.0.1")

    assert any(offender.startswith("streamlit 0.0.1") for offender in find("server.packages", portal))


def test_a_database_that_others_can_read_is_named(demo_file, tmp_path):
    path = shutil.copy(demo_file, tmp_path / "demo.db")
    portal = open_demo(path)
    path.chmod(0o600)
    assert find("database.files", portal) == []
    path.chmod(0o644)

    assert "-rw-r--r--" in find("database.files", portal)[0]
    portal.database.engine.dispose()


def test_little_room_is_named(portal, monkeypatch):
    monkeypatch.setattr(
        deployment_checks.shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(10, 9, 1)
    )

    assert bool(find("database.disk", portal)) is portal.database.is_sqlite


def test_running_as_root_is_named(portal, monkeypatch):
    monkeypatch.setattr(deployment_checks.os, "geteuid", lambda: 0)
    assert find("server.user", portal)
    monkeypatch.setattr(deployment_checks.os, "geteuid", lambda: 1_000)
    assert not find("server.user", portal)
