"""The workbook that a portal is set up from, declared: its sheets and their columns."""

from portal.domain.accounts.access import Role
from portal.domain.registry.clinics import Operator
from portal.domain.registry.indicators import INDICATORS, INDICATORS_BY_CODE
from portal.domain.sources import declared, published
from portal.uploads.setup.columns import (
    NO_TARGET,
    ONLY_THEN,
    ONWARDS,
    VALID_FROM_DAY,
    YES_OR_NO,
    SetupColumn,
    SetupSheet,
    as_codes,
    as_count,
    as_degrees,
    as_month,
    as_period,
    as_target,
    as_text,
    as_year,
    labels_of,
    one_of,
)
from portal.uploads.setup.contract_sheets import DEMANDS, LEVELS


_OPERATOR_NAMES = {operator.value: [operator.label] for operator in Operator}
_ROLE_NAMES = {role.value: [role.label] for role in Role}
_INDICATOR_NAMES = {indicator.code: [indicator.label] for indicator in INDICATORS}

_SOURCE_NAMES = {"bild": ["BILD"], **{source.code: [source.label] for source in declared.SOURCES}}
_HOW_LONG = {ONLY_THEN: ["bara det året"], ONWARDS: ["även senare år"]}
MUNICIPALITY = SetupColumn(
    name="municipality_code",
    heading="Kommun",
    comment="Kommunens namn eller kod.",
    example="Falun",
    read=as_text,
)


def _degrees(name: str, heading: str, *, example: str) -> SetupColumn:
    return SetupColumn(
        name=name,
        heading=heading,
        comment="Centralortens, i grader med decimaler.",
        example=example,
        read=as_degrees,
    )


