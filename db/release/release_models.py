"""The tables of releases, of what they showed, and of what they said of the year to come."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.columns import is_month, of_own_clinic, utc


class ReleaseRow(SQLModel, table=True):
    """One release of one month's regional figures; a later one of the same month has the next number."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("month", "number", name="release_number"), is_month("month"))
    id: int | None = Field(default=None, primary_key=True)
    month: str
    number: int
    released_by: str
    released_at: datetime = Field(sa_column=utc())
    rules: str  # JSON: the disclosure rules' parameters and which figures it showed (R12)


class ReleaseInputRow(SQLModel, table=True):
    """Which submission of which clinic a release was computed from (R12)."""

    __tablename__ = "release_input"
    __table_args__ = (of_own_clinic("input_of_own_clinic"),)
    release_id: int = Field(primary_key=True, foreign_key="release.id")
    clinic_code: str = Field(primary_key=True, foreign_key="clinic.code")
    submission_id: int


class ReleasedFigureRow(SQLModel, table=True):
    """The regional figure of one indicator and month that clinics see: current, or hidden.

    One row per indicator and month, replaced only by a release that R5 permits; `release_id` says
    which release the number came from. numerator and denominator are regional sums.
    """

    __tablename__ = "released_figure"
    __table_args__ = (is_month("month"),)
    month: str = Field(primary_key=True)
    indicator: str = Field(primary_key=True)
    release_id: int = Field(foreign_key="release.id")
    is_shown: bool
    value: float | None = None  # headline basis, in the indicator's unit
    pooled: float | None = None
    mean_of_clinics: float | None = None
    rate: float | None = None  # per 100 current patients
    numerator: int | None = None
    denominator: int | None = None


class ForecastRow(SQLModel, table=True):
    """What a release said of a year of one series to come, or why nothing; an empty clinic is the region.

    An empty text, not NULL, since it is part of the key. Replaced by the next release.
    """

    __tablename__ = "forecast"
    __table_args__ = (
        is_month("month"),
        CheckConstraint("(content = '') <> (why_none = '')", name="forecast_or_why_none"),
        CheckConstraint("months >= 0", name="forecast_months_not_negative"),
    )
    clinic_code: str = Field(primary_key=True)
    series: str = Field(primary_key=True)
    month: str = Field(primary_key=True)  # that was released
    last_month: str  # with a value; empty: none
    months: int  # that it rests on
    content: str = Field(sa_column=Column(Text, nullable=False))  # JSON: method, steps, trials
    why_none: str
