"""Plans: the clinic writes, both comment, the region agrees; versions, who may, what is refused, what is in the log."""

from dataclasses import replace
from datetime import date

import pytest

from portal.domain.accounts.access import AccessDenied
from portal.domain.insight.contract import DemandAnswer, Reply
from portal.domain.plans.effect import Outcome
from portal.domain.plans.plan import Due, Occasion, PlanContent, PlanState, StepKind
from portal.domain.registry.months import Month, months_between
from portal.services.insight import contract, demands
from portal.services.insight.demands import DemandWish
from portal.services.plans import plans, writing
from portal.services.plans.occasions import list_occasions
from portal.services.plans.writing import PlanAt, PlanConflict
from portal.services.refused import Refused
from tests.conftest import SYSTEM, audit_actions
from tests.services.region import CONTROLLER, JANUARY, send, user_of


FALUN, MORA = user_of("falun"), user_of("mora")
QUEUE, TELEPHONE = Occasion.parse("queue:investigation"), Occasion.parse("demand:telephone_hours")
CONTENT = PlanContent(
    action="Två team utreder på fredagar",
    responsible="Enhetschef",
    starts=Month(2025, 2),
    until=Month(2025, 6),
    expected=2.5,
)


def write(portal, content=CONTENT, *, user=FALUN, occasion=QUEUE):
    return writing.write(portal, user, clinic="falun", occasion=occasion, content=content)


def at(plan):
    return PlanAt(plan.number, plan.version)


def agree(portal, plan):
    return writing.agree(portal, CONTROLLER, at(plan))


def begin(portal, plan):
    return writing.move(portal, FALUN, at(agree(portal, plan)), PlanState.GOING)


def only(portal, user=FALUN):
    (followed,) = plans.list_plans(portal, user)
    return followed


def test_a_plan_is_written_agreed_begun_and_done_and_every_step_stays(portal):
    plan = begin(portal, write(portal, replace(CONTENT, action="  Två   team utreder ")))
    writing.comment(portal, CONTROLLER, plan.number, "Bra, vi följer det.")
    newest = only(portal).plan
    writing.move(portal, FALUN, at(newest), PlanState.DONE)

    story = plans.story(portal, FALUN, plan.number)
    assert story.followed.plan.content.action == "Två team utreder"
    assert story.followed.plan.state is PlanState.DONE
    assert [(version.step, version.by) for version in story.versions] == [
        (StepKind.WRITTEN, "falun-chef"),
        (StepKind.AGREED, "controller"),
        (StepKind.MOVED, "falun-chef"),
        (StepKind.COMMENTED, "controller"),
        (StepKind.MOVED, "falun-chef"),
    ]
    assert [(action, subject) for _, action, subject in audit_actions(portal)[:5]] == [
        ("plan.moved", f"investigation {plan.number}"),
        ("plan.commented", f"investigation {plan.number}"),
        ("plan.moved", f"investigation {plan.number}"),
        ("plan.agreed", f"investigation {plan.number}"),
        ("plan.written", f"investigation {plan.number}"),
    ]


def test_a_clinic_finds_its_own_plans_and_the_region_all(portal):
    plan = write(portal)

    assert only(portal, CONTROLLER).clinic.name == "BUP Falun"
    assert plans.list_plans(portal, MORA) == ()
    assert plans.of_clinic(portal, FALUN, clinic="falun")[0].plan == plan
    for number in (plan.number, 99):
        with pytest.raises(AccessDenied, match="inte tillgång till den planen"):
            plans.story(portal, MORA, number)
        with pytest.raises(AccessDenied, match="inte tillgång till den planen"):
            writing.comment(portal, MORA, number, "Hur går det?")


def test_only_the_clinic_writes_and_only_the_region_agrees_and_chooses_for_the_report(portal):
    plan = write(portal)

    with pytest.raises(AccessDenied):
        write(portal, user=CONTROLLER)
    with pytest.raises(AccessDenied):
        writing.change(portal, CONTROLLER, at(plan), replace(CONTENT, responsible="Annan"))
    with pytest.raises(AccessDenied):
        writing.move(portal, CONTROLLER, at(plan), PlanState.STOPPED)
    with pytest.raises(AccessDenied):
        writing.agree(portal, FALUN, at(plan))
    with pytest.raises(AccessDenied):
        writing.put_in_report(portal, FALUN, plan.number, is_in=True)
    assert only(portal).plan == plan


def test_who_was_overtaken_is_told_and_nothing_is_overwritten(portal):
    plan = write(portal)
    writing.change(portal, FALUN, at(plan), replace(CONTENT, responsible="Vårdchef"))

    with pytest.raises(PlanConflict, match="falun-chef hann före: planen är nu version 2") as conflict:
        writing.change(portal, FALUN, at(plan), replace(CONTENT, responsible="Psykolog"))

    assert conflict.value.theirs.plan.content.responsible == "Vårdchef"
    assert only(portal).plan.content.responsible == "Vårdchef"
    with pytest.raises(PlanConflict):
        writing.agree(portal, CONTROLLER, at(plan))


