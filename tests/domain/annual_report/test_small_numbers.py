"""Which of the report's figures rest on few cases, and what becomes of each."""

from dataclasses import replace

import pytest

from portal.domain.annual_report.content import AnnualReport, Origin, ReportPoint, Section
from portal.domain.annual_report.small_numbers import (
    Handling,
    Proposal,
    count_proposals,
    propose,
    small_numbers,
)
from portal.domain.registry.values import MissingReason
from portal.domain.release.disclosure import Rules


RULES = Rules()
PLANS = ReportPoint(
    indicator="care_plans",
    label="Skrivna vårdplaner",
    part="falun",
    part_label="BUP Falun",
    period="2024",
    unit="vårdplaner",
    basis="mottagningens värde",
    value=4.0,
    numerator=4.0,
)
SHARE = replace(PLANS, indicator="first_visit_within_30d", unit="procent", value=50.0, denominator=4.0)
CELL = replace(
    PLANS,
    indicator="patient_board_cases",
    unit="ärenden",
    part="sex:pojkar",
    origin=Origin.ENTERED,
    value=2.0,
    numerator=None,
)
PRINTED = replace(CELL, origin=Origin.PUBLISHED, basis="som publicerat")


def found(*points, rules=RULES):
    section = Section(number="4.3.2", title="Vårdplan", points=points)
    report = AnnualReport(
        year=2024,
        last_month="2024-12",
        is_demo=False,
        sections=(section,),
        definitions=(),
        sources=(),
        submissions=(),
    )
    return small_numbers(report, rules)


@pytest.mark.parametrize(
    ("changes", "is_small"),
    [
        ({}, True),
        ({"value": 5.0}, False),
        ({"value": 0.0}, False),
        ({"value": None, "reason": "ej rapporterat"}, False),
        ({"part": ""}, False),  # the region's own
        ({"origin": Origin.PUBLISHED}, False),  # counted once, as the report's own
        ({"unit": "ja eller nej", "value": 1.0}, False),
        ({"unit": "mottagningar", "value": 3.0}, False),
        ({"indicator": "krav:care_plans"}, False),  # the same figure stands in its own chapter
    ],
)
def test_a_count_of_one_to_four_of_a_part_is_small(changes, is_small):
    assert bool(found(replace(PLANS, **changes))) is is_small


@pytest.mark.parametrize(
    ("denominator", "is_small", "is_share"),
    [(4.0, True, False), (5.0, True, True), (19.0, True, True), (20.0, False, False), (0.0, False, False)],
)
def test_a_share_is_small_below_the_rules_denominator(denominator, is_small, is_share):
    small = found(replace(SHARE, denominator=denominator))

    assert bool(small) is is_small
    assert [one.is_share for one in small] == ([is_share] if is_small else [])


def test_the_limits_are_those_of_the_disclosure_rules():
    assert found(replace(PLANS, value=9.0)) == []
    assert found(replace(PLANS, value=9.0), rules=Rules(smallest_count=10))


def test_what_the_region_has_printed_already_is_told_apart():
    assert [one.handling for one in found(CELL, PRINTED)] == [Handling.PRINTED]
    assert [one.handling for one in found(CELL, replace(PRINTED, period="2023"))] == [Handling.SHOWN]


def test_a_hidden_figure_is_listed_as_hidden():
    hidden = replace(PLANS, value=None, numerator=None, reason=MissingReason.SUPPRESSED.label)

    (one,) = found(hidden)

    assert (one.handling, one.cases, one.is_share) == (Handling.HIDDEN, None, False)


# What to look at before publishing


def of(indicator, unit, **changes):
    return replace(PLANS, indicator=indicator, unit=unit, **changes)


@pytest.mark.parametrize(
    ("point", "proposal"),
    [
        (of("waiting_treatment", "individer"), Proposal.REVIEW),
        (of("sip_meetings", "möten"), Proposal.REVIEW),
        (of("first_visits", "besök"), Proposal.REVIEW),
        (of("care_plans", "vårdplaner"), Proposal.REVIEW),
        (of("months_to_clear_treatment", "månader", denominator=1.5), Proposal.REVIEW),
        (of("first_visit_within_30d", "procent", denominator=4.0), Proposal.REVIEW),
        # the share says it of one patient, and the report prints how many it is of
        (of("care_plan_by_third_visit", "procent", value=100.0, denominator=1.0), Proposal.REVIEW),
        (of("care_plan_by_third_visit", "procent", value=60.0, denominator=5.0), Proposal.LOW_RISK),
        # none or all of a few says the same of each
        (of("first_visit_within_30d", "procent", value=0.0, denominator=9.0), Proposal.REVIEW),
        (of("first_visit_within_30d", "procent", value=100.0, denominator=9.0), Proposal.REVIEW),
        (of("calls_answered_same_day", "procent", denominator=3.0), Proposal.NO_CHILDREN),
        (CELL, Proposal.AS_PUBLISHED),
    ],
)
def test_a_handful_is_to_be_looked_at_and_another_share_of_few_is_only_uncertain(point, proposal):
    (one,) = found(point)

    assert one.proposal is proposal


@pytest.mark.parametrize(
    ("handling", "proposal"),
    [(Handling.PRINTED, Proposal.PUBLISHED), (Handling.HIDDEN, Proposal.HIDDEN)],
)
def test_what_is_printed_or_hidden_already_needs_no_looking_at(handling, proposal):
    assert propose(of("waiting_treatment", "individer"), is_few=True, handling=handling) is proposal


def test_proposals_are_counted_with_what_to_look_at_first():
    small = found(PLANS, CELL, PRINTED, of("waiting_treatment", "individer"), replace(PLANS, part="mora"))

    assert count_proposals(small) == [(Proposal.REVIEW, 3), (Proposal.PUBLISHED, 1)]
