"""The region that the portal is for: what texts, lists and maps say of it. Dalarna, where nothing else is set."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from portal.domain.registry.logo import Logo
from portal.domain.registry.municipalities import OF_DALARNA, Municipality, Nearest, distance_km


OWN, PLACE = "{region}", "{place}"  # in a text that is declared: the region's name, and where it lies


@lru_cache(maxsize=8)
def _outline(municipalities: tuple[Municipality, ...], borders: str) -> str:
    """Return each municipality's shape, or a point where the borders have none; a shape of no municipality is left out."""
    shapes = {
        feature["properties"]["kommun_kod"]: feature
        for feature in json.loads(borders or '{"features": []}')["features"]
    }
    features = [shapes.get(municipality.code) or _seat(municipality) for municipality in municipalities]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def _seat(municipality: Municipality) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"kommun_kod": municipality.code, "kommun": municipality.name},
        "geometry": {"type": "Point", "coordinates": [municipality.longitude, municipality.latitude]},
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """`suppliers`: what the region calls who gives some figures, by what the portal declares it to be.

    `borders`: the municipalities' shapes as GeoJSON, where the region has set them. `logo`: likewise.
    """

    name: str = "Region Dalarna"
    municipalities: tuple[Municipality, ...] = OF_DALARNA
    suppliers: Mapping[str, str] = field(default_factory=dict, hash=False)
    borders: str = ""
    logo: Logo | None = None

    @property
    def is_dalarna(self) -> bool:
        """Whether it is the one whose contract and reports the portal was made from."""
        return self.name == Region().name

    @property
    def place(self) -> str:
        """Where it lies, as a title says it: Dalarna, of Region Dalarna."""
        return self.name.removeprefix("Region ")

    @property
    def names(self) -> dict[str, str]:
        """The municipalities' names by their codes."""
        return {municipality.code: municipality.name for municipality in self.municipalities}

    @property
    def north_to_south(self) -> list[Municipality]:
        """The municipalities by the latitude of their seats."""
        return sorted(self.municipalities, key=lambda municipality: -municipality.latitude)

    @property
    def outline(self) -> str:
        """The GeoJSON that maps are drawn from; empty for Dalarna's, a point a municipality where there are no shapes."""
        if not self.borders and self.names.keys() <= {municipality.code for municipality in OF_DALARNA}:
            return ""
        return _outline(self.municipalities, self.borders)

    def nearest(self, code: str, among: Iterable[str]) -> Nearest | None:
        """Return the one of `among` whose seat lies nearest; None where no seat is known."""
        seats = {municipality.code: municipality for municipality in self.municipalities}
        ways = [
            Nearest(other, seats[other].name, distance_km(seats[code], seats[other]))
            for other in among
            if other in seats and code in seats
        ]
        return min(ways, key=lambda way: way.km, default=None)

    def in_words(self, declared: str) -> str:
        """Return a declared text as this region reads it."""
        return self.suppliers.get(declared) or declared.replace(OWN, self.name).replace(PLACE, self.place)


DALARNA = Region()
