"""The parts of Indikator: the chart, its table, what the measure is, the download."""

import streamlit as st

from portal.domain.indicators import Indicator
from portal.services import exports
from portal.services.overview import Point, Series
from portal.ui import charts, formats, frame, markup, sentences
from portal.ui.markup import Cell, numeric


PERIODS = {"12 månader": 12, "24 månader": 24, "36 månader": 36}


def choose_period() -> int:
    chosen = st.segmented_control("Period", list(PERIODS), default="24 månader")
    return PERIODS[chosen or "24 månader"]


def show_chart(series: Series) -> None:
    st.markdown(sentences.headline(series))
    st.caption(_reading_help(series))
    charts.show_over_time(
        series,
        alt=f"{series.indicator.label} för {series.clinic.name} och regionen per månad. "
        "Samma siffror står i tabellen under.",
    )


def _reading_help(series: Series) -> str:
    indicator = series.indicator
    drawn = f"Visas per 100 aktuella patienter ({indicator.unit})." if indicator.is_rate else ""
    return f"{indicator.better.label}. {drawn} En månad utan värde bryter linjen, och små tal svänger mycket."


def show_table(series: Series) -> None:
    rows = [_row(series.indicator, point) for point in reversed(series.points)]
    headings = ("Månad", "Mottagningen", "Underlag", "Regionen", "Grund")
    st.html(
        markup.table(
            headings, rows, caption=f"{series.indicator.label}, {series.indicator.unit}, nyast först"
        )
    )


def _row(indicator: Indicator, point: Point) -> markup.Row:
    figure, basis = sentences.region(indicator, point.released)
    own = point.own
    return markup.row(
        point.month.label,
        numeric(formats.figure(indicator, own))
        if own.value is not None
        else markup.missing(formats.reason(own.reason)),
        Cell(sentences.cases(indicator, own) or "–", css="num"),
        Cell(figure, css="num" if point.released and point.released.is_shown else "missing"),
        basis or "–",
    )


def show_download(series: Series) -> None:
    """Offer the table for Swedish Excel; the name is unique per clinic, so caches can't mix them up."""
    st.download_button(
        "Ladda ner tabellen (CSV)",
        data=lambda: _csv(series),
        file_name=frame.file_name(
            f"{series.clinic.code}-{series.indicator.code}-{series.points[-1].month}.csv"
        ),
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
    )


def _csv(series: Series) -> bytes:
    headings = ("månad", "mottagning", "värde", "täljare", "nämnare", "skäl", "region", "enhet")
    return exports.csv_bytes(
        headings,
        (
            (
                str(point.month),
                series.clinic.code,
                point.own.value,
                point.own.numerator,
                point.own.denominator,
                point.own.reason.label if point.own.reason else "",
                _regional(series.indicator, point),
                series.indicator.unit,
            )
            for point in series.points
        ),
    )


def _regional(indicator: Indicator, point: Point) -> float | None:
    if point.released is None or not point.released.is_shown:
        return None
    return point.released.rate if indicator.is_rate else point.released.value


def show_about(indicator: Indicator) -> None:
    with st.expander("Om måttet"):
        lines = [
            f"**Definition:** {indicator.definition}.",
            f"**Regionens värde:** {indicator.headline.label}.",
            f"**Riktning:** {indicator.better.label.lower()}.",
            f"**Källa:** {indicator.source}.",
        ]
        if indicator.requirement:
            lines.append(f"**Krav:** {indicator.requirement}.")
        if indicator.caveat:
            lines.append(f"**Att tänka på:** {indicator.caveat}")
        st.markdown("\n\n".join(lines))
