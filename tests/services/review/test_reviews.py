"""The region's review: approve or return, never one's own, once, with its audit row or not at all."""

from functools import partial

import pytest

import db.audit
from portal.domain.accounts.access import AccessDenied, RegionUser
from portal.domain.registry.months import months_between
from portal.domain.reporting.submissions import State
from portal.services.refused import Refused
from portal.services.reporting import breaks, submitting
from portal.services.reporting.versioning import Confirmation
from portal.services.review import reviews
from tests.conftest import audit_actions
from tests.services.region import (
    CONTROLLER,
    DECEMBER,
    JANUARY,
    MONTH,
    content_of,
    row_counts,
    send,
    user_of,
)


COMMENT = "Har alla beslutade utredningar kommit med?"


def state(portal):
    return reviews.open_case(portal, CONTROLLER, clinic="falun", month=JANUARY).submission.state


def approve(portal, user=CONTROLLER):
    return reviews.approve(portal, user, clinic="falun", month=JANUARY)


def send_back(portal, user=CONTROLLER, comment=COMMENT):
    return reviews.send_back(portal, user, clinic="falun", month=JANUARY, comment=comment)


def test_an_approved_month_waits_no_longer(portal):
    send(portal)
    assert [sent.month for _, sent in reviews.list_waiting(portal, CONTROLLER)] == [JANUARY]

    approve(portal)

    assert state(portal) is State.APPROVED
    assert reviews.list_waiting(portal, CONTROLLER) == []
    assert audit_actions(portal)[0] == ("controller", "submission.approved", "2025-01 v1")


def test_what_waits_longest_stands_first(portal):
    send(portal, "mora")
    send(portal, "falun")
    send(portal, "falun", DECEMBER)

    waiting = [(clinic.code, sent.month) for clinic, sent in reviews.list_waiting(portal, CONTROLLER)]

    assert waiting == [("mora", JANUARY), ("falun", JANUARY), ("falun", DECEMBER)]


@pytest.mark.parametrize("comment", ["", "   ", "Nej", "x" * 501])
def test_a_return_needs_a_comment(portal, comment):
    send(portal)

    with pytest.raises(Refused, match="Skriv en kommentar"):
        send_back(portal, comment=comment)

    assert state(portal) is State.SENT


def test_a_returned_month_shows_the_clinic_who_said_what(portal):
    send(portal)

    send_back(portal)

    case = reviews.open_case(portal, user_of("falun"), clinic="falun", month=JANUARY)
    assert case.submission.state is State.RETURNED
    assert [(comment.by, comment.text) for comment in case.comments if comment.text] == [
        ("controller", COMMENT)
    ]


@pytest.mark.parametrize("decide", [approve, send_back])
def test_nobody_reviews_what_they_sent_themselves(portal, decide):
    sender = RegionUser("avsandare", "Region")
    send(portal, user=sender)

    with pytest.raises(AccessDenied, match="Du skickade själv"):
        decide(portal, sender)
    assert state(portal) is State.SENT

    decide(portal, CONTROLLER)
    assert state(portal) is not State.SENT


@pytest.mark.parametrize("decide", [approve, send_back])
def test_a_clinic_reviews_nothing(portal, decide):
    send(portal)

    with pytest.raises(AccessDenied):
        decide(portal, user_of("mora"))
    with pytest.raises(AccessDenied):
        decide(portal, user_of("falun"))
    with pytest.raises(AccessDenied):
        reviews.list_waiting(portal, user_of("falun"))


@pytest.mark.parametrize("decide", [approve, send_back])
def test_a_second_click_changes_nothing(portal, decide):
    send(portal)
    decide(portal)
    before, events = row_counts(portal), audit_actions(portal)

    decide(portal)

    assert row_counts(portal) == before
    assert audit_actions(portal) == events


def test_a_returned_version_is_not_approved_and_an_approved_one_can_be_returned(portal):
    send(portal)
    approve(portal)
    send_back(portal)

    with pytest.raises(Refused, match="återlämnad"):
        approve(portal)


def test_a_month_that_was_never_sent_is_not_reviewed(portal):
    with pytest.raises(Refused, match="har inte skickat in januari 2025"):
        approve(portal)


def test_the_correction_after_a_return_is_reviewed_anew(portal):
    send(portal)
    send_back(portal)
    submitting.commit(
        portal,
        user_of("falun"),
        name="rättad.csv",
        content=content_of(waiting_investigation=65),
        confirmation=Confirmation(reason="Fem hade fallit bort."),
    )

    case = reviews.open_case(portal, CONTROLLER, clinic="falun", month=JANUARY)
    line = next(line for line in case.lines if line.measure == "waiting_investigation")
    assert (case.submission.version, case.submission.state) == (2, State.SENT)
    assert (line.sent.value, line.previous_version.value) == (65, MONTH["waiting_investigation"])

    approve(portal)
    assert state(portal) is State.APPROVED


