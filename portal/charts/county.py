"""The region's municipalities as shapes, or as points where there are none.

Dalarna's come with the portal: SCB's open data (Digitala gränser), simplified. Another region's are in its outline.
"""

import json
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any


BORDERS = Path(__file__).parent / "dalarna.geojson"
ATTRIBUTION = "Kommungränser: SCB, Digitala gränser (öppna data)."

# Degrees east and north from the middle of its area to where a name has room.
SHIFTS = {
    "2023": (-0.22, 0.1),  # Malung-Sälen
    "2026": (-0.05, 0.0),  # Gagnef
    "2082": (0.0, -0.06),  # Säter
    "2083": (0.12, 0.06),  # Hedemora
}

Ring = list[list[float]]


def attribution(outline: str) -> str:
    """Say where the borders come from; another region's file says so itself."""
    return "" if outline else ATTRIBUTION


@lru_cache(maxsize=8)
def features(outline: str = "") -> tuple[dict[str, Any], ...]:
    """Return each municipality: code, name, geometry and the point where its name is written."""
    raw = json.loads(outline or BORDERS.read_text("utf-8"))["features"]
    return tuple(map(_feature, raw))


def _feature(raw: dict[str, Any]) -> dict[str, Any]:
    geometry = raw["geometry"]
    is_point = geometry["type"] == "Point"
    longitude, latitude = geometry["coordinates"] if is_point else _centre(_largest_ring(geometry))
    east, north = SHIFTS.get(raw["properties"]["kommun_kod"], (0.0, 0.0))
    return {
        "type": "Feature",
        "geometry": geometry,
        "code": raw["properties"]["kommun_kod"],
        "name": raw["properties"]["kommun"],
        "longitude": longitude + east,
        "latitude": latitude + north,
        "is_point": is_point,
    }


def _largest_ring(geometry: dict[str, Any]) -> Ring:
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return max((part[0] for part in parts), key=lambda ring: abs(_area(ring)))


def _area(ring: Ring) -> float:
    """Return the signed area by the shoelace formula, in square degrees."""
    pairs = pairwise(ring)
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs) / 2


def _centre(ring: Ring) -> tuple[float, float]:
    """Return the centroid of a polygon (shoelace formula)."""
    area, x_sum, y_sum = _area(ring), 0.0, 0.0
    for (x0, y0), (x1, y1) in pairwise(ring):
        cross = x0 * y1 - x1 * y0
        x_sum += (x0 + x1) * cross
        y_sum += (y0 + y1) * cross
    return round(x_sum / (6 * area), 4), round(y_sum / (6 * area), 4)
