"""The parts of Köer: the region's three queues over time, per clinic, and what it would take."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import streamlit as st

from portal.charts.palette import QUEUES
from portal.domain.accounts.access import User
from portal.domain.insight.forecasting import SeriesForecast
from portal.domain.insight.queue import DAYS, PHASES, PHASES_BY_CODE, QueueState
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.sources.declared import ENTRY
from portal.services.administration import exports
from portal.services.insight import queues
from portal.services.insight.queues import QueueBreak, QueueMonth, Queues, RegionalQueue
from portal.ui.base import charts, formats, markup, tiles
from portal.ui.base.charts import GREY, EndLabel, Spec
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, numeric
from portal.ui.base.tiles import NumberTile
from portal.ui.insight import forecast_view, plan_view
from portal.ui.page import address, folds, pickers, pictures
from portal.ui.words import entry_words, findings, forecast_words, month_links


HEIGHT = 370
COLOURS = dict(zip((phase.code for phase in PHASES), QUEUES, strict=True))
SMALL_PACE = 5  # a month: with a decimal below
EVERYWHERE = "Regionen"
REGION = "region"  # stands for all clinics among their codes
PART_OF_WINDOW = "En mottagning som varit öppen under en del av dem räknas på sina egna månader."

Rows = list[dict[str, object]]


def choose_month(user: User) -> Month:
    """Return the month to look at; the newest that everyone has sent, or `?manad=2024-12`."""
    months = queues.months_to_choose(portal())
    newest = queues.newest_complete_month(portal(), user)
    return address.select(
        "Månadens sista dag",
        months,
        parameter="manad",
        first=newest if newest in months else months[0],
        words=lambda month: month.label,
    )


def show_completeness(region_queues: Queues) -> None:
    """Say when the sums of the month aren't everybody's."""
    if region_queues.reported < region_queues.open:
        st.warning(
            f"{region_queues.reported} av {region_queues.open} mottagningar har skickat {region_queues.month.label}: summorna är "
            "ofullständiga. Välj en tidigare månad för hela regionen.",
            icon=":material/warning:",
        )


def show_state(region_queues: Queues) -> None:
    """Show each queue as a number: who waits, which way it goes, how long it takes."""
    st.html(portal().memo.made_of(region_queues, _state))


def _state(region_queues: Queues) -> str:
    return tiles.numbers([_tile(queue, region_queues.month) for queue in region_queues.phases])


def _tile(queue: RegionalQueue, month: Month) -> NumberTile:
    months = queue.together.months_to_clear
    takes = "" if months is None else f" · {month.name}: tar {formats.number(months, 1)}\u00a0mån utan nya"
    return NumberTile(
        label=f"{queue.phase.label}, väntar",
        value=formats.number(queue.together.waiting),
        detail=f"{_turn(queue)}{takes}{_waited(queue)}",
        css="" if queue.turn is None else "worse" if queue.turn.monthly > 0 else "better",
    )


def _waited(queue: RegionalQueue) -> str:
    waited = queue.together.waited
    share = waited.share if waited else None
    return "" if share is None else f" · {formats.percent(100 * share)} har väntat högst {DAYS}\u00a0dagar"


def _published(queue: RegionalQueue) -> TableCell:
    printed = queue.published
    if printed is None:
        return TableCell("–")
    portal_figures = ""
    if printed.waiting_here is not None and printed.started_here is not None:
        portal_figures = (
            f"portalen, samma månader: {formats.number(printed.waiting_here)} och "
            f"{formats.number(printed.started_here)}"
        )
    return TableCell(
        f"{formats.number(printed.waiting)} väntade, {formats.number(printed.started)} i månaden",
        small=portal_figures,
    )


def show_chart(region_queues: Queues) -> None:
    """Draw the three queues' months on one scale, each named at its end, and what was printed of each."""
    spec, names = portal().memo.made_of(region_queues, _drawn_months)
    st.vega_lite_chart(
        spec,
        width="stretch",
        height=HEIGHT,
        alt=f"Väntande månad för månad. {names}. Månaderna står under Tabell och Prognos.",
        key="queues",
    )
    if region_queues.breaks:
        st.caption(f"Brott i serien: {'; '.join(map(_break_in_words, region_queues.breaks))}.")
    if region_queues.entry_start:
        st.caption(f"{entry_words.start(region_queues.entry_start)}.")
    _show_forecast(region_queues)
    _show_reading()
    st.html(portal().memo.made_of(region_queues, _folded_tables))
    with folds.on_demand("Hämta", key=f"queues-{region_queues.month}") as is_open:
        if is_open:
            name = f"koer-{region_queues.month}"
            pictures.offer(name, lambda: picture_spec(region_queues), lambda: _csv(region_queues))