def test_a_second_click_changes_nothing(portal):
    plan = write(portal)
    begun = begin(portal, plan)
    writing.put_in_report(portal, CONTROLLER, plan.number, is_in=True)
    before = len(plans.story(portal, FALUN, plan.number).versions)

    assert write(portal).number == plan.number
    agree(portal, plan)
    writing.move(portal, FALUN, at(begun), PlanState.GOING)
    writing.change(portal, FALUN, at(plan), CONTENT)
    writing.put_in_report(portal, CONTROLLER, plan.number, is_in=True)

    assert len(plans.story(portal, FALUN, plan.number).versions) == before


def test_what_is_changed_waits_for_the_region_again(portal):
    plan = begin(portal, write(portal))
    assert not only(portal).waits_for_region

    writing.change(portal, FALUN, at(plan), replace(CONTENT, until=Month(2025, 9)))

    assert only(portal).waits_for_region
    assert only(portal).plan.state is PlanState.GOING


@pytest.mark.parametrize(
    ("changes", "about"),
    [
        ({"action": " "}, "action"),
        ({"action": "x" * 501}, "action"),
        ({"responsible": ""}, "responsible"),
        ({"expected": None}, "expected"),
        ({"expected": -1.0}, "expected"),
        ({"until": Month(2025, 1)}, "until"),
        ({"starts": Month(2020, 1)}, "starts"),
    ],
)
def test_a_plan_that_lacks_a_part_is_refused_at_that_part(portal, changes, about):
    with pytest.raises(Refused) as refusal:
        write(portal, replace(CONTENT, **changes))

    assert refusal.value.about == about
    assert plans.list_plans(portal, FALUN) == ()


def test_a_demand_has_a_plan_while_it_is_not_met(portal):
    send(portal)
    by_answer = replace(CONTENT, expected=None)
    with pytest.raises(Refused, match="Kravet är uppfyllt"):
        write(portal, by_answer, occasion=TELEPHONE)

    answer = DemandAnswer(
        clinic="falun",
        demand="telephone_hours",
        reply=Reply.NO,
        valid_from=date(2025, 1, 1),
        source="Provringning",
    )
    contract.enter_answer(portal, CONTROLLER, answer)

    written = write(portal, by_answer, occasion=TELEPHONE)
    assert written.occasion == TELEPHONE
    assert only(portal).effect.label == "inget månadsmått visar det"
    with pytest.raises(Refused, match="lämna väntat värde tomt"):
        write(portal, CONTENT, occasion=TELEPHONE)


def test_a_regions_own_demand_that_an_answer_judges_has_a_plan_in_its_own_words(portal):
    wish = DemandWish(name="Tolk vid varje besök", rule="Tolk erbjuds alla.", source="Avtalet, punkt 7")
    demands.set_demand(portal, SYSTEM, wish)
    send(portal)
    interpreter = Occasion.parse("demand:krav_tolk_vid_varje_besok", portal.demands)
    answer = DemandAnswer(
        clinic="falun",
        demand=interpreter.subject,
        reply=Reply.NO,
        valid_from=date(2025, 1, 1),
        source="Provbesök",
    )
    contract.enter_answer(portal, CONTROLLER, answer)

    plan = write(portal, replace(CONTENT, expected=None), occasion=interpreter)

    assert only(portal).plan.occasion.label == "Tolk vid varje besök"
    assert audit_actions(portal)[0][1:] == ("plan.written", f"Tolk vid varje besök {plan.number}")
    demands.remove_demand(portal, SYSTEM, wish.name)
    changed = replace(CONTENT, expected=None, responsible="Vårdchef")
    assert writing.change(portal, FALUN, at(plan), changed).occasion.label == "Borttaget avtalskrav"


def test_a_share_below_its_demand_and_a_change_for_the_worse_are_occasions(portal):
    for month in months_between(Month(2023, 12), JANUARY.previous):
        send(portal, month=month, confirm=True)
    send(portal, confirm=True, calls_answered_same_day=60)

    occasions = list(map(str, list_occasions(portal, FALUN, clinic="falun")))

    assert "demand:first_visit_within_30d" in occasions, "70 %"
    assert "signal:calls_answered_same_day" in occasions
    assert "signal:first_visit_within_30d" not in occasions, "as usual"
    assert "queue:treatment" in occasions


def test_the_effect_is_that_of_the_clinics_own_months_and_judged_six_months_after_the_start(portal):
    usual, fewer = (58, 60, 62, 59, 61, 60), 20
    for place, month in enumerate(months_between(Month(2023, 6), JANUARY)):
        waiting = fewer if month >= Month(2024, 8) else usual[place % 6]
        send(portal, month=month, confirm=True, waiting_investigation=waiting)
    begin(portal, write(portal, replace(CONTENT, starts=Month(2024, 8))))
    begun = only(portal)

    assert begun.effect.label == "bättre än före"
    assert only(portal.on(date(2025, 1, 31))).effect.label == "bedöms tidigast i februari 2025"
    assert only(portal.on(date(2025, 7, 1))).due is Due.END
    send(portal, month=JANUARY, confirm=True, waiting_investigation=61, answer="Rättat.")
    assert only(portal).effect.outcome is Outcome.BETTER, "months 1-5 still are"
