"""History files: many clinics' months, looked at first; all or nothing, or month by month; twice changes nothing."""

from dataclasses import replace

import pytest

import db.audit
from portal.domain.accounts.access import AccessDenied
from portal.domain.registry.months import months_between
from portal.services.refused import DatabaseUnavailable, Refused
from portal.services.reporting import history
from portal.services.reporting.history import Mode
from portal.services.review import reviews
from tests.conftest import audit_actions
from tests.services.region import (
    CONTROLLER,
    DECEMBER,
    JANUARY,
    as_answers,
    content_of,
    long_file,
    row_counts,
    send,
    user_of,
)


FIRST = DECEMBER.plus(-2)
MONTHS = months_between(FIRST, JANUARY)
CODES = ("falun", "mora", "ludvika")
BAD = {("mora", DECEMBER): {"first_visits_within_30d": 99}}


def content(clinics=CODES, months=MONTHS, changes=None, extra=()):
    lines = []
    for clinic in clinics:
        for month in months:
            text = content_of(clinic, month, **(changes or {}).get((clinic, month), {})).decode("utf-8-sig")
            heading, *rows = text.splitlines()
            lines += rows
    return "\n".join([heading, *lines, *extra, ""]).encode()


def plan(portal, data=None, user=CONTROLLER):
    return history.plan(portal, user, name="bild.csv", content=data if data is not None else content())


def run(portal, found, mode=Mode.MONTHS, **options):
    return history.run(portal, CONTROLLER, found, mode=mode, **options)


def test_the_plan_says_what_is_new_changed_unchanged_and_wrong_and_stores_nothing(portal):
    send(portal, "falun", FIRST)
    send(portal, "falun", FIRST.next, care_plans=44)
    before = row_counts(portal)

    found = plan(portal, content(changes=BAD))

    by_key = {part.key: part for part in found.parts}
    assert len(by_key) == 12
    assert [part.key for part in found.unchanged] == [("falun", FIRST)]
    assert (by_key["falun", FIRST.next].changed, by_key["falun", FIRST.next].new) == (1, 0)
    assert by_key["ludvika", JANUARY].new == 15
    (rejected,) = found.rejected
    assert (rejected.key, rejected.errors[0].code) == (("mora", DECEMBER), "part.above_whole")
    assert row_counts(portal) == before


@pytest.mark.parametrize("mode", Mode)
def test_reading_in_stores_every_month_and_the_same_file_again_changes_nothing(portal, mode):
    done = run(portal, plan(portal), mode)

    assert len(done.stored) == 12
    assert (done.new, done.changed, done.rejected) == (12 * 15, 0, ())
    before = row_counts(portal)

    again = run(portal, plan(portal), mode)

    assert (again.stored, again.unchanged_months) == ((), 12)
    assert row_counts(portal) == before


def test_month_by_month_leaves_out_what_is_wrong_and_says_why(portal):
    done = run(portal, plan(portal, content(changes=BAD, extra=["finnsinte;2024-11;care_plans;3;"])))

    assert len(done.stored) == 11
    ((clinic, month, reason),) = done.rejected
    assert (clinic.code, month) == ("mora", DECEMBER)
    assert "inom 30 dagar" in reason
    assert reviews.open_case(portal, CONTROLLER, clinic="mora", month=DECEMBER) is None


@pytest.mark.parametrize("wrong", [{"changes": BAD}, {"extra": ["finnsinte;2024-11;care_plans;3;"]}])
def test_all_or_nothing_stores_nothing_of_a_file_with_a_fault(portal, wrong):
    before = row_counts(portal)

    with pytest.raises(Refused, match="har fel"):
        run(portal, plan(portal, content(**wrong)), Mode.ALL)

    assert row_counts(portal) == before
    assert audit_actions(portal)[0][1].startswith("upload.")


