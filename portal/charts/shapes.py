"""The report's charts: one function per shape, from the chart's own marks to a Vega-Lite specification.

Nothing but what the chart holds goes in. Every value also stands in words at its mark: colour and length
alone carry nothing.
"""

from collections.abc import Callable
from dataclasses import replace
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
    PALE,
    QUEUES,
    SHAPES,
    SWEDISH,
)
from portal.domain.annual_report.content import FORECAST_PARTS, Chart, ChartMark, Shape


SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FONT = "Liberation Sans, Arial, Source Sans, sans-serif"
PRINT_WIDTH = 430
ROW, NOW, BEFORE = 14, 6, 11  # pixels: a row of bars, this year's bar, last year's behind it
LINES_HEIGHT, AHEAD_HEIGHT, MAP_HEIGHT = 112, 150, 400
FORECAST_FIELDS = ("value", "ahead", "low", "high")  # of FORECAST_PARTS
SIGN_WIDTH = 1.4  # of an axis to 100: a character of what stands beside a bar
NAME_HEIGHT, SHORT_NAME = 28, 16  # pixels of a line's name; characters of one that needs no second line
BOLD_REGION = {
    "condition": {"test": "indexof(datum.value, 'Regionen') === 0", "value": "bold"},
    "value": "normal",
}

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
        "axis": {"domain": False, "ticks": False, "labelFontWeight": BOLD_REGION},
        "scale": {"paddingInner": gap, "paddingOuter": gap / 2},
    }


def _bars(chart: Chart) -> Spec:
    """A bar along the page per label; the year before lies pale and broad behind it, so that both are read at once."""
    labels = list(dict.fromkeys(mark.label for mark in chart.marks))
    y: Spec = {"y": _rows(labels, gap=0.25)}
    length: Spec = {"x": {"field": "value", "type": "quantitative", **_scale(chart)}}
    tooltip = _tooltip("Vad", "När")
    layers = [_bars_of(chart, name, {**y, **length, "tooltip": tooltip}) for name in reversed(chart.series)]
    text = {
        "data": {"values": _beside(chart, labels)},
        "mark": {"type": "text", "align": "left", "dx": 4, "color": INK},
        "encoding": {**y, "x": {"field": "end", "type": "quantitative"}, "text": {"field": "text"}},
    }
    return {
        "height": len(labels) * ROW,
        "data": _values(chart),
        "layer": [*layers, *_goal(chart), text],
    }


def _bars_of(chart: Chart, series: str, encoding: Spec) -> Spec:
    is_now = series == chart.series[0]
    return {
        "transform": [{"filter": {"field": "series", "equal": series}}, {"filter": "datum.value !== null"}],
        "mark": {"type": "bar", "height": NOW if is_now else BEFORE},
        "encoding": {**encoding, "color": _colour(chart)},
    }


def _colour(chart: Chart) -> Spec:
    """This year's colour and last year's pale one, explained above the bars where there are both."""
    scale = {"domain": list(chart.series), "range": [GREEN, PALE][: len(chart.series)]}
    legend: Spec | None = None
    if len(chart.series) > 1:
        before = chart.series[1]
        words = f"datum.label === '{before}' ? '{before} (inom parentes)' : datum.label"
        legend = {"title": None, "orient": "top", "labelExpr": words}
    return {"field": "series", "type": "nominal", "scale": scale, "legend": legend, "sort": None}


def _beside(chart: Chart, labels: list[str]) -> list[Spec]:
    """What stands beside each label's longest bar: `80 % (65 %)`, or why there is no value."""
    marks = {(mark.label, mark.series): mark for mark in chart.marks}
    rows = []
    for label in labels:
        of_label = [marks[label, name] for name in chart.series if (label, name) in marks]
        now, *before = [mark.text for mark in of_label]
        text = f"{now} ({before[0]})" if before else now
        rows.append({"label": label, "text": text, "end": _after_goal(chart, of_label, text)})
    return rows


def _after_goal(chart: Chart, of_label: list[ChartMark], text: str) -> float:
    """Return where the words of a row begin: at its longest bar, or at the goal's line where they would cross it."""
    end = max(mark.value or 0 for mark in of_label)
    if chart.goal is not None and end <= chart.goal < end + SIGN_WIDTH * len(text):
        return chart.goal
    return end


def _scale(chart: Chart) -> Spec:
    """Return the bars' axis: shares from 0 to 100, others from 0 to the longest; at most five steps."""
    longest = 100.0 if chart.is_of_shares else max((mark.value or 0 for mark in chart.marks), default=0) or 1
    values = [0, 25, 50, 75, 100] if chart.is_of_shares else None
    return {
        "title": None if chart.axis in chart.caption else chart.axis,
        "axis": {"grid": True, "tickCount": 5, **({"values": values} if values else {})},
        "scale": {"domain": [0, longest], "nice": False},
    }


