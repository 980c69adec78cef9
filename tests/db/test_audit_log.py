"""The audit's page, its end and its beginning: what a page costs, what is missed when cut, what may go."""

import json
import random
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, text
from sqlalchemy.exc import DBAPIError

import db.administration.audit_log
import db.audit
from db.administration.audit_log import Filter, LogPosition
from db.audit import AuditEvent
from db.scoping import ScopedConnection, table
from portal.domain.accounts.access import EVERY_CLINIC, NO_CLINIC, ClinicScope
from tests.db.test_schema import tamper


pytestmark = pytest.mark.security
NOW = datetime(2025, 2, 5, 12, tzinfo=UTC)
ACTORS, ACTIONS, CLINICS = ("anna", "bo"), ("page.refused", "submission.sent"), ("falun", "mora", "")


def write(database, count, *, start=NOW, step=timedelta(minutes=1), seed=1):
    """Write that many events, one a minute, with actors and clinics at random."""
    chance = random.Random(seed)
    with database.writing(EVERY_CLINIC) as scoped:
        for number in range(count):
            event = AuditEvent(
                at=start + number * step,
                actor=chance.choice(ACTORS),
                action=chance.choice(ACTIONS),
                outcome=chance.choice(("done", "refused")),
                clinic=chance.choice(CLINICS),
                object=str(number),
            )
            db.audit.add(scoped, event)


def pages(database, wanted, *, limit=7, scope=EVERY_CLINIC):
    """Read to the end, page by page, towards the oldest; returns ids."""
    found, place = [], LogPosition()
    with database.reading(scope) as scoped:
        while page := db.administration.audit_log.list_page(scoped, wanted, place=place, limit=limit):
            found += [event.id for event in page]
            place = LogPosition(older_than=found[-1])
    return found


def version_after(database, event):
    """Write one more event, take it back, and return the data's version in between."""
    with database.engine.connect() as connection, connection.begin() as writing:
        scoped = ScopedConnection(connection, EVERY_CLINIC)
        db.audit.add(scoped, event)
        version = db.audit.data_version(scoped)
        writing.rollback()
    return version


def test_the_datas_version_never_comes_back_where_a_copy_is_restored(sqlite_database):
    write(sqlite_database, 3)
    sent = AuditEvent(at=NOW, actor="anna", action="submission.sent", clinic="mora", object="2025-01")

    first, second = (
        version_after(sqlite_database, replace(sent, at=NOW + timedelta(seconds=seconds)))
        for seconds in (1, 2)
    )

    assert first != second
    assert first == version_after(sqlite_database, replace(sent, at=NOW + timedelta(seconds=1)))


@pytest.mark.asvs("16.2.1")
@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(actor="anna"),
        Filter(action="page.refused", outcome="refused"),
        Filter(clinic="mora"),
        Filter(since=NOW + timedelta(minutes=13)),
        Filter(until=NOW + timedelta(minutes=31)),
        Filter(since=NOW + timedelta(minutes=5), until=NOW + timedelta(minutes=40), actor="bo"),
        Filter(since=NOW + timedelta(days=9)),
        Filter(until=NOW - timedelta(days=9)),
        Filter(actor="ingen"),
    ],
    ids=str,
)
def test_the_pages_hold_what_was_asked_for_once_and_in_order(database, wanted):
    write(database, 60)

    with database.reading(EVERY_CLINIC) as scoped:
        every = db.audit.list_recent(scoped)
    expected = [
        event.id
        for event in every
        if (not wanted.actor or event.actor == wanted.actor)
        and (not wanted.action or event.action == wanted.action)
        and (not wanted.outcome or event.outcome == wanted.outcome)
        and (not wanted.clinic or event.clinic == wanted.clinic)
        and (not wanted.since or event.at >= wanted.since)
        and (not wanted.until or event.at < wanted.until)
    ]
    assert pages(database, wanted) == expected


def test_one_can_go_back_to_newer_pages(database):
    write(database, 30)
    with database.reading(EVERY_CLINIC) as scoped:
        newest = db.administration.audit_log.list_page(scoped, Filter(), limit=10)
        older = db.administration.audit_log.list_page(
            scoped, Filter(), place=LogPosition(older_than=newest[-1].id), limit=10
        )
        back = db.administration.audit_log.list_page(
            scoped, Filter(), place=LogPosition(newer_than=older[0].id), limit=10
        )

    assert back == newest
    assert not {event.id for event in newest} & {event.id for event in older}


def test_a_clock_that_went_back_loses_no_event(database):
    write(database, 5)
    write(database, 5, start=NOW - timedelta(hours=1), seed=2)

    found = pages(database, Filter(since=NOW - timedelta(minutes=59)))

    assert len(found) == 5 + 4
    assert found == sorted(found, reverse=True)


