"""Half up, everywhere, and changes of what is printed."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import formats
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.rounding import half_up
from portal.domain.registry.values import change


@pytest.mark.parametrize(
    ("value", "text"),
    [(70.5, "71"), (100 / 8, "13"), (0.5, "1"), (100 * 0.285, "29"), (-8.5, "−9"), (-0.4, "0")],
)
def test_halves_are_rounded_up(value, text):
    assert formats.number(value) == text


@given(numerator=st.integers(0, 5_000), denominator=st.integers(1, 5_000))
def test_every_share_is_printed_half_up(numerator, denominator):
    exact = Decimal(100 * numerator) / Decimal(denominator)

    assert half_up(100 * numerator / denominator) == exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)


@given(now=st.floats(0, 100), before=st.floats(0, 100))
def test_a_change_in_points_is_that_of_the_shares_as_printed(now, before):
    printed = [int(formats.number(share)) for share in (now, before)]

    assert change(now, before, in_points=True) == printed[0] - printed[1]


def test_an_index_is_printed_with_its_decimal():
    assert formats.value(INDICATORS_BY_CODE["npe_index"], 70.5) == "70,5"
