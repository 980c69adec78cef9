"""The region's own sources (regionens källor): declared here as data, and nowhere else.

Form, template, file reader, checks, page and annual view follow from these entries. A field's
`indicator` and `part` are how its figures are stored. Nothing here is about a single patient.
"""

from portal.domain.insight.queue import PHASES, Phase
from portal.domain.registry.indicators import BILD, INDICATORS_BY_CODE
from portal.domain.registry.values import MissingReason
from portal.domain.sources.facts import (
    Dimension,
    Field,
    Period,
    Source,
    SourceLevel,
    SourcePart,
    Throughflow,
)
from portal.domain.sources.regions import REGIONS


def _parts(*labels: str) -> tuple[SourcePart, ...]:
    return tuple(SourcePart(label, label) for label in labels)


ALL_LEVELS = (SourceLevel.REGION, SourceLevel.CLINIC)
UNKNOWN = "uppgift saknas"
EPISODE_TYPE = Dimension(code="type", label="Typ", is_open=True, is_division=False)
KRONOR = 100_000_000_000

SYNERGI = Source(
    code="synergi",
    label="Synergi",
    supplier="Synergi, {region}",
    definition="Avvikelser, tillbud, risker och synpunkter. Fler rapporter kan betyda en bättre "
    "rapporteringskultur.",
    chapter="4.2.2",
    period=Period.MONTH_OR_YEAR,
    fields=(
        Field(
            code="synergi_arenden",
            label="Ärenden i Synergi",
            unit="ärenden",
            definition="Rapporterade ärenden om barn- och ungdomspsykiatrin",
            indicator="synergi_cases",
            levels=ALL_LEVELS,
            by_month=True,
        ),
        Field(
            code="synergi_ansluten",
            label="Ansluten till Synergi",
            unit="ja eller nej",
            definition="Avtalet: alla mottagningar ska vara anslutna. Regionens värde är antalet anslutna",
            indicator="synergi_connected",
            levels=(SourceLevel.CLINIC,),
            is_yes_no=True,
        ),
    ),
)

PATIENT_BOARD = Source(
    code="patientnamnden",
    label="Patientnämnden",
    supplier="Patientnämnden",
    definition="Ärenden om barn- och ungdomspsykiatrin. Fyra indelningar av samma ärenden: de läggs aldrig "
    "ihop.",
    chapter="4.2.3",
    period=Period.YEAR,
    fields=(
        Field(
            code="patientnamnden_arenden",
            label="Ärenden hos Patientnämnden",
            unit="ärenden",
            definition="Ärenden som kom in till Patientnämnden under året",
            indicator="patient_board_cases",
            dimensions=(
                Dimension(
                    code="problem",
                    label="Huvudproblem",
                    parts=_parts(
                        "Vård och behandling",
                        "Tillgänglighet",
                        "Kommunikation",
                        "Dokumentation och sekretess",
                    ),
                    is_open=True,
                ),
                Dimension(code="sex", label="Kön", parts=_parts("flickor", "pojkar", UNKNOWN)),
                Dimension(code="age", label="Ålder", parts=_parts("0-9", "10-19", UNKNOWN)),
                Dimension(
                    code="operator",
                    label="Regi",
                    parts=(SourcePart("private", "privat"), SourcePart("public", "offentlig")),
                ),
            ),
        ),
    ),
)

NPE = Source(
    code="npe",
    label="Nationell Patientenkät",
    supplier="Nationell Patientenkät (SKR)",
    definition="Går ut vartannat år, jämna år. Dimensionerna slås aldrig ihop; ett år utan enkät läses "
    "”ingen mätning”.",
    chapter="4.3.1",
    period=Period.BIENNIAL,
    fields=(
        Field(
            code="npe_index",
            label="Positiva svar per dimension",
            unit="index 0–100",
            definition="Dimensionens viktade index, 0–100 med en decimal; för enkäten som helhet bara ett skäl",
            indicator="npe_index",
            dimensions=(
                Dimension(
                    code="dimension",
                    label="Dimension",
                    parts=_parts(
                        "Helhetsintryck",
                        "Emotionellt stöd",
                        "Delaktighet och involvering",
                        "Respekt och bemötande",
                        "Kontinuitet och koordinering",
                        "Information och kunskap",
                        "Tillgänglighet",
                    ),
                    is_division=False,
                ),
            ),
            has_whole=False,
            levels=ALL_LEVELS,
            decimals=1,
            most=100,
            reasons=(MissingReason.NO_SURVEY, MissingReason.NO_DATA, MissingReason.NOT_TAKEN_PART),
        ),
        Field(
            code="npe_svar",
            label="Antal svar",
            unit="svar",
            definition="Besvarade enkäter",
            indicator="npe_answers",
            levels=ALL_LEVELS,
        ),
        Field(
            code="npe_svarsfrekvens",
            label="Svarsfrekvens",
            unit="procent",
            definition="Besvarade av utskickade enkäter, 0–100 med en decimal",
            indicator="npe_response_rate",
            levels=ALL_LEVELS,
            decimals=1,
            most=100,
        ),
    ),
)

