"""What the administrator does to an account in one go is done whole or not at all."""

from contextlib import suppress

import pytest

from portal.domain.accounts.access import Role
from portal.services.accounts import accounts, addresses, changing, invitations, links, login, login_sessions
from portal.services.accounts.accounts import AccountDetails
from portal.services.accounts.changing import Particulars
from portal.services.accounts.login import Ticket
from portal.services.refused import DatabaseUnavailable, Refused
from tests.conftest import PASSWORD, SYSTEM, add_account, audit_actions, log_in


pytestmark = pytest.mark.security
AS_IT_WAS = Particulars(role=Role.CLINIC, clinics=["falun"], email="")


def summary(portal, username):
    return next(
        (account for account in accounts.list_all(portal, SYSTEM) if account.username == username), None
    )


@pytest.mark.parametrize(
    ("particulars", "actions"),
    [
        (Particulars(role=Role.CLINIC, clinics=["mora"], email="fia@example.org"), ["clinics", "email"]),
        (Particulars(role=Role.REGION, clinics=[], email="fia@example.org"), ["role", "email"]),
        (Particulars(role=Role.CLINIC, clinics=["falun"], email="fia@example.org"), ["email"]),
        (AS_IT_WAS, []),
    ],
)
def test_what_is_new_is_stored_and_noted(portal, falun_user, particulars, actions):
    assert changing.change(portal, SYSTEM, "falun", particulars) is bool(actions)

    account = summary(portal, "falun")
    assert (account.role, list(account.clinics), account.email) == (
        particulars.role,
        particulars.clinics,
        particulars.email,
    )
    noted = [action for _, action, _ in audit_actions(portal)]
    assert [action for action in reversed(noted) if action.endswith("changed")] == [
        f"account.{name}_changed" for name in actions
    ]


def test_what_is_as_it_was_ends_no_session(portal, falun_user):
    _, sid = log_in(portal, "falun")

    changing.change(portal, SYSTEM, "falun", AS_IT_WAS)
    assert login_sessions.current_user(portal, sid) == falun_user

    changing.change(portal, SYSTEM, "falun", Particulars(role=Role.CLINIC, clinics=["mora"], email=""))
    assert login_sessions.current_user(portal, sid) is None


@pytest.mark.parametrize("email", ["rut@example.org", "ingen adress"])
def test_a_refused_address_leaves_role_and_clinics_too(portal, falun_user, email):
    add_account(portal, "rut", role="region")
    addresses.set_email(portal, SYSTEM, "rut", "rut@example.org")

    with pytest.raises(Refused):
        changing.change(portal, SYSTEM, "falun", Particulars(role=Role.CLINIC, clinics=["mora"], email=email))

    assert accounts.find_user(portal, "falun") == falun_user


def test_a_link_that_cannot_be_made_leaves_everything_as_it_was(portal, falun_user, monkeypatch):
    def break_down(*_args, **_kwargs):
        raise DatabaseUnavailable("disk full")

    monkeypatch.setattr(links, "make", break_down)

    with suppress(DatabaseUnavailable):
        invitations.add(portal, SYSTEM, AccountDetails(username="ny", name="Ny", role="region"))
    with suppress(DatabaseUnavailable):
        invitations.reset_password(portal, SYSTEM, "falun")

    assert summary(portal, "ny") is None
    assert isinstance(login.begin(portal, "falun", PASSWORD), Ticket)


def test_a_closed_account_keeps_its_password_when_no_link_can_be_made(portal, falun_user):
    accounts.set_active(portal, SYSTEM, "falun", is_active=False)

    with pytest.raises(Refused, match="stängt"):
        invitations.reset_password(portal, SYSTEM, "falun")

    assert summary(portal, "falun").has_password
