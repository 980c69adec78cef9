"""The parts of Indikator: the answer, the chart, what is folded under it, what a queue takes, how it is counted."""

from collections.abc import Iterator, Sequence

import streamlit as st

from portal.domain.accounts.access import ClinicUser, User
from portal.domain.insight.series import can_roll
from portal.domain.insight.stretches import StretchMark, marks
from portal.domain.plans.plan import ActionPlan
from portal.domain.registry.indicators import Indicator
from portal.domain.registry.months import Month
from portal.services.administration import exports
from portal.services.insight.comments import Comments
from portal.services.insight.indicator_series import Series, SeriesPoint
from portal.ui.base import formats, markup, tiles
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, joined, numeric, tag
from portal.ui.insight import control_chart, forecast_view, plan_view, timeline_view
from portal.ui.insight.control_chart import Rows
from portal.ui.page import address, pictures
from portal.ui.words import findings, indicator_words, month_links, neighbour_words, sentences


MONTHLY, ROLLING = "manad", "rullande"
VALUES = {MONTHLY: "Per månad", ROLLING: "Rullande 12"}


METHOD = (
    (
        "Märket jämför den senaste månaden med mottagningens egen historia i ett styrdiagram (XmR, för små tal p-diagram): ▼ sämre, "
        "▲ bättre, ◆ ändrat, ≈ som vanligt. Det vanliga räknas på de senaste 36 månaderna."
    ),
    (
        "Osäkerheten är 95 % (Wilson). En skillnad mot regionen räknas först när den är större än slumpen brukar ge. "
        "Regionens värde är det släppta, och mottagningen räknas med i det."
    ),
    f"”Visas inte”: {sentences.WHY_NOT_SHOWN}.",
)


def whose(user: User) -> str:
    """Return what the clinic is called in sentences: `Ni` to itself."""
    return "Ni" if isinstance(user, ClinicUser) else "Mottagningen"


def choose_period() -> int:
    """Return how many months to show; `?manader=36` chooses."""
    return address.segment(
        "Period",
        list(month_links.PERIODS),
        parameter=month_links.SHOWN_PERIOD,
        first=month_links.DEFAULT_PERIOD,
        words=lambda months: month_links.PERIODS[months],
        is_label_hidden=True,
    )


def choose_rolling(indicator: Indicator) -> bool:
    """Ask for months or rolling years (`?varden=rullande`); a snapshot has no rolling year."""
    if not can_roll(indicator):
        return False
    values = address.segment(
        "Visa",
        list(VALUES),
        parameter="varden",
        first=MONTHLY,
        words=lambda code: VALUES[code],
        is_label_hidden=True,
    )
    return values == ROLLING


def show_answer(series: Series, *, who: str) -> None:
    """Show what the months come to: one sentence and four numbers."""
    st.html(portal().memo.made_of(series, _answer, who))


def _answer(series: Series, who: str) -> str:
    numbers = indicator_words.numbers(series)
    lead = tag("p", indicator_words.headline(series, who=who), class_="portal-lead")
    return joined([lead, tiles.numbers(numbers) if numbers else ""])


def show_mark(series: Series, way_to_plan: str) -> None:
    """Show the newest month's mark, which way is good, and the ways to what may explain it and to a plan."""
    mark = indicator_words.mark(series)
    parts = [tiles.pill(mark[0]), f" {mark[1]} · "] if mark else []
    why = tag("a", timeline_view.QUESTION, href=f"#{month_links.WHY}", target="_self")
    ways = [*([why] if series.finding else []), *([way_to_plan] if way_to_plan else [])]
    line = tag(
        "p",
        *parts,
        series.indicator.better.label.lower(),
        *(part for way in ways for part in (" · ", way)),
        class_="portal note",
    )
    st.html(line, width="stretch")


def show_chart(series: Series, comments: Comments, plans: Sequence[ActionPlan], *, who: str) -> None:
    """Show the chart, and folded under it how to read it, its table and where its numbers can be had."""
    rows = control_chart.show(series, comments.newest, plans, who=who)
    with st.expander("Så läser du diagrammet"):
        st.markdown("\n\n".join(_reading(series)))
    st.html(portal().memo.made_of(series, _folded_table))
    with st.expander("Hämta"):
        _offer(series, rows)


