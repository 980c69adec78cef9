"""Letters about month sheets: one per release and account that wants it, in the release's transaction, without figures."""

import re
import threading
from dataclasses import replace
from datetime import date

import pytest

import db.accounts.unsent_letters
from db.audit import list_recent
from portal.domain.accounts.access import EVERY_CLINIC, ClinicUser, RegionUser
from portal.services.accounts import accounts, sheet_letters
from portal.services.administration import clinic_register
from portal.services.letters import posting
from portal.services.release import forecasts, releases
from tests.conftest import SYSTEM, audit_actions
from tests.services.letters.smtp import Inbox, serve
from tests.services.letters.test_reminders import add_account
from tests.services.region import CONTROLLER, DECEMBER, JANUARY, add_clinic, add_region, send


CLINICS = ("falun", "mora", "ludvika", "avesta", "borlange")
CHANGED = (("falun", 70), ("ludvika", 60), ("avesta", 80), ("borlange", 90))  # four owners
AWAY = "smtp://127.0.0.1:9?from=portal@example.org"
FALUN, DUO = "chef@falun.example", "duo@provider.example"
REGION, ADMIN = "controller@region.example", "admin@region.example"
EVERYBODY = {FALUN, DUO, REGION, ADMIN}


@pytest.fixture
def portal(portal):
    """Five clinics that have sent January, and accounts; some that get no letter."""
    add_region(portal)
    for code in CLINICS:
        send(portal, code)
    add_account(portal, "falun-chef", FALUN, clinics=["falun"])
    add_account(portal, "duo", DUO, clinics=["falun", "ludvika"])
    add_account(portal, "controller", REGION, role="region")
    add_account(portal, "admin", ADMIN, role="admin")
    add_account(portal, "borlange-chef", "", clinics=["borlange"])
    add_account(portal, "stangd", "stangd@falun.example", clinics=["falun"])
    accounts.set_active(portal, SYSTEM, "stangd", is_active=False)
    add_account(portal, "mora-chef", "chef@mora.example", clinics=["mora"])
    sheet_letters.choose(portal, ClinicUser("mora-chef", "Moa", ("mora",)), are_wanted=False)
    return portal


@pytest.fixture
def inbox():
    with serve(Inbox()) as inbox:
        yield inbox


def release(portal, month=JANUARY):
    """Release the month, and wait for the letters that go beside it."""
    preview = releases.release(portal, CONTROLLER, month)
    wait_for_letters()
    return preview


def wait_for_letters():
    for thread in threading.enumerate():
        if thread.name == posting.BESIDE:
            thread.join(timeout=30)


def recipients(inbox):
    return sorted(mail["To"] for mail in inbox.mails)


def change_four_owners(portal):
    for code, count in CHANGED:
        send(portal, code, only={"care_plans": count}, confirm=True)


def waiting(portal):
    with portal.database.reading(EVERY_CLINIC) as scoped:
        return db.accounts.unsent_letters.list_waiting(scoped)


def test_a_release_tells_each_account_that_wants_it_once(portal, inbox):
    release(replace(portal, smtp_url=inbox.url))

    assert recipients(inbox) == sorted(EVERYBODY)
    assert waiting(portal) == []
    assert posting.send_waiting(replace(portal, smtp_url=inbox.url)) == 0
    with portal.database.reading(EVERY_CLINIC) as scoped:
        (event,) = [event for event in list_recent(scoped) if event.action == "month.released"]
    assert '"letters": 4' in event.details


