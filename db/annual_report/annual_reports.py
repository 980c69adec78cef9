"""Frozen annual reports as rows: append-only (triggers), one row per version, publication apart."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, func, insert, select

from db.scoping import ScopedConnection, table


annual_report = table("annual_report")
publication = table("annual_report_publication")


@dataclass(frozen=True, kw_only=True, slots=True)
class FrozenReport:
    """A frozen report without its content, which is read apart: it is large."""

    id: int
    year: int
    version: int
    sha256: str
    frozen_by: str
    frozen_at: datetime
    published_by: str = ""
    published_at: datetime | None = None
    corrected: str = ""  # what it corrects in the version before it, and why
    reason: str = ""

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewReport:
    """A version to be stored, with its content: canonical JSON."""

    year: int
    version: int
    content: str
    sha256: str
    frozen_by: str
    frozen_at: datetime
    corrected: str = ""
    reason: str = ""


def add(scoped: ScopedConnection, new: NewReport) -> int:
    """Store a version; returns its id."""
    scoped.check_every_clinic()
    row = scoped.connection.execute(
        insert(annual_report)
        .values(
            year=new.year,
            version=new.version,
            content=new.content,
            sha256=new.sha256,
            frozen_by=new.frozen_by,
            frozen_at=new.frozen_at,
            corrected=new.corrected,
            reason=new.reason,
        )
        .returning(annual_report.c.id)
    )
    return int(row.scalar_one())


def publish(scoped: ScopedConnection, *, report_id: int, by: str, at: datetime) -> None:
    """Store that every logged-in user may read that version from now on; raises OutOfScope."""
    scoped.check_every_clinic()
    scoped.connection.execute(
        insert(publication).values(report_id=report_id, published_by=by, published_at=at)
    )


def list_frozen(scoped: ScopedConnection, *, year: int | None = None) -> list[FrozenReport]:
    """Return the frozen versions in the scope, the newest first; outside the region only published ones."""
    query = _visible(scoped).order_by(annual_report.c.year.desc(), annual_report.c.version.desc())
    if year is not None:
        query = query.where(annual_report.c.year == year)
    return [_frozen(row) for row in scoped.connection.execute(query)]


def find(scoped: ScopedConnection, *, year: int, version: int) -> FrozenReport | None:
    """Return one frozen version; None for one that is not there or not for this scope."""
    query = _visible(scoped).where(annual_report.c.year == year, annual_report.c.version == version)
    row = scoped.connection.execute(query).first()
    return _frozen(row) if row else None


def content(scoped: ScopedConnection, *, report_id: int) -> str | None:
    """Return a version's canonical JSON; None for one that is not there or not for this scope."""
    query = select(annual_report.c.content).where(annual_report.c.id == report_id)
    if not scoped.scope.every:
        query = query.join(publication, publication.c.report_id == annual_report.c.id)
    stored = scoped.connection.execute(query).scalar()
    return None if stored is None else str(stored)


def newest_version(scoped: ScopedConnection, *, year: int) -> int:
    """Return the number of the year's newest version, 0 before the first; raises OutOfScope."""
    scoped.check_every_clinic()
    query = select(func.max(annual_report.c.version)).where(annual_report.c.year == year)
    return int(scoped.connection.execute(query).scalar() or 0)


def _visible(scoped: ScopedConnection) -> Select:
    """Everything but the content; what is not published is the region's own."""
    join = annual_report.join(
        publication, publication.c.report_id == annual_report.c.id, isouter=scoped.scope.every
    )
    return select(
        annual_report.c.id,
        annual_report.c.year,
        annual_report.c.version,
        annual_report.c.sha256,
        annual_report.c.frozen_by,
        annual_report.c.frozen_at,
        annual_report.c.corrected,
        annual_report.c.reason,
        publication.c.published_by,
        publication.c.published_at,
    ).select_from(join)


def _frozen(row: Row) -> FrozenReport:
    return FrozenReport(
        id=row.id,
        year=row.year,
        version=row.version,
        sha256=row.sha256,
        frozen_by=row.frozen_by,
        frozen_at=row.frozen_at,
        published_by=row.published_by or "",
        published_at=row.published_at,
        corrected=row.corrected,
        reason=row.reason,
    )
