"""The tables of action plans: what each is about, and every version of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.columns import FreeText, utc


class ActionPlanRow(SQLModel, table=True):
    """What a clinic's plan is an answer to; what it says and how it stands is in its versions."""

    __tablename__ = "action_plan"
    __table_args__ = (
        CheckConstraint("kind IN ('demand', 'signal', 'queue')", name="action_plan_kind"),
        Index("action_plan_of_clinic", "id", "clinic_code", unique=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    clinic_code: str = Field(foreign_key="clinic.code", index=True)
    kind: str
    subject: str  # the demand's, indicator's or queue's code


class ActionPlanVersionRow(SQLModel, table=True):
    """The whole plan after one step. Append-only; the newest counts."""

    __tablename__ = "action_plan_version"
    __table_args__ = (
        CheckConstraint("state IN ('planned', 'going', 'done', 'stopped')", name="action_plan_state"),
        CheckConstraint("version >= 1", name="action_plan_version_from_1"),
        CheckConstraint("length(starts) = 7 AND length(until) = 7", name="action_plan_months"),
        CheckConstraint("starts <= until", name="action_plan_starts_first"),
        UniqueConstraint("plan_id", "version", name="action_plan_version_once"),
        ForeignKeyConstraint(
            ["plan_id", "clinic_code"],
            ["action_plan.id", "action_plan.clinic_code"],
            name="version_of_own_plan",
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    plan_id: int
    clinic_code: str = Field(foreign_key="clinic.code")
    version: int
    step: str
    state: str
    action: str = Field(sa_type=FreeText)
    responsible: str = Field(sa_type=FreeText)
    starts: str
    until: str
    expected: float | None = None
    is_agreed: bool
    is_in_report: bool
    comment: str = Field(sa_type=FreeText)
    written_by: str
    written_at: datetime = Field(sa_column=utc())
