"""The form: the same grammar, codes and messages as the files, and every box is read."""

import pytest

from portal.domain.registry.measures import MEASURES, MEASURES_BY_CODE, MeasureKind
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer, MissingReason
from portal.uploads import form
from portal.uploads.form import parse_form


pytestmark = pytest.mark.upload
JANUARY = Month(2025, 1)


def parse(**texts):
    return parse_form("falun", JANUARY, texts)


def answers(parsed):
    return {entry.measure: entry.answer for entry in parsed.entries}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("0", Answer(0)),
        (" 1 248 ", Answer(1248)),
        ("1\u00a0248", Answer(1248)),
        ("mäts inte", Answer(reason=MissingReason.NOT_MEASURED)),
        ("Mäts inte", Answer(reason=MissingReason.NOT_MEASURED)),
    ],
)
def test_a_box_is_read_as_a_cell_is(text, answer):
    assert answers(parse(calls=text))["calls"] == answer


@pytest.mark.parametrize(
    "text", ["12,5", "1.248", "-3", "+3", "många", "=1+1", "1e3", "12 %", "007", "12345678"]
)
def test_what_is_no_count_is_refused_with_the_files_code_and_the_measures_name(text):
    (problem,) = parse(calls=text).problems

    assert (problem.code, problem.measure, problem.month, problem.read) == (
        "value.number",
        "calls",
        JANUARY,
        text,
    )
    assert problem.place.column == MEASURES_BY_CODE["calls"].label
    assert problem.message.startswith(f"{MEASURES_BY_CODE['calls'].label}: ”{text}” är inget antal.")


def test_every_measure_is_answered_or_left_empty():
    parsed = parse(calls="7")

    assert list(answers(parsed)) == [m.code for m in form.ordered_measures()]
    assert answers(parsed)["care_plans"] is None
    assert parsed.kind == form.KIND


def test_a_chosen_reason_stands_where_a_number_would():
    parsed = parse_form("falun", JANUARY, {"calls": ""}, {"calls": MissingReason.NOT_MEASURED})

    assert answers(parsed)["calls"] == Answer(reason=MissingReason.NOT_MEASURED)


def test_an_empty_form_is_one_problem():
    assert [problem.code for problem in parse(calls=" ").problems] == ["file.no_values"]


def test_a_personal_number_refuses_the_form_without_repeating_it():
    parsed = parse(calls="20121212-1212", care_plans="7")

    assert [problem.code for problem in parsed.problems] == ["privacy.personal_number"]
    assert parsed.entries == ()
    assert "1212" not in repr(parsed.problems)


def test_an_unknown_measure_is_refused():
    assert [problem.code for problem in parse(calls="7", hemligt="8").problems] == ["measure.unknown"]


def test_nothing_to_report_is_0_for_what_happens_and_leaves_what_there_is():
    texts = form.nothing_to_report({"active_patients": "800", "calls": "7"})

    flows = {measure.code for measure in MEASURES if measure.kind is MeasureKind.FLOW}
    assert texts == {**dict.fromkeys(flows, "0"), "active_patients": "800"}


def test_the_same_texts_have_the_same_name():
    assert parse(calls="7").sha256 == parse(calls=" 7").sha256 != parse(calls="8").sha256
