"""The region's sources per month, clinic and municipality; targets and days with valid-from; mergers."""

import sqlalchemy as sa
from alembic import op


revision = "0006"
down_revision = "0005"

VERSION = ("indicator", "year", "month", "breakdown", "clinic_code", "municipality_code", "version")


def upgrade() -> None:
    _widen_facts()
    _create_settings()
    # Without a foreign key: SQLite can't add one to a table that others point at.
    op.add_column("clinic", sa.Column("closed_kind", sa.String(), server_default="", nullable=False))
    op.add_column("clinic", sa.Column("successor", sa.String(), nullable=True))


def _widen_facts() -> None:
    kept = (sa.CheckConstraint("(value IS NULL) <> (reason IS NULL)", name="fact_value_or_reason"),)
    with op.batch_alter_table("region_fact", table_args=kept) as facts:
        for name in ("month", "clinic_code", "municipality_code", "correction"):
            facts.add_column(sa.Column(name, sa.String(), server_default="", nullable=False))
        facts.drop_constraint("region_fact_version", type_="unique")
        facts.create_unique_constraint("region_fact_version", list(VERSION))
        facts.create_check_constraint("fact_month_is_month", "month = '' OR length(month) = 7")
        facts.create_check_constraint("fact_one_place", "clinic_code = '' OR municipality_code = ''")


def _create_settings() -> None:
    op.create_table(
        "target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_target_indicator"), "target", ["indicator"], unique=False)
    op.create_table(
        "day_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.String(), nullable=False),
        sa.Column("deadline_day", sa.Integer(), nullable=False),
        sa.Column("release_day", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(valid_from) = 7", name="valid_from_is_month"),
        sa.CheckConstraint(
            "deadline_day >= 1 AND deadline_day < release_day AND release_day <= 28", name="day_rule_days"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
