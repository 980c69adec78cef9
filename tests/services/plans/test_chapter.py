"""The report's chapter of plans: those that the region has chosen, judged by the year's own months."""

from dataclasses import replace
from datetime import date

import pytest

from portal.domain.plans.plan import PlanContent, PlanState
from portal.domain.registry.months import Month, months_between
from portal.services.annual_report.live import live
from portal.services.plans import plans, writing
from portal.services.plans.writing import PlanAt
from tests.services.plans.test_plans import FALUN, QUEUE, at
from tests.services.region import CONTROLLER, DECEMBER, send


CONTENT = PlanContent(
    action="Två team utreder",
    responsible="Enhetschef",
    starts=Month(2024, 7),
    until=Month(2024, 12),
    expected=2.5,
)


@pytest.fixture
def portal(portal):
    """Falun's queue is shorter from July on."""
    usual, fewer = (58, 60, 62, 59, 61, 60), 20
    for place, month in enumerate(months_between(Month(2023, 6), DECEMBER)):
        waiting = fewer if month >= CONTENT.starts else usual[place % 6]
        send(portal, month=month, confirm=True, waiting_investigation=waiting)
    return portal.on(date(2025, 1, 20))


def write(portal, content=CONTENT):
    """Write a plan that the region agrees to, and has in its report."""
    plan = writing.write(portal, FALUN, clinic="falun", occasion=QUEUE, content=content)
    agreed = writing.agree(portal, CONTROLLER, at(plan))
    return writing.put_in_report(portal, CONTROLLER, agreed.number, is_in=True)


def chapter(portal, year=2024):
    """Return the chapter's sentences and rows; None where the report has none."""
    section = next((s for s in live(portal, CONTROLLER, year).sections if s.number == "4.9"), None)
    if section is None:
        return None
    return list(section.generated), [[cell.text for cell in row.cells] for row in section.tables[0].rows]


def begin(portal, plan):
    return writing.move(portal, FALUN, PlanAt(plan.number, plan.version), PlanState.GOING)


def test_a_plan_stands_in_the_report_of_its_years_when_the_region_has_chosen_it(portal):
    plan = write(portal)
    assert chapter(portal, 2023) is None

    writing.put_in_report(portal, CONTROLLER, plan.number, is_in=False)
    assert chapter(portal) is None


def test_it_is_printed_with_what_is_waited_for_how_far_it_has_come_and_what_its_months_say(portal):
    begin(portal, write(portal))

    sentences, rows = chapter(portal)
    assert sentences == ["1 åtgärdsplan: 1 pågår.", "Bättre än före: BUP Falun (kön till utredning)."]
    assert rows == [
        [
            "BUP Falun",
            "Kön till utredning",
            "Två team utreder. Ansvarar: Enhetschef",
            "juli–december 2024",
            "2,5 månader (1,0)",
            "pågår",
            "▲ bättre än före",
        ]
    ]


def test_six_months_of_the_year_have_to_have_passed_however_late_the_report_is_made(portal):
    begin(portal, write(portal, replace(CONTENT, starts=Month(2024, 8))))

    sentences, rows = chapter(portal.on(date(2025, 12, 1)))
    assert sentences == ["1 åtgärdsplan: 1 pågår."]
    assert rows[0][-1] == "bedöms tidigast i februari 2025"


def test_what_the_clinic_has_changed_since_is_not_printed_as_agreed_to(portal):
    plan = write(portal)
    writing.change(portal, FALUN, PlanAt(plan.number, plan.version), replace(CONTENT, expected=4.0))

    _, rows = chapter(portal)
    assert rows[0][-3:] == ["4 månader", "planerad, väntar på regionens ja", "bedöms tidigast i juli 2025"]
    assert plans.list_plans(portal, FALUN)[0].waits_for_region
