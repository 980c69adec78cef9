"""Reminders through a real SMTP server: to those who owe something, once, and without figures."""

from dataclasses import replace
from datetime import date

import pytest

from portal.domain.accounts.access import AccessDenied
from portal.domain.reporting.submissions import Calendar
from portal.services.accounts import accounts
from portal.services.accounts.accounts import AccountDetails
from portal.services.letters import reminders
from portal.services.letters.mail import Mail, MailFault, MailServer
from portal.services.refused import Refused
from portal.services.reporting import submitting
from portal.services.reporting.versioning import Confirmation
from portal.services.review import deadlines, reviews
from portal.settings import Settings
from tests.conftest import PASSWORD, SYSTEM, audit_actions
from tests.services.letters.smtp import Inbox, serve
from tests.services.region import (
    CONTROLLER,
    DECEMBER,
    FEBRUARY,
    JANUARY,
    MONTH,
    content_of,
    row_counts,
    send,
    user_of,
)


FIRST_DAY, LAST_DAY, DAY_AFTER = date(2025, 2, 10), date(2025, 2, 15), date(2025, 2, 16)


@pytest.fixture
def inbox():
    with serve(Inbox()) as inbox:
        yield inbox


@pytest.fixture
def settings(inbox):
    return Settings(smtp_url=inbox.url, base_url="https://portal.example.org/")


@pytest.fixture
def portal(portal):
    """Everybody has sent what came before January; mora has no address, falun has two."""
    earlier = [portal.calendar.first_month]
    while earlier[-1] < DECEMBER:
        earlier.append(earlier[-1].next)
    for month in earlier[-2:]:
        for clinic in ("falun", "mora", "ludvika"):
            send(portal, clinic, month)
    portal = narrowed(portal, earlier[-2])
    for username, clinic, email in (
        ("falun-chef", "falun", "chef@falun.example"),
        ("falun-vik", "falun", "Vik@falun.example"),
        ("ludvika-chef", "ludvika", "chef@ludvika.example"),
        ("mora-chef", "mora", ""),
    ):
        add_account(portal, username, email, clinics=[clinic])
    add_account(portal, "controller", "controller@region.example", role="region")
    return portal


def narrowed(portal, first):
    """Let the portal begin late: the months before would all be owed."""
    return replace(portal, calendar=Calendar(first_month=first))


def add_account(portal, username, email, *, role="clinic", clinics=()):
    accounts.add(
        portal,
        SYSTEM,
        AccountDetails(
            username=username,
            name=username.title(),
            role=role,
            clinics=clinics,
            password=PASSWORD,
            email=email,
        ),
    )


def remind(portal, settings, today, **options):
    return reminders.send(portal.on(today), settings, **options)


def planned(portal, today):
    found = reminders.plan(portal, base_url="https://portal.example.org", today=today)
    return {(one.kind, one.mail.to) for one in found}


def test_who_owes_a_month_is_reminded_five_days_before_and_the_day_after(portal):
    assert planned(portal, date(2025, 2, 9)) == set()

    for today, kind in ((FIRST_DAY, "before"), (LAST_DAY, "before"), (DAY_AFTER, "after")):
        assert planned(portal, today) == {
            (kind, "chef@falun.example"),
            (kind, "vik@falun.example"),
            (kind, "chef@ludvika.example"),
            ("no recipient", "controller@region.example"),
        }


def test_who_has_sent_is_left_alone(portal):
    send(portal, "falun")

    assert "chef@falun.example" not in {to for _, to in planned(portal, DAY_AFTER)}


def test_an_extension_moves_the_reminders(portal):
    deadlines.grant(
        portal, CONTROLLER, clinic="falun", month=JANUARY, until=date(2025, 2, 28), reason="Nytt system"
    )

    def kinds(day):
        return {kind for kind, to in planned(portal, day) if to == "chef@falun.example"}

    assert [kinds(date(2025, 2, day)) for day in (16, 22, 23, 28)] == [set(), set(), {"before"}, {"before"}]
    assert kinds(date(2025, 3, 1)) == {"after"}


