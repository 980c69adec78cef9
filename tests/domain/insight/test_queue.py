"""The three queues: their parts, their state, and what it would take."""

import pytest

from portal.domain.insight.queue import (
    PHASES,
    PHASES_BY_CODE,
    QueueState,
    added,
    phase_of,
    plan,
    state_at,
    turn_of,
)
from portal.domain.insight.statistics.queues import DAYS_PER_MONTH
from portal.domain.registry.annual import figure_of_month, regional_figure
from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.measures import MEASURES_BY_CODE, MeasureKind
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import Answer, MissingReason, Ratio


PHASE = PHASES_BY_CODE["investigation"]
DECEMBER = Month(2024, 12)


def clinic_of(**details):
    return Clinic(
        code="x",
        name="X",
        report_name="X",
        municipality_code="2080",
        municipality="Falun",
        operator=Operator.PUBLIC,
        provider="X",
        **details,
    )


def figure_of(answers, indicator):
    return figure_of_month(indicator, answers[DECEMBER], otherwise=MissingReason.NOT_REPORTED)


def answers_of(waiting, started, within=(0, 0, 0)):
    """September's queue and three months to December."""
    months = months_between(DECEMBER.plus(-3), DECEMBER)
    found = {}
    for index, month in enumerate(months):
        found[month] = {PHASE.waiting: Answer(waiting[index])}
        if index:
            found[month][PHASE.started] = Answer(started[index - 1])
            found[month][PHASE.within] = Answer(within[index - 1])
    return found


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.code)
def test_a_phases_parts_are_declared_measures_and_indicators(phase):
    assert MEASURES_BY_CODE[phase.waiting].kind is MeasureKind.STOCK
    assert MEASURES_BY_CODE[phase.started].kind is MeasureKind.FLOW
    assert MEASURES_BY_CODE[phase.within].not_above == phase.started
    share, to_clear = INDICATORS_BY_CODE[phase.share], INDICATORS_BY_CODE[phase.to_clear]
    assert (share.numerator, share.denominator) == (phase.within, phase.started)
    assert (to_clear.numerator, to_clear.denominator) == (phase.waiting, phase.started)
    assert {phase_of(code) for code in phase.indicators} == {phase}


def test_an_indicator_without_a_queue_has_none():
    assert phase_of("care_plans") is None


def test_the_pace_is_the_mean_of_three_months_and_newcomers_follow_from_the_queues_balance():
    state = state_at(PHASE, clinic_of(), DECEMBER, answers_of([60, 62, 66, 72], [10, 8, 12], [2, 4, 3]))

    assert (state.waiting, state.started) == (72, 10)
    assert state.joining == (72 - 60 + 30) / 3
    assert state.share_within == 30


def test_a_queue_lasts_at_the_pace_of_its_month_as_the_indicator_says():
    answers = answers_of([60, 62, 66, 72], [10, 8, 12])
    indicator = INDICATORS_BY_CODE[PHASE.to_clear]

    state = state_at(PHASE, clinic_of(), DECEMBER, answers)

    assert state.months_to_clear == 6  # 72 waiting and 12 started in the month
    assert state.months_to_clear == figure_of(answers, indicator).value


def test_a_month_that_is_missing_makes_the_pace_unknown_and_never_zero():
    answers = answers_of([60, 62, 66, 72], [10, 8, 12])
    answers[Month(2024, 11)][PHASE.started] = Answer(reason=MissingReason.NOT_MEASURED)

    state = state_at(PHASE, clinic_of(), DECEMBER, answers)

    assert (state.waiting, state.started, state.joining) == (72, None, None)
    assert state.months_to_clear == 6


def test_a_new_clinic_began_with_an_empty_queue():
    answers = answers_of([0, 0, 10, 18], [0, 2, 4])
    del answers[Month(2024, 9)], answers[Month(2024, 10)]

    state = state_at(PHASE, clinic_of(opened=Month(2024, 11)), DECEMBER, answers)

    assert state.started == 3
    assert state.joining == (18 + 6) / 2


def test_a_queue_that_takes_half_the_target_presses_as_hard_as_it_may():
    half = 15 / DAYS_PER_MONTH
    calm = QueueState(phase=PHASES[0], lasting=Ratio(half * 20, 20), joining=20, started=20)

    assert calm.pressure == pytest.approx(1)
    assert calm.load == 1
    assert QueueState(phase=PHASES[0]).pressure is None
    assert QueueState(phase=PHASES[0]).load is None


