"""What charts share: colours, Swedish numbers, titles. Each is a shape made once, with rows put in per run.

Only permitted columns go in: what is sent is read. An Altair object built anew costs 25 ms of a rerun, its specification as a dict 4 ms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.charts.palette import AMBER, BLUE, GREEN, RED, SWEDISH
from portal.charts.shapes import SCHEMA, Spec
from portal.domain.insight.series import drawn as comparable_value
from portal.domain.registry.indicators import Indicator
from portal.domain.registry.rounding import half_up
from portal.services.context import DEMO_LABEL
from portal.ui.base.context import portal


__all__ = [
    "BLUE",
    "EVENT",
    "GREEN",
    "GREY",
    "PALE",
    "RED",
    "EndLabel",
    "Spec",
    "axis_title",
    "comparable_value",
    "data_of",
    "finished",
    "picture_title",
    "rounded",
    "texts",
    "tips",
    "with_config",
    "with_end_labels",
    "with_pointer",
    "with_scale",
]

GREY, EVENT = "#5b6b67", AMBER
PALE = "#8fb6cc"  # what stands behind the clinic's line and the region's
HOVER = "month_under_pointer"
LINE_HEIGHT = 16  # pixels of a label's text


@dataclass(frozen=True, slots=True)
class EndLabel:
    """What a line is and its newest value, written at its end."""

    text: str
    value: float
    colour: str
    is_own: bool = False
    line: str = ""  # the line's own colour, where it is paler than its name

    @property
    def in_line(self) -> str:
        return self.text.replace("\n", ", ")


def axis_title(indicator: Indicator) -> str:
    if indicator.is_rate:
        return f"{indicator.unit} per 100 aktuella patienter"
    return indicator.unit


def with_scale(spec: dict[str, Any], channel: str, **scale: object) -> dict[str, Any]:
    """Return the shape with a scale of its own on a channel, in every layer; the cached one stays as it is.

    Vega orders a scale's names by the first layer that shows them: one that shows few would reorder months.
    """
    if "layer" in spec:
        return {**spec, "layer": [with_scale(layer, channel, **scale) for layer in spec["layer"]]}
    looks = spec["encoding"].get(channel, {"value": 0})
    if "value" in looks:  # nothing of the data, such as a place in pixels
        return spec
    return {
        **spec,
        "encoding": {**spec["encoding"], channel: {**looks, "scale": {**looks.get("scale", {}), **scale}}},
    }


def with_end_labels(
    spec: dict[str, Any], labels: Sequence[EndLabel], scale: Sequence[float], *, height: int
) -> dict[str, Any]:
    """Return the shape with its lines named at their ends instead of in a legend; `height` in pixels."""
    labels = sorted(labels, key=lambda label: -label.value)
    lines = max((label.text.count("\n") + 1 for label in labels), default=1)
    places = places_of([label.value for label in labels], scale, height=height / lines)
    layers = [_label_layer(label, place) for label, place in zip(labels, places, strict=True)]
    return {**spec, "layer": [*spec.get("layer", []), *layers]}


def places_of(values: Sequence[float], scale: Sequence[float], *, height: float) -> list[float]:
    """Return where labels of falling values stand so that none covers another, each near its line."""
    low, high = scale
    gap, places = LINE_HEIGHT * (high - low) / height, list[float]()
    for value in values:
        places.append(min([value, *(place - gap for place in places[-1:])]))
    lowest = low
    for index in reversed(range(len(places))):
        places[index] = max(places[index], lowest)
        lowest = places[index] + gap
    return places


def _label_layer(label: EndLabel, place: float) -> dict[str, Any]:
    weight = "bold" if label.is_own else "normal"
    return {
        "data": {"values": [{"at": rounded(place), "text": label.text}]},
        "mark": {
            "type": "text",
            "align": "left",
            "dx": 8,
            "fontSize": 12,
            "fontWeight": weight,
            "color": label.colour,
            "lineBreak": "\n",
        },
        "encoding": {
            "x": {"value": "width"},
            "y": {"field": "at", "type": "quantitative"},
            "text": {"field": "text", "type": "nominal"},
        },
    }


def with_pointer(spec: Spec) -> Spec:
    """Return the shape with a line at the month nearest the pointer, whose tooltip answers for the whole month."""
    layers = spec.get("layer", [])
    tips = [layer["encoding"]["tooltip"] for layer in layers if "tooltip" in layer["encoding"]]
    months: Spec = next((layer["encoding"]["x"] for layer in layers), {})
    pointer = {
        "mark": {"type": "rule", "color": GREY, "strokeDash": [2, 3]},
        "params": [
            {
                "name": HOVER,
                "select": {
                    "type": "point",
                    "encodings": ["x"],
                    "nearest": True,
                    "on": "pointerover",
                    "clear": "pointerout",
                },
            }
        ],
        "encoding": {
            "x": months,
            "opacity": {"condition": {"param": HOVER, "empty": False, "value": 1}, "value": 0},
            "tooltip": tips[0] if tips else [],
        },
    }
    return {**spec, "layer": [*layers, pointer]}


def picture_title(text: str, indicator: Indicator, *, legend: str) -> dict[str, Any]:
    """Return the title of a picture that leaves the portal: what, which way is good, and where from."""
    invented = [DEMO_LABEL] if portal().is_demo else []
    about = f"{indicator.better.label}. {indicator.definition}."
    return {
        "text": text,
        "subtitle": [
            line
            for line in (about, legend, f"Källa: {portal().region.in_words(indicator.source)}", *invented)
            if line
        ],
        "anchor": "start",
        "fontSize": 16,
        "subtitleFontSize": 11,
        "subtitleColor": "#4a5a56",
        "offset": 12,
    }


def rounded(value: float | None) -> float | None:
    """Return where a value is drawn; what is printed of it is a text of its own, which Vega doesn't round again."""
    return None if value is None else half_up(value, 2)


def texts(**words: str) -> dict[str, str]:
    """Return what a row's tooltip says of its fields: `own_text` of `own`."""
    return {f"{field}_text": text for field, text in words.items()}


def tips(alt: Any, titles: Mapping[str, str]) -> list[Any]:
    """Return a tooltip's lines with the texts of those fields: as the page's tables print them."""
    return [alt.Tooltip(f"{field}_text:N", title=title) for field, title in titles.items()]


def data_of(rows: Sequence[Mapping[str, object]]) -> Spec:
    """Return the rows as a shape's data, as the browser gets them: Streamlit's own way there takes seven times as long."""
    import pyarrow as pa

    fields = dict.fromkeys(field for row in rows for field in row)
    return {"data": {"values": pa.table({field: [row.get(field) for row in rows] for field in fields})}}


def finished(chart: Any) -> Spec:
    spec = chart.to_dict()
    spec.pop("datasets", None)
    return with_config(spec)


def with_config(spec: Spec) -> Spec:
    """Return a shape with what all charts have in common."""
    config = {"locale": SWEDISH, "axis": {"labelFontSize": 12, "titleFontSize": 12, "labelLimit": 220}}
    return {"$schema": SCHEMA, **spec, "config": config}
