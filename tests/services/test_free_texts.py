"""Every box that takes words refuses a personal number, keeps nothing of it, and says so."""

from datetime import timedelta

import pytest

from portal.domain.plans.plan import Occasion, PlanContent
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.reporting.texts import PrivateText
from portal.services.administration import calendar_days, clinic_register
from portal.services.insight import comments
from portal.services.plans import writing
from portal.services.reporting import breaks
from portal.services.review import deadlines, reviews
from tests.conftest import SYSTEM, audit_actions
from tests.services.region import CONTROLLER, JANUARY, row_counts, send, user_of


def correct(portal, words):
    send(portal, confirm=True, answer=words, calls=201)


def send_back(portal, words):
    reviews.send_back(portal, CONTROLLER, clinic="falun", month=JANUARY, comment=words)


def enter_break(portal, words):
    breaks.enter(portal, CONTROLLER, clinic=None, month=JANUARY, reason=words)


def extend(portal, words):
    until = portal.calendar.deadline(JANUARY) + timedelta(days=30)
    deadlines.grant(portal, CONTROLLER, clinic="mora", month=JANUARY, until=until, reason=words)


def set_days(portal, words):
    month = calendar_days.months_to_set(portal)[0]
    calendar_days.set_days(portal, SYSTEM, valid_from=month, deadline_day=9, release_day=12, reason=words)


def close(portal, words):
    clinic_register.close(portal, SYSTEM, code="mora", last_month=JANUARY, reason=words)


def comment(portal, words):
    point = comments.ClinicPoint(clinic="falun", indicator=INDICATORS_BY_CODE["care_plans"], month=JANUARY)
    comments.write(portal, user_of("falun"), point, text=words, base_version=0)


def plan(portal, words):
    months = {"starts": JANUARY, "until": JANUARY}
    content = PlanContent(action=words, responsible="Enhetschef", expected=2, **months)
    queue = Occasion.parse("queue:treatment")
    writing.write(portal, user_of("falun"), clinic="falun", occasion=queue, content=content)


DOORS = [correct, send_back, enter_break, extend, set_days, close, comment, plan]


@pytest.mark.security
@pytest.mark.asvs("1.3.3")
@pytest.mark.parametrize("write", DOORS)
def test_no_door_takes_a_personal_number_in_words(portal, write):
    send(portal)
    before = row_counts(portal), audit_actions(portal)

    with pytest.raises(PrivateText, match="personnummer"):
        write(portal, "Felet gäller patienten 19121212-1212, se journalen.")

    assert (row_counts(portal), audit_actions(portal)) == before
    write(portal, "Felet gäller 12 patienter, se journalen.")
    assert (row_counts(portal), audit_actions(portal)) != before
