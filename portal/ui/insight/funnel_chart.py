"""The region's charts of all clinics: the funnel of a share, bars with intervals of everything else."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import ceil, floor
from typing import Any

import streamlit as st

from portal.domain.insight.comparing import Funnel
from portal.domain.insight.statistics.funnel import FunnelPlace
from portal.domain.registry.indicators import Indicator
from portal.domain.release.standing import interval
from portal.services.insight.benchmarks import ClinicComparison
from portal.ui.base import charts, formats, markup
from portal.ui.base.charts import BLUE, GREEN, GREY, RED, rounded
from portal.ui.insight import funnel_labels
from portal.ui.words import findings


HEIGHT = 430
NARROW, PICTURE = 640, 900  # pixels across: what labels are placed for, on the page and in a picture
PLACES = {
    FunnelPlace.WITHIN: ("inom tratten", "●", GREEN, "circle"),
    FunnelPlace.ABOVE_95: ("över", "▲", "#0e5a4c", "triangle-up"),
    FunnelPlace.BELOW_95: ("under", "▼", "#8a5a00", "triangle-down"),
    FunnelPlace.ABOVE_998: ("långt över", "◆", BLUE, "diamond"),
    FunnelPlace.BELOW_998: ("långt under", "■", RED, "square"),
}

Rows = list[dict[str, object]]


def word(place: FunnelPlace) -> str:
    return PLACES[place][0]


def sign(place: FunnelPlace) -> str:
    return PLACES[place][1]


def funnel_rows(comparison: ClinicComparison, funnel: Funnel) -> Rows:
    """Return the clinics' points and the limits' curve, told apart by `kind`."""
    rows = Rows()
    for case_count, limits in funnel.curve:
        rows.append(
            {
                "kind": "limit",
                "cases": rounded(case_count),
                "low95": rounded(100 * limits.low_95),
                "high95": rounded(100 * limits.high_95),
                "low998": rounded(100 * limits.low_998),
                "high998": rounded(100 * limits.high_998),
                "average": rounded(100 * funnel.average),
            }
        )
    for number, ((clinic, figure), place) in enumerate(
        zip(comparison.figures, funnel.places, strict=True), start=1
    ):
        if place is not None:
            rows.append(
                {
                    "kind": "clinic",
                    "clinic": clinic.name,
                    "label": str(number),  # the table's
                    "cases": figure.denominator,
                    "value": rounded(figure.value),
                    "place": word(place),
                    **charts.texts(
                        value=formats.figure(comparison.indicator, figure),
                        cases=formats.number(figure.denominator),
                    ),
                }
            )
    return rows


def show_funnel(comparison: ClinicComparison, funnel: Funnel, *, group_codes: Sequence[str]) -> Rows:
    """Draw the funnel; `group_codes` are the codes of the clinics in the chosen group."""
    names = {clinic.name for clinic, _ in comparison.figures if clinic.code in group_codes}
    rows = [row for row in funnel_rows(comparison, funnel) if row.get("clinic") in (None, *names)]
    rows = funnel_labels.placed(rows, scale=scale_of(rows), size=(NARROW, HEIGHT))
    places = {place for place in funnel.places if place}
    entries = [(PLACES[p][2], PLACES[p][1], PLACES[p][0].capitalize()) for p in PLACES if p in places]
    entries += [
        (GREY, "- -", "95 av 100 innanför av slump"),
        (GREY, "——", "998 av 1 000"),
        (BLUE, "——", "Regionen, sammanslaget"),
    ]
    st.html(markup.legend(entries))
    st.vega_lite_chart(
        within(funnel_spec(comparison.indicator.label), rows) | {"data": {"values": rows}},
        width="stretch",
        height=HEIGHT,
        alt=f"Trattdiagram: {comparison.indicator.label} per mottagning mot antalet fall. "
        "Samma siffror och läget i ord står i tabellen under.",
        key="funnel",
    )
    return rows


@lru_cache(maxsize=30)
def funnel_spec(title: str) -> dict[str, Any]:
    """Return the funnel's shape, without data."""
    import altair as alt

    base = alt.Chart(alt.Data(values=[]))
    x = alt.X("cases:Q", title="Antal fall (nämnaren)", scale=alt.Scale(zero=True, nice=False))
    limits = base.transform_filter("datum.kind == 'limit'").encode(x=x)

    def line(field: str, colour: str, dash: list[int], width: float) -> Any:
        mark = limits.mark_line(color=colour, strokeDash=dash, strokeWidth=width, clip=True)
        return mark.encode(y=alt.Y(f"{field}:Q", title=f"{title}, procent"))

    clinics = base.transform_filter("datum.kind == 'clinic'").encode(x=x, y="value:Q")
    texts: dict[str, Any] = {name: alt.expr(f"datum.{name}") for name in ("align", "dx", "dy")}
    texts |= {"fontSize": funnel_labels.FONT, "baseline": "middle"}
    layers = [
        line("low998", GREY, [1, 0], 1.2),
        line("high998", GREY, [1, 0], 1.2),
        line("low95", GREY, [5, 4], 1.2),
        line("high95", GREY, [5, 4], 1.2),
        line("average", BLUE, [1, 0], 1.8),
        _points(alt, clinics),
        clinics.mark_text(stroke="white", strokeWidth=3, **texts).encode(text="label:N"),
        clinics.mark_text(color="#1f2d2a", **texts).encode(text="label:N"),
    ]
    return charts.finished(alt.layer(*layers))


