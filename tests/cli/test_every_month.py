"""Every month and year that a file or the command line can hold: read, or refused in Swedish; nothing stored."""

import csv
import io
import shutil

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from portal.demo.build import long_file
from portal.domain.registry.months import Month
from portal.domain.sources.declared import SOURCES
from portal.services.accounts import accounts
from portal.services.reporting import history, submitting
from portal.services.sources import source_files
from tests.cli.command import Command, fails_in_words
from tests.conftest import open_demo
from tests.services.region import MONTH, as_answers, row_counts
from tests.uploads.bad import GOOD
from tests.uploads.files import blankett_as_text, make_blankett, parse_csv, parse_here


# The first and last that anything can count with, those beside each limit, and all between.
EDGES = (0, 1, 2, 3, 1899, 1900, 1999, 2000, 2001, 2022, 2026, 2099, 2100, 2101, 9998, 9999, 10_000, 10**20)
WITH_DATA = (2023, 2024, 2025)
YEARS = st.sampled_from(EDGES) | st.integers(0, 10_000).filter(lambda year: year not in WITH_DATA)
FORMS = ("{year:04d}-{number:02d}", "{year:04d}{number:02d}", "januari {year}", "{year:04d}-{number:02d}-01")
MONTHS = st.builds(
    lambda form, year, number: form.format(year=year, number=number),
    st.sampled_from(FORMS),
    YEARS,
    st.integers(0, 13),
)
WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
BLANKETT = list(csv.reader(io.StringIO(blankett_as_text(make_blankett(values=GOOD)).decode()), delimiter=";"))
MANY = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
FEW = settings(MANY, max_examples=10)


@pytest.fixture(scope="module")
def command(demo_file, tmp_path_factory):
    """The command line on one copy of the demo: what is refused stores nothing but the audit's rows."""
    return Command(shutil.copy(demo_file, tmp_path_factory.mktemp("months") / "demo.db"))


@pytest.fixture(scope="module")
def demo_copy(command):
    portal = open_demo(command.path)
    yield portal
    portal.database.engine.dispose()


@pytest.fixture
def nothing_stored(demo_copy):
    before = row_counts(demo_copy)
    yield
    assert row_counts(demo_copy) == before


def as_csv(*rows):
    target = io.StringIO()
    csv.writer(target, delimiter=";").writerows(rows)
    return target.getvalue().encode()


def is_in_words(message, cell=""):
    """Tell whether a message is a sentence for people: it ends, and holds nothing of the program's own.

    What it repeats of the cell is the file's, quoted or as a column's name: a cell may well say None.
    """
    own = message.replace(cell.strip() or cell, "")
    return message.endswith((".", "?")) and not any(word in own for word in ("Error", "None", "Month("))


@pytest.mark.parametrize(
    ("message", "cell", "answer"),
    [
        ("Rad 6, kolumnen None: ”None ” är ingen månad.", "None ", True),
        ("”2025” är ingen månad, men None.", "2025", False),
        ("ValueError.", "", False),
        ("Filen gick inte att läsa", ".", False),
        ("Filen gick inte att läsa.", ".", True),
    ],
)
def test_only_the_portals_own_words_are_judged(message, cell, answer):
    assert is_in_words(message, cell) is answer


# --- files ---


@MANY
@given(MONTHS | WORDS)
@example("2025-02")
@example("2025-13")
@example("2003-01")
@example("None")
def test_a_long_file_of_any_other_month_is_refused_in_words(command, tmp_path, nothing_stored, month):
    path = tmp_path / "fil.csv"
    path.write_bytes(as_csv(["mottagning", "period", "mått", "värde"], ["mora", month, "calls", 7]))

    outcome = command.json("import", path, "--as", "mora", exits=1)

    assert outcome["outcome"] == "rejected"
    assert outcome["problems"]
    for problem in outcome["problems"]:
        assert is_in_words(problem["message"], month)


@MANY
@given(MONTHS | WORDS)
@example("2025-02")
@example("0001-01")
@example("9999-12")
@example("None")
def test_a_blankett_of_any_other_month_is_refused_in_words(demo_copy, month):
    rows = [[month if cell == "2025-01" else cell for cell in row] for row in BLANKETT]

    upload = sent_by_falun(demo_copy, parse_csv(as_csv(*rows)))

    assert upload.errors
    for problem in upload.errors:
        assert is_in_words(problem.message, month)


