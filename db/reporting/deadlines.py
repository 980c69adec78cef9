"""Deadline exceptions as rows: a later last day for one clinic's month; the newest counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select

from db.scoping import ScopedConnection, table
from portal.domain.registry.months import Month


extension = table("deadline_exception")


@dataclass(frozen=True, kw_only=True, slots=True)
class Extension:
    clinic: str
    month: Month
    until: date
    reason: str
    granted_by: str
    granted_at: datetime


def add(scoped: ScopedConnection, new: Extension) -> None:
    scoped.check_every_clinic()
    scoped.connection.execute(
        insert(extension).values(
            clinic_code=new.clinic,
            month=str(new.month),
            until=new.until,
            reason=new.reason,
            granted_by=new.granted_by,
            granted_at=new.granted_at,
        )
    )


def list_all(scoped: ScopedConnection, *, months: Sequence[Month] | None = None) -> list[Extension]:
    """Return every exception ever granted, the newest first; of those months only, when given."""
    query = select(extension).where(scoped.in_scope(extension.c.clinic_code)).order_by(extension.c.id.desc())
    if months is not None:
        query = query.where(extension.c.month.between(str(min(months)), str(max(months))))
    return [
        Extension(
            clinic=row.clinic_code,
            month=Month.parse(row.month),
            until=row.until,
            reason=row.reason,
            granted_by=row.granted_by,
            granted_at=row.granted_at,
        )
        for row in scoped.connection.execute(query)
    ]


def last_days(
    scoped: ScopedConnection, *, months: Sequence[Month] | None = None
) -> dict[tuple[str, Month], date]:
    """Return the extended last day of each clinic's month that has one."""
    return {
        (extension.clinic, extension.month): extension.until
        for extension in reversed(list_all(scoped, months=months))
    }
