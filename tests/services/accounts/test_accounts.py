"""Accounts, logins and sessions: who gets in, for how long, and what is written about it."""

import pyotp
import pytest
import time_machine
from sqlalchemy import select

from db.scoping import table
from portal.domain.accounts.access import EVERY_CLINIC, AccessDenied, ClinicUser, RegionUser
from portal.services.accounts import accounts, login, login_sessions, passwords
from portal.services.accounts.accounts import AccountDetails
from portal.services.accounts.login import NeedsCode, Ticket
from portal.services.refused import Refused
from tests.conftest import PASSWORD, PRODUCTS_HASHER, SYSTEM, add_account, audit_actions, log_in


SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def add(portal, by=SYSTEM, **changes):
    values = {"username": "ny", "name": "Ny", "role": "clinic", "clinics": ["mora"], "password": PASSWORD}
    accounts.add(portal, by, AccountDetails(**(values | changes)))


def test_an_added_account_is_found_listed_and_audited(portal):
    add(portal, clinics=["mora", "falun"])

    assert accounts.find_user(portal, "NY ") == ClinicUser("ny", "Ny", ("falun", "mora"))
    assert [account.username for account in accounts.list_all(portal, SYSTEM)] == ["ny"]
    assert ("system", "account.added", "ny") in audit_actions(portal)


@pytest.mark.parametrize(
    "changes",
    [
        # usernames
        {"username": "Ny"},
        {"username": ""},
        {"username": "a b"},
        {"username": "a\nb"},
        {"username": "x" * 101},
        # clinics
        {"clinics": []},
        {"clinics": ["finnsinte"]},
        {"role": "region", "clinics": ["mora"]},
        # passwords
        {"password": "x" * 14},
        {"password": "häst " * 30},
        {"password": "vardval-bup-dalarna"},
        {"password": "BUP Falun 2025 Dalarna"},
        # second factor
        {"totp_secret": "JBSWY3DPEHPK3PXP"},
        {"totp_secret": "inte base32!"},
    ],
)
def test_an_account_that_breaks_a_rule_is_not_added(portal, changes):
    with pytest.raises(Refused):
        add(portal, **changes)

    assert accounts.list_all(portal, SYSTEM) == []


def test_a_username_is_taken_once(portal):
    add(portal)

    with pytest.raises(Refused, match="finns redan"):
        add(portal)


@pytest.mark.asvs("8.2.1")
def test_only_the_administrator_adds_and_only_the_region_lists(portal, falun_user, region_user):
    for user in (falun_user, region_user):
        with pytest.raises(AccessDenied):
            add(portal, by=user)
    with pytest.raises(AccessDenied):
        accounts.list_all(portal, falun_user)


@pytest.mark.asvs("11.4.2")
def test_passwords_are_kept_as_argon2id(portal, monkeypatch):
    monkeypatch.setattr(passwords, "hasher", PRODUCTS_HASHER)
    add_account(portal, "falun", role="clinic", clinics=["falun"])
    with portal.database.reading(EVERY_CLINIC) as scoped:
        stored = scoped.connection.scalar(select(table("account").c.password_hash))

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.asvs("7.2.1")
def test_the_right_password_gets_a_ticket_and_a_wrong_one_nothing(portal, falun_user):
    assert isinstance(login.begin(portal, " Falun", PASSWORD), Ticket)
    assert login.begin(portal, "falun", PASSWORD + " ") is None
    assert login.begin(portal, "falun", PASSWORD[:-1]) is None


@pytest.mark.asvs("6.3.8", "16.3.1")
@pytest.mark.parametrize("username", ["falun", "finnsinte", "avstängd", ""])
def test_every_wrong_login_costs_one_hash_and_one_event(portal, falun_user, monkeypatch, username):
    add_account(portal, "avstängd", role="region")
    accounts.set_active(portal, SYSTEM, "avstängd", is_active=False)
    login.check_password(portal, "x", "x")
    verified = []
    verify = passwords.hasher.verify
    monkeypatch.setattr(
        type(passwords.hasher), "verify", lambda _, *given: verified.append(given) or verify(*given)
    )
    before = len(audit_actions(portal))

    assert not login.check_password(portal, username, "fel lösenord, helt fel")

    assert len(verified) == 1
    assert len(audit_actions(portal)) == before + 1


@pytest.mark.asvs("16.2.5")
def test_a_name_without_account_is_not_written_down(portal):
    login.check_password(portal, "mitt-hemliga-losenord", "x")

    assert audit_actions(portal) == [("okänd", "login.failed", "")]


@pytest.mark.asvs("7.2.4")
def test_a_ticket_opens_one_session(portal, falun_user):
    ticket = login.begin(portal, "falun", PASSWORD)

    opened = login.open_session(portal, ticket.secret)

    assert opened
    token, sid = opened
    assert login_sessions.resolve_token(portal, token) == login_sessions.Session(sid, "falun")
    assert login.open_session(portal, ticket.secret) is None


@pytest.mark.asvs("7.2.1")
def test_a_ticket_lives_thirty_seconds(portal, falun_user):
    with time_machine.travel(0, tick=False) as clock:
        ticket = login.begin(portal, "falun", PASSWORD)
        clock.shift(30)
        assert login.open_session(portal, ticket.secret) is None


@pytest.mark.asvs("7.2.2", "7.2.3")
def test_secrets_are_stored_only_as_hashes(portal, falun_user):
    ticket = login.begin(portal, "falun", PASSWORD)
    token, _ = login.open_session(portal, ticket.secret)

    with portal.database.reading(EVERY_CLINIC) as scoped:
        for name in ("login_ticket", "login_session", "audit", "account"):
            rows = str(scoped.connection.execute(select(table(name))).all())
            assert token not in rows
            assert ticket.secret not in rows
            assert PASSWORD not in rows


