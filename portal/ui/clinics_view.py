"""The parts of Mottagningar: all clinics on one indicator."""

import streamlit as st

from portal.domain.annual import Figure
from portal.domain.clinics import Clinic, Operator
from portal.domain.indicators import PATIENTS, Indicator
from portal.domain.months import Month
from portal.services import benchmarks
from portal.services.benchmarks import Comparison
from portal.ui import charts, formats, markup, sentences
from portal.ui.context import portal
from portal.ui.markup import Cell, numeric


def choose_period() -> Month | int:
    """Return a year or a month."""
    years = benchmarks.years(portal())
    newest = benchmarks.newest_month(portal())
    periods: list[Month | int] = [*years, *[newest.plus(-back) for back in range(13)]]
    return st.selectbox(
        "Period",
        periods,
        index=1 if len(years) > 1 else 0,
        format_func=lambda period: str(period) if isinstance(period, int) else period.label,
    )


def show_headline(found: Comparison) -> None:
    indicator, region = found.indicator, found.region
    period = found.last.label if found.first == found.last else _period(found)
    st.subheader(f"{indicator.label}, {period}", anchor=False)
    if region.value is None:
        st.info(f"Inget värde: {formats.reason(region.reason)}.")
        return
    text = f"Regionen: **{formats.value(indicator, region.value)}** ({indicator.headline.label}). "
    if indicator.is_rate and region.rate is not None:
        text += f"{formats.number(region.rate, 1)} per 100 aktuella patienter. "
    st.markdown(text + sentences.bases(indicator, region))
    st.caption(f"{indicator.better.label}. {indicator.definition}. Källa: {indicator.source}.")


def _period(found: Comparison) -> str:
    whole = found.last.number == 12
    return str(found.last.year) if whole else f"januari–{found.last.label}"


def show_chart(found: Comparison) -> None:
    if found.region.value is None:
        return
    st.caption("Strecket i blått är regionens värde. En mottagning utan stapel saknar värde: se tabellen.")
    charts.show_clinics(
        found, alt=f"{found.indicator.label} per mottagning. Samma siffror står i tabellen under."
    )


def show_table(found: Comparison) -> None:
    indicator = found.indicator
    rows = [_row(indicator, clinic, figure) for clinic, figure in found.figures]
    region = found.region
    rows.append(
        markup.row(
            "Regionen",
            "",
            numeric(formats.value(indicator, region.value) if region.value is not None else "–"),
            numeric(
                formats.number(region.rate, 1)
                if indicator.is_rate
                else _of(region.numerator, region.denominator)
            ),
            indicator.headline.label,
            css="total",
        )
    )
    headings = (
        "Mottagning",
        "Regi",
        "Värde",
        "Per 100 patienter" if indicator.is_rate else "Underlag",
        "Att veta",
    )
    st.html(
        markup.table(
            headings,
            rows,
            caption="Mottagningarna i rapportens ordning; ingen rangordning. Klicka för att se mottagningens sida.",
        )
    )
    _show_groups(found)


def _row(indicator: Indicator, clinic: Clinic, figure: Figure) -> markup.Row:
    few = (
        indicator.is_share
        and figure.value is not None
        and (figure.denominator or 0) < sentences.SMALL_DENOMINATOR
    )
    basis = formats.number(figure.rate, 1) if indicator.is_rate else _of(figure.numerator, figure.denominator)
    return markup.row(
        Cell(clinic.name, href=markup.link("oversikt", mottagning=clinic.code), small=clinic.municipality),
        clinic.operator.label,
        numeric(formats.figure(indicator, figure))
        if figure.value is not None
        else markup.missing(formats.reason(figure.reason)),
        numeric(basis),
        "få fall" if few else "",
    )


def _of(numerator: float | None, denominator: float | None) -> str:
    if numerator is None or denominator is None:
        return "–"
    digits = 0 if denominator == int(denominator) else 1
    return f"{formats.number(numerator)} av {formats.number(denominator, digits)}"


def _show_groups(found: Comparison) -> None:
    """Compare public and private as groups, each on the headline's basis."""
    if found.indicator.code == PATIENTS:
        return
    parts = []
    for operator in Operator:
        group = benchmarks.group(found, operator)
        if group.value is not None:
            shown = group.rate if found.indicator.is_rate else group.value
            text = (
                f"{formats.number(shown, 1)} per 100 patienter"
                if found.indicator.is_rate
                else formats.value(found.indicator, shown)
            )
            parts.append(f"{operator.label} regi {text} ({group.clinics} mottagningar)")
    if parts:
        st.markdown("Grupper: " + "; ".join(parts) + ".")
