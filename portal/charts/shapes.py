"""The report's charts: one function per shape, from the chart's own marks to a Vega-Lite specification.

Nothing but what the chart holds goes in. Every value also stands in words at its mark: colour and length
alone carry nothing.
"""

from collections.abc import Callable
from typing import Any

from portal.charts import county
from portal.charts.palette import (
    DARK_GREEN,
    DASHES,
    GREEN,
    INK,
    LAND,
    LAND_WITH_CLINICS,
    MUTED,
    SERIES,
    SHAPES,
    SWEDISH,
)
from portal.domain.annual_report.content import Chart, Shape


SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FONT = "Liberation Sans, Arial, Source Sans, sans-serif"
PRINT_WIDTH = 430
BAR, ROW_GAP = 10, 8
ROOM = 1.15  # of the longest bar: its figure stands beside it
LINES_HEIGHT, MAP_HEIGHT = 200, 480

Spec = dict[str, Any]


def spec(chart: Chart, *, width: int | str = PRINT_WIDTH) -> Spec:
    """Return the chart's specification; `width` is pixels, or `container` on a page."""
    drawing = _SHAPES[chart.shape](chart)
    return {
        "$schema": SCHEMA,
        "width": width,
        "background": "white",
        "description": chart.alt,
        "config": _config(),
        **drawing,
    }


def _config() -> Spec:
    return {
        "locale": SWEDISH,
        "font": FONT,
        "axis": {"labelFontSize": 10, "titleFontSize": 10, "labelLimit": 190, "labelColor": INK},
        "text": {"fontSize": 10, "font": FONT},
        "legend": {
            "labelFontSize": 10,
            "title": None,
            "orient": "top",
            "symbolStrokeWidth": 2,
            "symbolDash": [1, 0],
        },
        "view": {"stroke": None},
    }


def _rows(labels: list[str], *, gap: float) -> Spec:
    """One row per label, in the order given; `gap` is a share of a row."""
    return {
        "field": "label",
        "type": "nominal",
        "sort": labels,
        "title": None,
        "axis": {"domain": False, "ticks": False},
        "scale": {"paddingInner": gap},
    }


def _colour(chart: Chart) -> Spec:
    scale = {"domain": list(chart.series), "range": list(SERIES[: len(chart.series)])}
    legend = {"title": None, "orient": "top"} if len(chart.series) > 1 else None
    return {"field": "series", "type": "nominal", "scale": scale, "legend": legend, "sort": None}


def _bars(chart: Chart) -> Spec:
    """Bars along the page, one row per label, one bar in it per series."""
    rows = [
        {"label": mark.label, "series": mark.series, "value": mark.value, "text": mark.text}
        for mark in chart.marks
    ]
    labels = list(dict.fromkeys(mark.label for mark in chart.marks))
    y = _rows(labels, gap=0.28)
    offset = {"field": "series", "sort": list(chart.series), "scale": {"domain": list(chart.series)}}
    base = {"y": y, "yOffset": offset}
    longest = max((mark.value or 0 for mark in chart.marks), default=0) or 1
    x = {
        "field": "value",
        "type": "quantitative",
        "title": chart.axis,
        "axis": {"grid": True},
        "scale": {"domain": [0, ROOM * longest], "nice": False},
    }
    tooltip = [
        {"field": "label", "title": "Vad"},
        {"field": "series", "title": "När"},
        {"field": "text", "title": "Värde"},
    ]
    words = {"text": {"field": "text"}, "x": {**x, "stack": None}}
    return {
        "height": len(labels) * (BAR * len(chart.series) + ROW_GAP),
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "bar"},
                "encoding": {**base, "x": {**x, "stack": None}, "color": _colour(chart), "tooltip": tooltip},
            },
            {
                "transform": [{"filter": "datum.value !== null"}],
                "mark": {"type": "text", "align": "left", "dx": 4, "color": INK},
                "encoding": {**base, **words},
            },
            {
                "transform": [{"filter": "datum.value === null"}],
                "mark": {"type": "text", "align": "left", "dx": 4, "color": MUTED, "fontStyle": "italic"},
                "encoding": {**base, "text": {"field": "text"}, "x": {"datum": 0}},
            },
        ],
    }