def _points(alt: Any, clinics: Any) -> Any:
    """The clinics' points; the place is told by shape as well as by colour."""
    words, colours, shapes = ([look[part] for look in PLACES.values()] for part in (0, 2, 3))
    return clinics.mark_point(filled=True, size=110, opacity=1, stroke="white", strokeWidth=1).encode(
        shape=alt.Shape("place:N", legend=None, scale=alt.Scale(domain=words, range=shapes)),
        color=alt.Color("place:N", legend=None, scale=alt.Scale(domain=words, range=colours)),
        tooltip=[
            alt.Tooltip("clinic:N", title="Mottagning"),
            *charts.tips(alt, {"value": "Värde", "cases": "Fall"}),
            alt.Tooltip("place:N", title="Läge"),
        ],
    )


def within(spec: dict[str, Any], rows: Rows) -> dict[str, Any]:
    """Return the funnel's shape on a scale that the clinics fill; the curves may leave it."""
    return charts.with_scale(spec, "y", domain=list(scale_of(rows)))


def scale_of(rows: Rows) -> tuple[int, int]:
    """Return where the funnel's scale begins and ends: whole tens around the clinics."""
    values = [float(str(row["value"])) for row in rows if row["kind"] == "clinic"]
    low = max(0, 10 * floor(min(values, default=0) / 10 - 0.5))
    high = min(100, 10 * ceil(max(values, default=100) / 10 + 0.5))
    return low, high


def bar_words(rows: Rows) -> str:
    """Say what the bars' lines are, those that are drawn."""
    line_texts = [
        words
        for name, words in (
            ("region", "Strecket i blått är regionens värde."),
            ("from", "Den svarta linjen är osäkerheten."),
        )
        if any(row[name] is not None for row in rows)
    ]
    return "".join(f"{words} " for words in line_texts)


# Everything that is not a share


def bar_rows(comparison: ClinicComparison, *, group_codes: Sequence[str]) -> Rows:
    """Return a row per clinic of the group: value, the region's and the interval."""
    indicator, region = comparison.indicator, comparison.region
    line = region.rate if indicator.is_rate else region.value
    rows = Rows()
    for clinic, figure in comparison.figures:
        if clinic.code in group_codes:
            amount = charts.comparable_value(indicator, figure)
            low, high = (interval(indicator, figure) if indicator.is_rate else None) or (None, None)
            rows.append(
                {
                    "clinic": clinic.name,
                    "value": rounded(amount),
                    "region": rounded(line if indicator.is_rate or indicator.denominator else None),
                    "from": rounded(low),
                    "to": rounded(high),
                    **charts.texts(**_bar_words(indicator, {"value": amount, "from": low, "to": high})),
                }
            )
    return rows


