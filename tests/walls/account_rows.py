"""Who may call the services of accounts: the rows of `tests/walls/rows.py` for that room."""

import pyotp

from portal.domain.accounts.access import Role
from portal.domain.accounts.tokens import UsedIn
from portal.services.accounts import (
    accounts,
    addresses,
    changing,
    invitations,
    login_sessions,
    second_factor,
    sheet_letters,
    tokens,
)
from portal.services.accounts.accounts import AccountDetails
from portal.services.accounts.changing import Particulars
from portal.services.accounts.tokens import TokenWish
from tests.conftest import PASSWORD
from tests.walls.kinds import Kind, Row, admin, own, region


TOTP_SECRET = pyotp.random_base32()


def renewed_codes(portal, user):
    second_factor.enrol(portal, user, secret=TOTP_SECRET, code=pyotp.TOTP(TOTP_SECRET).now(), sid="")
    return second_factor.renew_codes(portal, user)


ACCOUNT_ROWS = {
    "accounts.accounts.add": admin(
        lambda p, u, c: accounts.add(
            p,
            u,
            AccountDetails(username="ny", name="Ny", role="clinic", clinics=["falun"], password=PASSWORD),
        )
    ),
    "accounts.accounts.list_all": region(lambda p, u, c: accounts.list_all(p, u)),
    "accounts.accounts.set_active": admin(lambda p, u, c: accounts.set_active(p, u, "mora", is_active=False)),
    "accounts.accounts.list_for_administrator": admin(lambda p, u, c: accounts.list_for_administrator(p, u)),
    "accounts.accounts.set_clinics": admin(lambda p, u, c: accounts.set_clinics(p, u, "mora", ["falun"])),
    "accounts.accounts.set_role": admin(lambda p, u, c: accounts.set_role(p, u, "mora", "region")),
    "accounts.addresses.set_email": admin(
        lambda p, u, c: addresses.set_email(p, u, "mora", "ny@example.org")
    ),
    "accounts.accounts.unlock": admin(lambda p, u, c: accounts.unlock(p, u, "mora")),
    "accounts.changing.change": admin(
        lambda p, u, c: changing.change(
            p, u, "mora", Particulars(role=Role.CLINIC, clinics=["falun"], email="ny@example.org")
        )
    ),
    "accounts.invitations.add": admin(
        lambda p, u, c: invitations.add(
            p, u, AccountDetails(username="ny", name="Ny", role="clinic", clinics=["falun"])
        )
    ),
    "accounts.invitations.invite": admin(lambda p, u, c: invitations.invite(p, u, "mora")),
    "accounts.invitations.list_waiting": admin(lambda p, u, c: invitations.list_waiting(p, u)),
    "accounts.invitations.invite_waiting": admin(lambda p, u, c: invitations.invite_waiting(p, u)),
    "accounts.invitations.reset_password": admin(lambda p, u, c: invitations.reset_password(p, u, "mora")),
    "accounts.second_factor.reset": admin(lambda p, u, c: second_factor.reset(p, u, "mora")),
    "accounts.second_factor.ask_of_clinics": admin(
        lambda p, u, c: second_factor.ask_of_clinics(p, u, is_asked=True)
    ),
    "accounts.second_factor.clinics_need_it": Row(
        kind=Kind.PERSONAL, call=lambda p, u, c: second_factor.clinics_need_it(p, u)
    ),
    "accounts.second_factor.enrol": Row(
        kind=Kind.PERSONAL,
        call=lambda p, u, c: second_factor.enrol(
            p, u, secret=TOTP_SECRET, code=pyotp.TOTP(TOTP_SECRET).now(), sid=""
        ),
    ),
    "accounts.second_factor.is_set": Row(kind=Kind.PERSONAL, call=lambda p, u, c: second_factor.is_set(p, u)),
    "accounts.second_factor.count_codes": Row(
        kind=Kind.PERSONAL, call=lambda p, u, c: second_factor.count_codes(p, u)
    ),
    "accounts.second_factor.turn_off": Row(
        kind=Kind.PERSONAL, call=lambda p, u, c: second_factor.turn_off(p, u, sid="")
    ),
    "accounts.second_factor.renew_codes": Row(kind=Kind.PERSONAL, call=lambda p, u, c: renewed_codes(p, u)),
    "accounts.tokens.make": Row(
        kind=Kind.PERSONAL,
        call=lambda p, u, c: tokens.make(p, u, TokenWish(used_in=UsedIn.EXCEL, days=30, password=PASSWORD)),
    ),
    "accounts.tokens.list_own": Row(kind=Kind.PERSONAL, call=lambda p, u, c: tokens.list_own(p, u)),
    "accounts.tokens.withdraw": Row(kind=Kind.PERSONAL, call=lambda p, u, c: tokens.withdraw(p, u, 1)),
    "accounts.addresses.own": Row(kind=Kind.PERSONAL, call=lambda p, u, c: addresses.own(p, u)),
    "accounts.sheet_letters.are_wanted": Row(
        kind=Kind.PERSONAL, call=lambda p, u, c: sheet_letters.are_wanted(p, u)
    ),
    "accounts.sheet_letters.choose": Row(
        kind=Kind.PERSONAL, call=lambda p, u, c: sheet_letters.choose(p, u, are_wanted=False)
    ),
    "accounts.addresses.change_own": Row(
        kind=Kind.PERSONAL,
        call=lambda p, u, c: addresses.change_own(p, u, password=PASSWORD, email=""),
    ),
    "accounts.accounts.change_password": Row(
        kind=Kind.PERSONAL,
        call=lambda p, u, c: accounts.change_password(p, u, current=PASSWORD, new=PASSWORD + "!"),
    ),
    "accounts.login_sessions.list_open": Row(
        kind=Kind.PERSONAL, call=lambda p, u, c: login_sessions.list_open(p, u)
    ),
    "accounts.login_sessions.close_own": Row(
        kind=Kind.PERSONAL, call=lambda p, u, c: login_sessions.close_own(p, u, "en annans")
    ),
    "accounts.login_sessions.record_refusal": Row(
        kind=Kind.PERSONAL, call=lambda p, u, c: login_sessions.record_refusal(p, u, "laget")
    ),
    "accounts.login_sessions.list_own_clinics": own(lambda p, u, c: login_sessions.list_own_clinics(p, u)),
}
