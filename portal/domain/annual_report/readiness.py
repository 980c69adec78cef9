"""How the parts of a report stand before it is frozen: whole, lacking, or without a basis that year."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.domain.annual_report.content import AnnualReport


class Standing(StrEnum):
    """How a part of the report stands."""

    READY = "ready"
    UNDER_WAY = "under_way"
    PARTLY = "partly"
    LACKING = "lacking"
    NO_DATA = "no_data"
    NOT_SURVEYED = "not_surveyed"
    WRONG = "wrong"
    DIFFERS = "differs"

    @property
    def symbol(self) -> str:
        return _STANDINGS[self][0]

    @property
    def label(self) -> str:
        return _STANDINGS[self][1]

    @property
    def is_to_do(self) -> bool:
        """Whether somebody can mend it: no basis and no survey are facts about the year."""
        return self in (Standing.PARTLY, Standing.LACKING, Standing.WRONG, Standing.DIFFERS)


_STANDINGS = {  # what asks for most comes last
    Standing.READY: ("✓", "klart"),
    Standing.NOT_SURVEYED: ("–", "ingen mätning"),
    Standing.NO_DATA: ("–", "inget underlag"),
    Standing.UNDER_WAY: ("◐", "året pågår"),
    Standing.PARTLY: ("◐", "delvis"),
    Standing.LACKING: ("○", "saknas"),
    Standing.DIFFERS: ("≠", "skiljer sig"),
    Standing.WRONG: ("!", "stämmer inte"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One line of what to know before freezing; `page` and `query` lead to where it is filled in, if anywhere."""

    what: str
    standing: Standing
    text: str
    section: str = ""  # the section that it is about, if one alone
    page: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    ask: str = ""  # whom, where it lacks something


@dataclass(frozen=True, kw_only=True, slots=True)
class Readiness:
    year: int
    items: tuple[Item, ...]

    def count(self, *standings: Standing) -> int:
        return sum(item.standing in standings for item in self.items)

    @property
    def to_do(self) -> int:
        return sum(item.standing.is_to_do for item in self.items)

    @property
    def summary(self) -> str:
        return f"{self.count(Standing.READY)} av {len(self.items)} klara"

    def of_passages(self, report: AnnualReport) -> dict[str, Standing]:
        """Return how each passage of the draft stands: as that of its lines that asks for most."""
        ranks = list(_STANDINGS)
        standings = dict.fromkeys(report.passages, Standing.READY)
        for item in self.items:
            passage = report.passage_of(item.section) if item.section else None
            if passage:
                standings[passage] = max(standings[passage], item.standing, key=ranks.index)
        return standings
