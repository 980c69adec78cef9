"""The schema's number is read without Alembic, and is what Alembic says."""

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from db import revision
from db.engine import Database
from db.migrate import alembic_config
from portal.domain.accounts.access import EVERY_CLINIC


def test_the_known_revisions_are_those_of_the_migrations_in_their_order():
    scripts = ScriptDirectory.from_config(alembic_config())

    assert revision.list_known() == tuple(
        reversed([script.revision for script in scripts.walk_revisions("base", "heads")])
    )
    assert revision.list_known()[-1] == scripts.get_current_head()


def test_the_revision_found_is_alembics(database):
    with database.reading(EVERY_CLINIC) as scoped:
        assert (
            revision.find(scoped)
            == MigrationContext.configure(scoped.connection).get_current_revision()
            == revision.list_known()[-1]
        )


def test_an_empty_database_has_none(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    with database.reading(EVERY_CLINIC) as scoped:
        assert revision.find(scoped) is None
    assert not revision.is_current(database)
    database.engine.dispose()
