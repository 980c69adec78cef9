"""Dalarna's fifteen municipalities, by SCB's code, and how far their seats lie from each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt


MUNICIPALITIES = {
    "2021": "Vansbro",
    "2023": "Malung-Sälen",
    "2026": "Gagnef",
    "2029": "Leksand",
    "2031": "Rättvik",
    "2034": "Orsa",
    "2039": "Älvdalen",
    "2061": "Smedjebacken",
    "2062": "Mora",
    "2080": "Falun",
    "2081": "Borlänge",
    "2082": "Säter",
    "2083": "Hedemora",
    "2084": "Avesta",
    "2085": "Ludvika",
}

# Latitude and longitude of each municipality's seat (centralort); db/facts/municipalities.csv has the same.
SEATS = {
    "2021": (60.50893, 14.22458),
    "2023": (60.68329, 13.71542),
    "2026": (60.56061, 15.13281),
    "2029": (60.7303, 14.99994),
    "2031": (60.88632, 15.11787),
    "2034": (61.12034, 14.6155),
    "2039": (61.22774, 14.03935),
    "2061": (60.14181, 15.41416),
    "2062": (61.00704, 14.54316),
    "2080": (60.60357, 15.62597),
    "2081": (60.4858, 15.43714),
    "2082": (60.34778, 15.75051),
    "2083": (60.27973, 15.98855),
    "2084": (60.14274, 16.16295),
    "2085": (60.14959, 15.18776),
}
EARTH_KM = 6371.0088  # mean radius


@dataclass(frozen=True, slots=True)
class Nearest:
    """A municipality and the straight line to its seat (fågelvägen), in kilometres; roads are longer."""

    code: str
    km: float


def distance_km(one: str, other: str) -> float:
    """Return the straight line between two seats by the haversine formula."""
    (lat, lon), (other_lat, other_lon) = SEATS[one], SEATS[other]
    across = sin(radians(other_lat - lat) / 2) ** 2
    along = sin(radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(across + cos(radians(lat)) * cos(radians(other_lat)) * along))


def nearest(code: str, among: Iterable[str]) -> Nearest:
    """Return the one of `among` whose seat lies nearest; raises ValueError when there is none."""
    return min((Nearest(other, distance_km(code, other)) for other in among), key=lambda found: found.km)


def north_to_south() -> list[str]:
    """Return the fifteen codes by the latitude of their seats."""
    return sorted(MUNICIPALITIES, key=lambda code: -SEATS[code][0])