def test_a_mail_is_swedish_friendly_links_to_the_month_and_holds_no_figure(portal, settings, inbox):
    remind(portal, settings, FIRST_DAY)

    (mail,) = inbox.to("chef@falun.example")
    text = mail.get_content()
    assert mail["From"] == "portal@example.org"
    assert mail["Subject"] == "Dags att rapportera: BUP Falun, januari 2025"
    assert text.startswith("Hej Falun-Chef!")
    assert "BUP Falun, januari 2025: sista dag 15 februari 2025" in text
    assert "https://portal.example.org/rapportera?manad=2025-01&mottagning=falun" in text
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"]
    assert mail["Message-ID"].endswith("@example.org>")
    assert not {str(value) for value in MONTH.values()} & set(text.split())


def test_each_reminder_goes_out_once_and_is_noted_with_its_audit_row(portal, settings, inbox):
    remind(portal, settings, FIRST_DAY)
    count = len(inbox.mails)
    before = row_counts(portal)

    assert remind(portal, settings, LAST_DAY) == []

    assert (len(inbox.mails), row_counts(portal)) == (count, before)
    assert ("kommandorad", "reminder.sent", "2025-01 before") in audit_actions(portal)
    remind(portal, settings, DAY_AFTER)
    assert len(inbox.mails) == count + 3  # the region has been told of mora


def test_two_months_of_one_clinic_are_one_mail(portal, settings, inbox):
    remind(portal, settings, date(2025, 3, 20))

    (mail,) = inbox.to("chef@ludvika.example")
    assert mail["Subject"] == "Saknas fortfarande: 2 månader"
    assert row_counts(portal)["reminder"] == 2 * 4  # two months: falun's two accounts, ludvika, the region


def test_a_clinic_that_nobody_can_remind_is_told_to_the_region_in_one_mail(portal, settings, inbox):
    remind(portal, settings, FIRST_DAY)

    (mail,) = inbox.to("controller@region.example")
    assert "BUP Mora, januari 2025" in mail.get_content()
    assert "BUP Falun" not in mail.get_content()
    assert [clinic.code for clinic in reminders.list_unreached(portal, CONTROLLER)] == ["mora"]
    with pytest.raises(AccessDenied):
        reminders.list_unreached(portal, user_of("mora"))


def test_a_closed_account_gets_nothing(portal):
    accounts.set_active(portal, SYSTEM, "ludvika-chef", is_active=False)

    assert "chef@ludvika.example" not in {to for _, to in planned(portal, FIRST_DAY)}
    assert [c.code for c in reminders.list_unreached(portal, CONTROLLER)] == ["mora", "ludvika"]


def test_the_sender_is_told_of_the_decision_once_per_version(portal, settings, inbox):
    send(portal, "falun")
    reviews.send_back(portal, CONTROLLER, clinic="falun", month=JANUARY, comment="Är 45 planer rätt?")
    remind(portal, settings, date(2025, 2, 6))
    remind(portal, settings, date(2025, 2, 7))

    (mail,) = inbox.mails
    assert (mail["To"], mail["Subject"]) == (
        "chef@falun.example",
        "Återlämnad för rättelse: BUP Falun, januari 2025",
    )
    assert "45" not in mail.get_content()  # the comment may hold figures: it is read in the portal

    submitting.commit(
        portal,
        user_of("falun"),
        name="rättad.csv",
        content=content_of(care_plans=46),
        confirmation=Confirmation(reason="En plan hade fallit bort."),
    )
    reviews.approve(portal, CONTROLLER, clinic="falun", month=JANUARY)
    remind(portal, settings, date(2025, 2, 8))
    assert inbox.mails[-1]["Subject"] == "Godkänd: BUP Falun, januari 2025"
    assert audit_actions(portal)[0][2] == "2025-01 approved v2"


def test_old_decisions_are_not_told_by_the_first_run(portal, settings):
    send(portal, "falun")
    reviews.approve(portal, CONTROLLER, clinic="falun", month=JANUARY)

    assert "approved" not in {kind for kind, _ in planned(portal, date(2025, 3, 1))}


def test_a_dry_run_says_what_would_go_out_and_sends_nothing(portal, settings, inbox):
    found = remind(portal, Settings(), FIRST_DAY, dry_run=True)

    assert {one.planned.kind for one in found} == {"before", "no recipient"}
    assert inbox.mails == []
    assert row_counts(portal)["reminder"] == 0


def test_an_address_that_is_refused_stops_nobody_else_and_is_tried_again(portal, settings, inbox):
    inbox.refused = {"chef@falun.example"}
    found = remind(portal, settings, FIRST_DAY)

    assert {one.planned.mail.to: one.refusal for one in found if one.refusal} == {
        "chef@falun.example": "550 no such mailbox"
    }
    assert len(inbox.mails) == 3

    inbox.refused = set()
    remind(portal, settings, LAST_DAY)
    assert [mail["To"] for mail in inbox.mails[3:]] == ["chef@falun.example"]


