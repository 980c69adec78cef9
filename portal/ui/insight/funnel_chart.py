"""The funnel of a share: every clinic against its number of cases, those that differ by name."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import streamlit as st

from portal.domain.insight import comparing
from portal.domain.insight.comparing import Funnel
from portal.domain.insight.statistics.funnel import FunnelPlace
from portal.services.insight.benchmarks import ClinicComparison
from portal.ui.base import charts, formats, funnel_labels
from portal.ui.base.charts import BLUE, GREY, EndLabel, Spec, rounded
from portal.ui.insight import interval_chart


HEIGHT = 430
NARROW, PICTURE = 640, 900  # pixels across: what labels are placed for, on the page and in a picture
SCALE = (0, 100)
HAS_ROOM = "!(containerSize()[0] < 560)"  # for names; on a telephone they stand in the tiles alone
PLACES = {
    FunnelPlace.WITHIN: ("inom tratten", "●"),
    FunnelPlace.ABOVE_95: ("över", "▲"),
    FunnelPlace.BELOW_95: ("under", "▼"),
    FunnelPlace.ABOVE_998: ("långt över", "▲"),
    FunnelPlace.BELOW_998: ("långt under", "▼"),
}

Rows = list[dict[str, object]]


def word(place: FunnelPlace) -> str:
    return PLACES[place][0]


def sign(place: FunnelPlace) -> str:
    return PLACES[place][1]


def funnel_rows(comparison: ClinicComparison, funnel: Funnel) -> Rows:
    """Return the clinics' points and the limits' curve, told apart by `kind`."""
    rows: Rows = [
        {
            "kind": "limit",
            "cases": rounded(case_count),
            "low95": rounded(100 * limits.low_95),
            "high95": rounded(100 * limits.high_95),
            "low998": rounded(100 * limits.low_998),
            "high998": rounded(100 * limits.high_998),
            "average": rounded(100 * funnel.average),
        }
        for case_count, limits in funnel.curve
    ]
    for (clinic, figure), place in zip(comparison.figures, funnel.places, strict=True):
        if place is not None:
            rows.append(
                {
                    "kind": "clinic",
                    "clinic": clinic.name,
                    "label": "" if place is FunnelPlace.WITHIN else clinic.name,
                    "cases": figure.denominator,
                    "value": rounded(figure.value),
                    "place": word(place),
                    "position": comparing.position_of(place, comparison.indicator.better).value,
                    **charts.texts(
                        value=formats.figure(comparison.indicator, figure),
                        cases=formats.number(figure.denominator),
                    ),
                }
            )
    return rows


def show_funnel(comparison: ClinicComparison, funnel: Funnel, *, names: Sequence[str]) -> Rows:
    """Draw the funnel with the points of the clinics with those names."""
    rows = [row for row in funnel_rows(comparison, funnel) if row.get("clinic") in (None, *names)]
    rows = funnel_labels.placed(rows, scale=SCALE, size=(NARROW, HEIGHT))
    st.vega_lite_chart(
        _named(funnel) | charts.data_of(rows),
        width="stretch",
        height=HEIGHT,
        alt=f"Trattdiagram: {comparison.indicator.label} per mottagning mot antalet fall. {_outside(rows)}. "
        "Läget i ord står under Tabell.",
        key="funnel",
    )
    return rows


def _outside(rows: Rows) -> str:
    outside = [
        f"{row['clinic']} {row['place']}"
        for row in rows
        if row.get("place", word(FunnelPlace.WITHIN)) != word(FunnelPlace.WITHIN)
    ]
    return formats.listed(outside) or "Ingen utanför tratten"


def _named(funnel: Funnel) -> Spec:
    """Return the shape with its lines named at their ends."""
    _, limits = funnel.curve[-1]
    labels = [
        EndLabel("998 av 1 000 innanför", 100 * limits.high_998, GREY),
        EndLabel("95 av 100 innanför", 100 * limits.high_95, GREY),
        EndLabel(
            f"Regionen {formats.percent(100 * funnel.average)}", 100 * funnel.average, BLUE, is_own=True
        ),
    ]
    return charts.with_end_labels(funnel_spec(), labels, SCALE, height=HEIGHT - 50)


@lru_cache(maxsize=1)
def funnel_spec() -> Spec:
    """Return the funnel's shape, without data."""
    import altair as alt

    base = alt.Chart(alt.Data(values=[]))
    x = alt.X(
        "cases:Q", title="Antal fall", scale=alt.Scale(zero=True, nice=False), axis=alt.Axis(tickCount=5)
    )
    axis = alt.Axis(values=[0, 25, 50, 75, 100], labelExpr="datum.label + ' %'")
    limits = base.transform_filter("datum.kind == 'limit'").encode(x=x)

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", title=None, axis=axis, scale=alt.Scale(domain=SCALE))

    def line(field: str, colour: str, dash: list[int], width: float) -> Any:
        return limits.mark_line(color=colour, strokeDash=dash, strokeWidth=width).encode(y=y(field))

    clinics = base.transform_filter("datum.kind == 'clinic'").encode(x=x, y=y("value"))
    texts: dict[str, Any] = {name: alt.expr(f"datum.{name}") for name in ("align", "dx", "dy")}
    texts |= {"fontSize": funnel_labels.FONT, "baseline": "middle"}
    layers = [
        line("low998", GREY, [1, 0], 1.2),
        line("high998", GREY, [1, 0], 1.2),
        line("low95", GREY, [5, 4], 1.2),
        line("high95", GREY, [5, 4], 1.2),
        line("average", BLUE, [1, 0], 1.8),
        _points(alt, clinics),
        clinics.transform_filter(HAS_ROOM).mark_text(color="#1f2d2a", **texts).encode(text="label:N"),
    ]
    return charts.finished(alt.layer(*layers))


def _points(alt: Any, clinics: Any) -> Any:
    """The clinics' points; what their place means is told by shape as well as by colour, as beside the region."""
    positions = [position.value for position in interval_chart.SHAPES]
    shapes, colours = zip(*interval_chart.SHAPES.values(), strict=True)
    return clinics.mark_point(filled=True, size=110, opacity=1, stroke="white", strokeWidth=1).encode(
        shape=alt.Shape("position:N", legend=None, scale=alt.Scale(domain=positions, range=list(shapes))),
        color=alt.Color("position:N", legend=None, scale=alt.Scale(domain=positions, range=list(colours))),
        tooltip=[
            alt.Tooltip("clinic:N", title="Mottagning"),
            *charts.tips(alt, {"value": "Värde", "cases": "Fall"}),
            alt.Tooltip("place:N", title="Läge"),
        ],
    )


def picture_spec(comparison: ClinicComparison, rows: Rows, period: str, funnel: Funnel) -> Spec:
    """Return the chart with title and source, for a download; every clinic's name stands there."""
    named = [{**row, "label": row.get("clinic")} for row in rows]
    return _named(funnel) | {
        "data": {"values": funnel_labels.placed(named, scale=SCALE, size=(PICTURE, HEIGHT))},
        "title": charts.picture_title(
            f"{comparison.indicator.label}, {period}",
            comparison.indicator,
            legend="Streckat: 95 av 100 innanför av slump; heldraget: 998 av 1 000",
        ),
        "width": PICTURE,
        "height": HEIGHT,
        "background": "white",
    }