def _goal(chart: Chart) -> list[Spec]:
    """Return the line of what is to be reached, with its words above it."""
    if chart.goal is None:
        return []
    place = {"x": {"datum": chart.goal, "type": "quantitative"}}
    line = {"type": "rule", "color": INK, "strokeDash": [4, 3], "strokeWidth": 1.2}
    words = {
        "type": "text",
        "align": "right",
        "baseline": "bottom",
        "dy": -3,
        "color": INK,
        "fontWeight": "bold",
    }
    return [
        {"data": {"values": [{}]}, "mark": line, "encoding": place},
        {
            "data": {"values": [{"text": chart.goal_text}]},
            "mark": words,
            "encoding": {**place, "y": {"value": 0}, "text": {"field": "text"}},
        },
    ]


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


def _lines(chart: Chart) -> Spec:
    """Lines over months, of the queues, each with its name at its end; a month without a value breaks its line."""
    highest = _highest(chart)
    x, y = _months_axis(chart), _amounts_axis(chart, highest)
    # A layer per line: dashes as an encoding would be drawn around the legend's symbols too.
    lines = [
        {
            "transform": [{"filter": {"field": "series", "equal": name}}],
            "mark": {"type": "line", "strokeWidth": 2, "color": colour, "strokeDash": dash},
            "encoding": {"x": x, "y": y},
        }
        for name, colour, dash in zip(chart.series, QUEUES, DASHES, strict=False)
    ]
    names = _names_at_ends(chart, x, y, _line_ends(chart, highest))
    return {
        "height": LINES_HEIGHT,
        "data": _values(chart),
        "layer": [*lines, _points(chart, x, y), names],
    }


def _highest(chart: Chart) -> float:
    return max((mark.value or 0 for mark in chart.marks), default=0) or 1


def _months_axis(chart: Chart) -> Spec:
    return {
        "field": "label",
        "type": "ordinal",
        "sort": None,
        "title": None,
        "axis": {"labelAngle": 0, "labelOverlap": True},
        "scale": {
            "type": "point",
            "padding": 0.2,
            "domain": _labels(chart),
        },  # the names' own rows begin with the last
    }


def _amounts_axis(chart: Chart, highest: float) -> Spec:
    return {
        "field": "value",
        "type": "quantitative",
        "title": chart.axis,
        "axis": {"tickCount": 4},
        "scale": {"domain": [0, highest], "nice": True},
    }


def _labels(chart: Chart) -> list[str]:
    return list(dict.fromkeys(mark.label for mark in chart.marks))


def _points(chart: Chart, x: Spec, y: Spec) -> Spec:
    signs = {"color": _line_colour(chart), "shape": _signs(chart), "tooltip": _tooltip("Månad", "Vad")}
    return {
        "mark": {"type": "point", "filled": True, "size": 40, "opacity": 1},
        "encoding": {"x": x, "y": y, **signs},
    }


def _names_at_ends(chart: Chart, x: Spec, y: Spec, ends: list[Spec]) -> Spec:
    return {
        "data": {"values": ends},
        "mark": {
            "type": "text",
            "align": "left",
            "dx": 8,
            "lineBreak": "\n",
            "fontWeight": "bold",
            "baseline": "middle",
        },
        "encoding": {
            "x": x,
            "y": {**y, "field": "place"},
            "text": {"field": "name"},
            "color": _line_colour(chart),
        },
    }


def _forecast(chart: Chart) -> Spec:
    """Lines over months, each going on dashed in its band, with its name at the end of that."""
    names = chart.series[:: len(FORECAST_PARTS)]
    highest = _highest(chart)
    x, y = _months_axis(chart), _amounts_axis(chart, highest)
    counted = replace(chart, marks=tuple(mark for mark in chart.marks if mark.series in names))
    ahead = replace(chart, marks=tuple(_as_lines(chart, FORECAST_PARTS[1])))
    rows = [row for name in names for row in _months_of_line(chart, name)]
    layers = [
        layer
        for name, colour in zip(names, QUEUES, strict=False)
        for layer in _line_ahead(name, colour, x, y)
    ]
    ends = _names_at_ends(counted, x, y, _line_ends(ahead, highest))
    points = {**_points(counted, x, y), "transform": [{"filter": "datum.value !== null"}]}
    return {"height": AHEAD_HEIGHT, "data": {"values": rows}, "layer": [*layers, points, ends]}


def _as_lines(chart: Chart, part: str) -> list[ChartMark]:
    """Return the marks of one of a line's series, under the line's name."""
    return [
        replace(mark, series=mark.series.removesuffix(part))
        for mark in chart.marks
        if mark.series.endswith(part)
    ]


