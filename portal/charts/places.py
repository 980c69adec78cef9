"""The county's municipalities coloured by one measure, each with its name and figure."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.charts import county
from portal.charts.palette import INK, LAND, MUTED, SHADES
from portal.charts.shapes import HALO, SCHEMA, Spec


HEIGHT = 540
POINT = 9  # pixels from the middle of a municipality without a shape
BELOW = 0.055  # of the map's height: its name under it
IS_WIDE = "width > 420"  # on a phone: only the names of those that have a figure


@dataclass(frozen=True, slots=True)
class Area:
    """What is said of one municipality: its figure on the map, and what the pointer tells."""

    amount: float | None
    text: str  # of the figure
    detail: str


NOWHERE = Area(None, "", "")


def spec(areas: Mapping[str, Area], outline: str = "") -> Spec:
    """Return the map's specification; `areas` are by municipality code, `outline` is the region's. Whoever shows it says it in words."""
    amounts = [area.amount for area in areas.values() if area.amount is not None]
    lowest, highest = min(amounts, default=0.0), max(amounts, default=0.0)
    shapes = []
    features = county.features(outline)
    latitudes = [feature["latitude"] for feature in features]
    below = BELOW * (max(latitudes) - min(latitudes))
    for feature in features:
        area = areas.get(feature["code"], NOWHERE)
        place = feature["latitude"] - below if feature["is_point"] else feature["latitude"]
        label = f"{feature['name']}\n{area.text}".strip()
        looks = {"colour": _shade(area.amount, lowest, highest), "has_figure": area.amount is not None}
        shapes.append({**feature, **looks, "latitude": place, "label": label, "detail": area.detail})
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": HEIGHT,
        "background": "white",
        "config": {"view": {"stroke": None}},
        "projection": {"type": "mercator", "pointRadius": POINT},
        "data": {"values": shapes},
        "layer": [
            _land(),
            *_names("datum.has_figure", INK, "bold"),
            *_names(f"!datum.has_figure && {IS_WIDE}", MUTED),
        ],
    }


def _shade(amount: float | None, lowest: float, highest: float) -> str:
    """Return the colour of a third of the way from the lowest to the highest; the ground's where there is no figure."""
    if amount is None:
        return LAND
    share = (amount - lowest) / (highest - lowest) if highest > lowest else 0.0
    return SHADES[min(len(SHADES) - 1, int(share * len(SHADES)))]


def _land() -> Spec:
    return {
        "mark": {"type": "geoshape", "stroke": MUTED, "strokeWidth": 0.8},
        "encoding": {
            "color": {"field": "colour", "type": "nominal", "scale": None},
            "tooltip": [{"field": "name", "title": "Kommun"}, {"field": "detail", "title": "Läge"}],
        },
    }


def _names(which: str, colour: str, weight: str = "normal") -> list[Spec]:
    """Return the names, and under them their own edge: a border that runs through a name doesn't cut it."""
    text = {
        "type": "text",
        "color": colour,
        "fontSize": {"expr": f"{IS_WIDE} ? 12 : 10"},
        "fontWeight": weight,
        "lineBreak": "\n",
        "lineHeight": 14,
        "baseline": "middle",
    }
    encoding = {
        "longitude": {"field": "longitude", "type": "quantitative"},
        "latitude": {"field": "latitude", "type": "quantitative"},
        "text": {"field": "label"},
    }
    return [
        {"transform": [{"filter": which}], "mark": {**text, **edge}, "encoding": encoding}
        for edge in (HALO, {})
    ]
