"""Values, shares and changes: unknown is never 0."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.registry.values import (
    REPORTABLE_REASONS,
    Answer,
    MissingReason,
    Ratio,
    change,
    mean_of_clinics,
    per_100,
    pooled,
    share,
    spelled,
)


COUNTS = st.integers(0, 10_000)
RATIOS = st.lists(st.builds(Ratio, COUNTS, COUNTS), max_size=12)


def same(value, exact):
    return value == (None if exact is None else pytest.approx(float(exact)))


def test_an_answer_is_a_value_or_a_reason_never_both_never_neither():
    assert Answer(0).value == 0
    assert Answer(reason=MissingReason.NOT_MEASURED).value is None
    for wrong in ({}, {"value": 1, "reason": MissingReason.NO_DATA}):
        with pytest.raises(ValueError):
            Answer(**wrong)


def test_numbers_in_messages_are_written_as_swedes_write_them():
    assert spelled(1_248_000) == "1\u00a0248\u00a0000"
    assert (spelled(0), spelled(42.0), spelled(18.5)) == ("0", "42", "18,5")
    assert Answer(9_999).text == "9\u00a0999"
    assert Answer(reason=MissingReason.NOT_MEASURED).text == "mäts inte"


@given(numerator=COUNTS)
def test_a_share_of_nothing_is_unknown(numerator):
    assert share(numerator, 0) is None
    assert per_100(numerator, 0) is None
    assert Ratio(numerator, 0).share is None


@given(ratios=RATIOS)
def test_pooled_is_all_numerators_over_all_denominators(ratios):
    top, below = 0, 0
    for ratio in ratios:
        top, below = top + ratio.numerator, below + ratio.denominator

    assert same(pooled(ratios), Fraction(top, below) if below else None)


@given(ratios=RATIOS)
def test_mean_of_clinics_weighs_every_clinic_the_same(ratios):
    shares = [Fraction(ratio.numerator, ratio.denominator) for ratio in ratios if ratio.denominator]

    assert same(mean_of_clinics(ratios), sum(shares) / len(shares) if shares else None)


@given(ratios=RATIOS)
def test_a_clinic_without_cases_moves_neither_average(ratios):
    empty = Ratio(0, 0)

    assert pooled([*ratios, empty]) == pooled(ratios)
    assert mean_of_clinics([*ratios, empty]) == mean_of_clinics(ratios)


@given(numerator=COUNTS, denominator=st.integers(1, 10_000), clinics=st.integers(1, 9))
def test_clinics_that_are_alike_have_one_average(numerator, denominator, clinics):
    alike = [Ratio(numerator, denominator)] * clinics

    assert pooled(alike) == pytest.approx(mean_of_clinics(alike))


@pytest.mark.parametrize(
    ("now", "before", "in_points", "expected"),
    [
        # counts change by percent of what they were
        (120, 100, False, 20),
        (80, 100, False, -20),
        (0, 100, False, -100),
        (100, 100, False, 0),
        # there is no percent of nothing
        (5, 0, False, None),
        (0, 0, False, None),
        # shares change by percentage points, also from 0
        (80.0, 65.0, True, 15),
        (5.0, 0.0, True, 5),
        # what is unknown has no change
        (None, 100, False, None),
        (100, None, False, None),
        (None, None, True, None),
    ],
)
def test_change_from_the_period_before(now, before, in_points, expected):
    assert change(now, before, in_points=in_points) == expected


def test_every_reason_has_words_and_no_two_the_same():
    labels = [reason.label for reason in MissingReason]

    assert all(labels)
    assert len(set(labels)) == len(labels)


def test_a_clinic_itself_answers_only_what_it_can_know():
    from_the_register = {MissingReason.NOT_STARTED, MissingReason.CLOSED, MissingReason.SUPPRESSED}

    assert not from_the_register & set(REPORTABLE_REASONS)
