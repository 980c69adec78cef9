"""Figures that are published elsewhere, as the region enters them: versions with source, year and provenance."""

import sqlalchemy as sa
from alembic import op


revision = "0016"
down_revision = "0015"

TEXTS = ("unit", "basis", "source", "issued", "provenance", "entered_by")


def upgrade() -> None:
    op.create_table(
        "published_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("period", "indicator", "breakdown")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in TEXTS),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("period", "indicator", "breakdown", "version", name="published_entry_version"),
    )
