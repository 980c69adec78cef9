"""Services run on both databases."""

from dataclasses import replace

import pytest

from tests.conftest import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.getfixturevalue(f"{request.param}_database")


@pytest.fixture
def strict_portal(portal):
    """The portal as it is out of the box: region accounts need a second factor."""
    return replace(portal, region_needs_second_factor=True)
