"""What a command loads: nothing before it is needed, since a timer runs some of them every minute."""

import subprocess
import sys

import pytest

from portal.settings import ROOT
from tests.cli.command import Command


LOADED = """
import sys
from portal.cli.main import main
try:
    main()
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""
OF_A_DATABASE = ("sqlalchemy", "sqlmodel", "pydantic_settings", "alembic")
OF_FILES_AND_PAGES = ("openpyxl", "numpy", "pandas", "altair", "streamlit", "docx", "typst", "jinja2")


@pytest.fixture(scope="module")
def loaded_by(demo_file):
    def loaded(*arguments):
        done = subprocess.run(
            [sys.executable, "-c", LOADED, *arguments],
            cwd=ROOT,
            env=Command(demo_file).environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout
        return set(done.stderr.split())

    return loaded


def test_help_loads_neither_database_nor_files_nor_pages(loaded_by):
    modules = loaded_by("--help")

    assert "portal.cli.main" in modules
    assert not modules & {*OF_A_DATABASE, *OF_FILES_AND_PAGES, "rich"}


def test_figures_load_the_database_and_nothing_of_migrations_files_or_pages(loaded_by):
    modules = loaded_by("figures", "2024")

    assert "sqlalchemy" in modules
    assert not modules & {"alembic", *OF_FILES_AND_PAGES}
