"""Accepted files as rows: each content once, with every clinic that it holds."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, insert, not_, select

from db.scoping import ScopedConnection, table


stored = table("stored_file")
holds = table("stored_file_clinic")


def add(
    scoped: ScopedConnection,
    *,
    sha256: str,
    name: str,
    content: bytes,
    clinics: Sequence[str],
    at: datetime,
) -> None:
    """Store a file if its content isn't there yet; its clinics are only ever added to."""
    for clinic in clinics:
        scoped.check_in_scope(clinic)
    query = select(stored.c.sha256).where(stored.c.sha256 == sha256)
    if scoped.connection.execute(query).first() is None:
        scoped.connection.execute(
            insert(stored).values(sha256=sha256, name=name, content=content, stored_at=at)
        )
    there = select(holds.c.clinic_code).where(holds.c.sha256 == sha256)
    missing = set(clinics) - set(scoped.connection.scalars(there))
    if missing:
        rows = [{"sha256": sha256, "clinic_code": clinic} for clinic in sorted(missing)]
        scoped.connection.execute(insert(holds), rows)


def is_there(scoped: ScopedConnection, *, sha256: str) -> bool:
    """Tell whether `find` would give the file, without reading it."""
    query = select(stored.c.sha256).where(stored.c.sha256 == sha256, _all_in_scope(scoped))
    return scoped.connection.execute(query).first() is not None


def find(scoped: ScopedConnection, *, sha256: str) -> bytes | None:
    """Return a file whose clinics all lie in the scope; None for any other and for one not kept."""
    query = select(stored.c.content).where(stored.c.sha256 == sha256, _all_in_scope(scoped))
    content = scoped.connection.execute(query).scalar()
    return None if content is None else bytes(content)


def _all_in_scope(scoped: ScopedConnection) -> ColumnElement[bool]:
    of_file = exists().where(holds.c.sha256 == stored.c.sha256)
    foreign = of_file.where(not_(scoped.in_scope(holds.c.clinic_code)))
    return of_file & not_(foreign)
