"""What every test of reading files needs."""

import pytest

from portal.uploads import reading


@pytest.fixture(autouse=True)
def nothing_read_yet():
    """The same bytes are read once: each test has its own first time."""
    reading.answers.forget()
