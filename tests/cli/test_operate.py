"""The commands of whoever runs the portal: check, audit prune, audit keep."""

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest

from portal.settings import ROOT
from tests.cli.command import Command, fails_in_words


PAGE = 4096
OF_DECEMBER = "SELECT count(*) FROM forecast WHERE month = '2024-12'"


@pytest.fixture
def portal(demo_file, tmp_path):
    return Command(shutil.copy(demo_file, tmp_path / "demo.db"))


@pytest.mark.security
def test_check_says_what_is_not_in_order_and_exits_by_it(portal):
    found = portal.json("check")

    assert {"code", "severity", "ok", "what", "found", "remedy"} == set(found[0])
    assert not [one for one in found if one["severity"] == "error" and not one["ok"]]
    assert len(found) > 45

    with sqlite3.connect(portal.path) as connection:
        connection.execute("DELETE FROM setting")  # no demo any more, and the audit's end is gone
    broken = {one["code"]: one for one in portal.json("check", exits=1)}

    assert not broken["audit.end"]["ok"]
    assert not broken["environment.production"]["ok"]
    assert "mora" in broken["account.demo"]["found"]
    done = portal("check")
    assert done.returncode == 1
    assert "error audit.end" in done.stdout
    assert "→" in done.stdout


@pytest.mark.security
def test_old_events_are_pruned_on_command_only(portal):
    planned = portal("audit", "prune", "--dry-run", PORTAL_TODAY="2032-01-01")
    assert "events from before 2027-01-01 would go (kept 5 years)" in planned.stdout

    assert portal("audit", "keep", "9").returncode == 0
    done = portal("audit", "prune", PORTAL_TODAY="2036-01-01")

    assert int(done.stdout.split()[0]) > 300
    assert "kept 9 years" in done.stdout
    found = {one["code"]: one["ok"] for one in portal.json("check")}
    assert found["audit.chain"]
    assert found["audit.end"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("serve",),
        ("clinic", "list"),
        ("import", "README.md", "--as", "mora"),
        ("backup", "x.backup"),
    ],
    ids=" ".join,
)
def test_a_database_that_is_not_there_is_never_made_anew_and_empty(tmp_path, arguments):
    """Its disk may not be mounted."""
    command = Command(tmp_path / "disk" / "portal.db")

    fails_in_words(command(*arguments), "is not there", "portal migrate", code=1)

    assert list(tmp_path.iterdir()) == []


def test_migrating_says_the_year_to_come_of_a_release_from_before_forecasts(demo_file, tmp_path):
    path = shutil.copy(demo_file, tmp_path / "portal.db")
    with closing(sqlite3.connect(path)) as database, database:
        (count,) = database.execute(OF_DECEMBER).fetchone()
        database.execute("DELETE FROM forecast")

    assert Command(path)("migrate").returncode == 0

    with closing(sqlite3.connect(path)) as database:
        assert database.execute(OF_DECEMBER).fetchone() == (count,)


def test_the_nightly_backup_is_named_by_its_day():
    unit = (ROOT / "portal" / "operating" / "portal-backup.service").read_text("utf-8")
    (line,) = re.findall(r"ExecStart=/bin/sh -c '(.+)'", unit)
    command = line.replace("%%", "%").replace("$$", "$").replace("/opt/portal/.venv/bin/portal", "echo")

    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)

    assert re.fullmatch(
        r"backup /var/backups/portal/[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{4}\.backup\n", done.stdout
    )


@pytest.mark.parametrize("damage", ["cut", "no database", "gone"])
def test_a_timer_gets_json_of_a_database_that_cannot_be_read_too(portal, damage):
    content = portal.path.read_bytes()
    portal.path.write_bytes(
        {"cut": content[:5000], "no database": b"mottagning;period" * 100}.get(damage, content)
    )
    if damage == "gone":
        portal.path.unlink()

    (finding,) = portal.json("check", exits=1)

    assert (finding["code"], finding["severity"], finding["ok"]) == ("database.open", "error", False)
    assert str(portal.path) in finding["found"][0]


@pytest.mark.parametrize(
    ("damaged", "code", "words"),
    [
        (lambda content: overwritten(content, at=0.5), "database.engine", "malformed|[Pp]age [0-9]"),
        (lambda _content: b"", "schema.version", "restore the newest backup"),
    ],
    ids=["in the middle", "emptied"],
)
def test_a_timer_gets_json_that_names_damage_in_a_file_that_opens(portal, damaged, code, words):
    portal.path.write_bytes(damaged(portal.path.read_bytes()))

    findings = {finding["code"]: finding for finding in portal.json("check", exits=1)}

    assert findings[code]["severity"] == "error"
    assert re.search(words, findings[code]["found"][0])
    assert "server.options" in findings  # the other checks are run all the same


def overwritten(content, *, at):
    """Return a database's bytes with one page of another's."""
    start = int(len(content) * at) // PAGE * PAGE
    return content[:start] + b"\xa5" * PAGE + content[start + PAGE :]
