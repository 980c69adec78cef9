"""All tables. A SQLModel table class does not validate, so the hard rules are constraints too.

Months are stored as `2025-01`, times in UTC, money nowhere. Nothing about patients.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, Text, UniqueConstraint, false, text, true
from sqlmodel import Field, SQLModel

import db.accounts.account_models
import db.plans.plan_models
import db.release.release_models  # noqa: F401
from db.columns import FreeText, LongFreeText, is_month, of_own_clinic, utc


class ClinicRow(SQLModel, table=True):
    __tablename__ = "clinic"
    __table_args__ = (
        CheckConstraint("operator IN ('public', 'private')", name="clinic_operator"),
        CheckConstraint(
            "closed IS NULL OR opened IS NULL OR closed >= opened", name="clinic_open_before_closed"
        ),
    )
    code: str = Field(primary_key=True)
    name: str = Field(unique=True, sa_type=FreeText)
    report_name: str = Field(sa_type=FreeText)
    municipality_code: str
    municipality: str
    operator: str
    provider: str = Field(sa_type=FreeText)
    opened: str | None = None
    opened_note: str = Field(default="", sa_type=FreeText)
    closed: str | None = None
    closed_reason: str = Field(default="", sa_type=FreeText)
    closed_kind: str = Field(default="", sa_column_kwargs={"server_default": ""})
    successor: str | None = None  # the clinic it merged into


class SubmissionRow(SQLModel, table=True):
    """One version of one clinic's month. Append-only but for state and is_current."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("clinic_code", "month", "version", name="submission_version"),
        UniqueConstraint("idempotency_key", name="submission_idempotency"),
        CheckConstraint("state IN ('sent', 'approved', 'returned')", name="submission_state"),
        CheckConstraint("version >= 1", name="submission_version_from_1"),
        is_month("month"),
        Index(
            "submission_one_current",
            "clinic_code",
            "month",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
        Index("submission_of_clinic", "id", "clinic_code", unique=True),
        Index(
            "submission_current_month",
            "month",
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    clinic_code: str = Field(foreign_key="clinic.code")
    month: str
    version: int
    state: str
    door: str
    is_current: bool
    sent_by: str
    sent_at: datetime = Field(sa_column=utc())
    file_name: str = ""
    sha256: str
    idempotency_key: str
    reason: str = Field(default="", sa_type=FreeText)
    note: str = Field(default="", sa_type=FreeText)
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    # An implausible value in it (R11): stays out of releases until the region has approved it.
    is_held: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class StoredFileRow(SQLModel, table=True):
    """An accepted file as it came, once per content; fetched by those who may see all its clinics."""

    __tablename__ = "stored_file"
    sha256: str = Field(primary_key=True)
    name: str
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    stored_at: datetime = Field(sa_column=utc())


class StoredFileClinicRow(SQLModel, table=True):
    """Which clinics a stored file holds values of."""

    __tablename__ = "stored_file_clinic"
    sha256: str = Field(primary_key=True, foreign_key="stored_file.sha256")
    clinic_code: str = Field(primary_key=True, foreign_key="clinic.code")


class DraftRow(SQLModel, table=True):
    """A month being filled in in the browser: the texts as typed, one draft per user and month."""

    __tablename__ = "draft"
    __table_args__ = (is_month("month"),)
    username: str = Field(primary_key=True)
    clinic_code: str = Field(primary_key=True, foreign_key="clinic.code")
    month: str = Field(primary_key=True)
    texts: str = Field(sa_column=Column(Text, nullable=False))  # JSON: measure → text
    saved_at: datetime = Field(sa_column=utc())


class KeptUploadRow(SQLModel, table=True):
    """A file under preview, one per login, until it is sent or thrown away or the login has ended."""

    __tablename__ = "kept_upload"
    session_id: str = Field(primary_key=True)
    username: str
    clinic_code: str = Field(foreign_key="clinic.code")
    name: str
    sha256: str
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    kept_at: datetime = Field(sa_column=utc())


class DeadlineExceptionRow(SQLModel, table=True):
    """A later last day for one clinic's month, with its reason; the newest counts."""

    __tablename__ = "deadline_exception"
    __table_args__ = (is_month("month"),)
    id: int | None = Field(default=None, primary_key=True)
    clinic_code: str = Field(foreign_key="clinic.code", index=True)
    month: str
    until: date
    reason: str = Field(sa_type=FreeText)
    granted_by: str
    granted_at: datetime = Field(sa_column=utc())


class ReminderRow(SQLModel, table=True):
    """A mail that goes out: each kind once per clinic's month and recipient."""

    __tablename__ = "reminder"
    __table_args__ = (
        is_month("month"),
        UniqueConstraint("clinic_code", "month", "kind", "recipient", name="reminder_once"),
    )
    id: int | None = Field(default=None, primary_key=True)
    clinic_code: str = Field(foreign_key="clinic.code")
    month: str
    kind: str  # before, after, returned v2, approved v2
    recipient: str
    sent_at: datetime = Field(sa_column=utc())
    is_sent: bool = Field(
        default=True, sa_column_kwargs={"server_default": true()}
    )  # the mail server took it


class SeriesBreakRow(SQLModel, table=True):
    """A month from which values can't be compared with earlier ones: a new journal system, definition."""

    __tablename__ = "series_break"
    __table_args__ = (is_month("month"),)
    id: int | None = Field(default=None, primary_key=True)
    clinic_code: str | None = Field(default=None, foreign_key="clinic.code")  # None: every clinic
    month: str  # the first month after the break
    reason: str = Field(sa_type=FreeText)
    entered_by: str
    entered_at: datetime = Field(sa_column=utc())


class ContractAnswerRow(SQLModel, table=True):
    """Whether a clinic meets a demand that no measure shows, from a day on. Append-only; the newest counts."""

    __tablename__ = "contract_answer"
    __table_args__ = (CheckConstraint("reply IN ('yes', 'partly', 'no')", name="contract_answer_reply"),)
    id: int | None = Field(default=None, primary_key=True)
    clinic_code: str = Field(foreign_key="clinic.code", index=True)
    demand: str
    reply: str
    valid_from: date
    source: str = Field(sa_type=FreeText)  # who says so, and where
    entered_by: str
    entered_at: datetime = Field(sa_column=utc())


class ContractLevelRow(SQLModel, table=True):
    """The region's own level of a demand from a day on, in percent or meetings a year. Append-only."""

    __tablename__ = "contract_level"
    __table_args__ = (
        CheckConstraint("partly IS NULL OR partly < met", name="contract_level_partly_below_met"),
    )
    id: int | None = Field(default=None, primary_key=True)
    demand: str
    met: float
    partly: float | None = None  # None: nothing counts as partly met
    valid_from: date
    basis: str = Field(sa_type=FreeText)  # why this level, and who decided it
    entered_by: str
    entered_at: datetime = Field(sa_column=utc())


class PointCommentRow(SQLModel, table=True):
    """A clinic's own word on one point of a chart. Append-only: a change is a new version, "" takes it back."""

    __tablename__ = "point_comment"
    __table_args__ = (
        is_month("month"),
        UniqueConstraint("clinic_code", "indicator", "month", "version", name="point_comment_version"),
        CheckConstraint("version >= 1", name="point_comment_version_from_1"),
    )
    id: int | None = Field(default=None, primary_key=True)
    clinic_code: str = Field(foreign_key="clinic.code")
    indicator: str
    month: str
    version: int
    text: str = Field(sa_type=FreeText)
    written_by: str
    written_at: datetime = Field(sa_column=utc())


class SubmissionValueRow(SQLModel, table=True):
    __tablename__ = "submission_value"
    __table_args__ = (
        CheckConstraint("(value IS NULL) <> (reason IS NULL)", name="value_or_reason"),
        CheckConstraint("value IS NULL OR value >= 0", name="value_not_negative"),
        of_own_clinic("value_of_own_clinic"),
    )
    submission_id: int = Field(primary_key=True)
    measure: str = Field(primary_key=True)
    clinic_code: str = Field(foreign_key="clinic.code")
    value: int | None = None
    reason: str | None = None


class SubmissionEventRow(SQLModel, table=True):
    """What happened to a submission: sent, approved, returned; with the comment both ways."""

    __tablename__ = "submission_event"
    __table_args__ = (of_own_clinic("event_of_own_clinic"),)
    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(index=True)
    clinic_code: str = Field(foreign_key="clinic.code")
    kind: str
    by: str
    at: datetime = Field(sa_column=utc())
    comment: str = Field(default="", sa_type=FreeText)


class RegionFactRow(SQLModel, table=True):
    """A figure from the region's own sources, with provenance; a correction is a new row.

    Empty texts, not NULL, say "all of the region" and "the whole year": NULLs would slip past UNIQUE.
    """

    __tablename__ = "region_fact"
    __table_args__ = (
        CheckConstraint("(value IS NULL) <> (reason IS NULL)", name="fact_value_or_reason"),
        CheckConstraint("month = '' OR length(month) = 7", name="fact_month_is_month"),
        CheckConstraint("clinic_code = '' OR municipality_code = ''", name="fact_one_place"),
        UniqueConstraint(
            "indicator",
            "year",
            "month",
            "breakdown",
            "clinic_code",
            "municipality_code",
            "version",
            name="region_fact_version",
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    indicator: str
    year: int
    month: str = Field(default="", sa_column_kwargs={"server_default": ""})
    breakdown: str = ""
    clinic_code: str = Field(default="", sa_column_kwargs={"server_default": ""})
    municipality_code: str = Field(default="", sa_column_kwargs={"server_default": ""})
    version: int
    value: float | None = None
    reason: str | None = None
    source: str = Field(sa_type=FreeText)
    note: str = Field(default="", sa_type=FreeText)
    correction: str = Field(
        default="", sa_column_kwargs={"server_default": ""}, sa_type=FreeText
    )  # why, from version 2
    entered_by: str
    entered_at: datetime = Field(sa_column=utc())


class TargetRow(SQLModel, table=True):
    """A level to reach from a day on; the declared one is the default, the newest entered counts."""

    __tablename__ = "target"
    id: int | None = Field(default=None, primary_key=True)
    indicator: str = Field(index=True)
    value: float | None = None  # None: no target from that day on
    text: str = Field(sa_type=FreeText)
    valid_from: date
    reason: str = Field(sa_type=FreeText)
    entered_by: str
    entered_at: datetime = Field(sa_column=utc())


class DayRuleRow(SQLModel, table=True):
    """The last day and the release day from a month on; before the first such month, the defaults."""

    __tablename__ = "day_rule"
    __table_args__ = (
        is_month("valid_from"),
        CheckConstraint(
            "deadline_day >= 1 AND deadline_day < release_day AND release_day <= 28", name="day_rule_days"
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    valid_from: str  # the first month it applies to
    deadline_day: int  # of the following month, like release_day
    release_day: int
    reason: str = Field(sa_type=FreeText)
    entered_by: str
    entered_at: datetime = Field(sa_column=utc())


class PublishedFigureRow(SQLModel, table=True):
    """A figure printed in a source; kept apart from what the portal computes."""

    __tablename__ = "published_figure"
    period: str = Field(primary_key=True)  # 2024, 2023-11 or 2023-01..2023-11
    indicator: str = Field(primary_key=True)
    breakdown: str = Field(primary_key=True)
    value: float | None = None
    unit: str
    basis: str
    source: str


class PublishedEntryRow(SQLModel, table=True):
    """A figure printed elsewhere, as the region entered it; a change or a withdrawal is a new version."""

    __tablename__ = "published_entry"
    __table_args__ = (
        UniqueConstraint("period", "indicator", "breakdown", "version", name="published_entry_version"),
    )
    id: int | None = Field(default=None, primary_key=True)
    period: str
    indicator: str
    breakdown: str = Field(sa_type=FreeText)
    version: int
    value: float | None = None
    unit: str = Field(sa_type=FreeText)
    basis: str = Field(sa_type=FreeText)
    source: str = Field(sa_type=FreeText)
    issued: str
    provenance: str = Field(sa_type=FreeText)
    is_withdrawn: bool
    entered_by: str
    entered_at: datetime = Field(sa_column=utc())


class ReportTextRow(SQLModel, table=True):
    """What the region wrote in a place of a year's report; a change is a new version."""

    __tablename__ = "report_text"
    __table_args__ = (
        UniqueConstraint("year", "section", "version", name="report_text_version"),
        CheckConstraint("version >= 1", name="report_text_version_from_1"),
    )
    id: int | None = Field(default=None, primary_key=True)
    year: int
    section: str  # a place in it: 4.5.1, 4.5.1:inledning, Bilaga 1
    version: int
    text: str = Field(sa_type=LongFreeText)
    generated: str = Field(sa_column=Column(Text, nullable=False))  # what the rules wrote at that time
    written_by: str
    written_at: datetime = Field(sa_column=utc())
    goes_on: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  # for later years too
    placement: str = Field(default="body", sa_column_kwargs={"server_default": "body"})  # appendix, out


class ReportStartTextRow(SQLModel, table=True):
    """A text that a report begins with, until the region writes another. Year 0: every year's."""

    __tablename__ = "report_start_text"
    year: int = Field(primary_key=True)
    place: str = Field(primary_key=True)
    text: str = Field(sa_column=Column(Text, nullable=False))


class AnnualReportRow(SQLModel, table=True):
    """A frozen annual report: canonical JSON and its SHA-256. Append-only (triggers)."""

    __tablename__ = "annual_report"
    __table_args__ = (
        UniqueConstraint("year", "version", name="annual_report_version"),
        CheckConstraint("version >= 1", name="annual_report_version_from_1"),
        CheckConstraint("length(sha256) = 64", name="annual_report_sha256"),
    )
    id: int | None = Field(default=None, primary_key=True)
    year: int
    version: int
    content: str = Field(sa_column=Column(Text, nullable=False))
    sha256: str
    frozen_by: str
    frozen_at: datetime = Field(sa_column=utc())
    corrected: str = Field(default="", sa_column_kwargs={"server_default": ""})  # since the version before
    reason: str = Field(default="", sa_type=FreeText, sa_column_kwargs={"server_default": ""})


class AnnualReportPublicationRow(SQLModel, table=True):
    """That a frozen version may be read by every logged-in user. Append-only (triggers)."""

    __tablename__ = "annual_report_publication"
    report_id: int = Field(primary_key=True, foreign_key="annual_report.id")
    published_by: str
    published_at: datetime = Field(sa_column=utc())


class SettingRow(SQLModel, table=True):
    """What the database itself knows about the installation, such as that it is a demo."""

    __tablename__ = "setting"
    name: str = Field(primary_key=True)
    value: str


class AuditRow(SQLModel, table=True):
    """Who did what. Append-only (triggers), hash-chained, without foreign keys so that it survives."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("audit_clinic", "clinic_code", "id"),
        Index("audit_at", "at", "id"),
        Index("audit_actor", "actor", "id"),
        Index("audit_action", "action", "id"),
        Index("audit_outcome", "outcome", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_column=utc())
    actor: str
    action: str
    outcome: str  # done, refused
    clinic_code: str = ""
    object: str = ""
    details: str = Field(default="{}", sa_column=Column(Text, nullable=False))
    previous_hash: str
    hash: str
