"""A file under preview outlives its process: kept for the login it was chosen in until it is sent, taken away or left."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from db.scoping import table
from portal.domain.accounts.access import EVERY_CLINIC, ClinicUser, RegionUser
from portal.services.accounts import login, login_sessions
from portal.services.context import Portal
from portal.services.reporting import kept_uploads, submitting
from portal.services.reporting.versioning import Confirmation
from tests.conftest import add_account, audit_actions, log_in
from tests.services.region import JANUARY, add_region, content_of, user_of


FALUN = user_of("falun")
COLLEAGUE = ClinicUser("kollega", "Kollega", ("falun",))
ROWS = table("kept_upload")


@dataclass(frozen=True)
class Login:
    """Falun's user in one browser, looking at files."""

    portal: Portal
    sid: str

    def look(self, content, name="januari.csv"):
        return kept_uploads.preview(self.portal, FALUN, self.sid, clinic="falun", name=name, content=content)

    def find(self, user=FALUN):
        return kept_uploads.find(self.portal, user, self.sid, clinic="falun")

    def discard(self):
        kept_uploads.discard(self.portal, FALUN, self.sid, clinic="falun")


@pytest.fixture
def content(portal):
    """A region in which falun's user has an account; gives a file of January's."""
    add_region(portal)
    add_account(portal, FALUN.username, role="clinic", clinics=["falun"])
    return content_of("falun", JANUARY)


@pytest.fixture
def here(portal, content):
    """A login in which January lies under preview."""
    browser = Login(portal, log_in(portal, FALUN.username)[1])
    assert browser.look(content).errors == ()
    return browser


def count(portal):
    with portal.database.reading(EVERY_CLINIC) as scoped:
        return scoped.connection.scalar(select(func.count()).select_from(ROWS))


def test_another_process_finds_it_in_its_login_and_nobody_else(portal, here, content):
    other = Login(replace(portal), here.sid)

    assert (other.find().name, other.find().content) == ("januari.csv", content)
    assert other.find(COLLEAGUE) is None
    assert Login(portal, log_in(portal, FALUN.username)[1]).find() is None
    assert (FALUN.username, "upload.kept", "") in audit_actions(portal)


def test_looking_again_keeps_it_once_and_another_file_takes_its_place(portal, here, content):
    here.look(content)
    assert [action for _, action, _ in audit_actions(portal)].count("upload.kept") == 1

    here.look(content_of("falun", JANUARY, calls=210), name="../rattad.csv")

    assert (count(portal), here.find().name) == (1, "rattad.csv")


@pytest.mark.security
def test_a_login_keeps_one_file_whatever_clinic_it_is_for(portal, here):
    region = RegionUser("region", "Rolf Region")
    for clinic in ("falun", "mora"):
        kept_uploads.preview(
            portal, region, "regionens", clinic=clinic, name="x.csv", content=content_of(clinic, JANUARY)
        )

    assert count(portal) == 2  # falun's own, and the region's last


@pytest.mark.security
@pytest.mark.parametrize("fault", ["191212121212", "tolv"])
def test_a_file_with_a_fault_in_it_is_never_kept(portal, here, content, fault):
    here.discard()

    assert here.look(content.replace(b";800;", f";{fault};".encode())).errors

    assert count(portal) == 0


@pytest.mark.security
def test_a_file_larger_than_a_clinics_may_be_is_looked_at_but_not_kept(portal, here, content, monkeypatch):
    here.discard()
    monkeypatch.setattr(kept_uploads, "LARGEST", len(content) - 1)

    assert here.look(content).errors == ()

    assert count(portal) == 0


def test_it_goes_with_what_sends_it_and_with_being_taken_away(portal, here, content):
    submitting.commit(
        portal,
        FALUN,
        name="x.csv",
        content=content,
        confirmation=Confirmation(has_warnings=True, note="Stämmer"),
    )
    assert count(portal) == 0
    here.look(content_of("falun", JANUARY, calls=210))

    here.discard()

    assert count(portal) == 0
    assert audit_actions(portal)[0] == (FALUN.username, "upload.discarded", "")


def test_a_logout_takes_its_own_file_and_leaves_that_of_the_other_browser(portal, here, content):
    there = Login(portal, log_in(portal, FALUN.username)[1])
    there.look(content)

    login_sessions.close(portal, here.sid)

    assert (here.find(), there.find().content) == (None, content)
    assert audit_actions(portal)[0] == (FALUN.username, "upload.discarded", "")
    login_sessions.close_all(portal, FALUN.username)
    assert count(portal) == 0


def test_of_a_login_that_ran_out_it_goes_with_the_next_login_of_anybody(portal, here):
    add_account(portal, "mora", role="clinic", clinics=["mora"])
    log_in(portal, "mora")
    assert count(portal) == 1
    with portal.database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(
            update(table("login_session"))
            .where(table("login_session").c.id == here.sid)
            .values(last_seen_at=datetime.now(UTC) - login.IDLE_AFTER - timedelta(seconds=1))
        )

    log_in(portal, "mora")

    assert count(portal) == 0
