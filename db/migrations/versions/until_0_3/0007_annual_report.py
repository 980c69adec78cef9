"""The annual report: written texts in versions, frozen reports that nobody can change, publication."""

import sqlalchemy as sa
from alembic import op


revision = "0007"
down_revision = "0006"

FROZEN = ("annual_report", "annual_report_publication", "report_text")

SQLITE_TRIGGER = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, 'what is frozen is never changed'); END
"""

POSTGRES_FUNCTION = """
CREATE FUNCTION report_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'what is frozen is never changed'; END $$
"""

POSTGRES_TRIGGER = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION report_is_append_only()
"""


def upgrade() -> None:
    op.create_table(
        "report_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("generated", sa.Text(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name="report_text_version_from_1"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("year", "section", "version", name="report_text_version"),
    )
    op.create_table(
        "annual_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("frozen_by", sa.String(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name="annual_report_version_from_1"),
        sa.CheckConstraint("length(sha256) = 64", name="annual_report_sha256"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("year", "version", name="annual_report_version"),
    )
    op.create_table(
        "annual_report_publication",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("published_by", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["annual_report.id"]),
        sa.PrimaryKeyConstraint("report_id"),
    )
    _protect()


def _protect() -> None:
    """Let no one change or delete what is frozen or written, whoever they are."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(POSTGRES_FUNCTION)
        for table in FROZEN:
            op.execute(POSTGRES_TRIGGER.format(table=table))
        return
    for table in FROZEN:
        for verb in ("update", "delete"):
            op.execute(SQLITE_TRIGGER.format(table=table, verb=verb, VERB=verb.upper()))