def test_the_letter_says_where_the_sheet_and_the_choice_are_and_holds_no_figure(portal, inbox):
    release(replace(portal, smtp_url=inbox.url, base_url="https://portal.example.org/"))

    texts = {mail["To"]: mail.get_content().replace("\r\n", "\n") for mail in inbox.mails}
    assert {mail["Subject"] for mail in inbox.mails} == {"Månadsbladet för januari 2025 finns"}
    assert "Januari 2025 är släppt." in texts[FALUN]
    assert "https://portal.example.org/oversikt?manad=2025-01&mottagning=falun" in texts[FALUN]
    assert "BUP Falun\nhttps://portal.example.org/oversikt?manad=2025-01&mottagning=falun" in texts[DUO]
    assert "mottagning=ludvika" in texts[DUO]
    assert "https://portal.example.org/laget?manad=2025-01" in texts[REGION]
    for text in texts.values():
        assert "Stäng av dem längst ned på Mitt konto:\nhttps://portal.example.org/konto" in text
        assert re.findall(r"\d+", text.replace("2025-01", "")) == ["2025"]


def test_a_month_released_anew_says_so_and_only_where_figures_changed(portal, inbox):
    mailing = replace(portal, smtp_url=inbox.url)
    release(mailing)
    inbox.mails.clear()
    send(portal, "falun", only={"care_plans": 46}, confirm=True)  # one owner alone: nothing else is read

    release(mailing)
    assert inbox.mails == []

    change_four_owners(portal)
    release(mailing)
    assert recipients(inbox) == sorted(EVERYBODY)
    assert inbox.mails[0]["Subject"] == "Månadsbladet för januari 2025 är ändrat"
    assert "Januari 2025 är släppt på nytt, med ändrade värden för regionen." in inbox.mails[0].get_content()


def test_several_months_released_at_once_are_one_letter_about_the_newest(portal):
    """A history that is read in has years of them."""
    for code in CLINICS:
        send(portal, code, DECEMBER)

    releases.release_due(replace(portal.on(date(2025, 2, 20)), smtp_url=AWAY), CONTROLLER)
    wait_for_letters()

    letters = waiting(portal)
    assert sorted(letter.recipient for letter in letters) == sorted(EVERYBODY)
    assert {letter.subject for letter in letters} == {"Månadsbladet för januari 2025 finns"}


def test_while_the_mail_server_is_away_the_month_is_released_and_the_letters_go_later_once(portal, inbox):
    release(replace(portal, smtp_url=AWAY))
    assert {letter.recipient for letter in waiting(portal)} == EVERYBODY
    back = replace(portal, smtp_url=inbox.url)

    assert posting.send_waiting(back) == 4  # as `portal remind` does
    assert posting.send_waiting(back) == 0
    assert recipients(inbox) == sorted(EVERYBODY)


def test_a_release_that_breaks_off_leaves_no_letter(portal, monkeypatch):
    def break_off(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(forecasts, "renew", break_off)
    with pytest.raises(KeyboardInterrupt):
        releases.release(replace(portal, smtp_url=AWAY), CONTROLLER, JANUARY)

    assert waiting(portal) == []


def test_without_a_mail_server_none_is_kept(portal):
    release(portal)

    assert waiting(portal) == []


def test_a_clinic_that_was_closed_in_the_month_is_not_told(portal):
    add_clinic(portal, "siljan", "Siljan")
    add_account(portal, "siljan-chef", "chef@siljan.example", clinics=["siljan"])
    accounts.set_clinics(portal, SYSTEM, "duo", ["falun", "siljan"])
    clinic_register.close(portal, SYSTEM, code="siljan", last_month=DECEMBER, reason="Upphör")

    release(replace(portal, smtp_url=AWAY))

    letters = {letter.recipient: letter.content for letter in waiting(portal)}
    assert letters.keys() == EVERYBODY
    assert "mottagning=falun" in letters[DUO]
    assert "siljan" not in letters[DUO]


@pytest.mark.security
def test_each_chooses_for_oneself_and_the_log_has_it(portal):
    controller = RegionUser("controller", "Controller")
    assert sheet_letters.are_wanted(portal, controller)

    sheet_letters.choose(portal, controller, are_wanted=False)

    assert not sheet_letters.are_wanted(portal, controller)
    assert sheet_letters.are_wanted(portal, RegionUser("admin", "Admin", is_administrator=True))
    assert audit_actions(portal)[0] == ("controller", "account.sheet_letters", "controller")
