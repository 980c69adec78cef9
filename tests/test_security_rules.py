"""Rules of the code itself that keep attacks away: statements, secrets, limits that are said as they are."""

import ast
import re
import tomllib
from datetime import timedelta

import pytest

import db.accounts.accounts
import db.audit
from portal.domain.accounts.access import EVERY_CLINIC
from portal.domain.reporting.file_names import safe_name
from portal.services.accounts import login
from portal.services.administration import audit_log
from portal.services.administration.audit_log import Search
from portal.services.reporting import submitting
from portal.services.reporting.versioning import Confirmation
from portal.settings import ROOT, streamlit_options
from portal.ui.login import papers_view
from portal.uploads import findings
from portal.uploads.reading import CLINIC_LIMITS, MEGABYTE
from tests.conftest import audit_actions
from tests.services.region import JANUARY, content_of, row_counts, user_of
from tests.test_architecture import ALL, PRODUCT, attributes, imported, name_of, nodes, source


pytestmark = pytest.mark.security


# Statements


def made_texts(path):
    """Return the calls that give a database anything else than a constant text or a declared name."""
    found = []
    for node in nodes(path):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            made = isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
            if name in ("text", "exec_driver_sql", "run") and made:
                found.append(ast.unparse(node.args[0]))
    return found


# Made of our own constants: a mode, a number, a pragma's name.
CONTEXT = "f\"SELECT set_config('{row_security.SETTING}', :context, true)"
MADE = {
    "f'BEGIN {mode}'",
    "f'PRAGMA {name}'",
    CONTEXT + '"',
    CONTEXT + ', pg_advisory_xact_lock({WRITE_LOCK})"',
}


@pytest.mark.asvs("1.2.4")
def test_no_statement_is_put_together_from_text():
    made = {one for path in PRODUCT if name_of(path).startswith("db/") for one in made_texts(path)}

    assert {one for one in made if "BEGIN" in one}, "the search is blind"
    assert made <= MADE


NAUGHTY = (
    "' OR 1=1 --",
    "'; DROP TABLE account; --",
    '" OR ""="',
    "1; SELECT pg_sleep(10)",
    "%' AND '1'='1",
    "_%",
    "\x00",
    "a\r\n2026-01-01 OK admin",
    "${jndi:ldap://ond.example/a}",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "Ω≈ç√∫˜µ≤≥÷ ́ ̈",
    "田中さん",
    "\u202etest\u202c",
    "\ud800",
    "é" * 300,
)


def without_tries(counts):
    """Leave out the counters of wrong logins: they are there to be written."""
    return {name: count for name, count in counts.items() if name != "login_throttle"}


@pytest.mark.asvs("1.2.4", "16.4.1")
@pytest.mark.parametrize("text", NAUGHTY, ids=ascii)
def test_naughty_texts_are_texts(portal, falun_user, region_user, text):
    before, events = row_counts(portal), len(audit_actions(portal))
    plain = (
        text.replace("\x00", " ").encode("utf-8", "ignore").decode() or "?"
    )  # what a browser can send as text

    assert login.begin(portal, plain, "x") is None
    if plain.strip():
        assert audit_log.read(portal, region_user, Search(actor=plain)).entries == ()
    assert submitting.preview(portal, falun_user, name=text, content=b"x").errors

    assert without_tries(row_counts(portal)) == without_tries(before)
    assert len(audit_actions(portal)) == events + 1  # the failed login, on one line
    with portal.database.reading(EVERY_CLINIC) as scoped:
        assert "\n" not in db.audit.list_recent(scoped, limit=1)[0].details


# Secrets


@pytest.mark.asvs("11.5.1")
def test_secrets_come_from_the_systems_random_source():
    """`random` is for invented figures; nothing of the login may use it."""
    guilty = [name_of(path) for path in PRODUCT if {"random", "uuid"} & imported(path)]

    assert [name for name in guilty if not name.startswith(("portal/demo/", "portal/bench/"))] == []
    assert "secrets" in imported(ROOT / "portal" / "services" / "accounts" / "login.py")


SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|xox[bap]-|ghp_\w{30}|(?i:api_?key|token|secret|password)"
    r"\s*=\s*[\"'][A-Za-z0-9+/_-]{24,}[\"']"
)


@pytest.mark.asvs("13.3.1")
def test_no_secret_stands_in_the_code():
    files = [*PRODUCT, *ROOT.glob("*.toml"), *(ROOT / ".streamlit").iterdir(), ROOT / "README.md"]

    assert SECRET.search('API_KEY = "A1b2C3d4E5f6G7h8I9j0K1l2"'), "the search is blind"
    assert [str(path) for path in files if SECRET.search(path.read_text("utf-8"))] == []
    assert not list(ROOT.glob(".streamlit/secrets*"))


# Files


