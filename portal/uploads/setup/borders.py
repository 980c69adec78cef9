"""A file with the region's municipalities as shapes (GeoJSON), read into one that the maps are drawn from."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from portal.domain.refused import Refused
from portal.domain.registry.municipalities import EASTERNMOST, NORTHERNMOST, SOUTHERNMOST, WESTERNMOST
from portal.domain.registry.region import Region


MOST_BYTES = 5 * 1024 * 1024
MOST_POINTS = 20_000  # of all shapes together: a map is sent to every browser that opens it
DECIMALS = 4  # of degrees: some ten metres
CODES = ("kommun_kod", "KnKod", "kommunkod", "kod", "code", "id")  # what files call a municipality's code
NO_SHAPES = "Filen är ingen GeoJSON med kommunernas ytor (FeatureCollection)."

Ring = list[list[float]]


def read(content: bytes, region: Region) -> str:
    """Return the shapes of the region's municipalities, smaller and in one form; raises Refused."""
    if len(content) > MOST_BYTES:
        raise Refused("Kartan är större än 5 MB. Förenkla gränserna.")
    names = region.names
    shapes = {
        code: _shape(code, names[code], geometry) for code, geometry in _features(content) if code in names
    }
    missing = [name for code, name in names.items() if code not in shapes]
    if missing:
        raise Refused(
            f"Kartan saknar {', '.join(missing)}. Kommunens kod ska stå som {', '.join(CODES[:-1])} eller {CODES[-1]}."
        )
    if sum(map(_count_points, shapes.values())) > MOST_POINTS:
        raise Refused(f"Kartan har fler än {MOST_POINTS} punkter. Förenkla gränserna.")
    features = [shapes[code] for code in names]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def _features(content: bytes) -> Iterator[tuple[str, Any]]:
    """Yield the code and geometry of each shape; raises Refused."""
    try:
        raw = json.loads(content.decode("utf-8-sig"))
        for feature in raw["features"]:
            properties = feature.get("properties") or {}
            codes = [properties.get(name, feature.get(name)) for name in CODES]
            code = next((str(code) for code in codes if code not in (None, "")), "")
            yield code.zfill(4), feature["geometry"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Refused(NO_SHAPES) from None


def _shape(code: str, name: str, geometry: Any) -> dict[str, Any]:
    try:
        kind = geometry["type"]
        parts = {
            "Polygon": lambda: [geometry["coordinates"]],
            "MultiPolygon": lambda: geometry["coordinates"],
        }
        polygons = [_polygon(part) for part in parts[kind]()]
    except (ValueError, TypeError, KeyError, IndexError):
        raise Refused(NO_SHAPES) from None
    return {
        "type": "Feature",
        "properties": {"kommun_kod": code, "kommun": name},
        "geometry": {"type": "MultiPolygon", "coordinates": polygons},
    }


def _polygon(rings: Any) -> list[Ring]:
    """Return a polygon's rings as they are drawn: the outer one clockwise, its holes the other way."""
    outer, *holes = [_ring(ring) for ring in rings]
    return [
        outer[:: 1 if _area(outer) < 0 else -1],
        *(hole[:: 1 if _area(hole) > 0 else -1] for hole in holes),
    ]


def _ring(raw: Any) -> Ring:
    points = [[round(float(point[0]), DECIMALS), round(float(point[1]), DECIMALS)] for point in raw]
    if len(points) < 4:
        raise ValueError("a ring has four points at least")
    for longitude, latitude in points:
        is_in_sweden = WESTERNMOST <= longitude <= EASTERNMOST and SOUTHERNMOST <= latitude <= NORTHERNMOST
        if not is_in_sweden:
            raise Refused("Kartans punkter ska vara longitud och latitud i grader (WGS 84), i Sverige.")
    return points


def _area(ring: Ring) -> float:
    """Return the signed area by the shoelace formula; below zero: clockwise."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring)) / 2


def _count_points(shape: dict[str, Any]) -> int:
    return sum(len(ring) for part in shape["geometry"]["coordinates"] for ring in part)
