"""Audit: from here on its links are keyed; what is older ends in an event that is signed.

A pruning lets go only of what is a year old: the key is not the database's to know, so a forged one must
not open the door to what happened lately; one whose number is none opens nothing.
"""

import json

import sqlalchemy as sa
from alembic import op

from db import audit, signing


revision = "0012"
down_revision = "0011"

SQLITE_TRIGGER = """
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
WHEN OLD.at >= datetime('now', '-364 days') OR NOT EXISTS (
    SELECT 1 FROM audit AS pruning WHERE pruning.action = 'audit.pruned' AND pruning.id > OLD.id
    AND CAST(pruning.object AS INTEGER) >= OLD.id
)
BEGIN SELECT RAISE(ABORT, 'the audit table is append-only'); END
"""

POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION audit_keeps_its_rows() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF OLD.at < now() - interval '364 days' AND EXISTS (
        SELECT 1 FROM audit AS pruning WHERE pruning.action = 'audit.pruned' AND pruning.id > OLD.id
        AND CASE WHEN pruning.object ~ '^[0-9]{1,18}$' THEN pruning.object::bigint ELSE 0 END >= OLD.id
    ) THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'the audit table is append-only';
END $$
"""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(POSTGRES_FUNCTION)
    else:
        op.execute("DROP TRIGGER audit_no_delete")
        op.execute(SQLITE_TRIGGER)
    _sign_what_there_is()


def _sign_what_there_is() -> None:
    connection = op.get_bind()
    setting = sa.table("setting", sa.column("name", sa.String), sa.column("value", sa.String))
    kept_end = sa.select(setting.c.value).where(setting.c.name == audit.HEAD)
    stored = json.loads(connection.execute(kept_end).scalar_one())
    head = audit.Head(id=stored["id"], count=stored["count"], hash=stored["hash"])
    content = {**stored, "signature": signing.sign(connection.info[signing.KEYS][0], *head.signed)}
    connection.execute(sa.insert(setting).values(name=audit.KEYED, value=json.dumps(content)))
