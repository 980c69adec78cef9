"""The contract's follow-up as rows: dated answers per clinic and demand, and the region's own levels."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from db.scoping import ScopedConnection, table
from portal.domain.insight.contract import DemandAnswer, Level, Reply


answer = table("contract_answer")
level = table("contract_level")


@dataclass(frozen=True, kw_only=True, slots=True)
class EnteredAnswer:
    answer: DemandAnswer
    entered_by: str
    entered_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class EnteredLevel:
    demand: str
    level: Level
    entered_by: str
    entered_at: datetime


def add_answer(scoped: ScopedConnection, new: DemandAnswer, *, by: str, at: datetime) -> None:
    """Append an answer; earlier ones stay. Only the region enters them."""
    scoped.check_every_clinic()
    scoped.connection.execute(
        insert(answer).values(
            clinic_code=new.clinic,
            demand=new.demand,
            reply=new.reply.value,
            valid_from=new.valid_from,
            source=new.source,
            entered_by=by,
            entered_at=at,
        )
    )


def list_answers(scoped: ScopedConnection) -> list[EnteredAnswer]:
    """Return every answer about the scope's clinics, in the order they were entered."""
    query = select(answer).where(scoped.in_scope(answer.c.clinic_code)).order_by(answer.c.id)
    return [
        EnteredAnswer(
            answer=DemandAnswer(
                clinic=row.clinic_code,
                demand=row.demand,
                reply=Reply(row.reply),
                valid_from=row.valid_from,
                source=row.source,
            ),
            entered_by=row.entered_by,
            entered_at=row.entered_at,
        )
        for row in scoped.connection.execute(query)
    ]


def add_level(scoped: ScopedConnection, demand: str, new: Level, *, by: str, at: datetime) -> None:
    """Append a level that the region has set; earlier ones stay."""
    scoped.check_every_clinic()
    scoped.connection.execute(
        insert(level).values(
            demand=demand,
            met=new.met,
            partly=new.partly,
            valid_from=new.valid_from,
            basis=new.basis,
            entered_by=by,
            entered_at=at,
        )
    )


def list_levels(scoped: ScopedConnection) -> list[EnteredLevel]:
    """Return the levels the region has set, in the order they were entered. No clinic's data."""
    return [
        EnteredLevel(
            demand=row.demand,
            level=Level(met=row.met, partly=row.partly, valid_from=row.valid_from, basis=row.basis),
            entered_by=row.entered_by,
            entered_at=row.entered_at,
        )
        for row in scoped.connection.execute(select(level).order_by(level.c.id))
    ]
