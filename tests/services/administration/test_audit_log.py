"""Händelseloggen: every action in words, the clinic's own part of it, the export, and how long it is kept."""

import ast
import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest

import db.audit
from db.audit import AuditEvent
from portal.domain.accounts import events
from portal.domain.accounts.access import EVERY_CLINIC, AccessDenied
from portal.domain.registry.months import Month
from portal.services.administration import audit_log
from portal.services.administration.audit_log import Search
from portal.services.refused import Refused
from portal.services.review import reviews
from portal.settings import ROOT
from tests.conftest import NAMES, TODAY, add_account, audit_actions
from tests.services.region import JANUARY, send


pytestmark = pytest.mark.security


# Words

MAY_ACT = re.compile(r"\baction\b|\.record\(")


def actions_in(path):
    """Return every constant that a module gives as an audit's action, by name or by place."""
    source = path.read_text("utf-8")
    if not MAY_ACT.search(source):  # a second for all modules, in every process of a run
        return set()
    nodes = list(ast.walk(ast.parse(source)))
    found = {node for node in nodes if isinstance(node, ast.keyword) and node.arg == "action"}
    places = {
        function.name: [argument.arg for argument in function.args.args].index("action")
        for function in nodes
        if isinstance(function, ast.FunctionDef) and "action" in [a.arg for a in function.args.args]
    }
    values = [keyword.value for keyword in found]
    for function in nodes:
        if isinstance(function, ast.FunctionDef):
            given = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
            values += [default for argument, default in given if argument.arg == "action" and default]
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in places:
            values += node.args[places[node.func.id] :][:1]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "record":
            values += node.args[:1]
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "action" for target in node.targets
        ):
            values.append(node.value)
    return {
        constant.value
        for value in values
        for constant in ast.walk(value)
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str) and "." in constant.value
    }


USED = {
    action: path.name
    for path in [*(ROOT / "portal").rglob("*.py"), *(ROOT / "db").rglob("*.py")]
    for action in actions_in(path)
    if not action.endswith((".", "_"))  # the beginning of `submission.{state}`, `account.link_{kind}`
}


def test_the_search_for_actions_finds_them():
    assert {"login.failed", "account.added", "page.refused", "month.released", "draft.started"} <= set(USED)


@pytest.mark.asvs("16.2.1")
@pytest.mark.parametrize("action", sorted(USED))
def test_every_action_has_a_swedish_label(action):
    assert action in events.ACTIONS_BY_CODE, f"{USED[action]} writes {action}: declare it in domain/events.py"


def test_every_action_of_the_demo_has_a_label_and_every_detail_a_name(demo):
    with demo.database.reading(EVERY_CLINIC) as scoped:
        assert (
            db.administration.audit_log.used_actions(scoped, [action.code for action in events.ACTIONS]) == []
        )
        found = db.audit.list_recent(scoped, limit=5_000)
    assert len(found) > 300
    assert {name for event in found for name in json.loads(event.details)} <= set(events.DETAILS)


# What a clinic sees


@pytest.fixture
def busy(portal, falun_user, region_user, monkeypatch):
    monkeypatch.setitem(NAMES, "kollega@falun.example", "Kia Kollega")
    add_account(portal, "kollega@falun.example", role="clinic", clinics=["falun"])
    add_account(portal, "mora@provider.example", role="clinic", clinics=["mora"])
    send(portal, "falun")
    send(portal, "mora")
    reviews.send_back(portal, region_user, clinic="falun", month=JANUARY, comment="Se över.")
    with portal.writing(falun_user) as scoped:
        scoped.by("kollega@falun.example").record("draft.started", clinic="falun")
        scoped.by("kommandorad").record(
            "reminder.sent",
            clinic="falun",
            details={"to": "kollega@falun.example", "kind": "before", "months": 1},
        )
        scoped.by("borta@annan.example").record("file.fetched", clinic="falun")
    return portal


@pytest.mark.asvs("8.2.3")
def test_a_clinic_sees_its_own_events_and_nobodys_address(busy, falun_user):
    log = audit_log.read(busy, falun_user)

    assert {entry.clinic for entry in log.entries} == {"BUP Falun"}
    assert "@" not in repr(log.entries)
    assert "mora" not in repr(log.entries).lower()
    by = {entry.what: entry.who for entry in log.entries}
    assert by["Började fylla i formuläret"] == "Kia Kollega"
    assert by["Återlämnade"] == "Regionen"
    assert by["Påminnelse skickades"] == "Regionen"
    assert by["Hämtade inskickad fil"] == "Annat konto"


def test_ones_own_deeds_are_ones_own(busy, falun_user):
    send(busy, "falun", Month(2024, 12), user=falun_user)

    own = [entry for entry in audit_log.read(busy, falun_user).entries if entry.who == "Du"]

    assert [(entry.what, entry.subject) for entry in own] == [("Skickade in", "december 2024")]


@pytest.mark.asvs("8.2.2")
def test_a_clinic_cannot_ask_for_anothers_nor_by_user_name(busy, falun_user):
    with pytest.raises(AccessDenied):
        audit_log.read(busy, falun_user, Search(clinic="mora"))
    with pytest.raises(AccessDenied):
        audit_log.read(busy, falun_user, Search(actor="region"))
    with pytest.raises(AccessDenied):
        audit_log.export(busy, falun_user)


