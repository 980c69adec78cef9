"""The clinic's chart: own months within their limits, the released region, the target, what stands out.

One row per month holds all that is drawn. A month without value keeps its place and breaks every line.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from math import floor
from typing import Any

import streamlit as st

from portal.domain.insight.attention import AttentionFinding
from portal.domain.insight.statistics.control import Signal
from portal.domain.insight.stretches import StretchMark, marks
from portal.domain.registry.indicators import Better, Indicator, Target
from portal.domain.release.standing import Released, comparable
from portal.services.insight.comments import Comments
from portal.services.insight.indicator_series import Series, SeriesPoint
from portal.ui.base import charts, formats, markup
from portal.ui.base.charts import BLUE, EVENT, GREEN, GREY, RED, rounded
from portal.ui.words import findings, neighbour_words


WORSE, BETTER, CHANGED = "sämre", "bättre", "ändrat"
SHAPES = {WORSE: "triangle-down", BETTER: "triangle-up", CHANGED: "diamond"}
COLOURS = {WORSE: RED, BETTER: "#0e5a4c", CHANGED: BLUE}
SIGNS = {WORSE: "▼", BETTER: "▲", CHANGED: "◆"}
SMALL = {WORSE: "▾", BETTER: "▴", CHANGED: "◆"}
DARK = "#1f2d2a"
HEIGHT, CASES_HEIGHT = 340, 110
UPPER_HALF = 50  # percent


@dataclass(frozen=True, slots=True)
class LineLook:
    """How a line is drawn: dash and gap in pixels, width in pixels."""

    colour: str
    dash: tuple[int, int]
    width: float


LINES = {
    "low": LineLook(GREY, (5, 4), 1.2),
    "high": LineLook(GREY, (5, 4), 1.2),
    "mean": LineLook(GREY, (1, 0), 1.2),
    "target": LineLook(RED, (2, 3), 1.8),
    "region": LineLook(BLUE, (6, 3), 2),
    "own": LineLook(GREEN, (1, 0), 2.2),
}

Rows = list[dict[str, object]]


def rows_of(series: Series, comments: Comments) -> Rows:
    """Return what is drawn of each month, in the charted unit."""
    charted = series.charted
    events, month_marks = neighbour_words.marks(series.neighbours), marks(charted)
    pieces = accumulate(int(point.month in charted.breaks) for point in series.points)
    return [
        {
            "month": point.month.short,
            **_own(series, index),
            "stretch": piece,  # of the line: a break begins the next
            **_region_and_target(series, point),
            **_limits_row(series, index),
            **_mark_row(series.indicator, month_marks[index]),
            **_cases(series.indicator, point),
            "comment": "”" if point.month in comments.newest else None,
            "break": "Seriebrott" if point.month in charted.breaks else None,
            "event": events.get(point.month),
        }
        for index, (point, piece) in enumerate(zip(series.points, pieces, strict=True))
    ]


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


def _released_text(indicator: Indicator, amount: float | None) -> str:
    return formats.released_rate(amount) if indicator.is_rate else findings.charted_alone(indicator, amount)


def _limits_row(series: Series, index: int) -> dict[str, object]:
    """The limits of the ordinary that month, and the value's own interval where the cases are few."""
    limits, interval = series.charted.chart.limits[index], series.charted.intervals[index]
    mean, lower, upper = (limits.mean, limits.low, limits.high) if limits else (None, None, None)
    low, high = interval or (None, None)
    return {
        "mean": rounded(mean),
        "low": rounded(lower),
        "high": rounded(upper),
        "from": rounded(low),
        "to": rounded(high),
        **charts.texts(
            mean=findings.charted_alone(series.indicator, mean),
            low=findings.limit(series.indicator, lower),
            high=findings.limit(series.indicator, upper),
        ),
    }


