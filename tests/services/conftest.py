"""Services run on both databases."""

import pytest

from tests.conftest import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.getfixturevalue(f"{request.param}_database")
