"""A plan's states: who may go where, what its months ask for, and what the region has agreed to."""

from dataclasses import replace
from datetime import date

import pytest

from portal.domain.insight.demands import DemandList, own_demand
from portal.domain.plans.plan import (
    ActionPlan,
    Due,
    Occasion,
    OccasionKind,
    PlanContent,
    PlanState,
    changed,
    check_months,
    first_months,
    moved,
    ways,
    why_not,
)
from portal.domain.refused import Refused
from portal.domain.registry.months import Month


QUEUE = Occasion(OccasionKind.QUEUE, "investigation")
CONTENT = PlanContent(
    action="Två team utreder på fredagar",
    responsible="Enhetschef",
    starts=Month(2025, 2),
    until=Month(2025, 6),
    expected=2.5,
)
AGREED = ActionPlan(number=1, clinic="falun", occasion=QUEUE, content=CONTENT, is_agreed=True)
IN_FEBRUARY, AFTER_JUNE = date(2025, 2, 5), date(2025, 7, 1)
PLANNED, GOING, DONE, STOPPED = PlanState


def test_a_plan_goes_from_planned_to_going_to_done_and_can_be_stopped():
    assert ways(AGREED, IN_FEBRUARY) == [GOING, STOPPED]
    assert ways(replace(AGREED, state=GOING), IN_FEBRUARY) == [DONE, STOPPED]


def test_what_was_ended_by_mistake_is_taken_up_again():
    assert ways(replace(AGREED, state=DONE), IN_FEBRUARY) == [GOING]
    assert ways(replace(AGREED, state=STOPPED), IN_FEBRUARY) == [PLANNED]


def test_no_other_way_is_open():
    with pytest.raises(Refused, match="planerad kan inte bli klar"):
        moved(AGREED, DONE, IN_FEBRUARY)


def test_nothing_begins_before_the_region_has_agreed_or_before_its_month():
    assert "Regionen" in why_not(replace(AGREED, is_agreed=False), GOING, IN_FEBRUARY)
    assert "februari 2025" in why_not(AGREED, GOING, date(2025, 1, 31))


def test_other_words_are_not_what_the_region_agreed_to():
    after = changed(AGREED, replace(CONTENT, until=Month(2025, 8)))

    assert (after.is_agreed, after.version, after.state) == (False, 2, PLANNED)


@pytest.mark.parametrize(
    ("state", "today", "due"),
    [
        (PLANNED, date(2025, 1, 31), None),
        (PLANNED, date(2025, 2, 1), Due.START),
        (GOING, date(2025, 6, 30), None),
        (GOING, AFTER_JUNE, Due.END),
        (DONE, AFTER_JUNE, None),
        (STOPPED, AFTER_JUNE, None),
    ],
)
def test_its_months_ask_for_a_start_and_for_an_end(state, today, due):
    assert replace(AGREED, state=state).due(today) is due


@pytest.mark.parametrize(
    ("months", "about"),
    [
        ({"starts": Month(2022, 12)}, "starts"),
        ({"until": Month(2025, 1)}, "until"),
        ({"until": Month(2028, 2)}, "until"),
    ],
)
def test_a_plan_begins_in_the_portals_time_and_ends_after_that_within_three_years(months, about):
    allowed = first_months(IN_FEBRUARY, Month(2023, 1))
    check_months(CONTENT, allowed)

    with pytest.raises(Refused) as refusal:
        check_months(replace(CONTENT, **months), allowed)

    assert refusal.value.about == about


def test_an_occasion_says_which_indicator_shows_the_effect():
    demand = Occasion.parse("demand:first_visit_within_30d")
    telephone = Occasion.parse("demand:telephone_hours")
    meetings = Occasion.parse("demand:information_meetings")

    assert demand.indicator.code == "first_visit_within_30d"
    assert QUEUE.indicator.unit == "månader"
    assert telephone.indicator is meetings.indicator is None, "no month shows it"


def test_a_regions_own_demand_goes_by_its_own_words():
    """Its code is that of the share it is judged by; one that an answer judges has no month to show it."""
    words = {"rule": "Alla", "source": "Avtalet", "valid_from": date(2024, 1, 1)}
    share = own_demand(label="Svar samma dag", indicator="calls_answered_same_day", **words)
    answered = own_demand(label="Tolk vid varje besök", indicator=None, **words)
    demands = DemandList((share, answered), is_own=True)

    calls = Occasion.parse("demand:calls_answered_same_day", demands)
    interpreter = Occasion.parse("demand:krav_tolk_vid_varje_besok", demands)

    assert (calls.label, calls.indicator.code) == ("Svar samma dag", "calls_answered_same_day")
    assert (interpreter.label, interpreter.indicator) == ("Tolk vid varje besök", None)
    assert Occasion.of(interpreter.kind, interpreter.subject).label == "Borttaget avtalskrav"
    assert [occasion.logged for occasion in (calls, Occasion.parse("demand:telephone_hours", demands))] == [
        "Svar samma dag",
        "telephone_hours",
    ]


def test_a_queues_plan_concerns_every_chart_of_the_queue_and_no_other():
    assert QUEUE.concerns("waiting_investigation")
    assert QUEUE.concerns("investigation_within_30d")
    assert not QUEUE.concerns("waiting_treatment")


@pytest.mark.parametrize("text", ["", "queue", "queue:x", "demand:calls", "other:calls"])
def test_what_is_no_occasion_is_none(text):
    with pytest.raises(ValueError, match="no|valid"):
        Occasion.parse(text)