REGION = SetupSheet(
    name="Region",
    key=("first_month",),
    columns=(
        SetupColumn(
            name="first_month",
            heading="Första månad",
            comment="Den första månaden som mottagningarna rapporterar. Kan inte bli senare när något är rapporterat.",
            example="2023-01",
            read=as_month,
        ),
        SetupColumn(
            name="name",
            heading="Regionens namn",
            comment="Som det står i portalen, i brev och på rapporten. Tomt: Region Dalarna.",
            example="Region Dalarna",
            read=as_text,
            is_needed=False,
        ),
    ),
)
MUNICIPALITIES = SetupSheet(
    name="Kommuner",
    key=("code",),
    columns=(
        SetupColumn(
            name="code",
            heading="Kommunkod",
            comment="SCB:s kod, fyra siffror. Utan rader här gäller Dalarnas kommuner.",
            example="2080",
            read=as_text,
        ),
        SetupColumn(
            name="name", heading="Kommunens namn", comment="Som det skrivs.", example="Falun", read=as_text
        ),
        _degrees("latitude", "Latitud", example="60,60357"),
        _degrees("longitude", "Longitud", example="15,62597"),
        SetupColumn(
            name="is_removed",
            heading="Tas bort",
            comment="ja: kommunen hör inte längre till regionen. Går när ingen mottagning ligger där.",
            example="nej",
            read=one_of(YES_OR_NO),
            is_needed=False,
            choices=labels_of(YES_OR_NO),
        ),
    ),
)
SOURCES = SetupSheet(
    name="Källor",
    key=("code",),
    columns=(
        SetupColumn(
            name="code",
            heading="Källa",
            comment="BILD är det som mottagningarna rapporterar; de andra är regionens källor.",
            example="Synergi",
            read=one_of(_SOURCE_NAMES),
            choices=labels_of(_SOURCE_NAMES),
        ),
        SetupColumn(
            name="name",
            heading="Lämnas av",
            comment="Den som lämnar siffrorna, som det ska stå under dem.",
            example="Synergi, Region Dalarna",
            read=as_text,
        ),
    ),
)
CLINICS = SetupSheet(
    name="Mottagningar",
    key=("code",),
    columns=(
        SetupColumn(
            name="code",
            heading="Kod",
            comment="Det mottagningen heter i filer: små bokstäver a–z, siffror och bindestreck. Ändras aldrig.",
            example="falun-capio",
            read=as_text,
        ),
        SetupColumn(
            name="name",
            heading="Namn",
            comment="Det mottagningen heter i portalen.",
            example="Capio BUP Falun",
            read=as_text,
        ),
        MUNICIPALITY,
        SetupColumn(
            name="operator",
            heading="Driftsform",
            comment="offentlig eller privat.",
            example="privat",
            read=one_of(_OPERATOR_NAMES),
            choices=labels_of(_OPERATOR_NAMES),
        ),
        SetupColumn(
            name="provider",
            heading="Vårdgivare",
            comment="Den som äger mottagningen. Mottagningar med samma vårdgivare räknas som en när siffror släpps.",
            example="Capio",
            read=as_text,
        ),
        SetupColumn(
            name="opened",
            heading="Öppnade",
            comment="Första månaden, om mottagningen öppnade efter portalens första månad.",
            example="2024-09",
            read=as_month,
            is_needed=False,
        ),
    ),
)
ACCOUNTS = SetupSheet(
    name="Konton",
    key=("username",),
    columns=(
        SetupColumn(
            name="username",
            heading="Användarnamn",
            comment="Små bokstäver, siffror och tecknen . - _ @. Ett konto är en persons.",
            example="anna.andersson",
            read=as_text,
        ),
        SetupColumn(
            name="name", heading="Namn", comment="Personens namn.", example="Anna Andersson", read=as_text
        ),
        SetupColumn(
            name="role",
            heading="Roll",
            comment="mottagning, region eller regionadministratör.",
            example="mottagning",
            read=one_of(_ROLE_NAMES),
            choices=labels_of(_ROLE_NAMES),
        ),
        SetupColumn(
            name="clinics",
            heading="Mottagningar",
            comment="Koderna för de mottagningar som kontot rapporterar för, med komma emellan. Bara för rollen mottagning.",
            example="falun-capio, borlange",
            read=as_codes,
            is_needed=False,
        ),
        SetupColumn(
            name="email",
            heading="E-post",
            comment="Dit inbjudan och påminnelser går. En adress hör till ett konto.",
            example="anna.andersson@example.org",
            read=as_text,
            is_needed=False,
        ),
    ),
)
DAYS = SetupSheet(
    name="Kalender",
    key=("valid_from",),
    columns=(
        SetupColumn(
            name="valid_from",
            heading="Gäller från",
            comment="Första månaden som dagarna gäller för. Utan rader här gäller den 15:e och den 20:e.",
            example="2025-01",
            read=as_month,
        ),
        SetupColumn(
            name="deadline_day",
            heading="Sista dag",
            comment="Dag i månaden efter, då mottagningarna senast ska ha skickat in.",
            example="15",
            read=as_count,
        ),
        SetupColumn(
            name="release_day",
            heading="Släppdag",
            comment="Dag i månaden efter, då regionens värden visas för mottagningarna.",
            example="20",
            read=as_count,
        ),
        SetupColumn(
            name="reason",
            heading="Varför",
            comment="Varför dagarna gäller.",
            example="Beslut i styrgruppen",
            read=as_text,
        ),
    ),
)
TARGETS = SetupSheet(
    name="Mål",
    key=("indicator", "valid_from"),
    columns=(
        SetupColumn(
            name="indicator",
            heading="Indikator",
            comment="Indikatorns namn, som det står på sidan Definitioner, eller dess kod.",
            example=INDICATORS_BY_CODE["calls_answered_same_day"].label,
            read=one_of(_INDICATOR_NAMES, listed_on="Definitioner"),
        ),
        SetupColumn(
            name="value",
            heading="Mål",
            comment=f"Ett tal i indikatorns enhet, eller ”{NO_TARGET}”.",
            example="90",
            read=as_target,
        ),
        VALID_FROM_DAY,
        SetupColumn(
            name="text",
            heading="I ord",
            comment="Hur målet skrivs. Tomt: portalen skriver det själv.",
            example="minst 90 %",
            read=as_text,
            is_needed=False,
        ),
        SetupColumn(
            name="reason",
            heading="Varför",
            comment="Varför målet gäller.",
            example="Beslut i styrgruppen",
            read=as_text,
        ),
    ),
)
PEOPLE = SetupSheet(
    name="Invånare",
    key=("municipality_code", "year"),
    columns=(
        MUNICIPALITY,
        SetupColumn(
            name="year", heading="År", comment="Räknat den 31 december.", example="2024", read=as_year
        ),
        SetupColumn(
            name="children",
            heading="Invånare 0–17 år",
            comment="Folkbokförda barn och unga.",
            example="11873",
            read=as_count,
        ),
        SetupColumn(
            name="source",
            heading="Källa",
            comment="Varifrån antalet är hämtat.",
            example="SCB, folkmängd 31 december 2024",
            read=as_text,
        ),
    ),
)
PUBLISHED = SetupSheet(
    name="Publicerade tal",
    key=(published.FIELD, published.PART, published.PERIOD),
    columns=(
        SetupColumn(
            name=published.FIELD,
            heading="Uppgift",
            comment="Vad talet är, som det heter på sidan Definitioner.",
            example=INDICATORS_BY_CODE["care_plans"].label,
            read=as_text,
        ),
        SetupColumn(
            name=published.PART,
            heading="Indelning",
            comment="Vilken del det gäller, om det inte är alla.",
            example="private",
            read=as_text,
            is_needed=False,
        ),
        SetupColumn(
            name=published.PERIOD,
            heading="Period",
            comment="Ett år, en månad (2024-11) eller flera (2024-01..2024-11).",
            example="2024",
            read=as_period,
        ),
        SetupColumn(
            name=published.VALUE,
            heading="Värde",
            comment="Talet, som det är tryckt.",
            example="5397",
            read=as_text,
        ),
        SetupColumn(
            name=published.UNIT,
            heading="Enhet",
            comment="Tomt: uppgiftens egen.",
            example="planer",
            read=as_text,
            is_needed=False,
        ),
        SetupColumn(
            name=published.BASIS,
            heading="Grund",
            comment="Vad talet bygger på.",
            example="summa över året",
            read=as_text,
            is_needed=False,
        ),
        SetupColumn(
            name=published.SOURCE,
            heading="Källa",
            comment="Var talet är publicerat.",
            example="Årsuppföljning Vårdval BUP",
            read=as_text,
        ),
        SetupColumn(
            name=published.ISSUED,
            heading="Utgiven",
            comment="Året som källan kom ut.",
            example="2025",
            read=as_text,
        ),
        SetupColumn(
            name=published.PROVENANCE,
            heading="Sida",
            comment="Var i källan.",
            example="s. 14",
            read=as_text,
            is_needed=False,
        ),
    ),
)
TEXTS = SetupSheet(
    name="Texter",
    key=("place", "year"),
    columns=(
        SetupColumn(
            name="place",
            heading="Plats",
            comment="Avsnittets nummer i årsuppföljningen, med ”:inledning” efter för det som står först i avsnittet och "
            "”:anm” för anmärkningarna.",
            example="4.5.1:inledning",
            read=as_text,
        ),
        SetupColumn(
            name="year",
            heading="Från år",
            comment="Det första år som texten gäller.",
            example="2024",
            read=as_year,
        ),
        SetupColumn(
            name="goes_on",
            heading="Gäller",
            comment="bara det året, eller även senare år: då får inget år stå i texten, skriv {år} och {förra}.",
            example="även senare år",
            read=one_of(_HOW_LONG),
            choices=labels_of(_HOW_LONG),
        ),
        SetupColumn(
            name="text",
            heading="Text",
            comment="Det som ska stå där. En tom rad mellan stycken.",
            example="Barn och unga väljer själva mottagning.",
            read=as_text,
        ),
    ),
)
SHEETS = (
    *(REGION, MUNICIPALITIES, SOURCES, CLINICS, ACCOUNTS, DAYS, TARGETS, DEMANDS, LEVELS),
    *(PEOPLE, PUBLISHED, TEXTS),
)
SHEETS_BY_NAME = {sheet.name: sheet for sheet in SHEETS}
