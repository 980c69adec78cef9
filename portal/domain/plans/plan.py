"""Action plans (åtgärdsplaner): what a clinic does about an unmet demand, a signal or a queue, and which way it may go.

A plan is kept as versions, each the whole plan as it stood after one step: nothing is overwritten.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from portal.domain.insight.contract import DEMANDS_BY_CODE, Demand
from portal.domain.insight.demands import COMES_WITH_PORTAL, DemandList, comes_with_portal
from portal.domain.insight.queue import PHASES_BY_CODE
from portal.domain.refused import Refused
from portal.domain.registry.indicators import INDICATORS_BY_CODE, Indicator
from portal.domain.registry.months import Month, months_between


SHORTEST_WORDS, LONGEST_ACTION, LONGEST_RESPONSIBLE, LONGEST_COMMENT = 3, 500, 80, 500
LONGEST_PLAN = 36  # months
AHEAD = 24  # months from now in which a plan may begin
REMOVED = "Borttaget avtalskrav"


class OccasionKind(StrEnum):
    """What a plan is an answer to."""

    DEMAND = "demand"
    SIGNAL = "signal"
    QUEUE = "queue"

    @property
    def label(self) -> str:
        return {"demand": "avtalskrav", "signal": "tydlig förändring", "queue": "kö"}[self.value]


@dataclass(frozen=True, slots=True)
class Occasion:
    """An unmet demand, an indicator that has changed, or a queue; `subject` is its code.

    A demand is the region's own, with its words (`of`): the code alone may be that of an indicator.
    """

    kind: OccasionKind
    subject: str
    demand: Demand | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, kind: OccasionKind, subject: str, demands: DemandList = COMES_WITH_PORTAL) -> "Occasion":
        """Return it with the demand's words; of one that the region has no longer those that came with the portal."""
        is_demand = kind is OccasionKind.DEMAND
        demand = (demands.find(subject) or DEMANDS_BY_CODE.get(subject)) if is_demand else None
        return cls(kind, subject, demand)

    @classmethod
    def parse(cls, text: str, demands: DemandList = COMES_WITH_PORTAL) -> "Occasion":
        """Read `demand:telephone_hours`; raises ValueError for what is no demand, indicator or queue."""
        kind, _, subject = text.partition(":")
        occasion = cls.of(OccasionKind(kind), subject, demands)
        if occasion.demand is None and subject not in _SUBJECTS[occasion.kind]:
            raise ValueError(f"there is no {kind} {subject}")
        return occasion

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.subject}"

    @property
    def label(self) -> str:
        match self.kind:
            case OccasionKind.DEMAND:
                return self.demand.label if self.demand else REMOVED
            case OccasionKind.SIGNAL:
                return INDICATORS_BY_CODE[self.subject].label
            case OccasionKind.QUEUE:
                return f"Kön till {PHASES_BY_CODE[self.subject].awaited}"

    @property
    def indicator(self) -> Indicator | None:
        """The monthly indicator that shows whether the plan helps; None where no month does."""
        match self.kind:
            case OccasionKind.DEMAND:
                code = (self.demand.indicator or "") if self.demand else self.subject
            case OccasionKind.SIGNAL:
                code = self.subject
            case OccasionKind.QUEUE:
                code = PHASES_BY_CODE[self.subject].to_clear
        indicator = INDICATORS_BY_CODE.get(code)
        return indicator if indicator and indicator.from_clinics else None

    @property
    def logged(self) -> str:
        """What the log calls it: the code, of which it knows the words, and a region's own demand by its words."""
        return self.label if self.demand and not comes_with_portal(self.demand) else self.subject

    def concerns(self, indicator: str) -> bool:
        """Whether the indicator's chart shows the plan: its own, and for a queue each of the queue's."""
        if self.kind is OccasionKind.QUEUE:
            return indicator in PHASES_BY_CODE[self.subject].indicators
        return self.indicator is not None and self.indicator.code == indicator


_SUBJECTS = {
    OccasionKind.DEMAND: frozenset(),  # those that the region has
    OccasionKind.SIGNAL: frozenset(INDICATORS_BY_CODE),
    OccasionKind.QUEUE: frozenset(PHASES_BY_CODE),
}


class PlanState(StrEnum):
    PLANNED = "planned"
    GOING = "going"
    DONE = "done"
    STOPPED = "stopped"

    @property
    def label(self) -> str:
        return _STATES[self][0]

    @property
    def symbol(self) -> str:
        return _STATES[self][1]

    @property
    def verb(self) -> str:
        """What one does to a plan that becomes so."""
        return _STATES[self][2]

    @property
    def is_open(self) -> bool:
        return self in (PlanState.PLANNED, PlanState.GOING)


