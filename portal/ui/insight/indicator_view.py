"""The parts of Indikator: the chart, what it says, its table, the queue, what the measure is, downloads."""

import streamlit as st

from portal.domain.insight.series import can_roll
from portal.domain.insight.stretches import StretchMark, marks
from portal.domain.registry.indicators import Indicator
from portal.domain.registry.months import Month
from portal.services.administration import exports
from portal.services.insight.comments import Comments
from portal.services.insight.indicator_series import ALL_MONTHS, Series, SeriesPoint
from portal.ui.base import formats, markup
from portal.ui.base.markup import TableCell, numeric
from portal.ui.insight import control_chart, overview_view, plan_view
from portal.ui.insight.control_chart import Rows
from portal.ui.page import address, pictures
from portal.ui.words import findings, neighbour_words, sentences


PERIODS = {12: "12 mån", 24: "24 mån", 36: "36 mån", ALL_MONTHS: "Allt"}
DEFAULT_PERIOD = 24
MONTHLY, ROLLING = "manad", "rullande"
VALUES = {MONTHLY: "Per månad", ROLLING: "Rullande 12"}


def choose_period() -> int:
    """Return how many months to show; `?manader=36` chooses."""
    return address.segment(
        "Period",
        list(PERIODS),
        parameter="manader",
        first=DEFAULT_PERIOD,
        words=lambda months: PERIODS[months],
    )


def choose_rolling(indicator: Indicator) -> bool:
    """Ask for months or rolling years (`?varden=rullande`); a snapshot has no rolling year."""
    if not can_roll(indicator):
        return False
    values = address.segment(
        "Visa", list(VALUES), parameter="varden", first=MONTHLY, words=lambda code: VALUES[code]
    )
    return values == ROLLING


def show_chart(series: Series, comments: Comments) -> None:
    """Show the chart between what it says and where its numbers can be had."""
    indicator = series.indicator
    st.markdown(sentences.headline(series))
    for text in (sentences.distance(series), sentences.started(series)):
        if text:
            st.markdown(text)
    for text in (neighbour_words.growth(series.growth), findings.state(series)):
        if text:
            st.markdown(text)
    st.caption(f"**{findings.direction(indicator)}** {findings.how_to_read(series)}")
    rows = control_chart.show(series, comments)
    start = control_chart.scale_start(indicator, rows)
    notes = [
        f"Skalan börjar vid {start} procent." if start else "",
        findings.compares_with_patients(indicator),
        findings.limits_basis(series.charted),
    ]
    notes += [
        f"Seriebrott {series_break.month.label}: {series_break.reason}." for series_break in series.breaks
    ]
    st.caption(" ".join(note for note in notes if note))
    if text := neighbour_words.happened(series.neighbours):
        st.markdown(text)
    _offer(series, rows)


def _offer(series: Series, rows: Rows) -> None:
    name = f"{series.clinic.code}-{series.indicator.code}-{series.points[0].month}-{series.points[-1].month}"
    if series.is_rolling:
        name += "-rullande"
    pictures.offer(
        name,
        lambda: control_chart.picture_spec(series, rows),
        lambda: _csv(series),
        clinic=series.clinic.code,
    )


def show_queue(series: Series) -> None:
    """Show the queue that the indicator is about, and what it would take to shorten it."""
    state = series.queue
    if state is None:
        return
    newest = _newest_reported(series)
    st.subheader(f"Kön: {state.phase.label.lower()}", anchor=False)
    st.html(
        markup.table(
            ("Kö", *overview_view.QUEUE_HEADINGS),
            [markup.row(state.phase.label, *overview_view.queue_cells(state))],
            caption=f"Väntande sista {newest.label}. {overview_view.QUEUE_CAPTION}",
        )
    )
    st.caption(findings.never_mixed_up())
    plan_view.ask(state, newest, who="Ni", key=f"{series.clinic.code}-{state.phase.code}")


def _newest_reported(series: Series) -> Month:
    return series.newest_reported or series.points[-1].month


def show_table(series: Series) -> None:
    """Show the months in figures, newest first, each leading to its submission."""
    marked = marks(series.charted)
    rows = [
        _row(series, index, point, marked[index]) for index, point in reversed(list(enumerate(series.points)))
    ]
    headings = ("Månad", "Mottagningen", "Underlag", "Gränser", "Regionen", "Grund")
    st.html(
        markup.table(
            headings,
            rows,
            caption=f"{series.indicator.label}, {series.indicator.unit}, nyast först. Klicka på en månad för "
            "det som skickades in.",
        )
    )


def _row(series: Series, index: int, point: SeriesPoint, mark: StretchMark | None) -> markup.TableRow:
    indicator, own = series.indicator, point.own
    figure, basis = sentences.region(indicator, point.released)
    return markup.row(
        TableCell(
            point.month.label,
            href=markup.link("inlamningar", manad=str(point.month), mottagning=series.clinic.code),
        ),
        numeric(formats.figure(indicator, own))
        if own.value is not None
        else markup.missing(formats.reason(own.reason)),
        TableCell(
            sentences.cases(indicator, own) or "–", css="num", small=sentences.uncertainty(indicator, own)
        ),
        _limits(series, index, mark),
        TableCell(figure, css="num" if point.released and point.released.is_shown else "missing"),
        basis or "–",
    )


def _limits(series: Series, index: int, mark: StretchMark | None) -> TableCell:
    """The limits of that month, and in words the rule that marks it."""
    limits = series.charted.chart.limits[index]
    if limits is None:
        return TableCell("–", css="num")
    text = "–".join(findings.limit(series.indicator, limit) for limit in (limits.low, limits.high))
    return numeric(text, control_chart.in_words(series.indicator, mark) if mark else "")


def _csv(series: Series) -> bytes:
    headings = (
        *("månad", "mottagning", "värde", "täljare", "nämnare", "skäl", "region", "enhet"),
        *("ritat", "snitt", "nedre gräns", "övre gräns"),
    )
    return exports.csv_bytes(
        headings, (_csv_row(series, index, point) for index, point in enumerate(series.points))
    )


def _csv_row(series: Series, index: int, point: SeriesPoint) -> tuple[object, ...]:
    limits, own = series.charted.chart.limits[index], point.own
    bounds = (limits.mean, limits.low, limits.high) if limits else (None, None, None)
    return (
        str(point.month),
        series.clinic.code,
        own.value,
        own.numerator,
        own.denominator,
        own.reason.label if own.reason else "",
        _regional(series.indicator, point),
        series.indicator.unit,
        series.charted.values[index],
        *bounds,
    )


def _regional(indicator: Indicator, point: SeriesPoint) -> float | None:
    if point.released is None or not point.released.is_shown:
        return None
    return point.released.rate if indicator.is_rate else point.released.value


def show_about(indicator: Indicator) -> None:
    """Show what the indicator counts, its direction, source and caveat."""
    with st.expander("Om måttet: definition, riktning och källa"):
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
        lines.append(f"[Alla definitioner](/definitioner?indikator={indicator.code})")
        st.markdown("\n\n".join(lines))
