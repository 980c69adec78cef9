"""The commands for clinics: add, change, merge, close and reopen, with the services' own refusals."""

import json

import pytest
from typer.testing import CliRunner

from portal.cli.register import clinic_commands


@pytest.fixture
def clinic(portal, monkeypatch):
    """Return a function that runs `portal clinic …` on the test's database."""
    monkeypatch.setenv("PORTAL_DATABASE_URL", portal.database.url)
    monkeypatch.setenv("PORTAL_TODAY", "2025-02-05")

    def run(*arguments):
        return CliRunner().invoke(clinic_commands, list(arguments))

    return run


def listed(clinic):
    return {row["code"]: row for row in json.loads(clinic("list", "--json").output)}


def test_a_clinic_changes_hands_merges_and_is_opened_again(clinic):
    changed = clinic("change", "mora", "--provider", "Capio", "--operator", "private", "--reason", "Ny ägare")
    merged = clinic("merge", "mora", "--into", "falun", "--last-month", "2024-12", "--reason", "Flyttar ihop")

    assert (changed.exit_code, merged.exit_code) == (0, 0)
    mora = listed(clinic)["mora"]
    assert (mora["provider"], mora["operator"]) == ("Capio", "private")
    assert (mora["closed"], mora["closed_kind"], mora["successor"]) == ("2024-12", "merged", "falun")
    assert clinic("reopen", "mora", "--reason", "Det blev inget").exit_code == 0
    assert listed(clinic)["mora"]["closed"] is None


def test_a_bankruptcy_is_a_kind_of_closing(clinic):
    assert (
        clinic(
            "close", "mora", "--last-month", "2024-12", "--reason", "Konkurs", "--kind", "bankruptcy"
        ).exit_code
        == 0
    )

    assert listed(clinic)["mora"]["closed_kind"] == "bankruptcy"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("close", "mora", "--last-month", "2024-12", "--reason", "x" * 5, "--kind", "semester"), 2),
        (("change", "mora", "--operator", "kommunal", "--reason", "Ny ägare"), 2),
        (("merge", "mora", "--into", "finnsinte", "--last-month", "2024-12", "--reason", "Ihop"), 1),
        (("reopen", "mora", "--reason", "Öppna"), 1),
    ],
)
def test_what_can_not_be_stops_with_a_message(clinic, arguments, code):
    assert clinic(*arguments).exit_code == code
