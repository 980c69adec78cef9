"""Charts: Altair makes each shape once, the rows are put in per run; only permitted columns go in.

An Altair object built anew costs 25 ms of a rerun, its specification as a dict 4 ms.
"""

from functools import lru_cache
from typing import Any

import streamlit as st

from portal.domain.indicators import Indicator
from portal.domain.series import drawn as comparable_value
from portal.services.benchmarks import Comparison
from portal.services.context import DEMO_LABEL
from portal.ui.context import portal


GREEN, BLUE, RED, GREY = "#178571", "#00577b", "#AE2D3A", "#5b6b67"
SWEDISH = {
    "number": {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", " kr"]},
}


def show_clinics(comparison: Comparison, *, alt: str) -> None:
    """Draw all clinics as bars on one scale with the region as a line. For the region only."""
    indicator = comparison.indicator
    region = comparison.region.rate if indicator.is_rate else comparison.region.value
    rows = [
        {
            "clinic": clinic.name,
            "value": rounded(comparable_value(indicator, figure)),
            "region": rounded(region if indicator.is_rate or indicator.denominator else None),
        }
        for clinic, figure in comparison.figures
    ]
    spec = _bar_spec(axis_title(indicator)) | {"data": {"values": rows}}
    st.vega_lite_chart(spec, width="stretch", height=40 + 30 * len(rows), alt=alt, key="clinics")


def axis_title(indicator: Indicator) -> str:
    if indicator.is_rate:
        return f"{indicator.unit} per 100 aktuella patienter"
    return indicator.unit


def picture_title(text: str, direction: str, indicator: Indicator) -> dict[str, Any]:
    """Return the title of a picture that leaves the portal: what, which way is good, and where from."""
    invented = [DEMO_LABEL] if portal().is_demo else []
    return {
        "text": text,
        "subtitle": [f"{direction}. {indicator.definition}.", f"Källa: {indicator.source}", *invented],
        "anchor": "start",
        "fontSize": 16,
        "subtitleFontSize": 11,
        "subtitleColor": "#4a5a56",
        "offset": 12,
    }


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


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
    return finished(alt.layer(bars, line, halo, text))


def finished(chart: Any) -> dict[str, Any]:
    spec = chart.to_dict()
    spec.pop("datasets", None)
    spec["config"] = {
        "locale": SWEDISH,
        "axis": {"labelFontSize": 12, "titleFontSize": 12, "labelLimit": 220},
    }
    return spec
