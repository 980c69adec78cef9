"""What happens to an account in its life: changed, shut out, idle, and never the last administrator."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import event

from portal.domain.accounts.access import AccessDenied, ClinicUser
from portal.services.accounts import accounts, idle, invitations, login, login_sessions, passwords
from portal.services.accounts.accounts import AccountDetails
from portal.services.accounts.login import Ticket
from portal.services.refused import Refused
from tests.conftest import PASSWORD, SYSTEM, add_account, audit_actions, log_in
from tests.services.letters.smtp import Inbox, serve


pytestmark = pytest.mark.security
START = 1_000_000_000
DAY = 86_400


@pytest.mark.asvs("8.3.2", "7.4.2")
@pytest.mark.parametrize(
    "change",
    [
        lambda portal: accounts.set_clinics(portal, SYSTEM, "falun", ["mora"]),
        lambda portal: accounts.set_role(portal, SYSTEM, "falun", "region"),
        lambda portal: accounts.set_active(portal, SYSTEM, "falun", is_active=False),
        lambda portal: invitations.reset_password(portal, SYSTEM, "falun"),
    ],
)
def test_taking_rights_away_ends_the_session_at_once(portal, falun_user, change):
    _, sid = log_in(portal, "falun")
    ticket = login.begin(portal, "falun", PASSWORD)

    change(portal)

    assert login_sessions.current_user(portal, sid) is None
    assert login.open_session(portal, ticket.secret) is None


def test_a_change_of_clinics_counts_from_the_next_login(portal, falun_user):
    accounts.set_clinics(portal, SYSTEM, "falun", ["mora", "ludvika"])

    assert login_sessions.current_user(portal, log_in(portal, "falun")[1]) == ClinicUser(
        "falun", "Fia Falun", ("ludvika", "mora")
    )
    assert ("system", "account.clinics_changed", "falun") in audit_actions(portal)


@pytest.mark.parametrize("clinics", [[], ["finnsinte"], ["mora", "finnsinte"]])
def test_a_clinic_account_keeps_its_clinics_when_the_new_ones_are_none(portal, falun_user, clinics):
    with pytest.raises(Refused):
        accounts.set_clinics(portal, SYSTEM, "falun", clinics)

    assert accounts.find_user(portal, "falun").clinics == ("falun",)


@pytest.mark.parametrize(
    "change",
    [
        lambda portal: accounts.set_active(portal, SYSTEM, "admin", is_active=False),
        lambda portal: accounts.set_role(portal, SYSTEM, "admin", "region"),
        lambda portal: accounts.set_role(portal, SYSTEM, "admin", "clinic", ["mora"]),
    ],
)
def test_the_last_administrator_stays(portal, admin_user, change):
    accounts.add(portal, SYSTEM, AccountDetails(username="inbjuden", name="Inte inne än", role="admin"))
    with pytest.raises(Refused, match="sista administratören"):
        change(portal)
    assert accounts.find_user(portal, "admin") == admin_user

    add_account(portal, "andra", role="admin")
    change(portal)
    assert accounts.find_user(portal, "admin") != admin_user


@pytest.mark.asvs("6.2.2", "6.2.3")
def test_a_password_is_changed_with_the_current_one(portal, falun_user):
    new = "nio gula paraplyer i regn"
    with pytest.raises(Refused, match="nuvarande"):
        accounts.change_password(portal, falun_user, current="fel", new=new)
    with pytest.raises(Refused, match="minst 15"):
        accounts.change_password(portal, falun_user, current=PASSWORD, new="kort")
    assert isinstance(login.begin(portal, "falun", PASSWORD), Ticket)

    accounts.change_password(portal, falun_user, current=PASSWORD, new=new)

    assert login.begin(portal, "falun", PASSWORD) is None
    assert isinstance(login.begin(portal, "falun", new), Ticket)


@pytest.mark.asvs("6.2.10")
def test_a_password_does_not_expire(portal):
    with time_machine.travel(START, tick=False) as clock:
        add_account(portal, "falun", role="clinic", clinics=["falun"])
        for _ in range(5):
            clock.shift(100 * DAY)
            log_in(portal, "falun")


@pytest.mark.parametrize("function", [accounts.list_for_administrator])
def test_only_the_administrator_sees_who_is_idle(portal, region_user, falun_user, function):
    for user in (region_user, falun_user):
        with pytest.raises(AccessDenied):
            function(portal, user)


# Idle accounts


def test_an_account_is_retired_after_a_hundred_and_eighty_idle_days(portal):
    with time_machine.travel(START, tick=False) as clock:
        for username in ("flitig", "lat"):
            add_account(portal, username, role="clinic", clinics=["mora"])
        clock.shift(179 * DAY)
        log_in(portal, "flitig")
        assert idle.retire(portal) == []
        log_in(portal, "lat")
        clock.shift(180 * DAY)
        log_in(portal, "flitig")

        assert idle.retire(portal) == ["lat"]

        assert login.begin(portal, "lat", PASSWORD) is None
        assert ("portalen", "account.retired", "lat") in audit_actions(portal)
        accounts.set_active(portal, SYSTEM, "lat", is_active=True)
        assert idle.retire(portal) == []
        log_in(portal, "lat")


def test_the_last_administrator_is_never_retired(portal):
    with time_machine.travel(START, tick=False) as clock:
        add_account(portal, "admin", role="admin")
        clock.shift(400 * DAY)

        assert idle.retire(portal) == []
        add_account(portal, "andra", role="admin")
        assert idle.retire(portal) == ["admin"]


def test_idle_accounts_are_warned_once_by_mail_and_in_the_list(portal, admin_user):
    with serve(Inbox()) as inbox, time_machine.travel(START, tick=False) as clock:
        mailing = replace(portal, smtp_url=inbox.url)
        accounts.add(
            portal,
            SYSTEM,
            AccountDetails(
                username="lat",
                name="Lat",
                role="clinic",
                clinics=["mora"],
                password=PASSWORD,
                email="lat@example.org",
            ),
        )
        clock.shift(149 * DAY)
        log_in(portal, "admin")
        assert idle.warn(mailing) == []
        clock.shift(DAY)

        assert idle.warn(portal) == []  # no mail goes out here
        assert idle.warn(mailing) == ["lat"]
        assert idle.warn(mailing) == []

        assert "Om 30 dagar" in inbox.to("lat@example.org")[0].get_content().replace("\n", " ")
        (listed,) = [
            one
            for one in accounts.list_for_administrator(portal, admin_user)
            if one.account.username == "lat"
        ]
        assert listed.idle_days == 150
        log_in(portal, "lat")
        clock.shift(150 * DAY)
        assert idle.warn(mailing) == ["lat"]


# Sessions


@pytest.mark.asvs("7.1.1", "7.1.2")
def test_the_bounds_of_a_session_are_those_that_are_documented():
    hours = (login.IDLE_AFTER.total_seconds() / 60, login.SESSION_LIVES.total_seconds() / 3600)
    assert (*hours, login.MOST_SESSIONS) == (30, 12, 5)


def test_a_sixth_login_ends_the_oldest(portal, falun_user):
    sids = []
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(6):
            clock.shift(1)
            sids.append(log_in(portal, "falun")[1])

        assert [bool(login_sessions.current_user(portal, sid)) for sid in sids] == [False, *[True] * 5]


@pytest.mark.asvs("7.5.2")
def test_one_ends_ones_own_sessions_and_nobody_elses(portal, falun_user, region_user):
    (_, first), (_, second) = log_in(portal, "falun"), log_in(portal, "falun")
    _, others = log_in(portal, "region")

    login_sessions.close_own(portal, falun_user, first)
    login_sessions.close_own(portal, falun_user, others)

    assert login_sessions.current_user(portal, first) is None
    assert login_sessions.current_user(portal, second)
    assert login_sessions.current_user(portal, others)


# What it costs


def count_statements(portal, run):
    seen = []

    def note(connection, cursor, statement, *_):
        if not statement.startswith(("BEGIN", "SELECT set_config", "SET ")):
            seen.append(statement)

    event.listen(portal.database.engine, "before_cursor_execute", note)
    try:
        run()
    finally:
        event.remove(portal.database.engine, "before_cursor_execute", note)
    return seen


def test_a_page_view_asks_once_for_session_and_account(portal, falun_user):
    _, sid = log_in(portal, "falun")

    (statement,) = count_statements(portal, lambda: login_sessions.visit(portal, sid))

    assert "login_session" in statement
    assert "account" in statement


@pytest.mark.asvs("11.4.2")
@pytest.mark.parametrize("has_second_factor", [False, True])
def test_a_whole_login_costs_one_hash(portal, monkeypatch, has_second_factor):
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    add_account(portal, "ada", role="admin", totp_secret=secret if has_second_factor else None)
    passwords.is_right("", "the stand-in is made once")
    hashes = []
    verify = type(passwords.hasher).verify
    monkeypatch.setattr(type(passwords.hasher), "verify", lambda *given: hashes.append(1) or verify(*given))

    found = login.begin(portal, "ada", PASSWORD)
    if has_second_factor:
        import pyotp

        found = login.begin(portal, "ada", PASSWORD, pyotp.TOTP(secret).now(), step=found.step)
    assert login.open_session(portal, found.secret)

    assert len(hashes) == 1


def test_idleness_is_real_time(portal, falun_user):
    (listed,) = accounts.list_all(portal, SYSTEM)

    assert abs(datetime.now(UTC) - listed.idle_since).total_seconds() < 600
