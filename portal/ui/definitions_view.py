"""The parts of Definitioner: generated from the declarations, so that they can't differ from them."""

import streamlit as st

from portal.domain.access import User
from portal.domain.checks import CHECKS
from portal.domain.indicators import INDICATORS
from portal.domain.measures import MEASURES, MEASURES_BY_CODE, MeasureKind
from portal.domain.problems import Severity
from portal.services import targets
from portal.ui import markup
from portal.ui.context import portal
from portal.ui.markup import Cell
from portal.uploads.findings import FINDINGS


KINDS = {MeasureKind.FLOW: "under månaden", MeasureKind.STOCK: "månadens sista dag"}


def show_indicators(user: User) -> None:
    in_force = targets.in_force(portal(), user)
    rows = [
        markup.row(
            Cell(
                indicator.label,
                small=f"kapitel {indicator.chapter}" if indicator.chapter[0].isdigit() else "",
            ),
            Cell(indicator.definition, small=indicator.caveat),
            _parts(indicator.measures),
            indicator.headline.label,
            indicator.better.label,
            target.text if (target := in_force[indicator.code]) else indicator.requirement or "–",
            Cell(indicator.source, small=indicator.frequency.label),
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
    rows = [
        markup.row(
            Cell(measure.label, small=measure.code),
            Cell(measure.definition, small=measure.note),
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
        markup.row(Cell(check.explanation, small=check.code), SEVERITIES[check.severity]) for check in CHECKS
    ]
    st.html(
        markup.table(
            ("Kontroll", "Följd"),
            checked,
            caption="Kontroller: det som värdena jämförs med när en månad skickas in",
        )
    )
    refused = [
        markup.row(Cell(finding.explanation, small=finding.code), SEVERITIES[Severity.ERROR])
        for finding in FINDINGS
    ]
    st.html(markup.table(("Fel i filen", "Följd"), refused, caption="Filer: det som inte går att läsa"))


def show_words() -> None:
    st.markdown(
        """
**Sammanslaget** är alla mottagningars täljare delat med alla nämnare: en stor mottagning väger mer.
**Medeltal per mottagning** är det oviktade medlet av mottagningarnas egna andelar: alla väger lika.

**Per 100 patienter.** Antal jämförs per 100 aktuella patienter, eftersom mottagningarna är olika stora.

**Läge.** En skillnad mot regionen räknas först när den är större än slumpen brukar ge: regionens värde
ligger utanför ert 95-procentiga osäkerhetsintervall (Wilson för andelar, Byar för antal).

**Visas inte.** Regionens värde visas när minst tre vårdgivare ingår, ingen av dem dominerar och det finns
tillräckligt många fall. Annars skulle man kunna räkna ut en annan mottagnings värde.

**När värdet saknas** står skälet: ej startad, avslutad, ej rapporterat, mäts inte, inget underlag,
ingen mätning, ej deltagit. Det är aldrig noll.

**Försiktighet.** Mått kan rapporteras olika mellan mottagningar, och journalsystemet byts: jämför över
ett byte med varsamhet.
"""
    )
