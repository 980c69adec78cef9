"""The API over the small region of tests/walls, asked as a program asks, without a server beneath it."""

import re
import shutil
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.api import app
from portal.api.resources import RESOURCES
from portal.domain.accounts.tokens import UsedIn
from portal.services.accounts import tokens
from portal.services.accounts.tokens import TokenWish
from tests.conftest import PASSWORD
from tests.walls.conftest import USERS, open_region, region, region_file


__all__ = ["region", "region_file"]  # the fixtures that are taken from there
WISH = TokenWish(used_in=UsedIn.EXCEL, days=30, password=PASSWORD)
NAMES = [resource.name for resource in RESOURCES]


def address_of(scope):
    return "192.0.2.1"


def client_of(portal, **limiters):
    """Return a client of the portal's API, with limiters of the test's own where it hands them in."""
    routes = app.routes(portal, address_of)
    if limiters:
        routes[0].app = app.Api(portal, address_of, **limiters)
    return TestClient(Starlette(routes=routes), raise_server_exceptions=False)


def refusal_of(answer):
    """Return a refusal's status and words; it has an id and nothing of the program's inside."""
    fault = answer.json()
    assert fault.keys() == {"message", "error_id"} and re.fullmatch("[0-9a-f]{8}", fault["error_id"])
    assert "Traceback" not in answer.text
    return answer.status_code, fault["message"]


@dataclass
class Program:
    """A program with somebody's token."""

    portal: Any
    client: TestClient
    token: str

    def get(self, name, headers=None, **parameters):
        sent = {"authorization": f"Bearer {self.token}", **(headers or {})}
        return self.client.get(f"/api/v1/{name}", params=parameters, headers=sent)

    def rows(self, name, **parameters):
        answer = self.get(name, **parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()["rows"]


@pytest.fixture
def program_of(region):
    """Return a function that gives a program with a new token of that user."""
    client = client_of(region)

    def program_of(name):
        return Program(region, client, tokens.make(region, USERS[name], WISH).secret)

    return program_of


@pytest.fixture(scope="module")
def lasting_region(region_file, tmp_path_factory):
    """For tests that change nothing after it is made ready."""
    portal = open_region(shutil.copy(region_file, tmp_path_factory.mktemp("api") / "region.db"))
    yield portal
    portal.database.engine.dispose()
