"""Links instead of passwords sent around: once, in time, and then spent."""

import threading
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import time_machine
from sqlalchemy import select

from db.scoping import table
from portal.domain.accounts.access import EVERY_CLINIC, AccessDenied, ClinicUser
from portal.services.accounts import (
    accounts,
    addresses,
    invitations,
    login,
    login_sessions,
    passwords,
    second_factor,
)
from portal.services.accounts.accounts import AccountDetails
from portal.services.accounts.login import NeedsCode, Ticket
from portal.services.refused import Refused
from tests.conftest import PASSWORD, SYSTEM, add_account, audit_actions, log_in
from tests.services.letters.smtp import Inbox, serve


pytestmark = pytest.mark.security
START = 1_000_000_000
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NEW = "nio gula paraplyer i regn"
FALUN = ClinicUser("falun", "Fia Falun", ("falun",))


def add(portal, username="ny", **changes):
    values = {"name": "Ny", "role": "clinic", "clinics": ["mora"], "email": "ny@example.org"} | changes
    accounts.add(portal, SYSTEM, AccountDetails(username=username, **values))


def secret_of(made):
    return parse_qs(urlsplit(made.url).query)["kod"][0]


@pytest.mark.asvs("6.4.1")
def test_an_invitation_opens_once_and_leads_to_a_login(portal):
    add(portal)
    made = invitations.invite(portal, SYSTEM, "ny")
    secret = secret_of(made)
    assert made.url.startswith("http://localhost:8501/valkommen?kod=")
    assert len(secret) >= 43  # 256 bits
    welcome = invitations.find(portal, secret)
    assert (welcome.username, welcome.is_invitation, welcome.shortest_password) == ("ny", True, 15)

    assert invitations.accept(portal, secret, password=NEW) == []

    assert isinstance(login.begin(portal, "ny", NEW), Ticket)
    for use in (invitations.find, lambda *given: invitations.accept(*given, password=PASSWORD)):
        with pytest.raises(Refused, match="gäller inte längre"):
            use(portal, secret)
    assert ("ny", "account.invitation_accepted", "ny") in audit_actions(portal)


def test_an_invited_account_has_no_password_to_guess(portal):
    add(portal)

    for guess in ("", " ", NEW):
        assert login.begin(portal, "ny", guess) is None


@pytest.mark.asvs("6.4.1")
def test_a_link_lives_seventy_two_hours(portal):
    add(portal)
    with time_machine.travel(START, tick=False) as clock:
        secret = secret_of(invitations.invite(portal, SYSTEM, "ny"))
        clock.shift(72 * 3600 - 1)
        assert invitations.find(portal, secret)
        clock.shift(1)
        with pytest.raises(Refused):
            invitations.accept(portal, secret, password=NEW)


def test_a_new_link_spoils_the_older(portal):
    add(portal)
    old = secret_of(invitations.invite(portal, SYSTEM, "ny"))
    new = secret_of(invitations.invite(portal, SYSTEM, "ny"))

    with pytest.raises(Refused):
        invitations.find(portal, old)
    assert invitations.find(portal, new)


CHANGES = {
    "own password": lambda p: accounts.change_password(p, FALUN, current=PASSWORD, new=NEW),
    "own address": lambda p: addresses.change_own(p, FALUN, password=PASSWORD, email=""),
    "address": lambda p: addresses.set_email(p, SYSTEM, "falun", "fia@example.org"),
    "role": lambda p: accounts.set_role(p, SYSTEM, "falun", "region"),
    "clinics": lambda p: accounts.set_clinics(p, SYSTEM, "falun", ["mora"]),
    "second factor": lambda p: enrol(p, FALUN),
    "second factor off": lambda p: second_factor.turn_off(p, FALUN, sid=""),
    "second factor taken away": lambda p: second_factor.reset(p, SYSTEM, "falun"),
    "password reset": lambda p: invitations.reset_password(p, SYSTEM, "falun"),
    "closed and opened": lambda p: [
        accounts.set_active(p, SYSTEM, "falun", is_active=is_active) for is_active in (False, True)
    ],
}


def enrol(portal, user, sid=""):
    with time_machine.travel(START, tick=False):
        return second_factor.enrol(portal, user, secret=SECRET, code=pyotp.TOTP(SECRET).now(), sid=sid)


