"""Contract follow-up: dated answers per clinic and demand, and the region's own levels."""

import sqlalchemy as sa
from alembic import op


revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "contract_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_code", sa.String(), nullable=False),
        sa.Column("demand", sa.String(), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reply IN ('yes', 'partly', 'no')", name="contract_answer_reply"),
        sa.ForeignKeyConstraint(
            ["clinic_code"],
            ["clinic.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_contract_answer_clinic_code"), "contract_answer", ["clinic_code"], unique=False)
    op.create_table(
        "contract_level",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("demand", sa.String(), nullable=False),
        sa.Column("met", sa.Float(), nullable=False),
        sa.Column("partly", sa.Float(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("partly IS NULL OR partly < met", name="contract_level_partly_below_met"),
        sa.PrimaryKeyConstraint("id"),
    )
