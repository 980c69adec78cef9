"""Clinics as rows. Names and opening dates; what they reported lies elsewhere."""

from sqlalchemy import Row, insert, select, update

from db.scoping import ScopedConnection, table
from portal.domain.clinics import Clinic, Operator
from portal.domain.months import Month


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
    scoped.connection.execute(
        insert(clinic).values(
            code=new.code,
            name=new.name,
            report_name=new.report_name,
            municipality_code=new.municipality_code,
            municipality=new.municipality,
            operator=new.operator.value,
            provider=new.provider,
            opened=str(new.opened) if new.opened else None,
            opened_note=new.opened_note,
            closed=str(new.closed) if new.closed else None,
            closed_reason="",
        )
    )


def close(scoped: ScopedConnection, *, code: str, last_month: Month, reason: str) -> None:
    scoped.check_in_scope(code)
    scoped.connection.execute(
        update(clinic).where(clinic.c.code == code).values(closed=str(last_month), closed_reason=reason)
    )


def list_closed_reasons(scoped: ScopedConnection) -> dict[str, str]:
    """Return why each closed clinic closed, by its code."""
    query = select(clinic.c.code, clinic.c.closed_reason).where(
        clinic.c.closed.is_not(None), scoped.in_scope(clinic.c.code)
    )
    return {row.code: row.closed_reason for row in scoped.connection.execute(query)}


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
    )
