"""Comments on points: a clinic's own word on one month of one indicator, in versions."""

import sqlalchemy as sa
from alembic import op


revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "point_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_code", sa.String(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(month) = 7", name="month_is_month"),
        sa.CheckConstraint("version >= 1", name="point_comment_version_from_1"),
        sa.ForeignKeyConstraint(
            ["clinic_code"],
            ["clinic.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("clinic_code", "indicator", "month", "version", name="point_comment_version"),
    )
