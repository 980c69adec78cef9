"""The report's standing texts: which years a text holds for, where it stands, and the texts to begin with."""

import sqlalchemy as sa
from alembic import op


revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    goes_on: sa.Column[bool] = sa.Column("goes_on", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("report_text", goes_on)
    placement: sa.Column[str] = sa.Column("placement", sa.String(), server_default="body", nullable=False)
    op.add_column("report_text", placement)
    op.create_table(
        "report_start_text",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("year", "place"),
    )
