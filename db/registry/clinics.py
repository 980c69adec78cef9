"""Clinics as rows. Names and opening dates; what they reported lies elsewhere."""

from sqlalchemy import Row, insert, select, update

from db.scoping import ScopedConnection, table
from portal.domain.registry.clinics import Clinic, ClosedKind, Operator
from portal.domain.registry.months import Month


clinic = table("clinic")


def list_in_scope(scoped: ScopedConnection) -> list[Clinic]:
    """Return the scope's clinics in the order of the report's table (by its names)."""
    query = select(clinic).where(scoped.in_scope(clinic.c.code)).order_by(clinic.c.report_name)
    return [_clinic(row) for row in scoped.connection.execute(query)]


def find(scoped: ScopedConnection, *, code: str) -> Clinic | None:
    query = select(clinic).where(clinic.c.code == code, scoped.in_scope(clinic.c.code))
    row = scoped.connection.execute(query).first()
    return _clinic(row) if row else None


def add(scoped: ScopedConnection, new: Clinic) -> None:
    scoped.check_in_scope(new.code)
    scoped.connection.execute(insert(clinic).values(code=new.code, **_values(new)))


def change(scoped: ScopedConnection, changed: Clinic) -> None:
    """Write everything about a clinic but its code; what it reported stays as it is."""
    scoped.check_in_scope(changed.code)
    scoped.connection.execute(update(clinic).where(clinic.c.code == changed.code).values(**_values(changed)))


def _values(written: Clinic) -> dict[str, str | None]:
    return {
        "name": written.name,
        "report_name": written.report_name,
        "municipality_code": written.municipality_code,
        "municipality": written.municipality,
        "operator": written.operator.value,
        "provider": written.provider,
        "opened": str(written.opened) if written.opened else None,
        "opened_note": written.opened_note,
        "closed": str(written.closed) if written.closed else None,
        "closed_kind": written.closed_kind.value if written.closed_kind else "",
        "closed_reason": written.closed_reason,
        "successor": written.successor or None,
    }


def _clinic(row: Row) -> Clinic:
    return Clinic(
        code=row.code,
        name=row.name,
        report_name=row.report_name,
        municipality_code=row.municipality_code,
        municipality=row.municipality,
        operator=Operator(row.operator),
        provider=row.provider,
        opened=Month.parse(row.opened) if row.opened else None,
        opened_note=row.opened_note,
        closed=Month.parse(row.closed) if row.closed else None,
        closed_kind=ClosedKind(row.closed_kind) if row.closed_kind else None,
        closed_reason=row.closed_reason,
        successor=row.successor or "",
    )
