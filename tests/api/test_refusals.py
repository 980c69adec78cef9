"""Every refusal on every route: the same words wherever it is asked, and neither a row nor an event is left behind."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.api import app, description
from portal.api.resources import RESOURCES_BY_PATH
from portal.domain.accounts.tokens import PREFIX
from portal.limits import Limiter, Rate
from portal.services.accounts import accounts, second_factor, tokens
from portal.services.accounts.throttle import hashed
from tests.api.conftest import NAMES, WISH, client_of, refusal_of
from tests.conftest import SYSTEM, audit_actions
from tests.services.region import row_counts
from tests.walls.conftest import USERS


pytestmark = [pytest.mark.security, pytest.mark.asvs("8.2.1", "8.2.2", "8.3.1")]
PATHS = [*RESOURCES_BY_PATH, description.PATH]
DAYS = timedelta(days=WISH.days)


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """The region's tokens, which would open everything, each in another state; and of a closed account."""

    holding: str
    in_its_last_minute: str
    past_its_days: str
    withdrawn: str
    of_closed: str


@pytest.fixture(scope="module")
def secrets(lasting_region):
    def made(user, ago=timedelta()):
        with time_machine.travel(datetime.now(UTC) - ago):
            return tokens.make(lasting_region, user, WISH).secret

    region, closed = USERS["region"], USERS["duo"]
    withdrawn = made(region)
    (token,) = tokens.list_own(lasting_region, region)
    tokens.withdraw(lasting_region, region, token.id)
    of_closed = made(closed)
    accounts.set_active(lasting_region, SYSTEM, closed.username, is_active=False)
    return Secrets(
        holding=made(region),
        in_its_last_minute=made(region, DAYS - timedelta(minutes=1)),
        past_its_days=made(region, DAYS + timedelta(seconds=1)),
        withdrawn=withdrawn,
        of_closed=of_closed,
    )


@pytest.fixture
def unchanged(lasting_region, secrets):
    """Fails a test that leaves something behind."""
    before = row_counts(lasting_region), audit_actions(lasting_region)
    yield
    assert (row_counts(lasting_region), audit_actions(lasting_region)) == before


def bearer(secret):
    return {"headers": {"authorization": f"Bearer {secret}".encode()}}


WITHOUT_TOKEN_THAT_HOLDS = {
    "none": lambda made: {},
    "none, and every tag": lambda made: {"headers": {"if-none-match": "*"}},
    "empty": lambda made: bearer(""),
    "invented": lambda made: bearer(f"{PREFIX}{'x' * 43}"),
    "letters of no token": lambda made: bearer("åäö"),
    "a letter too many": lambda made: bearer(f"{made.holding}x"),
    "a letter too few": lambda made: bearer(made.holding[:-1]),
    "what the database keeps of it": lambda made: bearer(PREFIX + hashed(made.holding)),
    "as a password": lambda made: {"auth": ("region", made.holding)},
    "in the address": lambda made: {"params": {"token": made.holding}},
    "in a cookie": lambda made: {"headers": {"cookie": f"token={made.holding}"}},
    "withdrawn": lambda made: bearer(made.withdrawn),
    "past its days": lambda made: bearer(made.past_its_days),
    "of a closed account": lambda made: bearer(made.of_closed),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sent", WITHOUT_TOKEN_THAT_HOLDS.values(), ids=WITHOUT_TOKEN_THAT_HOLDS)
def test_without_a_token_that_holds_no_route_gives_anything(lasting_region, secrets, unchanged, name, sent):
    answer = client_of(lasting_region).get(f"/api/v1/{name}", **sent(secrets))

    assert refusal_of(answer) == (401, app.NO_TOKEN)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "etag" not in answer.headers


@pytest.mark.parametrize("name", NAMES)
def test_a_token_holds_to_its_last_minute_on_every_route(lasting_region, secrets, name):
    """The control of the refusals above."""
    client = client_of(lasting_region)

    for secret in (secrets.holding, secrets.in_its_last_minute):
        assert client.get(f"/api/v1/{name}", **bearer(secret)).json()["rows"]


def test_the_description_alone_is_given_without_a_token(lasting_region, secrets, unchanged):
    client = client_of(lasting_region)

    assert {path for path in PATHS if client.get(path).status_code == 200} == {description.PATH}
    assert {sent.status_code for sent in map(client.get, RESOURCES_BY_PATH)} == {401}
    answers = [client.get(description.PATH, **sent(secrets)) for sent in WITHOUT_TOKEN_THAT_HOLDS.values()]
    assert {answer.status_code for answer in answers} == {200, 304}


@pytest.mark.parametrize("user", ["falun", "region"])
@pytest.mark.parametrize("name", NAMES)
def test_no_route_is_read_before_the_account_has_its_second_factor(region, user, name):
    strict = replace(region, region_needs_second_factor=True)
    second_factor.ask_of_clinics(strict, SYSTEM, is_asked=True)
    secret = tokens.make(strict, USERS[user], WISH).secret
    before = audit_actions(strict)

    answer = client_of(strict).get(f"/api/v1/{name}", **bearer(secret))

    assert refusal_of(answer) == (403, app.NO_SECOND_FACTOR)
    assert audit_actions(strict) == before


@pytest.mark.parametrize("name", NAMES)
def test_whoever_asks_too_often_waits_on_every_route(lasting_region, secrets, unchanged, name):
    used_up = Limiter(Rate(burst=0, seconds=30))
    client = client_of(lasting_region, programs=used_up, strangers=used_up)

    for sent in (bearer(secrets.holding), bearer(secrets.withdrawn), {}):
        answer = client.get(f"/api/v1/{name}", **sent)
        assert refusal_of(answer) == (429, app.TOO_MUCH)
        assert answer.headers["retry-after"] == "30"


@pytest.mark.parametrize("name", NAMES)
def test_another_clinic_can_be_asked_for_on_no_route(region, name):
    """Where a clinic can be asked for, mora is an unknown one to falun; elsewhere there is no such parameter."""
    client, falun = client_of(region), bearer(tokens.make(region, USERS["falun"], WISH).secret)
    mora, unknown = (
        client.get(f"/api/v1/{name}", params={"clinic": clinic}, **falun) for clinic in ("mora", "finnsinte")
    )

    assert refusal_of(mora) == refusal_of(unknown)
    assert mora.status_code == (404 if name == "figures" else 400)
    assert "mora" not in mora.text.lower()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", PATHS)
def test_every_route_can_only_be_read(lasting_region, secrets, unchanged, method, path):
    answer = client_of(lasting_region).request(method, path, **bearer(secrets.holding))

    assert refusal_of(answer) == (405, app.ONLY_READING)
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/api/v1", "/api/v1/", "/api/v1/tokens", "/api/v2/figures", "/api/v1/Figures"]
)
@pytest.mark.parametrize("end", ["", "/", "/1"])
def test_there_is_no_other_address(lasting_region, secrets, unchanged, path, end):
    client = client_of(lasting_region)

    for sent in (bearer(secrets.holding), {}):
        assert refusal_of(client.get(path + end, **sent)) == (404, app.NO_ADDRESS)
