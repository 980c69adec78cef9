"""The last day and the release day from a month on, as rows. The same for everyone; the region changes them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, inspect, select

from db.scoping import ScopedConnection, table
from portal.domain.registry.months import Month
from portal.domain.reporting.submissions import Days


day_rule = table("day_rule")


@dataclass(frozen=True, kw_only=True, slots=True)
class DayRule:
    """Days with who set them, when and why."""

    days: Days
    reason: str
    entered_by: str
    entered_at: datetime


def list_all(scoped: ScopedConnection) -> list[DayRule]:
    """Return every rule ever set, the oldest first; a database that has no tables yet has none."""
    if not inspect(scoped.connection).has_table(day_rule.name):
        return []
    return [
        DayRule(
            days=Days(
                valid_from=Month.parse(row.valid_from),
                deadline_day=row.deadline_day,
                release_day=row.release_day,
            ),
            reason=row.reason,
            entered_by=row.entered_by,
            entered_at=row.entered_at,
        )
        for row in scoped.connection.execute(select(day_rule).order_by(day_rule.c.id))
    ]


def add(scoped: ScopedConnection, new: DayRule) -> None:
    scoped.check_every_clinic()
    scoped.connection.execute(
        insert(day_rule).values(
            valid_from=str(new.days.valid_from),
            deadline_day=new.days.deadline_day,
            release_day=new.days.release_day,
            reason=new.reason,
            entered_by=new.entered_by,
            entered_at=new.entered_at,
        )
    )
