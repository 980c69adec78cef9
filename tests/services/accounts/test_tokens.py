"""Tokens for other programs: shown once, stored hashed, limited in time, and gone with what they rest on."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from sqlalchemy import select

from db.scoping import table
from portal.domain.accounts.access import NO_CLINIC, ClinicUser
from portal.domain.accounts.tokens import DAYS, MOST_TOKENS, UsedIn
from portal.services.accounts import accounts, invitations, second_factor, tokens
from portal.services.accounts.tokens import TokenWish
from portal.services.refused import Refused
from tests.conftest import PASSWORD, SYSTEM, add_account, audit_actions


pytestmark = pytest.mark.security
FALUN = ClinicUser("falun", "Fia Falun", ("falun",))


def wish(days=30, password=PASSWORD):
    return TokenWish(used_in=UsedIn.POWER_BI, days=days, password=password)


@pytest.fixture
def own(portal):
    add_account(portal, "falun", role="clinic", clinics=["falun"])
    add_account(portal, "mora", role="clinic", clinics=["mora"])
    return portal


def stored(portal):
    with portal.database.reading(NO_CLINIC) as scoped:
        return scoped.connection.execute(select(table("access_token"))).all()


def test_a_token_is_its_owners_and_stored_as_a_hash_only(own):
    secret = tokens.make(own, FALUN, wish()).secret

    assert tokens.holder(own, secret).user.clinics == ("falun",)
    assert len(secret) > 40
    assert secret not in repr(stored(own)) and secret not in repr(audit_actions(own))
    (event,) = [event for event in audit_actions(own) if event[1] == "account.token_made"]
    assert event[0] == "falun"


def test_it_holds_for_its_days_and_not_longer(own):
    for days in DAYS:
        secret = tokens.make(own, FALUN, wish(days)).secret
        end = datetime.now(UTC) + timedelta(days=days)
        with time_machine.travel(end - timedelta(minutes=1), tick=False):
            assert tokens.holder(own, secret)
        with time_machine.travel(end + timedelta(minutes=1), tick=False):
            assert tokens.holder(own, secret) is None


def enrolled(portal):
    secret = pyotp.random_base32()
    second_factor.enrol(portal, FALUN, secret=secret, code=pyotp.TOTP(secret).now(), sid="")


@pytest.mark.parametrize(
    "change",
    [
        lambda portal: accounts.set_active(portal, SYSTEM, "falun", is_active=False),
        lambda portal: accounts.set_clinics(portal, SYSTEM, "falun", ["ludvika"]),
        lambda portal: accounts.set_role(portal, SYSTEM, "falun", "region"),
        lambda portal: accounts.change_password(
            portal, FALUN, current=PASSWORD, new="nio gula paraplyer i regn"
        ),
        lambda portal: invitations.reset_password(portal, SYSTEM, "falun"),
        enrolled,
    ],
    ids=["disabled", "clinics", "role", "password", "reset", "second factor"],
)
def test_it_ends_with_what_its_account_was(own, change):
    secret = tokens.make(own, FALUN, wish()).secret

    change(own)

    assert tokens.holder(own, secret) is None
    assert tokens.list_own(own, FALUN) == []


def test_only_its_owner_takes_it_back(own):
    secret = tokens.make(own, FALUN, wish()).secret
    (token,) = tokens.list_own(own, FALUN)

    tokens.withdraw(own, ClinicUser("mora", "Moa Mora", ("mora",)), token.id)
    assert tokens.holder(own, secret)
    for _ in range(2):
        tokens.withdraw(own, FALUN, token.id)

    assert tokens.holder(own, secret) is None
    assert [event[1] for event in audit_actions(own)].count("account.token_withdrawn") == 1


@pytest.mark.parametrize(("asked", "about"), [(wish(password="fel"), "password"), (wish(days=3_650), "days")])
def test_neither_without_the_password_nor_for_ever(own, asked, about):
    with pytest.raises(Refused) as refused:
        tokens.make(own, FALUN, asked)

    assert refused.value.about == about
    assert stored(own) == []


def test_an_account_has_no_more_than_a_handful(own):
    for _ in range(MOST_TOKENS):
        tokens.make(own, FALUN, wish())
    with pytest.raises(Refused):
        tokens.make(own, FALUN, wish())

    tokens.withdraw(own, FALUN, tokens.list_own(own, FALUN)[0].id)
    assert tokens.make(own, FALUN, wish()).secret
