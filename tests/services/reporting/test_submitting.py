"""Sending a month: all or nothing, once, versioned, for one's own clinic and an open month."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

import db.audit
import db.reporting.drafts
import db.reporting.files
import db.reporting.submissions
from db.engine import Database
from portal.domain.accounts.access import EVERY_CLINIC, AccessDenied
from portal.domain.registry.months import Month
from portal.domain.registry.values import MissingReason
from portal.domain.reporting.submissions import State
from portal.services.administration import clinic_register
from portal.services.context import Portal
from portal.services.reporting import drafts, submitting
from portal.services.reporting.submitting import Conflict, NeedsConfirmation, Rejected
from portal.services.reporting.versioning import Confirmation
from portal.services.review import reviews
from portal.uploads.form import parse_form
from tests.conftest import SYSTEM, audit_actions
from tests.services.region import (
    CONTROLLER,
    DECEMBER,
    FEBRUARY,
    JANUARY,
    MONTH,
    add_clinic,
    content_of,
    preview,
    row_counts,
    send,
    user_of,
)


def versions(portal, clinic="falun"):
    return reviews.list_of_clinic(portal, user_of(clinic), clinic=clinic)


def stored(portal, clinic="falun", month=JANUARY):
    case = reviews.open_case(portal, user_of(clinic), clinic=clinic, month=month)
    return {line.measure: line.sent.value if line.sent else None for line in case.lines}


def codes(refused):
    return {problem.code for problem in refused.value.problems}


# Which months


@pytest.mark.parametrize("year", [2000, 2001, 2002, 2003, 2022, 2026, 2050, 2099, 2100])
@pytest.mark.parametrize("number", [1, 12])
def test_no_month_that_a_file_can_hold_crashes_anything(portal, year, number):
    """History reaches two years back and the season one: before 2003 that was a traceback."""
    upload = preview(portal, month=Month(year, number))

    assert upload.errors
    assert all(problem.message for problem in upload.errors)


# What is stored


def test_a_month_is_stored_as_sent_with_a_receipt(portal):
    receipt = send(portal)

    assert receipt.submissions == (("falun", JANUARY, 1),)
    assert (receipt.read, receipt.new, receipt.changed, receipt.unchanged) == (len(MONTH), len(MONTH), 0, 0)
    assert len(receipt.sha256) == 64
    assert stored(portal) == MONTH
    assert [found.state for found in versions(portal)] == [State.SENT]


def test_the_same_file_again_stores_nothing_and_says_so(portal):
    send(portal)
    before = row_counts(portal)

    receipt = send(portal)

    assert receipt.is_unchanged
    assert receipt.unchanged == len(MONTH)
    assert row_counts(portal) == before


def test_a_changed_cell_makes_a_second_version_and_the_first_stays(portal):
    send(portal)

    receipt = send(portal, care_plans=47)

    assert receipt.submissions == (("falun", JANUARY, 2),)
    assert (receipt.new, receipt.changed, receipt.unchanged) == (0, 1, len(MONTH) - 1)
    assert stored(portal) == {**MONTH, "care_plans": 47}
    assert [(found.version, found.is_current) for found in versions(portal)] == [(2, True), (1, False)]


def test_a_long_file_with_one_measure_keeps_the_others(portal):
    send(portal)

    receipt = send(portal, only={"care_plans": 47})

    assert (receipt.changed, receipt.unchanged) == (1, len(MONTH) - 1)
    assert stored(portal) == {**MONTH, "care_plans": 47}


def test_a_reason_in_place_of_a_number_is_stored_as_a_reason_never_as_zero(portal):
    reason = MissingReason.NOT_MEASURED
    send(portal, calls=reason, calls_answered_same_day=reason)

    lines = reviews.open_case(portal, user_of("falun"), clinic="falun", month=JANUARY).lines

    sent = {line.measure: line.sent for line in lines}
    assert sent["calls"].value is None
    assert sent["calls"].reason is reason


def test_several_months_of_several_clinics_go_in_together(portal):
    user = user_of("falun", "mora")
    content = content_of("falun", DECEMBER) + content_of("mora", JANUARY).partition(b"\r\n")[2]

    receipt = submitting.commit(portal, user, name="bild.csv", content=content)

    assert receipt.submissions == (("falun", DECEMBER, 1), ("mora", JANUARY, 1))


def test_a_file_with_one_wrong_month_stores_none_of_its_months(portal):
    user = user_of("falun", "mora")
    content = content_of("falun", DECEMBER) + content_of("mora", FEBRUARY).partition(b"\r\n")[2]
    before = row_counts(portal)

    with pytest.raises(Rejected):
        submitting.commit(portal, user, name="bild.csv", content=content)

    assert row_counts(portal) == before


def test_sending_is_audited_with_what_was_stored(portal):
    send(portal)

    assert audit_actions(portal)[0] == ("falun-chef", "submission.sent", "2025-01 v1")


# What is not stored


@pytest.mark.asvs("2.2.2", "2.3.3")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"first_visits_within_30d": 31}, "part.above_whole"),
        ({"calls": MissingReason.NOT_MEASURED}, "part.without_whole"),
        ({"third_visits": 5}, "whole.without_part"),
        ({"only": {"care_plans": 45}}, "value.missing"),
    ],
)
def test_a_file_with_an_error_changes_no_table(portal, changes, code):
    before = row_counts(portal)

    with pytest.raises(Rejected) as refused:
        send(portal, **changes)

    assert code in codes(refused)
    assert not isinstance(refused.value, NeedsConfirmation)
    assert row_counts(portal) == before


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"hej", b"\x00" * 100, "åäö".encode("utf-16")])
def test_a_file_that_is_no_upload_is_refused_in_words(portal, content):
    before = row_counts(portal)

    with pytest.raises(Rejected) as refused:
        submitting.commit(portal, user_of("falun"), name="fil.xlsx", content=content)

    assert all(problem.message for problem in refused.value.problems)
    assert refused.value.problems
    assert row_counts(portal) == before


@pytest.mark.asvs("2.3.1")
def test_a_preview_stores_nothing_and_says_what_would_change(portal):
    send(portal, month=DECEMBER)
    send(portal)
    before = row_counts(portal)

    (found,) = preview(portal, care_plans=47).months

    line = next(line for line in found.lines if line.measure == "care_plans")
    assert (line.change, line.read.value, line.stored.value) == ("changed", 47, 45)
    assert line.month_before.value == MONTH["care_plans"]
    assert found.base_version == 1
    assert row_counts(portal) == before


@pytest.mark.asvs("16.2.5", "16.3.3")
def test_a_rejection_is_written_down_without_what_stood_in_the_file(portal):
    with pytest.raises(Rejected) as refused:
        send(portal, first_visits_within_30d=987654)
    submitting.record_rejection(portal, user_of("falun"), name="januari.csv", problems=refused.value.problems)

    with portal.database.reading(EVERY_CLINIC) as scoped:
        (event, *_) = db.audit.list_recent(scoped)
    assert (event.action, event.outcome) == ("upload.rejected", "refused")
    assert "part.above_whole" in event.details
    assert "987654" not in event.details


# Warnings


def test_an_unlikely_value_is_stored_once_confirmed_with_a_note(portal):
    send(portal, month=DECEMBER)
    before = row_counts(portal)

    with pytest.raises(NeedsConfirmation) as refused:
        send(portal, care_plans=900)
    assert codes(refused) == {"history.implausible"}
    assert row_counts(portal) == before
    with pytest.raises(NeedsConfirmation):
        submitting.commit(
            portal,
            user_of("falun"),
            name="x.csv",
            content=content_of(care_plans=900),
            confirmation=Confirmation(has_warnings=True, note="  "),
        )

    send(portal, care_plans=900, confirm=True)
    assert stored(portal)["care_plans"] == 900
    assert versions(portal)[0].note


@pytest.mark.asvs("2.3.1")
def test_an_error_is_not_confirmed_away(portal):
    with pytest.raises(Rejected) as refused:
        send(portal, first_visits_within_30d=31, confirm=True)

    assert not isinstance(refused.value, NeedsConfirmation)


# Two at once


@pytest.mark.asvs("2.3.4", "2.3.1")
def test_who_saw_an_older_version_is_told_who_sent_what(portal):
    seen = preview(portal).base_versions
    submitting.commit(
        portal, user_of("falun", "mora"), name="andras.csv", content=content_of(sip_meetings=11)
    )
    before = row_counts(portal)

    with pytest.raises(Conflict, match="falun-chef skickade version 1 av januari 2025"):
        submitting.commit(
            portal,
            user_of("falun"),
            name="x.csv",
            content=content_of(sip_meetings=12),
            confirmation=Confirmation(base_versions=seen),
        )

    assert row_counts(portal) == before
    assert stored(portal)["sip_meetings"] == 11


def test_a_second_click_on_send_is_no_conflict_with_oneself(portal):
    seen = preview(portal).base_versions
    click = {"name": "januari.csv", "content": content_of(), "confirmation": Confirmation(base_versions=seen)}
    submitting.commit(portal, user_of("falun"), **click)

    receipt = submitting.commit(portal, user_of("falun"), **click)

    assert receipt.is_unchanged
    assert len(versions(portal)) == 1


def together(portal, *calls):
    """Run the calls at the same moment, each with connections of its own; returns what each gave."""
    barrier = Barrier(len(calls))

    def run(call):
        own = Portal(database=Database(portal.database.url), clock=portal.clock)
        barrier.wait(timeout=30)
        try:
            return call(own)
        finally:
            own.database.engine.dispose()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


@pytest.mark.asvs("2.3.4")
def test_the_same_file_twice_at_the_same_moment_makes_one_version(portal):
    receipts = together(portal, *[send] * 4)

    assert sorted(receipt.is_unchanged for receipt in receipts) == [False, True, True, True]
    assert len(versions(portal)) == 1


def test_two_corrections_at_the_same_moment_both_become_versions(portal):
    send(portal)

    together(
        portal,
        lambda own: send(own, only={"care_plans": 46}),
        lambda own: send(own, only={"sip_meetings": 10}),
    )

    assert [found.version for found in versions(portal)] == [3, 2, 1]
    assert stored(portal) == {**MONTH, "care_plans": 46, "sip_meetings": 10}


# Whose month, and which


@pytest.mark.asvs("8.2.2")
def test_another_clinics_month_is_refused_like_one_that_does_not_exist(portal):
    def refused(code):
        with pytest.raises(Rejected) as found:
            send(portal, code, user=user_of("falun"))
        return [(p.code, p.message.replace(code, "X"), p.place) for p in found.value.problems]

    before = row_counts(portal)

    assert refused("mora") == refused("finnsinte")
    assert row_counts(portal) == before


def test_the_blankett_of_another_clinic_is_refused_like_one_that_does_not_exist(portal):
    for code in ("mora", "finnsinte"):
        with pytest.raises(AccessDenied, match="Du har inte tillgång till den mottagningen"):
            submitting.write_template(portal, user_of("falun"), clinic=code, months=[JANUARY])


@pytest.mark.parametrize(
    ("month", "code"),
    [
        (FEBRUARY, "month.future"),
        (Month(2022, 12), "month.too_early"),
        (Month(2024, 9), "month.not_open"),  # before it opened
        (Month(2024, 12), "month.not_open"),  # after it closed
    ],
)
def test_a_month_that_cannot_be_reported_is_refused(portal, month, code):
    add_clinic(portal, "ny", "Ny AB", opened=Month(2024, 10))
    clinic_register.close(portal, SYSTEM, code="ny", last_month=Month(2024, 11), reason="konkurs")
    before = row_counts(portal)

    with pytest.raises(Rejected) as refused:
        send(portal, "ny", month)

    assert code in codes(refused)
    assert row_counts(portal) == before
    assert send(portal, "ny", Month(2024, 10)).submissions


def test_a_clinic_owes_its_open_months_newest_first(portal):
    add_clinic(portal, "ny", "Ny AB", opened=Month(2024, 11))

    assert submitting.due_months(portal, user_of("ny"), clinic="ny") == [
        JANUARY,
        DECEMBER,
        Month(2024, 11),
    ]
    with pytest.raises(AccessDenied):
        submitting.due_months(portal, user_of("falun"), clinic="ny")


def test_a_correction_after_a_return_is_the_next_version_with_its_answer(portal):
    send(portal)
    reviews.send_back(portal, CONTROLLER, clinic="falun", month=JANUARY, comment="Se över vårdplanerna.")

    receipt = submitting.commit(
        portal,
        user_of("falun"),
        name="x.csv",
        content=content_of(),
        confirmation=Confirmation(reason="De stämmer, vi har räknat."),
    )

    assert receipt.submissions == (("falun", JANUARY, 2),)  # the same values, but an answer
    newest = versions(portal)[0]
    assert (newest.state, newest.reason) == (State.SENT, "De stämmer, vi har räknat.")


# All or nothing, wherever it breaks (F10)


WRITES = [
    (db.reporting.submissions, "add_many"),
    (db.reporting.submissions, "_retire_current"),
    (db.reporting.submissions, "_add_values"),
    (db.audit, "add"),
    (db.reporting.files, "add"),
]


@pytest.mark.asvs("2.3.3", "16.5.3")
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("module", "name"), WRITES, ids=[name for _, name in WRITES])
def test_a_break_at_any_write_leaves_what_there_was(portal, monkeypatch, module, name, after):
    send(portal)
    before, events = row_counts(portal), audit_actions(portal)
    real = getattr(module, name)

    def breaks(*args, **kwargs):
        if after:
            real(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(module, name, breaks)
        with pytest.raises(KeyboardInterrupt):
            send(portal, care_plans=46)

    assert row_counts(portal) == before
    assert audit_actions(portal) == events
    assert stored(portal) == MONTH
    assert send(portal, care_plans=46).submissions == (("falun", JANUARY, 2),)


def test_a_break_at_the_form_keeps_month_and_draft_as_they_were(portal, monkeypatch):
    user, texts = user_of("falun"), {measure: str(count) for measure, count in MONTH.items()}
    drafts.save(portal, user, clinic="falun", month=JANUARY, texts=texts)
    before = row_counts(portal)
    parsed = parse_form("falun", JANUARY, texts)

    def breaks(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(db.reporting.drafts, "remove", breaks)
        with pytest.raises(KeyboardInterrupt):
            submitting.commit_parsed(portal, user, parsed, file=None)

    assert row_counts(portal) == before


def test_the_form_sent_many_times_at_the_same_moment_makes_one_version(portal):
    texts = {measure: str(count) for measure, count in MONTH.items()}

    def click(own):
        parsed = parse_form("falun", JANUARY, texts)
        bases = {("falun", JANUARY): 0}
        return submitting.commit_parsed(
            own, user_of("falun"), parsed, file=None, confirmation=Confirmation(base_versions=bases)
        )

    receipts = together(portal, *[click] * 4)

    assert sorted(receipt.is_unchanged for receipt in receipts) == [False, True, True, True]
    assert len(versions(portal)) == 1


# Implausible values wait for the region (R11)


def is_held(portal, clinic="falun"):
    query = "SELECT is_held FROM submission WHERE is_current AND clinic_code = 'falun' AND month = '2025-01'"
    with portal.database.reading(EVERY_CLINIC) as scoped:
        return bool(scoped.connection.exec_driver_sql(query).scalar())


def test_an_implausible_value_is_held_and_a_correction_elsewhere_does_not_let_it_through(portal):
    send(portal, month=DECEMBER)
    send(portal, care_plans=900, confirm=True)
    assert is_held(portal)

    send(portal, only={"sip_meetings": 10})
    assert is_held(portal)

    send(portal, only={"care_plans": 45})
    assert not is_held(portal)


def test_what_the_region_has_approved_is_not_held_again(portal):
    send(portal, month=DECEMBER)
    send(portal, care_plans=900, confirm=True)
    reviews.approve(portal, CONTROLLER, clinic="falun", month=JANUARY)

    send(portal, only={"sip_meetings": 10})

    assert not is_held(portal)
