"""A month's release: its figures are the live ones, rounded, and what one cell gives away is looked at in all."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.registry.annual import figure_of_month, regional_figure
from portal.domain.registry.indicators import MONTHLY_INDICATORS
from portal.domain.registry.values import Answer, MissingReason
from portal.domain.release.cells import rounded
from portal.domain.release.disclosure import Rules
from portal.domain.release.months import MonthSoFar, parts_printed, plan_month
from tests.disclosure.worlds import register_of


CODES = ("a", "b", "c", "d", "e")
MEASURES = ("waiting_treatment", "treatments_started", "treatments_started_within_30d")
COUNTS = st.one_of(st.none(), st.just(0), st.integers(20, 90))


# Six clinics of five owners; only three count care episodes, so that the rate of these stands for three alone.
SIX = {"a1": "a", "a2": "a", "b": "b", "c": "c", "d": "d", "e": "e"}
JANUARY = {
    "active_patients": (751, 864, 947, 733, 1487, 465),
    "calls": (341, 400, 416, 328, 696, 206),
    "calls_answered_same_day": (309, 340, 341, 285, 571, 183),
    "care_episodes": (None, None, None, 19, 47, 14),
    "care_plans": (60, 68, 90, 60, 130, 42),
    "contacts": (676, 749, None, 946, 2093, 600),
    "first_visits": (30, 34, 48, 30, 64, 23),
    "first_visits_within_30d": (28, 32, 37, 28, 50, 21),
    "investigations_started": (8, 11, 20, 12, 18, 10),
    "investigations_started_within_30d": (1, 2, 3, 2, 3, 1),
    "sip_meetings": (2, 2, 3, 2, 3, 1),
    "third_visits": (19, 23, 32, 20, 41, 14),
    "third_visits_with_care_plan": (17, 21, 30, 19, 37, 12),
    "treatments_started": (9, 11, 18, 12, 25, 10),
    "treatments_started_within_30d": (2, 2, 4, 2, 4, 2),
    "video_contacts": (311, 340, 483, 443, 950, 269),
    "waiting_first_visit": (29, 32, 22, 18, 40, 14),
    "waiting_investigation": (61, 70, 70, 41, 117, 28),
    "waiting_treatment": (83, 81, 99, 58, 143, 40),
}


def plan(month, owners=None):
    answers = {
        code: {measure: Answer(count) for measure, count in own.items() if count is not None}
        for code, own in month.items()
    }
    register = register_of(owners or dict(zip(CODES, CODES, strict=True)))
    return answers, plan_month(answers, so_far=MonthSoFar(), register=register, rules=Rules())


@settings(max_examples=40, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(CODES, st.fixed_dictionaries(dict.fromkeys(MEASURES, COUNTS)))))
def test_a_released_figure_is_the_live_one_rounded(month):
    answers, cells = plan(month)

    for cell in cells:
        live = regional_figure(
            cell.indicator,
            [
                figure_of_month(cell.indicator, answers[code], otherwise=MissingReason.NOT_REPORTED)
                for code in CODES
            ],
        )
        for part in parts_printed(cell) if cell.figure else ():
            assert getattr(cell.figure, part) == getattr(rounded(cell.indicator, live), part)


def test_a_queue_where_nobody_started_counts_in_the_released_months_to_clear():
    waiting, started = (40, 42, 45, 47, 9), (20, 22, 23, 21, 0)
    month = {
        code: {"waiting_treatment": queue, "treatments_started": starts}
        for code, queue, starts in zip(CODES, waiting, started, strict=True)
    }

    _, cells = plan(month)

    [cell] = [cell for cell in cells if cell.indicator.code == "months_to_clear_treatment"]
    assert cell.figure.pooled == 2.1  # 183 ÷ 86; without the fifth it would be 2.0
    assert cell.clinics == set(CODES)


def test_months_to_clear_are_of_nobody_where_nobody_started_anywhere():
    month = {code: {"waiting_treatment": 40, "treatments_started": 0} for code in CODES}

    _, cells = plan(month)

    assert not [cell for cell in cells if cell.indicator.code == "months_to_clear_treatment" and cell.figure]


def test_what_is_planned_covers_every_monthly_indicator():
    _, cells = plan({code: {} for code in CODES})

    assert [cell.indicator for cell in cells] == list(MONTHLY_INDICATORS)


def test_counts_in_the_hundreds_of_five_owners_are_all_shown_with_their_rates():
    """An exchange between two clinics is another world, also where only one of them is behind some rate."""
    clinics = list(SIX)
    month = {
        clinic: {measure: counts[place] for measure, counts in JANUARY.items()}
        for place, clinic in enumerate(clinics)
    }

    _, cells = plan(month, SIX)

    figures = {cell.indicator.code: cell.figure for cell in cells if cell.owners}
    counts = [cell.indicator.code for cell in cells if cell.owners and cell.indicator.denominator is None]
    assert len(counts) == 11
    for code in set(counts) - {"care_episodes"}:
        assert figures[code].value == sum(JANUARY[code])
    assert figures["care_plans"].rate == 8.6
    assert figures["care_episodes"].rate == 3.0  # the sum would tell what two clinics beside are missing
    assert None not in figures.values()


def test_of_two_rates_that_tell_a_clinic_by_their_difference_one_is_left_out_and_both_sums_are_shown():
    """Each lacks enough owners' patients; one has the fourth clinic's beside, which the two would tell."""
    patients = dict(zip("abcdefgh", (300, 210, 220, 130, 140, 150, 160, 170), strict=True))
    month = {code: {"active_patients": count} for code, count in patients.items()}
    for measure, clinics in (("care_plans", "abcde"), ("video_contacts", "abcd")):
        for code in clinics:
            month[code][measure] = 10 * patients[code]

    _, cells = plan(month, {code: code for code in month})

    figures = {cell.indicator.code: cell.figure for cell in cells if cell.owners}
    assert figures["active_patients"].value == 1_480
    assert (figures["care_plans"].value, figures["care_plans"].rate) == (10_000, 1_000)
    assert (figures["video_contacts"].value, figures["video_contacts"].rate) == (8_600, None)


# A clinic without patients leaves the others' counts as rates alone; another doesn't count who has waited long.
TEN = {
    "a1": "a",
    "a2": "a",
    "a3": "a",
    "a4": "a",
    "a5": "a",
    "b": "b",
    "c": "c",
    "d": "d",
    "e": "e",
    "f": "f",
}
NOVEMBER = {
    "active_patients": (732, 1146, 863, 484, 589, 846, None, 714, 1346, 413),
    "treatments_started": (10, 15, 11, 6, 8, 20, 1, 12, 20, 9),
    "waiting_treatment": (82, 136, 81, 45, 70, 88, 6, 58, 126, 36),
    "waiting_treatment_over_30d": (73, 122, 71, None, 62, 70, 0, 48, 107, 28),
    "waiting_treatment_over_90d": (57, 97, 55, None, 50, 45, 0, 32, 78, 17),
}


def test_what_a_clinic_may_leave_out_costs_no_figure_of_what_it_owes():
    owed = {measure: counts for measure, counts in NOVEMBER.items() if "_over_" not in measure}

    alone, beside = shown_of(owed), shown_of(NOVEMBER)

    assert alone["treatments_started"].rate == 1.6
    assert {code: beside[code] for code in alone} == alone


def shown_of(counts):
    """Return indicator → what is shown of it beside a mean of clinics."""
    month = {
        clinic: {measure: own[place] for measure, own in counts.items()} for place, clinic in enumerate(TEN)
    }
    _, cells = plan(month, TEN)
    figures = {cell.indicator.code: cell.figure for cell in cells if cell.figure}
    return {code: replace(figure, mean_of_clinics=None) for code, figure in figures.items()}
