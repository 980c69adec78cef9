"""The parts of Definitioner: generated from the declarations, so that they can't differ from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.registry.indicators import INDICATORS, INDICATORS_BY_CODE, Indicator, Target
from portal.domain.registry.measures import MEASURES, MEASURES_BY_CODE, Measure, MeasureKind
from portal.domain.registry.names import name_key, swedish_key
from portal.domain.reporting.checks import CHECKS
from portal.domain.reporting.grammar import closest_name
from portal.domain.reporting.problems import Severity
from portal.services.administration import targets
from portal.ui.base import markup, tiles
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, joined, tag
from portal.ui.page import address
from portal.uploads.findings import FINDINGS


KINDS = {MeasureKind.FLOW: "under månaden", MeasureKind.STOCK: "månadens sista dag"}
SEVERITIES = {Severity.ERROR: "fel, stoppar", Severity.WARNING: "varning, bekräftas"}
SEARCH = "sok"  # ?sok=väntande
MOST_OPEN = 3  # entries that a search opens
INDICATOR, MEASURE, WORD, STATISTICS = "indikator", "mått", "ord", "statistik"


@dataclass(frozen=True, kw_only=True, slots=True)
class GlossaryEntry:
    """Something defined: its name, and what there is to say of it, each with its lead."""

    label: str
    kind: str
    parts: Sequence[tuple[str, str]]
    code: str = ""

    def holds(self, key: str) -> bool:
        return key in name_key(" ".join((self.label, self.code, *(text for _, text in self.parts))))


WORDS = {
    "Sammanslaget": "Alla mottagningars täljare delat med alla nämnare: en stor mottagning väger mer.",
    "Medeltal per mottagning": "Det oviktade medlet av mottagningarnas egna andelar: alla väger lika.",
    "Per 100 patienter": (
        "Antal jämförs per 100 aktuella patienter, eftersom mottagningarna är olika stora."
    ),
    "Läge": "En skillnad mot regionen räknas först när den är större än slumpen brukar ge.",
    "Visas inte": (
        "Regionens värde visas när minst tre vårdgivare ingår, ingen av dem dominerar och det finns tillräckligt många "
        "fall. Annars skulle man kunna räkna ut en annan mottagnings värde. Av samma skäl saknas ibland medeltalet "
        "bredvid en andel, och årets andel för regionen är utan decimal."
    ),
    "Värde som saknas": (
        "Skälet står i stället: ej startad, avslutad, ej rapporterat, mäts inte, inget underlag, ingen mätning, ej "
        "deltagit. Det är aldrig noll."
    ),
    "Försiktighet": (
        "Mått kan rapporteras olika mellan mottagningar, och journalsystemet byts: jämför över ett byte med varsamhet."
    ),
    "Vad krävs?": (
        "Så många måste starta i månaden för att ingen ska vänta mer än 30 dagar: nya i kön, plus det som är för mycket "
        "i kön delat med tiden."
    ),
}
METHODS = {
    "Gränser för det vanliga": (
        "Snittet av månaderna ± 2,66 gånger den genomsnittliga ändringen från månad till månad (XmR-diagram; stora hopp "
        "räknas bort en gång). När en andel vilar på få fall följer gränserna i stället antalet fall (p-diagram). En "
        "månad utanför gränserna, sju månader åt samma håll, sju på samma sida om snittet eller två av tre nära en gräns "
        "är en verklig förändring. Färre än 13 månader ger inga sådana märken. En månad utan värde och ett seriebrott "
        "bryter räkningen; efter ett seriebrott börjar gränserna om."
    ),
    "Månader att beta av kön": (
        "Väntande delat med startade i månaden: så länge tar kön om inga fler ställs i den (Littles lag)."
    ),
    "Osäkerhet": (
        "En skillnad mot regionen räknas när regionens värde ligger utanför mottagningens 95-procentiga osäkerhetsintervall: Wilson för andelar, Byar för antal, "
        "logaritmerat för månader att beta av en kö."
    ),
    "Tratten": (
        "Regionens sammanslagna andel med gränser för hur mycket en mottagning av varje storlek kan avvika av slump: 95 "
        "av 100 ligger innanför de inre, 998 av 1 000 innanför de yttre. Med överspridning vidgas tratten med den "
        "skillnad mellan mottagningar som slumpen inte förklarar (Spiegelhalter)."
    ),
}


def show_entries(user: User) -> None:
    """Show what is looked for, or everything: words, indicators and measures by name, statistics at the end."""
    entries = sorted(_entries(user), key=lambda entry: swedish_key(entry.label))
    _show_in_address(entries)
    text = address.search("Sök en indikator, ett mått eller ett ord", parameter=SEARCH)
    matching = [entry for entry in entries if entry.holds(name_key(text))]
    if not matching:
        st.info(_nothing(text, [entry.label for entry in entries]))
        return
    is_open = bool(text) and len(matching) <= MOST_OPEN
    words = [_folded(entry, is_open) for entry in matching if entry.kind != STATISTICS]
    methods = [_folded(entry, is_open) for entry in matching if entry.kind == STATISTICS]
    heading = [markup.heading(2, "Statistik")] * bool(methods)
    st.html(tag("div", *words, *heading, *methods, class_="portal-glossary"))


def _show_in_address(entries: Sequence[GlossaryEntry]) -> None:
    """Show the indicator that a chart's link asks for, above everything else."""
    code = st.query_params.get("indikator", "")
    asked = [entry for entry in entries if code and entry.code == code]
    if asked:
        st.html(_folded(asked[0], is_open=True))


