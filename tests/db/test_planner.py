"""What the planner knows of the tables: counted after a release, a large import and a migration, on both engines."""

import pytest
from sqlalchemy import text

from db import planner
from db.registry import clinics
from db.reporting import submissions
from portal.bench import invented
from portal.domain.accounts.access import EVERY_CLINIC, OPERATOR
from portal.services.context import Clock, Portal
from portal.services.release import releases
from portal.services.reporting import submitting
from tests.conftest import TODAY, add_clinics
from tests.postgres import as_owner
from tests.services.region import DECEMBER, add_region, send


@pytest.fixture
def portal(sqlite_database):
    """A clinic's month on SQLite, where the portal's own connection counts."""
    portal = Portal(database=sqlite_database, clock=Clock(TODAY))
    add_clinics(portal)
    send(portal, month=DECEMBER)
    return portal


def counted(database):
    """Return the tables whose sizes are known."""
    is_known = (
        "SELECT tbl FROM sqlite_stat1 WHERE idx IS NOT NULL"
        if database.is_sqlite
        else "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > 0"
    )
    with database.reading(EVERY_CLINIC) as scoped:
        return set(scoped.connection.scalars(text(is_known)))


def test_a_table_that_was_filled_is_counted(database):
    with as_owner(database) as owner, owner.writing(EVERY_CLINIC) as scoped:
        for code, clinic in invented.clinics(1).items():
            clinics.add(scoped, clinic)
            submissions.add_many(scoped, [invented.submission(code, 0, DECEMBER)])
        planner.note_sizes(scoped)

    assert {"submission", "submission_value"} <= counted(database)


def test_a_connection_that_was_open_reads_the_sizes_anew(portal):
    def version_of_schema():
        with opened.begin():
            return opened.exec_driver_sql("PRAGMA schema_version").scalar()

    with portal.database.engine.connect() as opened:
        for _ in range(2):  # the second count has a table to fill, and does not make one
            before = version_of_schema()
            with portal.database.writing(EVERY_CLINIC) as scoped:
                planner.note_sizes(scoped)
            assert version_of_schema() != before


def test_a_month_that_is_sent_leaves_the_tables_uncounted_and_a_release_counts_them(portal):
    add_region(portal)
    before = counted(portal.database)
    releases.release(portal, OPERATOR, DECEMBER)

    assert "submission" not in before
    assert {"submission", "submission_value", "released_figure"} <= counted(portal.database)


def test_an_import_of_many_months_counts_them(portal, monkeypatch):
    monkeypatch.setattr(submitting, "MANY", 0)
    send(portal, month=DECEMBER.previous)

    assert "submission_value" in counted(portal.database)
