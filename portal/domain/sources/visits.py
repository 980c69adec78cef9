"""Whether Läkemedelsenheten contacted and visited a clinic in a year, as the region entered it."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.domain.sources.facts import Fact


VISITS = "medicine_unit_visits"


@dataclass(frozen=True, kw_only=True, slots=True)
class MedicineUnitVisit:
    """What the region has entered about Läkemedelsenheten and a clinic in a year; None: not entered."""

    contacted: bool | None = None
    visited: bool | None = None
    source: str = ""


def visits_of(clinics: Iterable[str], year: int, of_sources: Iterable[Fact]) -> dict[str, MedicineUnitVisit]:
    """Return whether the unit contacted and visited each clinic that year, as the region entered it."""
    by_part = {
        (fact.clinic, fact.breakdown): fact
        for fact in of_sources
        if (fact.indicator, fact.year) == (VISITS, year) and fact.value is not None
    }
    return {
        clinic: _visit(by_part.get((clinic, "contacted")), by_part.get((clinic, "visited")))
        for clinic in clinics
    }


def _visit(contacted: Fact | None, visited: Fact | None) -> MedicineUnitVisit:
    newest = visited or contacted
    return MedicineUnitVisit(
        contacted=bool(contacted.value) if contacted else None,
        visited=bool(visited.value) if visited else None,
        source=newest.source if newest else "",
    )
