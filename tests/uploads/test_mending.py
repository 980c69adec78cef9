"""What there is to mend, line by line: its order, what is told together, and that nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer, MissingReason
from portal.domain.reporting.problems import NOWHERE, Place, Problem, Severity, count_values
from portal.uploads import mending


pytestmark = pytest.mark.upload
JANUARY = Month(2025, 1)


def problem(cell=None, code="value.number", severity=Severity.ERROR, **details):
    letters = (cell or "").rstrip("0123456789")
    place = Place(sheet="Månadsdata", cell=cell, row=int(cell[len(letters) :])) if cell else NOWHERE
    details = {"measure": "calls", "clinic": "falun", "month": JANUARY, "message": "så här."} | details
    return Problem(code=code, severity=severity, place=place, **details)


def test_lines_stand_in_the_files_order_errors_first_and_last_what_has_no_cell():
    given_order = [
        problem("F8", severity=Severity.WARNING),
        problem(None, code="template.version"),
        problem("AA7"),
        problem("F10"),
        problem("G7"),
        problem("F7", severity=Severity.WARNING),
    ]

    lines = mending.lines_of(given_order)

    assert [line.place.cell for line in lines] == ["G7", "AA7", "F10", None, "F7", "F8"]
    assert [line.blocks for line in lines] == [True] * 4 + [False] * 2


def test_missing_values_are_told_of_together_where_they_have_no_cell():
    found = [problem(None, code=mending.MISSING, measure=code) for code in ("calls", "care_plans")]

    (line,) = mending.lines_of(found)

    assert (line.where, line.measure) == ("Filen", "2 mått, januari 2025")
    assert "Inkomna telefonsamtal, Skrivna vårdplaner" in line.advice
    assert (
        len(mending.lines_of([problem("F7", code=mending.MISSING), problem("F8", code=mending.MISSING)])) == 2
    )


@pytest.mark.parametrize(
    ("read", "shown"), [("9999", "9\u00a0999"), ("1.248", "1.248"), ("=F7+F8", "=F7+F8"), (None, "–")]
)
def test_what_stood_there_is_repeated_and_a_count_written_as_swedes_do(read, shown):
    assert mending.lines_of([problem("F7", read=read)])[0].read == shown


def test_the_month_before_stands_beside_what_is_wrong():
    before = [None, Answer(1_248), Answer(reason=MissingReason.NOT_MEASURED)]
    lines = mending.lines_of(problem(f"F{row}", month_before=answer) for row, answer in enumerate(before, 7))

    assert [line.before for line in lines] == ["", "1\u00a0248", "mäts inte"]


@pytest.mark.parametrize(
    ("errors", "warnings", "words"),
    [
        (1, 0, "1 fel"),
        (13, 1, "13 fel och 1 värde att kontrollera"),
        (0, 2, "2 värden att kontrollera"),
    ],
)
def test_the_count_is_told_in_words(errors, warnings, words):
    assert mending.count_words(errors, warnings) == words


def test_a_value_that_several_checks_find_odd_is_one_value():
    twice = [problem("F7", "history.range"), problem("F7", "queue.arithmetic")]
    others = [problem("F8", measure="care_plans"), problem("G7", month=JANUARY.plus(1))]

    assert count_values(twice) == 1
    assert count_values(twice + others) == 3


PROBLEMS = [
    problem(cell, code=code, severity=severity)
    for cell in (None, "F7", "F12", "AB3")
    for code in ("value.number", mending.MISSING)
    for severity in Severity
]


@given(st.lists(st.sampled_from(PROBLEMS), max_size=8), st.booleans())
def test_every_problem_has_its_line_or_is_told_of_with_others(found, is_form):
    lines = mending.lines_of(found, is_form=is_form)

    grouped = [one for one in found if one.code == mending.MISSING and (is_form or one.place == NOWHERE)]
    assert len(lines) == len(found) - len(grouped) + bool(grouped)
    assert [line.blocks for line in lines] == sorted((line.blocks for line in lines), reverse=True)