@pytest.mark.asvs("8.2.2")
def test_a_clinic_finds_the_events_of_its_own_clinics_only(database):
    write(database, 60)
    scope = ClinicScope(frozenset({"falun"}))

    with database.reading(scope) as scoped:
        found = db.administration.audit_log.list_page(scoped, Filter(), limit=100)
        foreign = db.administration.audit_log.list_page(scoped, Filter(clinic="mora"), limit=100)

    assert found
    assert {event.clinic for event in found} == {"falun"}
    assert foreign == []


@contextmanager
def counted_steps(connection):
    """Count SQLite's work in steps of its virtual machine: the same on every machine."""
    counted = [0]

    def step():
        counted[0] += 1

    driver = connection.connection.driver_connection
    driver.set_progress_handler(step, 1)
    yield counted
    driver.set_progress_handler(None, 0)


def test_a_page_costs_the_same_whatever_the_history(sqlite_database):
    """Also the oldest time span of a long history: it is found by its index, not by going there."""
    filters = (
        Filter(),
        Filter(actor="anna"),
        Filter(action="page.refused"),
        Filter(clinic="mora"),
        Filter(outcome="refused"),
        Filter(until=NOW + timedelta(minutes=200)),
    )
    costs = []
    for start in (NOW, NOW + timedelta(days=30)):
        write(sqlite_database, 300 if not costs else 2_000, start=start)
        costs.append([])
        for wanted in filters:
            with sqlite_database.reading(EVERY_CLINIC) as scoped, counted_steps(scoped.connection) as steps:
                assert len(db.administration.audit_log.list_page(scoped, wanted, limit=50)) == 50
            costs[-1].append(steps[0])

    assert all(many < 1.3 * few for few, many in zip(*costs, strict=True)), costs


# The end


def state(database):
    with database.reading(EVERY_CLINIC) as scoped:
        return db.audit.first_broken_link(scoped), db.audit.is_cut(scoped)


@pytest.mark.asvs("16.4.2")
def test_an_untouched_audit_is_whole(database):
    assert state(database) == (None, False)
    write(database, 5)
    assert state(database) == (None, False)


@pytest.mark.asvs("16.4.2")
@pytest.mark.parametrize("statement", ["DELETE FROM audit WHERE id > 3", "DELETE FROM audit"])
def test_rows_cut_off_the_end_are_missed(database, statement):
    write(database, 5)

    tamper(database, statement)

    assert state(database) == (None, True)  # what is left fits together; the end says that more was there


@pytest.mark.asvs("16.4.2")
def test_what_is_written_after_a_cut_does_not_heal_it(database):
    write(database, 5)
    tamper(database, "DELETE FROM audit WHERE id > 3")

    write(database, 2)

    broken, is_cut = state(database)
    assert broken is not None
    assert is_cut


# The beginning


def prune(database, before):
    with database.writing(EVERY_CLINIC) as scoped:
        return db.audit.prune(scoped, at=NOW + timedelta(days=3_000), actor="anna", before=before, years=5)


@pytest.mark.asvs("16.4.2")
def test_old_events_go_and_the_chain_still_holds(database):
    write(database, 20)

    assert prune(database, NOW + timedelta(minutes=12)) == 12

    assert state(database) == (None, False)
    with database.reading(EVERY_CLINIC) as scoped:
        left = db.audit.list_recent(scoped)
        gone = db.audit.find_pruned(scoped)
    assert next(event.action for event in left) == "audit.pruned"
    assert len(left) == 20 - 12 + 1
    assert gone.count == gone.last_id == 12


@pytest.mark.asvs("16.4.2")
def test_pruning_goes_on_year_after_year(database):
    write(database, 20)
    prune(database, NOW + timedelta(minutes=5))
    assert prune(database, NOW + timedelta(minutes=5)) == 0
    assert prune(database, NOW + timedelta(minutes=9)) == 4
    write(database, 3, start=NOW + timedelta(days=3_001))

    assert state(database) == (None, False)
    with database.reading(EVERY_CLINIC) as scoped:
        assert db.audit.find_pruned(scoped).count == 9


@pytest.mark.asvs("16.4.2")
def test_only_what_a_pruning_names_may_go(database):
    write(database, 20)
    prune(database, NOW + timedelta(minutes=5))
    audit = table("audit")

    with pytest.raises(DBAPIError, match="append-only"), database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(delete(audit).where(audit.c.id == 6))

    assert state(database) == (None, False)


@pytest.mark.asvs("16.4.2")
@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM audit WHERE id = 6", "UPDATE audit SET object = '9' WHERE action = 'audit.pruned'"],
)
def test_a_pruning_is_no_cover_for_tampering(database, statement):
    write(database, 20)
    prune(database, NOW + timedelta(minutes=5))

    tamper(database, statement)

    assert state(database)[0] is not None


