"""The rules between values, months and a clinic's own history."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.measures import MEASURES
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer, MissingReason
from portal.domain.reporting.checks import CHECKS, KnownMonths, holds_release, run
from portal.domain.reporting.expectation import expected_range
from portal.domain.reporting.problems import Entry, MonthEntries, Place, Severity, by_month, spell_place
from portal.domain.reporting.submissions import Calendar


TODAY = date(2025, 2, 5)
JANUARY = Month(2025, 1)
NOT_MEASURED = Answer(reason=MissingReason.NOT_MEASURED)

CLINIC = Clinic(
    code="falun",
    name="BUP Falun",
    report_name="Falun BUP Mott",
    municipality_code="2080",
    municipality="Falun",
    operator=Operator.PUBLIC,
    provider="Region Dalarna",
    opened=Month(2023, 3),
    closed=Month(2026, 12),
)

COMPLETE = {measure.code: Answer(10) for measure in MEASURES if measure.required}


def entries_of(answers, *, month=JANUARY):
    return [
        Entry(
            clinic="falun",
            month=month,
            measure=measure,
            answer=answer,
            place=Place(sheet="M", cell=f"F{row}"),
        )
        for row, (measure, answer) in enumerate(answers.items(), start=7)
    ]


def check(answers, *, month=JANUARY, known=None, today=TODAY):
    entries = entries_of(answers, month=month)
    clinics = {"falun": CLINIC}
    return run(
        by_month(entries), clinics=clinics, calendar=Calendar(), today=today, known=known or KnownMonths()
    )


def codes(problems):
    return [problem.code for problem in problems]


def test_a_complete_month_has_no_problems():
    assert check(COMPLETE) == []


def test_every_check_is_declared_once_with_a_text():
    assert len({one.code for one in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        assert check.text.startswith("{where}: "), f"{check.code}: its text begins with where, checks.py"
        assert check.explanation.endswith("."), f"{check.code}: its explanation is a sentence, checks.py"
        assert "{" not in check.explanation, f"{check.code}: its explanation is for all values, checks.py"


def test_a_required_measure_without_answer_is_missing_at_its_empty_cell():
    [problem] = check({**COMPLETE, "care_plans": None})

    assert (problem.code, problem.measure, problem.month) == ("value.missing", "care_plans", JANUARY)
    assert problem.place.cell == f"F{7 + list(COMPLETE).index('care_plans')}"
    assert "Skrivna vårdplaner" in problem.message
    assert problem.blocks


def test_what_a_file_does_not_mention_is_kept_from_what_is_stored():
    known = KnownMonths(answers={("falun", JANUARY): COMPLETE})

    assert check({"calls": Answer(12)}, known=known) == []
    assert codes(check({"calls": Answer(12)})) == ["value.missing"] * (len(COMPLETE) - 1)


def test_an_emptied_cell_clears_what_was_stored():
    known = KnownMonths(answers={("falun", JANUARY): COMPLETE})

    assert codes(check({"care_plans": None}, known=known)) == ["value.missing"]


def test_a_reason_is_an_answer():
    assert check({**COMPLETE, "calls": NOT_MEASURED, "calls_answered_same_day": NOT_MEASURED}) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"first_visits_within_30d": Answer(11)}, "part.above_whole"),
        ({"calls": NOT_MEASURED}, "part.without_whole"),
        ({"third_visits_with_care_plan": Answer(1)}, "part.without_whole"),
        ({"third_visits": Answer(1)}, "whole.without_part"),
    ],
)
def test_parts_and_wholes_belong_together(changes, code):
    assert codes(check({**COMPLETE, **changes})) == [code]


def test_part_equal_to_whole_and_part_answered_with_a_reason_are_fine():
    assert check({**COMPLETE, "calls_answered_same_day": NOT_MEASURED}) == []
    assert check({**COMPLETE, "third_visits": Answer(1), "third_visits_with_care_plan": Answer(1)}) == []


def test_a_part_is_compared_with_the_stored_whole():
    known = KnownMonths(answers={("falun", JANUARY): COMPLETE})

    assert codes(check({"calls_answered_same_day": Answer(11)}, known=known)) == ["part.above_whole"]


@pytest.mark.parametrize(
    ("month", "today", "code"),
    [
        (Month(2025, 2), TODAY, "month.future"),
        (Month(2025, 2), date(2025, 2, 28), "month.future"),
        (Month(2022, 12), TODAY, "month.too_early"),
        (Month(2023, 2), TODAY, "month.not_open"),
        (Month(2027, 1), date(2027, 3, 1), "month.not_open"),
    ],
)
def test_months_that_cannot_be_reported(month, today, code):
    problems = check({"calls": None}, month=month, today=today)

    assert code in codes(problems)
    assert "value.missing" not in codes(problems)


def test_the_first_day_after_a_month_it_can_be_reported():
    assert check(COMPLETE, month=Month(2025, 2), today=date(2025, 3, 1)) == []


def before(counts):
    """Return counts as the months up to December 2024, oldest first."""
    return {JANUARY.plus(place - len(counts)): count for place, count in enumerate(counts)}


def test_expected_range_needs_six_values_and_has_floors_on_the_spread():
    assert expected_range(before([10] * 5), JANUARY) is None
    assert expected_range(before([0] * 6), JANUARY) == (0, 6)
    assert expected_range(before([100] * 6), JANUARY) == (73, 130)
    assert expected_range(before([1000] * 6), JANUARY) == (723, 1300)
    assert expected_range(before([4] * 6), JANUARY) == (0, 10)


GROWN = (359, 421, 478, 533, 583, 625, 672, 712, 758, 800, 846, 897)


def test_what_is_expected_of_a_clinic_that_grows_follows_its_growth():
    """Mean ± 3 deviations said 215-1 153: everything it had ever been, and much it had not."""
    assert expected_range(before(GROWN), JANUARY) == (664, 1232)


def test_a_fall_back_to_last_years_level_is_asked_about_where_the_clinic_has_grown():
    known = KnownMonths(history={("falun", "active_patients"): before(GROWN)})

    [problem] = check({**COMPLETE, "active_patients": Answer(359)}, known=known)

    assert problem.code == "history.range"
    assert check({**COMPLETE, "active_patients": Answer(947)}, known=known) == []


def test_a_level_that_moved_once_is_no_growth():
    assert expected_range(before([100] * 6 + [200] * 6), JANUARY) == expected_range(
        before([200] * 6 + [100] * 6), JANUARY
    )


@given(
    first=st.integers(300, 3_000),
    step=st.integers(-20, 60),
    noise=st.lists(st.integers(-9, 9), min_size=12, max_size=36),
)
def test_the_next_month_of_any_steady_course_is_expected(first, step, noise):
    course = [first + step * place + beside for place, beside in enumerate(noise)]
    low, high = expected_range(before(course), JANUARY)

    assert low <= first + step * len(noise) <= high or min(course) < 100


@pytest.mark.parametrize("measure", ["care_plans", "active_patients"])
def test_a_0_after_only_clearly_positive_months_always_asks(measure):
    grown = {JANUARY.plus(-back): 1_500 - 60 * back for back in range(1, 25)}
    known = KnownMonths(history={("falun", measure): grown})

    problems = check({**COMPLETE, measure: Answer(0)}, known=known)

    assert [(one.code, one.measure) for one in problems if one.measure == measure] == [
        ("history.zero", measure)
    ]
    assert "är 0 i januari 2025, men minst 780" in problems[0].message


@given(counts=st.lists(st.integers(5, 5_000), min_size=1, max_size=40), gap=st.integers(1, 5))
def test_no_series_of_clearly_positive_months_lets_a_0_pass(counts, gap):
    months = {JANUARY.plus(-gap - back): count for back, count in enumerate(counts)}
    known = KnownMonths(history={("falun", "care_plans"): months}, breaks={"falun": (JANUARY,)})

    assert "history.zero" in codes(check({**COMPLETE, "care_plans": Answer(0)}, known=known))


@pytest.mark.parametrize("usual", [0, 1, 4])
def test_a_0_where_few_are_usual_is_not_asked_about(usual):
    known = KnownMonths(
        history={("falun", "care_plans"): {JANUARY.plus(-back): usual for back in range(1, 25)}}
    )

    assert check({**COMPLETE, "care_plans": Answer(0)}, known=known) == []


def test_a_0_is_asked_about_beside_months_of_the_same_file():
    months = [
        MonthEntries(clinic="falun", month=JANUARY.plus(-back), answers={"care_plans": Answer(count)})
        for back, count in enumerate((0, 300, 310, 290))
    ]

    problems = run(months, clinics={"falun": CLINIC}, calendar=Calendar(), today=TODAY, known=KnownMonths())

    assert [one.month for one in problems if one.code == "history.zero"] == [JANUARY]


def history(value, months=12):
    return {("falun", "calls"): {JANUARY.plus(-back): value for back in range(1, months + 1)}}


def test_a_value_outside_its_own_history_needs_confirming():
    known = KnownMonths(history=history(100))

    [problem] = check({**COMPLETE, "calls": Answer(200)}, known=known)

    assert (problem.code, problem.severity) == ("history.range", Severity.WARNING)
    assert "73–130" in problem.message
    assert "samma månad förra året: 100" in problem.message
    assert problem.read == "200"


def test_the_month_itself_is_left_out_of_its_history():
    values = {**history(100)["falun", "calls"], JANUARY: 100_000}

    problems = check(
        {**COMPLETE, "calls": Answer(100)}, known=KnownMonths(history={("falun", "calls"): values})
    )

    assert problems == []


@pytest.mark.parametrize(
    ("value", "usual", "expected"),
    [(251, 50, True), (250, 50, False), (51, 5, True), (50, 5, False), (51, 0, True)],
)
def test_five_times_the_own_median_and_above_fifty_is_implausible(value, usual, expected):
    known = KnownMonths(history=history(usual, months=3))

    problems = check({**COMPLETE, "calls": Answer(value)}, known=known)

    assert ("history.implausible" in codes(problems)) is expected


def test_a_value_already_stored_is_not_asked_about_again():
    answers = {**COMPLETE, "calls": Answer(500)}
    known = KnownMonths(history=history(10), answers={("falun", JANUARY): answers})

    assert check(answers, known=known) == []
    assert codes(check({"calls": Answer(501)}, known=known)) == ["history.implausible"]


# Totals


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sip_patients": Answer(11)}, "total.sip_patients"),
        ({"contacts": Answer(9)}, "total.video_contacts"),
    ],
)
def test_what_is_counted_within_a_total_is_not_above_it(changes, code):
    [problem] = check({**COMPLETE, **changes})

    assert (problem.code, problem.blocks) == (code, True)
    assert " är 10" in problem.message


def test_totals_that_are_equal_or_not_given_are_fine():
    assert check({**COMPLETE, "sip_patients": Answer(10), "contacts": Answer(10)}) == []
    assert check({**COMPLETE, "sip_meetings": NOT_MEASURED, "sip_patients": Answer(11)}) == []


# Queues


def queue_history(value, month=JANUARY.previous):
    return {("falun", "waiting_first_visit"): {month: value}}


@pytest.mark.parametrize(
    ("before", "value", "is_odd"),
    # 10 first visits; a tenth of the queue, at least 2, may have left without one
    [(100, 80, False), (100, 79, True), (20, 8, False), (20, 7, True), (20, 50, False), (0, 0, False)],
)
def test_a_queue_falls_by_what_was_started_and_no_more(before, value, is_odd):
    known = KnownMonths(history=queue_history(before))

    problems = check({**COMPLETE, "waiting_first_visit": Answer(value)}, known=known)

    assert (codes(problems) == ["queue.arithmetic"]) is is_odd
    for problem in problems:
        assert problem.severity is Severity.WARNING
        assert f"väntade {before}" in problem.message
        gone = max(2, before // 10)
        assert f"{before} − 10 − {gone} = {before - 10 - gone}" in problem.message
        assert value < before - 10 - gone


@pytest.mark.parametrize(
    ("over_30d", "over_90d", "warned_of"),
    # the month before 40 waited, of them 20 over 30 days
    [
        (40, 20, []),
        (41, 20, ["waiting_first_visit_over_30d"]),
        (40, 21, ["waiting_first_visit_over_90d"]),
        (60, 60, ["waiting_first_visit_over_30d", "waiting_first_visit_over_90d"]),
    ],
)
def test_who_has_waited_over_30_days_waited_the_month_before_and_who_over_90_had_waited_over_30(
    over_30d, over_90d, warned_of
):
    known = KnownMonths(
        history={
            ("falun", "waiting_first_visit"): {JANUARY.previous: 40},
            ("falun", "waiting_first_visit_over_30d"): {JANUARY.previous: 20},
        }
    )
    waited = {
        "waiting_first_visit": Answer(60),
        "waiting_first_visit_over_30d": Answer(over_30d),
        "waiting_first_visit_over_90d": Answer(over_90d),
    }

    problems = check({**COMPLETE, **waited}, known=known)

    assert [problem.measure for problem in problems if problem.code == "queue.waited"] == warned_of
    assert {problem.severity for problem in problems} <= {Severity.WARNING}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"waiting_first_visit_over_30d": 61, "waiting_first_visit_over_90d": 0}, "part.above_whole"),
        ({"waiting_first_visit_over_30d": 20, "waiting_first_visit_over_90d": 21}, "part.above_whole"),
        ({"waiting_first_visit_over_90d": 1}, "part.without_whole"),
        ({"waiting_first_visit_over_30d": 1}, "whole.without_part"),
        ({}, None),
    ],
)
def test_how_long_a_queue_has_waited_is_told_in_parts_of_parts_or_not_at_all(answers, expected):
    waited = {code: Answer(count) for code, count in answers.items()}

    problems = check({**COMPLETE, "waiting_first_visit": Answer(60), **waited})

    assert codes(problems) == ([expected] if expected else [])


def test_last_month_of_the_same_file_goes_before_what_is_stored():
    december = {**COMPLETE, "waiting_treatment": Answer(90)}
    entries = entries_of(december, month=JANUARY.previous) + entries_of(COMPLETE)
    known = KnownMonths(history={("falun", "waiting_treatment"): {JANUARY.previous: 10}})

    problems = run(
        by_month(entries), clinics={"falun": CLINIC}, calendar=Calendar(), today=TODAY, known=known
    )

    assert [(problem.code, problem.measure, problem.month) for problem in problems] == [
        ("queue.arithmetic", "waiting_treatment", JANUARY)
    ]


@pytest.mark.parametrize(
    "known",
    [
        KnownMonths(),
        KnownMonths(history=queue_history(900, JANUARY.plus(-2))),
        KnownMonths(history=queue_history(900), breaks={"falun": (JANUARY,)}),
        KnownMonths(history=queue_history(900), answers={("falun", JANUARY): COMPLETE}),
    ],
    ids=["no month before", "two months before", "a break between", "already confirmed"],
)
def test_a_queue_with_nothing_to_compare_with_is_not_warned_about(known):
    assert check(COMPLETE, known=known) == []


# History across breaks and seasons


def calls_of(months):
    return {("falun", "calls"): {JANUARY.plus(-back): value for back, value in months.items()}}


def test_months_across_a_break_are_no_history():
    known = KnownMonths(
        history=history(100, months=14), breaks={"falun": (JANUARY.plus(-5),), "mora": (JANUARY,)}
    )
    before = KnownMonths(history=history(100, months=14), breaks={"falun": (JANUARY.plus(-6),)})

    assert check({**COMPLETE, "calls": Answer(200)}, known=known) == []
    assert codes(check({**COMPLETE, "calls": Answer(200)}, known=before)) == ["history.range"]


def test_a_correction_of_a_month_before_the_break_is_compared_with_its_own_side():
    months = dict.fromkeys(range(7, 14), 100) | dict.fromkeys(range(1, 7), 5_000)
    known = KnownMonths(history=calls_of(months), breaks={"falun": (JANUARY.plus(-6),)})
    month = JANUARY.plus(-8)

    assert codes(check({**COMPLETE, "calls": Answer(131)}, month=month, known=known)) == ["history.range"]
    assert check({**COMPLETE, "calls": Answer(120)}, month=month, known=known) == []


def test_a_break_does_not_open_the_way_for_an_implausible_value():
    known = KnownMonths(history=history(20), breaks={"falun": (JANUARY,)})

    assert codes(check({**COMPLETE, "calls": Answer(101)}, known=known)) == ["history.implausible"]


@pytest.mark.parametrize(("last_year", "codes_then"), [(160, []), (100, ["history.range"])])
def test_a_value_like_the_same_month_last_year_is_a_season(last_year, codes_then):
    # 190 lies outside 100 ± 3 spreads, but near last January's 160
    known = KnownMonths(history=calls_of({back: 100 for back in range(1, 24)} | {12: last_year}))

    assert codes(check({**COMPLETE, "calls": Answer(190)}, known=known)) == codes_then


def test_a_confirmed_implausible_value_holds_the_release():
    known = KnownMonths(history=history(20))
    odd, implausible = (check({**COMPLETE, "calls": Answer(count)}, known=known) for count in (90, 101))

    assert (codes(odd), holds_release(odd)) == (["history.range"], False)
    assert (codes(implausible), holds_release(implausible)) == (["history.implausible"], True)


def test_places_are_spelt_as_the_reader_sees_them():
    assert spell_place(Place(sheet="Månadsdata", cell="D7")) == "Cell D7 i bladet Månadsdata"
    assert spell_place(Place(row=7, column="värde", cell="D7")) == "Rad 7, kolumnen värde"
    assert spell_place(Place(row=7)) == "Rad 7"
    assert spell_place(Place()) == ""


def test_a_problems_advice_is_its_message_without_the_place_that_a_column_tells():
    (problem,) = check({**COMPLETE, "calls_answered_same_day": Answer(9_999)})

    assert problem.message.startswith(f"{spell_place(problem.place) or 'BUP Falun'}: ")
    assert problem.advice and not problem.advice.startswith("Cell ")
    cell = Place(sheet="Månadsdata", cell="F7", row=7, column="F")
    said = replace(problem, place=cell, message=f"{spell_place(cell)}: raden är dold: visa den.")
    assert said.advice == "Raden är dold: visa den."
    assert replace(said, place=Place(column="Samtal"), message="Samtal: fel.").advice == "Fel."
    assert replace(said, place=Place(), message="Filen är tom.").advice == "Filen är tom."


def test_large_numbers_in_a_message_have_their_thousands_apart():
    (problem,) = check({**COMPLETE, "calls_answered_same_day": Answer(9_999)})

    assert "är 9\u00a0999 i januari 2025" in problem.message
