"""The clinic's chart: own months in their usual band, the released region, the target, each named at its end.

One row per month holds all that is drawn. A month without value keeps its place and breaks every line.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from textwrap import shorten
from typing import Any

import streamlit as st

from portal.domain.insight.attention import AttentionFinding
from portal.domain.insight.statistics.control import Signal
from portal.domain.insight.stretches import StretchMark, marks, turn, worst
from portal.domain.plans.plan import ActionPlan
from portal.domain.registry.indicators import Better, Indicator, Target
from portal.domain.registry.months import Month
from portal.domain.release.standing import Released, comparable
from portal.domain.sources.declared import ENTRY
from portal.services.insight.indicator_series import Series, SeriesPoint
from portal.ui.base import charts, formats, markup
from portal.ui.base.charts import BLUE, EVENT, GREEN, GREY, PALE, RED, EndLabel, Spec, rounded
from portal.ui.base.context import portal
from portal.ui.words import entry_words, findings, neighbour_words


WORSE, BETTER, CHANGED = "sämre", "bättre", "ändrat"
SHAPES = {WORSE: "triangle-down", BETTER: "triangle-up", CHANGED: "diamond"}
COLOURS = {WORSE: RED, BETTER: "#0e5a4c", CHANGED: BLUE}
SIGNS = {WORSE: "▼", BETTER: "▲", CHANGED: "◆"}
DARK, GOLD, BAND = "#1f2d2a", "#8a5a00", "#eaf1ef"
HEIGHT = 340
WORST, TURN = "sämst", "vänder"
LONGEST_ACTION = 80  # characters of a plan, beneath the chart


@dataclass(frozen=True, slots=True)
class LineLook:
    """How a line is drawn: dash and gap in pixels, width in pixels."""

    colour: str
    dash: tuple[int, int]
    width: float


LINES = {
    "mean": LineLook(GREY, (1, 3), 1.2),
    "target": LineLook(GOLD, (1, 0), 1.6),
    "nation": LineLook(PALE, (1, 0), 1.6),
    "region": LineLook(BLUE, (5, 4), 1.8),
    "own": LineLook(GREEN, (1, 0), 2.4),
}

Rows = list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class DrawnSeries:
    """A series as it is drawn: its rows, the chart with them in it, its legend."""

    rows: Rows
    spec: Spec
    legend: str


def rows_of(series: Series, commented: Collection[Month], plans: Sequence[ActionPlan] = ()) -> Rows:
    """Return what is drawn of each month, in the charted unit; `plans` are those to mark the start of."""
    charted = series.charted
    events, month_marks, notes = neighbour_words.marks(series.neighbours), marks(charted), _notes(series)
    pieces = accumulate(int(point.month in charted.breaks) for point in series.points)
    return [
        {
            "month": point.month.short,
            **_own(series, index),
            "stretch": piece,  # of the line: a break begins the next
            **_region_and_target(series, point),
            **_nation(series, point.month),
            **_limits_row(series, index),
            **_mark_row(
                series.indicator,
                month_marks[index],
                is_drawn=notes.get(index, WORST) != WORST or point is series.latest,
            ),
            "note": notes.get(index),
            **_cases(series.indicator, point),
            "comment": "”" if point.month in commented else None,
            "break": _break(series, point.month),
            "event": events.get(point.month),
            **_plan_row(point.month, plans),
        }
        for index, (point, piece) in enumerate(zip(series.points, pieces, strict=True))
    ]


def _break(series: Series, month: Month) -> str | None:
    """What changed in that month; only a break begins new limits."""
    if month in series.charted.breaks:
        return "Seriebrott"
    return ENTRY.label if month == series.entry_start else None


def _plan_row(month: Month, plans: Sequence[ActionPlan]) -> dict[str, object]:
    """The plans that began that month: a short label in the chart, and what they are about beneath it."""
    begun = [plan for plan in plans if plan.has_begun and plan.content.starts == month]
    if not begun:
        return {"plan": None, "plans": None}
    actions = "; ".join(shorten(plan.content.action, LONGEST_ACTION, placeholder=" …") for plan in begun)
    return {"plan": "Åtgärd", "plans": f"Åtgärd {month.short}: {actions}"}


def _own(series: Series, index: int) -> dict[str, object]:
    amount = series.charted.values[index]
    return {"own": rounded(amount), **charts.texts(own=findings.charted_alone(series.indicator, amount))}


def _cases(indicator: Indicator, point: SeriesPoint) -> dict[str, object]:
    cases = cases_of(indicator, point.own.denominator, point.own.patients)
    return {"cases": cases, **charts.texts(cases=formats.number(cases))}


def _region_and_target(series: Series, point: SeriesPoint) -> dict[str, object]:
    target, region = series.targets.get(point.month), _region(series.indicator, point.released)
    return {
        "region": rounded(region),
        "target": target.value if target else None,
        **charts.texts(region=_released_text(series.indicator, region)),
    }


def _nation(series: Series, month: Month) -> dict[str, object]:
    """What is published of the country."""
    published = series.elsewhere.country.get(month)
    share = published.value if published else None
    return {"nation": rounded(share), **charts.texts(nation=findings.charted_alone(series.indicator, share))}


def _released_text(indicator: Indicator, amount: float | None) -> str:
    return formats.released_rate(amount) if indicator.is_rate else findings.charted_alone(indicator, amount)


def _limits_row(series: Series, index: int) -> dict[str, object]:
    """The limits of the ordinary that month."""
    limits = series.charted.chart.limits[index]
    mean, lower, upper = (limits.mean, limits.low, limits.high) if limits else (None, None, None)
    return {
        "mean": rounded(mean),
        "low": rounded(lower),
        "high": rounded(upper),
        **charts.texts(
            mean=findings.charted_alone(series.indicator, mean),
            low=findings.limit(series.indicator, lower),
            high=findings.limit(series.indicator, upper),
        ),
    }


def _notes(series: Series) -> dict[int, str | None]:
    """Return the months that are marked, with what is written there: the turn, the newest, the worst."""
    charted = series.charted
    newest = max((index for index, amount in enumerate(charted.values) if amount is not None), default=None)
    places = ((turn(charted), TURN), (newest, None), (worst(charted), WORST))
    return {index: words for index, words in places if index is not None}


def _mark_row(indicator: Indicator, mark: StretchMark | None, *, is_drawn: bool = True) -> dict[str, object]:
    """A month that stands out, and by which rule; history is not coloured after the fact."""
    if mark is None:
        return {"signal": None, "rule": "–"}
    return {
        "signal": kind_of(indicator, mark.finding) if is_drawn else None,
        "rule": in_words(indicator, mark),
    }


def _region(indicator: Indicator, released: Released | None) -> float | None:
    """The region's line; a sum of all clinics' patients would press the clinic's own line flat."""
    return None if indicator.is_base else comparable(indicator, released)


