"""A demo says of itself that it is one, whichever way it is opened."""

import subprocess
import sys
from datetime import date

import pytest

from portal.demo import build
from portal.domain.accounts.access import AccessDenied, Role
from portal.services.accounts import login_sessions, second_factor
from portal.services.context import demo_day, mark_as_demo, open_portal
from portal.services.refused import Refused
from portal.settings import Settings
from tests.conftest import SYSTEM, log_in


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


def test_a_demo_opened_without_any_setting_is_labelled_and_keeps_its_day(opened, own_demo):
    portal = opened(own_demo.database.url)

    assert portal.is_demo
    assert portal.clock.today == build.TODAY


def test_a_given_day_goes_before_the_demos_own(opened, own_demo):
    portal = opened(own_demo.database.url, today=date(2025, 3, 1))

    assert portal.clock.today == date(2025, 3, 1)


@pytest.mark.asvs("15.2.3", "6.3.3")
@pytest.mark.parametrize("variable", ["", "1", "true"])
def test_a_real_database_is_no_demo_whatever_a_variable_says(
    opened, portal, own_demo, region_user, monkeypatch, variable
):
    monkeypatch.setenv("PORTAL_DEMO", variable)
    real, demo = opened(portal.database.url), opened(own_demo.database.url)

    assert (real.is_demo, demo.is_demo) == (False, True)
    assert login_sessions.visit(real, log_in(real, "region")[1]).must_enrol
    assert not second_factor.is_required(demo, Role.REGION, of_clinics=True)


@pytest.mark.asvs("15.2.3", "6.3.3")
def test_a_database_that_was_begun_as_real_never_becomes_a_demo(portal, region_user):
    with pytest.raises(AccessDenied):
        mark_as_demo(portal, region_user, date(2025, 2, 5))
    with pytest.raises(Refused, match="blir ingen"):
        mark_as_demo(portal, SYSTEM, date(2025, 2, 5))
    with pytest.raises(ValueError, match="not built upon"):
        build.build(portal)

    assert demo_day(portal.database) is None


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
