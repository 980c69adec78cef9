"""The preview says per figure what a release would do and why; a month is released on its day by itself."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event, func, select

import db.audit
from db.engine import Database
from db.release import releases as rows
from db.scoping import table
from portal.domain.accounts.access import CALENDAR, EVERY_CLINIC
from portal.domain.registry.values import MissingReason
from portal.domain.release.cells import CellOutcome
from portal.domain.release.disclosure import Hidden
from portal.services.context import Clock, Portal
from portal.services.release import releases
from tests.conftest import audit_actions
from tests.services.region import CONTROLLER, DECEMBER, JANUARY, MONTH, add_region, send, user_of


CLINICS = ("falun", "mora", "ludvika", "avesta", "borlange")  # falun and mora have one owner
RELEASE_DAY = date(2025, 2, 20)


@pytest.fixture
def region(portal):
    add_region(portal)
    return portal


def send_all(portal, month=JANUARY, clinics=CLINICS, **changes):
    for place, code in enumerate(clinics):
        values = {measure: value + 3 * place for measure, value in MONTH.items()}
        send(portal, code, month, **{**values, **changes})


def send_each(portal, measure, *values, **others):
    for code, value in zip(CLINICS, values, strict=True):
        send(portal, code, **{measure: value, **others})


def cell(portal, indicator, month=JANUARY):
    found = releases.preview(portal, CONTROLLER, month)
    return next(one for one in found.cells if one.indicator.code == indicator)


# Why a figure is hidden


def test_a_figure_that_will_be_shown_has_its_value_and_no_reason(region):
    send_each(region, "care_plans", 40, 41, 42, 43, 44)

    found = cell(region, "care_plans")

    assert (found.outcome, found.why, found.owners) == (CellOutcome.SHOWN, None, 4)
    assert found.figure.value == 210


@pytest.mark.parametrize(
    ("plans", "why"),
    [
        ((0, 0, 1, 1, 1), Hidden.SMALL_COUNT),
        ((0, 0, 100, 4, 3), Hidden.DOMINATED),
        ((0, 0, 100, 5, 5), None),
    ],
)
def test_a_count_is_hidden_as_too_small_or_dominated(region, plans, why):
    send_each(region, "care_plans", *plans)

    assert cell(region, "care_plans").why is why


def test_too_few_owners_are_said_with_how_many_there_are(region):
    send_all(region, clinics=("falun", "mora", "ludvika"))

    found = cell(region, "care_plans")

    assert (found.why, found.owners, found.outcome) == (Hidden.FEW_OWNERS, 2, CellOutcome.HIDDEN)


def test_a_share_of_few_cases_and_a_measure_nobody_has_are_told_apart(region):
    send_each(region, "first_visits", 4, 4, 4, 4, 3, first_visits_within_30d=3)

    assert cell(region, "first_visit_within_30d").why is Hidden.FEW_CASES
    assert cell(region, "cgas_assessed").why is Hidden.NO_DATA


def test_a_rate_without_its_sum_says_so(region):
    send_all(region, clinics=CLINICS[:4])
    send(region, "borlange", active_patients=MissingReason.NOT_REPORTED, confirm=True)

    assert cell(region, "care_plans").is_rate_only


# A new release


def test_a_new_release_without_changes_would_change_nothing(region):
    send_all(region)
    releases.release(region, CONTROLLER, JANUARY)

    found = releases.preview(region, CONTROLLER, JANUARY)

    assert not found.would_change
    assert {one.outcome for one in found.cells} == {CellOutcome.UNCHANGED, CellOutcome.HIDDEN}


def test_one_owners_correction_is_kept_back_and_says_why(region):
    send_all(region)
    releases.release(region, CONTROLLER, JANUARY)
    send(region, "ludvika", only={"care_plans": 70})

    found = cell(region, "care_plans")

    assert (found.outcome, found.changed_owners) == (CellOutcome.KEPT, 1)
    assert not releases.preview(region, CONTROLLER, JANUARY).would_change


def test_three_owners_corrections_replace_that_figure_and_no_other(region):
    send_all(region)
    releases.release(region, CONTROLLER, JANUARY)
    for code in ("ludvika", "avesta", "borlange"):
        send(region, code, only={"care_plans": 70})

    found = releases.preview(region, CONTROLLER, JANUARY)

    assert found.would_change
    assert [one.indicator.code for one in found.cells if one.changes] == ["care_plans"]
    assert cell(region, "care_plans").before.value != cell(region, "care_plans").figure.value


# On its day, by whoever comes first


@pytest.fixture
def due(region):
    """December is released, January is sent and its day has come."""
    send_all(region, DECEMBER)
    releases.release(region, CONTROLLER, DECEMBER)
    send_all(region)
    return region.on(RELEASE_DAY)


def newest(portal, month=JANUARY):
    with portal.database.reading(EVERY_CLINIC) as scoped:
        return rows.list_newest(scoped, first=month, last=month).get(month)


def test_the_first_page_view_of_the_day_releases_the_month(due):
    done = releases.release_on_the_day(due, user_of("falun"))

    assert [one.month for one in done] == [JANUARY]
    assert newest(due).released_by == CALENDAR.username
    assert audit_actions(due)[0] == ("kalendern", "month.released", "2025-01")
    with due.database.reading(EVERY_CLINIC) as scoped:
        details = json.loads(db.audit.list_recent(scoped)[0].details)
    assert details["opened_by"] == "falun-chef"


def test_the_day_before_nothing_is_released(due):
    assert releases.release_on_the_day(due.on(date(2025, 2, 19)), user_of("falun")) == []
    assert newest(due) is None


def test_after_the_day_it_is_still_released_by_the_next_who_comes(due):
    assert releases.release_on_the_day(due.on(date(2025, 3, 4)), user_of("falun"))


def test_every_later_view_of_the_day_asks_the_database_nothing(due):
    releases.release_on_the_day(due, user_of("falun"))
    asked = []

    def note(*arguments):
        asked.append(arguments[2])

    event.listen(due.database.engine, "before_cursor_execute", note)
    for _ in range(3):
        assert releases.release_on_the_day(due, user_of("mora")) == []
    event.remove(due.database.engine, "before_cursor_execute", note)

    assert asked == []


def test_a_month_that_nobody_has_sent_waits_for_the_next_day(region):
    assert releases.release_on_the_day(region.on(RELEASE_DAY), user_of("falun")) == []
    send_all(region)

    assert releases.release_on_the_day(region.on(date(2025, 2, 21)), user_of("falun"))


def test_the_command_and_the_page_view_do_not_release_twice(due):
    releases.release_due(due, CONTROLLER)

    assert releases.release_on_the_day(due, user_of("falun")) == []
    assert newest(due).number == 1


def test_many_who_come_first_at_once_release_the_month_once(due):
    """Each in a process of its own: no shared memory of what has been done today, one database."""
    processes = [
        Portal(database=Database(due.database.url), clock=Clock(RELEASE_DAY), rules=due.rules)
        for _ in range(6)
    ]
    start = threading.Barrier(len(processes))

    def open_a_page(process):
        start.wait()
        return releases.release_on_the_day(process, user_of("falun"))

    with ThreadPoolExecutor(len(processes)) as pool:
        done = [one for found in pool.map(open_a_page, processes) for one in found]
    for process in processes:
        process.database.engine.dispose()

    assert [one.month for one in done] == [JANUARY]
    assert newest(due).number == 1
    with due.database.reading(EVERY_CLINIC) as scoped:
        audit = table("audit")
        count = scoped.connection.scalar(
            select(func.count()).where(audit.c.action == "month.released", audit.c.object == "2025-01")
        )
        assert count == 1
        assert db.audit.first_broken_link(scoped) is None


def test_many_threads_of_one_process_check_once(due):
    with ThreadPoolExecutor(20) as pool:
        firsts = list(pool.map(lambda _: due.daily.is_first("release", RELEASE_DAY), range(200)))

    assert firsts.count(True) == 1


def test_a_release_that_fails_leaves_nothing_behind(due, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(rows, "replace_figures", fail)
    with pytest.raises(RuntimeError):
        releases.release_on_the_day(due, user_of("falun"))
    monkeypatch.undo()

    assert newest(due) is None
    again = replace(due, daily=type(due.daily)())  # the server's next start, or the next day
    assert releases.release_on_the_day(again, user_of("falun"))