def _months_of_line(chart: Chart, name: str) -> list[Spec]:
    """Return a row per month with what was counted, the forecast and its band, which begins where the line ends."""
    amounts = {(mark.series, mark.label): mark.value for mark in chart.marks}
    fields = dict(zip(FORECAST_FIELDS, FORECAST_PARTS, strict=True))
    rows: list[Spec] = [
        {"label": label, "series": name}
        | {field: amounts.get((name + part, label)) for field, part in fields.items()}
        for label in _labels(chart)
    ]
    first = next((place for place, row in enumerate(rows) if row["ahead"] is not None), 0)
    if first:
        rows[first - 1].update(dict.fromkeys(FORECAST_FIELDS[1:], rows[first - 1]["value"]))
    for row in rows:
        row["text"] = _amount_in_words(row)
    return rows


def _amount_in_words(row: Spec) -> str:
    if row["value"] is not None:
        return f"{row['value']:.0f}"
    return (
        f"prognos {row['ahead']:.0f} ({row['low']:.0f}–{row['high']:.0f})" if row["ahead"] is not None else ""
    )


def _line_ahead(name: str, colour: str, x: Spec, y: Spec) -> list[Spec]:
    """Return a line's layers: its band, the forecast dashed, and what was counted."""
    of_line: Spec = {"transform": [{"filter": {"field": "series", "equal": name}}]}
    of_months_ahead = {"transform": [*of_line["transform"], {"filter": "datum.ahead !== null"}]}
    line: Spec = {"type": "line", "strokeWidth": 2, "color": colour}
    band = {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}
    return [
        {**of_months_ahead, "mark": {"type": "area", "color": colour, "opacity": 0.16}, "encoding": band},
        {
            **of_months_ahead,
            "mark": {**line, "strokeDash": [5, 4]},
            "encoding": {"x": x, "y": {**y, "field": "ahead"}},
        },
        {**of_line, "mark": line, "encoding": {"x": x, "y": y}},
    ]


def _line_colour(chart: Chart) -> Spec:
    scale = {"domain": list(chart.series), "range": list(QUEUES[: len(chart.series)])}
    return {"field": "series", "type": "nominal", "scale": scale, "legend": None, "sort": None}


def _signs(chart: Chart) -> Spec:
    """A sign per line, so that colour alone tells nothing apart."""
    series = list(chart.series)
    return {
        "field": "series",
        "type": "nominal",
        "sort": None,
        "legend": None,
        "scale": {"domain": series, "range": list(SHAPES[: len(series)])},
    }


def _line_ends(chart: Chart, highest: float) -> list[Spec]:
    """Return each line's name with its place at its last month, moved apart where lines end close to each other."""
    last = {mark.series: mark for mark in chart.marks if mark.value is not None}
    apart = highest * NAME_HEIGHT / LINES_HEIGHT
    rows: list[Spec] = []
    for mark in sorted(last.values(), key=lambda mark: mark.value or 0):
        place = max(mark.value or 0, rows[-1]["place"] + apart if rows else 0)
        rows.append(
            {"label": mark.label, "series": mark.series, "name": in_two_lines(mark.series), "place": place}
        )
    return rows


def in_two_lines(name: str) -> str:
    """Return a long name broken at the blank nearest its middle."""
    blanks = [place for place, sign in enumerate(name) if sign == " "]
    if len(name) <= SHORT_NAME or not blanks:
        return name
    middle = min(blanks, key=lambda place: abs(place - len(name) / 2))
    return f"{name[:middle]}\n{name[middle + 1 :]}"


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
        "height": len(labels) * ROW,
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
    """The region's municipalities; those with clinics are filled and say how many."""
    texts = {mark.code: mark.text for mark in chart.marks}
    shapes = [
        {**feature, "filled": feature["code"] in texts, "text": texts.get(feature["code"], "")}
        for feature in county.features(chart.outline)
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
            _only("!datum.is_point", land),
            *(_only("datum.text === ''", _at_place({**SMALL_NAME, **edge}, "name")) for edge in (HALO, {})),
            *(_only("datum.text !== ''", _at_place({**ABOVE_CIRCLE, **edge}, "name")) for edge in (HALO, {})),
            _only("datum.text !== ''", _at_place({**circle, "opacity": 1})),
            _only("datum.text !== ''", _at_place({"type": "text", **IN_CIRCLE}, "text")),
        ],
    }


def _only(condition: str, layer: Spec) -> Spec:
    return {"transform": [{"filter": condition}], **layer}


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
    Shape.FORECAST: _forecast,
    Shape.TIMELINE: _timeline,
    Shape.MAP: _map,
}
