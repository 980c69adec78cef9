"""The annual follow-up report's structure: the chapters of Region Dalarna's report, and what is added.

Numbers and headings are those of the report for 2024; `is_addition` marks what it does not have. The
texts are ours, with the report's facts: every figure of its running text that is no result stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.domain.registry.indicators import INDICATORS, Indicator
from portal.domain.registry.months import enquiry_until
from portal.domain.sources.declared import FIELDS_BY_CODE


@dataclass(frozen=True, slots=True)
class Chapter:
    number: str
    title: str
    text: str = ""
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

    def lead(self, year: int) -> str:
        """Return the text, with the years of the patient enquiry."""
        latest = enquiry_until(year)
        return self.text.format(enquiry=latest, enquiry_before=enquiry_until(latest - 1))


THIRTY = "30-dagarsmålet är en förstärkt vårdgaranti: en målsättning, inte ett lagkrav."

CHAPTERS: tuple[Chapter, ...] = (
    Chapter(
        "1",
        "Inledning",
        "Region Dalarna införde Vårdval BUP den 1 februari 2022 enligt lagen om valfrihetssystem (LOV). Barn "
        "och unga i Dalarna kan därmed välja mellan flera mottagningar. En ansökan om att starta en mottagning "
        "kan lämnas när som helst. Ersättningen utgår per utförd vårdepisod i standardiserade nivåer, och "
        "avtalet beslutas varje år av Regionfullmäktige.",
    ),
    Chapter(
        "2",
        "Syfte",
        "Årsuppföljningen görs ur ett beställarperspektiv och utgår från avtalet och dess bilagor. Den visar om "
        "mottagningarna uppfyller avtalets krav och bedömer måluppfyllelsen inom de viktiga områdena för "
        "barn- och ungdomspsykiatrin.",
    ),
    Chapter(
        "3",
        "Underlag till årsuppföljningen",
        "Godkända privata och offentligt drivna BUP-mottagningar i Region Dalarna, och deras aktuella patienter "
        "vid årets slut. Statistiken kommer från BILD, Region Dalarnas datalager, genom mottagningarnas "
        "månadsrapporter.",
    ),
    Chapter(
        "3.1",
        "Tillväxt: alla mottagningar och samma mottagningar",
        "Regionens summa växer också när en mottagning börjar rapportera. Därför visas även de mottagningar "
        "som har värde båda åren.",
        is_addition=True,
    ),
    Chapter("3.2", "Offentlig och privat regi", is_addition=True),
    Chapter("3.3", "Öppnade och stängda mottagningar", is_addition=True),
    Chapter("4", "Verksamhetsstatistik"),
    Chapter(
        "4.1",
        "Kunskapsbaserad och ändamålsenlig hälso- och sjukvård",
        "Uppföljningsområdena är de i avtalets bilaga 3, uppföljning.",
    ),
    Chapter(
        "4.1.1",
        "Patienten med behov av samordnad vård",
        "En samordnad individuell plan (SIP) samordnar insatser från hälso- och sjukvård och socialtjänst för "
        "den enskilde patienten, med delaktighet och ett tydligt uppföljningsansvar.",
    ),
    Chapter("4.2", "Säker hälso- och sjukvård"),
    Chapter(
        "4.2.1",
        "Säker läkemedelsförskrivning",
        "Läkemedelshanteringen ska vara evidensbaserad, rationell, säker och kostnadseffektiv. Att delta i "
        "Läkemedelsavdelningens informationsträffar 1–2 gånger per år är obligatoriskt.",
    ),
    Chapter(
        "4.2.2",
        "Synergi",
        "Samtliga mottagningar ska vara anslutna till Synergi, regionens verktyg för avvikelser, tillbud och "
        "risker. All personal är skyldig att rapportera.",
    ),
    Chapter(
        "4.2.3",
        "Patientnämnd",
        "Patientnämnden är fristående och arbetar enligt lagen om stöd vid klagomål mot hälso- och sjukvården "
        "(2017:372). Indelningarna nedan gäller samma ärenden: de läggs inte ihop och visas aldrig per "
        "mottagning.",
    ),
    Chapter("4.3", "Individanpassad hälso- och sjukvård"),
    Chapter(
        "4.3.1",
        "Patientnöjdhet",
        "Nationell Patientenkät skickas ut vartannat år, senast {enquiry} och dessförinnan {enquiry_before}. Ett år utan enkät "
        "står som ingen mätning. Dimensionerna slås aldrig ihop.",
    ),
    Chapter(
        "4.3.2",
        "Vårdplan",
        "Enligt avtalet ska en vårdplan finnas i journalen senast vid det 3:e besöket och vara kommunicerad med "
        "patienten.",
    ),
    Chapter("4.4", "Effektiv hälso- och sjukvård"),
    Chapter(
        "4.4.1",
        "C-GAS",
        "Children’s Global Assessment Scale är en skattning av barns och ungas förmåga att fungera i vardagen, "
        "4–20 år.",
    ),
    Chapter("4.5", "Tillgänglig hälso- och sjukvård"),
    Chapter(
        "4.5.1",
        "Telefontillgänglighet",
        "Mottagningarna ska vara tillgängliga per telefon minst vardagar klockan 8.00–16.00 (40 timmar per "
        "vecka), även under lunchtid. Måttet är andelen av alla samtal som besvarades samma dag.",
    ),
    Chapter(
        "4.5.2",
        "Antal nybesök inom 30 dagar",
        "Andelen som fick ett första besök inom 30 dagar från det att remissen var mottagen och bedömd. "
        + THIRTY,
    ),
    Chapter(
        "4.5.3",
        "Start av utredning inom 30 dagar",
        "Andelen utredningar som startade inom 30 dagar från beslutet att utreda. " + THIRTY,
    ),
    Chapter(
        "4.5.4",
        "Start av behandling inom 30 dagar",
        "Andelen behandlingar som påbörjades inom 30 dagar från beslutet att behandla. " + THIRTY,
    ),
    Chapter(
        "4.5.5",
        "Distanskontakt via videolänk",
        "Patient och vårdpersonal möts med bild och ljud i realtid över en säker och krypterad plattform. "
        "Video kompletterar fysiska besök och räknas i antal kontakter.",
    ),
    Chapter(
        "4.6",
        "Jämlik hälso- och sjukvård",
        "Vård på lika villkor: vad mottagningarnas rapporter och regionens källor visar om skillnader.",
        is_addition=True,
    ),
    Chapter(
        "4.7",
        "Väntande och genomförda",
        "Väntande är en ögonblicksbild vid månadens slut. Genomförda är vad som hände under månaden. De två "
        "blandas inte, och de säger något annat än andelen inom 30 dagar. Ett barn kan vänta i mer än en kö.",
        groups=("queue", "volume"),
        is_addition=True,
    ),
    Chapter(
        "4.8",
        "Måluppfyllelse mot avtalet",
        "Varje mottagning mot avtalets krav. Bakom varje bedömning står kravets regel och mottagningens siffra.",
        is_addition=True,
    ),
    Chapter("5", "Diskussion", is_free=True),
    Chapter("6", "Viktiga utvecklingsområden inom Vårdval BUP", is_free=True),
    Chapter(
        "Bilaga 1",
        "Datakvalitet",
        "Hur många av de månader som mottagningarna skulle rapportera som har kommit in, hur många som kom i tid "
        "och hur många som rättats efteråt.",
        is_addition=True,
    ),
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

# What the sources print beside the indicators.
OTHER_PUBLISHED: Mapping[str, str] = {
    "clinics": "Mottagningar i rapportens tabell",
    "registered_patients": "Registrerade barn och unga (ett annat mått än aktuella patienter)",
    "budget_transfer": "Flyttat från primärvårdens budget till Vårdval BUP",
}
