"""An account says itself whether it gets the letters about month sheets; until then it does."""

import sqlalchemy as sa
from alembic import op


revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    column: sa.Column[bool] = sa.Column(
        "gets_sheet_letters", sa.Boolean(), server_default=sa.true(), nullable=False
    )
    op.add_column("account", column)