def kind_of(indicator: Indicator, signal: Signal | AttentionFinding) -> str:
    """Say whether a signal is for the better or the worse, by the indicator's direction."""
    if indicator.better is Better.NEUTRAL:
        return CHANGED
    return BETTER if signal.is_high is (indicator.better is Better.HIGHER) else WORSE


def in_words(indicator: Indicator, mark: StretchMark) -> str:
    """`▼ 8 månader i rad under snittet`: which way, and by which rule."""
    return f"{SIGNS[kind_of(indicator, mark.finding)]} {findings.rule(mark)}"


def cases_of(indicator: Indicator, denominator: float | None, patients: int | None) -> float | None:
    return patients if indicator.is_rate else denominator


def show(series: Series, commented: Collection[Month], plans: Sequence[ActionPlan], *, who: str) -> Rows:
    """Draw the chart; returns the rows, for downloads. `who` is whose line it is: `Ni` to the clinic itself."""
    chart = portal().memo.made_of(series, _drawn, frozenset(commented), tuple(plans), who)
    st.vega_lite_chart(
        chart.spec,
        width="stretch",
        height=HEIGHT,
        alt=_alt(series),
        key="over-time",
    )
    if chart.legend:
        st.html(chart.legend)
    return chart.rows


def _drawn(
    series: Series, commented: Collection[Month], plans: Sequence[ActionPlan], who: str
) -> DrawnSeries:
    rows = rows_of(series, commented, plans)
    spec = charts.with_pointer(_fitted(series, rows, who=who)) | charts.data_of(rows)
    entries = _legend(series, rows)
    return DrawnSeries(rows, spec, markup.legend(entries) if entries else "")


