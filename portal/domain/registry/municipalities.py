"""Municipalities by SCB's code, and how far their seats lie from each other; Dalarna's fifteen come with the portal."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt


EARTH_KM = 6371.0088  # mean radius
SOUTHERNMOST, NORTHERNMOST = 55, 70  # degrees that Sweden lies within
WESTERNMOST, EASTERNMOST = 10, 25


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality with the latitude and longitude of its seat (centralort)."""

    code: str
    name: str
    latitude: float
    longitude: float

    @property
    def county(self) -> str:
        """SCB's code of its county (län)."""
        return self.code[:2]


# db/facts/municipalities.csv has the same.
OF_DALARNA = (
    Municipality("2021", "Vansbro", 60.50893, 14.22458),
    Municipality("2023", "Malung-Sälen", 60.68329, 13.71542),
    Municipality("2026", "Gagnef", 60.56061, 15.13281),
    Municipality("2029", "Leksand", 60.7303, 14.99994),
    Municipality("2031", "Rättvik", 60.88632, 15.11787),
    Municipality("2034", "Orsa", 61.12034, 14.6155),
    Municipality("2039", "Älvdalen", 61.22774, 14.03935),
    Municipality("2061", "Smedjebacken", 60.14181, 15.41416),
    Municipality("2062", "Mora", 61.00704, 14.54316),
    Municipality("2080", "Falun", 60.60357, 15.62597),
    Municipality("2081", "Borlänge", 60.4858, 15.43714),
    Municipality("2082", "Säter", 60.34778, 15.75051),
    Municipality("2083", "Hedemora", 60.27973, 15.98855),
    Municipality("2084", "Avesta", 60.14274, 16.16295),
    Municipality("2085", "Ludvika", 60.14959, 15.18776),
)


@dataclass(frozen=True, slots=True)
class Nearest:
    """A municipality and the straight line to its seat (fågelvägen), in kilometres; roads are longer."""

    code: str
    name: str
    km: float


def distance_km(one: Municipality, other: Municipality) -> float:
    """Return the straight line between two seats by the haversine formula."""
    across = sin(radians(other.latitude - one.latitude) / 2) ** 2
    along = sin(radians(other.longitude - one.longitude) / 2) ** 2
    return (
        2 * EARTH_KM * asin(sqrt(across + cos(radians(one.latitude)) * cos(radians(other.latitude)) * along))
    )
