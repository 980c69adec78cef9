"""The second factor: RFC 6238's codes, recovery codes, and who must have one."""

import base64

import pyotp
import pytest
import time_machine

from portal.domain.accounts.access import RegionUser, Role
from portal.services.accounts import login, login_sessions, second_factor
from portal.services.accounts.login import NeedsCode, Ticket
from portal.services.refused import Refused
from tests.conftest import PASSWORD, SYSTEM, add_account, audit_actions, log_in


pytestmark = pytest.mark.security
START = 1_000_000_000
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


# RFC 6238, appendix B: the SHA-1 rows of the table (secret "12345678901234567890", 8 digits; the last 6 count here).
@pytest.mark.asvs("6.3.3")
@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ],
)
def test_the_codes_are_those_of_rfc_6238(moment, code, monkeypatch):
    secret = base64.b32encode(b"12345678901234567890").decode()
    monkeypatch.setattr(second_factor.time, "time", lambda: moment)

    assert second_factor.matching_step(secret, code[-6:]) == moment // 30
    assert second_factor.matching_step(secret, "000000") is None


def enrol(portal, user, sid):
    with time_machine.travel(START, tick=False):
        return second_factor.enrol(portal, user, secret=SECRET, code=pyotp.TOTP(SECRET).now(), sid=sid)


def begin_with(portal, code, username="falun"):
    """Log in with the password, then with the code, as the form does."""
    first = login.begin(portal, username, PASSWORD)
    assert isinstance(first, NeedsCode)
    return login.begin(portal, username, "", code, step=first.step)


def test_a_user_sets_a_second_factor_and_is_asked_for_it(portal, falun_user):
    (_, here), (_, elsewhere) = log_in(portal, "falun"), log_in(portal, "falun")

    codes = enrol(portal, falun_user, here)

    assert len(set(codes)) == 10
    assert login_sessions.current_user(portal, here)
    assert login_sessions.current_user(portal, elsewhere) is None
    with time_machine.travel(START + 60, tick=False):
        assert isinstance(begin_with(portal, pyotp.TOTP(SECRET).now()), Ticket)
    assert ("falun", "account.second_factor_set", "falun") in audit_actions(portal)


def test_a_wrong_code_sets_nothing(portal, falun_user):
    with pytest.raises(Refused, match="Koden stämmer inte"):
        second_factor.enrol(portal, falun_user, secret=SECRET, code="000000", sid="")

    assert not second_factor.is_set(portal, falun_user)


@pytest.mark.asvs("6.5.1", "6.5.5")
def test_a_recovery_code_works_once_however_it_is_spelt(portal, falun_user):
    codes = enrol(portal, falun_user, log_in(portal, "falun")[1])

    assert isinstance(begin_with(portal, codes[0].upper().replace("-", " ")), Ticket)
    assert begin_with(portal, codes[0]) is None
    assert second_factor.count_codes(portal, falun_user) == 9
    assert ("falun", "account.recovery_code_used", "falun") in audit_actions(portal)


def test_new_recovery_codes_replace_the_old(portal, falun_user):
    old = enrol(portal, falun_user, log_in(portal, "falun")[1])
    new = second_factor.renew_codes(portal, falun_user)

    assert begin_with(portal, old[1]) is None
    assert isinstance(begin_with(portal, new[1]), Ticket)


def test_the_step_of_one_account_is_no_password_of_another(portal, falun_user):
    add_account(portal, "ada", role="admin", totp_secret=SECRET)
    enrol(portal, falun_user, log_in(portal, "falun")[1])
    step = login.begin(portal, "falun", PASSWORD).step

    with time_machine.travel(START, tick=False):
        code = pyotp.TOTP(SECRET).now()
        assert login.begin(portal, "ada", "", code, step=step) is None
        assert login.begin(portal, "ada", "", code, step="påhittat") is None


def test_a_step_lives_five_minutes(portal, falun_user):
    codes = enrol(portal, falun_user, log_in(portal, "falun")[1])
    with time_machine.travel(START, tick=False) as clock:
        step = login.begin(portal, "falun", PASSWORD).step
        clock.shift(300)
        assert login.begin(portal, "falun", "", codes[0], step=step) is None


@pytest.mark.asvs("6.3.3")
@pytest.mark.parametrize("role", ["region", "admin"])
def test_region_accounts_open_nothing_before_they_have_a_second_factor(strict_portal, role):
    add_account(strict_portal, "rut", role=role)
    _, sid = log_in(strict_portal, "rut")
    visit = login_sessions.visit(strict_portal, sid)
    assert visit.must_enrol
    assert login_sessions.current_user(strict_portal, sid) is None

    enrol(strict_portal, visit.user, sid)

    assert isinstance(login_sessions.current_user(strict_portal, sid), RegionUser)


def test_clinics_are_offered_it_and_the_administrator_may_ask_it_of_them(strict_portal):
    add_account(strict_portal, "falun", role="clinic", clinics=["falun"])
    _, sid = log_in(strict_portal, "falun")
    assert login_sessions.current_user(strict_portal, sid)

    second_factor.ask_of_clinics(strict_portal, SYSTEM, is_asked=True)

    assert login_sessions.current_user(strict_portal, sid) is None
    assert login_sessions.visit(strict_portal, sid).must_enrol
    second_factor.ask_of_clinics(strict_portal, SYSTEM, is_asked=False)
    assert login_sessions.current_user(strict_portal, sid)


def test_who_must_have_it_cannot_turn_it_off(strict_portal):
    add_account(strict_portal, "rut", role="region", totp_secret=SECRET)
    user = RegionUser("rut", "Rut")

    with pytest.raises(Refused, match="måste ha"):
        second_factor.turn_off(strict_portal, user, sid="")

    assert second_factor.is_set(strict_portal, user)


def test_a_clinic_turns_it_off(portal, falun_user):
    _, sid = log_in(portal, "falun")
    enrol(portal, falun_user, sid)

    second_factor.turn_off(portal, falun_user, sid=sid)

    assert isinstance(login.begin(portal, "falun", PASSWORD), Ticket)


def test_the_administrator_takes_a_lost_one_away_and_ends_the_sessions(portal, falun_user):
    _, sid = log_in(portal, "falun")
    enrol(portal, falun_user, sid)

    second_factor.reset(portal, SYSTEM, "falun")

    assert login_sessions.current_user(portal, sid) is None
    assert isinstance(login.begin(portal, "falun", PASSWORD), Ticket)
    assert second_factor.count_codes(portal, falun_user) == 0


def test_the_qr_code_is_drawn_here(portal):
    address = second_factor.qr_code(SECRET, "falun")

    assert address.startswith("data:image/svg+xml")


def test_the_demo_asks_nobody(portal):
    from dataclasses import replace

    demo = replace(portal, is_demo=True, region_needs_second_factor=True)
    assert not second_factor.is_required(demo, Role.ADMIN, of_clinics=True)