MEDICINE_UNIT = Source(
    code="lakemedel",
    label="Läkemedelsenheten",
    supplier="Läkemedelsenhet {place}",
    definition="Vilka mottagningar enheten kontaktade och besökte, och deltagandet i informationsträffar: "
    "obligatoriskt 1–2 gånger per år enligt avtalet.",
    chapter="4.2.1",
    period=Period.YEAR,
    fields=(
        Field(
            code="lakemedel_kontaktade",
            label="Kontaktad av Läkemedelsenheten",
            unit="mottagningar",
            definition="Mottagningar som kontaktades under året; per mottagning ja eller nej",
            indicator="medicine_unit_visits",
            part="contacted",
            levels=ALL_LEVELS,
            is_yes_no=True,
        ),
        Field(
            code="lakemedel_besokta",
            label="Besökt av Läkemedelsenheten",
            unit="mottagningar",
            definition="Mottagningar som tog emot besök under året; per mottagning ja eller nej",
            indicator="medicine_unit_visits",
            part="visited",
            levels=ALL_LEVELS,
            is_yes_no=True,
            not_above="lakemedel_kontaktade",
        ),
        Field(
            code="lakemedel_traffar",
            label="Deltagande i informationsträffar",
            unit="träffar",
            definition="Läkemedelsavdelningens informationsträffar som mottagningen deltog i",
            indicator="medicine_unit_meetings",
            levels=ALL_LEVELS,
            most=999,
        ),
    ),
)

CGAS = Source(
    code="cgas",
    label="C-GAS",
    supplier="Regionens sammanställning",
    definition="Skattning av barns och ungas förmåga att fungera i vardagen, 4–20 år, skala 1–100.",
    chapter="4.4.1",
    period=Period.YEAR,
    fields=(
        Field(
            code="cgas_skattade",
            label="Skattade med C-GAS",
            unit="individer",
            definition="Patienter som skattades under året",
            indicator="cgas_rated",
            levels=ALL_LEVELS,
        ),
        Field(
            code="cgas_medel",
            label="Medelvärde C-GAS",
            unit="poäng 1–100",
            definition="Medelvärdet av årets skattningar, med en decimal",
            indicator="cgas_mean",
            levels=ALL_LEVELS,
            decimals=1,
            least=1,
            most=100,
        ),
    ),
)

ECONOMY = Source(
    code="ekonomi",
    label="Ekonomi",
    supplier="{region}, ekonomi",
    definition="Budget, omfördelningar och vårdepisoder med sin standardersättning.",
    period=Period.MONTH_OR_YEAR,
    chapter="",
    years_ahead=1,
    fields=(
        Field(
            code="budget",
            label="Budget",
            unit="kronor",
            definition="Vårdvalets budget för året",
            indicator="budget",
            most=KRONOR,
        ),
        Field(
            code="omfordelning",
            label="Omfördelade medel",
            unit="kronor",
            definition="Medel som fördes till vårdvalet; med minustecken det som fördes bort",
            indicator="budget_transfer",
            by_month=True,
            may_lack=True,
            least=-KRONOR,
            most=KRONOR,
        ),
        Field(
            code="episoder",
            label="Vårdepisoder per typ",
            unit="vårdepisoder",
            definition="Ersatta vårdepisoder av en typ under året",
            indicator="episodes_by_type",
            dimensions=(EPISODE_TYPE,),
            has_whole=False,
        ),
        Field(
            code="ersattning",
            label="Ersättning per vårdepisod",
            unit="kronor",
            definition="Standardersättning för en vårdepisod av typen, med högst två decimaler",
            indicator="episode_price",
            dimensions=(EPISODE_TYPE,),
            has_whole=False,
            decimals=2,
            most=KRONOR,
        ),
    ),
)

POPULATION = Source(
    code="befolkning",
    label="Befolkning 0–17 år",
    supplier="SCB",
    definition="Barn och unga per kommun den 31 december. När alla kommuner är ifyllda visas värden per "
    "1 000 barn.",
    chapter="4.6",
    period=Period.YEAR,
    fields=(
        Field(
            code="befolkning_0_17",
            label="Invånare 0–17 år",
            unit="individer",
            definition="Folkbokförda 0–17 år den 31 december",
            indicator="population_0_17",
            levels=(SourceLevel.MUNICIPALITY,),
            most=999_999,
        ),
    ),
)

OTHER_REGIONS = Dimension(code="region", label="Region", is_open=True, is_division=False, names=REGIONS)


def _of_the_country(phase: Phase) -> Field:
    return Field(
        code=f"landet_{phase.code}",
        label=f"{INDICATORS_BY_CODE[phase.share].label}, landet",
        unit="procent",
        definition="Andelen i hela landet, 0–100 utan decimaler; andra regioners som indelning",
        indicator=f"nation_{phase.share}",
        dimensions=(OTHER_REGIONS,),
        by_month=True,
        may_lack=True,
        most=100,
        is_summed=False,
        beside=phase.share,
    )


