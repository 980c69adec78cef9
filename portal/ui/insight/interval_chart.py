"""All clinics on one axis: each figure with its interval beside the region and the target, or last year and this one."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from portal.domain.insight import comparing
from portal.domain.registry.annual import Figure
from portal.domain.registry.changes import change_of, rests_on_few
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import Indicator
from portal.domain.registry.rounding import difference
from portal.domain.release.standing import Position, interval
from portal.services.insight import matrix
from portal.services.insight.benchmarks import ClinicComparison
from portal.ui.base import charts, formats
from portal.ui.base.charts import BLUE, EVENT, GREY, PALE, RED, EndLabel, Spec, rounded
from portal.ui.insight.matrix_view import WORDS
from portal.ui.words import findings


ROW, AROUND, ABOVE = (
    33,
    70,
    16,
)  # pixels of a clinic, of the scale with what stands over it, and of a second line there
PICTURE = 900
MOST_SPAN = 1.6
INK, MUTED, GREEN = "#1f2d2a", "#4a5a56", "#0e5a4c"
# On a telephone a clinic's name and figure stand over its interval instead of beside it.
IS_NARROW = "containerSize()[0] < 620"
LOOSE = {"labelFlush": False, "labelBound": False}  # every label at the middle of its place
SHAPES = {
    Position.BETTER: ("triangle-up", GREEN),
    Position.WORSE: ("triangle-down", RED),
    Position.ABOVE: ("diamond", BLUE),
    Position.BELOW: ("diamond", BLUE),
    Position.LEVEL: ("circle", GREY),
    Position.UNKNOWN: ("circle", GREY),
}
Rows = list[dict[str, object]]
Pair = tuple[Clinic, Figure]


def position_of(comparison: ClinicComparison, figure: Figure) -> Position:
    """Say whether a clinic differs from the region by more than chance."""
    return matrix.beside_region(comparison.indicator, figure, comparison.region)


def rows_of(comparison: ClinicComparison, group: Sequence[Pair]) -> Rows:
    """Return a row per clinic: figure, interval, and where that lies beside the region."""
    return [_row(comparison, clinic, figure) for clinic, figure in group]


def _row(comparison: ClinicComparison, clinic: Clinic, figure: Figure) -> dict[str, object]:
    indicator, position = comparison.indicator, position_of(comparison, figure)
    amount, (low, high) = charts.comparable_value(indicator, figure), _bounds(indicator, figure)
    few = f" · {formats.FEW_CASES}" * rests_on_few(indicator, figure)
    return {
        "clinic": clinic.name,
        "value": rounded(amount),
        "from": rounded(low),
        "to": rounded(high),
        "few": bool(few),
        "standing": position.label,
        **_look(position, is_hollow=bool(few)),
        **charts.texts(
            value=findings.charted_alone(indicator, amount),
            detail=f"{_basis(indicator, figure)}{few}",
            interval=_span(indicator, low, high),
        ),
    }


def _look(position: Position, *, is_hollow: bool = False) -> dict[str, object]:
    """A shape and a colour by where the clinic lies; hollow where it has few cases."""
    shape, colour = SHAPES[position]
    return {
        "position": position.value,
        "shape": shape,
        "colour": colour,
        "fill": "white" if is_hollow else colour,
    }


def _bounds(indicator: Indicator, figure: Figure) -> tuple[float | None, float | None]:
    """Return the interval's ends; clinics differ in size, so a number of patients has none."""
    return (None if indicator.is_base else interval(indicator, figure)) or (None, None)


def _figure(indicator: Indicator, figure: Figure, amount: float | None) -> str:
    return formats.reason(figure.reason) if amount is None else findings.charted_alone(indicator, amount)


def _basis(indicator: Indicator, figure: Figure) -> str:
    """Return what the figure rests on: the cases of a share, the number behind a rate; or why there is none."""
    if figure.value is None:
        return formats.reason(figure.reason)
    if not indicator.is_rate:
        return "" if indicator.is_base else formats.cases(indicator, figure)
    return formats.value(indicator, figure.value) + ("" if figure.patients else " · patienter saknas")


