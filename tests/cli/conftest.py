"""Installations that commands run on, on both engines."""

import shutil
from contextlib import contextmanager
from unittest import mock

import pytest
from sqlalchemy.engine import make_url

from db import engine
from tests.cli.command import Command
from tests.conftest import BOTH_DATABASES
from tests.postgres import OWNER
from tests.services.letters.smtp import Inbox, serve


class Place:
    """An installation on one engine, and another, empty one for what is put back."""

    def __init__(self, url, empty_url=""):
        self.url, self.empty_url = url, empty_url

    def __call__(self, *arguments, url="", **environment):
        chosen = {"PORTAL_DATABASE_URL": url or self.url, **environment}
        with engines_closed():
            return Command("unused")(*arguments, **chosen)

    def restore(self, file):
        owner = {}
        if not self.empty_url.startswith("sqlite"):
            owner["PORTAL_MIGRATION_URL"] = with_role(self.empty_url, OWNER)
        return self("restore", file, url=self.empty_url, **owner)


@contextmanager
def engines_closed():
    """Close what a command leaves open for its process to end."""
    opened, begin = [], engine.create_engine

    def remembering(*arguments, **options):
        opened.append(begin(*arguments, **options))
        return opened[-1]

    with mock.patch.object(engine, "create_engine", remembering):
        yield
    for each in opened:
        each.dispose()


def with_role(url, role):
    return make_url(url).set(username=role).render_as_string(hide_password=False)


@pytest.fixture(params=BOTH_DATABASES)
def place(request, tmp_path):
    if request.param == "sqlite":
        migrated = request.getfixturevalue("migrated_file")
        shutil.copy(migrated, tmp_path / "portal.db")
        yield Place(f"sqlite:///{tmp_path / 'portal.db'}", f"sqlite:///{tmp_path / 'back' / 'portal.db'}")
        return
    server = request.getfixturevalue("postgres_server")
    database, name = request.getfixturevalue("postgres_database"), server.create()
    yield Place(database.url, server.url(name, database.role))
    server.drop(name)


@pytest.fixture
def real(migrated_file, tmp_path):
    """The command line on a real database, new and empty."""
    return Command(shutil.copy(migrated_file, tmp_path / "portal.db"))


@pytest.fixture
def smtp_server():
    inbox = Inbox()
    with serve(inbox):
        yield inbox
