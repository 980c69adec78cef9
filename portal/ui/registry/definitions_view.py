"""The parts of Definitioner: generated from the declarations, so that they can't differ from them."""

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.registry.indicators import INDICATORS, INDICATORS_BY_CODE
from portal.domain.registry.measures import MEASURES, MEASURES_BY_CODE, MeasureKind
from portal.domain.reporting.checks import CHECKS
from portal.domain.reporting.problems import Severity
from portal.services.administration import targets
from portal.ui.base import markup
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell
from portal.uploads.findings import FINDINGS


KINDS = {MeasureKind.FLOW: "under månaden", MeasureKind.STOCK: "månadens sista dag"}


def show_indicator_in_address(user: User) -> None:
    """Show the indicator that a chart's link asks for, above everything else."""
    indicator = INDICATORS_BY_CODE.get(st.query_params.get("indikator", ""))
    if indicator is None:
        return
    with st.container(border=True):
        st.markdown(f"##### {indicator.label}")
        lines = [
            f"**Vad som räknas:** {indicator.definition}.",
            f"**Täljare / nämnare:** {_parts(indicator.measures)}. **Enhet:** {indicator.unit}.",
            f"**Regionens värde:** {indicator.headline.label}. **Riktning:** {indicator.better.label.lower()}.",
            f"**Källa:** {indicator.source}, {indicator.frequency.label}.",
        ]
        target = targets.in_force(portal(), user)[indicator.code]
        lines += [f"**Mål:** {target.text}, från {target.valid_from:%Y-%m-%d}."] if target else []
        lines += [f"**Krav:** {indicator.requirement}."] if indicator.requirement else []
        lines += [f"**Att tänka på:** {indicator.caveat}"] if indicator.caveat else []
        st.markdown("\n\n".join(lines))


def show_indicators(user: User) -> None:
    """List every indicator with its definition, parts, target and source."""
    in_force = targets.in_force(portal(), user)
    rows = [
        markup.row(
            TableCell(
                indicator.label,
                small=f"kapitel {indicator.chapter}" if indicator.chapter[0].isdigit() else "",
            ),
            TableCell(indicator.definition, small=indicator.caveat),
            _parts(indicator.measures),
            indicator.headline.label,
            indicator.better.label,
            target.text if (target := in_force[indicator.code]) else indicator.requirement or "–",
            TableCell(indicator.source, small=indicator.frequency.label),
        )
        for indicator in INDICATORS
    ]
    headings = (
        "Indikator",
        "Vad som räknas",
        "Täljare / nämnare",
        "Regionens värde",
        "Riktning",
        "Mål",
        "Källa",
    )
    st.html(markup.table(headings, rows, caption="Indikatorer: det som följs upp"))


def _parts(measures: tuple[str, ...]) -> str:
    return " / ".join(MEASURES_BY_CODE[code].label for code in measures) or "regionens egen källa"


def show_measures() -> None:
    """List every measure that is reported."""
    rows = [
        markup.row(
            TableCell(measure.label, small=measure.code),
            TableCell(measure.definition, small=measure.note),
            KINDS[measure.kind],
            measure.unit,
            "ja" if measure.required else "frivilligt",
        )
        for measure in MEASURES
    ]
    st.html(
        markup.table(
            ("Mått", "Vad som räknas", "När", "Enhet", "Krävs"),
            rows,
            caption="Mått: det som mottagningen rapporterar",
        )
    )


SEVERITIES = {Severity.ERROR: "fel, stoppar", Severity.WARNING: "varning, bekräftas"}


def show_checks() -> None:
    """Show every check and everything that the reader refuses: each is declared once, where it is made."""
    checked = [
        markup.row(TableCell(check.explanation, small=check.code), SEVERITIES[check.severity])
        for check in CHECKS
    ]
    st.html(
        markup.table(
            ("Kontroll", "Följd"),
            checked,
            caption="Kontroller: det som värdena jämförs med när en månad skickas in",
        )
    )
    refused = [
        markup.row(TableCell(finding.explanation, small=finding.code), SEVERITIES[Severity.ERROR])
        for finding in FINDINGS
    ]
    st.html(markup.table(("Fel i filen", "Följd"), refused, caption="Filer: det som inte går att läsa"))


def show_words() -> None:
    """Explain the words of the pages."""
    st.markdown(
        """
**Sammanslaget** är alla mottagningars täljare delat med alla nämnare: en stor mottagning väger mer.
**Medeltal per mottagning** är det oviktade medlet av mottagningarnas egna andelar: alla väger lika.

**Per 100 patienter.** Antal jämförs per 100 aktuella patienter, eftersom mottagningarna är olika stora.

**Läge.** En skillnad mot regionen räknas först när den är större än slumpen brukar ge: regionens värde
ligger utanför ert 95-procentiga osäkerhetsintervall (Wilson för andelar, Byar för antal,
logaritmerat för månader att beta av en kö).

**Gränser för det vanliga.** Snittet av månaderna ± 2,66 gånger den genomsnittliga ändringen från månad till
månad (XmR-diagram; stora hopp räknas bort en gång). När en andel vilar på få fall följer gränserna i stället
antalet fall (p-diagram). En månad utanför gränserna, sju månader åt samma håll, sju på samma sida om snittet
eller två av tre nära en gräns är en verklig förändring. Färre än 13 månader ger inga sådana märken. En månad
utan värde och ett seriebrott bryter räkningen; efter ett seriebrott börjar gränserna om.

**Tratten.** Regionens sammanslagna andel med gränser för hur mycket en mottagning av varje storlek kan avvika
av slump: 95 av 100 ligger innanför de inre, 998 av 1 000 innanför de yttre. Med överspridning vidgas tratten
med den skillnad mellan mottagningar som slumpen inte förklarar (Spiegelhalter).

**Köer.** Hur länge en kö räcker är indikatorn Månader att beta av kön, på alla sidor. Vad som krävs för att
ingen ska vänta mer än 30 dagar: nya i kön, plus det som är för mycket i kön delat med tiden.

**Visas inte.** Regionens värde visas när minst tre vårdgivare ingår, ingen av dem dominerar och det finns
tillräckligt många fall. Annars skulle man kunna räkna ut en annan mottagnings värde. Av samma skäl saknas ibland
medeltalet bredvid en andel, och årets andel för regionen är utan decimal.

**När värdet saknas** står skälet: ej startad, avslutad, ej rapporterat, mäts inte, inget underlag,
ingen mätning, ej deltagit. Det är aldrig noll.

**Försiktighet.** Mått kan rapporteras olika mellan mottagningar, och journalsystemet byts: jämför över
ett byte med varsamhet.
"""
    )