@pytest.mark.asvs("16.4.2")
def test_an_end_that_was_taken_away_is_told_by_the_next_event(database):
    """Events cut off with the end that told of them leave nothing to see: the next one says it."""
    write(database, 3)
    with database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(text("DELETE FROM setting WHERE name = 'audit_head'"))
    assert state(database) == (None, True)

    write(database, 1)

    assert state(database)[0] == 4


def test_details_are_one_line_of_json(database):
    with database.writing(EVERY_CLINIC) as scoped:
        details = AuditEvent.in_json({"b": "rad\nrad", "a": "å"})
        db.audit.add(scoped, AuditEvent(at=NOW, actor="x", action="page.refused", details=details))
        [event] = db.audit.list_recent(scoped)

    assert "\n" not in event.details
    assert json.loads(event.details) == {"a": "å", "b": "rad\nrad"}


def test_the_datas_version_is_another_after_a_change_and_the_same_after_a_login_or_a_download(database):
    write(database, 3)
    versions = []
    for action in ("submission.sent", "login.opened", "figures.downloaded", "login.closed", "no.such_action"):
        with database.writing(EVERY_CLINIC) as scoped:
            db.audit.add(scoped, AuditEvent(at=NOW, actor="anna", action=action, clinic="mora"))
            versions.append(db.audit.data_version(scoped))

    sent, *after, unknown = versions
    assert set(after) == {sent}
    assert unknown != sent


def test_the_figures_version_is_the_same_after_words_and_another_after_values(database):
    write(database, 3)
    versions = []
    for action in (
        "submission.sent",
        "comment.written",
        "account.added",
        "login.opened",
        "target.set",
        "new",
    ):
        with database.writing(EVERY_CLINIC) as scoped:
            db.audit.add(scoped, AuditEvent(at=NOW, actor="anna", action=action, clinic="mora"))
            versions.append(db.audit.figures_version(scoped))

    sent, comment, account, login, target, of_no_known_action = versions
    assert sent == comment == account == login
    assert len({sent, target, of_no_known_action}) == 3


def figures_versions(database):
    """Return the version of what each may see: two clinics, both of them together, the region, and nobody."""
    versions = {}
    for who, scope in (
        ("mora", ClinicScope(frozenset({"mora"}))),
        ("falun", ClinicScope(frozenset({"falun"}))),
        ("both", ClinicScope(frozenset({"mora", "falun"}))),
        ("region", EVERY_CLINIC),
        ("nobody", NO_CLINIC),
    ):
        with database.reading(scope) as scoped:
            versions[who] = db.audit.figures_version(scoped)
    return versions


@pytest.mark.parametrize(
    ("action", "clinic", "changed"),
    [
        ("submission.sent", "mora", {"mora", "both", "region"}),
        ("submission.approved", "falun", {"falun", "both", "region"}),
        ("submission.returned", "", {"mora", "falun", "both", "region", "nobody"}),
        ("clinic.closed", "mora", {"mora", "falun", "both", "region", "nobody"}),
        ("month.released", "", {"mora", "falun", "both", "region", "nobody"}),
        ("comment.written", "mora", set()),
    ],
)
def test_what_only_one_clinic_sees_leaves_the_version_of_others_as_it_was(database, action, clinic, changed):
    for first, of in (("target.set", ""), ("submission.sent", "mora"), ("submission.sent", "falun")):
        with database.writing(EVERY_CLINIC) as scoped:
            db.audit.add(scoped, AuditEvent(at=NOW, actor="anna", action=first, clinic=of))
    before = figures_versions(database)

    with database.writing(EVERY_CLINIC) as scoped:
        db.audit.add(scoped, AuditEvent(at=NOW, actor="anna", action=action, clinic=clinic))

    after = figures_versions(database)
    assert {who for who in after if after[who] != before[who]} == changed


def test_a_database_that_keeps_no_common_version_yet_has_that_of_any_figures(sqlite_database):
    write(sqlite_database, 3)
    with sqlite_database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(
            delete(db.audit.setting).where(db.audit.setting.c.name == db.audit.COMMON_VERSION)
        )
        before = db.audit.common_version(scoped)
        db.audit.add(scoped, AuditEvent(at=NOW, actor="anna", action="submission.sent", clinic="mora"))

        assert before != db.audit.common_version(scoped) == db.audit.figures_version(scoped)


def test_a_database_that_keeps_no_version_yet_has_its_newest_events(sqlite_database):
    write(sqlite_database, 3)
    with sqlite_database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(
            delete(db.audit.setting).where(
                db.audit.setting.c.name.in_(
                    [db.audit.DATA_VERSION, db.audit.FIGURES_VERSION, db.audit.COMMON_VERSION]
                )
            )
        )

        newest = db.audit.find_head(scoped).hash
        assert db.audit.data_version(scoped) == newest
        assert db.audit.figures_version(scoped) == db.audit.common_version(scoped) == newest
