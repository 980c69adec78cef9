"""The region that the portal is for: what texts, lists and maps say of it. Dalarna, where nothing else is set."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from portal.domain.registry.municipalities import OF_DALARNA, Municipality, Nearest, distance_km


OWN, PLACE = "{region}", "{place}"  # in a text that is declared: the region's name, and where it lies


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """`suppliers`: what the region calls who gives some figures, by what the portal declares it to be."""

    name: str = "Region Dalarna"
    municipalities: tuple[Municipality, ...] = OF_DALARNA
    suppliers: Mapping[str, str] = field(default_factory=dict, hash=False)

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
