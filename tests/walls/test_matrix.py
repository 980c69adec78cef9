"""Role × service × own or foreign clinic: every cell of tests/walls/rows.py tried, both ways."""

import importlib
import inspect
import pkgutil
import re
import typing
from collections import Counter
from dataclasses import dataclass

import pytest

import portal.services
from db.scoping import OutOfScope
from portal.domain.accounts.access import User
from portal.services.accounts import accounts, invitations, login, login_sessions
from portal.services.context import Portal
from tests.conftest import PASSWORD, SYSTEM, log_in
from tests.services.region import row_counts
from tests.walls.conftest import FOREIGN, USERS
from tests.walls.kinds import Kind
from tests.walls.rows import ROWS
from tests.walls.without_user import WITHOUT_USER


pytestmark = [
    pytest.mark.security,
    pytest.mark.asvs("8.1.1", "8.1.2", "8.2.1", "8.2.2", "8.2.3", "8.3.1", "8.4.1"),
]

MORAS_NUMBERS = re.compile(rf"(?<![0-9a-f])({FOREIGN}|{FOREIGN + 1})(?![0-9a-f])")  # outside of hashes


@dataclass(frozen=True)
class Cell:
    service: str
    user: str
    clinic: str
    is_let_in: bool

    def __str__(self):
        return f"{self.service} by {self.user} on {self.clinic or 'all'}: {'yes' if self.is_let_in else 'no'}"


REGIONAL = ("region", "admin")


def cells_of(service, row):
    match row.kind:
        case Kind.CLINIC:
            for clinic in ("falun", "ludvika", "mora", "finnsinte"):
                yield Cell(service, "falun", clinic, clinic == "falun")
                yield Cell(service, "duo", clinic, clinic in ("falun", "ludvika"))
            for user in REGIONAL:
                yield from (Cell(service, user, clinic, True) for clinic in ("falun", "mora"))
        case Kind.WRITER:
            for clinic in ("falun", "ludvika", "mora", "finnsinte"):
                yield Cell(service, "falun", clinic, clinic == "falun")
                yield Cell(service, "duo", clinic, clinic in ("falun", "ludvika"))
                yield from (Cell(service, user, clinic, False) for user in REGIONAL)
        case Kind.REGION:
            yield from (Cell(service, user, "", user in REGIONAL) for user in USERS)
        case Kind.ADMIN:
            yield from (Cell(service, user, "", user == "admin") for user in USERS)
        case _:
            yield from (Cell(service, user, "", True) for user in USERS)


CELLS = [cell for service, row in ROWS.items() for cell in cells_of(service, row)]
CLINIC_ROWS = [service for service, row in ROWS.items() if row.kind in (Kind.CLINIC, Kind.WRITER)]
OWN_ROWS = [service for service, row in ROWS.items() if row.kind is Kind.OWN]


def call(region, cell):
    return ROWS[cell.service].call(region, USERS[cell.user], cell.clinic)


@pytest.mark.parametrize("cell", [cell for cell in CELLS if not cell.is_let_in], ids=str)
def test_no_means_no_and_leaves_no_trace(region, cell):
    row, before = ROWS[cell.service], row_counts(region)

    try:
        answer = call(region, cell)
    except row.refused as refusal:
        answer = str(refusal)
    except OutOfScope:
        pytest.fail("only the last wall held: the service has to ask first")
    else:
        assert row.is_refused(answer), "was let in"

    assert row_counts(region) == before
    assert not MORAS_NUMBERS.search(repr(answer))
    assert "Mora" not in repr(answer)


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell.is_let_in], ids=str)
def test_yes_means_yes_and_nothing_of_others(region, cell):
    """The positive controls; and to whoever isn't the region, nothing of mora's comes with it."""
    row = ROWS[cell.service]

    answer = call(region, cell)

    assert not row.is_refused(answer)
    if row.kind is Kind.CLINIC and row.shows:
        assert cell.clinic in repr(answer) or cell.clinic.title() in repr(answer)
    if cell.user not in REGIONAL:
        assert not MORAS_NUMBERS.search(repr(answer))
        assert "mora" not in repr(answer).lower()


@pytest.mark.parametrize("service", OWN_ROWS)
def test_each_finds_own_clinics_and_the_region_all(region, service):
    """The control: the question does ask for something that others have, too."""
    found = {name: repr(ROWS[service].call(region, user, "")).lower() for name, user in USERS.items()}

    assert "falun" in found["falun"]
    assert "ludvika" not in found["falun"]
    assert {clinic in found["duo"] for clinic in ("falun", "ludvika")} == {True}
    for name in REGIONAL:
        assert {clinic in found[name] for clinic in ("falun", "ludvika", "mora")} == {True}


