"""What PostgreSQL alone has: the rights of the role that the portal works as, and sequences that count its rows.

A dump that is put back without its rights, or rows that are put in by hand, leave both behind.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, func, select, text
from sqlmodel import SQLModel

from db.scoping import ScopedConnection, table


VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")
NEEDED = {
    **{name: VERBS for name in SQLModel.metadata.tables},
    "audit": ("SELECT", "INSERT", "DELETE"),
    "alembic_version": ("SELECT",),
}
TOO_MUCH = {"audit": ("UPDATE",), "alembic_version": ("INSERT", "UPDATE", "DELETE")}
NUMBERED = tuple(
    name for name, each in SQLModel.metadata.tables.items() if each.autoincrement_column is not None
)


def role_faults(scoped: ScopedConnection) -> list[str]:
    """Return which rights the portal's PostgreSQL role has and should not have."""
    scoped.check_every_clinic()
    if scoped.connection.dialect.name == "sqlite":
        return []
    role = text(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    rights = scoped.connection.execute(role).one()._mapping
    faults = [f"the role has {name}" for name, has in rights.items() if has]
    owned = text(
        "SELECT count(*) FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner"
        " JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        " WHERE rolname = current_user AND relkind = 'r' AND nspname = 'public'"
    )
    count = scoped.connection.execute(owned).scalar_one()
    if count:
        return [*faults, f"the role owns {count} tables"]
    return faults + [f"the role may {right}" for right in _rights(scoped.connection, TOO_MUCH, has=True)]


def lacking_rights(scoped: ScopedConnection) -> list[str]:
    """Return what the role may not do and has to."""
    scoped.check_every_clinic()
    connection = scoped.connection
    if connection.dialect.name == "sqlite":
        return []
    if connection.scalar(text("SELECT current_schema()")) is None:
        return ["USAGE of the schema"]
    return [*_rights(connection, NEEDED, has=False), *_closed_sequences(connection)]


def _rights(connection: Connection, verbs_of: Mapping[str, tuple[str, ...]], *, has: bool) -> list[str]:
    pairs = [(name, verb) for name, verbs in verbs_of.items() for verb in verbs]
    question = text(
        "SELECT verb || ' ' || name FROM unnest(CAST(:names AS text[]), CAST(:verbs AS text[])) AS wanted (name, verb)"
        " WHERE has_table_privilege(to_regclass(name), verb) = :has"
    )
    names, verbs = map(list, zip(*pairs, strict=True))
    return list(connection.scalars(question, {"names": names, "verbs": verbs, "has": has}))


def _closed_sequences(connection: Connection) -> Iterator[str]:
    question = text(
        "SELECT has_sequence_privilege(:name, 'USAGE') AND has_sequence_privilege(:name, 'SELECT')"
    )
    for name, sequence in _sequences(connection).items():
        if sequence and not connection.scalar(question, {"name": sequence}):
            yield f"USAGE, SELECT of the sequence of {name}"


def _sequences(connection: Connection) -> dict[str, str | None]:
    """Return, by table whose rows are numbered, the sequence that does it; None where it is gone."""
    question = text("SELECT pg_get_serial_sequence(:name, 'id')")
    return {name: connection.scalar(question, {"name": name}) for name in NUMBERED}


def sequence_faults(scoped: ScopedConnection) -> list[str]:
    """Return the tables whose next row would get a number that is taken."""
    scoped.check_every_clinic()
    connection = scoped.connection
    if connection.dialect.name == "sqlite":
        return []
    faults = []
    for name, sequence in _sequences(connection).items():
        if sequence is None:
            faults.append(f"{name}: nothing numbers its rows")
        elif (behind := _rows_ahead(connection, name, sequence)) > 0:
            faults.append(f"{name}: its sequence is {behind} behind its rows")
    return faults


def _rows_ahead(connection: Connection, name: str, sequence: str) -> int:
    given_out = text("SELECT coalesce(pg_sequence_last_value(CAST(:name AS regclass)), 0)")
    return _last_row(connection, name) - int(connection.scalar(given_out, {"name": sequence}) or 0)


def _last_row(connection: Connection, name: str) -> int:
    return int(connection.scalar(select(func.max(table(name).c.id))) or 0)


def put_sequences_ahead(connection: Connection) -> None:
    """Have every table's next row numbered after its last one."""
    if connection.dialect.name == "sqlite":
        return
    ahead = text("SELECT setval(CAST(:name AS regclass), :number)")
    for name, sequence in _sequences(connection).items():
        if sequence and _rows_ahead(connection, name, sequence) > 0:
            connection.execute(ahead, {"name": sequence, "number": _last_row(connection, name)})