def _bar_words(indicator: Indicator, amounts: Mapping[str, float | None]) -> dict[str, str]:
    return {field: findings.charted_alone(indicator, amount) for field, amount in amounts.items()}


def show_bars(comparison: ClinicComparison, *, group_codes: Sequence[str]) -> Rows:
    """Draw all clinics as bars on one scale with the region as a line, in the report's order."""
    rows = bar_rows(comparison, group_codes=group_codes)
    spec = in_order(bar_spec(charts.axis_title(comparison.indicator)), rows) | {"data": {"values": rows}}
    st.vega_lite_chart(
        spec,
        width="stretch",
        height=bar_height(rows),
        alt=f"{comparison.indicator.label} per mottagning. Samma siffror står i tabellen under.",
        key="clinics",
    )
    return rows


def in_order(spec: dict[str, Any], rows: Rows) -> dict[str, Any]:
    """Return the bars' shape with its clinics named in order: Vega would put those without value last."""
    return charts.with_scale(spec, "y", domain=[row["clinic"] for row in rows])


def bar_height(rows: Rows) -> int:
    return 40 + 30 * len(rows)


@lru_cache(maxsize=50)
def bar_spec(title: str) -> dict[str, Any]:
    """Return the bars' shape, without data."""
    import altair as alt

    base = alt.Chart(alt.Data(values=[])).encode(y=alt.Y("clinic:N", sort=None, title=None))
    bars = base.mark_bar(color=GREEN, height=18).encode(
        x=alt.X("value:Q", title=title),
        tooltip=[
            alt.Tooltip("clinic:N", title="Mottagning"),
            *charts.tips(alt, {"value": "Värde", "from": "Osäkerhet från", "to": "till"}),
        ],
    )
    unsure = base.mark_rule(color="#1f2d2a", strokeWidth=1.5).encode(x="from:Q", x2="to:Q")
    line = base.mark_tick(color=BLUE, thickness=2, size=26).encode(x="region:Q")
    # White behind the figures, so that no line runs through them.
    words: dict[str, Any] = {"x": "to_text:Q", "text": "value_text:N"}
    place = "isValid(datum.to) ? datum.to : datum.value"
    shifted = base.transform_calculate(to_text=place)
    halo = shifted.mark_text(align="left", dx=5, stroke="white", strokeWidth=5).encode(**words)
    text = shifted.mark_text(align="left", dx=5, color="#1f2d2a").encode(**words)
    return charts.finished(alt.layer(bars, unsure, line, halo, text))


def picture_spec(comparison: ClinicComparison, rows: Rows, period: str, *, is_funnel: bool) -> dict[str, Any]:
    """Return the chart with title and source, for a download; names stand where the page has a table."""
    indicator: Indicator = comparison.indicator
    bars = bar_spec(charts.axis_title(indicator))
    named = [{**row, "label": row.get("clinic")} for row in rows]
    if is_funnel:
        named = funnel_labels.placed(named, scale=scale_of(rows), size=(PICTURE, HEIGHT))
    spec = within(funnel_spec(indicator.label), rows) if is_funnel else in_order(bars, rows)
    legend = bar_words(rows) if not is_funnel else ""
    if is_funnel:
        legend = (
            "Blått: regionen, sammanslaget; streckat: 95 av 100 innanför av slump; heldraget: 998 av 1 000"
        )
    return spec | {
        "data": {"values": named},
        "title": charts.picture_title(f"{indicator.label}, {period}", indicator, legend=legend),
        "width": PICTURE,
        "height": HEIGHT if is_funnel else bar_height(rows),
        "background": "white",
    }