def _nothing(text: str, labels: Sequence[str]) -> str:
    meant = closest_name(text, labels)
    return f"Inget om ”{text}”." + (f" Menade du ”{meant}”?" if meant else " Pröva ett kortare ord.")


def _folded(entry: GlossaryEntry, is_open: bool) -> str:
    paragraphs = (markup.paragraph(text, lead=f"{lead}:" * bool(lead)) for lead, text in entry.parts)
    kind = tag("span", f" {entry.kind}", class_="kind")
    return tiles.fold(joined([entry.label, kind]), *paragraphs, is_open=is_open)


def _entries(user: User) -> Iterator[GlossaryEntry]:
    """Yield every entry; a measure that is an indicator too stands there once."""
    in_force = targets.in_force(portal(), user)
    for indicator in INDICATORS:
        parts = _indicator_parts(indicator, in_force[indicator.code])
        yield GlossaryEntry(label=indicator.label, kind=INDICATOR, parts=parts, code=indicator.code)
    for measure in MEASURES:
        if measure.code not in INDICATORS_BY_CODE:
            yield GlossaryEntry(
                label=measure.label, kind=MEASURE, parts=_measure_parts(measure), code=measure.code
            )
    for kind, texts in ((WORD, WORDS), (STATISTICS, METHODS)):
        for label, text in texts.items():
            yield GlossaryEntry(label=label, kind=kind, parts=[("", text)])


def _indicator_parts(indicator: Indicator, target: Target | None) -> list[tuple[str, str]]:
    measure = MEASURES_BY_CODE.get(indicator.code)
    chapter = f", kapitel {indicator.chapter}" if indicator.chapter[0].isdigit() else ""
    return _written(
        ("Vad som räknas", f"{indicator.definition}."),
        ("Täljare / nämnare", f"{_counted(indicator)}. Enhet: {indicator.unit}."),
        ("Regionens värde", f"{indicator.headline.label}. {indicator.better.label}."),
        ("Källa", f"{portal().region.in_words(indicator.source)}, {indicator.frequency.label}{chapter}."),
        ("Mål", f"{target.text}, från {target.valid_from:%Y-%m-%d}." if target else ""),
        ("Krav", f"{indicator.requirement}." if indicator.requirement else ""),
        ("Att tänka på", indicator.caveat),
        ("Rapporteras", _reported(measure) if measure else ""),
    )


def _counted(indicator: Indicator) -> str:
    if not indicator.counts_rest:
        return _names(indicator.measures)
    part, whole = (MEASURES_BY_CODE[code].label for code in indicator.measures)
    return f"{whole} utom {part} / {whole}"


def _measure_parts(measure: Measure) -> list[tuple[str, str]]:
    return _written(
        ("Vad som räknas", f"{measure.definition}."),
        ("Rapporteras", _reported(measure)),
        ("Att tänka på", measure.note),
    )


def _written(*parts: tuple[str, str]) -> list[tuple[str, str]]:
    return [part for part in parts if part[1]]


def _reported(measure: Measure) -> str:
    asked = "krävs" if measure.required else "frivilligt"
    return f"{measure.code}, {measure.unit}, {KINDS[measure.kind]}, {asked}."


def _names(measures: tuple[str, ...]) -> str:
    return " / ".join(MEASURES_BY_CODE[code].label for code in measures) or "regionens egen källa"


def show_checks() -> None:
    """Show every check and everything that the reader refuses: each is declared once, where it is made."""
    for title, kind, declared in (
        ("Kontroller: det som värdena jämförs med när en månad skickas in", "Kontroll", CHECKS),
        ("Filer: det som inte går att läsa", "Fel i filen", FINDINGS),
    ):
        rows = [
            markup.row(
                TableCell(entry.explanation, small=entry.code),
                SEVERITIES[getattr(entry, "severity", Severity.ERROR)],
            )
            for entry in declared
        ]
        st.html(tiles.fold(title, markup.table((kind, "Följd"), rows, caption=title)))
