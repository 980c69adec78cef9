"""Whatever comes in, the reader answers within its limits; and the same values in any order are the same."""

import random
import signal
import subprocess
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.reporting.checks import CHECKS
from portal.ui.registry import definitions_view
from portal.uploads import child, marking, marking_child, parsing, reading, xlsx_child
from portal.uploads.findings import FINDINGS, MARKED_SHEET
from tests.uploads.bad import CLINICS, HEADING, blankett, good_rows, long_file, with_answer, with_xml
from tests.uploads.files import FEBRUARY, JANUARY, parse_csv, parse_here, with_parts
from tests.uploads.test_template import ANSWERS, CELLS


pytestmark = pytest.mark.upload


# Limits that the kernel keeps


@pytest.fixture
def ended(request, monkeypatch):
    """Note how the child ended; its processor limit is 2 s where a test says nothing else, not 10."""
    codes = []
    run = subprocess.run
    seconds = getattr(request, "param", 2)

    def noting(command, **options):
        limited = (
            f"import sys; from portal.uploads import xlsx_child as c; c.CPU_SECONDS = {seconds}; c.main()"
        )
        python, *_, rows, columns = command
        try:
            done = run([python, "-c", limited, rows, columns], **options)
        except subprocess.CalledProcessError as error:
            codes.append(error.returncode)
            raise
        codes.append(done.returncode)
        return done

    monkeypatch.setattr(child.subprocess, "run", noting)
    return codes


def refused(content):
    start = time.monotonic()
    with pytest.raises(reading.Unreadable) as fault:
        reading.read("fil.xlsx", content)
    assert time.monotonic() - start < reading.CHILD_SECONDS
    return fault.value.problem.code


@pytest.mark.asvs("15.2.2", "15.1.3")
def test_a_file_that_eats_processor_time_is_ended_by_the_kernel(ended):
    # a tag that never ends, many times over: to look for its end takes the square of their number
    content = with_parts(blankett(), **{"xl/comments1.xml": "<" * 600_000})

    assert refused(content) == "file.too_complex"
    assert ended[0] == -signal.SIGXCPU


@pytest.mark.asvs("15.2.2")
@pytest.mark.parametrize("ended", [xlsx_child.CPU_SECONDS], indirect=True)
def test_a_file_that_eats_memory_meets_the_limit(ended):
    # 38 MB that take four bytes a character, and again for every form they are looked at in
    small, large = (
        with_parts(blankett(), **{"xl/comments1.xml": "<x>\U0001f600&amp;<b/>" + "a" * size})
        for size in (1_000, 38_000_000)
    )

    assert reading.read("fil.xlsx", small).kind == "xlsx"
    assert refused(large) == "file.too_complex"
    assert ended == [0, 0]  # by its own word: no signal, so not the processor limit


def test_after_a_hostile_file_the_next_one_is_read(ended):
    with pytest.raises(reading.Unreadable):
        reading.read("fil.xlsx", with_xml(lambda xml: xml[:500]))

    assert reading.read("fil.xlsx", blankett()).kind == "xlsx"


# Whatever bytes come in


def read_here(content, limits):
    return xlsx_child.extract(content, rows=limits.lines, columns=limits.columns)


def answers_with_words(content):
    parsed = parsing.parse("fil", content, clinics=CLINICS)

    assert parsed.entries or parsed.problems
    assert all(problem.message and problem.code for problem in parsed.problems)


@given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda text: text.encode())))
def test_any_bytes_get_an_answer(content):
    answers_with_words(content)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_mutation_of_a_good_file_gets_an_answer(monkeypatch, data):
    monkeypatch.setattr(reading, "_ask_child", read_here)
    good = data.draw(st.sampled_from([TEXT, BOOK]))
    raw = bytearray(good)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        match data.draw(st.sampled_from(["change", "drop", "repeat"])):
            case "change":
                raw[at] = data.draw(st.integers(0, 255))
            case "drop":
                del raw[at : at + data.draw(st.integers(1, 50))]
            case "repeat":
                raw[at:at] = raw[at : at + data.draw(st.integers(1, 50))]
    answers_with_words(bytes(raw))


TEXT, BOOK = long_file().encode(), blankett()


@pytest.mark.parametrize("seed", range(4))
def test_a_mutated_workbook_gets_an_answer_through_the_child(seed):
    chance, raw = random.Random(seed), bytearray(BOOK)
    for _ in range(20):
        raw[chance.randrange(4, len(raw))] = chance.randrange(256)

    answers_with_words(bytes(raw))


