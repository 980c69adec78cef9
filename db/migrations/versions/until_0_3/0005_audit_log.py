"""Audit: indices for its page, its end kept beside it, and a way out for events past their retention.

A row may go only when a later event of the chain says that everything up to it is taken off.
"""

import json

import sqlalchemy as sa
from alembic import op


revision = "0005"
down_revision = "0004"

SQLITE_TRIGGER = """
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
WHEN NOT EXISTS (
    SELECT 1 FROM audit AS pruning WHERE pruning.action = 'audit.pruned' AND pruning.id > OLD.id
    AND CAST(pruning.object AS INTEGER) >= OLD.id
)
BEGIN SELECT RAISE(ABORT, 'the audit table is append-only'); END
"""

POSTGRES_FUNCTION = """
CREATE FUNCTION audit_keeps_its_rows() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF EXISTS (
        SELECT 1 FROM audit AS pruning WHERE pruning.action = 'audit.pruned' AND pruning.id > OLD.id
        AND CAST(pruning.object AS bigint) >= OLD.id
    ) THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'the audit table is append-only';
END $$
"""

POSTGRES_TRIGGERS = (
    "DROP TRIGGER audit_append_only ON audit",
    (
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR TRUNCATE ON audit"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()"
    ),
    (
        "CREATE TRIGGER audit_keeps_its_rows BEFORE DELETE ON audit"
        " FOR EACH ROW EXECUTE FUNCTION audit_keeps_its_rows()"
    ),
)


def upgrade() -> None:
    op.create_index("audit_at", "audit", ["at", "id"])
    op.create_index("audit_actor", "audit", ["actor", "id"])
    op.create_index("audit_action", "audit", ["action", "id"])
    op.create_index("audit_outcome", "audit", ["outcome", "id"])
    _let_old_events_go()
    _keep_the_end()


def _let_old_events_go() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(POSTGRES_FUNCTION)
        for statement in POSTGRES_TRIGGERS:
            op.execute(statement)
        return
    op.execute("DROP TRIGGER audit_no_delete")
    op.execute(SQLITE_TRIGGER)


def _keep_the_end() -> None:
    connection = op.get_bind()
    count = connection.execute(sa.text("SELECT count(*) FROM audit")).scalar_one()
    newest = connection.execute(sa.text("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")).first()
    head = {"id": newest.id if newest else 0, "count": count, "hash": newest.hash if newest else "0" * 64}
    setting = sa.table("setting", sa.column("name", sa.String), sa.column("value", sa.String))
    connection.execute(sa.insert(setting).values(name="audit_head", value=json.dumps(head)))
