"""The figures' shapes: this year against last year's pale bar, axes to 100, goals, names at the lines, grey print."""

import re
from itertools import pairwise

import pytest

from portal.charts import drawing, shapes
from portal.charts.palette import DASHES, GREEN, PALE, QUEUES
from portal.charts.palette import SHAPES as SIGNS
from portal.domain.annual_report.content import FORECAST_PARTS, Chart, ChartMark, Shape


def bars(*rows, axis="procent", goal=None):
    """A chart of (label, this year's, last year's)."""
    marks = [
        ChartMark(
            label=label, series=year, value=value, text="ej startad" if value is None else f"{value:g} %"
        )
        for label, *values in rows
        for year, value in zip(("2024", "2023"), values, strict=True)
    ]
    return Chart(
        number="9",
        shape=Shape.BARS,
        caption=f"Besvarade samtal ({axis})",
        alt="Stapeldiagram.",
        axis=axis,
        goal=goal,
        goal_text="mål 90 %" if goal else "",
        marks=tuple(marks),
    )


def lines(**values):
    marks = [
        ChartMark(label=month, series=name, value=value)
        for name, of_name in values.items()
        for month, value in zip(("jan", "feb"), of_name, strict=True)
    ]
    return Chart(
        number="T", shape=Shape.LINES, caption="Kö", alt="Linjer.", axis="väntande", marks=tuple(marks)
    )


def with_forecast(**values):
    """A chart of two months that have been and one ahead: what was counted, and the forecast with its band."""
    marks = [
        ChartMark(label=month, series=name + part, value=value)
        for name, (*counted, ahead, low, high) in values.items()
        for part, of_part in zip(FORECAST_PARTS, (counted, [ahead], [low], [high]), strict=True)
        for month, value in zip(("nov", "dec") if part == "" else ("jan",), of_part, strict=True)
    ]
    return Chart(
        number="T7", shape=Shape.FORECAST, caption="Kö", alt="Linjer.", axis="väntande", marks=tuple(marks)
    )


def luminance(colour):
    """Return how light a colour is in grey print, 0 to 1 (ITU-R BT.709)."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def texts(chart):
    return re.findall(r"<text[^>]*>([^<]+)</text>", drawing.svg(chart))


def test_shares_have_an_axis_to_100_in_five_steps_and_never_beyond():
    scale = shapes.spec(bars(("Mora", 100.0, 96.0)))["layer"][0]["encoding"]["x"]

    assert scale["scale"]["domain"] == [0, 100]
    assert scale["axis"]["values"] == [0, 25, 50, 75, 100]


def test_counts_have_an_axis_to_the_longest_bar():
    scale = shapes.spec(bars(("Mora", 40.0, 62.0), axis="möten"))["layer"][0]["encoding"]["x"]

    assert scale["scale"]["domain"] == [0, 62.0]


def test_both_years_stand_in_figures_beside_the_bar():
    drawn = texts(bars(("Mora", 80.0, 65.0), ("Falun", 70.0, None), ("Avesta", None, 12.0)))

    assert {"80 % (65 %)", "70 % (ej startad)", "ej startad (12 %)"} <= set(drawn)
    assert "2023 (inom parentes)" in drawn


def test_last_years_bar_is_pale_and_lies_behind():
    first, second, *_ = shapes.spec(bars(("Mora", 80.0, 65.0)))["layer"]

    assert first["transform"][0]["filter"]["equal"] == "2023"
    assert first["mark"]["height"] > second["mark"]["height"]
    assert second["encoding"]["color"]["scale"]["range"] == [GREEN, PALE]


def test_the_goal_is_a_line_with_its_words_and_nothing_is_written_across_it():
    chart = bars(("Mora", 85.0, 80.0), ("Falun", 95.0, 90.0), ("Avesta", 20.0, 10.0), goal=90.0)

    ends = {row["label"]: row["end"] for row in shapes.spec(chart)["layer"][-1]["data"]["values"]}
    assert ends == {"Mora": 90.0, "Falun": 95.0, "Avesta": 20.0}
    assert "mål 90 %" in texts(chart)


def test_the_bars_and_the_lines_are_told_apart_in_grey():
    assert luminance(PALE) - luminance(GREEN) > 0.3
    assert luminance("#ffffff") - luminance(PALE) > 0.15
    assert (
        len(QUEUES) == len(DASHES) == len(SIGNS) == len({tuple(dash) for dash in DASHES}) == len(set(SIGNS))
    )


def test_a_line_has_its_name_at_its_end_in_two_lines_where_it_is_long():
    drawn = texts(lines(Första=(1.0, 2.0), **{"Väntande till fördjupad utredning": (8.0, 9.0)}))

    assert "Första" in drawn
    assert {"Väntande till", "fördjupad utredning"} <= set(
        re.findall(r">([^<>]+)<", drawing.svg(lines(**{"Väntande till fördjupad utredning": (8.0, 9.0)})))
    )


def test_months_stand_in_their_order_whatever_the_names_rows_begin_with():
    *_, names = shapes.spec(lines(Ett=(1.0, 2.0)))["layer"]

    assert names["encoding"]["x"]["scale"]["domain"] == ["jan", "feb"]


def test_a_forecast_goes_on_from_the_newest_month_and_is_dashed_in_its_band():
    spec = shapes.spec(with_forecast(utredning=(40, 50, 60, 55, 65), behandling=(10, 20, 30, 25, 35)))
    rows = [row for row in spec["data"]["values"] if row["series"] == "utredning"]
    band, ahead, counted = spec["layer"][:3]

    assert [row["value"] for row in rows] == [40, 50, None]
    assert [(row["low"], row["ahead"], row["high"]) for row in rows] == [
        (None, None, None),
        (50, 50, 50),
        (55, 60, 65),
    ]
    assert [row["text"] for row in rows] == ["40", "50", "prognos 60 (55–65)"]
    assert (band["mark"]["type"], "strokeDash" in ahead["mark"], "strokeDash" in counted["mark"]) == (
        "area",
        True,
        False,
    )
    colours = [layer["mark"]["color"] for layer in spec["layer"][:6]]
    assert colours == [QUEUES[0]] * 3 + [QUEUES[1]] * 3


def test_a_forecasts_lines_have_their_names_at_their_ends_once():
    chart = with_forecast(utredning=(40, 50, 60, 55, 65), behandling=(10, 20, 30, 25, 35))

    assert [text for text in texts(chart) if text in ("utredning", "behandling")] == [
        "behandling",
        "utredning",
    ]
    assert "prognos" not in " ".join(texts(chart))


def test_names_of_lines_that_end_together_are_moved_apart():
    chart = lines(Ett=(10.0, 100.0), Två=(20.0, 101.0), Tre=(30.0, 102.0))

    places = [row["place"] for row in shapes.spec(chart)["layer"][-1]["data"]["values"]]
    apart = [after - before for before, after in pairwise(places)]
    assert min(apart) * shapes.LINES_HEIGHT / 102.0 >= shapes.NAME_HEIGHT - 1e-9


@pytest.mark.parametrize(("name", "split"), [("Kö", "Kö"), ("Startade utredningar", "Startade\nutredningar")])
def test_a_long_name_is_broken_at_the_blank_nearest_its_middle(name, split):
    assert shapes.in_two_lines(name) == split
