"""Targets that the region has set, as rows; the declared ones are the default. The same for everyone."""

from sqlalchemy import insert, select

from db.scoping import ScopedConnection, table
from portal.domain.insight.targets import TargetChange


target = table("target")


def list_all(scoped: ScopedConnection) -> list[TargetChange]:
    """Return every target ever set, the oldest first."""
    return [
        TargetChange(
            indicator=row.indicator,
            value=row.value,
            text=row.text,
            valid_from=row.valid_from,
            reason=row.reason,
            entered_by=row.entered_by,
            entered_at=row.entered_at,
        )
        for row in scoped.connection.execute(select(target).order_by(target.c.id))
    ]


def add(scoped: ScopedConnection, new: TargetChange) -> None:
    scoped.check_every_clinic()
    scoped.connection.execute(
        insert(target).values(
            indicator=new.indicator,
            value=new.value,
            text=new.text,
            valid_from=new.valid_from,
            reason=new.reason,
            entered_by=new.entered_by,
            entered_at=new.entered_at,
        )
    )
