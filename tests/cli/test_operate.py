"""The commands of whoever runs the portal: check, audit prune, audit keep."""

import shutil
import sqlite3

import pytest

from tests.cli.command import Command


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
