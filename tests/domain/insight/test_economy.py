"""Volume against cost: what is divided by what, what can be compared, and what is not known."""

import pytest

from portal.domain.insight import economy
from portal.domain.insight.economy import COST, OF_BUDGET, REIMBURSED, TRANSFER, Amount, CostGroup, Volume
from portal.domain.registry.months import Month
from portal.domain.registry.region import DALARNA
from portal.domain.sources.declared import ECONOMY
from portal.domain.sources.facts import Fact
from portal.domain.sources.year import figures_of_year


WHOLE = (
    ("budget", "", {2023: 100, 2024: 118}),
    ("episodes_by_type", "type:Bedömning", {2023: 10, 2024: 12}),
    ("episode_price", "type:Bedömning", {2023: 5, 2024: 6}),
    ("episodes_by_type", "type:Utredning", {2023: 2, 2024: 3}),
    ("episode_price", "type:Utredning", {2023: 20, 2024: 20}),
)
PATIENTS = (50, 66)


def facts(*rows):
    return [
        Fact(indicator=indicator, year=year, breakdown=part, value=value, source="Beslut")
        for indicator, part, years in rows
        for year, value in years.items()
    ]


def volume(code="active_patients", before=PATIENTS[0], now=PATIENTS[1], open_clinics=11):
    def amount(value):
        return Amount(value=value) if value is not None else Amount(why="ej rapporterat")

    return Volume(
        code=code,
        label="Aktuella patienter",
        unit="patienter",
        is_stock=True,
        now=amount(now),
        before=amount(before),
        clinics=(11, 9),
        open_clinics=open_clinics,
    )


def compare(*entered, volumes=None, is_whole_year=True):
    known = {fact.key: fact for fact in entered}
    return economy.compare(
        2024,
        figures_of_year(ECONOMY, known, 2024, [], DALARNA),
        [volume()] if volumes is None else volumes,
        is_whole_year=is_whole_year,
    )


def test_the_cost_is_every_types_episodes_times_its_price():
    found = compare(*facts(*WHOLE))

    cost = found.of(COST)
    assert (cost.before.value, cost.now.value) == (10 * 5 + 2 * 20, 12 * 6 + 3 * 20)
    assert (found.of(REIMBURSED).before.value, found.of(REIMBURSED).now.value) == (12, 15)
    assert cost.change == 42
    assert round(cost.percent, 1) == 46.7


def test_the_cost_is_divided_by_patients_episodes_and_visits():
    found = compare(*facts(*WHOLE), volumes=[volume(), volume("first_visits", 20, 30)])

    assert found.of("per_active_patients").now.value == 132 / 66
    assert found.of(f"per_{REIMBURSED}").now.value == 132 / 15
    assert found.of("per_first_visits").before.value == 90 / 20


def test_a_share_of_the_budget_changes_in_points_and_has_no_percent():
    line = compare(*facts(*WHOLE)).of(OF_BUDGET)

    assert line.before.value == 90
    assert line.change == 112 - 90  # of 100 × 132 ÷ 118, between the percentages as printed
    assert line.percent is None


def test_the_cost_is_unknown_while_a_type_lacks_its_price_or_its_number():
    """Otherwise a sum of some types would look like the whole, and the care cheap."""
    no_price = compare(*facts(*WHOLE[:4]))
    no_number = compare(*facts(*WHOLE[:3], WHOLE[4]))

    assert no_price.of(COST).now == Amount(why="ersättning saknas för Utredning")
    assert no_number.of(COST).now == Amount(why="antal saknas för Utredning")
    assert no_price.of("per_active_patients").now.value is None


def test_a_transfer_in_one_month_is_the_years_and_none_is_no_gap():
    transfer = Fact(
        indicator="budget_transfer", year=2023, month=Month(2023, 12), value=20_000_000, source="Nyhet"
    )
    taken = Fact(indicator="budget_transfer", year=2024, value=-5, source="Beslut")

    with_one = compare(*facts(*WHOLE), transfer)
    with_both = compare(*facts(*WHOLE), transfer, taken)

    assert with_one.of(TRANSFER).before.value == 20_000_000
    assert with_one.of(TRANSFER).now == Amount(why="inte ifyllt")
    assert with_one.lacking(CostGroup.MONEY) == ()
    assert with_both.of(TRANSFER).now.value == -5


def test_nothing_grows_in_percent_from_nothing_or_less():
    less = [
        Fact(indicator="budget_transfer", year=year, value=value, source="Beslut")
        for year, value in ((2023, -5), (2024, 5))
    ]

    assert compare(*less).of(TRANSFER).percent is None
    assert compare(volumes=[volume(before=0, now=5)]).of("active_patients").percent is None


def test_what_is_not_entered_is_named_year_by_year():
    found = compare(*facts(("budget", "", {2024: 118})), volumes=[volume(before=None)])

    assert [line.code for line in found.lacking(CostGroup.MONEY)] == [REIMBURSED, COST]
    assert [line.code for line in found.lacking(CostGroup.MONEY, before=True)] == ["budget", REIMBURSED, COST]
    assert found.lacking(CostGroup.VOLUME) == ()
    assert [line.code for line in found.lacking(CostGroup.VOLUME, before=True)] == ["active_patients"]


@pytest.mark.parametrize("code", ["active_patients", COST, "per_active_patients"])
def test_a_year_that_is_not_over_is_not_held_against_a_whole_one(code):
    found = compare(*facts(*WHOLE), is_whole_year=False)

    assert found.of(code).change is None
    assert found.of(code).percent is None
    assert found.of("budget").change == 18


def test_how_many_clinics_a_volume_rests_on_is_said():
    whole = compare(*facts(*WHOLE)).of("active_patients")
    running = compare(*facts(*WHOLE), is_whole_year=False).of("active_patients")

    assert whole.basis == "vid årets slut, 11 mottagningar (9 året före)"
    assert running.basis.startswith("senaste månaden")


def test_the_clinics_own_episodes_are_not_mistaken_for_the_reimbursed_ones():
    basis = compare(volumes=[volume("care_episodes"), volume()]).of("care_episodes").basis

    assert basis.endswith(
        "11 av 11 mottagningar (9 året före): ett frivilligt mått, alltså inte alla ersatta vårdepisoder"
    )
    assert "frivilligt" not in compare().of("active_patients").basis


def test_what_is_divided_by_a_volume_says_whose_it_is():
    assert compare().of("per_active_patients").clinics == (11, 9)
