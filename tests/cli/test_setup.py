"""portal setup: the template, the dry run, exit codes, JSON; then invitations by mail for everybody who waits."""

import shutil

import pytest

from tests.cli.command import Command, fails_in_words
from tests.services.letters.smtp import Inbox, serve
from tests.services.region import content_of
from tests.uploads.setup.books import book, rows, svg


@pytest.fixture
def portal(migrated_file, tmp_path):
    return Command(shutil.copy(migrated_file, tmp_path / "portal.db"))


@pytest.fixture
def workbook(tmp_path):
    def write(filled):
        path = tmp_path / "region.xlsx"
        path.write_bytes(book(filled))
        return path

    return write


def test_a_template_is_written_and_never_over_another_file(portal, tmp_path):
    path = tmp_path / "mall.xlsx"

    assert portal("setup", path, "--template").returncode == 0
    written = path.read_bytes()
    fails_in_words(portal("setup", path, "--template"), "is there already", code=2)

    assert path.read_bytes() == written
    assert portal.json("setup", path, exits=1)["problems"][0]["code"] == "file.no_values"


def test_a_dry_run_then_the_real_one_then_once_more(portal, workbook):
    path = workbook(rows())

    dry = portal("setup", path, "--dry-run")
    first = portal("setup", path)
    second = portal("setup", path)

    assert [done.returncode for done in (dry, first, second)] == [0, 0, 0]
    assert dry.stdout.replace(" (dry run: nothing was stored)", "") == first.stdout
    assert "Mottagningar 2: Lade till mottagning: falun" in first.stdout
    assert second.stdout == "unchanged\n"
    assert [clinic["code"] for clinic in portal.json("clinic", "list")] == ["falun", "borlange"]


def test_json_says_what_was_done(portal, workbook):
    answer = portal.json("setup", workbook(rows()))

    assert set(answer) == {"outcome", "problems", "done"}
    assert (answer["outcome"], answer["problems"]) == ("accepted", [])
    clinic = {"sheet": "Mottagningar", "row": 2, "subject": "falun", "actions": ["clinic.added"]}
    assert clinic in answer["done"]


def test_faults_have_the_keys_of_import_and_nothing_is_stored(portal, workbook, tmp_path):
    filled = rows()
    filled["Konton"][0][2] = "chef"
    path = workbook(filled)
    wrong = tmp_path / "wrong.csv"
    wrong.write_bytes(content_of("mora"))

    answer = portal.json("setup", path, exits=1)
    (problem,) = answer["problems"]

    assert (answer["outcome"], answer["done"]) == ("rejected", [])
    assert (problem["sheet"], problem["cell"], problem["read"]) == ("Konton", "C2", "chef")
    assert portal("setup", path).stderr == problem["message"] + "\n"
    assert portal.json("clinic", "list") == []
    portal("setup", workbook(rows()))
    assert set(portal.json("import", wrong, "--as", "falun", exits=1)["problems"][0]) == set(problem)


def test_a_missing_file_is_wrong_usage(portal, workbook, tmp_path):
    fails_in_words(portal("setup", tmp_path / "no.xlsx"), "There is no file", code=2)
    fails_in_words(
        portal("setup", workbook(rows()), "--logo", tmp_path / "no.svg"), "There is no file", code=2
    )


def test_a_logo_comes_beside_the_workbook(portal, workbook, tmp_path):
    logo = tmp_path / "logo.svg"
    logo.write_bytes(svg())

    assert (
        "Logotyp: Ändrade regionens uppgifter: logotyp"
        in portal("setup", workbook(rows()), "--logo", logo).stdout
    )


def test_everybody_who_waits_is_invited_by_one_command(portal, workbook):
    portal("setup", workbook(rows()))
    away = portal("user", "invite", "--waiting", PORTAL_SMTP_URL="smtp://127.0.0.1:9?from=a@example.org")
    fails_in_words(
        away, "The mail server can't be used (error ", "admin and those after it wait still", code=1
    )

    with serve(Inbox()) as mail:
        done = portal("user", "invite", "--waiting", PORTAL_SMTP_URL=mail.url)

    assert done.stdout == "admin: mailed\nfalun: mailed\n"
    assert len(mail.mails) == 2
    fails_in_words(portal("user", "invite"), "--waiting", code=2)
