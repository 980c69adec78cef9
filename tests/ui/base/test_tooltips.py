"""A chart's tooltip prints what the tables print: texts made by one hand, which Vega doesn't round again."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import formats
from portal.domain.registry.annual import Figure
from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.indicators import INDICATORS_BY_CODE, MONTHLY_INDICATORS
from portal.domain.registry.values import MissingReason
from portal.ui.base import charts
from portal.ui.insight import control_chart, funnel_chart, interval_chart
from portal.ui.words import findings


SPECS = (
    funnel_chart.funnel_spec(),
    control_chart.main_spec("x"),
)
CLINIC = Clinic(
    code="mora",
    name="BUP Mora",
    report_name="Mora BUP",
    municipality_code="2062",
    municipality="Mora",
    operator=Operator.PUBLIC,
    provider="Region Dalarna",
)
SHARE, RATE = INDICATORS_BY_CODE["treatment_within_30d"], INDICATORS_BY_CODE["care_plans"]


def compared(indicator, figure):
    region = SimpleNamespace(value=None, rate=None)
    return SimpleNamespace(indicator=indicator, figures=((CLINIC, figure),), region=region, target=None)


def row_of(indicator, figure):
    comparison = compared(indicator, figure)
    (row,) = interval_chart.rows_of(comparison, comparison.figures)
    return row


@pytest.mark.parametrize("indicator", MONTHLY_INDICATORS, ids=lambda indicator: indicator.code)
@given(amount=st.floats(0, 1_000))
def test_a_drawn_amount_is_printed_as_a_figure_of_its_kind(indicator, amount):
    text = findings.charted_alone(indicator, amount)

    assert text == (formats.per_100(amount) if indicator.is_rate else formats.value(indicator, amount))


@pytest.mark.parametrize(("cases", "patients", "text"), [(10, 23, "43,5"), (1, 222, "0,45"), (0, 5, "0,0")])
def test_a_point_says_its_rate_as_the_table_does(cases, patients, text):
    row = row_of(RATE, Figure(value=cases, numerator=cases, patients=patients))

    assert row["value_text"] == text
    assert row["value"] == pytest.approx(100 * cases / patients, abs=0.005)  # drawn where it is


def test_a_clinic_without_value_says_why():
    row = row_of(RATE, Figure(reason=MissingReason.NOT_REPORTED))

    assert (row["value"], row["value_text"], row["detail_text"]) == (None, "–", "ej rapporterat")


def test_the_interval_of_a_share_is_drawn_where_its_words_say():
    row = row_of(SHARE, Figure(value=50, numerator=200, denominator=400))

    assert (row["from"], row["to"]) == (pytest.approx(45.1, abs=0.1), pytest.approx(54.9, abs=0.1))
    assert row["interval_text"] == "45–55\u00a0%"


def test_a_share_is_whole_in_the_tooltip_as_in_the_table():
    funnel = SimpleNamespace(curve=(), average=0.5, places=(funnel_chart.FunnelPlace.WITHIN,))

    (row,) = funnel_chart.funnel_rows(compared(SHARE, Figure(value=12.5, numerator=1, denominator=8)), funnel)

    assert (row["value_text"], row["cases_text"]) == ("13\u00a0%", "8")


def test_a_month_that_does_not_stand_out_has_no_null_in_its_tooltip():
    assert control_chart._mark_row(SHARE, None)["rule"] == "–"


@given(value=st.floats(-1_000, 1_000))
def test_a_point_is_drawn_where_its_value_is(value):
    assert charts.rounded(value) == pytest.approx(value, abs=0.005001)


def test_no_chart_of_figures_rounds_by_itself():
    specs = [*SPECS, interval_chart.spec(SHARE, [], []), interval_chart.changes_spec(RATE, [])]
    layers = [layer for spec in specs for layer in spec.get("layer", [spec])]
    encodings = [layer["encoding"] for layer in layers]
    tips = [tip for encoding in encodings for tip in encoding.get("tooltip", [])]

    assert len(tips) > 10
    assert [tip for tip in [*tips, *(e["text"] for e in encodings if "text" in e)] if "format" in tip] == []
