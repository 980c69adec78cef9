"""What an insider can compute from all that was ever released: P1-P6 and P9 of the threat list (portal/README.md).

P1 sets up every equation that released figures give, with all that the viewer's owner knows put in, and
asks by Gaussian elimination over fractions whether any foreign value, or foreign owner's sum, has one
solution only. Figures count as exact and the contributors as known: more than a clinic is ever told.
"""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from db.release import releases as rows
from db.scoping import table
from portal.domain.accounts.access import EVERY_CLINIC
from portal.domain.registry.annual import RegionalFigure
from portal.domain.registry.indicators import INDICATORS_BY_CODE, MONTHLY_INDICATORS, PATIENTS
from portal.domain.registry.values import Answer
from portal.domain.release import cells as release_cells
from portal.domain.release.cells import ShownSoFar, plan_cell
from portal.domain.release.disclosure import Rules
from portal.domain.release.months import MonthSoFar, plan_month
from portal.domain.release.standing import Released
from portal.domain.release.whole_numbers import WholeNumbers
from portal.services.insight import overview
from portal.services.release import releases
from tests.disclosure.worlds import register_of
from tests.services.region import CONTROLLER, JANUARY, add_region, send, user_of


pytestmark = [pytest.mark.security, pytest.mark.asvs("8.2.2")]

RULES = Rules()
# On a busy machine the making of examples alone would fail a test; and few of them pass all the rules.
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much]
OWNERS = {"a1": "A", "a2": "A", "b": "B", "c": "C", "d": "D", "e": "E"}
KNOWN = register_of(OWNERS)
SIZES = st.one_of(st.none(), st.integers(0, 8), st.integers(0, 900))
MEASURES = ("active_patients", "care_plans", "first_visits", "first_visits_within_30d", "waiting_first_visit")
INDICATORS = [
    indicator
    for indicator in MONTHLY_INDICATORS
    if {indicator.numerator, indicator.denominator} - {None} <= set(MEASURES)
]
MONTHS = st.dictionaries(
    st.sampled_from(sorted(OWNERS)), st.fixed_dictionaries(dict.fromkeys(MEASURES, SIZES)), min_size=2
)
ONE_MISSING = {
    code: dict.fromkeys(MEASURES, 100 + place) | ({"care_plans": None} if code == "e" else {})
    for place, code in enumerate(OWNERS)
}
NO_PATIENTS = {
    code: values | ({"active_patients": None} if code in "de" else {}) for code, values in ONE_MISSING.items()
}


# What the search once found: no patients is a number, too, and only one owner's.
NONE_AT_ALL = {
    code: values | ({"active_patients": 0} if code == "b" else {}) for code, values in ONE_MISSING.items()
}


def answers_of(month):
    return {
        code: {measure: Answer(value) for measure, value in values.items() if value is not None}
        for code, values in month.items()
    }


def cells_of(month):
    cells = plan_month(answers_of(month), so_far=MonthSoFar(), register=KNOWN, rules=RULES)
    return {cell.indicator: cell for cell in cells if cell.indicator in INDICATORS}


def without_whole_numbers(monkeypatch):
    """R13 would find most of what the other rules are there for, too."""
    monkeypatch.setattr(WholeNumbers, "is_safe", lambda *_: True)


# P1: exact audit


def equations(month, cells):
    """Return [({(clinic, measure): factor}, result)] that the shown figures give."""
    for indicator, cell in cells.items():
        if cell.figure is None:
            continue
        over, under = indicator.numerator, indicator.denominator
        with_value = [code for code, values in month.items() if values[over] is not None]
        if under is None:
            yield from _of_count(month, cell.figure, over, with_value)
            continue
        both = [code for code in with_value if month[code][under]]
        top, bottom = (sum(month[code][measure] for code in both) for measure in (over, under))
        share = Fraction(top, bottom)
        yield {(c, over): 1 for c in both} | {(c, under): -share for c in both}, Fraction(0)


def _of_count(month, figure, over, with_value):
    if figure.value is not None:
        yield {(c, over): Fraction(1) for c in with_value}, Fraction(sum(month[c][over] for c in with_value))
    if figure.rate is not None and over != PATIENTS:  # patients per 100 patients say nothing
        beside = [c for c in with_value if month[c][PATIENTS]]
        rate = Fraction(sum(month[c][over] for c in beside), sum(month[c][PATIENTS] for c in beside))
        yield {(c, over): Fraction(1) for c in beside} | {(c, PATIENTS): -rate for c in beside}, Fraction(0)


