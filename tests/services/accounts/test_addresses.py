"""E-mail addresses: one account's each, and one's own counts once its mailed link was opened."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from sqlalchemy.exc import IntegrityError

from db.scoping import table
from portal.domain.accounts.access import EVERY_CLINIC, ClinicUser
from portal.services.accounts import accounts, addresses, identity, invitations
from portal.services.accounts.accounts import AccountDetails
from portal.services.accounts.addresses import OwnAddress
from portal.services.accounts.identity import Terms
from portal.services.refused import Refused
from tests.conftest import PASSWORD, SYSTEM, add_account, audit_actions
from tests.services.accounts.test_invitations import ask
from tests.services.letters.smtp import Inbox, serve


pytestmark = pytest.mark.security
START = 1_000_000_000
RUT, FALUN = "rut@region.example", ClinicUser("falun", "Fia Falun", ("falun",))
TERMS = Terms()


@pytest.fixture
def inbox():
    with serve(Inbox()) as inbox:
        yield inbox


@pytest.fixture
def mailing(portal, inbox):
    """A portal with mail: Rut at the region has an address, Fia in Falun none."""
    add_account(portal, "falun", role="clinic", clinics=["falun"])
    accounts.add(
        portal,
        SYSTEM,
        AccountDetails(username="rut", name="Rut", role="region", password=PASSWORD, email=RUT),
    )
    return replace(portal, smtp_url=inbox.url)


def link_in(mail):
    line = next(line for line in mail.get_content().splitlines() if "?kod=" in line)
    return parse_qs(urlsplit(line).query)["kod"][0]


def change(portal, email, user=FALUN, password=PASSWORD):
    return addresses.change_own(portal, user, password=password, email=email)


def logged_in_as(portal, email):
    """Return whose session the region's login opens for that address."""
    if not identity.open_session(portal, {"email": email, "email_verified": True}, TERMS):
        return None
    return next(actor for actor, action, _ in audit_actions(portal) if action == "login.opened")


@pytest.mark.asvs("7.5.1")
def test_ones_own_address_is_changed_with_the_password_only(mailing, inbox):
    with pytest.raises(Refused, match="stämmer inte"):
        change(mailing, "fia@example.org", password="fel")

    assert addresses.own(mailing, FALUN) == OwnAddress("", "")
    assert inbox.mails == []


@pytest.mark.asvs("7.5.1", "6.3.4")
def test_a_new_address_counts_once_its_link_was_opened_and_the_old_one_is_told(mailing, inbox):
    addresses.set_email(mailing, SYSTEM, "falun", "gammal@example.org")

    assert change(mailing, " Fia@Example.org ") == OwnAddress("gammal@example.org", "fia@example.org")
    assert logged_in_as(mailing, "fia@example.org") is None
    secret = link_in(inbox.to("fia@example.org")[0])
    assert addresses.wanted_behind(mailing, secret) == "fia@example.org"  # looking at it confirms nothing
    assert addresses.own(mailing, FALUN).email == "gammal@example.org"

    assert addresses.confirm(mailing, secret) == "fia@example.org"

    assert addresses.own(mailing, FALUN) == OwnAddress("fia@example.org", "")
    assert logged_in_as(mailing, "fia@example.org") == "falun"
    assert logged_in_as(mailing, "gammal@example.org") is None
    assert [mail["Subject"] for mail in inbox.to("gammal@example.org")] == [
        "E-postadressen till Vårdval BUP är bytt"
    ]
    with pytest.raises(Refused, match="gäller inte längre"):
        addresses.confirm(mailing, secret)


@pytest.mark.asvs("6.3.4", "6.3.8")
def test_to_set_ones_own_address_to_anothers_cuts_nobody_off(mailing, inbox):
    for spelling in (RUT, RUT.upper(), f" {RUT} "):
        change(mailing, spelling)
    ask(mailing, RUT)

    assert logged_in_as(mailing, RUT) == "rut"
    notice, *_, reset = inbox.to(RUT)
    assert "?kod=" not in notice.get_content()
    assert "falun" not in notice.get_content().lower()
    assert invitations.find(mailing, link_in(reset)).username == "rut"


@pytest.mark.asvs("6.3.8")
def test_the_answer_does_not_tell_whether_an_address_is_taken(mailing):
    assert [change(mailing, email).email for email in (RUT, "ledig@region.example")] == ["", ""]
    assert addresses.own(mailing, FALUN).wanted == "ledig@region.example"


def test_an_address_taken_while_its_link_was_out_is_not_taken_over(mailing, inbox):
    change(mailing, "delad@example.org")
    addresses.set_email(mailing, SYSTEM, "rut", "delad@example.org")

    with pytest.raises(Refused, match="ett annat konto"):
        addresses.confirm(mailing, link_in(inbox.to("delad@example.org")[0]))

    assert logged_in_as(mailing, "delad@example.org") == "rut"


