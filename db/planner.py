"""What the database's planner knows of the tables' sizes: before it does, a year of ten is sought row by row."""

from db.scoping import ScopedConnection


# SQLite looks at a thousand rows of each index: milliseconds, however large the table. Open connections read the
# sizes anew when their table was made anew.
ON_SQLITE = ("PRAGMA analysis_limit=1000", "DROP TABLE IF EXISTS sqlite_stat1", "ANALYZE")
ON_POSTGRESQL = ("ANALYZE submission, submission_value, submission_event, release_input, released_figure",)


def note_sizes(scoped: ScopedConnection) -> None:
    """Have the tables that grow counted, in the transaction that filled them: seen by every process when it ends.

    On PostgreSQL a role that doesn't own the tables is passed over with a warning; autovacuum counts them soon.
    """
    is_sqlite = scoped.connection.dialect.name == "sqlite"
    for statement in ON_SQLITE if is_sqlite else ON_POSTGRESQL:
        scoped.connection.exec_driver_sql(statement)
