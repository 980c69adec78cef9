"""Measures (mått): the counts a clinic reports each month. Declared here and nowhere else.

Texts follow the region's contract and its follow-up report for 2024.
"""

from dataclasses import dataclass
from enum import StrEnum


class MeasureKind(StrEnum):
    FLOW = "flow"  # happened during the month; summed over months
    STOCK = "stock"  # a snapshot on the month's last day; the last one counts for the year


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """A reported count: whole, 0 or more."""

    code: str
    label: str
    kind: MeasureKind
    unit: str
    definition: str
    required: bool = True
    not_above: str | None = None  # code of the whole that this is a part of
    note: str = ""


FLOW, STOCK = MeasureKind.FLOW, MeasureKind.STOCK

# The national model (väntetider.se, BUP) counts those who wait apart from those who started.
NOT_THOSE_WHO_STARTED = "Gäller dem som väntar än: blandas inte med dem som startade under månaden."

MEASURES: tuple[Measure, ...] = (
    Measure(
        code="active_patients",
        label="Aktuella patienter",
        kind=STOCK,
        unit="individer",
        definition="Patienter som är aktuella på mottagningen månadens sista dag",
    ),
    Measure(
        code="waiting_first_visit",
        label="Väntande till första besök",
        kind=STOCK,
        unit="individer",
        definition="Barn och unga som väntar på ett första besök månadens sista dag",
    ),
    Measure(
        code="waiting_first_visit_over_30d",
        label="Väntande till första besök, varav över 30 dagar",
        kind=STOCK,
        unit="individer",
        definition="Av dem som väntar på ett första besök månadens sista dag: de som har väntat mer än 30 dagar",
        required=False,
        not_above="waiting_first_visit",
        note=NOT_THOSE_WHO_STARTED,
    ),
    Measure(
        code="waiting_first_visit_over_90d",
        label="Väntande till första besök, varav över 90 dagar",
        kind=STOCK,
        unit="individer",
        definition="Av dem som väntar på ett första besök månadens sista dag: de som har väntat mer än 90 dagar",
        required=False,
        not_above="waiting_first_visit_over_30d",
        note=NOT_THOSE_WHO_STARTED,
    ),
    Measure(
        code="waiting_investigation",
        label="Väntande till fördjupad utredning",
        kind=STOCK,
        unit="individer",
        definition="Barn och unga som väntar på att en beslutad utredning ska starta månadens sista dag",
    ),
    Measure(
        code="waiting_investigation_over_30d",
        label="Väntande till fördjupad utredning, varav över 30 dagar",
        kind=STOCK,
        unit="individer",
        definition="Av dem som väntar på att en beslutad utredning ska starta månadens sista dag: de som har väntat mer än 30 dagar",
        required=False,
        not_above="waiting_investigation",
        note=NOT_THOSE_WHO_STARTED,
    ),
    Measure(
        code="waiting_investigation_over_90d",
        label="Väntande till fördjupad utredning, varav över 90 dagar",
        kind=STOCK,
        unit="individer",
        definition="Av dem som väntar på att en beslutad utredning ska starta månadens sista dag: de som har väntat mer än 90 dagar",
        required=False,
        not_above="waiting_investigation_over_30d",
        note=NOT_THOSE_WHO_STARTED,
    ),
    Measure(
        code="waiting_treatment",
        label="Väntande till behandling",
        kind=STOCK,
        unit="individer",
        definition="Barn och unga som väntar på att en beslutad behandling ska starta månadens sista dag",
    ),
    Measure(
        code="waiting_treatment_over_30d",
        label="Väntande till behandling, varav över 30 dagar",
        kind=STOCK,
        unit="individer",
        definition="Av dem som väntar på att en beslutad behandling ska starta månadens sista dag: de som har väntat mer än 30 dagar",
        required=False,
        not_above="waiting_treatment",
        note=NOT_THOSE_WHO_STARTED,
    ),
    Measure(
        code="waiting_treatment_over_90d",
        label="Väntande till behandling, varav över 90 dagar",
        kind=STOCK,
        unit="individer",
        definition="Av dem som väntar på att en beslutad behandling ska starta månadens sista dag: de som har väntat mer än 90 dagar",
        required=False,
        not_above="waiting_treatment_over_30d",
        note=NOT_THOSE_WHO_STARTED,
    ),
    Measure(
        code="first_visits",
        label="Genomförda första besök (nybesök)",
        kind=FLOW,
        unit="besök",
        definition="Första besök som genomfördes under månaden",
    ),
    Measure(
        code="first_visits_within_30d",
        label="Första besök, varav inom 30 dagar",
        kind=FLOW,
        unit="besök",
        definition="Första besök inom 30 dagar från att remissen var mottagen och bedömd",
        not_above="first_visits",
    ),
    Measure(
        code="investigations_started",
        label="Startade utredningar",
        kind=FLOW,
        unit="utredningar",
        definition="Utredningar som startade under månaden",
    ),
    Measure(
        code="investigations_started_within_30d",
        label="Startade utredningar, varav inom 30 dagar",
        kind=FLOW,
        unit="utredningar",
        definition="Utredningar som startade inom 30 dagar från beslut om utredning",
        not_above="investigations_started",
    ),
    Measure(
        code="treatments_started",
        label="Startade behandlingar",
        kind=FLOW,
        unit="behandlingar",
        definition="Behandlingar som påbörjades under månaden",
    ),
    Measure(
        code="treatments_started_within_30d",
        label="Startade behandlingar, varav inom 30 dagar",
        kind=FLOW,
        unit="behandlingar",
        definition="Behandlingar som påbörjades inom 30 dagar från beslut om behandling",
        not_above="treatments_started",
    ),
    Measure(
        code="calls",
        label="Inkomna telefonsamtal",
        kind=FLOW,
        unit="samtal",
        definition="Telefonsamtal till mottagningen under månaden",
        note="En mottagning vars telefonsystem inte kan räkna samtal svarar ”mäts inte”.",
    ),
    Measure(
        code="calls_answered_same_day",
        label="Telefonsamtal, varav besvarade samma dag",
        kind=FLOW,
        unit="samtal",
        definition="Telefonsamtal som besvarades samma dag",
        not_above="calls",
    ),
    Measure(
        code="care_plans",
        label="Skrivna vårdplaner",
        kind=FLOW,
        unit="vårdplaner",
        definition="Vårdplaner som skrevs under månaden",
    ),
    Measure(
        code="sip_meetings",
        label="Genomförda SIP-möten",
        kind=FLOW,
        unit="möten",
        definition="Möten om samordnad individuell plan under månaden",
    ),
    Measure(
        code="sip_patients",
        label="Patienter med SIP-möte",
        kind=FLOW,
        unit="individer",
        definition="Unika individer med minst ett SIP-möte under månaden",
        required=False,
        note="Unika individer kan inte summeras över månader eller mottagningar.",
    ),
    Measure(
        code="video_contacts",
        label="Distanskontakter via videolänk",
        kind=FLOW,
        unit="kontakter",
        definition="Vårdkontakter över säker videolänk under månaden",
    ),
    Measure(
        code="contacts",
        label="Vårdkontakter totalt",
        kind=FLOW,
        unit="kontakter",
        definition="Alla genomförda vårdkontakter under månaden (gör videoandelen möjlig)",
        required=False,
    ),
    Measure(
        code="third_visits",
        label="Patienter med tredje besöket",
        kind=FLOW,
        unit="individer",
        definition="Patienter som gjorde sitt tredje besök under månaden",
        required=False,
        note="Avtalet kräver vårdplan senast vid tredje besöket.",
    ),
    Measure(
        code="third_visits_with_care_plan",
        label="Patienter med tredje besöket, varav med vårdplan",
        kind=FLOW,
        unit="individer",
        definition="Patienter som hade en kommunicerad vårdplan senast vid det tredje besöket",
        required=False,
        not_above="third_visits",
    ),
    Measure(
        code="cgas_assessed",
        label="Patienter skattade med C-GAS",
        kind=FLOW,
        unit="individer",
        definition="Patienter som skattades med C-GAS under månaden",
        required=False,
    ),
    Measure(
        code="care_episodes",
        label="Avslutade vårdepisoder",
        kind=FLOW,
        unit="vårdepisoder",
        definition="Vårdepisoder som avslutades under månaden (underlag för ersättning)",
        required=False,
    ),
)

MEASURES_BY_CODE = {measure.code: measure for measure in MEASURES}


def wholes_of(measure: Measure) -> tuple[Measure, ...]:
    """Return what the measure is a part of, and what that is a part of, the nearest first."""
    if measure.not_above is None:
        return ()
    whole = MEASURES_BY_CODE[measure.not_above]
    return (whole, *wholes_of(whole))