NATION = Source(
    code="landet",
    label="Väntetider i landet",
    supplier="SKR, väntetider.se",
    definition="Landets och andra regioners andelar månad för månad. Nationellt räknas tiden från den första bedömningen, "
    "här från beslutet: siffrorna kan inte jämföras rakt av.",
    period=Period.MONTH_OR_YEAR,
    chapter="",
    fields=tuple(map(_of_the_country, PHASES)),
)

REFERRALS, ENQUIRIES = "entry_referrals", "entry_enquiries"
TO_FIRST_LINE, TO_BUP, TO_OTHER = "entry_to_first_line", "entry_to_bup", "entry_to_other"
TO_ASSESS, HELPED = "entry_to_assess", "first_line_helped"


def _of_the_entry(
    code: str, label: str, indicator: str, definition: str, *, unit: str = "ärenden", is_summed: bool = True
) -> Field:
    return Field(
        code=code,
        label=label,
        unit=unit,
        definition=definition,
        indicator=indicator,
        levels=(SourceLevel.REGION, SourceLevel.MUNICIPALITY),
        by_month=True,
        may_lack=True,
        most=99_999,
        is_summed=is_summed,
        is_running=is_summed,
    )


ENTRY = Source(
    code="envag",
    label="En väg in",
    supplier="{region}, En väg in",
    definition="Remisser och förfrågningar till regionens gemensamma ingång, och vart de hänvisas. Kommunen är den som "
    "barnet bor i. Samma barn kan komma flera gånger. Regionens tal skrivs in för sig: de räknas inte ihop ur kommunernas.",
    period=Period.MONTH_OR_YEAR,
    chapter="4.7.1",
    flow=Throughflow(
        ("envag_remisser", "envag_forfragningar"),
        ("envag_forsta_linjen", "envag_bup", "envag_annan"),
        "envag_bedoms",
    ),
    fields=(
        _of_the_entry(
            "envag_remisser",
            "Mottagna remisser",
            REFERRALS,
            "Remisser som kom till En väg in under månaden, från vård, skola och socialtjänst",
        ),
        _of_the_entry(
            "envag_forfragningar",
            "Mottagna förfrågningar",
            ENQUIRIES,
            "Egna anmälningar och förfrågningar som kom till En väg in under månaden, från barn, unga och vårdnadshavare",
        ),
        _of_the_entry(
            "envag_forsta_linjen",
            "Hänvisade till första linjen",
            TO_FIRST_LINE,
            "Ärenden som under månaden bedömdes och gick vidare till första linjen, när de än kom in",
        ),
        _of_the_entry(
            "envag_bup",
            "Hänvisade till BUP",
            TO_BUP,
            "Ärenden som under månaden bedömdes och gick vidare till barn- och ungdomspsykiatrin, när de än kom in",
        ),
        _of_the_entry(
            "envag_annan",
            "Hänvisade till annan",
            TO_OTHER,
            "Ärenden som under månaden bedömdes och gick till någon annan, som kommun eller habilitering, eller avslutades "
            "med råd",
        ),
        _of_the_entry(
            "envag_bedoms",
            "Väntar på bedömning",
            TO_ASSESS,
            "Ärenden som hade kommit in och inte var bedömda månadens sista dag",
            is_summed=False,
        ),
        _of_the_entry(
            "forsta_linjen_hjalp",
            "Fick hjälp i första linjen",
            HELPED,
            "Barn och unga som började få hjälp i första linjen under månaden. Lämnas tomt där regionen inte har siffran",
            unit="individer",
        ),
    ),
)

SOURCES = (SYNERGI, PATIENT_BOARD, NPE, MEDICINE_UNIT, CGAS, ECONOMY, POPULATION, NATION, ENTRY)
SOURCES_BY_CODE = {source.code: source for source in SOURCES}
# Those whose figures stand in the report, in its order.
IN_REPORT = tuple(
    sorted((source for source in SOURCES if source.in_report), key=lambda source: source.chapter)
)
# Who gives the figures, as declared: the region may call them something else.
SUPPLIERS = {"bild": BILD, **{source.code: source.supplier for source in SOURCES}}
FIELDS_BY_CODE = {field.code: field for source in SOURCES for field in source.fields}
BESIDE = {
    field.beside: field for field in FIELDS_BY_CODE.values() if field.beside
}  # by the indicator they stand beside
PUBLIC = tuple(
    field.indicator for field in BESIDE.values()
)  # what everybody may read of the region's sources


def source_of(field: Field) -> Source:
    return next(source for source in SOURCES if field in source.fields)


def field_of(indicator: str, breakdown: str) -> Field | None:
    """Return the field that a stored figure belongs to, or None for one that is declared no more."""
    return next((field for field in FIELDS_BY_CODE.values() if field.holds(indicator, breakdown)), None)
