"""The report's charts: one function per shape, from the chart's own marks to a Vega-Lite specification.

Nothing but what the chart holds goes in. Every value also stands in words at its mark: colour and length
alone carry nothing.
"""

from collections.abc import Callable, Sequence
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
    QUEUES,
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

SMALL_NAME = {"type": "text", "color": MUTED, "fontSize": 9}
ABOVE_CIRCLE = {"type": "text", "color": INK, "dy": -15, "fontWeight": "bold"}
HALO = {"stroke": "white", "strokeWidth": 3, "strokeJoin": "round"}  # of a name on a map
IN_CIRCLE = {"color": "white", "fontWeight": "bold"}

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


def _colour(chart: Chart, colours: Sequence[str] = SERIES) -> Spec:
    scale = {"domain": list(chart.series), "range": list(colours[: len(chart.series)])}
    legend = {"title": None, "orient": "top"} if len(chart.series) > 1 else None
    return {"field": "series", "type": "nominal", "scale": scale, "legend": legend, "sort": None}


def _values(chart: Chart) -> Spec:
    """The chart's marks as rows, for bars and lines."""
    rows = [
        {"label": mark.label, "series": mark.series, "value": mark.value, "text": mark.text}
        for mark in chart.marks
    ]
    return {"values": rows}


def _tooltip(label: str, series: str) -> list[Spec]:
    return [
        {"field": "label", "title": label},
        {"field": "series", "title": series},
        {"field": "text", "title": "Värde"},
    ]


def _bars(chart: Chart) -> Spec:
    """Bars along the page, one row per label, one bar in it per series."""
    labels = list(dict.fromkeys(mark.label for mark in chart.marks))
    series = list(chart.series)
    rows = {
        "y": _rows(labels, gap=0.28),
        "yOffset": {"field": "series", "sort": series, "scale": {"domain": series}},
    }
    lengths: Spec = {"x": {**_lengths(chart), "stack": None}}
    text: Spec = {"text": {"field": "text"}}
    colours = {"color": _colour(chart), "tooltip": _tooltip("Vad", "När")}
    missing = _text_beside({"color": MUTED, "fontStyle": "italic"}, {**rows, **text, "x": {"datum": 0}})
    return {
        "height": len(labels) * (BAR * len(series) + ROW_GAP),
        "data": _values(chart),
        "layer": [
            {"mark": {"type": "bar"}, "encoding": {**rows, **lengths, **colours}},
            _only("datum.value !== null", _text_beside({"color": INK}, {**rows, **text, **lengths})),
            _only("datum.value === null", missing),
        ],
    }


def _lengths(chart: Chart) -> Spec:
    """The scale of the bars, with room for a figure beside the longest."""
    longest = max((mark.value or 0 for mark in chart.marks), default=0) or 1
    return {
        "field": "value",
        "type": "quantitative",
        "title": chart.axis,
        "axis": {"grid": True},
        "scale": {"domain": [0, ROOM * longest], "nice": False},
    }


def _text_beside(look: Spec, encoding: Spec) -> Spec:
    return {"mark": {"type": "text", "align": "left", "dx": 4, **look}, "encoding": encoding}


def _only(condition: str, layer: Spec) -> Spec:
    return {"transform": [{"filter": condition}], **layer}


def _lines(chart: Chart) -> Spec:
    """Lines over months, of the queues; a month without a value breaks its line."""
    x = {
        "field": "label",
        "type": "ordinal",
        "sort": None,
        "title": None,
        "axis": {"labelAngle": 0, "labelOverlap": True},
    }
    y = {"field": "value", "type": "quantitative", "title": chart.axis, "scale": {"zero": True}}
    # A layer per line: dashes as an encoding would be drawn around the legend's symbols too.
    lines = [
        {
            "transform": [{"filter": {"field": "series", "equal": name}}],
            "mark": {"type": "line", "strokeWidth": 2, "color": colour, "strokeDash": dash},
            "encoding": {"x": x, "y": y},
        }
        for name, colour, dash in zip(chart.series, QUEUES, DASHES, strict=False)
    ]
    signs = {"color": _colour(chart, QUEUES), "shape": _signs(chart), "tooltip": _tooltip("Månad", "Vad")}
    points = {
        "mark": {"type": "point", "filled": True, "size": 40, "opacity": 1},
        "encoding": {"x": x, "y": y, **signs},
    }
    return {"height": LINES_HEIGHT, "data": _values(chart), "layer": [*lines, points]}


def _signs(chart: Chart) -> Spec:
    """A sign per line, so that colour alone tells nothing apart."""
    series = list(chart.series)
    return {
        "field": "series",
        "type": "nominal",
        "sort": None,
        "legend": {"title": None, "orient": "top"} if len(series) > 1 else None,
        "scale": {"domain": series, "range": list(SHAPES[: len(series)])},
    }


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
    texts = {mark.code: mark.text for mark in chart.marks}
    shapes = [
        {**feature, "filled": feature["code"] in texts, "text": texts.get(feature["code"], "")}
        for feature in county.features()
    ]
    fill = {"condition": {"test": "datum.filled", "value": LAND_WITH_CLINICS}, "value": LAND}
    land = {
        "mark": {"type": "geoshape", "stroke": DARK_GREEN, "strokeWidth": 0.8},
        "encoding": {"color": fill},
    }
    circle = {"type": "point", "shape": "circle", "filled": True, "size": 260, "color": DARK_GREEN}
    return {
        "height": MAP_HEIGHT,
        "projection": {"type": "mercator"},
        "data": {"values": shapes},
        "layer": [
            land,
            *(_only("datum.text === ''", _at_place({**SMALL_NAME, **edge}, "name")) for edge in (HALO, {})),
            *(_only("datum.text !== ''", _at_place({**ABOVE_CIRCLE, **edge}, "name")) for edge in (HALO, {})),
            _only("datum.text !== ''", _at_place({**circle, "opacity": 1})),
            _only("datum.text !== ''", _at_place({"type": "text", **IN_CIRCLE}, "text")),
        ],
    }


def _at_place(mark: Spec, field: str = "") -> Spec:
    """A mark in the middle of each municipality, with the text of a field if one is named."""
    text = {"text": {"field": field}} if field else {}
    place = {
        "longitude": {"field": "longitude", "type": "quantitative"},
        "latitude": {"field": "latitude", "type": "quantitative"},
    }
    return {"mark": mark, "encoding": {**place, **text}}


_SHAPES: dict[Shape, Callable[[Chart], Spec]] = {
    Shape.BARS: _bars,
    Shape.LINES: _lines,
    Shape.TIMELINE: _timeline,
    Shape.MAP: _map,
}
