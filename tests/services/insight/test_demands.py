"""The contract's demands are the region's: those that come with the portal, until it sets others."""

from dataclasses import replace
from datetime import date

import pytest

from portal.domain.accounts.access import AccessDenied
from portal.domain.insight import demands as rules
from portal.domain.insight.contract import DEMANDS, DemandAnswer, Level, Reply, Verdict
from portal.domain.insight.demands import COMES_WITH_PORTAL, PRESET
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.registry.region import DALARNA
from portal.services.administration import audit_log, regions
from portal.services.context import Clock, Portal
from portal.services.insight import contract, demands
from portal.services.insight.benchmarks import compare
from portal.services.insight.demands import DemandWish
from portal.services.plans import occasions
from portal.services.refused import Refused
from tests.conftest import SYSTEM, TODAY, audit_actions
from tests.services.region import CONTROLLER, add_clinic, send, user_of


INTERPRETER = DemandWish(name="Tolk vid varje besök", rule="Tolk erbjuds alla.", source="Avtalet, punkt 7")
CALLS = DemandWish(
    name="Svar samma dag",
    indicator="calls_answered_same_day",
    rule="Alla samtal besvaras samma dag.",
    source="Avtalet, punkt 3",
    valid_from=date(2024, 1, 1),
)
JANUARY = Month(2025, 1)


@pytest.fixture
def portal(sqlite_database):
    portal = Portal(database=sqlite_database, clock=Clock(TODAY))
    add_clinic(portal, "falun", provider="Region Dalarna")
    return portal


@pytest.fixture
def elsewhere(portal):
    """Another region, which has not set anything else."""
    regions.set_name(portal, SYSTEM, "Region Exempel")
    return portal


def codes(portal):
    return [demand.code for demand in portal.demands.demands]


def test_until_it_sets_its_own_another_region_has_the_first_ones_demands_as_a_preset(elsewhere):
    assert codes(elsewhere) == [demand.code for demand in DEMANDS]
    assert {demand.source for demand in elsewhere.demands.demands} == {PRESET}
    regions.set_name(elsewhere, SYSTEM, DALARNA.name)
    assert elsewhere.demands == COMES_WITH_PORTAL


def test_the_first_of_its_own_takes_their_place_and_the_next_stands_beside_it(elsewhere):
    demands.set_demand(elsewhere, SYSTEM, CALLS)
    demands.set_demand(elsewhere, SYSTEM, INTERPRETER)

    assert codes(elsewhere) == ["calls_answered_same_day", "krav_tolk_vid_varje_besok"]
    matrix = contract.matrix(elsewhere, CONTROLLER, 2024)
    assert [demand.label for demand in matrix.demands] == ["Svar samma dag", "Tolk vid varje besök"]
    assert set(matrix.cells) == {("falun", code) for code in codes(elsewhere)}


def test_a_demand_of_its_own_is_judged_as_any_other_and_asked_for_where_the_share_is_shown(elsewhere):
    demands.set_demand(elsewhere, SYSTEM, CALLS)
    send(elsewhere, "falun", JANUARY, user=user_of("falun"))
    level = Level(met=99, valid_from=date(2025, 1, 1), basis="Beslut i styrgruppen")
    contract.set_level(elsewhere, CONTROLLER, demand="calls_answered_same_day", level=level)

    (cell,) = contract.matrix(elsewhere, CONTROLLER, 2025).cells.values()

    assert cell.verdict is Verdict.NOT_MET
    shown = compare(
        elsewhere, CONTROLLER, indicator=INDICATORS_BY_CODE["calls_answered_same_day"], period=JANUARY
    )
    assert shown.target.value == 99
    first_visit = INDICATORS_BY_CODE["first_visit_within_30d"]
    assert compare(elsewhere, CONTROLLER, indicator=first_visit, period=JANUARY).target is None
    (unmet, *_) = occasions.list_occasions(elsewhere, user_of("falun"), clinic="falun")
    assert str(unmet) == "demand:calls_answered_same_day"
    assert unmet.label == CALLS.name


def test_dalarna_keeps_the_others_when_one_is_reworded_added_or_removed(portal):
    telephone = DemandWish(name="Telefontider", source="Avtalet 2026, punkt 2")
    demands.set_demand(portal, SYSTEM, telephone)
    demands.set_demand(portal, SYSTEM, INTERPRETER)
    demands.remove_demand(portal, SYSTEM, "Ansluten till Synergi")

    kept = [demand.code for demand in DEMANDS if demand.code != "synergi_connected"]
    assert codes(portal) == [*kept, "krav_tolk_vid_varje_besok"]
    reworded = portal.demands.find("telephone_hours")
    assert reworded == replace(COMES_WITH_PORTAL.find("telephone_hours"), source="Avtalet 2026, punkt 2")
    assert portal.demands.find("first_visit_within_30d") == DEMANDS[0]


