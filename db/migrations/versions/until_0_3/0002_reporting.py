"""Reporting in depth: drafts, stored files, exceptions, reminders, breaks, held submissions."""

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_table(
        "deadline_exception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_code", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("granted_by", sa.String(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(month) = 7", name="month_is_month"),
        sa.ForeignKeyConstraint(
            ["clinic_code"],
            ["clinic.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_deadline_exception_clinic_code"), "deadline_exception", ["clinic_code"], unique=False
    )
    op.create_table(
        "draft",
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("clinic_code", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(month) = 7", name="month_is_month"),
        sa.ForeignKeyConstraint(
            ["clinic_code"],
            ["clinic.code"],
        ),
        sa.PrimaryKeyConstraint("username", "clinic_code", "month"),
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_code", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(month) = 7", name="month_is_month"),
        sa.ForeignKeyConstraint(
            ["clinic_code"],
            ["clinic.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("clinic_code", "month", "kind", "recipient", name="reminder_once"),
    )
    op.create_table(
        "series_break",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_code", sa.String(), nullable=True),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(month) = 7", name="month_is_month"),
        sa.ForeignKeyConstraint(
            ["clinic_code"],
            ["clinic.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "stored_file_clinic",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("clinic_code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_code"],
            ["clinic.code"],
        ),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["stored_file.sha256"],
        ),
        sa.PrimaryKeyConstraint("sha256", "clinic_code"),
    )
    op.add_column("account", sa.Column("email", sa.String(), server_default="", nullable=False))
    op.add_column("submission", sa.Column("is_held", sa.Boolean(), server_default=sa.false(), nullable=False))
