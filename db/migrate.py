"""Bring a database to the schema of this version: forward only, numbered, in one transaction each."""

import csv
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, insert, inspect, select

from db import planner, postgres, row_security
from db.engine import Database
from db.revision import check_is_not_newer
from db.scoping import table
from portal.domain.accounts.access import EVERY_CLINIC


FOLDER = Path(__file__).parent / "migrations"
LEFT_OUT = {"0007": "annual_report", "0009": "point_comment"}  # by some versions: a table of each
FACTS = Path(__file__).parent / "facts"


def upgrade(database: Database, *, works_as: str | None = None) -> None:
    """Run what is missing, then load the published figures and the report's first texts.

    On PostgreSQL, `works_as` is the role of the portal itself when it owns nothing: it is let in.
    """
    config = alembic_config()
    check_is_not_newer(database)
    with database.writing(EVERY_CLINIC) as scoped:
        config.attributes["connection"] = scoped.connection
        _make_up(scoped.connection, ScriptDirectory.from_config(config))
        command.upgrade(config, "head")
        _load_published_figures(scoped.connection)
        _load_start_texts(scoped.connection)
        postgres.put_sequences_ahead(scoped.connection)
        planner.note_sizes(scoped)
        if works_as and not database.is_sqlite:
            row_security.grant(scoped.connection, works_as)


def _make_up(connection: Connection, scripts: ScriptDirectory) -> None:
    """Make the tables that a database lacks though its number says that it has them.

    Revisions were renumbered when two branches met: 0.2.0 and 0.3.0 were published with a 0010 that came after neither
    0007 nor 0009. Numbers never change any more.
    """
    context = MigrationContext.configure(connection)
    revision = context.get_current_revision()
    tables = inspect(connection).get_table_names()
    for number, name in LEFT_OUT.items():
        if revision is not None and revision > number and name not in tables:
            with Operations.context(context):
                scripts.get_revision(number).module.upgrade()
            row_security.protect(connection)


def let_in(database: Database, role: str | None) -> None:
    """Let PostgreSQL's role that the portal works as use the tables of another, if it owns none itself."""
    if role and role != database.role:
        with database.writing(EVERY_CLINIC) as scoped:
            row_security.grant(scoped.connection, role)


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("recursive_version_locations", "true")
    return config


def _load_published_figures(connection: Connection) -> None:
    figures = table("published_figure")
    with (FACTS / "published.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            {
                "period": row["period"],
                "indicator": row["indicator"],
                "breakdown": row["breakdown"],
                "value": float(row["value"]) if row["value"] else None,
                "unit": row["unit"],
                "basis": row["basis"],
                "source": row["source"],
            }
            for row in csv.DictReader(file)
        ]
    connection.execute(delete(figures))
    connection.execute(insert(figures), rows)


def _load_start_texts(connection: Connection) -> None:
    """Load the report's first texts where there are none yet: those that stand there are the region's."""
    texts = table("report_start_text")
    present = {(row.year, row.place) for row in connection.execute(select(texts.c.year, texts.c.place))}
    with (FACTS / "report_texts.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            {"year": int(row["year"] or 0), "place": row["place"], "text": row["text"]}
            for row in csv.DictReader(file)
        ]
    if missing := [row for row in rows if (row["year"], row["place"]) not in present]:
        connection.execute(insert(texts), missing)
