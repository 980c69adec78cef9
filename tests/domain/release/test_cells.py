"""A release's cell: contributors are owners, however their names are spelled."""

from dataclasses import replace

import pytest

from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.values import Answer
from portal.domain.release.cells import ShownSoFar, plan_cell
from portal.domain.release.disclosure import Hidden, Rules


CARE_PLANS = INDICATORS_BY_CODE["care_plans"]
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
