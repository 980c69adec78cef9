"""Comments on points as rows: what a clinic says of one month of one indicator, in versions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from db.scoping import ScopedConnection, table
from portal.domain.registry.months import Month


comment = table("point_comment")


@dataclass(frozen=True, kw_only=True, slots=True)
class Comment:
    """One version; an empty text takes back what was said before."""

    clinic: str
    indicator: str
    month: Month
    version: int
    text: str
    written_by: str
    written_at: datetime


def add(scoped: ScopedConnection, new: Comment) -> None:
    """Append a version; the database refuses a second one with the same number."""
    scoped.check_in_scope(new.clinic)
    scoped.connection.execute(
        insert(comment).values(
            clinic_code=new.clinic,
            indicator=new.indicator,
            month=str(new.month),
            version=new.version,
            text=new.text,
            written_by=new.written_by,
            written_at=new.written_at,
        )
    )


def list_versions(
    scoped: ScopedConnection, *, indicator: str, clinic: str | None = None, month: Month | None = None
) -> list[Comment]:
    """Return every version of the scope's clinics, or of one, newest month and version first."""
    query = (
        select(comment)
        .where(comment.c.indicator == indicator, scoped.in_scope(comment.c.clinic_code))
        .order_by(comment.c.month.desc(), comment.c.clinic_code, comment.c.version.desc())
    )
    if clinic is not None:
        query = query.where(comment.c.clinic_code == clinic)
    if month is not None:
        query = query.where(comment.c.month == str(month))
    return [
        Comment(
            clinic=row.clinic_code,
            indicator=row.indicator,
            month=Month.parse(row.month),
            version=row.version,
            text=row.text,
            written_by=row.written_by,
            written_at=row.written_at,
        )
        for row in scoped.connection.execute(query)
    ]
