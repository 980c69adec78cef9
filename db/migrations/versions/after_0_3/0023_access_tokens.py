"""With a token of its own another program reads what an account may see."""

import sqlalchemy as sa
from alembic import op


revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "access_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("used_in", sa.String(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("made_at", "expires_at")),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=True)
            for name in ("last_used_at", "ended_at")
        ),
        sa.Column("ended_because", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.CheckConstraint("used_in IN ('excel', 'power_bi', 'other')", name="access_token_used_in"),
    )
    op.create_index("ix_access_token_account_id", "access_token", ["account_id"])
