"""From months to figures, against a slow and obvious second way to count."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.registry.annual import (
    Figure,
    Totals,
    figure_of_month,
    figure_of_period,
    regional_figure,
    totals_of_share,
)
from portal.domain.registry.indicators import INDICATORS_BY_CODE, MONTHLY_INDICATORS, Headline, Kind
from portal.domain.registry.measures import MEASURES
from portal.domain.registry.months import Month
from portal.domain.registry.values import REPORTABLE_REASONS, Answer, MissingReason, Ratio


SHARE = INDICATORS_BY_CODE["first_visit_within_30d"]
MEAN_SHARE = INDICATORS_BY_CODE["calls_answered_same_day"]
COUNT = INDICATORS_BY_CODE["care_plans"]
STOCK = INDICATORS_BY_CODE["waiting_first_visit"]
QUOTIENT = INDICATORS_BY_CODE["months_to_clear_first_visit"]
NOT_REPORTED = MissingReason.NOT_REPORTED
MONTHS = [Month(2024, number) for number in range(1, 13)]
CODES = [measure.code for measure in MEASURES]

# Small numbers meet zeros and each other often.
ANSWERS = st.one_of(
    st.integers(0, 3).map(Answer),
    st.integers(0, 5_000).map(Answer),
    st.sampled_from(REPORTABLE_REASONS).map(lambda reason: Answer(reason=reason)),
)
SENT = st.dictionaries(st.sampled_from(CODES), ANSWERS)
YEAR = st.dictionaries(st.sampled_from(MONTHS), SENT, min_size=1)  # some months were never sent
REGION = st.dictionaries(st.sampled_from("abcde"), YEAR, min_size=1)
INDICATOR = st.sampled_from(MONTHLY_INDICATORS)


# The second way: loops over months and clinics, exact fractions, None as soon as nothing is known


def count_in(year, month, measure):
    answer = year.get(month, {}).get(measure)
    return None if answer is None else answer.value


def counts_of(year, measure):
    found = [count_in(year, month, measure) for month in MONTHS]
    return [count for count in found if count is not None]


def obvious_sums(year, over, under):
    """Return both sums over the months that have both."""
    tops, belows = 0, 0
    for month in MONTHS:
        top, below = count_in(year, month, over), count_in(year, month, under)
        if top is not None and below is not None:
            tops, belows = tops + top, belows + below
    return (tops, belows) if belows else None


def obvious_parts(indicator, year, last):
    """Return (numerator, denominator) of one clinic's period, or None where there is no figure."""
    over, under = indicator.numerator, indicator.denominator
    if indicator.kind is Kind.STOCK:
        count = count_in(year, last, over)
        return None if count is None else (count, 1)
    if indicator.kind is Kind.COUNT:
        counts = counts_of(year, over)
        return (sum(counts), 1) if counts else None
    if indicator.kind is Kind.STOCK_PERCENT:
        part, whole = count_in(year, last, over), count_in(year, last, under)
        if part is None or not whole:
            return None
        return (whole - part if indicator.counts_rest else part, whole)
    if indicator.kind is Kind.PERCENT:
        return obvious_sums(year, over, under)
    waiting, started = count_in(year, last, over), counts_of(year, under)
    if waiting is None or not sum(started):
        return None
    return waiting, Fraction(sum(started), len(started))


def obvious_together(indicator, years, last):
    """Return the region's (numerator, denominator): all waiting at the end, all starts over the months there are."""
    if indicator.kind is not Kind.QUOTIENT:
        parts = [part for year in years if (part := obvious_parts(indicator, year, last))]
        return sum(top for top, _ in parts), sum(below for _, below in parts)
    both = [
        (waiting, started)
        for year in years
        if (waiting := count_in(year, last, indicator.numerator)) is not None
        and (started := counts_of(year, indicator.denominator))
    ]
    starts = sum(sum(started) for _, started in both)
    return sum(waiting for waiting, _ in both), Fraction(starts, max(len(started) for _, started in both))


def obvious_value(indicator, year, last):
    parts = obvious_parts(indicator, year, last)
    scale = 100 if indicator.is_share else 1
    return None if parts is None else scale * Fraction(parts[0]) / Fraction(parts[1])


def add_up(year, last):
    """Sum a year as the database does; only the months that were sent are there."""
    flows, reasons, pairs = {}, {}, {}
    for code in CODES:
        counts = counts_of(year, code)
        if counts:
            flows[code] = (sum(counts), len(counts))
        for sent in year.values():
            if code in sent and sent[code].reason:
                reasons[code] = sent[code].reason
    for indicator in MONTHLY_INDICATORS:
        both = [
            (count_in(year, month, indicator.numerator), count_in(year, month, indicator.denominator))
            for month in MONTHS
        ]
        both = [pair for pair in both if None not in pair]
        if indicator.kind is Kind.PERCENT and both:
            pairs[indicator.numerator, indicator.denominator] = Ratio(
                sum(top for top, _ in both), sum(below for _, below in both)
            )
    return Totals(flows=flows, last=year.get(last, {}), pairs=pairs, reasons=reasons)


