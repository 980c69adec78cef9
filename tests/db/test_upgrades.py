"""Databases of earlier versions, each built as a demo by its own command, brought up to this one."""

import lzma
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from db import migrate, row_security, structure
from db.engine import Database
from db.migrate import upgrade
from db.revision import is_current
from portal.domain.accounts.access import EVERY_CLINIC
from portal.services.administration import checkup
from portal.settings import Settings
from tests.conftest import open_demo
from tests.db.test_schema import upgrade_to
from tests.postgres import OWNER, WORKER


EARLIER = Path(__file__).parent / "earlier"  # what `sqlite3 .dump` says of them
VERSIONS = ("0.1.0", "0.3.0")  # 0.2.0 ended with the tables of 0.3.0
KEPT = ("clinic", "submission", "submission_value", "release", "release_input", "released_figure", "audit")


@pytest.fixture(params=VERSIONS)
def earlier(request, tmp_path):
    """The file of an earlier version's demo."""
    path = tmp_path / "portal.db"
    dump = lzma.decompress((EARLIER / f"{request.param}.sql.xz").read_bytes()).decode()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(dump)
    return path


def rows_of(path, columns):
    """Return every row of what is kept, by the columns it had."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            name: connection.execute(f"SELECT {', '.join(of_table)} FROM {name} ORDER BY 1, 2, 3").fetchall()
            for name, of_table in columns.items()
        }


def columns_of(path):
    with closing(sqlite3.connect(path)) as connection:
        return {name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")] for name in KEPT}


def dump_of(path):
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_every_row_is_as_it_was_and_nothing_is_wrong(earlier):
    columns = columns_of(earlier)
    before = rows_of(earlier, columns)
    portal = open_demo(earlier)

    upgrade(portal.database)

    findings = checkup.run(portal, Settings())
    assert [finding for finding in findings if finding.check.is_error and not finding.is_ok] == []
    portal.database.engine.dispose()
    assert rows_of(earlier, columns) == before
    assert len(before["submission_value"]) > 3000


def test_an_upgrade_that_breaks_off_leaves_it_as_it_was(earlier, monkeypatch):
    before = dump_of(earlier)
    database = Database(f"sqlite:///{earlier}")

    def break_off(_connection):
        raise KeyboardInterrupt

    monkeypatch.setattr(migrate, "_load_published_figures", break_off)
    with pytest.raises(KeyboardInterrupt):
        upgrade(database)

    database.engine.dispose()
    assert dump_of(earlier) == before


def test_a_revision_that_a_published_version_left_out_is_made_up_for_on_postgresql_too(postgres_server):
    """Two branches' revisions were renumbered when they met: its 0010 knew neither 0007 nor 0009."""
    name = postgres_server.create()
    database = Database(postgres_server.url(name, OWNER))
    upgrade_to(database, "0010")
    with database.writing(EVERY_CLINIC) as scoped:
        for table in ("annual_report_publication", "annual_report", "report_text", "point_comment"):
            scoped.connection.execute(text(f"DROP TABLE {table}"))
        scoped.connection.execute(text("DROP FUNCTION report_is_append_only"))

    upgrade(database, works_as=WORKER)

    assert is_current(database)
    with database.reading(EVERY_CLINIC) as scoped:
        assert structure.structure_faults(scoped) == []
        assert structure.engine_faults(scoped) == []
        assert row_security.faults(scoped.connection) == []
    database.engine.dispose()
    postgres_server.drop(name)
