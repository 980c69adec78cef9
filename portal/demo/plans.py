"""The demo's action plans: invented, and labelled so. One of each state, and of what can be said of their effect."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from portal.demo.inputs import INVENTED
from portal.domain.accounts.access import ClinicUser, RegionUser
from portal.domain.plans.plan import Occasion, PlanContent, PlanState
from portal.domain.registry.months import Month
from portal.services.context import Portal
from portal.services.plans import plans, writing
from portal.services.plans.writing import PlanAt


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoPlan:
    """A plan, the days on which it was written and moved, and what the region says of it."""

    clinic: str
    occasion: str
    action: str
    responsible: str = "Enhetschef"
    starts: Month
    until: Month
    expected: float | None = None
    written: date
    agreed: date | None = None
    moved: tuple[tuple[date, PlanState], ...] = ()
    comment: str = ""
    is_in_report: bool = False


PLANS = (
    DemoPlan(
        clinic="mora",
        occasion="queue:investigation",
        action="Två team utreder på fredagar, och korta utredningar går först",
        starts=Month(2024, 3),
        until=Month(2024, 12),
        expected=2,
        written=date(2024, 2, 19),
        agreed=date(2024, 2, 26),
        moved=((date(2024, 3, 4), PlanState.GOING),),
        comment="Bra. Skriv hur många fredagar det blev när ni är klara.",
        is_in_report=True,
    ),
    DemoPlan(
        clinic="borlange",
        occasion="demand:investigation_within_30d",
        action="Utredningar planeras redan vid beslutet",
        starts=Month(2024, 4),
        until=Month(2024, 12),
        expected=60,
        written=date(2024, 3, 25),
        agreed=date(2024, 3, 28),
        moved=((date(2024, 4, 2), PlanState.GOING), (date(2025, 1, 13), PlanState.DONE)),
        is_in_report=True,
    ),
    DemoPlan(
        clinic="ludvika",
        occasion="queue:treatment",
        action="Gruppbehandling för ångest varje torsdag",
        responsible="Behandlingsansvarig",
        starts=Month(2024, 5),
        until=Month(2025, 6),
        expected=1.5,
        written=date(2024, 4, 22),
        agreed=date(2024, 4, 29),
        moved=((date(2024, 5, 2), PlanState.GOING),),
        is_in_report=True,
    ),
    DemoPlan(
        clinic="falun-capio",
        occasion="queue:first_visit",
        action="Första besök även på kvällstid",
        starts=Month(2024, 5),
        until=Month(2024, 11),
        expected=1,
        written=date(2024, 4, 23),
        agreed=date(2024, 4, 30),
        moved=((date(2024, 5, 6), PlanState.GOING), (date(2024, 8, 26), PlanState.STOPPED)),
        comment="Kvällarna ställdes in över sommaren.",
    ),
    DemoPlan(
        clinic="borlange-jewe",
        occasion="queue:first_visit",
        action="En sköterska ringer före första besöket",
        starts=Month(2024, 6),
        until=Month(2024, 12),
        expected=1,
        written=date(2024, 5, 20),
        agreed=date(2024, 5, 27),
        moved=((date(2024, 6, 3), PlanState.GOING), (date(2025, 1, 14), PlanState.DONE)),
    ),
    DemoPlan(
        clinic="hedemora-kiron",
        occasion="demand:first_visit_within_30d",
        action="En vikarierande psykolog tar första besök",
        starts=Month(2024, 11),
        until=Month(2025, 5),
        expected=80,
        written=date(2024, 10, 21),
        agreed=date(2024, 10, 28),
        moved=((date(2024, 11, 4), PlanState.GOING),),
    ),
    DemoPlan(
        clinic="falun",
        occasion="demand:treatment_within_30d",
        action="En samordnare fördelar nya behandlingar varje måndag",
        starts=Month(2025, 2),
        until=Month(2025, 8),
        expected=60,
        written=date(2025, 1, 27),
        agreed=date(2025, 1, 29),
    ),
    DemoPlan(
        clinic="mora",
        occasion="demand:telephone_hours",
        action="Telefonen bemannas även fredagar efter 15",
        starts=Month(2025, 3),
        until=Month(2025, 4),
        written=date(2025, 2, 3),
    ),
)

Step = tuple[date, Callable[[Portal], object]]


def steps(region: RegionUser) -> deque[Step]:
    """Return what people do with the plans, day by day."""
    every = [step for plan in PLANS for step in _steps(plan, region)]
    return deque(sorted(every, key=lambda step: step[0]))


def follow(portal: Portal, left: deque[Step], *, until: date) -> None:
    """Do what was done up to a day, and leave the rest."""
    while left and left[0][0] <= until:
        day, act = left.popleft()
        act(portal.on(day))


def _steps(plan: DemoPlan, region: RegionUser) -> list[Step]:
    writer = ClinicUser(plan.clinic, plan.clinic, (plan.clinic,))
    occasion = Occasion.parse(plan.occasion)
    labelled = f"{INVENTED}. {plan.action}."
    content = PlanContent(
        action=labelled,
        responsible=plan.responsible,
        starts=plan.starts,
        until=plan.until,
        expected=plan.expected,
    )

    def at(portal: Portal) -> PlanAt:
        own = plans.of_clinic(portal, writer, clinic=plan.clinic)
        newest = next(followed.plan for followed in own if followed.plan.occasion == occasion)
        return PlanAt(newest.number, newest.version)

    def agree(portal: Portal) -> None:
        writing.agree(portal, region, at(portal))
        if plan.comment:
            writing.comment(portal, region, at(portal).number, plan.comment)
        writing.put_in_report(portal, region, at(portal).number, is_in=plan.is_in_report)

    def mover(state: PlanState) -> Callable[[Portal], object]:
        return lambda portal: writing.move(portal, writer, at(portal), state)

    def write(portal: Portal) -> None:
        writing.write(portal, writer, clinic=plan.clinic, occasion=occasion, content=content)

    agreed: list[Step] = [(plan.agreed, agree)] if plan.agreed else []
    return [(plan.written, write), *agreed, *((day, mover(state)) for day, state in plan.moved)]