@pytest.mark.parametrize(
    "service", ["insight.overview.of_clinic", "reporting.versions.fetch_file", "review.reviews.open_case"]
)
def test_moras_numbers_are_there_to_be_found(region, service):
    """The control of the searches above."""
    assert MORAS_NUMBERS.search(repr(ROWS[service].call(region, USERS["region"], "mora")))


@pytest.mark.parametrize("service", CLINIC_ROWS)
def test_a_refusal_does_not_tell_whether_the_clinic_exists(region, service):
    row, said = ROWS[service], []
    for clinic in ("mora", "finnsinte"):
        try:
            answer = row.call(region, USERS["falun"], clinic)
        except row.refused as refusal:
            said.append(repr(getattr(refusal, "problems", refusal)).replace(clinic, "X"))
        else:
            said.append(repr(answer.problems).replace(clinic, "X"))

    assert said[0] == said[1]


# The table is whole


def services():
    """Return module.function → its annotations, of all that takes a portal."""
    found = {}
    for module in pkgutil.walk_packages(portal.services.__path__, f"{portal.services.__name__}."):
        loaded = importlib.import_module(module.name)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ == loaded.__name__ and not name.startswith("_"):
                hints = typing.get_type_hints(function)
                hints.pop("return", None)
                if Portal in hints.values():
                    found[f"{module.name.removeprefix('portal.services.')}.{name}"] = hints
    return found


def test_every_service_that_takes_a_portal_and_a_user_has_a_row():
    with_user = {name for name, hints in services().items() if User in hints.values()}

    missing, gone = sorted(with_user - ROWS.keys()), sorted(ROWS.keys() - with_user)
    assert not missing, f"add one row each to ROWS in tests/walls/rows.py: {', '.join(missing)}"
    assert not gone, f"no such service any more, take the row out of tests/walls/rows.py: {', '.join(gone)}"


def test_every_service_without_a_user_says_why():
    without = {name for name, hints in services().items() if User not in hints.values()}

    missing, gone = sorted(without - WITHOUT_USER.keys()), sorted(WITHOUT_USER.keys() - without)
    assert not missing, f"say in tests/walls/without_user.py who may call: {', '.join(missing)}"
    assert not gone, f"take out of tests/walls/without_user.py: {', '.join(gone)}"


def test_the_matrix_is_not_empty_anywhere():
    """Non-vacuity: each kind has rows, each role is let in and kept out somewhere, and there are 300 cells."""
    assert {row.kind for row in ROWS.values()} == set(Kind)
    tried = Counter((cell.user, cell.is_let_in) for cell in CELLS)
    assert all(tried[user, True] >= 10 for user in USERS)
    assert all(tried[user, False] >= 5 for user in USERS if user != "admin")
    assert len(CELLS) >= 300


# Sessions


def ended(region, sid):
    login_sessions.close(region, sid)


def disabled(region, sid):
    accounts.set_active(region, SYSTEM, "falun", is_active=False)


def password_reset(region, sid):
    invitations.reset_password(region, SYSTEM, "falun")


def everywhere(region, sid):
    login_sessions.close_all(region, "falun")


ENDS = (ended, disabled, password_reset, everywhere)


@pytest.mark.asvs("7.4.1", "7.4.2", "7.4.3", "7.4.5", "8.3.2")
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_a_session_that_has_ended_is_nobody(region, end):
    token, sid = log_in(region, "falun")
    other_token, other_sid = log_in(region, "duo")
    assert login_sessions.current_user(region, sid) == USERS["falun"]
    assert login_sessions.resolve_token(region, token)

    end(region, sid)

    assert login_sessions.current_user(region, sid) is None
    assert login_sessions.resolve_token(region, token) is None
    assert login_sessions.current_user(region, other_sid) == USERS["duo"]
    assert login_sessions.resolve_token(region, other_token)


def test_a_disabled_account_is_nobody_anywhere(region):
    assert accounts.find_user(region, "falun") == USERS["falun"]
    disabled(region, "")

    assert accounts.find_user(region, "falun") is None
    assert login.begin(region, "falun", PASSWORD) is None
    assert not login.check_password(region, "falun", PASSWORD)
