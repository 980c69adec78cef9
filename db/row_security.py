"""PostgreSQL's row-level security: the scope once more, in the database itself.

db.engine says in each transaction whose rows it is about (`app.clinics`); the policies here compare every row
with that. A query that forgot its scope finds nothing foreign, a write outside it is refused, and without a
context there are no rows at all. FORCE makes it hold for the tables' owner too; only superusers and roles
with BYPASSRLS get past it (`portal check` finds them). SQLite has no such thing: there the scope in
db.scoping stands alone.

A migration that adds a table with a `clinic_code` ends with `row_security.protect(op.get_bind())`.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from portal.domain.accounts.access import ClinicScope
from portal.domain.sources.declared import PUBLIC


SETTING = "app.clinics"
VERBS = ("read", "insert", "update", "delete")
EVERY = "*"

# The context of a clinic's transaction begins with a comma, so that the list holds '' too: rows of no
# clinic in particular. A transaction without context has an empty list, and finds not even those.
_HAS_CONTEXT = f"coalesce((SELECT current_setting('{SETTING}', true)), '') <> ''"
_EVERY = f"(SELECT current_setting('{SETTING}', true)) = '{EVERY}'"
_PUBLIC = ", ".join(f"'{indicator}'" for indicator in PUBLIC)
_LIST = f"(SELECT string_to_array(current_setting('{SETTING}', true), ','))::text[]"

# A file may be read by who may see all of its clinics. The rows that say so are hidden in part from the one
# who asks, so they are read in another context. (A function's SET clause would need a superuser.)
CLINICS_OF_FILE = f"""
CREATE OR REPLACE FUNCTION clinics_of_file(wanted text) RETURNS text[] LANGUAGE plpgsql AS
$$ DECLARE
    asking text := current_setting('{SETTING}', true);
    found text[];
BEGIN
    PERFORM set_config('{SETTING}', '{EVERY}', true);
    SELECT array_agg(clinic_code::text) INTO found FROM stored_file_clinic WHERE sha256 = wanted;
    PERFORM set_config('{SETTING}', asking, true);
    RETURN found;
END $$
"""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a transaction finds (`read`), may add (`insert`) and may change or remove (`change`)."""

    read: str
    insert: str
    change: str


def of_clinic(column: str = "clinic_code") -> Policy:
    """Own rows; those of no clinic in particular are everyone's to read and the region's to write."""
    own = f"{_EVERY} OR ({column} <> '' AND {column} = ANY ({_LIST}))"
    return Policy(
        read=f"{_EVERY} OR coalesce({column}, '') = ANY ({_LIST})",
        insert=own,
        change=own,
    )


# Tables whose rule is not the ordinary one, and why.
SPECIAL = {
    # Names and owners of clinics: a clinic sees its own; the register is the region's to keep.
    "clinic": Policy(read=of_clinic("code").read, insert=_EVERY, change=_EVERY),
    # Read before it is known who asks: the scope comes out of it. Holds no figures.
    "account_clinic": Policy(read=_HAS_CONTEXT, insert=_EVERY, change=_EVERY),
    # Everybody's doings are written down, logins too, before they have a clinic.
    "audit": Policy(read=of_clinic().read, insert=f"{_EVERY} OR clinic_code = ANY ({_LIST})", change=_EVERY),
    # The region's own sources; of them a clinic finds what is said about itself, for its contract, and what
    # others have published of other regions.
    "region_fact": Policy(
        read=f"{_EVERY} OR (clinic_code <> '' AND clinic_code = ANY ({_LIST}))"
        f" OR ({_HAS_CONTEXT} AND clinic_code = '' AND indicator IN ({_PUBLIC}))",
        insert=_EVERY,
        change=_EVERY,
    ),
    # Computed by a release: a clinic finds its own, and the region's are the region's.
    "forecast": Policy(
        read=f"{_EVERY} OR (clinic_code <> '' AND clinic_code = ANY ({_LIST}))", insert=_EVERY, change=_EVERY
    ),
    "stored_file": Policy(
        read=f"{_EVERY} OR clinics_of_file(sha256) <@ {_LIST}",
        insert=_HAS_CONTEXT,
        change=_EVERY,
    ),
}


def context_of(scope: ClinicScope) -> str:
    """Return the scope as the setting's text."""
    if scope.every:
        return EVERY
    codes = sorted(scope.clinics)
    if any("," in code or code == EVERY for code in codes):
        raise ValueError("a clinic's code holds no comma and is no star")
    return "," + ",".join(codes)


def tables_of_clinics(connection: Connection) -> list[str]:
    """Return the tables with clinics' rows, as the database's catalogue has them."""
    names = connection.scalars(
        text(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')"
            " AND a.attname = 'clinic_code' AND NOT a.attisdropped"
        )
    )
    return sorted({*names, "clinic", "stored_file"})


def protect(connection: Connection) -> None:
    """Put every table with clinics' rows behind its policy; as often as one likes. SQLite: nothing."""
    if connection.dialect.name != "postgresql":
        return
    connection.execute(text(CLINICS_OF_FILE))
    for name in tables_of_clinics(connection):
        _protect(connection, name, SPECIAL.get(name, of_clinic()))


def _protect(connection: Connection, name: str, policy: Policy) -> None:
    statements = [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
    ]
    rules = {
        "read": f"FOR SELECT USING ({policy.read})",
        "insert": f"FOR INSERT WITH CHECK ({policy.insert})",
        "update": f"FOR UPDATE USING ({policy.change}) WITH CHECK ({policy.change})",
        "delete": f"FOR DELETE USING ({policy.change})",
    }
    for verb, rule in rules.items():
        statements.append(f"DROP POLICY IF EXISTS portal_{verb} ON {name}")
        statements.append(f"CREATE POLICY portal_{verb} ON {name} {rule}")
    for statement in statements:
        connection.execute(text(statement))


def grant(connection: Connection, role: str) -> None:
    """Let the portal's role work with the tables it does not own: rows, no structure.

    The audit is not changed, and the schema's number is the owner's.
    """
    who = connection.dialect.identifier_preparer.quote_identifier(role)
    schema = str(connection.scalar(text("SELECT quote_ident(current_schema())")))
    for statement in (
        f"GRANT USAGE ON SCHEMA {schema} TO {who}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {who}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {who}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {who}",
        f"REVOKE UPDATE ON audit FROM {who}",
    ):
        connection.execute(text(statement))


def faults(connection: Connection) -> list[str]:
    """Return the tables with clinics' rows that stand open."""
    if connection.dialect.name != "postgresql":
        return []
    query = text(
        "SELECT relrowsecurity, relforcerowsecurity,"
        " (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid AND polname LIKE 'portal_%'"
        "  AND concat(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) LIKE :asking) AS policies,"
        " (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid) AS all_policies"
        " FROM pg_class c WHERE oid = to_regclass(:name)"
    )
    open_tables = []
    for name in tables_of_clinics(connection):
        row = connection.execute(query, {"name": name, "asking": f"%{SETTING}%"}).one()
        if not (row.relrowsecurity and row.relforcerowsecurity):
            open_tables.append(f"{name} has no row-level security in force")
        elif not row.policies == row.all_policies == len(VERBS):
            open_tables.append(f"{name} has other policies than the portal's")
    return open_tables