def test_the_reviewer_and_the_clinic_see_the_same_conversation_and_others_see_nothing(portal):
    send(portal)
    send_back(portal)

    def case_for(user):
        return reviews.open_case(portal, user, clinic="falun", month=JANUARY)

    assert case_for(CONTROLLER) == case_for(user_of("falun"))
    with pytest.raises(AccessDenied):
        case_for(user_of("mora"))


@pytest.mark.parametrize("do", [send, approve, send_back])
def test_without_its_audit_row_nothing_is_stored(portal, monkeypatch, do):
    if do is not send:
        send(portal)
    before = row_counts(portal)
    was = state(portal) if do is not send else None

    def fail(*_, **__):
        raise RuntimeError("the audit table is full")

    with monkeypatch.context() as patch:
        patch.setattr(db.audit, "add", fail)
        with pytest.raises(RuntimeError):
            do(portal)

    assert row_counts(portal) == before
    assert was is None or state(portal) is was


# The queue, what stands out in it, and what doesn't


def send_history(portal, clinic="falun"):
    for month in months_between(JANUARY.plus(-7), DECEMBER):
        send(portal, clinic, month)
        reviews.approve(portal, CONTROLLER, clinic=clinic, month=month)


def test_the_queue_tells_what_stands_out_and_the_case_says_why_and_where(portal):
    send_history(portal)
    send(portal, confirm=True, care_plans=400)
    send(portal, "mora")

    odd, plain = reviews.queue(portal, CONTROLLER)
    case = reviews.open_case(portal, CONTROLLER, clinic="falun", month=JANUARY)

    assert (odd.clinic.code, odd.is_plain, plain.clinic.code, plain.is_plain) == (
        "falun",
        False,
        "mora",
        True,
    )
    assert {problem.measure for problem in case.warnings} == {"care_plans"}
    assert [line.measure for line in case.lines if line.is_warned_of] == ["care_plans"]
    assert case.submission.note == "Det stämmer, vi har räknat om."
    assert case.submission.waits_for_approval


def test_a_value_after_a_break_is_not_held_against_those_before_it(portal):
    send_history(portal)
    breaks.enter(portal, CONTROLLER, clinic="falun", month=JANUARY, reason="Nytt journalsystem")
    send(portal, confirm=True, care_plans=90)

    case = reviews.open_case(portal, CONTROLLER, clinic="falun", month=JANUARY)

    assert [line.measure for line in case.lines if line.is_warned_of] == []
    assert {line.expected for line in case.lines} == {None}


def test_one_click_approves_what_nothing_stands_out_in_each_with_its_audit_row(portal):
    send_history(portal)
    send(portal, confirm=True, care_plans=400)
    send(portal, "mora")
    send(portal, "ludvika")

    done = reviews.approve_plain(portal, CONTROLLER)

    assert [sent.clinic for sent in done] == ["mora", "ludvika"]
    assert [action for _, action, _ in audit_actions(portal)[:2]] == ["submission.approved"] * 2
    assert [found.clinic.code for found in reviews.queue(portal, CONTROLLER)] == ["falun"]
    assert reviews.approve_plain(portal, CONTROLLER) == []


def test_one_click_approves_only_what_was_shown_and_nothing_of_ones_own(portal):
    send(portal, "mora")
    send(portal, "falun", user=CONTROLLER)
    shown = {found.key for found in reviews.queue(portal, CONTROLLER)}
    send(portal, "ludvika")
    send(portal, "mora", care_plans=46)

    assert reviews.approve_plain(portal, CONTROLLER, only=shown) == []


def test_the_answer_to_a_return_is_read_by_somebody(portal):
    send(portal)
    send_back(portal)
    submitting.commit(
        portal,
        user_of("falun"),
        name="x.csv",
        content=content_of(),
        confirmation=Confirmation(reason="De stämmer."),
    )

    (answer,) = reviews.queue(portal, CONTROLLER)

    assert (answer.is_answer, answer.warnings, answer.is_plain) == (True, 0, False)


@pytest.mark.parametrize("decide", [reviews.approve, partial(reviews.send_back, comment=COMMENT)])
def test_a_version_that_came_after_the_one_on_the_screen_is_not_decided_unread(portal, decide):
    send(portal)
    send(portal, care_plans=46)

    with pytest.raises(Refused, match="Version 2 har kommit"):
        decide(portal, CONTROLLER, clinic="falun", month=JANUARY, version=1)
    assert state(portal) is State.SENT

    decide(portal, CONTROLLER, clinic="falun", month=JANUARY, version=2)
    assert state(portal) is not State.SENT


def test_a_clinic_sees_no_queue_and_approves_nothing_at_once(portal):
    for ask in (reviews.queue, reviews.approve_plain):
        with pytest.raises(AccessDenied):
            ask(portal, user_of("falun"))