def picture_spec(series: Series, rows: Rows) -> dict[str, Any]:
    """Return the chart as a picture, with its title and its source, for a download."""
    legend = "; ".join(f"{sign} {text}" for _, sign, text in _legend(series, rows))
    title = f"{series.indicator.label}, {series.clinic.name}"
    return _fitted(series, rows, who="Mottagningen") | {
        "title": charts.picture_title(title, series.indicator, legend=legend),
        "data": {"values": rows},
        "width": 900,
        "height": HEIGHT,
        "background": "white",
    }


def scale_of(indicator: Indicator, rows: Rows) -> list[float]:
    """Return the scale's ends: a share's are 0 and 100; others hold the lines and as much of the band as is near."""
    if indicator.is_share:
        return [0, 100]
    highest = _highest(rows, ("own", "region", "nation", "target"))
    band = min(_highest(rows, ("high",)), 1.25 * highest)
    return [0, 1.05 * max(highest, band) or 1]


def _highest(rows: Rows, names: Sequence[str]) -> float:
    return max((float(str(row[name])) for row in rows for name in names if row[name] is not None), default=0)


def _fitted(series: Series, rows: Rows, *, who: str) -> dict[str, Any]:
    """Return the shape with its months in order, its scale, and its lines named at their ends."""
    indicator, scale = series.indicator, scale_of(series.indicator, rows)
    spec = main_spec("" if indicator.is_share else charts.axis_title(indicator), indicator.is_share)
    spec = charts.with_scale(spec, "x", domain=_month_labels(rows))
    spec = charts.with_scale(spec, "y", domain=scale, nice=False)
    return charts.with_end_labels(spec, end_labels(series, who=who), scale, height=HEIGHT - 50)


def end_labels(series: Series, *, who: str) -> list[EndLabel]:
    """Return the lines' names with their newest values, as the table prints them."""
    parts = (
        _own_label(series, who),
        _region_label(series),
        _nation_label(series),
        _target_label(series),
        _mean_label(series),
    )
    return [label for label in parts if label]


def _own_label(series: Series, who: str) -> EndLabel | None:
    own = [amount for amount in series.charted.values if amount is not None]
    if not own:
        return None
    text = f"{who} {findings.charted_alone(series.indicator, own[-1])}"
    return EndLabel(text, own[-1], COLOURS[BETTER], is_own=True)


def _region_label(series: Series) -> EndLabel | None:
    amounts = [_region(series.indicator, point.released) for point in series.points]
    newest = next((amount for amount in reversed(amounts) if amount is not None), None)
    if newest is None:
        return None
    return EndLabel(f"Regionen {_released_text(series.indicator, newest)}", newest, BLUE)


def _nation_label(series: Series) -> EndLabel | None:
    country = series.elsewhere.country
    newest = max(country, default=None)
    share = country[newest].value if newest else None
    if share is None:
        return None
    return EndLabel(f"Landet {findings.charted_alone(series.indicator, share)}", share, GREY)


def _target_label(series: Series) -> EndLabel | None:
    target = series.target
    if target is None:
        return None
    return EndLabel(f"Mål {_target_text(series.indicator, target)}", target.value, GOLD)


