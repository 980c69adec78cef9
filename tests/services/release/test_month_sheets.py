"""What a month sheet is made of: released months only, and what a new release changed where that was noted."""

import json

import pytest
from sqlalchemy import update

from db.release import releases as rows
from portal.domain.accounts.access import EVERY_CLINIC, AccessDenied, ClinicUser
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.services.insight import overview, region_months
from portal.services.refused import Refused
from portal.services.release import month_sheets, releases
from tests.services.region import CONTROLLER, DECEMBER, JANUARY, add_region, send


FALUN = ClinicUser("falun", "Fia Falun", ("falun",))
CLINICS = ("falun", "mora", "ludvika", "avesta", "borlange")


@pytest.fixture
def region(portal):
    add_region(portal)
    for code in CLINICS:
        send(portal, code)
    return portal


def of_falun(portal, user=FALUN):
    return month_sheets.of_clinic(portal, user, clinic="falun", month=JANUARY)


def test_a_month_has_a_sheet_from_its_release_on(region):
    for make in (lambda: of_falun(region), lambda: month_sheets.of_region(region, CONTROLLER, JANUARY)):
        with pytest.raises(Refused, match="Januari 2025 är inte släppt"):
            make()

    releases.release(region, CONTROLLER, JANUARY)

    assert of_falun(region).changed == ()
    assert month_sheets.of_region(region, CONTROLLER, JANUARY).changed == ()
    with pytest.raises(Refused, match="December 2024 är inte släppt"):
        month_sheets.of_region(region, CONTROLLER, DECEMBER)


@pytest.mark.security
def test_it_holds_what_the_pages_show_whoever_looks_and_nothing_of_another_clinic(region):
    releases.release(region, CONTROLLER, JANUARY)

    page = overview.of_clinic(region, FALUN, clinic="falun", month=JANUARY)
    assert of_falun(region).rows == of_falun(region, CONTROLLER).rows == page.rows
    assert month_sheets.of_region(region, CONTROLLER, JANUARY).lines == region_months.key_lines(
        region, CONTROLLER
    )
    with pytest.raises(AccessDenied):
        month_sheets.of_clinic(region, FALUN, clinic="mora", month=JANUARY)
    with pytest.raises(AccessDenied):
        month_sheets.of_region(region, FALUN, JANUARY)


def test_a_new_release_says_which_figures_it_changed_and_an_old_one_says_nothing(region):
    releases.release(region, CONTROLLER, JANUARY)
    for code, count in (("falun", 70), ("ludvika", 60), ("avesta", 80), ("borlange", 90)):
        send(region, code, only={"care_plans": count}, confirm=True)

    preview = releases.release(region, CONTROLLER, JANUARY)

    assert preview.changed == ["care_plans"]
    assert of_falun(region).changed == (INDICATORS_BY_CODE["care_plans"],)
    assert month_sheets.of_region(region, CONTROLLER, JANUARY).changed == of_falun(region).changed

    with region.database.writing(EVERY_CLINIC) as scoped:  # as releases were noted before this was
        scoped.connection.execute(update(rows.release).values(rules=json.dumps({"shown": []})))
    assert of_falun(region).changed == ()


def test_a_release_that_changes_nothing_says_nothing(region):
    """Otherwise it would tell that somebody has corrected."""
    releases.release(region, CONTROLLER, JANUARY)
    send(region, "falun", only={"care_plans": 46}, confirm=True)  # one owner alone: the older figure stays

    assert releases.release(region, CONTROLLER, JANUARY).changed == []
    assert of_falun(region).changed == ()
