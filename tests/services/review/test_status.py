"""Läget: who came late and who corrected an earlier month, for months that are long approved, too."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event

from portal.domain.accounts.access import OPERATOR
from portal.domain.registry.months import Month
from portal.services.context import Memo
from portal.services.release import releases
from portal.services.review import deadlines, month_news, reviews, status
from tests.services.region import CONTROLLER, DECEMBER, JANUARY, add_region, send, user_of


COMMENT = "Har alla beslutade utredningar kommit med?"
OCTOBER = Month(2024, 10)


def came_late(portal, today=date(2025, 3, 1)):
    return {key: one.days for key, one in status.grid(portal.on(today), CONTROLLER).came_late.items()}


def corrected(portal):
    found = status.grid(portal, CONTROLLER).corrected
    return [(one.clinic.code, one.month, one.version, one.is_reviewed) for one in found]


# Late


@pytest.mark.parametrize(("day", "days"), [(15, None), (16, 1), (18, 3)])
def test_a_month_came_late_when_its_first_version_came_after_the_last_day(portal, day, days):
    send(portal.on(date(2025, 2, day)), "mora")

    assert came_late(portal).get(("mora", JANUARY)) == days


def test_an_approved_month_is_still_known_to_have_come_late(portal):
    send(portal.on(date(2025, 1, 18)), "mora", DECEMBER)
    reviews.approve(portal, CONTROLLER, clinic="mora", month=DECEMBER)

    assert came_late(portal) == {("mora", DECEMBER): 3}


def test_the_last_day_is_the_extended_one(portal):
    deadlines.grant(
        portal, CONTROLLER, clinic="mora", month=JANUARY, until=date(2025, 2, 20), reason="Sjukdom"
    )
    for clinic in ("mora", "ludvika"):
        send(portal.on(date(2025, 2, 22)), clinic)

    assert came_late(portal) == {("mora", JANUARY): 2, ("ludvika", JANUARY): 7}


def test_a_correction_after_the_last_day_does_not_make_the_month_late(portal):
    send(portal, "mora")
    send(portal.on(date(2025, 2, 25)), "mora", only={"care_plans": 46})

    assert came_late(portal) == {}


def test_what_the_region_read_in_itself_is_no_clinics_lateness(portal, region_user):
    later = portal.on(date(2025, 2, 20))
    send(later, "falun", DECEMBER, user=region_user)
    send(later, "mora", DECEMBER, user=user_of("mora"))

    assert came_late(portal) == {("mora", DECEMBER): 36}
    late = month_news.news(later, CONTROLLER, DECEMBER).late
    assert "falun" not in [one.clinic.code for one in late]


def test_what_the_operator_read_in_at_the_machine_is_no_clinics_lateness(portal):
    send(portal.on(date(2025, 2, 20)), "falun", DECEMBER, user=OPERATOR)

    assert came_late(portal) == {}


# Corrected


def test_versions_after_the_first_are_told_newest_month_first_and_whether_the_region_had_reviewed(portal):
    for month in (DECEMBER, JANUARY):
        send(portal, "mora", month)
    send(portal, "ludvika")
    reviews.approve(portal, CONTROLLER, clinic="mora", month=DECEMBER)
    reviews.send_back(portal, CONTROLLER, clinic="ludvika", month=JANUARY, comment=COMMENT)
    send(portal, "mora", DECEMBER, only={"care_plans": 46})
    send(portal, "mora", only={"care_plans": 46})
    send(portal, "ludvika", only={"care_plans": 46}, answer="Nu är de med.")

    found = corrected(portal)

    assert set(found[:2]) == {("mora", JANUARY, 2, False), ("ludvika", JANUARY, 2, True)}
    assert found[2:] == [("mora", DECEMBER, 2, True)]
    assert status.grid(portal, CONTROLLER).versions["mora", DECEMBER] == 2


def test_months_sent_once_and_in_time_are_neither(portal):
    send(portal)

    assert (came_late(portal), corrected(portal)) == ({}, [])


def test_a_longer_history_costs_no_more_queries(portal):
    def statements():
        found = []

        def note(_connection, _cursor, statement, *_rest):
            found.append(statement)

        event.listen(portal.database.engine, "before_cursor_execute", note)
        status.grid(replace(portal, memo=Memo()), CONTROLLER)
        event.remove(portal.database.engine, "before_cursor_execute", note)
        return len(found)

    send(portal)
    statements()  # the calendar's days are read once after a change
    few = statements()
    for month in (OCTOBER, DECEMBER):
        for clinic in ("falun", "mora"):
            send(portal, clinic, month)
            send(portal, clinic, month, only={"care_plans": 46})

    statements()
    assert statements() == few


# What a release holds


def test_a_preview_tells_who_is_in_without_having_been_reviewed(portal):
    add_region(portal)
    clinics = ("falun", "mora", "ludvika", "avesta", "borlange")
    for clinic in clinics[:-1]:
        send(portal, clinic)
        reviews.approve(portal, CONTROLLER, clinic=clinic, month=JANUARY)
    assert not releases.preview(portal, CONTROLLER, JANUARY).is_complete  # one is missing

    send(portal, "borlange")

    found = releases.preview(portal, CONTROLLER, JANUARY)
    assert ([clinic.code for clinic in found.unreviewed], found.is_complete) == (["borlange"], False)

    reviews.approve(portal, CONTROLLER, clinic="borlange", month=JANUARY)

    found = releases.preview(portal, CONTROLLER, JANUARY)
    assert (found.unreviewed, found.is_complete) == ((), True)