def _mean_label(series: Series) -> EndLabel | None:
    limits = series.charted.chart.latest
    if limits is None:
        return None
    return EndLabel(f"Snitt {findings.charted_alone(series.indicator, limits.mean)}", limits.mean, GREY)


def _target_text(indicator: Indicator, target: Target) -> str:
    return formats.exact(target.value) + ("\u00a0%" if indicator.is_share else "")


def _month_labels(rows: Rows) -> list[object]:
    return [row["month"] for row in rows]


def _alt(series: Series) -> str:
    latest = series.latest
    where = f" Senaste värdet gäller {latest.month.label}." if latest else ""
    return (
        f"{series.indicator.label} per månad för {series.clinic.name}, med egna gränser, regionens släppta "
        f"värde, landets och mål där de finns.{where} Samma siffror står i tabellen under."
    )


def _legend(series: Series, rows: Rows) -> list[tuple[str, str, str]]:
    """Name what is drawn but no line: Vega's own legend could not be read aloud."""
    entries = _marks_legend(rows)
    if _any(rows, "comment"):
        entries.append((DARK, "”", "Egen kommentar"))
    entries += [
        (DARK, "╎", f"Seriebrott {series_break.month.short}: {series_break.reason}")
        for series_break in series.breaks
    ]
    if series.entry_start:
        entries.append((DARK, "╎", entry_words.start(series.entry_start)))
    entries += [(GREEN, "┆", str(row["plans"])) for row in rows if row["plans"] is not None]
    return [*entries, *_events_legend(series)]


def _marks_legend(rows: Rows) -> list[tuple[str, str, str]]:
    words = {WORSE: "Tydligt sämre", BETTER: "Tydligt bättre", CHANGED: "Tydlig förändring"}
    kinds = {row["signal"] for row in rows}
    return [(COLOURS[kind], SIGNS[kind], words[kind]) for kind in SIGNS if kind in kinds]


def _events_legend(series: Series) -> list[tuple[str, str, str]]:
    """What the numbered lines are: clinics of the own municipality that opened or closed."""
    return [
        (EVENT, f"⋮{number}", event.sentence) for number, event in neighbour_words.numbered(series.neighbours)
    ]


def _any(rows: Rows, name: str) -> bool:
    return any(row[name] is not None for row in rows)


@lru_cache(maxsize=50)
def main_spec(title: str, is_share: bool = False) -> dict[str, Any]:
    """Return the chart's shape, from the back to the front: band, breaks, plans, target, region, own months, marks."""
    import altair as alt

    base = alt.Chart(alt.Data(values=[])).encode(x=_months(alt))
    axis = _axis(alt, is_share=is_share)
    layers = [
        _band(alt, base, _y(alt, title, "low", axis)),
        *_break_layers(alt, base),
        *_plan_layers(alt, base),
        *_event_layers(alt, base),
        *(_line(base, name, _y(alt, title, name, axis)) for name in ("mean", "target", "nation", "region")),
        *_point_layers(alt, base, title, axis),
    ]
    return charts.finished(alt.layer(*layers))


def _axis(alt: Any, *, is_share: bool) -> Any:
    if is_share:
        return alt.Axis(minExtent=40, values=[0, 25, 50, 75, 100], labelExpr="datum.label + ' %'")
    return alt.Axis(minExtent=40, tickCount=4)


def _y(alt: Any, title: str, field: str, axis: Any) -> Any:
    return alt.Y(f"{field}:Q", title=title or None, scale=alt.Scale(zero=True), axis=axis)


def _band(alt: Any, base: Any, low: Any) -> Any:
    """The usual of each stretch of months."""
    return base.mark_area(color=BAND, interpolate="step", clip=True).encode(
        y=low, y2="high:Q", detail="stretch:N"
    )


