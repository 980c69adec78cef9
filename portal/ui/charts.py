"""Charts: Altair makes each shape once, the rows are put in per run; only permitted columns go in.

An Altair object built anew costs 25 ms of a rerun, its specification as a dict 4 ms.
"""

from functools import lru_cache
from typing import Any

import streamlit as st

from portal.domain.annual import Figure
from portal.domain.indicators import Indicator, Target
from portal.domain.standing import comparable
from portal.services.benchmarks import Comparison
from portal.services.overview import Series
from portal.ui import markup


OWN, REGION, TARGET = "Mottagningen", "Regionen", "Mål"
GREEN, BLUE, RED = "#178571", "#00577b", "#AE2D3A"
SWEDISH = {
    "number": {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", " kr"]},
}


def over_time(series: Series) -> list[dict[str, object]]:
    """Return the chart's rows: month, value and whose; a month without value keeps its place."""
    rows: list[dict[str, object]] = []
    for point in series.points:
        rows.append(_row(point.month.short, OWN, comparable_value(series.indicator, point.own)))
        rows.append(_row(point.month.short, REGION, comparable(series.indicator, point.released)))
        if target := series.targets.get(point.month):
            rows.append(_row(point.month.short, TARGET, target.value))
    return rows


def comparable_value(indicator: Indicator, figure: Figure) -> float | None:
    """Return what is drawn: the rate per 100 patients for counts, otherwise the value."""
    return figure.rate if indicator.is_rate else figure.value


def show_over_time(series: Series, *, alt: str) -> None:
    title = axis_title(series.indicator)
    spec = _line_spec(title, any(series.targets.values())) | {"data": {"values": over_time(series)}}
    st.html(markup.legend(_legend(series)))
    st.vega_lite_chart(spec, width="stretch", height=320, alt=alt, key="over-time")


def _legend(series: Series) -> list[tuple[str, str, str]]:
    """Vega's own legend draws dashes around its symbols; this one can be read aloud too."""
    entries = [(GREEN, "●—●", series.clinic.name), (BLUE, "■ - ■", "Regionens släppta värde")]
    if drawn := _target_words(series):
        entries.append((RED, "▲ ··· ▲", f"Mål: {drawn}"))
    return entries


def _target_words(series: Series) -> str:
    """Return the targets that are drawn, the one before first: `minst 80 %, från mars 2025 minst 90 %`."""
    words: list[str] = []
    before: Target | None = None
    for point in series.points:
        now = series.targets.get(point.month)
        if now != before and (now or words):
            text = now.text if now else "inget"
            words.append(f"från {point.month.label} {text}" if point is not series.points[0] else text)
        before = now
    return ", ".join(words)


def show_clinics(comparison: Comparison, *, alt: str) -> None:
    """Draw all clinics as bars on one scale with the region as a line. For the region only."""
    indicator = comparison.indicator
    region = comparison.region.rate if indicator.is_rate else comparison.region.value
    rows = [
        {
            "clinic": clinic.name,
            "value": _rounded(comparable_value(indicator, figure)),
            "region": _rounded(region if indicator.is_rate or indicator.denominator else None),
        }
        for clinic, figure in comparison.figures
    ]
    spec = _bar_spec(axis_title(indicator)) | {"data": {"values": rows}}
    st.vega_lite_chart(spec, width="stretch", height=40 + 30 * len(rows), alt=alt, key="clinics")


def axis_title(indicator: Indicator) -> str:
    if indicator.is_rate:
        return f"{indicator.unit} per 100 aktuella patienter"
    return indicator.unit


def _row(month: str, series: str, value: float | None) -> dict[str, object]:
    return {"month": month, "series": series, "value": _rounded(value)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


@lru_cache(maxsize=50)
def _line_spec(title: str, with_target: bool) -> dict[str, Any]:
    import altair as alt

    drawn = 3 if with_target else 2
    names, colours = [OWN, REGION, TARGET][:drawn], [GREEN, BLUE, RED][:drawn]
    dashes, shapes = [[1, 0], [6, 3], [2, 2]][:drawn], ["circle", "square", "triangle"][:drawn]
    base = alt.Chart(alt.Data(values=[])).encode(
        x=alt.X("month:O", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        y=alt.Y("value:Q", title=title, scale=alt.Scale(zero=True)),
        color=alt.Color("series:N", legend=None, scale=alt.Scale(domain=names, range=colours)),
        tooltip=[
            alt.Tooltip("month:O", title="Månad"),
            alt.Tooltip("series:N", title="Vems"),
            alt.Tooltip("value:Q", title="Värde", format=",.1f"),
        ],
    )
    lines = base.mark_line(strokeWidth=2).encode(
        strokeDash=alt.StrokeDash("series:N", legend=None, scale=alt.Scale(domain=names, range=dashes))
    )
    points = base.mark_point(filled=True, size=45).encode(
        shape=alt.Shape("series:N", legend=None, scale=alt.Scale(domain=names, range=shapes))
    )
    return _finished(alt.layer(lines, points))


@lru_cache(maxsize=50)
def _bar_spec(title: str) -> dict[str, Any]:
    import altair as alt

    base = alt.Chart(alt.Data(values=[])).encode(y=alt.Y("clinic:N", sort=None, title=None))
    bars = base.mark_bar(color=GREEN, height=18).encode(
        x=alt.X("value:Q", title=title),
        tooltip=[
            alt.Tooltip("clinic:N", title="Mottagning"),
            alt.Tooltip("value:Q", title="Värde", format=",.1f"),
        ],
    )
    line = base.mark_tick(color=BLUE, thickness=2, size=26).encode(x="region:Q")
    # White behind the figures, so that the region's line does not run through them.
    words = {"x": "value:Q", "text": alt.Text("value:Q", format=",.1f")}
    halo = base.mark_text(align="left", dx=5, stroke="white", strokeWidth=5).encode(**words)
    text = base.mark_text(align="left", dx=5, color="#1f2d2a").encode(**words)
    return _finished(alt.layer(bars, line, halo, text))


def _finished(chart: Any) -> dict[str, Any]:
    spec = chart.to_dict()
    spec.pop("datasets", None)
    spec["config"] = {
        "locale": SWEDISH,
        "axis": {"labelFontSize": 12, "titleFontSize": 12, "labelLimit": 220},
    }
    return spec
