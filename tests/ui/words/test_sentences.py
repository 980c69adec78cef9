"""Sentences with figures: they say what the tables beside them print."""

from types import SimpleNamespace

import pytest

from portal.domain.registry.annual import Figure
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.release.standing import Released
from portal.ui.words import sentences


SHARE = INDICATORS_BY_CODE["calls_answered_same_day"]


@pytest.mark.parametrize(
    ("own", "level", "text"),
    [
        (77.5, 80, "**2 procentenheter kvar**"),  # the table prints 78 %
        (78.6, 80, "**1 procentenhet kvar**"),
        (79.6, 80, "**mindre än en procentenhet kvar**"),  # the table prints 80 %
        (78.2, 82.5, "**4,5 procentenheter kvar**"),
        (80.0, 80, "är nått i januari"),
    ],
)
def test_what_lacks_to_a_target_is_counted_from_the_share_as_printed(own, level, text):
    series = SimpleNamespace(
        indicator=SHARE,
        latest=SimpleNamespace(own=Figure(value=own, numerator=own, denominator=100), month=Month(2025, 1)),
        target=SimpleNamespace(value=level, text=f"minst {level} %"),
        is_rolling=False,
    )

    assert text in sentences.distance(series)


def test_a_released_rate_has_the_decimal_it_was_released_with():
    released = Released(indicator="sip_meetings", month=Month(2024, 12), is_shown=True, value=9, rate=0.2)

    assert sentences.region(INDICATORS_BY_CODE["sip_meetings"], released) == (
        "0,2\u00a0per\u00a0100",
        "summa 9",
    )
