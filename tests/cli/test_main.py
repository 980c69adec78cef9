"""The command line's contracts: keys, exit codes, and faults as one line on stderr."""

import os
import shutil
import sqlite3
import stat
from contextlib import closing

import openpyxl
import pytest

from portal.demo import build
from portal.domain.registry.months import Month
from portal.services.review import reviews
from portal.uploads import template
from tests.cli.command import Command, fails_in_words, umask_kept
from tests.conftest import open_demo
from tests.services.region import row_counts


JANUARY = "2025-01"


@pytest.fixture
def portal(demo_file, tmp_path):
    """The command line on a copy of the demo, for tests that write."""
    return Command(shutil.copy(demo_file, tmp_path / "demo.db"))


@pytest.fixture(scope="module")
def reading(demo_file, tmp_path_factory):
    """The command line on a copy of the demo, for tests that only read."""
    return Command(shutil.copy(demo_file, tmp_path_factory.mktemp("reading") / "demo.db"))


def blankett(command, folder, *, clinic="mora", **changes):
    """Fetch the blankett of January and fill it in with the month before, and `changes`."""
    path = folder / f"{clinic}.xlsx"
    assert command("template", "--clinic", clinic, "--month", JANUARY, "--out", path).returncode == 0
    book = openpyxl.load_workbook(path)
    sheet = book[template.DATA_SHEET]
    (column,) = [cell.column for cell in sheet[template.HEADING_ROW] if str(cell.value) == JANUARY]
    for row in range(template.HEADING_ROW + 1, sheet.max_row + 1):
        code = sheet.cell(row, 1).value
        sheet.cell(row, column).value = changes.get(code, sheet.cell(row, 5).value)
    book.save(path)
    return path


# demo


def test_demo_build_only_prints_one_object_and_serves_nothing(tmp_path):
    command = Command(tmp_path / "new" / "demo.db")

    found = command.json("demo", "--build-only", "--database", command.url)

    assert set(found) >= {"database", "url", "accounts"}
    assert found["database"] == command.url
    for account in found["accounts"]:
        assert set(account) >= {"username", "password", "role", "clinics", "totp_secret"}
        assert account["role"] in ("clinic", "region", "admin")
        assert bool(account["clinics"]) is (account["role"] == "clinic")
    assert sum(bool(account["totp_secret"]) for account in found["accounts"]) == 1
    assert any(len(account["clinics"]) == 2 for account in found["accounts"])


def test_demo_that_is_built_is_left_as_it_is_and_reset_builds_anew(portal, demo_file, monkeypatch):
    tables_before = []

    def copy_what_was_built(new):
        """Building takes seconds, and the test above does it."""
        with closing(sqlite3.connect(demo_file)) as built, closing(sqlite3.connect(portal.path)) as target:
            tables_before.append(target.execute("SELECT count(*) FROM sqlite_master").fetchone())
            built.backup(target)

    def sent():
        return row_counts(open_demo(portal.path))["submission"]

    monkeypatch.setattr(build, "build", copy_what_was_built)
    before = sent()
    content = blankett(portal, portal.path.parent)
    assert portal("import", content, "--as", "mora").returncode == 0
    assert sent() == before + 1

    portal.json("demo", "--build-only", "--database", portal.url)
    assert (sent(), tables_before) == (before + 1, [])

    portal.json("demo", "--build-only", "--reset", "--database", portal.url)
    assert (sent(), tables_before) == (before, [(0,)])


@pytest.mark.asvs("15.2.3")
@pytest.mark.parametrize("options", [(), ("--reset",)])
def test_demo_leaves_a_real_database_alone(real, options):
    assert real("user", "add", "a", "--name", "A", "--role", "admin", "--invite").returncode == 0

    fails_in_words(real("demo", "--build-only", *options, "--database", real.url), "nothing was touched")

    assert [account["username"] for account in real.json("user", "list")] == ["a"]


