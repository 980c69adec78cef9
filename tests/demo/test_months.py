"""The invented months add up to the published sums, and could have been real."""

import csv
from fractions import Fraction
from itertools import pairwise
from math import sqrt
from statistics import mean, median, pstdev

import pytest

from portal.demo import facts
from portal.demo.arithmetic import apportion
from portal.demo.months import january_2025_states, months
from portal.domain.registry.indicators import MONTHLY_INDICATORS, Kind
from portal.domain.registry.measures import MEASURES, MEASURES_BY_CODE
from portal.domain.registry.months import Month, months_between, months_of_year
from portal.domain.registry.values import MissingReason, Ratio
from portal.domain.release.disclosure import Rules, why_hide_count, why_hide_share


ALL_MONTHS = months_between(Month(2023, 1), Month(2024, 12))
TO_NOVEMBER = months_of_year(2023)[:11]
YEARS = (2023, 2024)

ANSWERS = months()
CLINICS = {known.clinic.code: known for known in facts.list_clinics()}
SINCE_BEFORE = [code for code, known in CLINICS.items() if known.clinic.opened is None]
REQUIRED = [measure.code for measure in MEASURES if measure.required]
PARTS = [measure for measure in MEASURES if measure.not_above]
STARTED = {
    "first_visits": "first_visit_within_30d",
    "investigations_started": "investigation_within_30d",
    "treatments_started": "treatment_within_30d",
}
QUEUES = {
    "waiting_first_visit": "first_visits",
    "waiting_investigation": "investigations_started",
    "waiting_treatment": "treatments_started",
}


