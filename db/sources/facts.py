"""The region's own facts and the published figures, as rows.

Facts are the region's: a clinic's transaction writes none, and reads only those about its own clinics
(`list_of_clinics`) and what others have published (`list_public`). What else it may read of them stands in a published annual report.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, insert, select

from db import installation
from db.scoping import ScopedConnection, table
from portal.domain.registry.months import Month
from portal.domain.registry.values import MissingReason
from portal.domain.sources.declared import PUBLIC
from portal.domain.sources.facts import Fact
from portal.domain.sources.published import PublishedFigure
from portal.domain.sources.year import newest


fact = table("region_fact")
published = table("published_figure")
published_entry = table("published_entry")
_PRINTED = ("period", "indicator", "breakdown", "value", "unit", "basis", "source")
_ENTERED = ("issued", "provenance", "is_withdrawn", "version")


def list_facts(scoped: ScopedConnection, *, years: Sequence[int]) -> list[Fact]:
    """Return the newest version of each fact of those years, in the order they were first entered.

    Raises OutOfScope for anyone but the region.
    """
    scoped.check_every_clinic()
    query = select(fact).where(fact.c.year.in_(years)).order_by(fact.c.id)
    return list(newest(_fact(row) for row in scoped.connection.execute(query)).values())


def list_of_clinics(
    scoped: ScopedConnection, *, indicators: Sequence[str], years: Sequence[int]
) -> list[Fact]:
    """Return the newest version of those years' facts about the scope's clinics, each about a whole year."""
    query = (
        select(fact)
        .where(
            fact.c.indicator.in_(indicators),
            fact.c.year.in_(years),
            fact.c.clinic_code != "",
            fact.c.month == "",
            scoped.in_scope(fact.c.clinic_code),
        )
        .order_by(fact.c.id)
    )
    return list(newest(_fact(row) for row in scoped.connection.execute(query)).values())


def list_public(scoped: ScopedConnection, *, indicator: str, first: Month, last: Month) -> list[Fact]:
    """Return the newest version of the months' facts that are everybody's to read; raises ValueError for others."""
    if indicator not in PUBLIC:
        raise ValueError(f"{indicator} is the region's own")
    query = (
        select(fact)
        .where(fact.c.indicator == indicator, fact.c.clinic_code == "")
        .where(fact.c.month.between(str(first), str(last)))
        .order_by(fact.c.id)
    )
    return list(newest(_fact(row) for row in scoped.connection.execute(query)).values())


def list_of_region(scoped: ScopedConnection, *, indicators: Sequence[str]) -> list[Fact]:
    """Return the newest version of every month's facts about the whole region; raises OutOfScope."""
    scoped.check_every_clinic()
    is_whole = (fact.c.clinic_code == "") & (fact.c.municipality_code == "")
    query = select(fact).where(fact.c.indicator.in_(indicators), is_whole, fact.c.month != "")
    rows = scoped.connection.execute(query.order_by(fact.c.id))
    return list(newest(map(_fact, rows)).values())


def list_versions(scoped: ScopedConnection, *, indicators: Sequence[str]) -> list[Fact]:
    """Return every version of those indicators' facts, the newest first; raises OutOfScope."""
    scoped.check_every_clinic()
    query = select(fact).where(fact.c.indicator.in_(indicators)).order_by(fact.c.id.desc())
    return [_fact(row) for row in scoped.connection.execute(query)]


def years_entered(scoped: ScopedConnection) -> list[int]:
    """Return the years that have facts, newest first; raises OutOfScope."""
    scoped.check_every_clinic()
    return list(
        scoped.connection.execute(select(fact.c.year).distinct().order_by(fact.c.year.desc())).scalars()
    )


def list_parts(scoped: ScopedConnection, *, with_value: bool = False) -> list[str]:
    """Return every part that figures are stored by, in the order they were first entered; raises OutOfScope.

    `with_value`: only those whose figures are values by now.
    """
    scoped.check_every_clinic()
    query = select(fact).where(fact.c.breakdown != "").order_by(fact.c.id)
    entered = newest(_fact(row) for row in scoped.connection.execute(query)).values()
    return list(dict.fromkeys(fact.breakdown for fact in entered if fact.value is not None or not with_value))


def add_many(scoped: ScopedConnection, new: Sequence[Fact], *, by: str, at: datetime) -> None:
    """Append a version of each fact; earlier versions stay. `version` says which it will be."""
    scoped.check_every_clinic()
    if new:
        scoped.connection.execute(
            insert(fact), [_values(added) | {"entered_by": by, "entered_at": at} for added in new]
        )


def _values(version: Fact) -> dict[str, object]:
    return {
        "indicator": version.indicator,
        "year": version.year,
        "month": version.key.month,
        "breakdown": version.breakdown,
        "clinic_code": version.clinic,
        "municipality_code": version.municipality,
        "version": version.version,
        "value": None if version.value is None else float(version.value),  # PostgreSQL takes no true for 1
        "reason": version.reason.value if version.reason else None,
        "source": version.source,
        "note": version.note,
        "correction": version.correction,
    }


def _fact(row: Row) -> Fact:
    return Fact(
        indicator=row.indicator,
        year=row.year,
        month=Month.parse(row.month) if row.month else None,
        breakdown=row.breakdown,
        clinic=row.clinic_code,
        municipality=row.municipality_code,
        value=row.value,
        reason=MissingReason(row.reason) if row.reason else None,
        source=row.source,
        note=row.note,
        version=row.version,
        correction=row.correction,
        entered_by=row.entered_by,
        entered_at=row.entered_at,
    )


def list_published(scoped: ScopedConnection) -> list[PublishedFigure]:
    """Return the figures that are printed elsewhere: those that came with the portal, and what was entered over them."""
    came_with_portal = select(published).where(installation.COMES_WITH_FACTS)
    figures = {figure.key: figure for figure in map(_published, scoped.connection.execute(came_with_portal))}
    query = select(published_entry).order_by(published_entry.c.version)
    figures |= {figure.key: figure for figure in map(_entered, scoped.connection.execute(query))}
    standing = [figure for figure in figures.values() if not figure.is_withdrawn]
    return sorted(standing, key=lambda figure: figure.period)


def published_versions(scoped: ScopedConnection) -> dict[tuple[str, str, str], int]:
    """Return the newest version's number of each printed figure that was entered; raises OutOfScope."""
    scoped.check_every_clinic()
    query = select(published_entry).order_by(published_entry.c.version)
    return {figure.key: figure.version for figure in map(_entered, scoped.connection.execute(query))}


def add_published(scoped: ScopedConnection, new: Sequence[PublishedFigure], *, by: str, at: datetime) -> None:
    """Append a version of each printed figure; raises OutOfScope."""
    scoped.check_every_clinic()
    scoped.connection.execute(
        insert(published_entry),
        [_row_of(figure) | {"entered_by": by, "entered_at": at} for figure in new],
    )


def _row_of(figure: PublishedFigure) -> dict[str, object]:
    return {name: getattr(figure, name) for name in (*_PRINTED, *_ENTERED)}


def _published(row: Row) -> PublishedFigure:
    values = {name: getattr(row, name) for name in _PRINTED}
    return PublishedFigure(**values)


def _entered(row: Row) -> PublishedFigure:
    names = (*_PRINTED, *_ENTERED, "entered_by", "entered_at")
    values = {name: getattr(row, name) for name in names}
    return PublishedFigure(**values)