def test_progress_is_told_between_transactions_and_breaking_off_leaves_whole_months(portal):
    class Stopped(Exception):
        pass

    seen = []

    def stop_after_five(done, total):
        seen.append((done, total))
        portal_can_be_written(portal)
        if done == 5:
            raise Stopped

    with pytest.raises(Stopped):
        run(portal, plan(portal), on_progress=stop_after_five)

    assert seen == [(done, 12) for done in range(6)]
    assert row_counts(portal)["submission"] == 5
    assert row_counts(portal)["submission_value"] == 5 * 15
    assert len(run(portal, plan(portal)).stored) == 7


def test_a_database_that_goes_away_half_way_says_which_months_are_left(portal, monkeypatch):
    commit, tries = history.submitting.commit_parsed, []

    def commit_five(*args, **options):
        tries.append(args)
        if len(tries) > 5:
            raise DatabaseUnavailable("database or disk is full")
        return commit(*args, **options)

    monkeypatch.setattr(history.submitting, "commit_parsed", commit_five)

    done = run(portal, plan(portal))

    assert (len(done.stored), len(done.rejected), len(tries)) == (5, 7, 6)
    assert {reason for *_, reason in done.rejected} == {history.DATABASE_AWAY}
    assert row_counts(portal)["submission"] == 5


def portal_can_be_written(portal):
    with portal.writing(CONTROLLER) as scoped:
        scoped.by("x").record("x")


def test_all_or_nothing_is_one_transaction(portal, monkeypatch):
    found = plan(portal)
    before = row_counts(portal)

    def fail(*_, **__):
        raise RuntimeError("the audit table is full")

    with monkeypatch.context() as patch:
        patch.setattr(db.audit, "add", fail)
        with pytest.raises(RuntimeError):
            run(portal, found, Mode.ALL)

    assert row_counts(portal) == before


def test_what_stands_out_is_confirmed_with_one_note_for_the_file(portal):
    for month in months_between(JANUARY.plus(-10), JANUARY.plus(-4)):
        send(portal, "falun", month)
    data = content(("falun",), (DECEMBER, JANUARY), {("falun", JANUARY): {"care_plans": 400}})
    found = plan(portal, data)
    assert found.warnings

    with pytest.raises(Refused, match="en förklaring"):
        run(portal, found)
    run(portal, found, note="Uttag ur BILD, räknat om.")

    case = reviews.open_case(portal, CONTROLLER, clinic="falun", month=JANUARY)
    assert case.submission.note == "Uttag ur BILD, räknat om."
    assert case.submission.is_held


def test_a_month_that_somebody_sent_since_the_plan_is_not_overwritten(portal):
    found = plan(portal)
    send(portal, "mora", JANUARY, care_plans=46)
    assert plan(portal).fingerprint != found.fingerprint

    done = run(portal, found)

    assert [(clinic.code, month) for clinic, month, _ in done.rejected] == [("mora", JANUARY)]
    with pytest.raises(Refused, match="Inget är inläst"):
        run(portal, replace(found), Mode.ALL)


def test_a_returned_month_with_the_same_values_is_not_answered_by_the_file(portal):
    send(portal, "falun", JANUARY)
    reviews.send_back(portal, CONTROLLER, clinic="falun", month=JANUARY, comment="Se över planerna.")

    assert run(portal, plan(portal, content(("falun",), (JANUARY,)))).stored == ()


def test_only_the_region_reads_history(portal):
    with pytest.raises(AccessDenied):
        plan(portal, user=user_of("falun"))
    with pytest.raises(AccessDenied):
        history.run(portal, user_of("falun"), plan(portal), mode=Mode.MONTHS)


def test_nobody_approves_the_history_they_read_in(portal):
    run(portal, plan(portal))

    assert reviews.approve_plain(portal, CONTROLLER) == []


def test_a_file_that_is_none_has_no_months_and_a_reason(portal):
    found = plan(portal, b"%PDF-1.7 nothing")

    assert (found.parts, found.is_faultless) == ((), False)
    assert found.loose


def test_a_single_value_of_a_known_month_keeps_the_others(portal):
    send(portal, "falun", JANUARY)
    data = long_file("falun", JANUARY, as_answers({"care_plans": 46}))

    done = run(portal, plan(portal, data))

    assert (done.stored, done.new, done.changed) == ((("falun", JANUARY, 2),), 0, 1)
