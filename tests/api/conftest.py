"""The API over the small region of tests/walls, asked as a program asks, without a server beneath it."""

from dataclasses import dataclass
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.api import app
from portal.domain.accounts.tokens import UsedIn
from portal.services.accounts import tokens
from portal.services.accounts.tokens import TokenWish
from tests.conftest import PASSWORD
from tests.walls.conftest import USERS, region, region_file


__all__ = ["region", "region_file"]  # the fixtures that are taken from there
WISH = TokenWish(used_in=UsedIn.EXCEL, days=30, password=PASSWORD)


def client_of(portal):
    """Return a client of the portal's API."""
    routes = app.routes(portal, lambda scope: "192.0.2.1")
    return TestClient(Starlette(routes=routes), raise_server_exceptions=False)


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