def test_demo_is_served_on_this_machine_only(tmp_path):
    command = Command(tmp_path / "demo.db")

    done = command("demo", "--host", "0.0.0.0", "--database", command.url)

    fails_in_words(done, "127.0.0.1", code=2)
    assert not command.path.exists()


# template, import, review, release, figures


def test_a_month_goes_from_template_to_release(portal, tmp_path):
    before = portal.json("figures", 2025)["indicators"]["care_plans"]
    path = blankett(portal, tmp_path)

    receipt = portal.json("import", path, "--as", "mora")
    approved = portal("review", JANUARY, "--clinic", "mora", "--as", "granskare", "--approve")
    (release,) = portal.json("release", JANUARY, "--as", "region")
    after = portal.json("figures", 2025)["indicators"]["care_plans"]

    assert receipt["outcome"] == "accepted"
    assert approved.returncode == 0, approved.stderr
    assert set(release) >= {"month", "clinics", "shown", "hidden"}
    assert "mora" in release["clinics"]
    assert after["value"] == before["value"] + after["clinics"]["mora"]["value"]


IMPORT_KEYS = {"outcome", "problems", "receipt"}
PROBLEM_KEYS = {
    "code",
    "severity",
    "sheet",
    "cell",
    "row",
    "column",
    "clinic",
    "month",
    "measure",
    "read",
    "message",
}
RECEIPT_KEYS = {"submissions", "sha256", "read", "new", "changed", "unchanged"}


def test_import_exits_0_with_a_receipt_and_0_again_when_nothing_changes(portal, tmp_path):
    path = blankett(portal, tmp_path)

    first = portal.json("import", path, "--as", "mora")
    again = portal.json("import", path, "--as", "mora")

    assert set(first) >= IMPORT_KEYS
    assert set(first["receipt"]) >= RECEIPT_KEYS
    assert first["receipt"]["submissions"] == [{"clinic": "mora", "month": JANUARY, "version": 1}]
    assert (again["outcome"], again["receipt"]["submissions"]) == ("unchanged", [])


def test_import_exits_1_and_names_the_cell_when_the_file_is_rejected(portal, tmp_path):
    path = blankett(portal, tmp_path, care_plans="många")
    before = row_counts(open_demo(portal.path))

    found = portal.json("import", path, "--as", "mora", exits=1)

    assert (found["outcome"], found["receipt"]) == ("rejected", None)
    problem = next(problem for problem in found["problems"] if problem["read"] == "många")
    assert set(problem) >= PROBLEM_KEYS
    assert (problem["severity"], problem["sheet"]) == ("error", template.DATA_SHEET)
    assert problem["cell"].endswith(str(problem["row"]))
    assert problem["message"]
    assert row_counts(open_demo(portal.path)) == before


def test_import_exits_3_until_the_warnings_are_confirmed_with_a_note(portal, tmp_path):
    path = blankett(portal, tmp_path, care_plans=9_000)

    asked = portal.json("import", path, "--as", "mora", exits=3)
    assert asked["outcome"] == "needs_confirmation"
    assert {problem["severity"] for problem in asked["problems"]} == {"warning"}
    fails_in_words(portal("import", path, "--as", "mora", "--confirm-warnings"), "--note", code=2)

    done = portal.json("import", path, "--as", "mora", "--confirm-warnings", "--note", "Räknat om.")
    assert done["outcome"] == "accepted"


def test_import_dry_run_stores_nothing(portal, tmp_path):
    path = blankett(portal, tmp_path)
    before = row_counts(open_demo(portal.path))

    assert portal.json("import", path, "--as", "mora", "--dry-run")["outcome"] == "accepted"

    assert row_counts(open_demo(portal.path)) == before


def test_import_says_which_sheets_were_not_read(portal, tmp_path):
    path = blankett(portal, tmp_path)
    book = openpyxl.load_workbook(path)
    book.create_sheet("Anteckningar")["A1"] = "att göra"
    book.save(path)

    assert (
        "notice: Bladet ”Anteckningar” lästes inte."
        in portal("import", path, "--as", "mora", "--dry-run").stderr
    )
    outcome = portal.json("import", path, "--as", "mora")
    assert (outcome["outcome"], outcome["notices"]) == ("accepted", ["Bladet ”Anteckningar” lästes inte."])


