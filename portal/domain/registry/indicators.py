"""Indicators (indikatorer): what people follow. Declared here and nowhere else.

Template, checks, pages, charts, annual view and exports follow from these entries; adding an
indicator touches this file, and measures.py where its measures are new. Chapters are those of Region Dalarna's follow-up report for 2024.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.domain.registry.measures import MEASURES_BY_CODE, MeasureKind


BILD = "BILD, {region}"  # what the clinics report


class Kind(StrEnum):
    STOCK = "stock"  # month-end count; the last one counts for the year
    COUNT = "count"  # count of what happened; summed over months
    PERCENT = "percent"  # numerator ÷ denominator, two flows
    STOCK_PERCENT = "stock_percent"  # part ÷ whole of a month-end count; the last one counts for the year
    QUOTIENT = "quotient"  # stock ÷ flow per month: months to clear a queue
    RATIO = "ratio"  # one of the region's own counts out of another
    INDEX = "index"  # published 0–100


class Headline(StrEnum):
    """Which regional figure is the headline; the other basis is shown beside it, named."""

    SUM = "sum"
    LAST = "last"
    POOLED = "pooled"
    MEAN_OF_CLINICS = "mean_of_clinics"
    AS_PUBLISHED = "as_published"

    @property
    def label(self) -> str:
        return {
            "sum": "summa",
            "last": "vid periodens slut",
            "pooled": "sammanslaget",
            "mean_of_clinics": "medeltal per mottagning",
            "as_published": "som publicerat",
        }[self.value]


class Better(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"

    @property
    def label(self) -> str:
        return {
            "higher": "Högre är bättre",
            "lower": "Lägre är bättre",
            "neutral": "Ingen riktning är bättre",
        }[self.value]


class Frequency(StrEnum):
    MONTHLY = "monthly"
    ANNUAL = "annual"
    BIENNIAL = "biennial"

    @property
    def label(self) -> str:
        return {"monthly": "varje månad", "annual": "varje år", "biennial": "vartannat år"}[self.value]


class IndicatorGroup(StrEnum):
    """Where an indicator stands among a clinic's own."""

    ACCESS = "access"
    QUEUES = "queues"
    QUALITY = "quality"

    @property
    def label(self) -> str:
        return {"access": "Tillgänglighet", "queues": "Köer", "quality": "Kvalitet och volym"}[self.value]


@dataclass(frozen=True, slots=True)
class Target:
    """A level to reach, in the indicator's unit, from a date on. `text` is what people read."""

    value: float
    text: str
    valid_from: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Indicator:
    """One followed figure. `numerator` and `denominator` are codes of measures."""

    code: str
    chapter: str  # of the report; "queue", "volume" and "economy" lie outside it
    label: str
    kind: Kind
    numerator: str | None = None
    denominator: str | None = None
    counts_rest: bool = False  # a share of those beneath that the numerator leaves
    headline: Headline
    better: Better = Better.NEUTRAL
    targets: tuple[Target, ...] = ()
    requirement: str = ""  # a demand in words where the contract sets no level
    from_clinics: bool = True  # False: the region's own sources
    entered_as: str = ""  # a figure of those sources that counts where no clinic reports it
    frequency: Frequency = Frequency.MONTHLY
    per_clinic: bool = True
    figure: int | None = None  # of the report
    opening: str = ""  # how the sentence about its year begins; {value} is the figure with its unit
    is_base: bool = False  # what other counts are compared per 100 of; one indicator is
    group: IndicatorGroup = IndicatorGroup.QUALITY
    is_key: bool = True  # False: shown when all indicators are asked for
    unit: str
    definition: str
    source: str = BILD
    caveat: str = ""

    @property
    def is_share(self) -> bool:
        return self.kind in (Kind.PERCENT, Kind.STOCK_PERCENT)

    @property
    def is_snapshot(self) -> bool:
        """Whether its year is its last month: a count of those who are there, or a share of them."""
        return self.kind in (Kind.STOCK, Kind.STOCK_PERCENT)

    @property
    def is_rate(self) -> bool:
        """Whether clinics are compared per 100 current patients: every count but the patients."""
        return self.kind in (Kind.COUNT, Kind.STOCK) and not self.is_base

    def target_on(self, day: date) -> Target | None:
        """Return the target in force that day; of several, the newest."""
        valid = [target for target in self.targets if target.valid_from <= day]
        return max(valid, key=lambda target: target.valid_from, default=None)

    @property
    def measures(self) -> tuple[str, ...]:
        return tuple(code for code in (self.numerator, self.denominator) if code)

    @property
    def is_optional(self) -> bool:
        """Whether a clinic may leave out what it is counted of."""
        return not all(MEASURES_BY_CODE[code].required for code in self.measures if code in MEASURES_BY_CODE)