def _drawn_months(region_queues: Queues) -> tuple[Spec, str]:
    """Return the chart with its rows in it, and what its lines are called."""
    labels = _labels(region_queues)
    spec = charts.with_pointer(spec_of(region_queues, labels)) | charts.data_of(rows_of(region_queues))
    return spec, "; ".join(label.in_line for label in labels)


def _folded_tables(region_queues: Queues) -> str:
    return tiles.fold("Tabell", _state_table(region_queues), _months_table(region_queues), is_printed=True)


def _show_forecast(region_queues: Queues) -> None:
    """Say how far the dashed lines can be trusted, and folded the year to come in figures, or why it is not known."""
    if not region_queues.forecasts:
        return
    if drawn := _drawn(region_queues):
        st.caption(f"Streckat: prognos med band. {forecast_words.reliability_of(drawn)}")
    st.html(portal().memo.made_of(region_queues, _folded_forecasts))


def _folded_forecasts(region_queues: Queues) -> str:
    table = forecast_words.table(list(region_queues.forecasts.values()), whose="Hela regionen")
    return tiles.fold("Prognos", table, markup.paragraph(forecast_words.METHOD, css="note"), is_printed=True)


def _ahead(region_queues: Queues, queue: RegionalQueue) -> SeriesForecast | None:
    """Return the forecast that is drawn of a queue."""
    forecast = region_queues.forecasts.get(queue.phase.waiting)
    return forecast if forecast and forecast.steps else None


def _drawn(region_queues: Queues) -> dict[str, SeriesForecast]:
    """Return the forecasts that are drawn, by their queues' names inside a sentence."""
    return {
        queue.phase.label.lower(): ahead
        for queue in region_queues.phases
        if (ahead := _ahead(region_queues, queue))
    }


def _show_reading() -> None:
    with st.expander("Så räknas det"):
        st.markdown(
            "Linjerna är väntande månadens sista dag; de grå streckade är publicerade medeltal, de färgade streckade prognosen. En månad där någon mottagning "
            "inte har svarat ritas inte. Växer sedan: från den lägsta månaden till den valda; minskar sedan: från den "
            "högsta. Takten är medeltalet av månaderna emellan."
        )
        st.markdown(f"{plan_view.QUEUE_CAPTION} {PART_OF_WINDOW}")
        st.markdown(
            f"{findings.never_mixed_up()} Ett barn kan stå i flera köer: de summeras inte till antal barn."
        )


def _state_table(region_queues: Queues) -> str:
    """Return how the three queues stand, and how they stood when they were printed."""
    rows = [
        markup.row(queue.phase.label, *plan_view.queue_cells(queue.together), _published(queue))
        for queue in region_queues.phases
    ]
    headings = ("Kö", *plan_view.QUEUE_HEADINGS, "Publicerat jan–nov 2023")
    return markup.table(headings, rows, caption=f"Hela regionen, sista {region_queues.month.label}")


def _labels(region_queues: Queues) -> list[EndLabel]:
    """Name each queue with its newest number, and below it where it is in a year."""
    labels = []
    for queue in region_queues.phases:
        waiting = [month.waiting for month in queue.months if month.waiting is not None]
        if not waiting:
            continue
        text, end = f"{queue.phase.label} {formats.number(waiting[-1])}", float(waiting[-1])
        if ahead := _ahead(region_queues, queue):
            end = list(ahead.steps.values())[-1].point
            text += f"\nom ett år {formats.number(end)}"
        labels.append(EndLabel(text, end, COLOURS[queue.phase.code], is_own=True))
    return labels