def test_import_of_another_clinics_month_is_rejected(portal, tmp_path):
    path = blankett(portal, tmp_path)

    assert portal.json("import", path, "--as", "ludvika", exits=1)["outcome"] == "rejected"


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "finns-inte.xlsx", "--as", "mora"),
        ("import", "README.md", "--as", "ingen"),
        ("import", "README.md"),
        ("review", JANUARY, "--clinic", "mora", "--as", "region"),
        ("review", JANUARY, "--clinic", "mora", "--as", "region", "--approve", "--return", "Se över."),
        ("review", "januari", "--clinic", "mora", "--as", "region", "--approve"),
        ("release", "--as", "region"),
        ("release", JANUARY, "--due", "--as", "region"),
        ("template", "--clinic", "finnsinte", "--month", JANUARY, "--out", "x.xlsx"),
        ("template", "--clinic", "mora", "--month", "2025-13", "--out", "x.xlsx"),
        ("figures",),
        ("nosuchcommand",),
    ],
)
def test_wrong_usage_exits_2(reading, arguments):
    done = reading(*arguments)

    assert done.returncode == 2, done.stderr
    assert done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("review", JANUARY, "--clinic", "mora", "--as", "region", "--approve"), "inte skickat"),
        (("review", JANUARY, "--clinic", "avesta", "--as", "region", "--return", "x"), "kommentar"),
        (("review", JANUARY, "--clinic", "avesta", "--as", "avesta", "--approve"), "bara regionen"),
        (("release", "2025-02", "--as", "region"), "inte slut"),
        (("release", JANUARY, "--as", "mora"), "bara regionen"),
    ],
)
def test_what_the_services_refuse_is_said_in_their_words(reading, arguments, words):
    fails_in_words(reading(*arguments), words, code=1)


def test_review_returns_with_a_comment(portal):
    done = portal("review", JANUARY, "--clinic", "avesta", "--as", "region", "--return", "Se över planerna.")

    assert done.returncode == 0, done.stderr
    case = reviews.open_case(
        open_demo(portal.path), build.REVIEWER, clinic="avesta", month=Month.parse(JANUARY)
    )
    assert case.comments[-1].text == "Se över planerna."


def test_a_version_that_nobody_has_read_is_not_approved_in_anothers_place(portal):
    """JeWe's January is version 1 in the demo."""
    asked = ("review", JANUARY, "--clinic", "borlange-jewe", "--as", "region", "--approve", "--version")

    fails_in_words(portal(*asked, "2"), "Läs den först", code=1)
    assert portal(*asked, "1").stdout == "borlange-jewe 2025-01 v1: approved\n"
    fails_in_words(portal(*asked, "x"), "är ingen version", code=2)


def test_release_due_releases_what_is_due_and_nothing_twice(portal):
    assert portal.json("release", "--due", "--as", "region") == []

    (found,) = portal.json("release", "--due", "--as", "region", PORTAL_TODAY="2025-02-20")

    assert (found["month"], found["number"]) == (JANUARY, 1)
    assert portal.json("release", "--due", "--as", "region", PORTAL_TODAY="2025-02-20") == []


FIGURE_KEYS = {
    "value",
    "unit",
    "basis",
    "pooled",
    "mean_of_clinics",
    "previous",
    "change",
    "change_unit",
    "missing_reason",
    "published",
    "clinics",
}


def test_figures_have_the_promised_keys_for_every_indicator(reading):
    found = reading.json("figures", 2024)

    assert found["year"] == 2024
    for figure in found["indicators"].values():
        assert set(figure) >= FIGURE_KEYS
        for clinic in figure["clinics"].values():
            assert set(clinic) >= {"value", "numerator", "denominator", "missing_reason"}
    cgas = found["indicators"]["cgas_assessed"]
    assert (cgas["value"], cgas["missing_reason"]) == (None, "inget underlag")