def eliminated(system, own):
    """Return the equations, less the own unknowns, in echelon form: [(pivot, form)]."""
    basis = []
    for form in system:
        left = _reduced({key: factor for key, factor in form.items() if key not in own}, basis)
        if left:
            basis.append((min(left), left))
    return basis


def _reduced(form, basis):
    left = {key: Fraction(factor) for key, factor in form.items() if factor}
    for pivot, known in basis:
        if pivot in left:
            factor = left[pivot] / known[pivot]
            for key, value in known.items():
                left[key] = left.get(key, Fraction(0)) - factor * value
            left = {key: value for key, value in left.items() if value}
    return left


def leaks(months_and_cells):
    """Yield (viewer, what) for everything foreign that some owner could compute."""
    system = [form for month, cells in months_and_cells for form, _ in equations(month, cells)]
    unknowns = {key for form in system for key in form}
    for viewer in set(OWNERS.values()):
        own = {key for key in unknowns if OWNERS[key[0]] == viewer}
        basis = eliminated(system, own)
        for key in unknowns - own:
            if not _reduced({key: 1}, basis):  # the equations fix it
                yield viewer, key
        for owner in set(OWNERS.values()) - {viewer}:
            for measure in {key[1] for key in unknowns}:
                whole = {key: 1 for key in unknowns if OWNERS[key[0]] == owner and key[1] == measure}
                if whole and not _reduced(whole, basis):
                    yield viewer, (owner, measure)


@settings(max_examples=150, suppress_health_check=SLOW)
@given(MONTHS)
@example(ONE_MISSING)
@example(NO_PATIENTS)
@example(NONE_AT_ALL)
def test_p1_no_foreign_value_can_be_computed_from_a_months_figures(month):
    assert not list(leaks([(month, cells_of(month))]))


def test_p1_the_audit_finds_a_leak_where_there_is_one(monkeypatch):
    """The control: without the complementary step, subtraction works."""
    monkeypatch.setattr(release_cells, "is_rest_safe", lambda *given: True)
    without_whole_numbers(monkeypatch)

    for month in (ONE_MISSING, NO_PATIENTS):
        assert list(leaks([(month, cells_of(month))]))


def test_p1_the_audit_finds_what_two_owners_would_tell_each_other(monkeypatch):
    monkeypatch.setattr(release_cells, "why_hide_count", lambda *given: None)
    without_whole_numbers(monkeypatch)
    two = {"b": ONE_MISSING["b"], "c": ONE_MISSING["c"]}

    assert list(leaks([(two, cells_of(two))]))


# P2, P4, P5, P6: one cell


@settings(max_examples=100, suppress_health_check=SLOW)
@given(MONTHS)
def test_p2_no_pair_of_owners_comes_close_to_a_third(month):
    by_owner = {}
    for code, values in month.items():
        if values["care_plans"] is not None:
            by_owner[OWNERS[code]] = by_owner.get(OWNERS[code], 0) + values["care_plans"]
    cell = cells_of(month)[INDICATORS_BY_CODE["care_plans"]]
    assume(cell.figure and sum(by_owner.values()))

    assert len(by_owner) >= 3
    for viewer, own in by_owner.items():
        for other, count in by_owner.items():
            if other != viewer:
                assert sum(by_owner.values()) - own - count >= 0.05 * count


@settings(max_examples=150, suppress_health_check=SLOW)
@given(MONTHS, st.permutations(["b", "c", "d", "e"]))
def test_p6_names_and_order_of_clinics_do_not_matter(month, names):
    """Those with an owner each change names; and all come in another order."""
    renamed = dict(zip("bcde", names, strict=True))
    other = {renamed.get(code, code): values for code, values in reversed(month.items())}

    def figures(given):
        return [cell.figure for cell in cells_of(given).values()]

    assert figures(other) == figures(month)


# P3: all that was ever shown


def history(values_per_release):
    """Release care plans again and again; return the owners' values of each figure that was shown."""
    shown, behind, earlier = [], None, []
    for values in values_per_release:
        month = {
            c: dict.fromkeys(MEASURES, 500) | {"care_plans": v} for c, v in zip(OWNERS, values, strict=True)
        }
        answers = answers_of(month)
        cell = plan_cell(
            INDICATORS_BY_CODE["care_plans"],
            answers=answers,
            shown_so_far=ShownSoFar(behind=behind, earlier=tuple(earlier)),
            register=KNOWN,
            rules=RULES,
        )
        if not cell.is_kept:
            behind = answers
            if cell.figure:
                earlier.append(answers)
                shown.append(values)
    return shown


def changed_owners(before, now):
    return {OWNERS[code] for code, old, new in zip(OWNERS, before, now, strict=True) if old != new}