THIRTY_DAYS = (
    "30-dagarsmålet (förstärkt vårdgaranti) är en målsättning sedan 2011, inte ett lagkrav; "
    "den lagstadgade vårdgarantin är 90 dagar. Nationellt räknas tiden från den första "
    "bedömningen, här från beslutet: siffrorna kan inte jämföras rakt av."
)


def _of_clinics(code: str, *, chapter: str, **details: object) -> Indicator:
    """Declare a count or stock that is a measure of its own, with that measure's words."""
    measure = MEASURES_BY_CODE[code]
    is_stock = measure.kind is MeasureKind.STOCK
    fields: dict[str, object] = {
        "label": measure.label,
        "kind": Kind.STOCK if is_stock else Kind.COUNT,
        "headline": Headline.LAST if is_stock else Headline.SUM,
        "unit": measure.unit,
        "definition": measure.definition,
        "caveat": measure.note,
        "numerator": code,
    }
    return Indicator(code=code, chapter=chapter, **(fields | details))  # type: ignore[arg-type]


def _queue(queue: str, awaited: str, opening: str) -> Indicator:
    return _of_clinics(
        f"waiting_{queue}",
        chapter="queue",
        group=IndicatorGroup.QUEUES,
        opening=opening,
        label=f"Kö till {awaited}",
        better=Better.LOWER,
    )


def _to_clear(queue: str, awaited: str, *, starts: str, started: str, is_key: bool = False) -> Indicator:
    """Declare how many months a queue takes at the pace of its starts."""
    return Indicator(
        code=f"months_to_clear_{queue}",
        chapter="queue",
        group=IndicatorGroup.QUEUES,
        is_key=is_key,
        label=f"Månader att beta av kön till {awaited}",
        kind=Kind.QUOTIENT,
        numerator=f"waiting_{queue}",
        denominator=starts,
        headline=Headline.POOLED,
        better=Better.LOWER,
        targets=(Target(1, "högst 1 månad", date(2022, 2, 1)),),
        unit="månader",
        definition=f"Väntande vid periodens slut delat med {started} per månad: månadens egna, eller årets delat "
        "med dess månader",
        caveat="Så länge tar kön om inga fler ställs i den.",
    )


WAITED = "Gäller dem som väntar månadens sista dag: blandas inte med hur länge de väntade som startade. Frivilligt mått."


def _waited(queue: str, awaited: str, opening: str) -> tuple[Indicator, Indicator]:
    """Declare how long those in a queue have waited: at most 30 days, and over 90."""

    def share(code: str, over: str, label: str, **details: object) -> Indicator:
        fields: dict[str, object] = {
            "kind": Kind.STOCK_PERCENT,
            "numerator": over,
            "denominator": f"waiting_{queue}",
            "headline": Headline.POOLED,
            "group": IndicatorGroup.QUEUES,
            "is_key": False,
            "unit": "procent",
            "caveat": WAITED,
        }
        return Indicator(code=code, chapter="queue", label=label, **(fields | details))  # type: ignore[arg-type]

    return (
        share(
            f"waited_{queue}_at_most_30d",
            f"waiting_{queue}_over_30d",
            f"Väntat högst 30 dagar på {awaited}",
            counts_rest=True,
            better=Better.HIGHER,
            opening=opening,
            definition=f"De som har väntat högst 30 dagar, av alla som väntar på {awaited} månadens sista dag",
        ),
        share(
            f"waited_{queue}_over_90d",
            f"waiting_{queue}_over_90d",
            f"Väntat över 90 dagar på {awaited}",
            better=Better.LOWER,
            definition=f"De som har väntat mer än 90 dagar, av alla som väntar på {awaited} månadens sista dag",
        ),
    )


