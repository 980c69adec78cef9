"""The demo's documents, each made once."""

import pytest

from portal.domain.accounts.access import OPERATOR
from portal.reports.cover import Format
from portal.services.annual_report import documents
from tests.reports.reading import sections_of


@pytest.fixture(scope="session")
def made(demo):
    """Return a function: (format, year) → the document's bytes."""

    def make(kind, year=2024):
        return documents.make(demo, documents.open_edition(demo, OPERATOR, year=year), Format(kind))

    return make


@pytest.fixture(scope="session")
def sections(made):
    """Return a function: (format, year) → section number → what stands there."""
    texts = {}

    def read(kind, year):
        if (kind, year) not in texts:
            texts[kind, year] = sections_of(kind, made(kind, year))
        return texts[kind, year]

    return read