def test_nobody_started_is_a_queue_of_unknown_length():
    state = state_at(PHASE, clinic_of(), DECEMBER, answers_of([5, 5, 6, 7], [0, 0, 0]))

    assert state.started == 0
    assert state.months_to_clear is None
    assert state.share_within is None


def test_the_region_is_the_clinics_together():
    one = state_at(PHASE, clinic_of(), DECEMBER, answers_of([60, 62, 66, 72], [10, 8, 12], [2, 4, 3]))
    unknown = state_at(PHASE, clinic_of(), DECEMBER, {})

    both = added(PHASE, [one, one, unknown])

    assert (both.waiting, both.started, both.share_within) == (144, 20, 30)
    assert added(PHASE, [unknown]).waiting is None


def test_the_regions_queue_lasts_as_its_indicator_says_whoever_answered_what():
    indicator = INDICATORS_BY_CODE[PHASE.to_clear]
    nobody_started, half = answers_of([5, 5, 6, 7], [1, 1, 0]), answers_of([60, 62, 66, 72], [10, 8, 12])
    half[DECEMBER][PHASE.started] = Answer(reason=MissingReason.NOT_MEASURED)
    clinics = [answers_of([60, 62, 66, 72], [10, 8, 12]), nobody_started, half]

    together = added(PHASE, [state_at(PHASE, clinic_of(), DECEMBER, answers) for answers in clinics])

    assert together.months_to_clear == (72 + 7) / 12
    figures = [figure_of(answers, indicator) for answers in clinics]
    assert together.months_to_clear == regional_figure(indicator, figures).value


def test_the_articles_queues_last_as_long_as_its_figures_say():
    """SVT Dalarna, November 2023: 282, 379 and 534 waited, 172, 49 and 53 started a month."""
    lengths = [round(waiting / started, 1) for waiting, started in ((282, 172), (379, 49), (534, 53))]

    assert lengths == [1.6, 7.7, 10.1]


def test_a_plan_says_how_many_more_and_when_todays_pace_gets_there():
    needed = plan(72, 14, 10, months=6)

    assert needed.needed == pytest.approx(14 + (72 - 14 * 30 / (365.25 / 12)) / 6)
    assert needed.more == pytest.approx(needed.needed - 10)
    assert needed.until_within_today is None
    assert plan(5, 14, 20, months=6).more == 0
    assert plan(5, 14, 20, months=6).until_within_today == 0


# Since when it grows or shrinks


def turn(*waiting):
    first = DECEMBER.plus(1 - len(waiting))
    turn = turn_of(list(zip(months_between(first, DECEMBER), waiting, strict=True)))
    return turn and (turn.since.label, turn.monthly, turn.is_first)


def test_a_queue_grows_since_its_lowest_month_and_shrinks_since_its_highest():
    assert turn(30, 10, 20, 40) == ("oktober 2024", 15, False)
    assert turn(40, 30, 20, 10) == ("september 2024", -10, True)
    assert turn(10, 50, 40, 30) == ("oktober 2024", -10, False)  # the later of the two
    assert turn(10, 40, 10, 40) == ("november 2024", 30, False)  # of equal months the newest


def test_a_queue_that_has_not_moved_has_not_turned():
    assert turn(10, 10, 10) is None
    assert turn(10) is None
    assert turn_of([]) is None


def test_how_long_those_who_wait_have_waited_stands_beside_and_is_never_those_who_started():
    """30 wait, 12 of them over 30 days and 3 over 90; all 10 who started did so within 30 days."""
    answers = answers_of((30, 30, 30, 30), (10, 10, 10), (10, 10, 10))
    waited = {PHASE.over_30d: Answer(12), PHASE.over_90d: Answer(3)}
    answers[DECEMBER] = {**answers[DECEMBER], **waited}

    state = state_at(PHASE, clinic_of(), DECEMBER, answers)

    assert (state.waited, state.waited_long) == (Ratio(18, 30), Ratio(3, 30))
    assert state.share_within == 100


def test_a_clinic_that_does_not_tell_how_long_its_queue_has_waited_is_left_out_of_the_regions_share():
    told = QueueState(phase=PHASE, waiting=30, waited=Ratio(18, 30))
    silent = QueueState(phase=PHASE, waiting=100)

    assert added(PHASE, [told, silent]).waited == Ratio(18, 30)
    assert added(PHASE, [silent]).waited is None