@pytest.mark.asvs("6.4.1", "7.4.3")
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changes_an_account_spoils_the_links_that_are_out(portal, falun_user, change):
    secret = secret_of(invitations.reset_password(portal, SYSTEM, "falun"))
    with portal.database.writing(EVERY_CLINIC) as scoped:  # as if the password had been set meanwhile
        password_hash = passwords.hash_of(PASSWORD)
        scoped.connection.execute(table("account").update().values(password_hash=password_hash))
    log_in(portal, "falun")
    accounts.unlock(portal, SYSTEM, "falun")
    assert invitations.find(portal, secret)  # the control: what changes nothing leaves it open

    change(portal)

    for use in (
        invitations.find,
        lambda *given: invitations.accept(*given, password="tio gröna stövlar i snö"),
    ):
        with pytest.raises(Refused, match="gäller inte längre"):
            use(portal, secret)


@pytest.mark.parametrize("password", ["kort", "mora-bup-vårdval-2025", "a" * 20])
def test_a_bad_password_spends_nothing(portal, password):
    add(portal)
    secret = secret_of(invitations.invite(portal, SYSTEM, "ny"))

    with pytest.raises(Refused):
        invitations.accept(portal, secret, password=password)

    assert invitations.accept(portal, secret, password=NEW) == []


