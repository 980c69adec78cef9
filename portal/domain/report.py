"""The annual follow-up report's structure: its chapters 3 and 4.1-4.5 in order, and the queues.

Headings are those of Region Dalarna's report for 2024; the texts are ours.
"""

from dataclasses import dataclass

from portal.domain.indicators import INDICATORS, Indicator


@dataclass(frozen=True, slots=True)
class Chapter:
    number: str
    title: str
    text: str = ""
    section: str = ""  # the chapter code of its indicators, when it is not the number

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """The indicators declared for this chapter, in the order of their declaration."""
        wanted = self.section or self.number
        return tuple(indicator for indicator in INDICATORS if indicator.chapter == wanted)

    @property
    def level(self) -> int:
        return self.number.count(".") + 1


CHAPTERS: tuple[Chapter, ...] = (
    Chapter(
        "3",
        "Underlag till årsuppföljningen",
        "Mottagningar som varit godkända under året, och deras aktuella patienter vid årets slut.",
    ),
    Chapter("4", "Verksamhetsstatistik"),
    Chapter("4.1", "Kunskapsbaserad och ändamålsenlig hälso- och sjukvård"),
    Chapter(
        "4.1.1",
        "Patienten med behov av samordnad vård",
        "SIP samordnar insatser från hälso- och sjukvård och socialtjänst för den enskilde patienten.",
    ),
    Chapter("4.2", "Säker hälso- och sjukvård"),
    Chapter(
        "4.2.1",
        "Säker läkemedelsförskrivning",
        "Avtalet kräver deltagande i Läkemedelsavdelningens informationsträffar 1–2 gånger per år.",
    ),
    Chapter("4.2.2", "Synergi", "Alla mottagningar ska vara anslutna till Synergi."),
    Chapter(
        "4.2.3",
        "Patientnämnd",
        "Fyra indelningar av samma ärenden. De kan inte läggas ihop och visas aldrig per mottagning.",
    ),
    Chapter("4.3", "Individanpassad hälso- och sjukvård"),
    Chapter(
        "4.3.1",
        "Patientnöjdhet",
        "Nationell Patientenkät går ut vartannat år; ett år utan enkät står som ingen mätning.",
    ),
    Chapter(
        "4.3.2",
        "Vårdplan",
        "Enligt avtalet ska en vårdplan finnas i journalen senast vid det tredje besöket.",
    ),
    Chapter("4.4", "Effektiv hälso- och sjukvård"),
    Chapter("4.4.1", "C-GAS", "Skattning av barns och ungas förmåga att fungera i vardagen, 4–20 år."),
    Chapter("4.5", "Tillgänglig hälso- och sjukvård"),
    Chapter(
        "4.5.1",
        "Telefontillgänglighet",
        "Avtalet kräver öppen telefon minst vardagar 8–16, även under lunchtid.",
    ),
    Chapter("4.5.2", "Nybesök inom 30 dagar"),
    Chapter("4.5.3", "Start av utredning inom 30 dagar"),
    Chapter("4.5.4", "Start av behandling inom 30 dagar"),
    Chapter("4.5.5", "Distanskontakt via videolänk"),
    Chapter(
        "Köer",
        "Väntande och genomförda",
        "Väntande är en ögonblicksbild vid periodens slut och blandas inte med andelen inom 30 dagar. "
        "SVT publicerade medel per månad för januari–november 2023.",
        section="queue",
    ),
    Chapter("Volymer", "Genomförda under året", section="volume"),
)