INDICATORS: tuple[Indicator, ...] = (
    _of_clinics(
        "active_patients",
        chapter="3",
        is_base=True,
        opening="Vid slutet av {year} hade mottagningarna tillsammans {value} aktuella patienter",
        figure=1,
        caveat="En patient som byter mottagning kan räknas på båda.",
    ),
    _of_clinics(
        "sip_meetings",
        chapter="4.1.1",
        opening="Under {year} genomfördes totalt {value} SIP-möten",
        label="SIP-möten",
        better=Better.HIGHER,
        figure=2,
        caveat="Räknar möten. Rapportens figur 2 säger unika individer, som inte kan summeras.",
    ),
    Indicator(
        code="medicine_unit_visits",
        chapter="4.2.1",
        label="Besök av Läkemedelsenheten",
        kind=Kind.RATIO,
        headline=Headline.SUM,
        better=Better.HIGHER,
        from_clinics=False,
        frequency=Frequency.ANNUAL,
        unit="mottagningar",
        definition="Mottagningar som tog emot besök, av dem som kontaktades under året",
        source="Läkemedelsenhet {place}",
    ),
    Indicator(
        code="medicine_unit_meetings",
        chapter="4.2.1",
        label="Deltagande i informationsträffar",
        kind=Kind.COUNT,
        headline=Headline.SUM,
        better=Better.HIGHER,
        targets=(Target(1, "minst 1 gång per år", date(2022, 2, 1)),),
        from_clinics=False,
        frequency=Frequency.ANNUAL,
        unit="träffar",
        definition="Läkemedelsavdelningens informationsträffar som mottagningen deltog i",
        source="Läkemedelsenhet {place}",
    ),
    Indicator(
        code="synergi_cases",
        chapter="4.2.2",
        opening="Under {year} rapporterades totalt {value} ärenden i Synergi",
        label="Ärenden i Synergi",
        kind=Kind.COUNT,
        headline=Headline.SUM,
        from_clinics=False,
        frequency=Frequency.ANNUAL,
        per_clinic=False,
        unit="ärenden",
        definition="Rapporterade avvikelser, tillbud, risker och synpunkter i Synergi",
        source="Synergi, {region}",
        caveat="Gäller hela barn- och ungdomspsykiatrin. Fler rapporter kan betyda en bättre "
        "rapporteringskultur.",
    ),
    Indicator(
        code="patient_board_cases",
        chapter="4.2.3",
        label="Ärenden hos Patientnämnden",
        kind=Kind.COUNT,
        headline=Headline.SUM,
        better=Better.LOWER,
        from_clinics=False,
        frequency=Frequency.ANNUAL,
        per_clinic=False,
        unit="ärenden",
        definition="Ärenden om barn- och ungdomspsykiatrin som kom in till Patientnämnden",
        source="Patientnämnden",
        caveat="Fyra indelningar av samma ärenden: de summeras aldrig med varandra.",
    ),
    Indicator(
        code="npe_index",
        chapter="4.3.1",
        label="Nationell Patientenkät",
        kind=Kind.INDEX,
        headline=Headline.AS_PUBLISHED,
        better=Better.HIGHER,
        from_clinics=False,
        frequency=Frequency.BIENNIAL,
        unit="index 0–100",
        definition="Positiva svar per dimension, index 0–100",
        source="Nationell Patientenkät (SKR)",
        caveat="Skickas ut vartannat år. Dimensionerna slås aldrig ihop.",
    ),
    _of_clinics(
        "care_plans",
        chapter="4.3.2",
        opening="Under {year} skrevs totalt {value} vårdplaner",
        better=Better.HIGHER,
        figure=3,
        requirement="Avtalet: vårdplan senast vid det tredje besöket",
        caveat="Räknar planer, inte patienter: kan inte läsas som täckningsgrad.",
    ),
    Indicator(
        code="care_plan_by_third_visit",
        chapter="4.3.2",
        opening="Under {year} hade {value} av patienterna en vårdplan senast vid tredje besöket",
        label="Vårdplan senast vid tredje besöket",
        kind=Kind.PERCENT,
        numerator="third_visits_with_care_plan",
        denominator="third_visits",
        headline=Headline.POOLED,
        better=Better.HIGHER,
        targets=(Target(100, "alla (100 %)", date(2022, 2, 1)),),
        unit="procent",
        definition="Patienter med kommunicerad vårdplan senast vid tredje besöket, av dem som "
        "gjorde sitt tredje besök under månaden",
        caveat="Frivilligt mått.",
    ),
    _of_clinics(
        "cgas_assessed",
        chapter="4.4.1",
        is_key=False,
        better=Better.HIGHER,
        opening="Under {year} skattades {value} patienter med C-GAS",
        entered_as="cgas_rated",
    ),
    Indicator(
        code="calls_answered_same_day",
        chapter="4.5.1",
        group=IndicatorGroup.ACCESS,
        opening="Under {year} var den genomsnittliga telefontillgängligheten {value}",
        label="Telefontillgänglighet",
        kind=Kind.PERCENT,
        numerator="calls_answered_same_day",
        denominator="calls",
        headline=Headline.MEAN_OF_CLINICS,
        better=Better.HIGHER,
        figure=4,
        requirement="Avtalet: telefon öppen minst vardagar 8–16, även under lunchtid",
        unit="procent",
        definition="Telefonsamtal som besvarades samma dag, av alla inkomna samtal",
        source="Ej angivet i årsuppföljningen",
        caveat="Rapporten skriver den genomsnittliga tillgängligheten: medeltal per mottagning.",
    ),
    Indicator(
        code="first_visit_within_30d",
        chapter="4.5.2",
        group=IndicatorGroup.ACCESS,
        opening="Under {year} fick {value} ett första besök inom 30 dagar",
        label="Första besök inom 30 dagar",
        kind=Kind.PERCENT,
        numerator="first_visits_within_30d",
        denominator="first_visits",
        headline=Headline.POOLED,
        better=Better.HIGHER,
        requirement="30-dagarsmålet",
        figure=5,
        unit="procent",
        definition="Första besök inom 30 dagar från att remissen var mottagen och bedömd, av "
        "alla genomförda första besök",
        caveat=THIRTY_DAYS,
    ),
    Indicator(
        code="investigation_within_30d",
        chapter="4.5.3",
        group=IndicatorGroup.ACCESS,
        opening="Under {year} startade {value} av utredningarna inom 30 dagar",
        label="Start av utredning inom 30 dagar",
        kind=Kind.PERCENT,
        numerator="investigations_started_within_30d",
        denominator="investigations_started",
        headline=Headline.POOLED,
        better=Better.HIGHER,
        requirement="30-dagarsmålet",
        figure=6,
        unit="procent",
        definition="Utredningar som startade inom 30 dagar från beslut, av alla startade",
        caveat=THIRTY_DAYS,
    ),
    Indicator(
        code="treatment_within_30d",
        chapter="4.5.4",
        group=IndicatorGroup.ACCESS,
        opening="Under {year} startade {value} av behandlingarna inom 30 dagar",
        label="Start av behandling inom 30 dagar",
        kind=Kind.PERCENT,
        numerator="treatments_started_within_30d",
        denominator="treatments_started",
        headline=Headline.POOLED,
        better=Better.HIGHER,
        requirement="30-dagarsmålet",
        figure=7,
        unit="procent",
        definition="Behandlingar som påbörjades inom 30 dagar från beslut, av alla påbörjade",
        caveat=THIRTY_DAYS,
    ),
    _of_clinics(
        "video_contacts",
        chapter="4.5.5",
        is_key=False,
        figure=8,
        opening="Under {year} var antalet distanskontakter via videolänk totalt {value}",
    ),
    Indicator(
        code="video_share",
        chapter="4.5.5",
        opening="Under {year} skedde {value} av kontakterna via videolänk",
        label="Andel kontakter via video",
        kind=Kind.PERCENT,
        numerator="video_contacts",
        denominator="contacts",
        headline=Headline.POOLED,
        unit="procent",
        definition="Distanskontakter via videolänk, av alla vårdkontakter",
        caveat="Frivilligt mått.",
    ),
    _queue("first_visit", "första besök", "Vid slutet av {year} väntade {value} på ett första besök"),
    _queue(
        "investigation",
        "fördjupad utredning",
        "Vid slutet av {year} väntade {value} på en fördjupad utredning",
    ),
    _queue("treatment", "behandling", "Vid slutet av {year} väntade {value} på behandling"),
    *_waited(
        "first_visit",
        "första besök",
        "Vid slutet av {year} hade {value} väntat högst 30 dagar på ett första besök",
    ),
    *_waited(
        "investigation",
        "utredning",
        "Vid slutet av {year} hade {value} väntat högst 30 dagar på en fördjupad utredning",
    ),
    *_waited(
        "treatment", "behandling", "Vid slutet av {year} hade {value} väntat högst 30 dagar på behandling"
    ),
    _to_clear("first_visit", "första besök", starts="first_visits", started="genomförda första besök"),
    _to_clear("investigation", "utredning", starts="investigations_started", started="startade utredningar"),
    _to_clear(
        "treatment", "behandling", starts="treatments_started", started="startade behandlingar", is_key=True
    ),
    _of_clinics(
        "first_visits", chapter="volume", opening="Under {year} genomfördes totalt {value} första besök"
    ),
    _of_clinics(
        "investigations_started",
        chapter="volume",
        opening="Under {year} startades totalt {value} utredningar",
    ),
    _of_clinics(
        "treatments_started", chapter="volume", opening="Under {year} påbörjades totalt {value} behandlingar"
    ),
    _of_clinics("care_episodes", chapter="economy", is_key=False),
)

INDICATORS_BY_CODE = {indicator.code: indicator for indicator in INDICATORS}
PATIENTS = next(indicator.code for indicator in INDICATORS if indicator.is_base)

# What a clinic follows from month to month: everything that its own measures give.
MONTHLY_INDICATORS = tuple(indicator for indicator in INDICATORS if indicator.from_clinics)
