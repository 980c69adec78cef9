"""A demo says of itself that it is one, whichever way it is opened."""

import subprocess
import sys
from datetime import date

import pytest

from portal.demo import build
from portal.domain.accounts.access import AccessDenied, RegionUser
from portal.services.context import mark_as_demo, open_portal
from portal.settings import Settings


@pytest.fixture
def opened():
    """Open a database by its address, and let go of it afterwards."""
    portals = []

    def open_(url, **settings):
        portals.append(open_portal(Settings(database_url=url, **settings)))
        return portals[-1]

    yield open_
    for portal in portals:
        portal.database.engine.dispose()


def test_a_demo_opened_without_any_setting_is_labelled_and_keeps_its_day(opened, demo_file):
    portal = opened(f"sqlite:///{demo_file}")

    assert portal.is_demo
    assert portal.clock.today == build.TODAY


def test_a_given_day_goes_before_the_demos_own(opened, demo_file):
    portal = opened(f"sqlite:///{demo_file}", today=date(2025, 3, 1))

    assert portal.clock.today == date(2025, 3, 1)


def test_an_ordinary_database_is_no_demo(opened, database):
    assert not opened(database.url).is_demo


def test_only_an_administrator_marks_a_demo(portal):
    with pytest.raises(AccessDenied):
        mark_as_demo(portal, RegionUser("region", "R"), date(2025, 2, 5))


def test_a_command_finds_the_demo_when_there_is_nothing_else(demo_file, tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "demo.db").write_bytes(demo_file.read_bytes())

    done = subprocess.run(
        [sys.executable, "-m", "portal", "clinic", "list"],
        cwd=tmp_path,
        env={"PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "BUP Falun" in done.stdout
    assert "using the demo" in done.stderr
