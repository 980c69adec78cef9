"""Whatever is asked, a program gets what the description promises: rows of that shape, or a fault in words."""

import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from portal.api import app, description
from portal.limits import Limiter, Rate
from portal.services.accounts import tokens
from tests.api.conftest import WISH, Program, client_of
from tests.walls.conftest import USERS, open_region


pytestmark = [pytest.mark.security, pytest.mark.asvs("2.2.1", "16.5.1")]
DESCRIBED = description.describe()
NAMES = {path.rpartition("/")[2]: path for path in DESCRIBED["paths"]}
ODD = st.text(max_size=8) | st.sampled_from(
    ["0", "-1", "1e9", "2025-13", "mora", "csv", "null", "', --", "٣"]
)


def values_of(schema):
    """Return what the description lets stand there."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema["type"] == "integer":
        return st.integers(schema["minimum"], schema["maximum"]).map(str)
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    return st.sampled_from(["falun", "mora"]) | st.text(min_size=1, max_size=9)


def questions_of(path):
    parameters = DESCRIBED["paths"][path]["get"]["parameters"]
    right = st.fixed_dictionaries({}, optional={p["name"]: values_of(p["schema"]) for p in parameters})
    wrong = st.dictionaries(
        st.sampled_from([p["name"] for p in parameters]) | st.text(max_size=8), ODD, max_size=3
    )
    return st.tuples(st.just(path), right | wrong)


@pytest.fixture(scope="module")
def program(region_file, tmp_path_factory):
    portal = open_region(shutil.copy(region_file, tmp_path_factory.mktemp("api") / "region.db"))
    client = client_of(portal)
    client.app.routes[0].app = app.Api(portal, lambda scope: "", programs=Limiter(Rate(10_000, 1)))
    yield Program(portal, client, tokens.make(portal, USERS["falun"], WISH).secret)
    portal.database.engine.dispose()


@settings(max_examples=60)
@given(asked=st.sampled_from(sorted(NAMES.values())).flatmap(questions_of))
def test_every_answer_is_one_that_is_described(program, asked):
    path, parameters = asked
    answer = program.get(path.rpartition("/")[2], **parameters)

    described = DESCRIBED["paths"][path]["get"]["responses"][str(answer.status_code)]
    assert answer.status_code in (200, 400, 404)
    media_type = answer.headers["content-type"].partition(";")[0]
    schema = described["content"][media_type]["schema"]
    if media_type == "application/json":
        whole = {**schema, "components": DESCRIBED["components"]}
        Draft202012Validator(whole).validate(answer.json())


@settings(max_examples=40)
@given(asked=st.sampled_from(sorted(NAMES.values())).flatmap(questions_of))
def test_the_same_question_has_the_same_answer_and_tag(program, asked):
    path, parameters = asked
    first, again = (program.get(path.rpartition("/")[2], **parameters) for _ in range(2))

    assert first.status_code == again.status_code
    if first.status_code == 200:
        assert (first.content, first.headers["etag"]) == (again.content, again.headers["etag"])
