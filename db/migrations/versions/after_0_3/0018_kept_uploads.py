"""A file under preview is kept until it is sent or left, so that it outlives the process that took it."""

import sqlalchemy as sa
from alembic import op

from db import row_security


revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "kept_upload",
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("session_id", "username", "clinic_code", "name", "sha256")
        ),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_id"),
        sa.ForeignKeyConstraint(["clinic_code"], ["clinic.code"]),
    )
    row_security.protect(op.get_bind())