def same(value, exact):
    return value == (None if exact is None else pytest.approx(float(exact)))


@given(sent=SENT, indicator=INDICATOR)
def test_a_months_figure_is_the_obvious_one(sent, indicator):
    month = MONTHS[0]

    found = figure_of_month(indicator, sent, otherwise=NOT_REPORTED)

    assert same(found.value, obvious_value(indicator, {month: sent}, month))


@given(year=YEAR, indicator=INDICATOR)
def test_a_years_figure_is_the_obvious_one(year, indicator):
    last = max(year)

    found = figure_of_period(indicator, add_up(year, last), otherwise=NOT_REPORTED)

    assert same(found.value, obvious_value(indicator, year, last))


@given(year=YEAR, share=st.sampled_from([i for i in MONTHLY_INDICATORS if i.kind is Kind.PERCENT]))
def test_a_share_of_the_months_as_sent_is_the_share_of_the_databases_sums(year, share):
    sums = replace(add_up(year, max(year)), reasons=_greatest_reasons(year))

    found = figure_of_period(share, totals_of_share(share, list(year.values())), otherwise=NOT_REPORTED)

    assert found == figure_of_period(share, sums, otherwise=NOT_REPORTED)


def _greatest_reasons(year):
    """Return one reason by measure, as the database chooses it: the greatest as text."""
    answers = [(code, answer) for sent in year.values() for code, answer in sent.items() if answer.reason]
    return {code: max(a.reason for other, a in answers if other == code) for code, _ in answers}


def test_a_clinic_that_sent_nothing_has_no_sums():
    assert totals_of_share(SHARE, []) is None


@given(year=YEAR, indicator=INDICATOR)
def test_a_figure_is_a_number_or_has_a_reason_and_never_both(year, indicator):
    last = max(year)
    for found in (
        figure_of_period(indicator, add_up(year, last), otherwise=NOT_REPORTED),
        figure_of_month(indicator, year[last], otherwise=NOT_REPORTED),
    ):
        assert (found.value is None) != (found.reason is None)


@given(region=REGION, indicator=INDICATOR)
def test_the_regions_figure_is_the_obvious_one_on_every_basis(region, indicator):
    last = MONTHS[-1]
    years = list(region.values())
    parts = [found for year in years if (found := obvious_parts(indicator, year, last)) is not None]

    figures = [figure_of_period(indicator, add_up(year, last), otherwise=NOT_REPORTED) for year in years]
    found = regional_figure(indicator, figures)

    if not parts:
        assert found.value is None
        assert found.reason
    elif indicator.denominator is None:
        assert found.value == sum(top for top, _ in parts)
    else:
        scale = 100 if indicator.is_share else 1
        top, below = obvious_together(indicator, years, last)
        pooled = scale * Fraction(top) / Fraction(below)
        each = [scale * Fraction(top) / Fraction(below) for top, below in parts]
        mean = sum(each) / len(each)
        assert same(found.pooled, pooled)
        assert same(found.mean_of_clinics, mean)
        assert same(found.value, mean if indicator.headline is Headline.MEAN_OF_CLINICS else pooled)


@given(
    clinics=st.lists(st.tuples(st.integers(0, 500), st.one_of(st.none(), st.integers(0, 900))), min_size=1)
)
def test_the_rate_is_over_the_clinics_that_have_patients(clinics):
    figures = [Figure(value=count, numerator=count, patients=patients) for count, patients in clinics]

    found = regional_figure(COUNT, figures)

    counted = [(count, patients) for count, patients in clinics if patients]
    exact = (
        Fraction(100 * sum(count for count, _ in counted), sum(patients for _, patients in counted))
        if counted
        else None
    )
    assert same(found.rate, exact)
    for figure, (count, patients) in zip(figures, clinics, strict=True):
        assert same(figure.rate, Fraction(100 * count, patients) if patients else None)


@given(region=REGION, indicator=INDICATOR, data=st.data())
def test_the_order_of_the_clinics_does_not_matter(region, indicator, data):
    last = MONTHS[-1]
    figures = [
        figure_of_period(indicator, add_up(year, last), otherwise=NOT_REPORTED) for year in region.values()
    ]
    shuffled = data.draw(st.permutations(figures))

    one, other = regional_figure(indicator, figures), regional_figure(indicator, shuffled)

    assert one.value == (None if other.value is None else pytest.approx(other.value))


# By example


