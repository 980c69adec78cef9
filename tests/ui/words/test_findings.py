"""Why an indicator stands first, in one line of at most twelve words."""

from types import SimpleNamespace

import pytest

from portal.domain.insight.attention import AttentionFinding, Cause
from portal.domain.registry.annual import Figure
from portal.domain.registry.indicators import INDICATORS_BY_CODE, Target
from portal.domain.registry.months import Month
from portal.ui.words import findings


CALLS, QUEUE = INDICATORS_BY_CODE["calls_answered_same_day"], INDICATORS_BY_CODE["waiting_treatment"]
TARGET = Target(100, "alla (100 %)", Month(2022, 2).last_day)


def reason(cause, *, now, before, indicator=CALLS, months=13, is_high=False):
    finding = AttentionFinding(cause=cause, is_worse=True, is_high=is_high, months=months, target=TARGET)
    row = SimpleNamespace(
        indicator=indicator,
        month=Month(2024, 12),
        finding=finding,
        now=Figure(value=now, numerator=now, denominator=100, patients=100),
        month_before=Figure(value=before, numerator=before, denominator=100, patients=100),
    )
    return findings.card_reason(row)


@pytest.mark.parametrize("cause", Cause)
@pytest.mark.parametrize("before", [80, 90], ids=["better", "worse"])
def test_a_reason_has_at_most_twelve_words(cause, before):
    assert 3 <= len(reason(cause, now=85, before=before).split()) <= 12


def test_what_is_better_than_the_month_before_is_said_first():
    assert reason(Cause.ONE_SIDE, now=85, before=80) == (
        "Bättre än i november, men 13:e månaden under eget snitt."
    )
    assert reason(Cause.ONE_SIDE, now=80, before=85, months=10) == "Tio månader i rad under eget snitt."


def test_better_is_what_the_indicator_calls_better_and_as_printed():
    fewer_wait = reason(Cause.OUTSIDE, now=60, before=70, indicator=QUEUE, is_high=True)

    assert fewer_wait == "Bättre än i november, men över det vanliga."
    assert reason(Cause.OUTSIDE, now=85.4, before=84.6) == "Under det vanliga."  # both are printed 85 %


@pytest.mark.parametrize(
    ("count", "text"), [(7, "7:e"), (11, "11:e"), (12, "12:e"), (13, "13:e"), (21, "21:a"), (32, "32:a")]
)
def test_months_in_a_row_are_counted_as_one_says_them(count, text):
    assert findings.ordinal(count) == text
