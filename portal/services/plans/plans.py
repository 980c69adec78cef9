"""The plans one may see, each with what its months ask for and whether it has helped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from db import audit
from db.plans import plans
from db.registry import clinics
from db.reporting import breaks, values
from db.scoping import ScopedConnection
from portal.domain.accounts.access import AccessDenied, User, check_may_see_clinic, scope_of
from portal.domain.insight.demands import DemandList
from portal.domain.insight.series import CONTROL_MONTHS, charted_after
from portal.domain.plans import effect
from portal.domain.plans.effect import PlanEffect
from portal.domain.plans.plan import ActionPlan, Due, PlanVersion
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import Month, latest_whole_month, months_between
from portal.domain.registry.names import swedish_key
from portal.services.context import Portal
from portal.services.insight.clinic_months import AnswersByMonth, own_figure


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowedPlan:
    """A plan as it stands on a day."""

    plan: ActionPlan
    clinic: Clinic
    due: Due | None
    effect: PlanEffect

    @property
    def waits_for_region(self) -> bool:
        """Whether the region has not agreed to what stands in it."""
        return self.plan.state.is_open and not self.plan.is_agreed


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanStory:
    """A plan with all that was done with it, the first version first."""

    followed: FollowedPlan
    versions: tuple[PlanVersion, ...]


def list_plans(portal: Portal, user: User) -> tuple[FollowedPlan, ...]:
    """Return every plan of the clinics the user may see: what asks for something first, then the open ones."""
    with portal.reading(user) as scoped:
        key = ("plans", portal.clock.today, scope_of(user), audit.data_version(scoped))
    return portal.memo.get(key, lambda: _read(portal, user))


def of_clinic(portal: Portal, user: User, *, clinic: str) -> tuple[FollowedPlan, ...]:
    """Return a clinic's plans in the same order; raises AccessDenied."""
    check_may_see_clinic(user, clinic)
    return tuple(followed for followed in list_plans(portal, user) if followed.plan.clinic == clinic)


def story(portal: Portal, user: User, number: int) -> PlanStory:
    """Return a plan with its history; raises AccessDenied, whether or not there is such a plan."""
    followed = next((entry for entry in list_plans(portal, user) if entry.plan.number == number), None)
    with portal.reading(user) as scoped:
        versions = plans.list_versions(scoped, portal.demands, number=number)
    if followed is None or not versions:
        raise AccessDenied("Du har inte tillgång till den planen.")
    return PlanStory(followed=followed, versions=tuple(versions))


def _read(portal: Portal, user: User) -> tuple[FollowedPlan, ...]:
    first, today = portal.calendar.first_month, portal.clock.today
    with portal.reading(user) as scoped:
        followed = _followed(scoped, plans.list_newest(scoped, portal.demands), first=first, today=today)
    return tuple(sorted(followed, key=_order))


def for_report(
    scoped: ScopedConnection, demands: DemandList, *, first: Month, last: Month
) -> tuple[FollowedPlan, ...]:
    """Return the plans that the region has chosen for the report of that year, judged by its months to the last one.

    What the plans say and how far they have come is as it stands now.
    """
    newest = plans.list_newest(scoped, demands)
    chosen = [plan for plan in newest if plan.is_in_report and plan.is_of_year(last.year)]
    followed = _followed(scoped, chosen, first=first, today=last.last_day + timedelta(days=1))
    return tuple(
        sorted(followed, key=lambda entry: (swedish_key(entry.clinic.name), entry.plan.content.starts))
    )


def _followed(
    scoped: ScopedConnection, newest: Sequence[ActionPlan], *, first: Month, today: date
) -> list[FollowedPlan]:
    """Return plans as they stand on a day; `first` is the portal's first month."""
    register = {clinic.code: clinic for clinic in clinics.list_in_scope(scoped)}
    judged = _effects(scoped, newest, register, first=first, today=today)
    return [
        FollowedPlan(plan=plan, clinic=register[plan.clinic], due=plan.due(today), effect=judged[plan.number])
        for plan in newest
    ]


def _order(followed: FollowedPlan) -> tuple[bool, bool, Month, str]:
    plan = followed.plan
    asks = followed.due is not None or followed.waits_for_region
    return not asks, not plan.state.is_open, plan.content.until, followed.clinic.name


def _effects(
    scoped: ScopedConnection,
    newest: Iterable[ActionPlan],
    register: dict[str, Clinic],
    *,
    first: Month,
    today: date,
) -> dict[int, PlanEffect]:
    """Return each plan's effect as it stands on a day, by the plan's number; a clinic's months are read once."""
    last = latest_whole_month(today)
    all_breaks = breaks.list_all(scoped)
    answers: dict[str, AnswersByMonth] = {}
    judged = {}
    for plan in newest:
        verdict = effect.without_series(plan, today)
        if verdict is None:
            if plan.clinic not in answers:
                answers[plan.clinic] = values.of_clinic(scoped, clinic=plan.clinic, first=first, last=last)
            own_breaks = [entry.month for entry in all_breaks if entry.clinic in (None, plan.clinic)]
            months = months_between(max(first, plan.content.starts.plus(-CONTROL_MONTHS)), last)
            verdict = _judge(plan, register[plan.clinic], months, answers[plan.clinic], own_breaks, today)
        judged[plan.number] = verdict
    return judged


def _judge(
    plan: ActionPlan,
    clinic: Clinic,
    months: list[Month],
    answers: AnswersByMonth,
    own_breaks: list[Month],
    today: date,
) -> PlanEffect:
    indicator = plan.occasion.indicator
    assert indicator is not None  # without_series has judged it otherwise
    figures = [own_figure(indicator, clinic, month, answers) for month in months]
    series = charted_after(indicator, months, figures, start=plan.content.starts, breaks=own_breaks)
    reported = [(m, f.value) for m, f in zip(months, figures, strict=True) if f.value is not None]
    return replace(effect.judge(plan, series, today), newest=reported[-1] if reported else None)