def _lines(chart: Chart) -> Spec:
    """Lines over months; a month without a value breaks its line."""
    rows = [
        {"label": mark.label, "series": mark.series, "value": mark.value, "text": mark.text}
        for mark in chart.marks
    ]
    series, drawn = list(chart.series), len(chart.series)
    x = {
        "field": "label",
        "type": "ordinal",
        "sort": None,
        "title": None,
        "axis": {"labelAngle": 0, "labelOverlap": True},
    }
    y = {"field": "value", "type": "quantitative", "title": chart.axis, "scale": {"zero": True}}
    shapes = {
        "field": "series",
        "type": "nominal",
        "sort": None,
        "legend": {"title": None, "orient": "top"} if drawn > 1 else None,
        "scale": {"domain": series, "range": list(SHAPES[:drawn])},
    }
    tooltip = [
        {"field": "label", "title": "Månad"},
        {"field": "series", "title": "Vad"},
        {"field": "text", "title": "Värde"},
    ]
    # A layer per line: dashes as an encoding would be drawn around the legend's symbols too.
    lines = [
        {
            "transform": [{"filter": {"field": "series", "equal": name}}],
            "mark": {"type": "line", "strokeWidth": 2, "color": colour, "strokeDash": dash},
            "encoding": {"x": x, "y": y},
        }
        for name, colour, dash in zip(series, SERIES, DASHES, strict=False)
    ]
    points = {
        "mark": {"type": "point", "filled": True, "size": 40, "opacity": 1},
        "encoding": {"x": x, "y": y, "color": _colour(chart), "shape": shapes, "tooltip": tooltip},
    }
    return {"height": LINES_HEIGHT, "data": {"values": rows}, "layer": [*lines, points]}


def _timeline(chart: Chart) -> Spec:
    """One bar per clinic from its first month to its last; what happened stands in words."""
    rows = [
        {"label": mark.label, "from": f"{mark.code}-01", "to": f"{mark.end}-28", "text": mark.text}
        for mark in chart.marks
    ]
    labels = [mark.label for mark in chart.marks]
    y = _rows(labels, gap=0.35)
    x = {
        "field": "from",
        "type": "temporal",
        "title": None,
        "axis": {"format": "%b %Y", "tickCount": 6, "labelOverlap": True},
    }
    return {
        "height": len(labels) * (BAR + ROW_GAP),
        "data": {"values": rows, "format": {"parse": {"from": "date", "to": "date"}}},
        "layer": [
            {"mark": {"type": "bar", "color": GREEN}, "encoding": {"y": y, "x": x, "x2": {"field": "to"}}},
            {
                "transform": [{"filter": "datum.text !== ''"}],
                "mark": {"type": "text", "align": "right", "dx": -5, "color": INK},
                "encoding": {"y": y, "x": x, "text": {"field": "text"}},
            },
        ],
    }


def _map(chart: Chart) -> Spec:
    """Dalarna's municipalities; those with clinics are filled and say how many."""
    marks = {mark.code: mark for mark in chart.marks}
    shapes = [
        {
            **feature,
            "filled": feature["code"] in marks,
            "text": marks[feature["code"]].text if feature["code"] in marks else "",
        }
        for feature in county.features()
    ]
    place = {
        "longitude": {"field": "longitude", "type": "quantitative"},
        "latitude": {"field": "latitude", "type": "quantitative"},
    }
    fill = {"condition": {"test": "datum.filled", "value": LAND_WITH_CLINICS}, "value": LAND}
    return {
        "height": MAP_HEIGHT,
        "projection": {"type": "mercator"},
        "data": {"values": shapes},
        "layer": [
            {
                "mark": {"type": "geoshape", "stroke": DARK_GREEN, "strokeWidth": 0.8},
                "encoding": {"color": fill},
            },
            {
                "transform": [{"filter": "datum.text === ''"}],
                "mark": {"type": "text", "color": MUTED, "fontSize": 9},
                "encoding": {**place, "text": {"field": "name"}},
            },
            {
                "transform": [{"filter": "datum.text !== ''"}],
                "mark": {"type": "text", "color": INK, "dy": -15, "fontWeight": "bold"},
                "encoding": {**place, "text": {"field": "name"}},
            },
            {
                "transform": [{"filter": "datum.text !== ''"}],
                "mark": {"type": "point", "shape": "circle", "filled": True, "size": 260, "color": DARK_GREEN}
                | {"opacity": 1},
                "encoding": place,
            },
            {
                "transform": [{"filter": "datum.text !== ''"}],
                "mark": {"type": "text", "color": "white", "fontWeight": "bold"},
                "encoding": {**place, "text": {"field": "text"}},
            },
        ],
    }


_SHAPES: dict[Shape, Callable[[Chart], Spec]] = {
    Shape.BARS: _bars,
    Shape.LINES: _lines,
    Shape.TIMELINE: _timeline,
    Shape.MAP: _map,
}
