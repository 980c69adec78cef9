"""The action plans' rows of the matrix in rows.py. The plan of a clinic that has none, or doesn't exist, is number 0."""

from db.plans import plans as stored_plans
from portal.domain.accounts.access import EVERY_CLINIC
from portal.domain.plans.plan import Occasion, PlanContent, PlanState
from portal.domain.registry.months import Month
from portal.services.plans import occasions, plans, writing
from portal.services.plans.writing import PlanAt
from tests.walls.kinds import Kind, Row, clinic, own, region


QUEUE = Occasion.parse("queue:treatment")


def content_of(clinic):
    return PlanContent(
        action=f"{clinic.title()} anställer två psykologer",
        responsible="Enhetschef",
        starts=Month(2025, 2),
        until=Month(2025, 6),
        expected=2,
    )


def plan_of(portal, clinic):
    with portal.database.reading(EVERY_CLINIC) as scoped:
        plan = next(
            (plan for plan in stored_plans.list_newest(scoped, portal.demands) if plan.clinic == clinic), None
        )
    return PlanAt(plan.number, plan.version) if plan else PlanAt(0, 1)


def number_of(portal, clinic):
    return plan_of(portal, clinic).number


PLAN_ROWS = {
    "plans.occasions.list_occasions": clinic(
        lambda p, u, c: (c, occasions.list_occasions(p, u, clinic=c)), shows=False
    ),
    "plans.plans.list_plans": own(lambda p, u, c: plans.list_plans(p, u)),
    "plans.plans.of_clinic": clinic(lambda p, u, c: plans.of_clinic(p, u, clinic=c)),
    "plans.plans.story": clinic(lambda p, u, c: plans.story(p, u, number_of(p, c))),
    "plans.writing.write": Row(
        kind=Kind.WRITER,
        call=lambda p, u, c: writing.write(p, u, clinic=c, occasion=QUEUE, content=content_of("ny")),
    ),
    "plans.writing.change": Row(
        kind=Kind.WRITER, call=lambda p, u, c: writing.change(p, u, plan_of(p, c), content_of("ny"))
    ),
    "plans.writing.move": Row(
        kind=Kind.WRITER, call=lambda p, u, c: writing.move(p, u, plan_of(p, c), PlanState.STOPPED)
    ),
    "plans.writing.comment": clinic(lambda p, u, c: writing.comment(p, u, number_of(p, c), "Hur går det?")),
    "plans.writing.agree": region(lambda p, u, c: writing.agree(p, u, plan_of(p, "mora"))),
    "plans.writing.put_in_report": region(
        lambda p, u, c: writing.put_in_report(p, u, number_of(p, "mora"), is_in=True)
    ),
}