def _mark_row(indicator: Indicator, mark: StretchMark | None) -> dict[str, object]:
    """A month that stands out: what is news is drawn large, a part of a run small."""
    if mark is None:
        return {"signal": None, "part": None, "rule": "–"}
    kind = kind_of(indicator, mark.finding)
    return {
        "signal": kind if mark.is_news else None,
        "part": None if mark.is_news else kind,
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


def cases_title(indicator: Indicator) -> str:
    return "aktuella patienter" if indicator.is_rate else "antal fall"


def show(series: Series, comments: Comments) -> Rows:
    """Draw the chart and the cases beneath it; returns the rows, for downloads."""
    rows = rows_of(series, comments)
    title, months, start = (
        charts.axis_title(series.indicator),
        _month_labels(rows),
        scale_start(series.indicator, rows),
    )
    st.html(markup.legend(_legend(series, rows)))
    st.vega_lite_chart(
        _fitted(main_spec(title), months, start) | {"data": {"values": rows}},
        width="stretch",
        height=HEIGHT,
        alt=_alt(series),
        key="over-time",
    )
    if any(row["cases"] is not None for row in rows):
        st.vega_lite_chart(
            charts.with_scale(cases_spec(cases_title(series.indicator)), "x", domain=months)
            | {"data": {"values": rows}},
            width="stretch",
            height=CASES_HEIGHT,
            alt=f"{cases_title(series.indicator).capitalize()} per månad under diagrammet. Står i tabellen.",
            key="cases",
        )
    return rows


def picture_spec(series: Series, rows: Rows) -> dict[str, Any]:
    """Return both charts as one picture, with its title and its source, for a download."""
    title, cases = charts.axis_title(series.indicator), cases_title(series.indicator)
    main = _fitted(main_spec(title), _month_labels(rows), scale_start(series.indicator, rows))
    under = charts.with_scale(cases_spec(cases), "x", domain=_month_labels(rows))
    config = main["config"]
    parts = [
        charts.part_of(main) | {"width": 900, "height": HEIGHT},
        charts.part_of(under) | {"width": 900, "height": CASES_HEIGHT},
    ]
    legend = "; ".join(f"{sign} {text}" for _, sign, text in _legend(series, rows))
    return {
        "$schema": main["$schema"],
        "title": charts.picture_title(
            f"{series.indicator.label}, {series.clinic.name}", series.indicator, legend=legend
        ),
        "data": {"values": rows},
        "vconcat": parts,
        "config": config,
        "background": "white",
    }


def scale_start(indicator: Indicator, rows: Rows) -> int:
    """Return where the scale begins: at zero, but for shares that all lie in the upper half."""
    names = ("own", "region", "low", "from", "target")
    values = [float(str(row[name])) for row in rows for name in names if row[name] is not None]
    lowest = min(values, default=0.0)
    return 10 * floor(lowest / 10 - 0.5) if indicator.is_share and lowest >= UPPER_HALF else 0


def _fitted(spec: dict[str, Any], months: list[object], start: int) -> dict[str, Any]:
    """Return the shape with its months in order and its scale from `start`."""
    spec = charts.with_scale(spec, "x", domain=months)
    return charts.with_scale(spec, "y", zero=False, domain=[start, 100]) if start else spec


def _month_labels(rows: Rows) -> list[object]:
    return [row["month"] for row in rows]


def _alt(series: Series) -> str:
    latest = series.latest
    where = f" Senaste värdet gäller {latest.month.label}." if latest else ""
    return (
        f"{series.indicator.label} per månad för {series.clinic.name}, med egna gränser, regionens släppta "
        f"värde och mål där de finns.{where} Samma siffror står i tabellen under."
    )


def target_words(series: Series) -> str:
    """Return the targets that are drawn, the one before first: `minst 80 %, från mars 2025 minst 90 %`."""
    words: list[str] = []
    before: Target | None = None
    for point in series.points:
        aim = series.targets.get(point.month)
        if aim != before and (aim or words):
            text = aim.text if aim else "inget"
            words.append(f"från {point.month.label} {text}" if point is not series.points[0] else text)
        before = aim
    return ", ".join(words)


def _legend(series: Series, rows: Rows) -> list[tuple[str, str, str]]:
    """Vega's own legend draws dashes around its symbols; this one can be read aloud too."""
    entries = [(GREEN, "●—●", series.clinic.name)]
    if _any(rows, "mean"):
        entries += [(GREY, "——", "Ert snitt"), (GREY, "– –", "Gränser för det vanliga")]
    if _any(rows, "region"):
        entries.append((BLUE, "■ - ■", "Regionens släppta värde"))
    if aims := target_words(series):
        entries.append((RED, "···", f"Mål: {aims}"))
    entries += _marks_legend(rows)
    if _any(rows, "from"):
        entries.append((GREEN, "┃", "Osäkerhet vid få fall (95 %)"))
    if _any(rows, "comment"):
        entries.append((DARK, "”", "Egen kommentar"))
    entries += [
        (DARK, "╎", f"Seriebrott {series_break.month.short}: {series_break.reason}")
        for series_break in series.breaks
    ]
    return [*entries, *_events_legend(series)]


def _marks_legend(rows: Rows) -> list[tuple[str, str, str]]:
    words = {WORSE: "Tydligt sämre", BETTER: "Tydligt bättre", CHANGED: "Tydlig förändring"}
    large, small = ({row[name] for row in rows} for name in ("signal", "part"))
    entries = [(COLOURS[kind], SIGNS[kind], words[kind]) for kind in SIGNS if kind in large]
    return entries + [
        (COLOURS[kind], SMALL[kind], f"Liten: del av en följd ({kind})") for kind in SMALL if kind in small
    ]


def _events_legend(series: Series) -> list[tuple[str, str, str]]:
    """What the numbered lines are: clinics of the own municipality that opened or closed."""
    return [
        (EVENT, f"⋮{number}", event.sentence) for number, event in neighbour_words.numbered(series.neighbours)
    ]


def _any(rows: Rows, name: str) -> bool:
    return any(row[name] is not None for row in rows)


@lru_cache(maxsize=50)
def main_spec(title: str) -> dict[str, Any]:
    """Return the chart's shape, from the back to the front: breaks, limits, region, own months, signals."""
    import altair as alt

    base = alt.Chart(alt.Data(values=[])).encode(x=_months(alt, labels=True))
    layers = [
        *_break_layers(alt, base),
        *_event_layers(alt, base),
        _line(alt, base, title, "low"),
        _line(alt, base, title, "high"),
        _line(alt, base, title, "mean"),
        _line(alt, base, title, "target"),
        _line(alt, base, title, "region"),
        *_point_layers(alt, base, title),
    ]
    return charts.finished(alt.layer(*layers))


def _y(alt: Any, title: str, field: str) -> Any:
    return alt.Y(f"{field}:Q", title=title, scale=alt.Scale(zero=True), axis=alt.Axis(minExtent=46))


def _line(alt: Any, base: Any, title: str, field: str) -> Any:
    """A line that a missing month and a break part."""
    look, shape = LINES[field], "step" if field in ("low", "high") else "linear"
    mark = base.mark_line(
        color=look.colour, strokeDash=list(look.dash), strokeWidth=look.width, interpolate=shape
    )
    return mark.encode(y=_y(alt, title, field), detail="stretch:N")


def _break_layers(alt: Any, base: Any) -> list[Any]:
    break_months = base.transform_filter("isValid(datum.break)")
    words = break_months.mark_text(align="left", dx=4, dy=-4, color=DARK, baseline="bottom")
    return [
        break_months.mark_rule(color=DARK, strokeDash=[4, 3]),
        words.encode(y=alt.value(HEIGHT - 60), text="break:N"),
    ]


def _event_layers(alt: Any, base: Any) -> list[Any]:
    """A thin dotted line with a number above it, where a neighbour opened or closed."""
    event_months = base.transform_filter("isValid(datum.event)")
    numbers = event_months.mark_text(dy=-4, color=EVENT, baseline="bottom", fontWeight="bold", fontSize=12)
    return [
        event_months.mark_rule(color=EVENT, strokeDash=[1, 4], strokeWidth=1.5),
        numbers.encode(y=alt.value(0), text="event:N"),
    ]


def _point_layers(alt: Any, base: Any, title: str) -> list[Any]:
    tips, own = _tooltips(alt), _y(alt, title, "own")
    region = base.mark_point(color=BLUE, filled=True, shape="square", size=30)
    signals = base.transform_filter("isValid(datum.signal)")
    parts = base.transform_filter("isValid(datum.part)")
    ordinary = base.transform_filter("!isValid(datum.part)")
    comments = base.transform_filter("isValid(datum.comment)")
    return [
        region.encode(y=_y(alt, title, "region"), tooltip=tips),
        base.mark_rule(color=GREEN, strokeWidth=1.5, opacity=0.7).encode(y=_y(alt, title, "from"), y2="to:Q"),
        _line(alt, base, title, "own"),
        ordinary.mark_point(color=GREEN, filled=True, size=45, opacity=1).encode(y=own, tooltip=tips),
        _marks(alt, parts, "part", own, tips, size=80),
        _marks(alt, signals, "signal", own, tips, size=190),
        comments.mark_text(dy=-16, fontSize=22, fontWeight="bold", color=DARK).encode(
            y=own, text="comment:N"
        ),
    ]


def _marks(alt: Any, base: Any, field: str, y: Any, tips: list[Any], *, size: int) -> Any:
    """Points that tell better from worse by shape as well as by colour."""
    return base.mark_point(filled=True, size=size, opacity=1, stroke="white", strokeWidth=1).encode(
        y=y,
        tooltip=tips,
        shape=alt.Shape(f"{field}:N", legend=None, scale=_scale(alt, SHAPES)),
        color=alt.Color(f"{field}:N", legend=None, scale=_scale(alt, COLOURS)),
    )


def _scale(alt: Any, looks: dict[str, str]) -> Any:
    return alt.Scale(domain=list(looks), range=list(looks.values()))


@lru_cache(maxsize=10)
def cases_spec(title: str) -> dict[str, Any]:
    """Return the shape of the bars beneath the chart, without data."""
    import altair as alt

    bars = alt.Chart(alt.Data(values=[])).mark_bar(color="#93cec1", stroke="#178571", strokeWidth=0.6)
    return charts.finished(
        bars.encode(
            x=_months(alt, labels=False),
            y=alt.Y("cases:Q", title=title, axis=alt.Axis(minExtent=46, tickCount=3)),
            tooltip=[
                alt.Tooltip("month:O", title="Månad"),
                *charts.tips(alt, {"cases": title.capitalize()}),
            ],
        )
    )


def _months(alt: Any, *, labels: bool) -> Any:
    axis = alt.Axis(labelAngle=0, labelOverlap=True, labels=labels, ticks=labels)
    return alt.X("month:O", sort=None, title=None, axis=axis, scale=alt.Scale(padding=0.5))


def _tooltips(alt: Any) -> list[Any]:
    titles = {
        "own": "Mottagningen",
        "region": "Regionen",
        "mean": "Snitt",
        "low": "Nedre gräns",
        "high": "Övre gräns",
        "cases": "Fall",
    }
    month, rule = alt.Tooltip("month:O", title="Månad"), alt.Tooltip("rule:N", title="Förändring")
    return [month, *charts.tips(alt, titles), rule]
