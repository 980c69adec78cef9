"""The mail server is away: whoever acts is told with an id that the log has, and what should be told goes later, once."""

import logging
import threading
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from portal.domain.accounts.access import ClinicUser
from portal.services.accounts import accounts, addresses, invitations
from portal.services.accounts.accounts import AccountDetails
from portal.services.letters import posting
from portal.services.letters.mail import MailServer
from portal.services.refused import Refused
from tests.conftest import PASSWORD, SYSTEM, audit_actions
from tests.services.letters.smtp import Inbox, serve


AWAY = "smtp://127.0.0.1:9?from=portal@example.org"
FIA = ClinicUser("fia", "Fia Falun", ("falun",))
NEW = "nio gula paraplyer i regn"


@pytest.fixture
def inbox():
    with serve(Inbox()) as inbox:
        yield inbox


@pytest.fixture
def away(portal):
    """The portal while its mail server is away, with an account that has a password and two that wait for theirs."""
    for username, password in (("fia", PASSWORD), ("gro", ""), ("per", "")):
        details = AccountDetails(
            username=username,
            name=username.title(),
            role="clinic",
            clinics=["falun"],
            password=password,
            email=f"{username}@example.org",
        )
        accounts.add(portal, SYSTEM, details)
    return replace(portal, smtp_url=AWAY)


def subjects(inbox):
    return [(mail["To"], mail["Subject"]) for mail in inbox.mails]


TOLD = ("fia@example.org", "Lösenordet till Vårdval BUP är bytt")


def test_what_was_to_be_told_waits_and_goes_with_the_next_letter_once(away, inbox):
    accounts.change_password(away, FIA, current=PASSWORD, new=NEW)
    assert audit_actions(away)[0] == ("portalen", "letter.kept", "")
    back = replace(away, smtp_url=inbox.url)

    invitations.invite(back, SYSTEM, "gro")
    invitations.invite(back, SYSTEM, "per")

    assert subjects(inbox).count(TOLD) == 1
    assert len(inbox.mails) == 3
    assert posting.send_waiting(back) == 0


def test_the_daily_run_sends_it_too_and_an_address_that_is_refused_is_not_tried_again(away, inbox):
    accounts.change_password(away, FIA, current=PASSWORD, new=NEW)
    addresses.set_email(away, SYSTEM, "fia", "ny@example.org")
    assert posting.send_waiting(away) == 0  # still away: they wait on
    inbox.refused = {"fia@example.org"}
    back = replace(away, smtp_url=inbox.url)

    assert posting.send_waiting(back) == 0
    inbox.refused = set()
    assert posting.send_waiting(back) == 0

    assert inbox.mails == []


def test_a_server_that_takes_nothing_for_now_gets_it_later_and_not_for_ever(away, inbox, monkeypatch):
    full = replace(away, smtp_url=inbox.url)
    inbox.is_full = True
    accounts.change_password(full, FIA, current=PASSWORD, new=NEW)
    assert posting.send_waiting(full) == 0

    inbox.is_full = False
    assert posting.send_waiting(full) == 1
    assert subjects(inbox) == [TOLD]

    inbox.is_full = True
    addresses.set_email(full, SYSTEM, "fia", "ny@example.org")
    monkeypatch.setattr(posting, "GIVEN_UP_AFTER", posting.GIVEN_UP_AFTER * 0)
    posting.send_waiting(full)
    inbox.is_full = False
    assert posting.send_waiting(full) == 0
    assert ("portalen", "letter.sent", "") in audit_actions(full)


class Killed(BaseException):
    """The process ends here."""


def test_one_that_a_run_was_sending_as_it_ended_is_not_sent_again_and_said_to_be_unsure(
    away, inbox, monkeypatch
):
    accounts.change_password(away, FIA, current=PASSWORD, new=NEW)
    back, take = replace(away, smtp_url=inbox.url), MailServer._send

    def take_and_die(server, connection, mail):
        take(server, connection, mail)
        raise Killed

    monkeypatch.setattr(MailServer, "_send", take_and_die)
    with pytest.raises(Killed):
        posting.send_waiting(back)
    monkeypatch.undo()

    assert posting.send_waiting(back) == 0
    assert subjects(inbox) == [TOLD]
    monkeypatch.setattr(posting, "LONGEST_TRY", posting.LONGEST_TRY * 0)
    assert [letter.recipient for letter in posting.list_unsure(back)] == ["fia@example.org"]


@pytest.mark.security
def test_whoever_is_invited_while_it_is_away_waits_on_and_no_link_opens_anything(away, inbox, caplog):
    with caplog.at_level(logging.ERROR, "portal"):
        (made,) = invitations.invite_waiting(away, SYSTEM)  # the second is not even tried

    assert made.posted.is_away
    assert f"mail error {made.posted.error_id}: The mail server 127.0.0.1:9 can't be used" in caplog.text
    with pytest.raises(Refused):
        invitations.find(away, parse_qs(urlsplit(made.url).query)["kod"][0])
    assert [account.username for account in invitations.list_waiting(away, SYSTEM)] == ["gro", "per"]

    invitations.invite_waiting(replace(away, smtp_url=inbox.url), SYSTEM)

    assert [to for to, _ in subjects(inbox)] == ["gro@example.org", "per@example.org"]


def test_who_asks_for_another_address_is_told_with_an_id_and_may_ask_again(away, inbox):
    with pytest.raises(Refused, match=r"går inte att nå.* felkod [0-9a-f]{8} "):
        addresses.change_own(away, FIA, password=PASSWORD, email="ny@example.org")

    addresses.change_own(replace(away, smtp_url=inbox.url), FIA, password=PASSWORD, email="ny@example.org")

    assert subjects(inbox) == [("ny@example.org", "Bekräfta din e-postadress i Vårdval BUP")]


def test_a_forgotten_passwords_link_goes_when_it_is_back_and_only_that_one(away, inbox, monkeypatch):
    tries, send = [], posting._send

    def send_once_it_is_back(portal, mail):
        tries.append(mail)
        return send(portal if len(tries) == 1 else replace(portal, smtp_url=inbox.url), mail)

    monkeypatch.setattr(posting, "_send", send_once_it_is_back)
    monkeypatch.setattr(invitations, "TRIED_AGAIN_AFTER", (0, 0))
    before = set(threading.enumerate())

    invitations.ask_for_new_password(away, "fia")
    for thread in set(threading.enumerate()) - before:
        thread.join(20)

    (mail,) = inbox.mails
    link = next(line for line in mail.get_content().splitlines() if "/valkommen?kod=" in line)
    assert invitations.find(away, parse_qs(urlsplit(link).query)["kod"][0]).username == "fia"
    with pytest.raises(Refused):
        first = next(line for line in tries[0].text.splitlines() if "/valkommen?kod=" in line)
        invitations.find(away, parse_qs(urlsplit(first).query)["kod"][0])
