"""A button acts for whoever clicked, and a refusal is said once, where the page says such things."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from portal.domain.accounts.access import AccessDenied, ClinicUser
from portal.services.refused import DatabaseUnavailable, Refused
from portal.settings import ROOT
from portal.ui.base import session
from portal.ui.base.faults import at_fields
from portal.ui.login import auth
from portal.ui.page.acting import acting, chosen_day
from portal.uploads.setup.sheets import SHEETS


FALUN = ClinicUser(username="falun", name="BUP Falun", clinics=("falun",))
UI = ROOT / "portal" / "ui"
TELLS = re.compile(r"\basking\.ask\b|\bon_click\b|\bon_change\b")


@cache
def modules():
    """Return the modules of ui in which a widget is told what to run; what it runs stands in the same."""
    sources = {path: path.read_text("utf-8") for path in UI.rglob("*.py")}
    return {path: ast.parse(source) for path, source in sources.items() if TELLS.search(source)}


def callbacks():
    """Return (path, name) of each function of a module of ui that a widget is told to run."""
    for path, module in modules().items():
        for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
            if ast.unparse(call.func) == "asking.ask":
                yield path, ast.unparse(call.args[1])
        for keyword in (node for node in ast.walk(module) if isinstance(node, ast.keyword)):
            if keyword.arg in ("on_click", "on_change"):
                names = [node.id for node in ast.walk(keyword.value) if isinstance(node, ast.Name)]
                yield from ((path, name) for name in names if name.startswith("_"))


def function_of(path, name):
    return next(
        node for node in modules()[path].body if isinstance(node, ast.FunctionDef) and node.name == name
    )


def asks_who_clicked(path, name):
    function = function_of(path, name)
    if any(ast.unparse(decorator).startswith("acting") for decorator in function.decorator_list):
        return True
    calls = [ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)]
    own = {node.name for node in modules()[path].body if isinstance(node, ast.FunctionDef)} - {name}
    return "auth.still_user" in calls or any(asks_who_clicked(path, call) for call in own & set(calls))


def test_there_are_callbacks_to_look_at():
    assert len(set(callbacks())) > 20


@pytest.mark.parametrize(
    ("path", "name"), sorted(set(callbacks())), ids=lambda part: getattr(part, "stem", part)
)
def test_every_callback_asks_who_clicked(path, name):
    assert asks_who_clicked(path, name), "decorate it with portal.ui.page.acting.acting"


@cache
def ui_imports(path):
    """Return the modules of ui that a page, or such a module, imports."""
    modules_of_ui = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("portal.ui"):
            start = ROOT / Path(*node.module.split("."))
            names = [start.with_suffix(".py"), *(start / f"{alias.name}.py" for alias in node.names)]
            modules_of_ui += [name for name in names if name.exists()]
    return modules_of_ui


def reachable(path):
    paths = {path}
    while more := {found for place in paths for found in ui_imports(place)} - paths:
        paths |= more
    return paths - {ACTING, UI / "base" / "session.py"}


PAGE_FILES = sorted((ROOT / "pages").rglob("*.py"))
ACTING = UI / "page" / "acting.py"


@pytest.mark.parametrize("page", PAGE_FILES, ids=lambda page: page.stem)
def test_a_page_with_buttons_that_may_be_refused_shows_the_refusal_itself(page):
    texts = [path.read_text("utf-8") for path in reachable(page)]
    if not any("@acting\n" in text for text in texts):
        return

    assert any("show_outcome(" in text or "take_refusal(" in text for text in texts)


@pytest.fixture
def clicked(monkeypatch):
    """Return what was noted as refused, while Falun clicks."""
    notes = []
    monkeypatch.setattr(auth, "still_user", lambda: FALUN)
    monkeypatch.setattr(session, "note_refusal", notes.append)
    return notes


def test_the_callback_is_given_who_clicked_and_its_own_arguments(clicked):
    calls = []

    acting(lambda user, month, *, version: calls.append((user, month, version)))("2025-01", version=2)

    assert calls == [(FALUN, "2025-01", 2)]
    assert clicked == []


@pytest.mark.parametrize("refusal", [Refused("Det går inte."), AccessDenied("Det går inte.")], ids=type)
def test_a_refusal_is_kept_and_nothing_after_it_is_done(clicked, refusal):
    def act(_user):
        raise refusal

    acting(act)()

    assert clicked == ["Det går inte."]


def test_a_refusal_about_one_box_leads_to_it_and_another_does_not(clicked, monkeypatch):
    fields = []
    monkeypatch.setattr(session, "note_fault", fields.append)

    def act(_user, about):
        with at_fields(reason="extend-reason", until="extend-until"):
            raise Refused("Det går inte.", about=about)

    for about in ("until", "month", ""):
        acting(act)(about)

    assert fields == ["extend-until"]
    assert clicked == ["Det går inte."] * 3


SERVICES, DOMAIN = ROOT / "portal" / "services", ROOT / "portal" / "domain"


def test_every_box_that_a_form_names_is_one_that_some_service_refuses_by():
    """A name that no service or rule uses would leave its box unmarked."""
    named, refused_by = set(), set()
    for path in [path for room in (UI, SERVICES, DOMAIN) for path in room.rglob("*.py")]:
        for call in (
            node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
        ):
            if ast.unparse(call.func).endswith(("at_fields", "said_here")):
                named |= {keyword.arg for keyword in call.keywords if keyword.arg}
            refused_by |= {
                ast.literal_eval(keyword.value)
                for keyword in call.keywords
                if keyword.arg == "about" and isinstance(keyword.value, ast.Constant)
            }

    of_workbook = {column.name for sheet in SHEETS for column in sheet.columns}  # marked at their cells
    assert named
    assert named <= refused_by <= named | of_workbook


def test_a_database_that_is_away_is_said_and_logged_under_one_id(clicked, caplog):
    def act(_user):
        raise DatabaseUnavailable("database is locked")

    acting(act)()

    (sentence,) = clicked
    assert sentence.startswith("Inte sparat. Det du skrev står kvar. Försök igen om en stund.")
    assert caplog.records[0].args[0] in sentence
    assert "database is locked" in caplog.text


def test_a_database_that_is_away_before_it_says_who_clicked_refuses_too(clicked, monkeypatch):
    def still_user():
        raise DatabaseUnavailable("connection lost")

    monkeypatch.setattr(auth, "still_user", still_user)

    acting(lambda _user: None)()

    assert clicked[0].startswith("Inte sparat.")


def test_another_fault_is_not_swallowed(clicked):
    def act(_user):
        raise KeyError("month")

    with pytest.raises(KeyError):
        acting(act)()
    assert clicked == []


@pytest.mark.parametrize("text", ["", "i morgon"])
def test_an_empty_date_box_is_refused_in_words(monkeypatch, text):
    monkeypatch.setattr(session, "value_of", lambda _key: text)

    with pytest.raises(Refused, match="Välj en dag"):
        chosen_day("day")