def test_flows_are_summed_and_of_a_stock_the_last_month_counts():
    year = {
        month: {"care_plans": Answer(10), "waiting_first_visit": Answer(number)}
        for number, month in enumerate(MONTHS, start=1)
    }
    totals = add_up(year, MONTHS[-1])

    assert figure_of_period(COUNT, totals, otherwise=NOT_REPORTED).value == 120
    assert figure_of_period(STOCK, totals, otherwise=NOT_REPORTED).value == 12


def test_a_share_of_nothing_is_unknown_not_zero():
    sent = {"first_visits": Answer(0), "first_visits_within_30d": Answer(0)}

    found = figure_of_month(SHARE, sent, otherwise=NOT_REPORTED)

    assert (found.value, found.reason) == (None, MissingReason.NO_DATA)


def test_a_queue_that_nobody_leaves_has_no_length_in_months():
    sent = {"waiting_first_visit": Answer(12), "first_visits": Answer(0)}

    assert figure_of_month(QUOTIENT, sent, otherwise=NOT_REPORTED).value is None


def test_none_of_something_is_zero():
    assert figure_of_month(COUNT, {"care_plans": Answer(0)}, otherwise=NOT_REPORTED).value == 0


def test_a_queue_over_a_year_is_its_end_over_the_mean_month():
    year = {
        month: {"waiting_first_visit": Answer(60), "first_visits": Answer(started)}
        for month, started in zip(MONTHS, [10, 30] * 6, strict=True)
    }

    assert figure_of_period(QUOTIENT, add_up(year, MONTHS[-1]), otherwise=NOT_REPORTED).value == 3


def test_the_regions_queue_lasts_as_its_year_end_and_its_starts_say_whoever_was_open():
    whole = Figure(value=12.0, numerator=120, denominator=10.0, months=12)
    opened_in_july = Figure(value=5.0, numerator=30, denominator=6.0, months=6)
    nobody_started = Figure(numerator=7, denominator=0.0, months=12, reason=MissingReason.NO_DATA)
    closed = Totals(flows={"first_visits": (24, 4)})

    region = regional_figure(
        QUOTIENT,
        [
            whole,
            opened_in_july,
            nobody_started,
            figure_of_period(QUOTIENT, closed, otherwise=MissingReason.CLOSED),
        ],
    )

    starts = 12 * 10 + 6 * 6 + 24
    assert (region.numerator, region.denominator) == (157, starts / 12)
    assert region.value == pytest.approx(157 / (starts / 12))
    assert region.clinics == 2


def test_a_share_of_nothing_adds_nothing_to_the_regions():
    of_nothing = Figure(numerator=3, denominator=0, reason=MissingReason.NO_DATA)

    region = regional_figure(SHARE, [Figure(value=50.0, numerator=1, denominator=2), of_nothing])

    assert (region.numerator, region.denominator, region.value) == (1, 2, 50)


def test_months_with_only_one_side_of_a_share_are_left_out():
    reason = Answer(reason=MissingReason.NOT_MEASURED)
    year = {
        MONTHS[0]: {"calls": Answer(100), "calls_answered_same_day": Answer(90)},
        MONTHS[1]: {"calls": Answer(1_000), "calls_answered_same_day": reason},
    }

    found = figure_of_period(MEAN_SHARE, add_up(year, MONTHS[1]), otherwise=NOT_REPORTED)

    assert found.value == 90


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (None, MissingReason.NOT_STARTED),  # nothing was sent: the caller knows why
        ({}, MissingReason.NOT_REPORTED),  # a required measure
        ({"care_plans": Answer(reason=MissingReason.NOT_MEASURED)}, MissingReason.NOT_MEASURED),
    ],
)
def test_what_is_missing_says_why(sent, reason):
    found = figure_of_month(COUNT, sent, otherwise=MissingReason.NOT_STARTED)

    assert (found.value, found.reason) == (None, reason)


def test_an_optional_measure_left_empty_has_no_data():
    optional = INDICATORS_BY_CODE["cgas_assessed"]

    assert figure_of_month(optional, {}, otherwise=NOT_REPORTED).reason is MissingReason.NO_DATA


def test_the_two_averages_differ_and_each_has_its_name():
    figures = [
        Figure(value=90.0, numerator=900, denominator=1_000),
        Figure(value=50.0, numerator=5, denominator=10),
    ]

    found = regional_figure(SHARE, figures)

    assert found.pooled == pytest.approx(100 * 905 / 1_010)
    assert found.mean_of_clinics == pytest.approx(70)
    assert regional_figure(SHARE, figures).value == found.pooled
    assert regional_figure(MEAN_SHARE, figures).value == pytest.approx(70)


def test_the_region_has_the_clinics_common_reason_those_not_open_apart():
    reasons = (MissingReason.NOT_STARTED, MissingReason.NOT_MEASURED, MissingReason.NOT_MEASURED)

    found = regional_figure(COUNT, [Figure(reason=reason) for reason in reasons])

    assert (found.value, found.reason) == (None, MissingReason.NOT_MEASURED)
