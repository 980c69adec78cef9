"""Whether a plan helped: never before six months, by the limits of the months before, by the chart's own rules."""

from dataclasses import replace
from datetime import date

import pytest

from portal.domain.insight.series import charted_after
from portal.domain.plans.effect import Outcome, judge, without_series
from portal.domain.plans.plan import ActionPlan, Occasion, PlanContent, PlanState
from portal.domain.registry.annual import Figure
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month, months_between


QUEUE = INDICATORS_BY_CODE["months_to_clear_investigation"]
SHARE = INDICATORS_BY_CODE["first_visit_within_30d"]
START = Month(2024, 7)
BEFORE = [4.0, 4.4, 3.9, 4.2, 4.1, 4.5, 3.8, 4.3, 4.0, 4.2, 4.4, 3.9, 4.1, 4.3, 4.0, 4.2, 4.1, 4.3]
USUAL = [4.1, 4.3, 4.0, 4.2, 3.9, 4.4]
IN_JANUARY = date(2025, 1, 20)


def plan(occasion="queue:investigation", state=PlanState.GOING, starts=START):
    content = PlanContent(
        action="Två team", responsible="Chef", starts=starts, until=Month(2025, 6), expected=2
    )
    return ActionPlan(
        number=1, clinic="falun", occasion=Occasion.parse(occasion), state=state, content=content
    )


def series(after, before=BEFORE, breaks=(), indicator=QUEUE):
    figures = [value if isinstance(value, Figure) else Figure(value=value) for value in (*before, *after)]
    months = months_between(START.plus(-len(before)), START.plus(len(after) - 1))
    return charted_after(indicator, months, figures, start=START, breaks=breaks)


def outcome(after, **details):
    return judge(plan(), series(after, **details), date(2025, 2, 1)).outcome


def test_nothing_is_said_before_six_months_have_gone():
    early = without_series(plan(), date(2024, 12, 31))

    assert early.label == "bedöms tidigast i januari 2025"
    assert judge(plan(), series([1.0] * 5), date(2024, 12, 31)).outcome is Outcome.TOO_EARLY
    assert without_series(plan(), date(2025, 1, 1)) is None


def test_a_plan_that_has_not_begun_is_judged_six_months_from_today_at_the_earliest():
    late = without_series(plan(state=PlanState.PLANNED), date(2025, 3, 5))

    assert late.label == "bedöms tidigast i september 2025"


def test_six_months_have_to_be_reported():
    assert outcome([1.0] * 5) is Outcome.NOT_REPORTED
    assert outcome([1.0, 1.0, None, 1.0, 1.0, 1.0]) is Outcome.NOT_REPORTED
    assert outcome([1.0] * 6) is Outcome.BETTER


def test_months_as_before_are_no_clear_change():
    assert judge(plan(), series(USUAL), IN_JANUARY).label == "ingen tydlig förändring än"


def test_shorter_queues_are_better_and_longer_worse_than_before():
    assert judge(plan(), series([2.0, 2.1, 2.2, 1.9, 2.0, 2.1]), IN_JANUARY).label == "bättre än före"
    assert judge(plan(), series([6.0, 6.1, 6.2, 5.9, 6.0, 6.1]), IN_JANUARY).label == "sämre än före"


def test_seven_in_a_row_on_the_better_side_count_although_each_is_usual():
    assert outcome([4.05] * 6) is Outcome.UNCLEAR
    assert outcome([4.05] * 7) is Outcome.BETTER


def test_months_that_go_both_ways_are_no_clear_change():
    assert outcome([2.0, 2.1, 2.0, 6.0, 6.1, 6.2]) is Outcome.UNCLEAR


def test_an_effect_that_has_passed_is_no_effect():
    assert outcome([2.0, *USUAL]) is Outcome.UNCLEAR


def test_what_came_before_the_start_does_not_count_as_the_plans():
    """Six better months before it and one after would be a run of seven, were they one series."""
    before = [*BEFORE[:12], 4.05, 4.05, 4.05, 4.05, 4.05, 4.05]

    assert outcome([4.05, 4.3, 4.2, 4.3, 4.1, 4.3], before=before) is Outcome.UNCLEAR


def test_the_plans_own_months_do_not_move_the_limits():
    after = series([2.0] * 6)

    (mean,) = {limits.mean for limits in after.chart.limits}
    assert mean == pytest.approx(sum(BEFORE) / len(BEFORE))


def test_few_months_before_say_nothing():
    assert outcome([1.0] * 6, before=BEFORE[:12]) is Outcome.FEW_BEFORE
    assert outcome([1.0] * 6, before=BEFORE[:13]) is Outcome.BETTER
    assert outcome([1.0] * 6, breaks=[START]) is Outcome.FEW_BEFORE, "a break at the start"


def test_a_break_after_the_start_makes_it_impossible_to_compare():
    judged = judge(plan(), series([1.0] * 6, breaks=[Month(2024, 9)]), IN_JANUARY)

    assert judged.label == "kan inte bedömas: seriebrott i september 2024"


def test_a_share_of_few_cases_has_limits_by_its_cases():
    def share(numerator, denominator):
        return Figure(value=100 * numerator / denominator, numerator=numerator, denominator=denominator)

    before = [share(numerator, 20) for numerator in (10, 12, 9, 11, 10, 13, 8, 11, 10, 12, 9, 11, 10, 12)]
    judged = judge(
        plan("demand:first_visit_within_30d"),
        series([share(19, 20)] * 6, before=before, indicator=SHARE),
        IN_JANUARY,
    )
    few = series([share(2, 2)] * 6, before=before, indicator=SHARE)

    assert judged.outcome is Outcome.BETTER
    assert few.follows_cases
    assert judge(plan("demand:first_visit_within_30d"), few, IN_JANUARY).outcome is Outcome.UNCLEAR


def test_a_stopped_plan_and_one_without_a_monthly_measure_are_not_judged():
    stopped = plan(state=PlanState.STOPPED)

    assert judge(stopped, series([1.0] * 6), IN_JANUARY).label == "bedöms inte"
    assert without_series(plan("demand:telephone_hours"), IN_JANUARY).outcome is Outcome.NO_MEASURE


def test_only_what_is_judged_has_a_mark():
    assert judge(plan(), series(USUAL), IN_JANUARY).mark.label == "som vanligt"
    assert judge(plan(), series([1.0] * 6), IN_JANUARY).mark.label == "bättre"
    assert without_series(replace(plan(), state=PlanState.STOPPED), IN_JANUARY).mark is None
