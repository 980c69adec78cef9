"""What a release says of the year to come, of each clinic's series and the region's."""

import sqlalchemy as sa
from alembic import op

from db import row_security


revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "forecast",
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("clinic_code", "series", "month", "last_month", "why_none")
        ),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("clinic_code", "series", "month"),
        sa.CheckConstraint("length(month) = 7", name="month_is_month"),
        sa.CheckConstraint("(content = '') <> (why_none = '')", name="forecast_or_why_none"),
        sa.CheckConstraint("months >= 0", name="forecast_months_not_negative"),
    )
    row_security.protect(op.get_bind())
