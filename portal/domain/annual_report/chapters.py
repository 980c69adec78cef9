"""The annual follow-up report's structure: the chapters of Region Dalarna's report, and what is added.

Numbers and headings are those of the report for 2024; `is_addition` marks what it does not have. What opens a chapter
is the region's text, from db/facts/report_texts.csv to begin with.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.domain.registry.indicators import INDICATORS, Indicator
from portal.domain.sources.declared import FIELDS_BY_CODE


@dataclass(frozen=True, slots=True)
class Chapter:
    number: str
    title: str
    groups: tuple[str, ...] = ()  # the chapter codes of its indicators, when they are not the number
    is_addition: bool = False
    is_free: bool = False  # nothing is generated: the region writes all of it

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """The indicators declared for this chapter, in the order of their declaration."""
        wanted = self.groups or (self.number,)
        return tuple(indicator for indicator in INDICATORS if indicator.chapter in wanted)

    @property
    def level(self) -> int:
        return self.number.count(".") + 1


ENTRY = "4.7.1"  # in the years that have figures of it
PLANS = "4.9"  # in the years of which the region has chosen plans for the report
CHAPTERS: tuple[Chapter, ...] = (
    Chapter("1", "Inledning"),
    Chapter("2", "Syfte"),
    Chapter("3", "Underlag till årsuppföljningen"),
    Chapter("3.1", "Tillväxt: alla mottagningar och samma mottagningar", is_addition=True),
    Chapter("3.2", "Offentlig och privat regi", is_addition=True),
    Chapter("3.3", "Öppnade och stängda mottagningar", is_addition=True),
    Chapter("4", "Verksamhetsstatistik"),
    Chapter("4.1", "Kunskapsbaserad och ändamålsenlig hälso- och sjukvård"),
    Chapter("4.1.1", "Patienten med behov av samordnad vård"),
    Chapter("4.2", "Säker hälso- och sjukvård"),
    Chapter("4.2.1", "Säker läkemedelsförskrivning"),
    Chapter("4.2.2", "Synergi"),
    Chapter("4.2.3", "Patientnämnd"),
    Chapter("4.3", "Individanpassad hälso- och sjukvård"),
    Chapter("4.3.1", "Patientnöjdhet"),
    Chapter("4.3.2", "Vårdplan"),
    Chapter("4.4", "Effektiv hälso- och sjukvård"),
    Chapter("4.4.1", "C-GAS"),
    Chapter("4.5", "Tillgänglig hälso- och sjukvård"),
    Chapter("4.5.1", "Telefontillgänglighet"),
    Chapter("4.5.2", "Antal nybesök inom 30 dagar"),
    Chapter("4.5.3", "Start av utredning inom 30 dagar"),
    Chapter("4.5.4", "Start av behandling inom 30 dagar"),
    Chapter("4.5.5", "Distanskontakt via videolänk"),
    Chapter("4.6", "Jämlik hälso- och sjukvård", is_addition=True),
    Chapter("4.7", "Väntande och genomförda", groups=("queue", "volume"), is_addition=True),
    Chapter(ENTRY, "En väg in", is_addition=True),
    Chapter("4.8", "Måluppfyllelse mot avtalet", is_addition=True),
    Chapter(PLANS, "Åtgärdsplaner", is_addition=True),
    Chapter("5", "Diskussion", is_free=True),
    Chapter("6", "Viktiga utvecklingsområden inom Vårdval BUP", is_free=True),
    Chapter("Bilaga 1", "Datakvalitet", is_addition=True),
    Chapter("Bilaga 2", "Definitioner och källor", is_addition=True),
)

CHAPTERS_BY_NUMBER = {chapter.number: chapter for chapter in CHAPTERS}

# What a part of a figure is of: the sources' own divisions, and what else is printed or computed by part.
BREAKDOWNS: Mapping[str, str] = {
    **{
        dimension.code: dimension.label for field in FIELDS_BY_CODE.values() for dimension in field.dimensions
    },
    "contacted": "Kontaktade mottagningar",
    "visited": "Tog emot besök",
    "municipality": "Kommun",
}
PARTS: Mapping[str, str] = {"private": "privat", "public": "offentlig", "0-9": "0–9 år", "10-19": "10–19 år"}

SOURCES: Mapping[str, str] = {
    "000_f0e29728e9599efc.txt": "Årsuppföljning Vårdval BUP Dalarna 2024",
    "002_eeee97d56b81d921.txt": "SVT Nyheter Dalarna",
}