def test_the_administrator_is_told_whose_an_address_is_and_an_account_is_found_one_way(portal):
    add_account(portal, "falun", role="clinic", clinics=["falun"])
    add_account(portal, "rut@region.example", role="region")
    addresses.set_email(portal, SYSTEM, "falun", "fia@example.org")
    new = AccountDetails(username="ny", name="Ny", role="region", email="FIA@example.org")

    for details in (new, replace(new, username="fia@example.org", email=""), replace(new, email=RUT)):
        with pytest.raises(Refused, match="hör redan till kontot"):
            accounts.add(portal, SYSTEM, details)
    with pytest.raises(Refused, match="hör redan till kontot falun"):
        addresses.set_email(portal, SYSTEM, "rut@region.example", "Fia@Example.org")
    addresses.set_email(portal, SYSTEM, "falun", "FIA@example.org")  # one's own again is no one else's


def test_the_database_itself_keeps_an_address_once(mailing):
    with pytest.raises(IntegrityError), mailing.database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(table("account").update().values(email="samma@example.org"))


@pytest.mark.asvs("6.4.1")
def test_a_link_opens_only_what_it_is_for(mailing, inbox):
    change(mailing, "fia@example.org")
    of_address = link_in(inbox.mails[0])
    of_password = parse_qs(urlsplit(invitations.invite(mailing, SYSTEM, "falun").url).query)["kod"][0]

    for use in (
        lambda: invitations.find(mailing, of_address),
        lambda: invitations.accept(mailing, of_address, password="nio gula paraplyer i regn"),
        lambda: addresses.confirm(mailing, of_password),
    ):
        with pytest.raises(Refused, match="gäller inte längre"):
            use()
    assert addresses.wanted_behind(mailing, of_password) == ""
    assert addresses.confirm(mailing, of_address)  # the control: another's link has not spoilt it


def test_a_second_wish_spoils_the_first_ones_link(mailing, inbox):
    change(mailing, "fel@example.org")
    change(mailing, "fia@example.org")

    with pytest.raises(Refused):
        addresses.confirm(mailing, link_in(inbox.to("fel@example.org")[0]))
    assert addresses.confirm(mailing, link_in(inbox.to("fia@example.org")[0])) == "fia@example.org"


def test_letters_to_strangers_are_few(mailing, inbox):
    with time_machine.travel(START, tick=False) as clock:
        for number in range(5):
            change(mailing, f"offer-{number}@example.org")
        with pytest.raises(Refused, match="Vänta en timme"):
            change(mailing, "offer@example.org")
        assert len(inbox.mails) == 5
        clock.shift(3600)
        change(mailing, "fia@example.org")


def test_where_no_mail_goes_out_or_arrives_that_is_said(mailing, inbox):
    with pytest.raises(Refused, match="administratör att byta"):
        change(replace(mailing, smtp_url=""), "fia@example.org")
    inbox.refused.add("felstavad@example.org")
    with pytest.raises(Refused, match="felstavad@example.org gick inte iväg"):
        change(mailing, "felstavad@example.org")
    for text in ("fia@falun", "å@example.org", "a@example.org, b@example.org"):
        with pytest.raises(Refused, match="namn@exempel.se"):
            change(mailing, text)

    addresses.set_email(mailing, SYSTEM, "falun", "fia@example.org")
    with pytest.raises(Refused, match="redan din"):
        change(mailing, "Fia@example.org")
    assert change(mailing, "") == OwnAddress("", "")


# The region's own login


PERSON = {"email": RUT, "email_verified": True, "acr": "mfa"}


@pytest.fixture
def rut(portal):
    """A portal in which Rut has an account, and one with Kim."""
    add_account(portal, "kim", role="region")
    accounts.add(portal, SYSTEM, AccountDetails(username="rut", name="Rut", role="region", email=RUT))
    return portal


def opened(portal, claim, words, terms=TERMS):
    """Return those of the words that open a session where the provider says them for that claim."""
    return [word for word in words if identity.open_session(portal, {**PERSON, claim: word}, terms)]


@pytest.mark.asvs("6.3.4")
def test_an_address_counts_only_where_the_provider_says_true(rut):
    words = [True, "true", "True", "false", "", 0, 1, None, [True], {}]

    assert [word is True for word in opened(rut, "email_verified", words)] == [True]
    assert identity.open_session(rut, {"email": RUT}, TERMS) is None
    by_name = {"upn": "rut"}  # a name of the region's own needs no such word
    assert identity.open_session(rut, by_name, Terms(claim="upn"))


@pytest.mark.asvs("6.3.4")
def test_an_address_is_compared_letter_by_letter(rut):
    same = [RUT, "Rut@Region.Example"]
    others = [f" {RUT}", f"{RUT}\n", f"{RUT}\u200b", "rut@reg\u0131on.example", "ruT\u0307@region.example"]

    assert opened(rut, "email", [*same, *others, "\uff52ut@region.example", "", [RUT], None]) == same


@pytest.mark.asvs("6.3.4")
def test_a_username_of_the_provider_is_compared_letter_by_letter(rut):
    same, others = ["kim", "KIM"], ["\u212aim", "k\u0130m", "\uff4bim", "kim ", "", 1, None]

    assert opened(rut, "upn", [*same, *others], Terms(claim="upn")) == same


def test_a_login_weaker_than_asked_for_opens_nothing(rut):
    words = [None, "", "password", "MFA", ["mfa"], {"mfa": True}]

    assert opened(rut, "acr", ["mfa", *words], Terms(acr=("mfa",))) == ["mfa"]
