"""The region's own facts and the published figures, as rows. No clinic's data."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from db.scoping import ScopedConnection, table
from portal.domain.values import MissingReason


fact = table("region_fact")
published = table("published_figure")


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionFact:
    """The newest version of one figure from the region's own sources."""

    indicator: str
    year: int
    breakdown: str  # "" is the whole; "sex:flickor" a part of one of several divisions
    value: float | None
    reason: MissingReason | None
    source: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedFigure:
    """A figure as printed, with its provenance."""

    period: str
    indicator: str
    breakdown: str
    value: float | None
    unit: str
    basis: str
    source: str


def list_facts(scoped: ScopedConnection, *, years: list[int]) -> list[RegionFact]:
    """Return the newest version of each fact of those years, in the order they were entered."""
    query = select(fact).where(fact.c.year.in_(years)).order_by(fact.c.id)
    newest: dict[tuple[str, int, str], RegionFact] = {}
    for row in scoped.connection.execute(query):
        newest[row.indicator, row.year, row.breakdown] = RegionFact(
            indicator=row.indicator,
            year=row.year,
            breakdown=row.breakdown,
            value=row.value,
            reason=MissingReason(row.reason) if row.reason else None,
            source=row.source,
            note=row.note,
        )
    return list(newest.values())


def add_fact(scoped: ScopedConnection, new: RegionFact, *, by: str, at: datetime) -> None:
    """Append a version of a fact; earlier versions stay."""
    scoped.check_every_clinic()
    same = (
        fact.c.indicator == new.indicator,
        fact.c.year == new.year,
        fact.c.breakdown == new.breakdown,
    )
    version = scoped.connection.execute(select(func.max(fact.c.version)).where(*same)).scalar() or 0
    scoped.connection.execute(
        insert(fact).values(
            indicator=new.indicator,
            year=new.year,
            breakdown=new.breakdown,
            version=version + 1,
            value=new.value,
            reason=new.reason.value if new.reason else None,
            source=new.source,
            note=new.note,
            entered_by=by,
            entered_at=at,
        )
    )


def list_published(scoped: ScopedConnection) -> list[PublishedFigure]:
    return [
        PublishedFigure(
            period=row.period,
            indicator=row.indicator,
            breakdown=row.breakdown,
            value=row.value,
            unit=row.unit,
            basis=row.basis,
            source=row.source,
        )
        for row in scoped.connection.execute(select(published).order_by(published.c.period))
    ]
