"""Action plans as rows: each with its versions, which are only ever added to."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Row, Select, and_, insert, select

from db.scoping import ScopedConnection, table
from portal.domain.insight.demands import DemandList
from portal.domain.plans.plan import (
    ActionPlan,
    Occasion,
    OccasionKind,
    PlanContent,
    PlanState,
    PlanVersion,
    StepKind,
)
from portal.domain.registry.months import Month


plan_table = table("action_plan")
version_table = table("action_plan_version")


def add(scoped: ScopedConnection, first: PlanVersion) -> PlanVersion:
    """Store a new plan with its first version; returns it with its number. Raises OutOfScope."""
    plan = first.plan
    scoped.check_in_scope(plan.clinic)
    row = insert(plan_table).values(
        clinic_code=plan.clinic, kind=plan.occasion.kind.value, subject=plan.occasion.subject
    )
    key = scoped.connection.execute(row).inserted_primary_key
    numbered = replace(first, plan=replace(plan, number=key[0] if key else 0))
    add_version(scoped, numbered)
    return numbered


def add_version(scoped: ScopedConnection, new: PlanVersion) -> None:
    """Append a version; the database refuses a second one with the same number. Raises OutOfScope."""
    plan, content = new.plan, new.plan.content
    scoped.check_in_scope(plan.clinic)
    scoped.connection.execute(
        insert(version_table).values(
            plan_id=plan.number,
            clinic_code=plan.clinic,
            version=plan.version,
            step=new.step.value,
            state=plan.state.value,
            action=content.action,
            responsible=content.responsible,
            starts=str(content.starts),
            until=str(content.until),
            expected=content.expected,
            is_agreed=plan.is_agreed,
            is_in_report=plan.is_in_report,
            comment=new.comment,
            written_by=new.by,
            written_at=new.at,
        )
    )


def list_newest(scoped: ScopedConnection, demands: DemandList) -> list[ActionPlan]:
    """Return the plans of the scope's clinics as they stand, in the order they were written; `demands`: the region's."""
    newest: dict[int, ActionPlan] = {}
    for version in _versions(scoped, _of_scope(scoped), demands):
        newest[version.plan.number] = version.plan
    return list(newest.values())


def list_versions(scoped: ScopedConnection, demands: DemandList, *, number: int) -> list[PlanVersion]:
    """Return every version of a plan, the first one first; nothing of a plan outside the scope."""
    return list(_versions(scoped, _of_scope(scoped).where(plan_table.c.id == number), demands))


def _of_scope(scoped: ScopedConnection) -> Select[tuple[object, ...]]:
    own_version = and_(
        version_table.c.plan_id == plan_table.c.id, version_table.c.clinic_code == plan_table.c.clinic_code
    )
    return (
        select(version_table, plan_table.c.kind, plan_table.c.subject)
        .join(plan_table, own_version)
        .where(scoped.in_scope(plan_table.c.clinic_code))
        .order_by(plan_table.c.id, version_table.c.version)
    )


def _versions(
    scoped: ScopedConnection, query: Select[tuple[object, ...]], demands: DemandList
) -> Iterator[PlanVersion]:
    for row in scoped.connection.execute(query):
        yield PlanVersion(
            plan=_plan(row, demands),
            step=StepKind(row.step),
            comment=row.comment,
            by=row.written_by,
            at=row.written_at,
        )


def _plan(row: Row[tuple[object, ...]], demands: DemandList) -> ActionPlan:
    content = PlanContent(
        action=row.action,
        responsible=row.responsible,
        starts=Month.parse(row.starts),
        until=Month.parse(row.until),
        expected=row.expected,
    )
    return ActionPlan(
        number=row.plan_id,
        clinic=row.clinic_code,
        occasion=Occasion.of(OccasionKind(row.kind), row.subject, demands),
        version=row.version,
        state=PlanState(row.state),
        content=content,
        is_agreed=row.is_agreed,
        is_in_report=row.is_in_report,
    )