def test_figures_of_a_clinic_hold_that_clinic_alone(reading):
    found = reading.json("figures", 2024, "--as", "mora")

    for figure in found["indicators"].values():
        assert set(figure["clinics"]) <= {"mora"}


# Accounts and clinics


def test_a_user_is_added_with_the_password_from_standard_input_and_listed(portal):
    done = portal(
        "user",
        "add",
        "ny",
        "--name",
        "Ny Användare",
        "--role",
        "clinic",
        "--clinic",
        "mora",
        stdin="korrekt häst batteri\n",
    )

    assert done.returncode == 0, done.stderr
    assert "korrekt" not in done.stdout + done.stderr
    (found,) = [user for user in portal.json("user", "list") if user["username"] == "ny"]
    assert (found["role"], found["clinics"], found["is_active"]) == ("clinic", ["mora"], True)
    assert not {"password", "password_hash"} & set(found)


@pytest.mark.parametrize(
    ("arguments", "password"),
    [
        (("ny", "--name", "Ny", "--role", "clinic"), "korrekt häst batteri"),  # without a clinic
        (("ny", "--name", "Ny", "--role", "region"), "kort"),
        (("mora", "--name", "Mora", "--role", "region"), "korrekt häst batteri"),  # taken
    ],
)
def test_a_user_that_breaks_a_rule_is_not_added(reading, arguments, password):
    done = reading("user", "add", *arguments, stdin=password + "\n")

    fails_in_words(done, code=1)
    assert password not in done.stderr


def test_clinics_are_listed_with_when_they_opened(reading):
    found = {clinic["code"]: clinic for clinic in reading.json("clinic", "list")}

    assert len(found) == 11
    assert set(found["mora"]) >= {"code", "name", "municipality", "operator", "provider", "opened", "closed"}
    assert found["ludvika-psykiatripartners"]["opened"] == "2024-12"


# Reminders


def add_moras_reporter(portal):
    account = ("ny", "--name", "Ny", "--role", "clinic", "--clinic", "mora", "--email", "ny@mora.example")
    done = portal("user", "add", *account, stdin="korrekt häst batteri\n")
    assert done.returncode == 0, done.stderr


def test_remind_sends_prints_and_sends_nothing_twice(portal, smtp_server):
    add_moras_reporter(portal)
    (listed,) = [user for user in portal.json("user", "list") if user["username"] == "ny"]
    assert listed["email"] == "ny@mora.example"
    environment = {"PORTAL_TODAY": "2025-02-16", "PORTAL_BASE_URL": "https://portal.example.org"}

    dry = portal.json("remind", "--dry-run", **environment)
    late = {mail["to"]: mail["text"] for mail in dry if mail["kind"] == "after"}
    assert "https://portal.example.org/rapportera?manad=2025-01&mottagning=mora" in late["ny@mora.example"]
    assert {"mora@mottagning.example", "falun@mottagning.example"} <= late.keys()  # the demo's own
    assert "avesta@mottagning.example" not in late  # whose January is in
    assert smtp_server.mails == []

    sent = portal("remind", PORTAL_SMTP_URL=smtp_server.url, **environment)
    assert sent.returncode == 0, sent.stderr
    assert "ny@mora.example" in sent.stdout
    assert sorted(mail["To"] for mail in smtp_server.mails) == sorted(mail["to"] for mail in dry)
    assert {mail["to"] for mail in dry if mail["kind"] == "plan_end"} == {
        "mora@mottagning.example",
        "ny@mora.example",
    }
    assert portal.json("remind", PORTAL_SMTP_URL=smtp_server.url, **environment) == []


