"""What others have published of other regions is everybody's to read."""

from alembic import op

from db import row_security


revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    row_security.protect(op.get_bind())