def _turn(queue: RegionalQueue) -> str:
    """`↑ växer sedan juni 2023, +20 i månaden`; ▲ and ▼ are for better and worse."""
    turn = queue.turn
    if turn is None:
        return "Oförändrat."
    sign, word = ("↑", "växer") if turn.monthly > 0 else ("↓", "minskar")
    least = "minst " if turn.is_first else ""
    pace = formats.signed(turn.monthly, 0 if abs(turn.monthly) >= SMALL_PACE else 1)
    return f"{sign} {word} sedan {least}{turn.since.label}, {pace} i månaden"


def _break_in_words(series_break: QueueBreak) -> str:
    return f"{series_break.clinic or 'alla mottagningar'} från {series_break.month.label} ({series_break.reason})"


def rows_of(region_queues: Queues) -> Rows:
    """Return a row per month, those ahead too, with each queue's waiting, started, printed mean and forecast.

    `break` says that values from there on can't be compared with earlier ones, or that others come than before.
    """
    rows: Rows = []
    for month in _months(region_queues):
        row: dict[str, object] = {
            "month": month.short,
            "break": _mark(region_queues, month),
        }
        for queue in region_queues.phases:
            row |= _of_queue(queue, month, _ahead(region_queues, queue))
        rows.append(row)
    return rows


def _mark(region_queues: Queues, month: Month) -> str | None:
    """What the line before the month stands for, if there is one."""
    if any(series_break.month == month for series_break in region_queues.breaks):
        return "Brott i serien"
    return ENTRY.label if month == region_queues.entry_start else None


def _months(region_queues: Queues) -> list[Month]:
    drawn_months = [queue_month.month for queue_month in region_queues.phases[0].months]
    return forecast_view.months_of(drawn_months, list(_drawn(region_queues).values()))


def _of_queue(queue: RegionalQueue, month: Month, ahead: SeriesForecast | None) -> dict[str, object]:
    queue_month = queue.at(month)
    code, waiting = queue.phase.code, queue_month.waiting if queue_month else None
    return {
        code: waiting,
        **_printed_mean(queue, month, waiting),
        **forecast_view.fields_of(code, ahead, month, waiting),
        **charts.texts(**{code: _text(queue_month, forecast_view.text_of(ahead, month))}),
    }


def _text(queue_month: QueueMonth | None, forecast: str) -> str:
    """What the tooltip says of a queue's month: who waited, or what is forecast."""
    if queue_month is None:
        return forecast
    if queue_month.waiting is None:
        return ", ".join(filter(None, ("alla har inte svarat", forecast)))
    return f"{formats.number(queue_month.waiting)} väntar, {formats.number(queue_month.started)} startar"


def _printed_mean(queue: RegionalQueue, month: Month, waiting: int | None) -> dict[str, object]:
    """The published mean in the months it is of, written at the first of them on the side where the queue is not."""
    code, printed = queue.phase.code, queue.published
    mean = printed.waiting if printed and printed.first <= month <= printed.last else None
    is_first = printed is not None and month == max(printed.first, queue.months[0].month)
    return {
        f"{code}_printed": mean,
        f"{code}_note": f"rapporten {formats.number(mean)}" if is_first and mean is not None else None,
        f"{code}_dy": -9 if (waiting or 0) < (mean or 0) else 12,
    }


def spec_of(region_queues: Queues, labels: Sequence[EndLabel]) -> Spec:
    """Return the shape with its months in order, and its lines named at their ends."""
    months = [month.short for month in _months(region_queues)]
    scale = [0, 1.05 * region_queues.highest]
    spec = charts.with_scale(charts.with_scale(queue_spec(), "x", domain=months), "y", domain=scale)
    return charts.with_end_labels(spec, labels, scale, height=HEIGHT - 50)


