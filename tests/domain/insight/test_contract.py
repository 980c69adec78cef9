"""The contract's demands: declared whole, and judged as their rules say."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.insight.contract import (
    DEMANDS,
    NO_ANSWER,
    NO_LEVEL,
    SMALL,
    TOO_FEW,
    YEAR_IS_NOT_OVER,
    BrokenRun,
    DemandAnswer,
    JudgedBy,
    Level,
    Reply,
    Verdict,
    judge_answer,
    judge_meetings,
    judge_share,
)
from portal.domain.insight.demands import COMES_WITH_PORTAL
from portal.domain.insight.statistics.shares import wilson_interval
from portal.domain.registry.annual import FEWEST_CASES, Figure
from portal.domain.registry.indicators import INDICATORS_BY_CODE, Kind
from portal.domain.registry.months import Month
from portal.domain.registry.values import MissingReason


SINCE = date(2022, 2, 1)
LEVEL = Level(met=90, partly=60, valid_from=SINCE, basis="Beslut")
DECEMBER = Month(2024, 12)


def figure(numerator, denominator):
    return Figure(value=100 * numerator / denominator, numerator=numerator, denominator=denominator)


def months(*shares, of=100):
    """Return the newest months with these shares, the last of them December 2024."""
    return [
        (DECEMBER.plus(place + 1 - len(shares)), share * of / 100, of) for place, share in enumerate(shares)
    ]


# The declarations


@pytest.mark.parametrize("demand", DEMANDS, ids=lambda demand: demand.code)
def test_a_demand_is_declared_with_its_words_and_where_it_comes_from(demand):
    assert demand.label and demand.short
    assert demand.rule.endswith(".")
    assert "avsnitt 4." in demand.source
    assert demand.valid_from == SINCE


def test_the_demands_are_those_of_the_report():
    assert [demand.code for demand in DEMANDS] == [
        "first_visit_within_30d",
        "investigation_within_30d",
        "treatment_within_30d",
        "telephone_hours",
        "same_day_answers",
        "care_plan_by_third_visit",
        "information_meetings",
        "synergi_connected",
    ]


@pytest.mark.parametrize(
    "demand", [d for d in DEMANDS if d.judged_by is JudgedBy.SHARE], ids=lambda demand: demand.code
)
def test_a_share_that_is_judged_is_an_indicator_that_is_a_share(demand):
    assert INDICATORS_BY_CODE[demand.indicator].kind is Kind.PERCENT


def test_where_the_source_has_no_number_none_is_declared():
    assert [demand.code for demand in COMES_WITH_PORTAL.adjustable if not demand.levels] == [
        "same_day_answers"
    ]


def test_the_thirty_days_are_called_a_goal_and_no_law():
    for demand in DEMANDS[:3]:
        assert "förstärkt vårdgaranti" in demand.note
        assert "inte ett lagkrav" in demand.note


def test_a_verdict_is_a_symbol_and_a_word_of_its_own():
    assert len({verdict.symbol for verdict in Verdict}) == len({verdict.label for verdict in Verdict}) == 4


# Levels


def test_a_level_that_the_region_has_set_goes_before_the_declared_from_its_day_on():
    demand = DEMANDS[0]
    own = Level(met=85, partly=70, valid_from=date(2024, 7, 1), basis="Beslut")

    assert demand.level_on(date(2024, 6, 30), [own]) == demand.levels[0]
    assert demand.level_on(date(2024, 7, 1), [own]) is own
    assert demand.level_on(date(2021, 1, 1)) is None


def test_of_two_levels_the_newer_counts_and_of_the_same_day_the_later_entered():
    old, new, newest = (
        Level(met=met, valid_from=day, basis="Beslut")
        for met, day in ((70, date(2024, 1, 1)), (80, date(2024, 7, 1)), (90, date(2024, 7, 1)))
    )

    assert DEMANDS[0].level_on(date(2025, 1, 1), [new, newest, old]) is newest


# Shares


@pytest.mark.parametrize(
    ("share", "verdict"),
    [
        (100, Verdict.MET),
        (90, Verdict.MET),
        (89, Verdict.PARTLY),
        (60, Verdict.PARTLY),
        (59, Verdict.NOT_MET),
        (0, Verdict.NOT_MET),
    ],
)
def test_a_share_is_met_partly_met_or_not_met_by_its_level(share, verdict):
    found = judge_share(figure(2 * share, 200), LEVEL)

    assert found.verdict is verdict
    assert (found.numerator, found.denominator, found.value) == (2 * share, 200, share)


def test_without_a_level_for_partly_nothing_is_partly_met():
    level = Level(met=100, valid_from=SINCE, basis="Avtalet")

    assert judge_share(figure(199, 200), level).verdict is Verdict.NOT_MET


def test_without_a_level_the_figure_is_shown_and_not_judged():
    found = judge_share(figure(88, 100), None)

    assert (found.verdict, found.reason, found.value) == (Verdict.UNKNOWN, NO_LEVEL, 88)


def test_few_cases_are_shown_and_not_judged():
    assert judge_share(figure(FEWEST_CASES - 1, FEWEST_CASES - 1), LEVEL).reason == TOO_FEW
    assert judge_share(figure(FEWEST_CASES, FEWEST_CASES), LEVEL).verdict is Verdict.MET


@pytest.mark.parametrize("reason", [MissingReason.NOT_STARTED, MissingReason.NO_DATA])
def test_a_missing_figure_says_why_and_is_never_a_failure(reason):
    found = judge_share(Figure(reason=reason), LEVEL)

    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, reason.label)


def test_a_small_share_has_its_interval_and_says_when_a_limit_lies_inside():
    close, clear, large = (judge_share(figure(*ratio), LEVEL) for ratio in ((30, 50), (5, 50), (60, SMALL)))

    assert close.interval == pytest.approx([100 * limit for limit in wilson_interval(30, 50)])
    assert (close.is_close, clear.is_close, large.is_close) == (True, False, False)
    assert large.interval is None


@given(st.integers(FEWEST_CASES, 500), st.data())
def test_one_more_case_within_the_time_never_makes_the_verdict_worse(denominator, data):
    numerator = data.draw(st.integers(0, denominator - 1))
    order = [Verdict.NOT_MET, Verdict.PARTLY, Verdict.MET]

    fewer, more = (
        judge_share(figure(count, denominator), LEVEL).verdict for count in (numerator, numerator + 1)
    )

    assert order.index(fewer) <= order.index(more)


# How long


@pytest.mark.parametrize(
    ("monthly", "share", "months_in_a_row"),
    [
        (months(100, 50, 50, 50), 50, 3),
        (months(100, 50, 70, 50), 50, 3),  # partly met in between is not met in full
        (months(100, 50, 70, 50), 70, 3),
        (months(50, 50, 100), 50, 0),
        (months(50, 100, 50), 100, 0),  # the period meets the demand: nothing is broken
        ([], 50, 0),
    ],
)
def test_a_broken_demand_says_how_many_months_in_a_row(monthly, share, months_in_a_row):
    found = judge_share(figure(2 * share, 200), LEVEL, monthly)

    assert found.broken.months == months_in_a_row
    assert found.broken.since == (DECEMBER.plus(1 - months_in_a_row) if months_in_a_row else None)


@pytest.mark.parametrize(
    ("monthly", "share", "below"),
    [
        (months(70, 50, 50), 50, BrokenRun(months=2, since=DECEMBER.previous)),
        (months(50, 50, 70), 50, BrokenRun(last=DECEMBER.previous)),  # partly met is better than not met
        (months(70, 70, 70), 50, BrokenRun()),
        (months(50, 50, 50), 70, BrokenRun()),  # the period is partly met: its months below are no news
    ],
)
def test_a_period_below_the_lower_level_says_since_when_or_when_last(monthly, share, below):
    assert judge_share(figure(2 * share, 200), LEVEL, monthly).below_partly == below


def test_a_demand_broken_over_the_period_and_met_lately_says_when_it_last_was_broken():
    found = judge_share(figure(100, 200), LEVEL, months(50, 50, 100))

    assert found.broken == BrokenRun(last=DECEMBER.previous)


def test_a_month_without_cases_neither_counts_nor_ends_the_row():
    monthly = [(Month(2024, 10), 5, 10), (Month(2024, 11), 0, 0), (Month(2024, 12), 5, 10)]

    found = judge_share(figure(50, 100), LEVEL, monthly)

    assert (found.broken.months, found.broken.since) == (2, Month(2024, 10))


# Meetings


@pytest.mark.parametrize(
    ("attended", "year_is_over", "verdict", "reason"),
    [
        (1, True, Verdict.MET, ""),
        (1, False, Verdict.MET, ""),
        (0, True, Verdict.NOT_MET, ""),
        (0, False, Verdict.UNKNOWN, YEAR_IS_NOT_OVER),
        (None, True, Verdict.UNKNOWN, "ej rapporterat"),
    ],
)
def test_a_year_without_meeting_is_a_failure_only_when_it_is_over(attended, year_is_over, verdict, reason):
    level = Level(met=1, valid_from=SINCE, basis="Avtalet")

    found = judge_meetings(attended, level, year_is_over=year_is_over)

    assert (found.verdict, found.reason, found.value) == (verdict, reason, attended)


# Answers


def answer(reply, day):
    return DemandAnswer(
        clinic="mora", demand="telephone_hours", reply=reply, valid_from=day, source=f"Chefen {day}"
    )


YES, PARTLY, NO = Reply.YES, Reply.PARTLY, Reply.NO


def test_the_answer_in_force_at_the_end_of_the_period_counts():
    answers = [answer(NO, date(2024, 3, 1)), answer(YES, date(2024, 9, 15)), answer(NO, date(2025, 1, 1))]

    found = judge_answer(answers, last=DECEMBER)

    assert (found.verdict, found.reply, found.source) == (Verdict.MET, YES, "Chefen 2024-09-15")
    assert (found.broken.months, found.broken.since) == (0, None)


def test_a_demand_that_is_met_again_says_until_when_it_was_not():
    answers = [answer(YES, SINCE), answer(PARTLY, date(2024, 5, 6)), answer(YES, date(2024, 11, 4))]

    found = judge_answer(answers, last=DECEMBER)

    assert (found.verdict, found.broken) == (Verdict.MET, BrokenRun(last=Month(2024, 11)))


def test_no_answer_is_no_verdict():
    assert judge_answer([answer(YES, date(2025, 1, 1))], last=DECEMBER).reason == NO_ANSWER


def test_a_no_counts_its_months_from_the_first_answer_that_was_no_yes():
    answers = [answer(YES, SINCE), answer(PARTLY, date(2024, 5, 1)), answer(NO, date(2024, 8, 1))]
    answers.append(answer(NO, date(2024, 10, 20)))

    found = judge_answer(answers, last=DECEMBER)

    assert (found.verdict, found.broken.since, found.broken.months) == (Verdict.NOT_MET, Month(2024, 5), 8)


def test_a_partly_goes_on_from_a_no():
    answers = [answer(NO, date(2024, 5, 1)), answer(PARTLY, date(2024, 8, 1))]

    found = judge_answer(answers, last=DECEMBER)

    assert (found.verdict, found.broken.since) == (Verdict.PARTLY, Month(2024, 5))


def test_the_months_before_a_clinic_opened_do_not_count():
    found = judge_answer([answer(NO, date(2024, 1, 1))], last=DECEMBER, first=Month(2024, 11))

    assert (found.broken.since, found.broken.months) == (Month(2024, 11), 2)


def test_of_two_answers_from_the_same_day_the_later_entered_counts():
    assert judge_answer([answer(NO, SINCE), answer(YES, SINCE)], last=DECEMBER).verdict is Verdict.MET


def test_the_worst_stand_first_and_those_that_cannot_be_judged_last():
    shares = {name: judge_share(figure(*pair), LEVEL) for name, pair in {
        "met": (95, 100), "partly": (70, 100), "not met": (50, 100), "worse": (20, 100), "few": (0, 3)
    }.items()}  # fmt: skip

    assert sorted(shares, key=lambda name: shares[name].worst_first) == [
        "worse", "not met", "partly", "met", "few"
    ]  # fmt: skip
    assert [name for name in shares if shares[name].rests_on_few] == ["few"]


# What a share is measured against


def test_a_share_without_a_target_is_measured_against_the_contract():
    aim = COMES_WITH_PORTAL.aim_of(INDICATORS_BY_CODE["first_visit_within_30d"], date(2024, 12, 31), {})

    assert (aim.value, aim.text) == (100, "alla (100 %)")


def test_a_level_that_the_region_sets_goes_before_and_where_none_is_set_there_is_no_aim():
    calls, levels = INDICATORS_BY_CODE["calls_answered_same_day"], {"same_day_answers": [LEVEL]}

    assert COMES_WITH_PORTAL.aim_of(calls, SINCE, {}) is None
    assert COMES_WITH_PORTAL.aim_of(calls, SINCE, levels).text == "minst 90\u00a0%, satt av regionen"
    assert COMES_WITH_PORTAL.aim_of(INDICATORS_BY_CODE["care_plans"], SINCE, levels) is None
