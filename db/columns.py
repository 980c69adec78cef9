"""Kinds of columns that several tables have."""

from datetime import UTC, datetime

from sqlalchemy import CheckConstraint, Column, DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC; SQLite forgets the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def utc(*, nullable: bool = False) -> Column[datetime]:
    return Column(UtcTime(), nullable=nullable)


def is_month(column: str) -> CheckConstraint:
    return CheckConstraint(f"length({column}) = 7", name=f"{column}_is_month")
