"""A chart's tooltip prints what the tables print: rounded half up before it is drawn, shown with its own decimals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import formats
from portal.ui.base import charts
from portal.ui.insight import funnel_chart


SPECS = (funnel_chart.funnel_spec("x"), funnel_chart.bar_spec("x"))


@given(value=st.floats(0, 1_000))
def test_what_a_tooltip_shows_rounds_to_what_the_table_shows(value):
    drawn = charts.rounded(value)

    assert formats.number(drawn) == formats.number(value)
    assert drawn == round(drawn, 2)


@pytest.mark.parametrize("value", [8.35, 8.25, 70.15])
def test_a_tooltips_decimal_is_half_up(value):
    assert charts.rounded(value) == float(formats.number(value, 1).replace(",", "."))


def test_no_chart_rounds_again():
    tips = [tip for spec in SPECS for layer in spec["layer"] for tip in layer["encoding"].get("tooltip", [])]
    numbers = [tip["format"] for tip in tips if tip["type"] == "quantitative"]

    assert numbers
    assert set(numbers) == {",.2~f", ",.0f"}  # as many decimals as are drawn; counts