@pytest.mark.asvs("8.3.2")
def test_a_session_gives_the_user_as_of_now(portal, falun_user):
    _, sid = log_in(portal, "falun")
    assert login_sessions.current_user(portal, sid) == falun_user

    with portal.database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(table("account_clinic").update().values(clinic_code="mora"))

    assert login_sessions.current_user(portal, sid).clinics == ("mora",)


def test_administrators_and_region_users_have_their_roles(portal, region_user, admin_user):
    assert login_sessions.current_user(portal, log_in(portal, "region")[1]) == region_user
    assert login_sessions.current_user(portal, log_in(portal, "admin")[1]) == admin_user
    assert isinstance(admin_user, RegionUser)


@pytest.mark.asvs("7.4.1", "7.4.2", "7.4.3", "7.4.5")
@pytest.mark.security
def test_the_ways_a_session_ends(portal, falun_user):
    def shut_out():
        accounts.set_active(portal, SYSTEM, "falun", is_active=False)
        accounts.set_active(portal, SYSTEM, "falun", is_active=True)

    ways = (
        lambda sid: login_sessions.close(portal, sid, "logout"),
        lambda sid: login_sessions.close_all(portal, "falun", "everywhere"),
        lambda sid: accounts.set_clinics(portal, SYSTEM, "falun", ["falun"]),
        lambda sid: accounts.set_role(portal, SYSTEM, "falun", "clinic", ["falun"]),
        lambda sid: accounts.change_password(portal, falun_user, current=PASSWORD, new=PASSWORD),
        lambda sid: shut_out(),
    )
    for end in ways:
        token, sid = log_in(portal, "falun")
        assert login_sessions.current_user(portal, sid)
        end(sid)
        assert login_sessions.current_user(portal, sid) is None
        assert login_sessions.resolve_token(portal, token) is None


@pytest.mark.asvs("7.5.2")
def test_log_out_everywhere_spoils_tickets_under_way(portal, falun_user):
    ticket = login.begin(portal, "falun", PASSWORD)

    login_sessions.close_all(portal, "falun", "everywhere")

    assert login.open_session(portal, ticket.secret) is None


def test_closing_one_session_leaves_the_other(portal, falun_user):
    (_, first), (_, second) = log_in(portal, "falun"), log_in(portal, "falun")

    login_sessions.close(portal, first, "logout")

    assert [found.sid for found in login_sessions.list_open(portal, falun_user)] == [second]


@pytest.mark.asvs("7.3.1")
def test_a_session_ends_after_half_an_hour_without_use(portal, falun_user):
    with time_machine.travel(0, tick=False) as clock:
        _, sid = log_in(portal, "falun")
        clock.shift(29 * 60)
        assert login_sessions.current_user(portal, sid)
        clock.shift(29 * 60)
        assert login_sessions.current_user(portal, sid)
        clock.shift(30 * 60)
        assert login_sessions.current_user(portal, sid) is None


@pytest.mark.asvs("7.3.2")
def test_a_session_ends_after_twelve_hours_of_use(portal, falun_user):
    with time_machine.travel(0, tick=False) as clock:
        _, sid = log_in(portal, "falun")
        for _ in range(35):
            clock.shift(20 * 60)
            assert login_sessions.current_user(portal, sid)
        clock.shift(20 * 60)
        assert login_sessions.current_user(portal, sid) is None


@pytest.mark.asvs("6.3.3", "6.5.1")
def test_the_second_factor_is_asked_for_and_a_code_works_once(portal):
    add_account(portal, "ada", role="admin", totp_secret=SECRET)
    code = pyotp.TOTP(SECRET)
    with time_machine.travel(1_000_000_000, tick=False) as clock:
        assert isinstance(login.begin(portal, "ada", PASSWORD), NeedsCode)
        assert login.begin(portal, "ada", "fel lösenord, helt fel", code.now()) is None
        assert login.begin(portal, "ada", PASSWORD, "000000") is None
        assert isinstance(login.begin(portal, "ada", PASSWORD, code.now()), Ticket)
        assert login.begin(portal, "ada", PASSWORD, code.now()) is None
        clock.shift(30)
        assert isinstance(login.begin(portal, "ada", PASSWORD, code.now()), Ticket)


@pytest.mark.asvs("6.5.5")
@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_may_be_one_step_off(portal, steps, is_taken):
    add_account(portal, "ada", role="admin", totp_secret=SECRET)
    with time_machine.travel(1_000_000_000, tick=False):
        code = pyotp.TOTP(SECRET).at(1_000_000_000 + 30 * steps)
        assert (login.begin(portal, "ada", PASSWORD, code) is not None) is is_taken


@pytest.mark.asvs("16.3.1")
def test_a_login_and_its_end_are_audited(portal, falun_user):
    _, sid = log_in(portal, "falun")
    login_sessions.close(portal, sid, "logout")
    login_sessions.close(portal, sid, "logout")

    assert audit_actions(portal)[:2] == [("falun", "login.closed", sid), ("falun", "login.opened", sid)]


@pytest.mark.asvs("6.3.1")
@pytest.mark.security
def test_wrong_tries_at_one_account_do_not_slow_another(portal, falun_user, region_user):
    for _ in range(6):
        login.begin(portal, "region", "fel lösenord, helt fel")

    assert login.begin(portal, "falun", PASSWORD)


@pytest.mark.asvs("6.2.5", "6.2.8", "6.2.9")
def test_f5_a_passphrase_with_swedish_letters_is_taken_whole(portal):
    password = ("räksmörgås på åäö " * 8)[:128]
    add(portal, password=password)

    assert login.check_password(portal, "ny", password)
    assert not login.check_password(portal, "ny", password[:-1])
