"""What a program is given: what its account's pages show, and nothing else; by route, role and clinic."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest

import db.audit
from portal.api import app, description
from portal.api.resources import RESOURCES
from portal.domain.accounts.access import EVERY_CLINIC
from portal.domain.registry.months import Month
from portal.limits import Limiter, Rate
from portal.services.accounts import tokens
from portal.services.insight import indicator_series, overview
from portal.services.release import releases
from portal.services.review import reviews
from portal.ui.insight import indicator_view
from tests.api.conftest import NAMES, client_of, refusal_of
from tests.services.region import CONTROLLER, DECEMBER, JANUARY, send
from tests.walls.conftest import FOREIGN, USERS


pytestmark = [pytest.mark.security, pytest.mark.asvs("8.2.2", "8.2.3", "8.3.1")]
MORAS = re.compile(rf"(?<!\d)({FOREIGN}|{FOREIGN + 1})(?!\d)")


# Whose figures


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("user", USERS)
def test_every_route_answers_every_role_with_its_own_scope_only(program_of, user, name):
    program = program_of(user)
    for form in ("json", "csv"):
        answer = program.get(name, format=form, size=10_000)

        assert answer.status_code == 200
        if user in ("falun", "duo"):
            assert "mora" not in answer.text.lower()
            assert not MORAS.search(answer.text)
        if name in ("clinics", "months", "figures"):
            assert ("ludvika" in answer.text) is (user != "falun")
            assert "falun" in answer.text


@pytest.mark.parametrize("user", USERS)
def test_a_foreign_clinic_is_refused_in_the_words_of_an_unknown_one(program_of, user):
    program, own = program_of(user), {"falun": ("falun",), "duo": ("falun", "ludvika")}
    unknown = refusal_of(program.get("figures", clinic="finnsinte"))
    assert unknown == (404, app.NO_CLINIC)

    for clinic in ("falun", "ludvika", "mora"):
        answer = program.get("figures", clinic=clinic, size=10_000)
        if clinic in own.get(user, (clinic,)):
            assert {row["clinic"] for row in answer.json()["rows"]} == {clinic}
        else:
            assert refusal_of(answer) == unknown


def test_moras_number_is_there_to_be_found(program_of):
    """The control of the searches above."""
    assert MORAS.search(program_of("region").get("figures", clinic="mora").text)


def test_a_figure_is_that_of_the_indicators_page(region, program_of):
    rows = {(row["month"], row["indicator"]): row for row in program_of("falun").rows("figures", size=10_000)}
    page = overview.of_clinic(region, USERS["falun"], clinic="falun", month=JANUARY)

    assert len(page.rows) > 10
    for tile in page.rows:
        row = rows["2025-01", tile.indicator.code]
        assert row["value"] == pytest.approx(tile.now.value, abs=1e-4)
        assert row["missing_reason"] == (tile.now.reason.label if tile.now.reason else None)
        series = indicator_series.of_clinic(
            region, USERS["falun"], clinic="falun", indicator=tile.indicator, months=12
        )
        assert row["region"] == pytest.approx(
            indicator_view._regional(tile.indicator, series.points[-1]), abs=1e-4
        )
    assert any(row["region"] is not None for row in rows.values())


def change_others(region):
    for code in ("mora", "ludvika", "avesta", "borlange"):
        send(region, code, only={"care_plans": 77, "first_visits": 41}, answer="Vi har räknat om.")
        send(region, code, DECEMBER, care_plans=78)
    reviews.approve(region, CONTROLLER, clinic="avesta", month=JANUARY)


def test_p8_what_others_send_changes_no_byte_until_it_is_released(region, program_of):
    program = program_of("falun")

    def everything():
        formats = ("json", "csv")
        answers = [program.get(name, format=form, size=10_000) for name in NAMES for form in formats]
        return [(answer.content, answer.headers["etag"]) for answer in answers]

    before = everything()
    change_others(region)
    assert everything() == before

    releases.release(region, CONTROLLER, JANUARY)
    assert everything() != before  # the control: it would have been seen


# What is left behind


def test_every_use_stands_in_the_log_of_the_clinics_concerned(region, program_of):
    program = program_of("duo")
    program.get("clinics")
    program.get("figures", clinic="ludvika", format="csv")
    program.get("figures", clinic="mora")

    with region.database.reading(EVERY_CLINIC) as scoped:
        uses = [event for event in db.audit.list_recent(scoped) if event.action == "program.read"]
    assert {(event.actor, event.object, event.clinic, event.outcome) for event in uses} == {
        ("duo", "clinics", "falun", "done"),
        ("duo", "clinics", "ludvika", "done"),
        ("duo", "figures", "ludvika", "done"),
        ("duo", "figures", "", "refused"),
    }
    assert len(uses) == 4
    (token,) = tokens.list_own(region, USERS["duo"])
    assert token.last_used_at


# How much, and how it is asked


def test_pages_follow_each_other_and_hold_every_row_once(program_of):
    program = program_of("duo")
    everything, total = program.rows("figures", size=10_000), program.get("figures").json()["total"]
    rows, address = [], "/api/v1/figures?size=300"
    while address:
        answer = program.client.get(address, headers={"authorization": f"Bearer {program.token}"})
        rows += answer.json()["rows"]
        address = answer.json()["next"]
        assert (
            (f'<{address}>; rel="next"' == answer.headers["link"])
            if address
            else "link" not in answer.headers
        )

    assert rows == everything
    assert len(rows) == total > 600
    assert program.rows("figures", page=100_000) == []


def test_months_and_an_indicator_can_be_chosen(program_of):
    asked = {"indicator": "care_plans", "first": "2024-12", "last": "2030-01"}
    program = program_of("falun")

    assert [row["month"] for row in program.rows("figures", **asked)] == ["2024-12", "2025-01"]
    assert [row["month"] for row in program.rows("releases", **asked)] == ["2024-12", "2025-01"]
    assert program.rows("figures", first="2025-01", last="2024-12") == []


def test_csv_says_what_json_says(program_of):
    program = program_of("falun")
    asked = {"first": str(Month(2025, 1)), "size": 10_000}
    text = program.get("figures", format="csv", **asked).content.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    rows = program.rows("figures", **asked)

    assert len(lines) == len(rows) > 10
    for line, row in zip(lines, rows, strict=True):
        assert line["indikator"] == row["indicator"]
        assert (float(line["värde"].replace(",", ".")) if line["värde"] else None) == row["value"]


def test_what_has_not_changed_is_not_sent_again(region, program_of):
    program = program_of("falun")
    first = program.get("figures")
    asked = {"if-none-match": f'"x", W/{first.headers["etag"]}'}

    again = program.get("figures", headers=asked)
    assert (again.status_code, again.content) == (304, b"")
    send(region, "falun", care_plans=3, answer="Vi har räknat om.")
    assert program.get("figures", headers=asked).status_code == 200


def test_too_much_in_a_short_time_waits_and_others_do_not(region, program_of):
    client = client_of(region, programs=Limiter(Rate(2, 30)), strangers=Limiter(Rate(1, 30)))
    falun = replace(program_of("falun"), client=client)
    duo = replace(program_of("duo"), client=client)

    assert [falun.get("clinics").status_code for _ in range(3)] == [200, 200, 429]
    late = falun.get("clinics")
    assert refusal_of(late) == (429, app.TOO_MUCH)
    assert 0 < int(late.headers["retry-after"]) <= 30
    assert duo.get("clinics").status_code == 200
    assert [client.get("/api/v1/clinics").status_code for _ in range(2)] == [401, 429]


def test_a_fault_is_told_in_swedish_with_an_id_that_the_log_has(program_of, monkeypatch, caplog):
    def fail(*_):
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("portal.services.programs.figures.of_clinics", fail)

    answer = program_of("falun").get("figures")

    status, sentence = refusal_of(answer)
    assert (status, "Något gick fel hos oss" in sentence, "inside" in answer.text) == (500, True, False)
    assert answer.json()["error_id"] in caplog.text and "ZeroDivisionError" in caplog.text


def test_the_description_names_every_route_and_what_it_answers(program_of):
    program = program_of("falun")
    described = program.client.get(description.PATH).json()

    assert set(described["paths"]) == {resource.path for resource in RESOURCES}
    for resource in RESOURCES:
        (row,) = program.rows(resource.name, size=1)
        schema = described["components"]["schemas"][resource.row.__name__]
        assert list(schema["properties"]) == list(row) == list(resource.row.model_fields)
    assert "$defs" not in json.dumps(described)
