"""Drafts: kept as typed, found again by their owner only, gone with the sending."""

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from db.reporting import drafts as rows
from portal.domain.accounts.access import EVERY_CLINIC, NO_CLINIC, AccessDenied, ClinicScope, ClinicUser
from portal.domain.registry.values import MissingReason
from portal.domain.reporting.submissions import Door
from portal.services.reporting import drafts, submitting
from portal.services.review import reviews
from portal.uploads.form import parse_form
from tests.conftest import audit_actions
from tests.services.region import DECEMBER, FEBRUARY, JANUARY, MONTH, content_of, row_counts, send, user_of


FALUN = user_of("falun")
TEXTS = {measure: str(count) for measure, count in MONTH.items()}


def save(portal, texts=TEXTS, user=FALUN, month=JANUARY):
    return drafts.save(portal, user, clinic="falun", month=month, texts=texts)


def find(portal, user=FALUN, month=JANUARY):
    return drafts.find(portal, user, clinic="falun", month=month)


def commit(portal, texts=TEXTS):
    parsed = parse_form("falun", JANUARY, texts)
    return submitting.commit_parsed(portal, FALUN, parsed, file=None)


def test_what_was_typed_is_found_again(portal):
    saved_at = save(portal, {"calls": "12,5", "care_plans": "mäts"})

    found = find(portal)

    assert found.texts == {"calls": "12,5", "care_plans": "mäts"}
    assert found.saved_at == saved_at


def test_saving_again_replaces_and_leaves_one_event(portal):
    for count in range(3):
        save(portal, {"calls": str(count)})

    assert find(portal).texts == {"calls": "2"}
    assert row_counts(portal)["draft"] == 1
    assert [event for event in audit_actions(portal) if "draft" in event[1]] == [
        ("falun-chef", "draft.started", "2025-01")
    ]


def test_windows_that_save_their_own_boxes_at_once_lose_none(portal):
    with ThreadPoolExecutor(4) as windows:
        list(windows.map(lambda pair: save(portal, dict([pair])), TEXTS.items()))

    assert find(portal).texts == TEXTS


def test_an_emptied_box_is_emptied_in_the_draft(portal):
    save(portal, {"calls": "5", "care_plans": "7"})
    save(portal, {"calls": " "})

    assert find(portal).texts == {"care_plans": "7"}


def test_a_draft_is_its_owners_only(portal):
    save(portal)

    assert find(portal, ClinicUser("kollega", "Kollega", ("falun",))) is None
    with pytest.raises(AccessDenied):
        drafts.find(portal, user_of("mora"), clinic="falun", month=JANUARY)
    with pytest.raises(AccessDenied):
        save(portal, user=user_of("mora"))
    with pytest.raises(AccessDenied):
        drafts.discard(portal, user_of("mora"), clinic="falun", month=JANUARY)


@pytest.mark.security
def test_the_rows_lie_within_the_scope(portal):
    save(portal)

    asked = {"username": "falun-chef", "clinic": "falun", "month": JANUARY}
    for scope, expected in (
        (EVERY_CLINIC, True),
        (NO_CLINIC, False),
        (ClinicScope(frozenset({"mora"})), False),
    ):
        with portal.database.reading(scope) as scoped:
            assert bool(rows.find(scoped, **asked)) is expected


@pytest.mark.security
def test_a_personal_number_never_reaches_the_database(portal):
    save(portal, {"calls": "20121212-1212", "care_plans": "7", "hemligt": "8"})

    with portal.database.reading(EVERY_CLINIC) as scoped:
        stored = scoped.connection.exec_driver_sql("SELECT texts FROM draft").scalar()
    assert json.loads(stored) == {"care_plans": "7"}


def test_a_month_that_is_not_owed_has_no_draft(portal):
    with pytest.raises(LookupError):
        save(portal, month=FEBRUARY)

    assert row_counts(portal)["draft"] == 0


def test_the_form_begins_with_the_draft_otherwise_with_what_was_sent(portal):
    send(
        portal,
        month=DECEMBER,
        calls=MissingReason.NOT_MEASURED,
        calls_answered_same_day=MissingReason.NOT_MEASURED,
    )
    send(portal)

    start = drafts.begin(portal, FALUN, clinic="falun", month=JANUARY)
    assert start.texts == TEXTS
    assert start.saved_at is None
    assert start.before["calls"].reason is MissingReason.NOT_MEASURED

    save(portal, {"calls": "5"})
    start = drafts.begin(portal, FALUN, clinic="falun", month=JANUARY)
    assert start.texts == {**TEXTS, "calls": "5"}
    assert start.saved_at


def test_sending_takes_the_draft_away_in_the_same_transaction(portal):
    save(portal)

    receipt = commit(portal)

    assert receipt.submissions == (("falun", JANUARY, 1),)
    assert find(portal) is None
    sent = reviews.list_of_clinic(portal, FALUN, clinic="falun")[0]
    assert (sent.door, sent.file_name) == (Door.FORM, "")
    assert row_counts(portal)["stored_file"] == 0


def test_a_refused_form_keeps_its_draft(portal):
    save(portal)

    with pytest.raises(submitting.Rejected):
        commit(portal, {**TEXTS, "calls": "12,5"})

    assert find(portal).texts == TEXTS


def test_the_form_and_the_file_say_the_same(portal):
    changes = {"first_visits_within_30d": 31}
    texts = {**TEXTS, "first_visits_within_30d": "31"}

    from_form = submitting.preview_parsed(portal, FALUN, parse_form("falun", JANUARY, texts), name="")
    from_file = submitting.preview(portal, FALUN, name="x.csv", content=content_of(**changes))

    assert [(p.code, p.measure) for p in from_form.problems] == [
        (p.code, p.measure) for p in from_file.problems
    ]


def test_a_form_for_a_foreign_clinic_is_denied(portal):
    for act in (partial(submitting.preview_parsed, name=""), partial(submitting.commit_parsed, file=None)):
        with pytest.raises(AccessDenied):
            act(portal, user_of("mora"), parse_form("falun", JANUARY, TEXTS))


def test_throwing_it_away_is_noted_once(portal):
    save(portal)

    for _ in range(2):
        drafts.discard(portal, FALUN, clinic="falun", month=JANUARY)

    assert find(portal) is None
    assert [event[1] for event in audit_actions(portal)].count("draft.discarded") == 1


def test_two_tabs_that_save_at_once_leave_one_draft(portal):
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda count: save(portal, {"calls": str(count)}), range(12)))

    assert row_counts(portal)["draft"] == 1
    assert [event[1] for event in audit_actions(portal)].count("draft.started") == 1