def _line(base: Any, field: str, y: Any) -> Any:
    """A line that a missing month and a break part."""
    look = LINES[field]
    mark = base.mark_line(color=look.colour, strokeDash=list(look.dash), strokeWidth=look.width)
    return mark.encode(y=y, detail="stretch:N")


def _break_layers(alt: Any, base: Any) -> list[Any]:
    break_months = base.transform_filter("isValid(datum.break)")
    words = break_months.mark_text(align="left", dx=4, dy=-4, color=DARK, baseline="bottom")
    return [
        break_months.mark_rule(color=DARK, strokeDash=[4, 3]),
        words.encode(y=alt.value(HEIGHT - 60), text="break:N"),
    ]


def _plan_layers(alt: Any, base: Any) -> list[Any]:
    """A line where a plan began, its word above that of a break."""
    plan_months = base.transform_filter("isValid(datum.plan)")
    words = plan_months.mark_text(align="left", dx=4, dy=-4, color=GREEN, baseline="bottom")
    return [
        plan_months.mark_rule(color=GREEN, strokeDash=[6, 3], strokeWidth=1.4),
        words.encode(y=alt.value(HEIGHT - 78), text="plan:N"),
    ]


def _event_layers(alt: Any, base: Any) -> list[Any]:
    """A thin dotted line with a number above it, where a neighbour opened or closed."""
    event_months = base.transform_filter("isValid(datum.event)")
    numbers = event_months.mark_text(dy=-4, color=EVENT, baseline="bottom", fontWeight="bold", fontSize=12)
    return [
        event_months.mark_rule(color=EVENT, strokeDash=[1, 4], strokeWidth=1.5),
        numbers.encode(y=alt.value(0), text="event:N"),
    ]


def _point_layers(alt: Any, base: Any, title: str, axis: Any) -> list[Any]:
    tips, own = _tooltips(alt), _y(alt, title, "own", axis)
    signals = base.transform_filter("isValid(datum.signal)")
    notes = base.transform_filter("isValid(datum.note)")
    worst_month = base.transform_filter(f"datum.note === '{WORST}'")
    comments = base.transform_filter("isValid(datum.comment)")
    return [
        _line(base, "own", own),
        base.mark_point(color=GREEN, filled=True, size=36, opacity=1).encode(y=own, tooltip=tips),
        worst_month.mark_point(color=DARK, size=130, strokeWidth=1.6).encode(y=own),
        _marks(alt, signals, own, tips),
        notes.mark_text(dy=18, color=DARK, fontSize=12).encode(y=own, text="note:N"),
        comments.mark_text(dy=-16, fontSize=22, fontWeight="bold", color=DARK).encode(
            y=own, text="comment:N"
        ),
    ]


def _marks(alt: Any, base: Any, y: Any, tips: list[Any]) -> Any:
    """Points that tell better from worse by shape as well as by colour."""
    return base.mark_point(filled=True, size=190, opacity=1, stroke="white", strokeWidth=1).encode(
        y=y,
        tooltip=tips,
        shape=alt.Shape("signal:N", legend=None, scale=_scale(alt, SHAPES)),
        color=alt.Color("signal:N", legend=None, scale=_scale(alt, COLOURS)),
    )


def _scale(alt: Any, looks: dict[str, str]) -> Any:
    return alt.Scale(domain=list(looks), range=list(looks.values()))


def _months(alt: Any) -> Any:
    axis = alt.Axis(labelAngle=0, labelOverlap=True, grid=False)
    return alt.X("month:O", sort=None, title=None, axis=axis, scale=alt.Scale(padding=0.5))


def _tooltips(alt: Any) -> list[Any]:
    titles = {
        "own": "Mottagningen",
        "region": "Regionen",
        "nation": "Landet",
        "mean": "Snitt",
        "low": "Nedre gräns",
        "high": "Övre gräns",
        "cases": "Fall",
    }
    month, rule = alt.Tooltip("month:O", title="Månad"), alt.Tooltip("rule:N", title="Förändring")
    return [month, *charts.tips(alt, titles), rule]