def rows_of(name):
    with (facts.FACTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def published(period, indicator):
    """Read one published figure straight from the file."""
    (value,) = [
        row["value"]
        for row in rows_of("published.csv")
        if (row["period"], row["scope"], row["indicator"], row["breakdown"])
        == (str(period), "region", indicator, "")
    ]
    return int(value)


def value(clinic, month, code):
    answer = ANSWERS[clinic].get(month, {}).get(code)
    return None if answer is None else answer.value


def by_clinic(month, code):
    """Return what the clinics reported for one month: clinic → count."""
    values = {clinic: value(clinic, month, code) for clinic in ANSWERS}
    return {clinic: count for clinic, count in values.items() if count is not None}


def total(months, code):
    return sum(sum(by_clinic(month, code).values()) for month in months)


def series(clinic, code):
    values = [value(clinic, month, code) for month in ALL_MONTHS]
    return [count for count in values if count is not None]


# What there is


def test_clinics_answer_in_the_months_in_which_they_are_open():
    expected = months_between(ALL_MONTHS[0], Month(2025, 1))

    assert list(ANSWERS) == [row["code"] for row in rows_of("clinics.csv")]
    for row in rows_of("clinics.csv"):
        opened = Month.parse(row["opened"] or "2023-01")
        assert list(ANSWERS[row["code"]]) == [month for month in expected if month >= opened]


@pytest.mark.parametrize("code", REQUIRED)
def test_required_measures_are_always_answered(code):
    assert all(code in answers for given in ANSWERS.values() for answers in given.values())


def test_values_are_whole_and_never_negative():
    values = [
        answer.value
        for given in ANSWERS.values()
        for answers in given.values()
        for answer in answers.values()
        if answer.reason is None
    ]

    assert all(type(count) is int and count >= 0 for count in values)


def test_months_are_the_same_every_time():
    assert months() == ANSWERS


def test_nobody_answers_with_c_gas():
    assert not any("cgas_assessed" in answers for given in ANSWERS.values() for answers in given.values())


@pytest.mark.parametrize("code", ["sip_patients", "third_visits", "care_episodes", "contacts"])
def test_optional_measures_are_answered_by_some_always(code):
    answering = {
        clinic for clinic, given in ANSWERS.items() if any(code in answers for answers in given.values())
    }

    assert 4 <= len(answering) < len(ANSWERS)
    assert all(code in answers for clinic in answering for answers in ANSWERS[clinic].values())


def test_third_visits_come_in_pairs():
    for given in ANSWERS.values():
        for answers in given.values():
            assert ("third_visits" in answers) == ("third_visits_with_care_plan" in answers)


@pytest.mark.parametrize("measure", PARTS, ids=lambda measure: measure.code)
def test_part_is_not_above_its_whole(measure):
    for clinic, given in ANSWERS.items():
        for month in given:
            part, whole = value(clinic, month, measure.code), value(clinic, month, measure.not_above)
            assert part is None or whole is not None
            assert part is not None or whole is None or MEASURES_BY_CODE[measure.not_above].required
            assert part is None or part <= whole


def test_unspoken_wholes_hold_too():
    for clinic, given in ANSWERS.items():
        for month, answers in given.items():
            if "sip_patients" in answers:
                assert value(clinic, month, "sip_patients") <= value(clinic, month, "sip_meetings")
            if "contacts" in answers:
                share = value(clinic, month, "contacts") / value(clinic, month, "video_contacts")
                assert 2 <= share <= 4


def test_one_private_clinic_could_not_count_calls_in_early_2023():
    cells = {
        (clinic, month)
        for clinic, given in ANSWERS.items()
        for month, answers in given.items()
        for code in ("calls", "calls_answered_same_day")
        if answers[code].reason is MissingReason.NOT_MEASURED
    }

    (clinic,) = {clinic for clinic, _ in cells}
    assert CLINICS[clinic].clinic.operator == "private"
    assert {month for _, month in cells} == set(months_of_year(2023)[:3])


def test_january_2025_has_every_clinic_and_its_states():
    states = january_2025_states()

    assert all(Month(2025, 1) in given for given in ANSWERS.values())
    assert list(states) == list(ANSWERS)
    assert [list(states.values()).count(state) for state in ("approved", "sent", "returned", "")] == [
        4,
        1,
        1,
        5,
    ]


# What the sources publish


@pytest.mark.parametrize("row", rows_of("clinics.csv"), ids=lambda row: row["code"])
def test_current_patients_are_as_published(row):
    for month, column in ((Month(2023, 12), "patients_2023_12"), (Month(2024, 12), "patients_2024_12")):
        expected = int(row[column]) if row[column] else None

        assert value(row["code"], month, "active_patients") == expected


def test_new_clinics_report_patients_first_from_the_year_after():
    for clinic, given in ANSWERS.items():
        opened = CLINICS[clinic].clinic.opened
        for month, answers in given.items():
            late = opened is not None and month.year <= opened.year
            assert answers["active_patients"].reason == (MissingReason.NO_DATA if late else None)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("code", ["sip_meetings", "care_plans", "video_contacts"])
def test_sums_of_the_year_are_as_published(code, year):
    assert total(months_of_year(year), code) == published(year, code)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("whole", STARTED)
def test_pooled_shares_of_the_year_are_exactly_as_published(whole, year):
    part = total(months_of_year(year), f"{whole}_within_30d")

    share = Fraction(part, total(months_of_year(year), whole))

    assert share == Fraction(published(year, STARTED[whole]), 100)


@pytest.mark.parametrize("code", [*QUEUES, *STARTED])
def test_means_to_november_2023_are_exactly_as_published(code):
    assert total(TO_NOVEMBER, code) == published("2023-01..2023-11", code) * len(TO_NOVEMBER)


@pytest.mark.parametrize("year", YEARS)
def test_mean_of_clinics_of_calls_is_as_published_and_not_the_pooled_share(year):
    calls, answered = {}, {}
    for month in months_of_year(year):
        for clinic, count in by_clinic(month, "calls").items():
            calls[clinic] = calls.get(clinic, 0) + count
            answered[clinic] = answered.get(clinic, 0) + value(clinic, month, "calls_answered_same_day")
    shares = [100 * answered[clinic] / calls[clinic] for clinic in calls]

    assert mean(shares) == pytest.approx(published(year, "calls_answered_same_day"), abs=0.003)
    assert abs(mean(shares) - 100 * sum(answered.values()) / sum(calls.values())) >= 0.5
    assert all(70 <= share <= 98 for share in shares)


# Whether it could have been real


@pytest.mark.parametrize(
    ("code", "low", "high"),
    [("first_visits", 2900, 3100), ("investigations_started", 900, 1100), ("treatments_started", 900, 1200)],
)
def test_starts_of_2024_are_of_a_believable_size(code, low, high):
    assert low <= total(months_of_year(2024), code) <= high


def test_first_visits_outnumber_investigations_and_treatments():
    for month in ALL_MONTHS:
        first = total([month], "first_visits")
        assert first > total([month], "investigations_started")
        assert first > total([month], "treatments_started")


@pytest.mark.parametrize("code", ["first_visits", "calls", "care_plans", "video_contacts"])
@pytest.mark.parametrize("year", YEARS)
def test_july_is_quiet_and_the_autumn_busy(code, year):
    by_month = [total([month], code) for month in months_of_year(year)]

    assert by_month[6] < by_month[5] < by_month[8]


@pytest.mark.parametrize("code", [*QUEUES, "active_patients"])
def test_stocks_change_by_small_steps(code):
    for clinic in ANSWERS:
        counts = series(clinic, code)
        at_opening = 0 if clinic in SINCE_BEFORE else 2  # a new clinic fills in leaps
        for before, after in pairwise(counts[at_opening:]):
            assert abs(after - before) <= max(2, 0.25 * median(counts))


@pytest.mark.parametrize(("queue", "started"), QUEUES.items())
def test_queue_falls_by_no_more_than_those_who_started(queue, started):
    for clinic, given in ANSWERS.items():
        for before, after in pairwise(given):
            newcomers = (
                value(clinic, after, queue) - value(clinic, before, queue) + value(clinic, after, started)
            )
            assert newcomers >= 0


def out_of_range(counts):
    """Count the values that lie far from the mean of all earlier ones, from the seventh on."""
    far = 0
    for index in range(6, len(counts)):
        earlier = counts[:index]
        typical = mean(earlier)
        spread = max(pstdev(earlier), 0.1 * typical, sqrt(typical), 2)
        far += abs(counts[index] - typical) > 3 * spread
    return far


def test_months_are_plausible_against_the_clinics_own_history():
    all_series = [series(clinic, code) for clinic in ANSWERS for code in REQUIRED]
    cells = sum(max(0, len(counts) - 6) for counts in all_series)

    assert sum(out_of_range(counts) for counts in all_series) < 0.01 * cells


# Disclosure


def by_owner(month, code):
    owners = {}
    for clinic, count in by_clinic(month, code).items():
        owner = CLINICS[clinic].clinic.provider
        owners[owner] = owners.get(owner, 0) + count
    return owners


def may_show(indicator, month):
    """Tell whether a month's regional figure may be shown; None where nobody reported."""
    numerators = by_owner(month, indicator.numerator)
    if not numerators:
        return None
    match indicator.kind:
        case Kind.PERCENT:
            wholes = by_owner(month, indicator.denominator)
            ratios = {owner: Ratio(numerators[owner], whole) for owner, whole in wholes.items()}
            return why_hide_share(ratios, Rules()) is None
        case Kind.QUOTIENT:
            return all(why_hide_count(by_owner(month, code), Rules()) is None for code in indicator.measures)
    return why_hide_count(numerators, Rules()) is None


def test_disclosure_rules_let_nearly_every_monthly_figure_through():
    shown = [may_show(indicator, month) for indicator in MONTHLY_INDICATORS for month in ALL_MONTHS]
    shown = [may for may in shown if may is not None]

    assert mean(shown) >= 0.95


# Apportionment


def test_largest_remainders_get_what_is_left():
    assert apportion(10, {"a": 1, "b": 1, "c": 1.3}) == {"a": 3, "b": 3, "c": 4}
    assert apportion(0, {"a": 1, "b": 2}) == {"a": 0, "b": 0}
    assert apportion(0, {}) == {}


def test_every_measure_of_the_demo_is_declared():
    given = {code for answers in ANSWERS["avesta"].values() for code in answers}

    assert given <= set(MEASURES_BY_CODE)