def test_two_at_once_and_one_gets_in(portal):
    add(portal)
    secret = secret_of(invitations.invite(portal, SYSTEM, "ny"))
    outcomes = []

    def accept(password):
        try:
            invitations.accept(portal, secret, password=password)
            outcomes.append(password)
        except Refused:
            outcomes.append(None)

    threads = [threading.Thread(target=accept, args=(f"{NEW} {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (winner,) = [password for password in outcomes if password]
    assert isinstance(login.begin(portal, "ny", winner), Ticket)


@pytest.mark.asvs("6.3.3", "6.3.4")
def test_a_region_account_sets_its_second_factor_with_the_first_password(strict_portal):
    add(strict_portal, role="region", clinics=[])
    secret = secret_of(invitations.invite(strict_portal, SYSTEM, "ny"))
    welcome = invitations.find(strict_portal, secret)
    assert (welcome.needs_second_factor, welcome.shortest_password) == (True, 8)
    with pytest.raises(Refused, match="Koden stämmer inte"):
        invitations.accept(strict_portal, secret, password="räv9bryr", totp_secret=SECRET, code="000000")

    with time_machine.travel(START, tick=False) as clock:
        secret = secret_of(invitations.invite(strict_portal, SYSTEM, "ny"))
        code = pyotp.TOTP(SECRET).now()
        codes = invitations.accept(strict_portal, secret, password="räv9bryr", totp_secret=SECRET, code=code)
        assert len(codes) == 10
        step = login.begin(strict_portal, "ny", "räv9bryr").step
        assert login.begin(strict_portal, "ny", "", code, step=step) is None  # that code is spent
        clock.shift(30)
        assert login.begin(strict_portal, "ny", "", pyotp.TOTP(SECRET).now(), step=step)


@pytest.mark.asvs("6.4.3", "7.4.3")
def test_a_reset_ends_the_old_password_and_every_session_but_not_the_second_factor(portal, falun_user):
    _, sid = log_in(portal, "falun")
    enrol(portal, falun_user, sid)

    secret = secret_of(invitations.reset_password(portal, SYSTEM, "falun"))

    assert login_sessions.current_user(portal, sid) is None
    assert login.begin(portal, "falun", PASSWORD) is None
    invitations.accept(portal, secret, password=NEW)
    assert isinstance(login.begin(portal, "falun", NEW), NeedsCode)


def test_only_the_administrator_makes_links_and_a_closed_account_gets_none(portal, region_user, falun_user):
    for user in (region_user, falun_user):
        with pytest.raises(AccessDenied):
            invitations.invite(portal, user, "falun")
        with pytest.raises(AccessDenied):
            invitations.reset_password(portal, user, "falun")
    secret = secret_of(invitations.invite(portal, SYSTEM, "falun"))
    accounts.set_active(portal, SYSTEM, "falun", is_active=False)
    with pytest.raises(Refused):
        invitations.find(portal, secret)
    with pytest.raises(Refused, match="stängt"):
        invitations.invite(portal, SYSTEM, "falun")


@pytest.mark.asvs("7.2.1")
def test_only_hashes_of_links_and_recovery_codes_are_stored(portal, falun_user):
    _, sid = log_in(portal, "falun")
    codes = enrol(portal, falun_user, sid)
    made = invitations.invite(portal, SYSTEM, "falun")

    with portal.database.reading(EVERY_CLINIC) as scoped:
        for name in ("account_link", "recovery_code", "audit", "login_throttle", "login_step"):
            rows = str(scoped.connection.execute(select(table(name))).all())
            assert secret_of(made) not in rows
            assert codes[0] not in rows


# By mail


@pytest.fixture
def inbox():
    with serve(Inbox()) as inbox:
        yield inbox


def with_mail(portal, inbox):
    return replace(portal, smtp_url=inbox.url)


def ask(portal, who):
    """Ask, and wait until the thread that does it has ended."""
    before = set(threading.enumerate())
    answer = invitations.ask_for_new_password(portal, who)
    for thread in set(threading.enumerate()) - before:
        thread.join(20)
    return answer


@pytest.mark.asvs("6.4.3")
def test_a_forgotten_password_is_chosen_anew_through_ones_own_address(portal, inbox):
    add(portal, password=PASSWORD)
    mailing = with_mail(portal, inbox)

    for who in ("ny", "NY@example.org"):
        inbox.mails.clear()
        with time_machine.travel(START + 3600 * ("@" in who), tick=False):
            assert ask(mailing, who)
            (mail,) = inbox.mails
            assert mail["To"] == "ny@example.org"
            link = next(line for line in mail.get_content().splitlines() if "/valkommen?kod=" in line)
            assert isinstance(login.begin(portal, "ny", PASSWORD), Ticket)
            assert invitations.find(portal, parse_qs(urlsplit(link).query)["kod"][0]).username == "ny"


@pytest.mark.asvs("6.3.8")
def test_the_answer_is_the_same_for_every_name_and_nobody_else_gets_mail(portal, inbox):
    add(portal, password=PASSWORD)
    add(portal, "utan", email="", password=PASSWORD)
    add_account(portal, "stängd", role="region")
    addresses.set_email(portal, SYSTEM, "stängd", "stangd@example.org")
    accounts.set_active(portal, SYSTEM, "stängd", is_active=False)
    mailing = with_mail(portal, inbox)

    answers = {ask(mailing, who) for who in ("ny", "finnsinte", "utan", "stängd", "x@example.org", "")}

    assert answers == {True}
    assert [mail["To"] for mail in inbox.mails] == ["ny@example.org"]
    assert ask(mailing, "ny")  # again at once: no second mail
    assert len(inbox.mails) == 1


@pytest.mark.asvs("6.3.7")
def test_a_new_password_or_address_is_told_to_the_address_that_was(portal, inbox):
    add(portal, "falun", name="Fia", clinics=["falun"], password=PASSWORD, email="fia@example.org")
    mailing = with_mail(portal, inbox)

    accounts.change_password(mailing, FALUN, current=PASSWORD, new=NEW)
    assert [mail["Subject"] for mail in inbox.to("fia@example.org")] == [
        "Lösenordet till Vårdval BUP är bytt"
    ]

    inbox.mails.clear()
    addresses.set_email(mailing, SYSTEM, "falun", "ny@example.org")

    (mail,) = inbox.mails
    assert (mail["To"], mail["Subject"]) == ("fia@example.org", "E-postadressen till Vårdval BUP är bytt")
    assert "ny@example.org" not in mail.get_content()


def test_a_password_chosen_through_a_link_is_told_too(portal, inbox):
    add(portal, password=PASSWORD)
    secret = secret_of(invitations.reset_password(portal, SYSTEM, "ny"))

    invitations.accept(with_mail(portal, inbox), secret, password=NEW)

    assert [mail["Subject"] for mail in inbox.to("ny@example.org")] == ["Lösenordet till Vårdval BUP är bytt"]


def test_an_invitation_is_mailed_where_that_can_be_done(portal, inbox):
    add(portal)

    assert not invitations.invite(portal, SYSTEM, "ny").is_mailed
    made = invitations.invite(with_mail(portal, inbox), SYSTEM, "ny")

    assert made.is_mailed
    assert made.url in inbox.mails[0].get_content()


def test_a_inbox_that_is_away_changes_nothing_else(portal):
    add(portal)
    away = replace(portal, smtp_url="smtp://127.0.0.1:9?from=portal@example.org")

    made = invitations.invite(away, SYSTEM, "ny")

    assert not made.is_mailed
    assert invitations.find(portal, secret_of(made))
