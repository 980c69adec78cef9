"""Row-level security on PostgreSQL: every table with clinics' rows, as the catalogue has them now."""

from alembic import op

from db import row_security


revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    row_security.protect(op.get_bind())