def test_the_region_sees_everything_with_user_names(busy, region_user):
    log = audit_log.read(busy, region_user)

    assert {"BUP Falun", "BUP Mora"} <= {entry.clinic for entry in log.entries}
    assert "kollega@falun.example" in {entry.who for entry in log.entries}


# Pages and search


def fill(portal, count):
    with portal.database.writing(EVERY_CLINIC) as scoped:
        for number in range(count):
            event = AuditEvent(
                at=datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=number),
                actor="anna",
                action="page.refused",
                outcome="refused",
                object=str(number),
            )
            db.audit.add(scoped, event)


@pytest.mark.parametrize("count", [1, 24, 25, 26, 60])
def test_leafing_forth_and_back_shows_each_event_once(portal, region_user, count):
    fill(portal, count)
    search = Search(actor="anna")

    log = audit_log.read(portal, region_user, search)
    assert log.newer is None
    seen, pages = [entry.subject for entry in log.entries], [log]
    while log.older:
        log = audit_log.read(portal, region_user, search, log.older)
        seen += [entry.subject for entry in log.entries]
        pages.append(log)
    assert seen == [str(number) for number in reversed(range(count))]
    while log.newer:
        pages.pop()
        log = audit_log.read(portal, region_user, search, log.newer)
        assert log.entries == pages[-1].entries
    assert len(pages) == 1


def test_days_are_swedish_days_and_both_ends_count(portal, region_user):
    fill(portal, 72)

    one_day = Search(first=date(2025, 1, 2), last=date(2025, 1, 2))
    newest = audit_log.read(portal, region_user, one_day)
    older = audit_log.read(portal, region_user, one_day, newest.older)

    # the 2nd of January begins at 23 UTC on the 1st
    subjects = [entry.subject for entry in (*newest.entries, *older.entries)]
    assert subjects == [str(number) for number in range(46, 22, -1)]


def test_days_the_wrong_way_round_are_answered_in_words(portal, region_user):
    with pytest.raises(Refused, match="före från och med"):
        audit_log.read(portal, region_user, Search(first=date(2025, 1, 2), last=date(2025, 1, 1)))


# Export


@pytest.mark.asvs("1.2.10", "16.3.1")
def test_the_export_opens_in_swedish_excel_runs_no_formula_and_is_an_event(portal, region_user):
    with portal.writing_as("anna", EVERY_CLINIC) as scoped:
        scoped.record("page.refused", outcome="refused", subject="=1+1")

    content = audit_log.export(portal, region_user, Search(action="page.refused", last=TODAY))

    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert [(row["händelse"], row["gäller"], row["utfall"]) for row in rows] == [
        ("Nekades en sida", "'=1+1", "nekat")
    ]
    assert ("region", "audit.exported", "page.refused") in audit_actions(portal)


# How long


@pytest.mark.asvs("16.4.2")
def test_events_are_kept_five_years_unless_the_administrator_decides_otherwise(
    portal, admin_user, region_user
):
    assert audit_log.retention_years(portal) == 5

    audit_log.set_retention(portal, admin_user, 7)

    assert audit_log.retention_years(portal) == 7
    assert audit_actions(portal)[0][1] == "audit.retention_changed"
    for years in (0, 31):
        with pytest.raises(Refused):
            audit_log.set_retention(portal, admin_user, years)
    with pytest.raises(AccessDenied):
        audit_log.set_retention(portal, region_user, 1)


@pytest.mark.asvs("16.4.2")
def test_pruning_takes_what_is_too_old_and_nothing_else(portal, admin_user, region_user):
    fill(portal, 48)
    later = portal.on(date(2030, 1, 2))
    before = len(audit_actions(later))
    planned = audit_log.plan_pruning(later, admin_user)
    assert (
        planned.count == 0
    )  # the accounts were added in February: they stand before the events, and are newer

    much_later = portal.on(date(2031, 2, 6))
    assert audit_log.prune(much_later, admin_user).count == before
    assert [action for _, action, _ in audit_actions(portal)] == ["audit.pruned"]
    with portal.database.reading(EVERY_CLINIC) as scoped:
        assert db.audit.first_broken_link(scoped) is None
        assert not db.audit.is_cut(scoped)
    with pytest.raises(AccessDenied):
        audit_log.prune(much_later, region_user)


def test_nothing_is_pruned_by_reading_or_changing_the_retention(portal, admin_user):
    fill(portal, 10)
    future = portal.on(date(2040, 1, 1))

    audit_log.set_retention(future, admin_user, 1)
    audit_log.read(future, admin_user)

    assert len([action for _, action, _ in audit_actions(portal) if action == "page.refused"]) == 10


def test_a_leap_day_has_a_day_five_years_before():
    assert audit_log._years_before(datetime(2028, 2, 29, 12, tzinfo=UTC), 5) == datetime(
        2023, 2, 28, 12, tzinfo=UTC
    )
