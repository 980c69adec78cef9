"""Breaks in a series as rows: from this month on, values can't be compared with the earlier ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, or_, select

from db.scoping import ScopedConnection, table
from portal.domain.registry.months import Month


series_break = table("series_break")


@dataclass(frozen=True, kw_only=True, slots=True)
class Break:
    """`clinic` None: every clinic's series breaks there."""

    clinic: str | None
    month: Month  # the first month after it
    reason: str
    entered_by: str
    entered_at: datetime


def add(scoped: ScopedConnection, new: Break) -> None:
    scoped.check_every_clinic()
    scoped.connection.execute(
        insert(series_break).values(
            clinic_code=new.clinic,
            month=str(new.month),
            reason=new.reason,
            entered_by=new.entered_by,
            entered_at=new.entered_at,
        )
    )


def list_all(scoped: ScopedConnection) -> list[Break]:
    """Return the breaks of the scope's clinics, the newest month first; those of every clinic for all."""
    query = (
        select(series_break)
        .where(or_(series_break.c.clinic_code.is_(None), scoped.in_scope(series_break.c.clinic_code)))
        .order_by(series_break.c.month.desc(), series_break.c.id.desc())
    )
    return [
        Break(
            clinic=row.clinic_code,
            month=Month.parse(row.month),
            reason=row.reason,
            entered_by=row.entered_by,
            entered_at=row.entered_at,
        )
        for row in scoped.connection.execute(query)
    ]


def list_months(scoped: ScopedConnection, *, clinics: Sequence[str]) -> dict[str, tuple[Month, ...]]:
    """Return the first months after a break, oldest first, for each of those clinics in the scope."""
    breaks = list_all(scoped)
    return {
        code: tuple(sorted({break_.month for break_ in breaks if break_.clinic in (None, code)}))
        for code in clinics
        if scoped.scope.holds(code)
    }