def _reading(series: Series) -> list[str]:
    """Return what the chart and what lies behind it say, a paragraph each."""
    texts = [
        findings.how_to_read(series),
        findings.compares_with_patients(series.indicator),
        findings.limits_basis(series.charted),
        neighbour_words.nobody_closed(series.neighbours),
        indicator_words.elsewhere(series),
    ]
    return [text for text in texts if text]


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


def show_queue(series: Series, *, who: str) -> None:
    """Show what it would take to shorten the queue that the indicator is about, and folded how it stands."""
    state = series.queue
    if state is None:
        return
    newest = series.newest_reported or series.points[-1].month
    st.subheader("Vad krävs?", anchor=False)
    plan_view.ask(state, newest, who=who, key=f"{series.clinic.code}-{state.phase.code}")
    table = markup.table(
        ("Kö", *plan_view.QUEUE_HEADINGS),
        [markup.row(state.phase.label, *plan_view.queue_cells(state))],
        caption=f"Väntande sista {newest.label}. {plan_view.QUEUE_CAPTION}",
    )
    st.html(tiles.fold("Kön i siffror", table, markup.paragraph(findings.never_mixed_up(), css="note")))


def _folded_table(series: Series) -> str:
    return tiles.fold("Tabell", _table(series), is_printed=True)


def _table(series: Series) -> str:
    """Return the months in figures, newest first, each leading to its submission."""
    marked = marks(series.charted)
    rows = [
        _row(series, index, point, marked[index]) for index, point in reversed(list(enumerate(series.points)))
    ]
    country = ("Landet",) if series.elsewhere.country else ()
    headings = ("Månad", "Mottagningen", "Underlag", "Gränser", "Regionen", "Grund", *country)
    return markup.table(
        headings,
        rows,
        caption=f"{series.indicator.label}, {series.indicator.unit}, nyast först. Klicka på en månad för "
        "det som skickades in.",
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
            sentences.cases(indicator, own) or "–",
            css="num",
            small=indicator_words.uncertainty(indicator, own),
        ),
        _limits(series, index, mark),
        TableCell(figure, css="num" if point.released and point.released.is_shown else "missing"),
        basis or "–",
        *_country(series, point.month),
    )


def _country(series: Series, month: Month) -> list[TableCell]:
    """Return what is published of the country that month, where any month has it."""
    if not series.elsewhere.country:
        return []
    published = series.elsewhere.country.get(month)
    text = "–" if published is None else findings.charted_alone(series.indicator, published.value)
    return [TableCell(text, css="num")]


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
        *("ritat", "snitt", "nedre gräns", "övre gräns", "landet"),
        *forecast_view.FILE_HEADINGS,
    )
    rows = (_csv_row(series, index, point) for index, point in enumerate(series.points))
    return exports.csv_bytes(headings, [*rows, *_csv_rows_ahead(series)])


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
        published.value if (published := series.elsewhere.country.get(point.month)) else None,
        *forecast_view.file_cells(),
    )


def _csv_rows_ahead(series: Series) -> Iterator[tuple[object, ...]]:
    """Yield the months ahead, where the indicator has a forecast: what comes of them is not known, so no value is."""
    series_forecast, empty = series.forecasts.get(series.indicator.code), (None,) * 5
    for month, step in series_forecast.steps.items() if series_forecast else ():
        names = (str(month), series.clinic.code)
        yield (*names, *empty, series.indicator.unit, *empty, *forecast_view.file_cells(step))


def _regional(indicator: Indicator, point: SeriesPoint) -> float | None:
    if point.released is None or not point.released.is_shown:
        return None
    return point.released.rate if indicator.is_rate else point.released.value


def show_method(indicator: Indicator) -> None:
    """Show what the indicator counts, its source and caveat, and how what stands above is counted."""
    with st.expander("Om måttet"):
        lines = [
            f"**Definition:** {indicator.definition}.",
            f"**Regionens värde:** {indicator.headline.label}.",
            f"**Källa:** {portal().region.in_words(indicator.source)}.",
        ]
        if indicator.requirement:
            lines.append(f"**Krav:** {indicator.requirement}.")
        if indicator.caveat:
            lines.append(f"**Att tänka på:** {indicator.caveat}")
        lines.append(f"[Alla definitioner](/definitioner?indikator={indicator.code})")
        st.markdown("\n\n".join(lines))
    with st.expander("Så räknas det"):
        st.markdown("\n\n".join(METHOD))
