"""When the demo is built anew: broken off, or by another version of the portal."""

from dataclasses import replace

import sqlalchemy

from portal.demo import build
from portal.domain.accounts.access import EVERY_CLINIC


def test_a_finished_demo_is_served_as_it_is(own_demo):
    assert build.is_built(own_demo)
    assert not build.is_of_another_version(own_demo)


def test_a_demo_with_another_versions_tables_is_not_built_upon(own_demo):
    with own_demo.database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(sqlalchemy.text("UPDATE alembic_version SET version_num = '0003'"))

    assert not build.is_built(own_demo)
    assert build.is_of_another_version(own_demo)


def test_a_real_database_is_no_demo(portal):
    assert not build.is_built(portal)
    assert not build.is_of_another_version(portal)
    assert build.is_real(portal)


def test_an_empty_database_and_a_broken_off_demo_are_not_real(database, own_demo):
    empty = replace(own_demo, database=database)
    assert not build.is_real(empty)
    assert not build.is_real(own_demo)

    with own_demo.database.writing(EVERY_CLINIC) as scoped:  # as when the build was broken off
        scoped.connection.execute(sqlalchemy.text("DELETE FROM setting WHERE name = 'demo_day'"))

    assert not build.is_real(own_demo)
    assert not build.is_built(own_demo)