@cache
def queue_spec() -> Spec:
    """Return the chart's shape, without data: breaks, printed means, the queues."""
    import altair as alt

    axis = alt.Axis(labelAngle=0, labelOverlap=True, grid=False)
    base = alt.Chart(alt.Data(values=[])).encode(x=alt.X("month:O", sort=None, title=None, axis=axis))
    titles = {phase.code: phase.label for phase in PHASES}
    tips = [alt.Tooltip("month:O", title="Månad"), *charts.tips(alt, titles)]

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", title="barn och unga som väntar", axis=alt.Axis(tickCount=4))

    def line(field: str, colour: str, **look: Any) -> Any:
        return base.mark_line(color=colour, **look).encode(y=y(field))

    def note(code: str) -> Any:
        printed = base.transform_filter(f"isValid(datum.{code}_note)")
        text = printed.mark_text(color=GREY, align="left", dy=alt.expr(f"datum.{code}_dy"), fontSize=12)
        return text.encode(y=f"{code}_printed:Q", text=f"{code}_note:N")

    first_after = base.transform_filter("isValid(datum.break)")
    layers = [
        first_after.mark_rule(color=GREY, strokeDash=[4, 3], strokeWidth=1.5).encode(
            x=alt.X("month:O", bandPosition=0)
        ),
        *(line(f"{code}_printed", GREY, strokeDash=[5, 4], strokeWidth=1.6) for code in COLOURS),
        *map(note, COLOURS),
        *(layer for code, colour in COLOURS.items() for layer in forecast_view.layers(base, y, code, colour)),
        *(line(code, colour, strokeWidth=2.4) for code, colour in COLOURS.items()),
        base.mark_point(opacity=0).encode(y=f"{PHASES[0].code}:Q", tooltip=tips),
    ]
    return charts.finished(alt.layer(*layers))


def picture_spec(region_queues: Queues) -> Spec:
    """Return the chart as one picture with title and source, for a download."""
    legend = "Linje: väntar månadens sista dag; grått streck: publicerat medeltal januari–november 2023"
    if drawn := _drawn(region_queues):
        legend += f"; färgat streck: prognos med band. {forecast_words.reliability_of(drawn)}"
    return spec_of(region_queues, _labels(region_queues)) | {
        "title": charts.picture_title(
            f"Köerna till barn- och ungdomspsykiatrin, till och med {region_queues.month.label}",
            INDICATORS_BY_CODE[PHASES[0].waiting],
            legend=legend + _marks_in_words(region_queues),
        ),
        "data": {"values": rows_of(region_queues)},
        "width": 900,
        "height": HEIGHT,
        "background": "white",
    }


def _marks_in_words(region_queues: Queues) -> str:
    start = region_queues.entry_start
    words = [
        *(["brott i serien"] if region_queues.breaks else []),
        *([entry_words.start(start)] if start else []),
    ]
    return f"; lodrätt streck: {', '.join(words)}" if words else ""


def _months_table(region_queues: Queues) -> str:
    headings = (
        "Månad",
        *(f"{q.phase.label}: {word}" for q in region_queues.phases for word in ("väntar", "startar")),
    )
    rows = [
        _month_row(region_queues, months)
        for months in reversed(list(zip(*(queue.months for queue in region_queues.phases), strict=True)))
    ]
    return markup.table(headings, rows, caption="Hela regionen, nyast först")


def _month_row(region_queues: Queues, queue_months: Sequence[QueueMonth]) -> markup.TableRow:
    """One month of the three queues: waiting and started of each."""
    month = queue_months[0].month
    breaks = [
        f"brott: {series_break.clinic or 'alla'}"
        for series_break in region_queues.breaks
        if series_break.month == month
    ]
    if month == region_queues.entry_start:
        breaks.append(f"{ENTRY.label} började")
    counts = [
        _count(amount, queue_month)
        for queue_month in queue_months
        for amount in (queue_month.waiting, queue_month.started)
    ]
    heading = TableCell(month.label, href=markup.link("laget"), small="; ".join(breaks))
    return markup.row(heading, *counts)


def _count(amount: int | None, month: QueueMonth) -> TableCell:
    if amount is None:
        return markup.missing(f"{month.answered} av {month.open} har svarat")
    return numeric(formats.number(amount))