def test_what_is_said_again_changes_nothing(portal):
    for _ in range(2):
        demands.set_demand(portal, SYSTEM, DemandWish(name=DEMANDS[0].label))
        demands.set_demand(portal, SYSTEM, INTERPRETER)
        demands.remove_demand(portal, SYSTEM, "Synergi")
        demands.remove_demand(portal, SYSTEM, "Det finns inte")

    assert [action for _, action, _ in audit_actions(portal) if action.startswith("contract.")] == [
        "contract.demand_removed",
        "contract.demand_set",
    ]


def test_the_log_says_a_demands_title_also_when_the_region_no_longer_has_it(elsewhere):
    demands.set_demand(elsewhere, SYSTEM, INTERPRETER)
    answer = DemandAnswer(
        clinic="falun",
        demand="krav_tolk_vid_varje_besok",
        reply=Reply.YES,
        valid_from=date(2025, 1, 1),
        source="Verksamhetschefen",
    )
    contract.enter_answer(elsewhere, CONTROLLER, answer)
    demands.set_demand(elsewhere, SYSTEM, CALLS)
    contract.set_level(
        elsewhere,
        CONTROLLER,
        demand="calls_answered_same_day",
        level=Level(met=95, valid_from=date(2024, 1, 1), basis="Avtalet"),
    )
    demands.remove_demand(elsewhere, SYSTEM, INTERPRETER.name)

    log = audit_log.read(elsewhere, CONTROLLER).entries
    assert [entry.subject for entry in log if "avtalskrav" in entry.what] == [
        "Tolk vid varje besök",
        "Svar samma dag",
        "Svar samma dag",
        "Tolk vid varje besök, ja från 1 januari 2025",
        "Tolk vid varje besök",
    ]


def test_an_event_that_holds_no_title_says_the_one_that_the_demand_has(portal):
    demands.set_demand(portal, SYSTEM, INTERPRETER)
    with portal.writing(SYSTEM) as scoped:
        scoped.record("contract.demand_set", subject="krav_tolk_vid_varje_besok")
        scoped.record("contract.demand_set", subject="krav_borttaget")
        scoped.record("contract.level_set", subject="telephone_hours")

    newest = audit_log.read(portal, CONTROLLER).entries[:3]
    assert [entry.subject for entry in newest] == ["Telefontider", "krav_borttaget", INTERPRETER.name]


def test_a_region_may_have_none(elsewhere):
    for demand in DEMANDS:
        demands.remove_demand(elsewhere, SYSTEM, demand.label)

    assert codes(elsewhere) == []
    assert contract.matrix(elsewhere, CONTROLLER, 2024).cells == {}
    assert contract.history(elsewhere, CONTROLLER, ["falun"])[0].cells == {}


@pytest.mark.parametrize(
    ("wish", "words", "about"),
    [
        (replace(INTERPRETER, name="X"), "Namnet ska ha 3–60 tecken", "name"),
        (replace(INTERPRETER, rule=""), "Regeln ska ha 5–500 tecken", "rule"),
        (replace(INTERPRETER, source=""), "Källan ska ha 5–500 tecken", "source"),
        (
            replace(CALLS, indicator="first_visit_within_30d"),
            "Första besök inom 30 dagar är redan",
            "indicator",
        ),
        (CALLS, "hör redan till ett annat krav", "indicator"),
        (DemandWish(name="Synergi", indicator="calls_answered_same_day"), "på ett annat sätt", "indicator"),
    ],
)
def test_what_is_no_demand_is_refused_in_words(portal, wish, words, about):
    with pytest.raises(Refused, match=words) as refused:
        demands.set_demand(portal, SYSTEM, wish)

    assert refused.value.about == about
    assert portal.demands == COMES_WITH_PORTAL


def test_only_the_administrator_sets_them(portal):
    for carry_out in (
        lambda: demands.set_demand(portal, CONTROLLER, INTERPRETER),
        lambda: demands.remove_demand(portal, CONTROLLER, "Synergi"),
    ):
        with pytest.raises(AccessDenied):
            carry_out()


def test_what_is_stored_reads_as_it_was(portal):
    own = COMES_WITH_PORTAL.with_demand(
        rules.own_demand(
            label="Tolk", indicator=None, rule="Tolk erbjuds.", source="Avtalet", valid_from=date(2025, 1, 1)
        ),
        begins_anew=False,
    )

    assert rules.load(rules.dump(own.demands)) == own
