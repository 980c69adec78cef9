"""A release's cell: contributors are owners, however their names are spelled."""

from dataclasses import replace

import pytest

from portal.domain.registry.annual import figure_of_month, regional_figure
from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.rounding import half_up
from portal.domain.registry.values import Answer, MissingReason
from portal.domain.release.cells import ShownSoFar, plan_cell
from portal.domain.release.disclosure import Hidden, Rules


CARE_PLANS = INDICATORS_BY_CODE["care_plans"]
MONTHS_TO_CLEAR = INDICATORS_BY_CODE["months_to_clear_treatment"]
MORA = Clinic(
    code="mora",
    name="BUP Mora",
    report_name="Mora",
    municipality_code="2062",
    municipality="Mora",
    operator=Operator.PUBLIC,
    provider="Region Dalarna",
)
OTHER_OWNERS = ("Capio", "Prima")


def plan(*providers, values=(50, 60, 70), behind=None):
    register = {
        f"c{place}": replace(MORA, code=f"c{place}", provider=provider)
        for place, provider in enumerate(providers)
    }
    answers = {
        code: {CARE_PLANS.numerator: Answer(value=value)}
        for code, value in zip(register, values, strict=True)
    }
    shown = ShownSoFar(behind=behind and dict(zip(register, behind, strict=True)))
    return plan_cell(CARE_PLANS, answers=answers, shown_so_far=shown, register=register, rules=Rules())


def test_three_owners_are_three():
    assert plan("Region Dalarna", *OTHER_OWNERS).why is None


@pytest.mark.parametrize(
    "spelling",
    ["Region dalarna", "Region Dalarna ", "Region  Dalarna", "REGION DALARNA", "Region\u200b Dalarna"],
)
def test_one_owner_in_two_spellings_is_no_third(spelling):
    cell = plan("Region Dalarna", spelling, "Capio")

    assert (cell.why, cell.owners) == (Hidden.FEW_OWNERS, 2)


@pytest.mark.parametrize(
    ("providers", "changed"),
    [(("A/S Vård", "A/S Omsorg", "Capio"), 2), (("Capio", "CAPIO", "Prima"), 1)],
)
def test_owners_that_changed_are_counted_by_their_whole_names(providers, changed):
    behind = [{CARE_PLANS.numerator: Answer(value=value)} for value in (51, 61, 70)]

    assert plan(*providers, behind=behind).changed_owners == changed


def cell_of_queue(waiting, started):
    """Return the months to clear treatment, with an owner to each clinic, and the answers behind them."""
    answers = {
        f"c{place}": {"waiting_treatment": Answer(value=queue), "treatments_started": Answer(value=starts)}
        for place, (queue, starts) in enumerate(zip(waiting, started, strict=True))
    }
    register = {code: replace(MORA, code=code, provider=code) for code in answers}
    cell = plan_cell(
        MONTHS_TO_CLEAR, answers=answers, shown_so_far=ShownSoFar(), register=register, rules=Rules()
    )
    return cell, answers


def test_a_queue_where_nobody_started_counts_in_the_released_months_to_clear_as_in_the_live_ones():
    cell, answers = cell_of_queue(waiting=(40, 42, 45, 47, 9), started=(20, 22, 23, 21, 0))
    live = regional_figure(
        MONTHS_TO_CLEAR,
        [figure_of_month(MONTHS_TO_CLEAR, own, otherwise=MissingReason.NO_DATA) for own in answers.values()],
    )

    assert cell.figure.pooled == 2.1  # 183 ÷ 86; without the fifth it would be 2.0
    assert half_up(live.pooled, 1) == 2.1
    assert cell.owners == 5


def test_months_to_clear_are_not_shown_where_nobody_started_anywhere():
    cell, _ = cell_of_queue(waiting=(40, 42, 45), started=(0, 0, 0))

    assert (cell.figure, cell.why) == (None, Hidden.NO_DATA)
