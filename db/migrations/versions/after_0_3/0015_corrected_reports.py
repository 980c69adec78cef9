"""A frozen report says what it corrects in the version before it, and why."""

import sqlalchemy as sa
from alembic import op


revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    for name in ("corrected", "reason"):
        column: sa.Column[str] = sa.Column(name, sa.String(), server_default="", nullable=False)
        op.add_column("annual_report", column)
