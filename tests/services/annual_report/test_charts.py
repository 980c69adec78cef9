"""The report's charts as data: a share of a handful of cases is marked, as on every page, and draws no bar."""

from portal.charts import shapes
from portal.charts.palette import QUEUES
from portal.domain.annual_report.content import Chart, ChartMark, Shape
from portal.domain.insight.queue import PHASES
from portal.domain.registry.annual import Figure
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.services.annual_report import charts
from portal.ui.insight import queues_view


SHARE, COUNT = INDICATORS_BY_CODE["investigation_within_30d"], INDICATORS_BY_CODE["care_plans"]


def test_a_share_of_few_cases_is_marked_and_has_no_bar():
    few, enough = Figure(value=100, numerator=2, denominator=2), Figure(value=80, numerator=8, denominator=10)
    rows = [("Moment", few, Figure()), ("Mora", enough, Figure())]

    marks = charts._bar_marks(SHARE, 2024, rows, has_before=False)

    assert [(mark.value, mark.text) for mark in marks] == [(None, "få fall"), (80, "80\u00a0%")]
    assert "Högst 2024: Mora" in charts._bars_alt(SHARE, 2024, "2024", [(name, now) for name, now, _ in rows])


def test_a_count_is_drawn_however_small_it_is():
    (mark,) = charts._bar_marks(COUNT, 2024, [("Moment", Figure(value=3), Figure())], has_before=False)

    assert (mark.value, mark.text) == (3, "3")


def test_a_queue_has_the_same_colour_on_its_page_and_in_the_report():
    marks = tuple(ChartMark(label="jan", series=phase.label, value=1) for phase in PHASES)
    chart = Chart(number="T4", shape=Shape.LINES, caption="", alt="", marks=marks)

    lines = [
        layer["mark"]["color"] for layer in shapes.spec(chart)["layer"] if layer["mark"]["type"] == "line"
    ]

    assert lines == list(QUEUES) == [queues_view.COLOURS[phase.code] for phase in PHASES]
