"""The evidence behind the clinics' values: what was reported, confirmed, corrected, broken, and which way it points."""

import pytest

from portal.domain.accounts.access import AccessDenied
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import MissingReason
from portal.services.insight import benchmarks, evidence
from portal.services.reporting import breaks
from portal.services.review import reviews
from tests.services.region import CONTROLLER, DECEMBER, send


CALLS = INDICATORS_BY_CODE["calls_answered_same_day"]
PLANS = INDICATORS_BY_CODE["care_plans"]
FIRST_VISITS = INDICATORS_BY_CODE["first_visit_within_30d"]
MAY = Month(2024, 5)
MONTHS = months_between(MAY, DECEMBER)


@pytest.fixture
def sent(portal):
    """Falun's and Mora's May to December 2024; Falun answers fewer calls."""
    for month in MONTHS:
        send(portal, "falun", month, calls_answered_same_day=150)
        send(portal, "mora", month)
    return portal


def behind(portal, indicator=CALLS, period=2024, user=CONTROLLER):
    found = benchmarks.compare(portal, CONTROLLER, indicator=indicator, period=period)
    return evidence.behind(portal, user, found)


def test_months_reported_of_those_in_which_the_clinic_was_open(sent):
    falun = behind(sent).of["falun"]

    assert (falun.reported, falun.owed) == (8, 12)


def test_every_month_is_held_against_the_regions_of_the_same_month(sent):
    found = behind(sent).of

    assert (found["falun"].below, found["falun"].above) == (8, 0)
    assert (found["mora"].below, found["mora"].above) == (0, 8)


def test_a_single_month_is_held_against_the_region_over_the_year_that_it_ends(sent):
    falun = behind(sent, period=DECEMBER).of["falun"]

    assert (falun.reported, falun.owed) == (1, 1)
    assert falun.below == 8


def test_counts_are_compared_per_patient(sent):
    send(sent, "falun", DECEMBER, care_plans=45, active_patients=1600, confirm=True)

    falun = behind(sent, PLANS, DECEMBER).of["falun"]

    assert falun.below == 1
    assert falun.compared == 1  # the others are level with the region: the same rate


def test_only_a_warning_of_the_indicators_own_measures_counts_and_only_with_a_note(sent):
    send(sent, "falun", DECEMBER, calls=900, care_plans=400, calls_answered_same_day=150, confirm=True)

    assert behind(sent).of["falun"].confirmed == 1  # calls
    assert behind(sent, PLANS).of["falun"].confirmed == 1
    assert behind(sent, FIRST_VISITS).of["falun"].confirmed == 0
    assert behind(sent).of["mora"].confirmed == 0


def test_a_correction_after_the_approval_is_told_apart(sent):
    reviews.approve(sent, CONTROLLER, clinic="falun", month=DECEMBER)
    send(sent, "falun", DECEMBER, calls_answered_same_day=155)
    send(sent, "falun", MAY, calls_answered_same_day=155)

    falun = behind(sent).of["falun"]

    assert (falun.corrected, falun.corrected_after_approval) == (2, 1)


def test_a_month_whose_answer_is_a_reason_is_reported_and_without_value(sent):
    reason = MissingReason.NOT_MEASURED
    send(sent, "mora", DECEMBER, calls=reason, calls_answered_same_day=reason)

    mora = behind(sent).of["mora"]

    assert mora.reported == 8
    assert mora.without_value == ((reason, 1),)


@pytest.mark.parametrize(
    ("month", "is_near"),
    [(Month(2023, 2), True), (Month(2024, 6), True), (Month(2025, 1), False)],
)
def test_a_break_in_the_period_or_the_year_before_counts(sent, month, is_near):
    breaks.enter(sent, CONTROLLER, clinic="falun", month=month, reason="Nytt journalsystem")

    found = behind(sent)

    assert bool(found.of["falun"].breaks) is is_near
    assert found.of["mora"].breaks == ()
    assert [code for code, _ in found.breaks] == (["falun"] if is_near else [])


def test_a_break_of_every_clinic_is_everyones(sent):
    breaks.enter(sent, CONTROLLER, clinic=None, month=Month(2024, 6), reason="Nytt journalsystem")

    found = behind(sent)

    assert found.of["mora"].breaks[0].is_everyones
    assert found.breaks[0][0] == ""


def test_the_three_clocks_stand_beside_each_other_with_their_cases(sent):
    beside = dict(behind(sent, FIRST_VISITS).neighbours["falun"])

    # a month has 21 of 30 first visits, 8 of 20 investigations, 10 of 25 treatments
    assert {
        indicator.code: (figure.numerator, figure.denominator) for indicator, figure in beside.items()
    } == {
        "first_visit_within_30d": (168, 240),
        "investigation_within_30d": (64, 160),
        "treatment_within_30d": (80, 200),
    }
    assert behind(sent).neighbours["falun"] == ()


def test_a_clinic_that_has_sent_nothing_has_nothing_behind_it(sent):
    ludvika = behind(sent, FIRST_VISITS).of["ludvika"]

    assert (ludvika.reported, ludvika.compared) == (0, 0)
    assert behind(sent, FIRST_VISITS).neighbours["ludvika"][0][1].value is None


@pytest.mark.security
@pytest.mark.asvs("8.2.2")
def test_evidence_is_the_regions_to_read(sent, falun_user):
    with pytest.raises(AccessDenied):
        behind(sent, user=falun_user)
