"""The county with a circle per municipality that has clinics, as large as its patients are many."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import pi, sqrt
from typing import Any

from portal.charts import county
from portal.charts.palette import DARK_GREEN, INK, LAND, LAND_WITH_CLINICS, MUTED
from portal.charts.shapes import FONT, SCHEMA


HEIGHT = 560
LARGEST = 3600  # the area of the largest circle, in square pixels
ABOVE = 8  # pixels from a circle to its name
IS_WIDE = "width > 500"  # on a phone: only the circles and the names of those that have one

Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Circle:
    """What stands in one municipality: how large it is, its name above and its number, if any, inside."""

    amount: float  # 0 or more; the circle's area follows it
    name: str
    text: str


def spec(circles: Mapping[str, Circle]) -> Spec:
    """Return the map's specification; `circles` are by municipality code. Whoever shows it says it in words."""
    most = max((circle.amount for circle in circles.values()), default=0) or 1
    shapes = [{**feature, "filled": feature["code"] in circles} for feature in county.features()]
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": HEIGHT,
        "background": "white",
        "config": {"font": FONT, "view": {"stroke": None}},
        "projection": {"type": "mercator"},
        "data": {"values": shapes},
        "layer": [
            _land(),
            _names(),
            *(
                layer
                for code, circle in circles.items()
                for layer in _circle(code, circle, LARGEST * circle.amount / most)
            ),
        ],
    }


def _place() -> Spec:
    return {
        "longitude": {"field": "longitude", "type": "quantitative"},
        "latitude": {"field": "latitude", "type": "quantitative"},
    }


def _land() -> Spec:
    fill = {"condition": {"test": "datum.filled", "value": LAND_WITH_CLINICS}, "value": LAND}
    return {
        "mark": {"type": "geoshape", "stroke": DARK_GREEN, "strokeWidth": 0.8},
        "encoding": {"color": fill},
    }


def _names() -> Spec:
    """The municipalities without a clinic."""
    return {
        "transform": [{"filter": f"!datum.filled && {IS_WIDE}"}],
        "mark": {"type": "text", "color": MUTED, "fontSize": 11, "fontStyle": "italic"},
        "encoding": {**_place(), "text": {"field": "name"}},
    }


def _circle(code: str, circle: Circle, area: float) -> list[Spec]:
    mark: Spec = {"type": "point", "shape": "circle", "filled": True, "color": DARK_GREEN, "opacity": 1}
    inside: Spec = {"type": "text", "color": "white", "fontWeight": "bold", "fontSize": 10}
    above: Spec = {"type": "text", "color": INK, "fontWeight": "bold", "fontSize": 12}
    narrower = "min(1, width / 600)"
    lift = {"expr": f"-{sqrt(area / pi):.1f} * sqrt({narrower}) - {ABOVE}"}
    municipality: Spec = {"field": "code", "equal": code}
    return [
        _layer(municipality, mark | {"size": {"expr": f"{area:.0f} * {narrower}"}}),
        *([_layer({"and": [municipality, IS_WIDE]}, inside, circle.text)] if circle.text else []),
        _layer(municipality, above | {"dy": lift}, circle.name),
    ]


def _layer(only: Spec, mark: Spec, text: str = "") -> Spec:
    encoding = _place() | ({"text": {"value": text}} if text else {})
    return {"transform": [{"filter": only}], "mark": mark, "encoding": encoding}