def test_a_server_that_takes_nothing_for_now_gets_them_the_next_time(portal, settings, inbox):
    inbox.is_full = True
    assert {delivery.refusal[:3] for delivery in remind(portal, settings, FIRST_DAY)} == {"452"}

    inbox.is_full = False
    remind(portal, settings, FIRST_DAY)

    assert len(inbox.mails) == 4
    assert reminders.list_unsure(portal.on(DAY_AFTER), CONTROLLER) == []


def test_without_a_server_nothing_is_noted_and_the_fault_is_in_words(portal):
    for url, words in (
        ("", "PORTAL_SMTP_URL is not set"),
        ("smtp://127.0.0.1:9?from=a@b.se", "can't be used"),
    ):
        with pytest.raises(MailFault, match=words):
            remind(portal, Settings(smtp_url=url), FIRST_DAY)
    assert row_counts(portal)["reminder"] == 0


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://mail.example.org?from=a@b.se", "is not smtp"),
        ("smtp://?from=a@b.se", "with a host"),
        ("smtp://mail.example.org", "lacks the sender"),
        ("smtp://mail.example.org:99999?from=a@b.se", "port"),
        ("smtp://user:hemligt@mail.example.org?from=a@b.se", "in the clear"),
    ],
)
def test_an_address_of_a_server_that_cannot_be_used_is_refused_without_its_password(url, words):
    with pytest.raises(MailFault, match=words) as fault:
        MailServer.parse(url)
    assert "hemligt" not in str(fault.value)


def test_a_server_without_encryption_gets_no_password(settings, inbox):
    url = settings.smtp_url.replace("smtp://", "smtp+starttls://user:hemligt@")
    mail = Mail(to="a@b.se", subject="x", text="y")

    with pytest.raises(MailFault, match="can't be used"):
        list(MailServer.parse(url).send([mail]))
    assert inbox.mails == []


@pytest.mark.parametrize(
    "email", ["utan-at", "a@b", "a b@c.se", "a@c.se, d@e.se", "a@c.se\nBcc: d@e.se", "Å <a@c.se>"]
)
def test_an_address_is_one_plain_address(portal, email):
    with pytest.raises(Refused, match="E-postadressen"):
        add_account(portal, "ny", email, clinics=["mora"])


def test_months_not_over_are_not_asked_for(portal):
    for clinic in ("falun", "mora", "ludvika"):
        send(portal, clinic)

    assert planned(portal, date(2025, 2, 28)) == set()
    assert FEBRUARY not in {
        sent[1] for one in reminders.plan(portal, base_url="x", today=DAY_AFTER) for sent in one.covers
    }


# Once, whatever happens


class Killed(BaseException):
    """The process ends here."""


def test_a_run_killed_after_the_server_took_a_mail_sends_it_no_second_time(
    portal, settings, inbox, monkeypatch
):
    take = MailServer._send

    def take_and_die(server, connection, mail):
        take(server, connection, mail)
        raise Killed

    monkeypatch.setattr(MailServer, "_send", take_and_die)
    with pytest.raises(Killed):
        remind(portal, settings, FIRST_DAY)
    assert len(inbox.mails) == 1
    monkeypatch.undo()

    remind(portal, settings, FIRST_DAY)

    recipients = [mail["To"] for mail in inbox.mails]
    assert len(recipients) == len(set(recipients)) > 1
    (unsure,) = reminders.list_unsure(portal.on(DAY_AFTER), CONTROLLER)
    assert unsure[-1] == recipients[0]


def test_two_runs_at_once_send_each_mail_once(portal, settings, inbox, monkeypatch):
    take = MailServer._send
    runs = []

    def take_as_another_run_begins(server, connection, mail):
        if not runs:
            runs.append("second")
            remind(portal, settings, FIRST_DAY)
        return take(server, connection, mail)

    monkeypatch.setattr(MailServer, "_send", take_as_another_run_begins)
    remind(portal, settings, FIRST_DAY)

    recipients = [mail["To"] for mail in inbox.mails]
    assert len(recipients) == len(set(recipients)) > 1
    assert reminders.list_unsure(portal.on(DAY_AFTER), CONTROLLER) == []
