"""Kinds of columns that several tables have."""

from datetime import UTC, datetime

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKeyConstraint, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator

from portal.domain.reporting.texts import PrivateText, storable


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


class PrivateColumn(PrivateText, DontWrapMixin):
    """A personal number on its way into the database: SQLAlchemy lets the refusal through as it is."""


class FreeText(TypeDecorator[str]):
    """Words that somebody wrote: cleaned, and without personal numbers, whichever door they came through."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        try:
            return storable(value)
        except PrivateText:
            raise PrivateColumn from None


class LongFreeText(FreeText):
    """The same, as a column of the type TEXT."""

    impl = Text
    cache_ok = True


def utc(*, nullable: bool = False) -> Column[datetime]:
    return Column(UtcTime(), nullable=nullable)


def is_month(column: str) -> CheckConstraint:
    return CheckConstraint(f"length({column}) = 7", name=f"{column}_is_month")


def of_own_clinic(name: str) -> ForeignKeyConstraint:
    """Hang a row with a clinic's code on a submission of the same clinic."""
    columns = ["submission_id", "clinic_code"]
    return ForeignKeyConstraint(columns, ["submission.id", "submission.clinic_code"], name=name)
