"""Volume against cost through the service: figures of both origins side by side, for the region alone."""

import pytest

from portal.domain.accounts.access import AccessDenied
from portal.domain.sources.facts import Fact
from portal.services.insight import economy
from portal.services.sources import source_years
from tests.services.region import CONTROLLER, DECEMBER, JANUARY, send, user_of


@pytest.mark.security
def test_a_clinic_reads_nothing_of_the_regions_money(portal):
    with pytest.raises(AccessDenied):
        economy.effect(portal, user_of("falun"), 2024)


def test_money_that_is_entered_stands_beside_what_the_clinics_reported(portal):
    send(portal, month=DECEMBER)
    entered = [
        Fact(indicator="budget", year=2024, value=1_000_000, source="Budgetbeslut"),
        Fact(indicator="episodes_by_type", breakdown="type:Utredning", year=2024, value=10, source="BILD"),
        Fact(indicator="episode_price", breakdown="type:Utredning", year=2024, value=40_000, source="Avtal"),
    ]
    source_years.enter(portal, CONTROLLER, entered)

    found = economy.effect(portal, CONTROLLER, 2024).comparison

    assert found.is_whole_year
    assert found.of("budget").now.value == 1_000_000
    assert found.of("episode_cost").now.value == 400_000
    assert found.of("active_patients").now.value == 800
    assert found.of("per_active_patients").now.value == 500
    assert found.of("first_visits").before.why == "ej rapporterat"
    assert found.of("budget").before.why == "inte ifyllt"


def test_a_new_figure_is_read_at_once(portal):
    assert economy.effect(portal, CONTROLLER, 2024).comparison.of("budget").now.value is None

    source_years.enter(
        portal, CONTROLLER, [Fact(indicator="budget", year=2024, value=5, source="Budgetbeslut")]
    )

    assert economy.effect(portal, CONTROLLER, 2024).comparison.of("budget").now.value == 5


def test_months_of_a_year_that_has_begun_are_not_compared(portal):
    send(portal, month=DECEMBER)
    send(portal, month=JANUARY)

    found = economy.effect(portal, CONTROLLER, 2025).comparison

    assert not found.is_whole_year
    assert found.of("first_visits").now.value == 30
    assert found.of("first_visits").change is None
