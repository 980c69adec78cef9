"""The region that the portal is for: what texts, lists and maps say of it. Dalarna, where nothing else is set."""

from collections.abc import Mapping
from dataclasses import dataclass, field


OWN, PLACE = "{region}", "{place}"  # in a text that is declared: the region's name, and where it lies


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """`suppliers`: what the region calls who gives some figures, by what the portal declares it to be."""

    name: str = "Region Dalarna"
    suppliers: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def place(self) -> str:
        """Where it lies, as a title says it: Dalarna, of Region Dalarna."""
        return self.name.removeprefix("Region ")

    def in_words(self, declared: str) -> str:
        """Return a declared text as this region reads it."""
        return self.suppliers.get(declared) or declared.replace(OWN, self.name).replace(PLACE, self.place)


DALARNA = Region()
