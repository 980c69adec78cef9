"""Action plans: what each is about, and every version of what it says and how it stands."""

import sqlalchemy as sa
from alembic import op

from db import row_security


revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "action_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("clinic_code", "kind", "subject")),
        sa.CheckConstraint("kind IN ('demand', 'signal', 'queue')", name="action_plan_kind"),
        sa.ForeignKeyConstraint(["clinic_code"], ["clinic.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("action_plan_of_clinic", "action_plan", ["id", "clinic_code"], unique=True)
    op.create_index("ix_action_plan_clinic_code", "action_plan", ["clinic_code"])
    op.create_table(
        "action_plan_version",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("id", "plan_id", "version")),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in (
                "clinic_code",
                "step",
                "state",
                "action",
                "responsible",
                "starts",
                "until",
                "comment",
                "written_by",
            )
        ),
        sa.Column("expected", sa.Float(), nullable=True),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("is_agreed", "is_in_report")),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'going', 'done', 'stopped')", name="action_plan_state"),
        sa.CheckConstraint("version >= 1", name="action_plan_version_from_1"),
        sa.CheckConstraint("length(starts) = 7 AND length(until) = 7", name="action_plan_months"),
        sa.CheckConstraint("starts <= until", name="action_plan_starts_first"),
        sa.ForeignKeyConstraint(["clinic_code"], ["clinic.code"]),
        sa.ForeignKeyConstraint(
            ["plan_id", "clinic_code"],
            ["action_plan.id", "action_plan.clinic_code"],
            name="version_of_own_plan",
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("plan_id", "version", name="action_plan_version_once"),
    )
    row_security.protect(op.get_bind())