def test_remind_exits_1_with_the_reason_where_a_mail_was_refused(portal, smtp_server):
    add_moras_reporter(portal)
    smtp_server.refused.add("ny@mora.example")

    done = portal("remind", PORTAL_SMTP_URL=smtp_server.url, PORTAL_TODAY="2025-02-16")

    assert done.returncode == 1
    assert "ny@mora.example" not in [mail["To"] for mail in smtp_server.mails]
    assert "550 no such mailbox" in done.stderr


@pytest.mark.parametrize("url", ["", "smtp://127.0.0.1:9?from=a@example.org"])
def test_remind_without_a_mail_server_exits_1_in_words(portal, url):
    add_moras_reporter(portal)

    done = portal("remind", PORTAL_SMTP_URL=url, PORTAL_TODAY="2025-02-16")

    fails_in_words(done, "127.0.0.1:9" if url else "PORTAL_SMTP_URL", code=1)


# What is broken says so


def test_a_broken_database_is_said_in_words(tmp_path):
    (tmp_path / "broken.db").write_bytes(b"no database at all " * 100)
    command = Command(tmp_path / "broken.db")

    for arguments in (("clinic", "list"), ("migrate",), ("figures", 2024)):
        fails_in_words(command(*arguments), "PORTAL_DATABASE_URL")


def test_an_empty_database_asks_for_portal_migrate(tmp_path):
    command = Command(tmp_path / "empty.db")

    fails_in_words(command("clinic", "list"), "portal migrate")

    assert command("migrate").returncode == 0
    assert command.json("clinic", "list") == []


@pytest.mark.security
@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_what_it_writes_is_for_its_own_user_alone_whatever_the_umask(tmp_path, umask):
    command = Command(tmp_path / "var" / "portal.db")
    with umask_kept():
        os.umask(umask)
        assert command("migrate").returncode == 0

    files = list(command.path.parent.iterdir())
    assert command.path in files
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(command.path.parent.stat().st_mode) == 0o700


def test_a_newer_database_is_refused_in_words_and_left_alone(tmp_path, migrated_file):
    path = shutil.copy(migrated_file, tmp_path / "portal.db")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    connection.close()
    command = Command(path)

    for arguments in (("clinic", "list"), ("migrate",), ("figures", 2024)):
        fails_in_words(command(*arguments), "newer version of the portal: nothing was changed", code=1)


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "postgresql+psycopg://127.0.0.1:1/portal"])
def test_an_address_that_cannot_be_used_is_said_in_words(reading, url):
    fails_in_words(reading("clinic", "list", PORTAL_DATABASE_URL=url), "PORTAL_DATABASE_URL")


def test_a_database_password_is_not_printed(reading):
    url = "postgresql+psycopg://portal:hemligt@127.0.0.1:1/portal"

    assert "hemligt" not in reading("clinic", "list", PORTAL_DATABASE_URL=url).stderr


@pytest.mark.asvs("13.3.1", "15.2.3")
@pytest.mark.parametrize("secret", ["", "kort"])
def test_serving_without_a_real_secret_is_refused_whatever_a_variable_says(real, secret):
    fails_in_words(real("serve", PORTAL_SECRET_KEY=secret, PORTAL_DEMO="1"), "PORTAL_SECRET_KEY")


def test_serving_without_https_outside_this_machine_is_refused(real):
    done = real("serve", PORTAL_SECRET_KEY="only for tests " * 3, PORTAL_BASE_URL="http://portal.example")

    fails_in_words(done, "PORTAL_BASE_URL", "https://")


@pytest.mark.parametrize("today", ["igår", "2025-13-01", "5 februari"])
def test_a_day_that_is_none_is_said_in_words(reading, today):
    fails_in_words(reading("clinic", "list", PORTAL_TODAY=today), "PORTAL_TODAY", today)


def test_a_shell_gets_the_same_answer_and_exit_code_as_a_call(reading):
    arguments = ("figures", "2024", "--as", "ingen")

    shell, call = reading.in_a_shell(*arguments), reading(*arguments)

    assert (shell.returncode, shell.stdout, shell.stderr) == (call.returncode, call.stdout, call.stderr)
    fails_in_words(shell, "ingen", code=2)