# Order


def answers(parsed):
    return {(entry.clinic, entry.month, entry.measure): entry.answer for entry in parsed.entries}


@settings(max_examples=15)
@given(st.dictionaries(CELLS, ANSWERS, min_size=1), st.randoms(use_true_random=False))
def test_a_blankett_in_any_order_gives_the_same(values, chance):
    def shuffle(_, sheet):
        sheet.column_dimensions["A"].hidden = False  # whoever moves a column sees it
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=6, max_col=7)]
        columns = chance.sample(range(7), 7)
        heading, *body = [[row[column] for column in columns] for row in rows]
        for number, row in enumerate([heading, *chance.sample(body, len(body))], start=6):
            for column, value in enumerate(row, start=1):
                sheet.cell(number, column).value = value

    months = (JANUARY, FEBRUARY)
    straight = parse_here(blankett(values=values, months=months))
    shuffled = parse_here(blankett(shuffle, values=values, months=months))

    assert shuffled.problems == ()
    assert answers(shuffled) == answers(straight)


@given(st.permutations(range(4)), st.permutations(good_rows()))
def test_a_long_file_in_any_order_gives_the_same(columns, rows):
    def arranged(row):
        cells = row.split(";")
        return ";".join(cells[column] for column in columns)

    shuffled = parse_csv("\n".join(arranged(row) for row in [HEADING, *rows]))

    assert shuffled.problems == ()
    assert answers(shuffled) == answers(parse_csv(long_file()))


def test_an_empty_line_in_a_long_file_is_nothing_wrong():
    without = parse_csv(long_file())
    with_empty_line = parse_csv(long_file(""))

    assert len(without.entries) == len(good_rows())
    assert without.entries == with_empty_line.entries


# The marked copy that the portal gives back


@pytest.mark.parametrize("kind", ["blankett", "lang"])
def test_the_marked_copy_is_read_again(kind):
    wrong = (
        with_answer("calls", "x")
        if kind == "blankett"
        else long_file("falun;2025-01;cgas_assessed;x").encode()
    )
    before = parsing.parse("fil", wrong, clinics=CLINICS)
    copy = marking.mark(wrong, reading.read("fil", wrong), before.problems)

    again = parsing.parse("att-ratta.xlsx", copy, clinics=CLINICS)

    assert marking_child.LIST_SHEET == MARKED_SHEET
    assert (again.kind, again.notices) == (kind, before.notices)
    assert [(p.code, p.place.cell) for p in again.problems] == [
        (p.code, p.place.cell) for p in before.problems
    ]
    assert answers(again) == answers(before)


# What a wrong file looks like


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            b"enhet;besok;datum\nBUP;3;2025-01-31\n",
            ["annat program", "”enhet”, ”besok”", "mottagning;period"],
        ),
        ("månad;mottagning;värde;täljare;nämnare\n".encode(), ["hämtad ur portalen", "Hämta en blankett"]),
        (b"%PDF-1.7", ["PDF-fil", "blanketten"]),
    ],
)
def test_a_wrong_file_is_said_to_be_what_it_is(content, words):
    [problem] = parse_csv(content).problems

    for word in words:
        assert word in problem.message


@pytest.mark.parametrize(
    ("version", "words"), [("0", "äldre blankett"), ("3", "annan version av blanketten")]
)
def test_another_version_is_said_to_be_that_and_nothing_else(version, words):
    def edit(_, sheet):
        sheet["C3"], sheet["F9"] = version, "x"

    [problem] = parse_here(blankett(edit)).problems

    assert words in problem.message
    assert "Hämta en ny blankett" in problem.message


def test_another_clinics_blankett_is_said_to_be_that_and_nothing_else():
    def edit(_, sheet):
        sheet["C2"], sheet["F6"] = "mora", "2025-13"

    [problem] = parse_here(blankett(edit)).problems

    assert "hör till en annan mottagning" in problem.message


def test_hidden_and_empty_rows_and_columns_are_nothing_wrong():
    def edit(_, sheet):
        sheet.column_dimensions["H"].hidden = True
        sheet.row_dimensions[40].hidden = True

    assert parse_here(blankett(edit)).problems == ()


def test_the_page_lists_every_check_and_every_finding(monkeypatch):
    shown = []
    monkeypatch.setattr(definitions_view.st, "html", shown.append)
    definitions_view.show_checks()

    assert all(one.code in shown[0] for one in CHECKS)
    assert all(one.code in shown[1] for one in FINDINGS)