def test_the_same_blankett_of_its_own_month_is_read(demo_copy):
    upload = sent_by_falun(demo_copy, parse_csv(as_csv(*BLANKETT)))

    assert (upload.errors, [str(month.month) for month in upload.months]) == ((), ["2025-01"])


# What Excel counts as dates: days from 1900 to 9999, and numbers outside, formatted as one.
@pytest.mark.parametrize(
    "serial", [-1, 0, 0.5, 1, 59, 60, 36_526, 37_622, 73_050, 2_958_465, 2_958_466, 1e300]
)
def test_a_workbooks_date_of_any_other_month_is_refused_in_words(demo_copy, serial):
    upload = sent_by_falun(demo_copy, parse_here(make_blankett(edit=lambda _, sheet: date(sheet, serial))))

    assert upload.errors
    for problem in upload.errors:
        assert is_in_words(problem.message)


def date(sheet, serial):
    (heading,) = [cell for row in sheet.iter_rows() for cell in row if str(cell.value) == "2025-01"]
    heading.value, heading.number_format = serial, "yyyy-mm-dd"


def sent_by_falun(portal, parsed):
    """Return what the portal says of a file that the reader has read; the child process costs 0.35 s."""
    falun = accounts.find_user(portal, "falun")
    return submitting.preview_parsed(portal, falun, parsed, name="januari.xlsx")


@MANY
@given(MONTHS | WORDS)
@example("2003-01")
@example("2100-12")
@example("None")
def test_history_of_any_other_month_is_refused_in_words(demo_copy, month):
    region = accounts.find_user(demo_copy, "region")
    content = as_csv(["mottagning", "period", "mått", "värde"], ["mora", month, "calls", 7])

    read = history.plan(demo_copy, region, name="fil.csv", content=content)

    errors = [*read.loose, *(problem for part in read.rejected for problem in part.errors)]
    assert (bool(errors), read.to_store) == (True, ())
    for problem in errors:
        assert is_in_words(problem.message, month)


@MANY
@given(st.sampled_from(SOURCES), YEARS.map(str) | st.just("-1") | MONTHS | WORDS)
@example(SOURCES[0], "2204")
@example(SOURCES[0], "None")
def test_a_sources_file_of_any_period_is_read_or_refused_in_words(demo_copy, source, period):
    region = accounts.find_user(demo_copy, "region")
    headings = ["uppgift", "indelning", "mottagning", "kommun", "period", "värde"]
    rows = [[field.label, "", "", "", period, 7] for field in source.fields]

    upload = source_files.preview(
        demo_copy, region, source, name="kalla.csv", content=as_csv(headings, *rows)
    )

    assert bool(upload.changes) is not bool(upload.problems)
    for problem in upload.problems:
        assert is_in_words(problem.message, period)


# --- the command line ---

BY_YEAR = (
    ("figures",),
    ("figures", "--as", "mora"),
    ("report", "--format", "xlsx", "--as", "mora", "--out", "ingen.xlsx"),
)
OF_A_MONTH = (
    ("release", "--as", "region"),
    ("review", "--clinic", "mora", "--as", "granskare", "--approve"),
    ("review", "--clinic", "mora", "--as", "granskare", "--return", "Räkna om."),
)
WITH_A_MONTH = (
    (("template", "--clinic", "mora", "--out", "ingen.xlsx"), "--month"),
    (("clinic", "close", "mora", "--reason", "Den är stängd."), "--last-month"),
    (("clinic", "merge", "mora", "--into", "falun", "--reason", "De går ihop."), "--last-month"),
    (("clinic", "change", "mora", "--reason", "Den öppnade då."), "--opened"),
)
NUMBERS = (
    (("template", "--clinic", "mora", "--month", "2025-01", "--out", "ingen.xlsx"), "--months"),
    (("report", "2024", "--format", "xlsx", "--out", "ingen.xlsx"), "--version"),
)
NOT_YEARS = ("-1", "+2024", "2_024", "02024", "２０２４", " 2024", "2024.0", "1e3", "")


