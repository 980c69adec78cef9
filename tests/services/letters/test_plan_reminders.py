"""Reminders of action plans: to the clinic, when one is to begin or its time is out, once each, and without figures."""

from dataclasses import replace
from datetime import date

import pytest

from portal.domain.plans.plan import Occasion, PlanContent, PlanState
from portal.domain.registry.months import Month
from portal.domain.reporting.submissions import Calendar
from portal.services.letters import reminders
from portal.services.plans import plans, writing
from portal.services.plans.writing import PlanAt
from portal.settings import Settings
from tests.conftest import audit_actions
from tests.services.letters.smtp import Inbox, serve
from tests.services.letters.test_reminders import add_account
from tests.services.region import CONTROLLER, FEBRUARY, user_of


FALUN = user_of("falun")
QUEUE = Occasion.parse("queue:treatment")
CONTENT = PlanContent(
    action="Sju nya grupper",
    responsible="Enhetschef",
    starts=FEBRUARY,
    until=Month(2025, 4),
    expected=1234.5,
)
STARTING, AFTER_APRIL = date(2025, 2, 5), date(2025, 5, 1)


@pytest.fixture
def portal(portal):
    """In its first month nobody owes one yet."""
    portal = replace(portal, calendar=Calendar(first_month=FEBRUARY))
    add_account(portal, "falun-chef", "chef@falun.example", clinics=["falun"])
    add_account(portal, "mora-chef", "chef@mora.example", clinics=["mora"])
    add_account(portal, "controller", "controller@region.example", role="region")
    return portal


@pytest.fixture
def plan(portal):
    return writing.write(portal, FALUN, clinic="falun", occasion=QUEUE, content=CONTENT)


def newest(portal):
    (followed,) = plans.list_plans(portal, FALUN)
    return PlanAt(followed.plan.number, followed.plan.version)


def begin(portal):
    writing.agree(portal, CONTROLLER, newest(portal))
    writing.move(portal, FALUN, newest(portal), PlanState.GOING)


def told(portal, today):
    mails = reminders.plan(portal, base_url="https://portal.example.org", today=today)
    return [(letter.kind, letter.mail.to) for letter in mails if letter.kind.startswith("plan")]


def test_the_clinic_is_told_when_a_plan_is_to_begin_and_when_its_time_is_out(portal, plan):
    assert told(portal, date(2025, 1, 31)) == []
    assert told(portal, STARTING) == [("plan_start", "chef@falun.example")]

    begin(portal)
    assert told(portal, date(2025, 4, 30)) == []
    assert told(portal, AFTER_APRIL) == [("plan_end", "chef@falun.example")]

    writing.move(portal, FALUN, newest(portal), PlanState.DONE)
    assert told(portal, AFTER_APRIL) == []


def test_nobody_is_told_twice_and_a_plan_with_more_time_anew(portal, plan):
    begin(portal)
    with serve(Inbox()) as inbox:
        settings = Settings(smtp_url=inbox.url, base_url="https://portal.example.org/")
        for _ in range(2):
            reminders.send(portal.on(AFTER_APRIL), settings)
    (text,) = [mail.get_content() for mail in inbox.mails if "tgärdsplan" in mail["Subject"]]

    assert "Kön till behandling" in text
    assert f"https://portal.example.org/atgarder?mottagning=falun&plan={plan.number}" in text
    assert "Sju" not in text
    assert "1234" not in text
    assert ("reminder.sent", f"2025-04 plan_end {plan.number}") in [row[1:] for row in audit_actions(portal)]

    writing.change(portal, FALUN, newest(portal), replace(CONTENT, until=Month(2025, 6)))
    assert told(portal, date(2025, 6, 30)) == []
    assert told(portal, date(2025, 7, 1)) == [("plan_end", "chef@falun.example")]
