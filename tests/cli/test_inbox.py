"""portal inbox: two looks, exit codes, one mail to the region, and an end that finishes the file in hand."""

import json
import os
import signal
import subprocess
import sys
import threading

import pytest

from db.engine import Database
from portal.cli import inbox as command
from portal.services.accounts import accounts
from portal.services.accounts.accounts import AccountDetails
from portal.services.context import Clock, Portal
from portal.services.letters.untold import Untold
from portal.services.reporting.inbox_folder import InboxFolder
from portal.settings import ROOT
from tests.cli.command import Command, fails_in_words
from tests.conftest import PASSWORD, SYSTEM, TODAY, add_account, add_clinics
from tests.services.letters.smtp import Inbox, serve
from tests.services.region import content_of


@pytest.fixture
def portal(migrated_file, tmp_path, monkeypatch):
    path = tmp_path / "portal.db"
    path.write_bytes(migrated_file.read_bytes())
    opened = Portal(database=Database(f"sqlite:///{path}"), clock=Clock(TODAY))
    add_clinics(opened)
    add_account(opened, "bild", role="region")
    for username, email, role in (
        ("chef", "chef@region.example", "region"),
        ("admin", "admin@region.example", "admin"),
        ("gone", "gone@region.example", "region"),
        ("falun", "chef@falun.example", "clinic"),
    ):
        clinics = ["falun"] if role == "clinic" else []
        details = AccountDetails(
            username=username,
            name=username.title(),
            role=role,
            clinics=clinics,
            password=PASSWORD,
            email=email,
        )
        accounts.add(opened, SYSTEM, details)
    accounts.set_active(opened, SYSTEM, "gone", is_active=False)
    opened.database.engine.dispose()
    monkeypatch.setattr(command, "Event", Impatient)
    return Command(path)


class Impatient(threading.Event):
    """The time between two looks passes at once."""

    def wait(self, timeout=None):
        return self.is_set()


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "inbox"
    path.mkdir()
    return path


def take(portal, folder, **environment):
    return portal("inbox", folder, "--as", "bild", "--once", **environment)


def test_once_takes_what_is_there_and_says_what_became_of_it(portal, folder):
    (folder / "bild.csv").write_bytes(content_of())

    done = take(portal, folder)

    assert (done.returncode, done.stdout) == (0, "bild.csv: accepted\n")
    (folder / "bild.csv").write_bytes(content_of())
    assert take(portal, folder).stdout == "bild.csv: repeated\n"
    assert take(portal, folder).stdout == ""


def test_what_was_refused_is_told_to_the_region_in_one_mail_without_figures(portal, folder):
    (folder / "ett.csv").write_bytes(content_of(calls_answered_same_day=987))
    (folder / "tva.csv").write_bytes(content_of("ny"))

    with serve(Inbox()) as mail:
        done = take(portal, folder, PORTAL_SMTP_URL=mail.url)

    assert done.returncode == 1
    assert done.stdout == "ett.csv: rejected\ntva.csv: rejected\n"
    assert sorted(letter["To"] for letter in mail.mails) == ["admin@region.example", "chef@region.example"]
    text = mail.mails[0].get_content()
    assert mail.mails[0]["Subject"] == "2 filer i inkorgen lästes inte in"
    assert "ett.csv: 1 fel" in text
    assert "tva.csv" in text
    assert "987" not in text
    assert "987" in (folder / "refused" / "ett.csv.txt").read_text("utf-8")
    assert "chef@region.example" in done.stderr


def test_a_mail_server_that_is_away_is_tried_again_at_the_next_look(portal, folder, monkeypatch):
    """The file is put away all the same, and told of once."""
    (folder / "bild.csv").write_bytes(b"")
    monkeypatch.setenv("PORTAL_DATABASE_URL", portal.url)
    with serve(Inbox()) as mail:
        portal_without = Portal(
            database=Database(portal.url), clock=Clock(TODAY), smtp_url="smtp://127.0.0.1:1?from=a@b.example"
        )
        rounds = command._Rounds(portal_without, "bild", InboxFolder(folder))
        for url in (portal_without.smtp_url, portal_without.smtp_url, mail.url, mail.url):
            object.__setattr__(portal_without, "smtp_url", url)
            rounds.take(is_ending=lambda: False)
        portal_without.database.engine.dispose()

    assert os.listdir(folder / "refused") != []
    assert len(mail.to("chef@region.example")) == 1


def test_what_a_process_ended_before_it_mailed_is_mailed_by_the_next_one(portal, folder):
    (folder / "bild.csv").write_bytes(b"")
    away = take(portal, folder, PORTAL_SMTP_URL="smtp://127.0.0.1:1?from=a@b.example")
    assert "can't be used" in away.stderr

    with serve(Inbox()) as mail:
        for _ in range(2):
            take(portal, folder, PORTAL_SMTP_URL=mail.url)

    assert [letter["Subject"] for letter in mail.to("chef@region.example")] == [
        "En fil i inkorgen lästes inte in"
    ]


def test_whoever_was_being_told_as_a_process_ended_is_not_told_again_and_the_others_are(portal, folder):
    (folder / "bild.csv").write_bytes(b"")
    take(portal, folder, PORTAL_SMTP_URL="smtp://127.0.0.1:1?from=a@b.example")
    untold = Untold.read(folder)
    assert untold.begin("chef@region.example")  # and here the process ends

    with serve(Inbox()) as mail:
        take(portal, folder, PORTAL_SMTP_URL=mail.url)

    assert [letter["To"] for letter in mail.mails] == ["admin@region.example"]
    assert Untold.read(folder).lines == []


def test_an_inbox_that_others_empty_is_left_to_them(portal, folder):
    (folder / "bild.csv").write_bytes(content_of())

    with InboxFolder(folder).locked():
        done = take(portal, folder)

    assert (done.returncode, done.stdout) == (0, "")
    assert "Another process" in done.stderr
    assert (folder / "bild.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("missing", "--as", "bild"), ("There is no folder",)),
        ((".", "--as", "nobody"), ("no active account",)),
        ((".",), ("--as",)),
    ],
)
def test_what_can_not_be_used_is_said(portal, folder, arguments, words):
    path, *options = arguments

    fails_in_words(portal("inbox", folder / path, *options, "--once"), *words)


def test_it_goes_on_until_it_is_ended_and_finishes_the_file_in_hand(portal, folder):
    (folder / "bild.csv").write_bytes(content_of())
    process = subprocess.Popen(
        [sys.executable, "-m", "portal", "inbox", folder, "--as", "bild", "--every", "1"],
        cwd=ROOT,
        env=portal.environment(PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "bild.csv: accepted\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.stdout.close()

    assert json.loads((folder / "done" / "bild.csv.json").read_text("utf-8"))["outcome"] == "accepted"