@pytest.mark.asvs("5.1.1", "2.1.3", "5.2.1")
def test_the_limits_that_are_told_are_those_that_hold():
    told = next(found.explanation for found in findings.FINDINGS if found.code == "file.too_large")

    assert streamlit_options()["server.maxUploadSize"] == 10
    assert CLINIC_LIMITS.csv_bytes == CLINIC_LIMITS.xlsx_bytes == 2 * MEGABYTE
    assert CLINIC_LIMITS.rows == 2_000
    assert "2 MB" in told
    view = source(ROOT / "portal" / "ui" / "reporting" / "submit_view.py")
    assert "högst 2 MB" in view
    assert "Excel (.xlsx) eller CSV" in view


def test_the_pages_take_any_file_so_that_the_reader_says_what_it_is():
    """The browser's own refusal is a red chip that names no way to mend: the bytes are judged, not the ending."""
    views = [path for path in (ROOT / "portal" / "ui").rglob("*.py") if "file_uploader(" in source(path)]
    calls = [
        call
        for path in views
        for call in ast.walk(ast.parse(source(path)))
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "file_uploader"
    ]

    assert len(calls) == 7
    assert [
        ast.unparse(call) for call in calls if {"type", "max_upload_size"} & {k.arg for k in call.keywords}
    ] == []
    kinds = re.compile("Excel|GeoJSON|PNG")  # Streamlit's own line of what it takes is left out
    assert [ast.unparse(call.args[0]) for call in calls if not kinds.search(ast.unparse(call.args[0]))] == []


NAMES = (
    "../../x.csv",
    "..\\..\\etc\\passwd.csv",
    "a\r\nSet-Cookie: x=1.csv",
    'a"; filename="b.csv',
    "\u202egpj.csv",
    "con.csv",
    "x" * 300,
    "a\x00.csv",
    ".csv ",
)


@pytest.mark.asvs("5.4.1", "5.4.2", "5.3.2")
@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_files_name_is_made_harmless(name):
    shown = safe_name(name)

    assert not set(shown) & set("/\\\r\n\x00\u202e")
    assert shown.isprintable()
    assert len(shown) <= 120


@pytest.mark.asvs("5.3.1", "5.3.2")
def test_a_sent_file_becomes_a_row_under_its_sum_and_no_file(portal, falun_user, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())

    done = submitting.commit(
        portal,
        falun_user,
        name="../../x.csv",
        content=content_of("falun", JANUARY),
        confirmation=Confirmation(has_warnings=True, note="Prov."),
    )

    assert re.fullmatch("[0-9a-f]{64}", done.sha256)
    assert set(tmp_path.iterdir()) == before


EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.mark.asvs("5.4.3", "5.2.2")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("prov.csv", EICAR),
        ("prov.xlsx", EICAR),
        ("prov.xlsx", b"MZ\x90\x00" + bytes(500)),
        ("prov.csv", b"MZ\x90\x00" + bytes(500)),
        ("prov.xlsx", b"%PDF-1.7\n"),
        ("prov.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("prov.csv", b"#!/bin/sh\nrm -rf /\n"),
        ("prov.csv", b"<html><script>alert(1)</script></html>"),
    ],
    ids=ascii,
)
def test_what_is_no_plain_table_is_refused_before_it_is_kept(portal, name, content):
    """What can be fetched again is what was read as a table, cell by cell. The operator's scanner does the rest."""
    before = row_counts(portal)

    with pytest.raises(submitting.Rejected):
        submitting.commit(portal, user_of("falun"), name=name, content=content)

    assert row_counts(portal) == before


# Rules that are written down


@pytest.mark.asvs("15.1.2", "15.2.1")
def test_every_dependency_is_bounded_on_both_sides_and_has_its_reason():
    project = tomllib.loads(source(ROOT / "pyproject.toml"))["project"]
    lines = [
        line
        for group in [project["dependencies"], *project["optional-dependencies"].values()]
        for line in group
    ]
    text = source(ROOT / "pyproject.toml")

    runtime = [
        *project["dependencies"],
        *project["optional-dependencies"]["postgres"],
        *project["optional-dependencies"]["oidc"],
    ]
    assert len(lines) > 20
    for line in runtime:
        assert re.search(r"[=>]=", line), line
        assert re.search(rf'"{re.escape(line)}",\s+# \w', text), f"say why {line} is needed"


@pytest.mark.asvs("8.4.1")
def test_no_cache_of_streamlit_keeps_what_one_clinic_may_see_for_another():
    """`st.cache_data` is shared by all users: nothing but what is the same for everyone may lie in one."""
    users = {name_of(path) for path in ALL if {"cache_data", "cache_resource"} & attributes(path)}

    assert users <= {"tests/test_security_rules.py"}


@pytest.mark.asvs("6.3.2")
def test_a_fresh_installation_has_no_account(database):
    with database.reading(EVERY_CLINIC) as scoped:
        assert db.accounts.accounts.list_all(scoped) == []


# Sessions, as they are told


@pytest.mark.asvs("7.1.1")
def test_how_long_a_login_lasts_is_told_as_it_is():
    told = repr(papers_view.STORED) + repr(papers_view.FAULTS) + repr(papers_view.COOKIES)

    assert timedelta(hours=12) == login.SESSION_LIVES
    assert "högst 12 timmar" in told
    assert timedelta(minutes=30) == login.IDLE_AFTER
    assert "Efter 30 minuter utan att något händer" in told
