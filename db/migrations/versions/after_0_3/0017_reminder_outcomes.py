"""A reminder is noted before it goes to the mail server, and what became of it afterwards."""

import sqlalchemy as sa
from alembic import op


revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    column: sa.Column[bool] = sa.Column("is_sent", sa.Boolean(), server_default=sa.true(), nullable=False)
    op.add_column("reminder", column)