def _csv(region_queues: Queues) -> bytes:
    headings = (
        *("månad", "kö", "väntar", "startar", "mottagningar som svarat", "öppna mottagningar"),
        *forecast_view.FILE_HEADINGS,
    )
    rows = (row for queue in region_queues.phases for row in _csv_rows(queue, _ahead(region_queues, queue)))
    return exports.csv_bytes(headings, rows)


def _csv_rows(queue: RegionalQueue, ahead: SeriesForecast | None) -> Iterator[tuple[object, ...]]:
    """Yield a queue's months, and then those ahead."""
    for row in queue.months:
        counts = (row.waiting, row.started, row.answered, row.open)
        yield (str(row.month), queue.phase.label, *counts, *forecast_view.file_cells())
    for month, step in ahead.steps.items() if ahead else ():
        yield (str(month), queue.phase.label, None, None, None, None, *forecast_view.file_cells(step))


def _choose_phase() -> str:
    """Return the code of one of the three queues; `?ko=investigation` chooses."""
    codes = [phase.code for phase in PHASES]
    return address.segment(
        "Kö", codes, parameter="ko", first=codes[1], words=lambda code: PHASES_BY_CODE[code].label
    )


def show_clinics(region_queues: Queues) -> None:
    """Show each clinic's three queues, in the report's order: who waits, and how long each takes, as a bar too."""
    clinics = [clinic for clinic, _ in region_queues.phases[0].clinics]
    part = pickers.choose_part(clinics, lambda clinic: clinic.name)
    st.html(portal().memo.made_of(region_queues, _clinics_table, tuple(clinic.code for clinic in part)))


def _clinics_table(region_queues: Queues, codes: Collection[str]) -> str:
    names = [clinic.name for clinic, _ in region_queues.phases[0].clinics if clinic.code in codes]
    columns = [_column(queue, codes) for queue in region_queues.phases]
    *rows, total = [
        markup.row(name, *cells) for name, *cells in zip([*names, EVERYWHERE], *columns, strict=True)
    ]
    caption = f"Väntar sista {region_queues.month.label} · så länge tar kön utan nya, i månadens takt."
    headings = ("Mottagning", *(queue.phase.label for queue in region_queues.phases))
    table_rows = [*rows, replace(total, css="total")]
    return markup.table(headings, table_rows, caption=caption, cards=False, css="dense")


def _column(queue: RegionalQueue, codes: Collection[str]) -> list[TableCell]:
    """Return a queue's cell of each of those clinics, which opens its months, and below them the region's."""
    longest = max([state.months_to_clear or 0 for _, state in queue.clinics], default=0)
    waiting = queue.phase.waiting
    cells = [
        _takes(state, longest, month_links.to_months(clinic.code, waiting))
        for clinic, state in queue.clinics
        if clinic.code in codes
    ]
    return [*cells, _takes(queue.together)]


def _takes(state: QueueState, longest: float = 0, href: str = "") -> TableCell:
    months = state.months_to_clear
    takes = "okänt" if months is None else f"{formats.number(months, 1)}\u00a0mån"
    bar = months / longest if months is not None and longest else None
    return TableCell(f"{formats.number(state.waiting)} · {takes}", css="num", href=href, bar=bar)


def show_plan(region_queues: Queues) -> None:
    """Ask what it would take, in one queue, for the region or for one clinic (`?for=mora`)."""
    st.subheader("Vad krävs?", anchor=False)
    left_column, right_column = st.columns(2)
    with left_column:
        queue = region_queues.of(_choose_phase())
    states: dict[str, tuple[str, QueueState]] = {REGION: (EVERYWHERE, queue.together)}
    states |= {clinic.code: (clinic.name, state) for clinic, state in queue.clinics}
    with right_column:
        code = address.select(
            "Räkna för", list(states), parameter="for", first=REGION, words=lambda code: states[code][0]
        )
    name, state = states[code]
    plan_view.ask(state, region_queues.month, who=name, key=f"{code}-{queue.phase.code}")