@FEW
@given(st.sampled_from(BY_YEAR), YEARS.map(str) | st.sampled_from(NOT_YEARS) | WORDS)
@example(("report", "--format", "pdf", "--out", "ingen.pdf"), "1900")
@example(BY_YEAR[0], "-1")
@example(BY_YEAR[0], "2_024")
@example(BY_YEAR[0], "2000")
@example(BY_YEAR[0], "2100")
def test_a_year_is_answered_or_refused_in_words(command, nothing_stored, words, year):
    done = command(*words, "--", year)

    if len(year) == 4 and year.isascii() and year.isdecimal() and 2000 <= int(year) <= 2100:
        assert done.returncode == (1 if "report" in words else 0)
    else:
        fails_in_words(done, f"”{year}” är inget år. Skriv ett år från 2000 till 2100.", code=2)


@pytest.mark.parametrize("year", [2000, 2100])
def test_the_report_is_written_for_the_first_and_the_last_year(command, nothing_stored, tmp_path, year):
    done = command("report", year, "--format", "xlsx", "--out", tmp_path / "rapport.xlsx")

    assert (done.returncode, done.stderr) == (0, "")
    assert str(year) in done.stdout


@MANY
@given(st.sampled_from(OF_A_MONTH), MONTHS | WORDS)
@example(OF_A_MONTH[0], "2100-12")
@example(OF_A_MONTH[1], "2000-01")
@example(OF_A_MONTH[1], "None")
def test_a_month_without_anything_is_refused_in_words(command, nothing_stored, words, month):
    done = command(*words, "--", month)

    fails_in_words(done, code=2 if "är ingen månad. Skriv den som 2025-01" in done.stderr else 1)
    assert is_in_words(done.stderr.strip(), month)


@FEW
@given(st.sampled_from(WITH_A_MONTH), st.sampled_from(("2025-13", "1999-12", "2101-01", "")) | WORDS)
@example(WITH_A_MONTH[0], "0001-01")
@example(WITH_A_MONTH[3], "")
def test_an_option_that_is_no_month_is_refused_in_words(command, nothing_stored, words, month):
    arguments, option = words

    done = command(*arguments, f"{option}={month}")

    fails_in_words(
        done, f"”{month}” är ingen månad. Skriv den som 2025-01, från 2000-01 till 2100-12.", code=2
    )


@FEW
@given(st.sampled_from(NUMBERS), st.sampled_from(("-1", "0", "10000", str(10**20), "x", "1.5", "")))
@example(NUMBERS[1], str(10**20))
def test_an_option_that_is_no_number_is_refused_in_words(command, nothing_stored, words, number):
    arguments, option = words

    done = command(*arguments, f"{option}={number}")

    fails_in_words(done, f"”{number}” är inge", "Skriv", code=2)


def test_a_blankett_is_written_from_the_first_month_to_the_last_and_not_past_it(command, tmp_path):
    out = tmp_path / "blankett.xlsx"
    template = ("template", "--clinic", "mora", "--out", out)

    for month, months in (("2000-01", 24), ("2099-01", 24), ("2100-12", 1)):
        assert command(*template, "--month", month, "--months", months).returncode == 0
    out.unlink()

    fails_in_words(command(*template, "--month", "2100-12", "--months", 2), "2100-12", code=2)
    assert not out.exists()


def test_the_first_month_is_a_setting(command, tmp_path):
    """The free choice began in February 2022: a region that has those months reads them in."""
    path = tmp_path / "mars.csv"
    path.write_bytes(long_file("mora", Month(2022, 3), as_answers(MONTH)))
    asked = ("import", path, "--as", "mora", "--confirm-warnings", "--note", "Ur arkivet, vi har räknat om.")

    assert "mars 2022 ligger före portalens första månad, januari 2023" in command(*asked).stderr
    done = command(*asked, PORTAL_FIRST_MONTH="2022-02")
    assert done.returncode == 0, done.stdout + done.stderr
    fails_in_words(
        command(*asked, PORTAL_FIRST_MONTH="2022"), "PORTAL_FIRST_MONTH='2022' can't be used", code=1
    )
