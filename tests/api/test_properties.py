"""Whatever the description lets a program ask, and whatever it does not, the answer is one that it describes."""

import pytest
import schemathesis
from hypothesis import given, settings
from schemathesis import GenerationMode
from schemathesis.generation import hypothesis as its_hypothesis
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection

from portal.api import description
from portal.limits import Limiter, Rate
from portal.services.accounts import tokens
from tests.api.conftest import NAMES, WISH, client_of
from tests.walls.conftest import USERS


pytestmark = [pytest.mark.security, pytest.mark.asvs("2.2.1", "16.5.1")]
# With constants its questions would change with every word in the portal's code; with security parameters half of them
# would have a token of its own.
CONFIG = {
    "analysis": {"constants": {"enabled": False}},
    "generation": {"with-security-parameters": False},
}
# Tried in more ways by test_refusals.py; here it would ask each question twice more.
CHECKED_ELSEWHERE = [ignored_auth]
HOLDERS = ("falun", "region")
WITH_CLINICS = ("clinics", "months", "figures")


@pytest.fixture(scope="module")
def described(lasting_region):
    """The API by its own description, with room for all that is asked."""
    wide = {"programs": Limiter(Rate(10_000, 1)), "strangers": Limiter(Rate(10_000, 1))}
    client = client_of(lasting_region, **wide)
    with pytest.MonkeyPatch.context() as patch:
        # It would make Hypothesis faster and mute: no test of this process could print what it failed on.
        patch.setattr(its_hypothesis.setup, "_is_patched", True, raising=False)
        yield schemathesis.openapi.from_asgi(
            description.PATH, client.app, config=schemathesis.Config.from_dict(CONFIG)
        )


@pytest.fixture(scope="module")
def headers_of(lasting_region):
    """Whose token → the headers with it."""
    made = {user: tokens.make(lasting_region, USERS[user], WISH).secret for user in HOLDERS}
    return {user: {"authorization": f"Bearer {secret}"} for user, secret in made.items()}


@pytest.mark.parametrize(
    ("user", "name"),
    [(user, name) for user in HOLDERS for name in NAMES if user == "falun" or name in WITH_CLINICS],
)
def test_at_every_bound_and_just_beyond_the_answer_is_as_described(described, headers_of, user, name):
    """Each parameter at its least, its most, beyond them, twice, of another type; other methods, too."""
    operation, clinics, statuses = described[f"/api/v1/{name}"]["GET"], set(), set()
    questions = described.iter_coverage_cases(
        operation,
        generation_modes=list(GenerationMode),
        generation_config=described.config.generation_for(operation=operation, phase="coverage"),
    )

    for question in questions:
        answer = question.call_and_validate(headers=headers_of[user], excluded_checks=CHECKED_ELSEWHERE)
        statuses.add(answer.status_code)
        if answer.status_code == 200 and "json" in answer.headers["content-type"][0]:
            clinics |= {row.get("clinic") for row in answer.json()["rows"]}

    assert {200, 400} <= statuses
    if user == "falun":
        assert clinics == {"falun" if name in WITH_CLINICS else None}
    else:
        assert {"falun", "mora"} <= clinics


@pytest.mark.parametrize("user", HOLDERS)
@pytest.mark.parametrize("name", NAMES)
def test_the_answer_is_as_described_and_the_same_when_asked_again(described, headers_of, user, name):
    headers, operation = headers_of[user], described[f"/api/v1/{name}"]["GET"]
    # A wrong value that is an empty list adds nothing to the address, which is then a right one.
    excluded = [*CHECKED_ELSEWHERE, negative_data_rejection]

    @settings(max_examples=12, derandomize=True)
    @given(question=operation.as_strategy() | operation.as_strategy(GenerationMode.NEGATIVE))
    def ask_twice(question):
        first = question.call_and_validate(headers=headers, excluded_checks=excluded)
        if first.status_code == 200:
            again = question.call(headers=headers)
            assert (first.content, first.headers["etag"]) == (again.content, again.headers["etag"])

    ask_twice()
