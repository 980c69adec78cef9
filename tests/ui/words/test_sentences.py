"""Sentences with figures: they say what the tables beside them print."""

from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.release.standing import Released
from portal.ui.words import sentences


def test_a_released_rate_has_the_decimal_it_was_released_with():
    released = Released(indicator="sip_meetings", month=Month(2024, 12), is_shown=True, value=9, rate=0.2)

    assert sentences.region(INDICATORS_BY_CODE["sip_meetings"], released) == (
        "0,2\u00a0per\u00a0100",
        "summa 9",
    )