_STATES = {
    PlanState.PLANNED: ("planerad", "○", "Planera om"),
    PlanState.GOING: ("pågår", "◐", "Påbörja"),
    PlanState.DONE: ("klar", "✓", "Klar"),
    PlanState.STOPPED: ("avbruten", "✗", "Avbryt planen"),
}
# A plan that was ended by mistake is taken up again.
_NEXT = {
    PlanState.PLANNED: (PlanState.GOING, PlanState.STOPPED),
    PlanState.GOING: (PlanState.DONE, PlanState.STOPPED),
    PlanState.DONE: (PlanState.GOING,),
    PlanState.STOPPED: (PlanState.PLANNED,),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanContent:
    """What the clinic writes. `expected` is the level to reach, in the indicator's unit."""

    action: str
    responsible: str  # a role, no person
    starts: Month
    until: Month
    expected: float | None = None


class Due(StrEnum):
    """What a plan's own months ask for."""

    START = "start"
    END = "end"


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionPlan:
    """A plan as it stands after one of its versions."""

    number: int
    clinic: str
    occasion: Occasion
    version: int = 1
    state: PlanState = PlanState.PLANNED
    content: PlanContent
    is_agreed: bool = False  # by the region, to what stands in it now
    is_in_report: bool = False

    @property
    def has_begun(self) -> bool:
        return self.state is not PlanState.PLANNED

    def is_of_year(self, year: int) -> bool:
        """Whether any of its months lies in that year."""
        return self.content.starts.year <= year <= self.content.until.year

    def due(self, today: date) -> Due | None:
        """Return what its months ask for by that day: to begin in its first month, to be done after its last."""
        if self.state is PlanState.PLANNED and Month.of(today) >= self.content.starts:
            return Due.START
        if self.state is PlanState.GOING and today > self.content.until.last_day:
            return Due.END
        return None


class StepKind(StrEnum):
    """What somebody did with a plan."""

    WRITTEN = "written"
    CHANGED = "changed"
    MOVED = "moved"
    COMMENTED = "commented"
    AGREED = "agreed"
    SHOWN = "shown"  # in the annual report
    LEFT_OUT = "left_out"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanVersion:
    """One step: the plan after it, who took it and when."""

    plan: ActionPlan
    step: StepKind
    comment: str = ""
    by: str
    at: datetime


def why_not(plan: ActionPlan, to: PlanState, today: date) -> str:
    """Say why a plan can't become that today; empty when it can. The one place where it is decided."""
    if to not in _NEXT[plan.state]:
        return f"En plan som är {plan.state.label} kan inte bli {to.label}."
    if (plan.state, to) != (PlanState.PLANNED, PlanState.GOING):
        return ""
    if not plan.is_agreed:
        return "Regionen behöver säga ja till planen innan den påbörjas."
    if Month.of(today) < plan.content.starts:
        return f"Planen börjar i {plan.content.starts.label}. Ändra månaden om ni börjar tidigare."
    return ""


def ways(plan: ActionPlan, today: date) -> list[PlanState]:
    """Return what the plan can become today."""
    return [state for state in PlanState if not why_not(plan, state, today)]


def moved(plan: ActionPlan, to: PlanState, today: date) -> ActionPlan:
    """Return the plan in another state; raises Refused."""
    if reason := why_not(plan, to, today):
        raise Refused(reason)
    return replace(plan, state=to, version=plan.version + 1)


def changed(plan: ActionPlan, content: PlanContent) -> ActionPlan:
    """Return the plan with other words or months: the region has not agreed to those."""
    return replace(plan, content=content, version=plan.version + 1, is_agreed=False)


def first_months(today: date, first: Month) -> list[Month]:
    """Return the months in which a plan may begin, from the portal's first one."""
    return months_between(first, Month.of(today).plus(AHEAD))


def check_months(content: PlanContent, allowed: Sequence[Month]) -> None:
    """Raise Refused for months that no plan can have."""
    if content.starts not in allowed:
        raise Refused(f"Planen kan börja från {allowed[0].label} till {allowed[-1].label}.", about="starts")
    if not 0 <= content.starts.until(content.until) < LONGEST_PLAN:
        raise Refused(
            f"Planen ska sluta i den månad den börjar eller senare, högst {LONGEST_PLAN} månader i allt.",
            about="until",
        )