@settings(max_examples=150, suppress_health_check=SLOW)
@given(st.lists(st.tuples(*[st.integers(100, 102)] * len(OWNERS)), min_size=2, max_size=6))
@example([(100,) * 6, (101, 100, 101, 101, 100, 100), (101, 100, 102, 100, 101, 100)])
def test_p3_any_two_figures_ever_shown_differ_by_no_owner_or_by_three(releases_made):
    shown = history(releases_made)

    for index, before in enumerate(shown):
        for now in shown[index + 1 :]:
            assert len(changed_owners(before, now)) in (0, 3, 4, 5)


def test_p3_three_change_and_one_changes_back(portal):
    """Against the newest figure three have changed again; against the first one, only two."""
    add_region(portal)
    for code in ("falun", "ludvika", "avesta", "borlange"):
        send(portal, code)
    releases.release(portal, CONTROLLER, JANUARY)

    def correct(**plans):
        for code, value in plans.items():
            send(portal, code, only={"care_plans": value})
        releases.release(portal, CONTROLLER, JANUARY)
        with portal.database.reading(EVERY_CLINIC) as scoped:
            return rows.list_figures(scoped, first=JANUARY, last=JANUARY)[JANUARY, "care_plans"].value

    second = correct(ludvika=50, avesta=51, borlange=52)
    assert second == 45 + 50 + 51 + 52
    assert correct(ludvika=60, avesta=61, borlange=45) == second
    assert correct(ludvika=60, avesta=61, borlange=70) == 45 + 60 + 61 + 70


def test_r12_a_release_keeps_its_parameters_and_what_it_showed(portal):
    add_region(portal)
    for code in ("falun", "ludvika", "avesta", "borlange"):
        send(portal, code)

    done = releases.release(portal, CONTROLLER, JANUARY)

    with portal.database.reading(EVERY_CLINIC) as scoped:
        [printed] = rows.list_printed(scoped, month=JANUARY).values()
    assert printed.keys() == {indicator.code for indicator in done.shown} != set()
    assert printed["care_plans"] == ("rate", "value")
    assert printed["first_visit_within_30d"] == ("mean_of_clinics", "pooled", "value")


# R4, R8, R9: what a release can say at all


def test_r4_r8_a_release_holds_the_regions_figure_and_no_groups_ranks_or_extremes():
    """Where only the whole region is released, no part is hidden that a total could give away."""
    allowed = {"month", "indicator", "release_id", "is_shown", "value", "pooled", "mean_of_clinics", "rate"}

    assert {column.name for column in table("released_figure").c} == allowed | {"numerator", "denominator"}
    assert set(Released.__dataclass_fields__) == allowed
    assert not {"min", "max", "median", "rank", "clinics_by_rank"} & set(RegionalFigure.__dataclass_fields__)


@pytest.mark.parametrize("plans", [(0, 0, 1, 0, 0), (1000, 0, 500, 4, 5), (None, None, None, 40, 40)])
def test_r9_a_clinic_reads_the_same_whyever_a_figure_is_hidden(portal, plans):
    from portal.domain.registry.values import MissingReason

    add_region(portal)
    for code, value in zip(("falun", "mora", "ludvika", "avesta", "borlange"), plans, strict=True):
        send(portal, code, care_plans=MissingReason.NOT_MEASURED if value is None else value)
    releases.release(portal, CONTROLLER, JANUARY)

    found = overview.of_clinic(portal, user_of("borlange"), clinic="borlange", month=JANUARY)
    [row] = [row for row in found.rows if row.indicator.code == "care_plans"]
    assert replace(row.released, release_id=0) == Released(
        indicator="care_plans", month=JANUARY, is_shown=False
    )


# P9: probing


def test_p9_sending_again_and_again_teaches_nothing(portal):
    add_region(portal)
    for code in ("falun", "mora", "ludvika", "avesta", "borlange"):
        send(portal, code)
    releases.release(portal, CONTROLLER, JANUARY)
    ludvika = user_of("ludvika")

    def others():
        found = overview.of_clinic(portal, ludvika, clinic="ludvika", month=JANUARY)
        return [row.released for row in found.rows], found.regional_month, found.release_date

    before = others()
    for value in (0, 1, 44, 46, 60, 61, 62, 63, 64, 65):
        send(portal, "ludvika", only={"care_plans": value}, confirm=True)
        assert others() == before
    # Nor does the next release let the one who probed see what he did.
    releases.release(portal, CONTROLLER, JANUARY)
    assert [one.value for one in others()[0]] == [one.value for one in before[0]]
