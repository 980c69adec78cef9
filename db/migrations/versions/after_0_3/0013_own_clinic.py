"""Values, events and a release's inputs hang on a submission of their own clinic, whoever writes them.

The clinic's code stands in them for the scope: a row with another's would be read by the wrong clinic.
"""

import sqlalchemy as sa
from alembic import op


revision = "0013"
down_revision = "0012"

NAMES = {
    "submission_value": "value_of_own_clinic",
    "submission_event": "event_of_own_clinic",
    "release_input": "input_of_own_clinic",
}
SINGLE = "FOREIGN KEY(submission_id) REFERENCES submission (id)"
COMPOSITE = "FOREIGN KEY(submission_id, clinic_code) REFERENCES submission (id, clinic_code)"


def upgrade() -> None:
    op.create_index("submission_of_clinic", "submission", ["id", "clinic_code"], unique=True)
    for table, name in NAMES.items():
        if op.get_context().dialect.name == "postgresql":
            op.drop_constraint(f"{table}_submission_id_fkey", table, type_="foreignkey")
            columns = ["submission_id", "clinic_code"]
            op.create_foreign_key(name, table, "submission", columns, ["id", "clinic_code"])
        else:
            _make_anew(op.get_bind(), table, name)


def _make_anew(connection: sa.Connection, table: str, name: str) -> None:
    """SQLite changes no key of a table that stands: make another, and put the rows there."""
    statements = sa.text(
        "SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type = :type AND sql <> ''"
    )
    made = connection.execute(statements, {"table": table, "type": "table"}).scalar_one()
    indices = connection.execute(statements, {"table": table, "type": "index"}).scalars().all()
    renamed = made.replace(f"CREATE TABLE {table} ", f"CREATE TABLE {table}_anew ", 1)
    op.execute(renamed.replace(SINGLE, f"CONSTRAINT {name} {COMPOSITE}"))
    op.execute(f"INSERT INTO {table}_anew SELECT * FROM {table}")
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE {table}_anew RENAME TO {table}")
    for index in indices:
        op.execute(index)
