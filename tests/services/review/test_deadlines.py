"""More time for one clinic's month: granted with a reason, counted everywhere, and breaks in a series."""

from datetime import date

import pytest

from db.reporting import breaks as break_rows
from portal.domain.accounts.access import EVERY_CLINIC, AccessDenied
from portal.domain.reporting.submissions import MonthState
from portal.services.insight import overview
from portal.services.refused import Refused
from portal.services.reporting import breaks
from portal.services.review import deadlines, reviews, status
from tests.conftest import audit_actions
from tests.services.region import CONTROLLER, DECEMBER, FEBRUARY, JANUARY, row_counts, send, user_of


UNTIL = date(2025, 2, 28)
REASON = "Byte av journalsystem"


def grant(portal, *, clinic="falun", month=JANUARY, until=UNTIL, reason=REASON, user=CONTROLLER):
    return deadlines.grant(portal, user, clinic=clinic, month=month, until=until, reason=reason)


def state(portal, clinic="falun"):
    return status.grid(portal, CONTROLLER).states[clinic, JANUARY]


@pytest.mark.parametrize(
    ("today", "extended", "other"),
    [
        (date(2025, 2, 15), MonthState.OPEN, MonthState.OPEN),
        (date(2025, 2, 16), MonthState.OPEN, MonthState.LATE),
        (UNTIL, MonthState.OPEN, MonthState.LATE),
        (date(2025, 3, 1), MonthState.LATE, MonthState.LATE),
    ],
)
def test_a_month_is_late_only_after_the_extended_day(portal, today, extended, other):
    grant(portal)

    assert (state(portal.on(today)), state(portal.on(today), "mora")) == (extended, other)


def test_the_clinic_is_told_its_new_last_day(portal):
    grant(portal)

    def task(clinic):
        tasks = overview.of_clinic(portal.on(date(2025, 2, 20)), user_of(clinic), clinic=clinic).tasks
        return next(task for task in tasks if task.month == JANUARY)

    assert (task("falun").deadline, task("falun").days_left, task("falun").is_extended) == (UNTIL, 8, True)
    assert (task("mora").state, task("mora").is_extended) == (MonthState.LATE, False)


def test_the_newest_exception_counts_and_all_are_kept(portal):
    grant(portal)
    grant(portal, until=date(2025, 3, 10), reason="Det dröjer ytterligare")

    assert status.grid(portal, CONTROLLER).extended == {("falun", JANUARY): date(2025, 3, 10)}
    assert [found.until.day for found in deadlines.list_extensions(portal, user_of("falun"))] == [10, 28]
    assert deadlines.list_extensions(portal, user_of("mora")) == []
    assert audit_actions(portal)[0] == ("controller", "deadline.extended", "2025-01")


def test_a_second_click_grants_nothing_more(portal):
    grant(portal)
    before = row_counts(portal)

    grant(portal)

    assert row_counts(portal) == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": "  "}, "Skriv varför"),
        ({"until": date(2025, 2, 15)}, "vanliga sista dagen"),
        ({"month": DECEMBER, "until": date(2025, 2, 4)}, "redan varit"),
        ({"until": date(2052, 2, 28)}, "mer än ett år"),
        ({"clinic": "finnsinte"}, "finns inte"),
        ({"month": FEBRUARY.next, "until": date(2025, 4, 30)}, "ska inte rapportera"),
    ],
)
def test_a_day_that_makes_no_sense_is_refused(portal, changes, words):
    with pytest.raises(Refused, match=words):
        grant(portal, **changes)
    assert row_counts(portal)["deadline_exception"] == 0


def test_what_is_sent_needs_no_more_time_but_what_was_returned_may(portal):
    send(portal)
    with pytest.raises(Refused, match="redan skickat"):
        grant(portal)

    reviews.send_back(portal, CONTROLLER, clinic="falun", month=JANUARY, comment="Se över planerna.")
    grant(portal)

    assert overview.of_clinic(portal, user_of("falun"), clinic="falun").tasks[0].deadline == UNTIL


def test_a_clinic_grants_itself_nothing(portal):
    with pytest.raises(AccessDenied):
        grant(portal, user=user_of("falun"))
    with pytest.raises(AccessDenied):
        breaks.enter(portal, user_of("falun"), clinic="falun", month=JANUARY, reason=REASON)


# Breaks


def test_a_break_belongs_to_one_clinic_or_to_all(portal):
    breaks.enter(portal, CONTROLLER, clinic="falun", month=JANUARY, reason=REASON)
    breaks.enter(portal, CONTROLLER, clinic=None, month=DECEMBER, reason="Ny definition av vårdplan")
    breaks.enter(portal, CONTROLLER, clinic=None, month=DECEMBER, reason="Ny definition av vårdplan")

    with portal.database.reading(EVERY_CLINIC) as scoped:
        found = break_rows.list_months(scoped, clinics=["falun", "mora"])
    assert found == {"falun": (DECEMBER, JANUARY), "mora": (DECEMBER,)}
    assert [one.clinic for one in breaks.list_breaks(portal, user_of("mora"))] == [None]
    assert audit_actions(portal)[0] == ("controller", "break.entered", "2024-12")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": "Nej"}, "Skriv vad"),
        ({"clinic": "finnsinte"}, "finns inte"),
        ({"month": FEBRUARY.next}, "senast i innevarande"),
    ],
)
def test_a_break_that_makes_no_sense_is_refused(portal, changes, words):
    with pytest.raises(Refused, match=words):
        breaks.enter(portal, CONTROLLER, **{"clinic": "falun", "month": JANUARY, "reason": REASON, **changes})
