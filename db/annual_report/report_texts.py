"""What the region wrote in an annual report, as rows: append-only versions per year and section.

The region's alone: others read the texts of a published report, which holds them itself.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, insert, select

from db.scoping import ScopedConnection, table


report_text = table("report_text")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportText:
    """One version. `generated` is what the rules had written when it was saved; text empty: use that."""

    year: int
    section: str
    version: int
    text: str
    generated: str
    written_by: str
    written_at: datetime


def newest(scoped: ScopedConnection, *, year: int) -> dict[str, ReportText]:
    """Return the newest version of each section of the year that has one; raises OutOfScope."""
    scoped.check_every_clinic()
    query = select(report_text).where(report_text.c.year == year).order_by(report_text.c.version)
    return {row.section: _text(row) for row in scoped.connection.execute(query)}


def list_versions(scoped: ScopedConnection, *, year: int, section: str) -> list[ReportText]:
    """Return every version of one section, the newest first; raises OutOfScope."""
    scoped.check_every_clinic()
    query = (
        select(report_text)
        .where(report_text.c.year == year, report_text.c.section == section)
        .order_by(report_text.c.version.desc())
    )
    return [_text(row) for row in scoped.connection.execute(query)]


def add(scoped: ScopedConnection, new: ReportText) -> None:
    """Store a version of a section's text; raises OutOfScope."""
    scoped.check_every_clinic()
    scoped.connection.execute(
        insert(report_text).values(
            year=new.year,
            section=new.section,
            version=new.version,
            text=new.text,
            generated=new.generated,
            written_by=new.written_by,
            written_at=new.written_at,
        )
    )


def _text(row: Row) -> ReportText:
    return ReportText(
        year=row.year,
        section=row.section,
        version=row.version,
        text=row.text,
        generated=row.generated,
        written_by=row.written_by,
        written_at=row.written_at,
    )