def _span(indicator: Indicator, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "–"
    lower = formats.number(low) if indicator.is_share else findings.charted_alone(indicator, low)
    return f"{lower}–{findings.charted_alone(indicator, high)}"


def lines_of(comparison: ClinicComparison) -> list[EndLabel]:
    """Return the region's line, the target's and the country's; a sum of patients is no line beside clinics."""
    indicator, region = comparison.indicator, comparing.compared(comparison.indicator, comparison.region)
    lines = []
    if region is not None and (indicator.is_rate or indicator.denominator):
        lines.append(EndLabel(f"Regionen {findings.charted_alone(indicator, region)}", region, BLUE))
    if comparison.target is not None:
        text = formats.exact(comparison.target.value) + ("\u00a0%" if indicator.is_share else "")
        lines.append(EndLabel(f"Mål {text}", comparison.target.value, EVENT))
    if comparison.country and comparison.country.value is not None:
        share = comparison.country.value
        lines.append(EndLabel(f"Landet {findings.charted_alone(indicator, share)}", share, GREY, line=PALE))
    return lines


def show(comparison: ClinicComparison, group: Sequence[Pair]) -> Rows:
    """Draw the clinics of the group in the report's order."""
    rows, lines = rows_of(comparison, group), lines_of(comparison)
    written = ". ".join(line.text for line in lines)
    alt = _alt(comparison, written)
    _draw(spec(comparison.indicator, rows, lines), rows, height=_height(rows, lines), key="clinics", alt=alt)
    return rows


def _alt(comparison: ClinicComparison, written: str) -> str:
    return f"{comparison.indicator.label} per mottagning. {written}. Samma siffror står under Tabell."


def _draw(drawn_spec: Spec, rows: Rows, *, height: int, key: str, alt: str) -> None:
    st.vega_lite_chart(drawn_spec | charts.data_of(rows), width="stretch", height=height, alt=alt, key=key)


def _height(rows: Rows, lines: Sequence[EndLabel] = ()) -> int:
    return AROUND + ABOVE * any(line.line for line in lines) + ROW * len(rows)


def spec(indicator: Indicator, rows: Rows, lines: Sequence[EndLabel]) -> Spec:
    """Return the shape: intervals, the region and the target as lines, points, names and figures."""
    y, x = _clinics(rows), _scale(indicator, rows, ("value",), lines)
    tips = {"value": "Värde", "detail": "Underlag", "interval": "95 % osäkerhet"}
    span = {"type": "rule", "strokeWidth": 6, "strokeCap": "round", "opacity": 0.3}
    point = {"type": "point", "size": 130, "opacity": 1, "strokeWidth": 2}
    layers = [
        {
            "transform": [{"calculate": f"min(datum.to, {x('to')['scale']['domain'][1]})", "as": "end"}],
            **_layer(span, y=y, x=x("from"), x2={"field": "end"}, color=_as_is("colour")),
        },
        *_lines(lines, x),
        _layer(
            point,
            y=y,
            x=x("value"),
            shape=_as_is("shape"),
            color=_as_is("colour"),
            fill=_as_is("fill"),
        ),
        *_texts(y),
        _hover(y, tips),
    ]
    return charts.with_config({"layer": layers})


def _layer(mark: Spec, **encoding: Spec) -> Spec:
    return {"mark": mark, "encoding": encoding}


def _as_is(field: str) -> Spec:
    """A look that the row itself says."""
    return {"field": field, "type": "nominal", "scale": None}


def _clinics(rows: Rows) -> Spec:
    """One row per clinic; a name too long for a telephone stands over its row."""
    return {
        "field": "clinic",
        "type": "nominal",
        "title": None,
        "scale": {"domain": [row["clinic"] for row in rows]},
        "axis": {
            "labelExpr": f"{IS_NARROW} ? '' : datum.label",
            "labelLimit": 240,
            "labelFontSize": 13,
            "labelColor": INK,
            "domain": False,
            "ticks": False,
            "labelPadding": 10,
            **LOOSE,
        },
    }


def _scale(indicator: Indicator, rows: Rows, fields: Sequence[str], lines: Sequence[EndLabel] = ()) -> Any:
    """Return what makes a channel along the axis: 0–100 for a share, otherwise from 0 to the largest figure.

    An interval widens it no more than MOST_SPAN: one clinic with a handful would press all others together.
    """
    drawn = [_largest(rows, field) for field in fields]
    highest = max([*drawn, *(line.value for line in lines)]) or 1.0
    highest = max(highest, min(_largest(rows, "to"), MOST_SPAN * highest))
    domain = [0, 100] if indicator.is_share else [0, highest]
    ticks: Spec = (
        {"values": [0, 25, 50, 75, 100], "labelExpr": "datum.label + ' %'"}
        if indicator.is_share
        else {"tickCount": 4}
    )
    title = None if indicator.is_share else charts.axis_title(indicator)

    def channel(field: str) -> Spec:
        scale = {"domain": domain, "nice": False}
        axis = {**ticks, **LOOSE, "domain": False, "ticks": False}
        return {"field": field, "type": "quantitative", "title": title, "scale": scale, "axis": axis}

    return channel


def _largest(rows: Rows, field: str) -> float:
    return max((float(str(row[field])) for row in rows if row.get(field) is not None), default=0.0)


def _lines(lines: Sequence[EndLabel], x: Any) -> list[Spec]:
    """Lines over all rows, the lower one's name ending at it and the higher one's beginning there.

    The country's, a share, is paler, behind the others, and named over them.
    """
    dark = sorted((line for line in lines if not line.line), key=lambda line: line.value)
    layers: list[Spec] = []
    for line in (line for line in lines if line.line):
        layers += _named_line(line, x, align="right" if line.value > 50 else "left", dy=-9 - ABOVE)
    for index, line in enumerate(dark):
        layers += _named_line(line, x, align=("right", "left")[index] if len(dark) > 1 else "center", dy=-9)
    return layers


def _named_line(line: EndLabel, x: Any, *, align: str, dy: int) -> list[Spec]:
    place = {"values": [{"at": rounded(line.value), "text": line.text}]}
    name = {"type": "text", "align": align, "dx": 4 * (align == "left") - 4 * (align == "right")}
    rule = {"type": "rule", "color": line.line or line.colour, "strokeWidth": 2}
    name |= {"dy": dy, "color": line.colour, "fontWeight": "bold", "fontSize": 13}
    over: Spec = {"y": {"value": 0}, "text": {"field": "text"}}
    return [
        {"data": place, **_layer(rule, x=x("at"))},
        {"data": place, **_layer(name, x=x("at"), **over)},
    ]


def _texts(y: Spec) -> list[Spec]:
    """The figure and what it rests on, right of the row; on a telephone over it, with the name."""
    return [
        _text(y, "value_text", {"x": {"value": "width"}}, align="right", dx=62, color=INK, fontWeight="bold"),
        _text(y, "detail_text", {"x": {"value": "width"}}, align="left", dx=70, color=MUTED),
        _text(y, "clinic", {"x": {"value": 0}}, is_narrow=True, align="left", dy=-12, color=INK),
        _text(y, "value_text", {"x": {"value": "width"}}, is_narrow=True, align="right", dy=-12, color=INK),
    ]


def _text(y: Spec, field: str, x: Spec, *, is_narrow: bool = False, **look: object) -> Spec:
    return {
        "transform": [{"filter": IS_NARROW if is_narrow else f"!({IS_NARROW})"}],
        "mark": {"type": "text", "fontSize": 13, **look},
        "encoding": {"y": y, **x, "text": {"field": field}},
    }


def _hover(y: Spec, titles: Mapping[str, str]) -> Spec:
    """Answer for a clinic wherever in its row the pointer is."""
    fields = {"clinic": "Mottagning", **{f"{field}_text": title for field, title in titles.items()}}
    tips = [{"field": field, "title": title} for field, title in (fields | {"standing": "Läge"}).items()]
    return {"mark": {"type": "rect", "opacity": 0}, "encoding": {"y": y, "tooltip": tips}}


# Last year and this one


def changes_of(comparison: ClinicComparison, earlier: ClinicComparison, group: Sequence[Pair]) -> Rows:
    """Return a row per clinic: the figure of the year before, the one now, and what lies between them."""
    before = {clinic.code: figure for clinic, figure in earlier.figures}
    return [
        _change(comparison.indicator, clinic, figure, before.get(clinic.code, Figure()))
        for clinic, figure in group
    ]


def _change(indicator: Indicator, clinic: Clinic, now: Figure, before: Figure) -> dict[str, object]:
    position = comparing.moved(indicator, now, before)
    amount, amount_before = (charts.comparable_value(indicator, figure) for figure in (now, before))
    is_both = amount is not None and amount_before is not None
    by = (amount or 0) - (amount_before or 0) if is_both else None
    texts = [_figure(indicator, before, amount_before), _figure(indicator, now, amount)]
    return {
        "clinic": clinic.name,
        "value": rounded(amount),
        "before": rounded(amount_before) if is_both else None,
        "by": by,
        **_look(position),
        "shape": "circle" if not by else "triangle-right" if by > 0 else "triangle-left",
        "standing": WORDS.get(position, "kan inte jämföras"),
        **charts.texts(value=_step(indicator, amount, amount_before), detail=" → ".join(texts)),
    }


def _step(indicator: Indicator, now: float | None, before: float | None) -> str:
    """Return the change without its unit, which stands once over the chart: `+10`, `+1,2`, `−27 %`."""
    if now is None or before is None:
        return "–"
    if indicator.is_rate:
        return formats.signed(difference(now, before, 1), 1)
    number, _, unit = formats.changed(indicator, change_of(indicator, now, before)).partition("\u00a0")
    return f"{number}\u00a0%" if unit == "%" else number


def in_order(rows: Rows, sign: int) -> Rows:
    """Return the rows as the report has them (0), or those first that rose (1) or fell (-1) most; without both last."""
    if not sign:
        return rows
    return sorted(rows, key=lambda row: (row["by"] is None, -sign * float(str(row["by"] or 0))))


def show_changes(comparison: ClinicComparison, rows: Rows) -> None:
    alt = _alt(comparison, "Från året före till nu")
    _draw(changes_spec(comparison.indicator, rows), rows, height=_height(rows), key="changes", alt=alt)


def changes_spec(indicator: Indicator, rows: Rows) -> Spec:
    """Return the shape: the year before hollow, an arrow from there to now."""
    y, x = _clinics(rows), _scale(indicator, rows, ("value", "before"))
    shaft, colour = {"type": "rule", "strokeWidth": 2.5}, _as_is("colour")
    ring = {"type": "point", "size": 70, "opacity": 1, "strokeWidth": 2, "fill": "white", "color": PALE}
    head: Spec = {"type": "point", "filled": True, "size": 150, "opacity": 1}
    has_both: Spec = {"transform": [{"filter": "isValid(datum.before)"}]}
    layers = [
        has_both | _layer(shaft, y=y, x=x("before"), x2={"field": "value"}, color=colour),
        has_both | _layer(ring, y=y, x=x("before")),
        _layer(head, y=y, x=x("value"), color=colour, shape=_as_is("shape")),
        *_texts(y),
        _hover(y, {"detail": "Året före → nu", "value": "Ändring"}),
    ]
    return charts.with_config({"layer": layers})


def picture_spec(comparison: ClinicComparison, rows: Rows, period: str) -> Spec:
    """Return the chart with title and source, for a download."""
    indicator = comparison.indicator
    lines = lines_of(comparison)
    return spec(indicator, rows, lines) | {
        "data": {"values": rows},
        "title": charts.picture_title(f"{indicator.label}, {period}", indicator, legend=""),
        "width": PICTURE,
        "height": _height(rows, lines),
        "background": "white",
    }
