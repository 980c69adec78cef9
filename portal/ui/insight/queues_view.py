"""The parts of Köer: the region's three queues over time, per clinic, and what it would take."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.insight.queue import PHASES, PHASES_BY_CODE, QueueState
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month
from portal.services.administration import exports
from portal.services.insight import queues
from portal.services.insight.queues import QueueBreak, Queues, RegionalQueue
from portal.ui.base import charts, formats, markup
from portal.ui.base.charts import BLUE, GREEN, GREY, RED
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, numeric
from portal.ui.insight import plan_view
from portal.ui.page import address, pictures
from portal.ui.words import findings


HEIGHT = 260
SMALL_PACE = 5  # a month: with a decimal below
EVERYWHERE = "Regionen"
REGION = "region"  # stands for all clinics among their codes
PART_OF_WINDOW = "En mottagning som varit öppen under en del av dem räknas på sina egna månader."

Rows = list[dict[str, object]]


def choose_month(user: User) -> Month:
    """Return the month to look at; the newest that everyone has sent, or `?manad=2024-12`."""
    months = queues.months_to_choose(portal())
    newest = queues.newest_complete_month(portal(), user)
    place, _ = st.columns([1, 3])
    with place:
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
    """Show how the three queues stand, and how they stood when they were printed."""
    rows = [_state(queue) for queue in region_queues.phases]
    headings = ("Kö", *plan_view.QUEUE_HEADINGS, "Publicerat jan–nov 2023")
    st.html(markup.table(headings, rows, caption=f"Hela regionen, sista {region_queues.month.label}"))
    with st.expander("Så räknas det", icon=":material/calculate:"):
        st.markdown(f"{plan_view.QUEUE_CAPTION} {PART_OF_WINDOW}")
        st.markdown(
            f"{findings.never_mixed_up()} Ett barn kan stå i flera köer: de summeras inte till antal barn."
        )
        st.markdown(
            "Ligger linjen högt över staplarna tar kön många månader. En månad där någon mottagning inte har svarat "
            "ritas inte. Växer sedan: från den lägsta månaden till den valda; minskar sedan: från den högsta. "
            "Takten är medeltalet av månaderna emellan."
        )


def _state(queue: RegionalQueue) -> markup.TableRow:
    return markup.row(queue.phase.label, *plan_view.queue_cells(queue.together), _published(queue))


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


def show_charts(region_queues: Queues) -> None:
    """Draw each queue's months: waiting and started on one scale, and what was printed."""
    st.html(markup.legend(_legend(region_queues)))
    if region_queues.breaks:
        st.caption(f"Brott i serien: {'; '.join(map(_break_in_words, region_queues.breaks))}.")
    for place, queue in zip(st.columns(len(region_queues.phases)), region_queues.phases, strict=True):
        with place:
            _show_chart(queue, region_queues)
    pictures.offer(
        f"koer-{region_queues.month}", lambda: picture_spec(region_queues), lambda: _csv(region_queues)
    )
    with st.expander("Månaderna i siffror"):
        _show_months(region_queues)


def _legend(region_queues: Queues) -> list[tuple[str, str, str]]:
    return [
        (GREEN, "●—●", "Väntar månadens sista dag"),
        (BLUE, "▮", "Startar under månaden"),
        (RED, "– –", "Väntade enligt publicerat medeltal"),
        *([(GREY, "┊", "Brott i serien")] if region_queues.breaks else []),
    ]


def _show_chart(queue: RegionalQueue, region_queues: Queues) -> None:
    st.markdown(f"**{queue.phase.label}: {formats.number(queue.together.waiting)} väntar**  \n{_turn(queue)}")
    st.vega_lite_chart(
        spec_of(queue, region_queues) | {"data": {"values": rows_of(queue, region_queues.breaks)}},
        width="stretch",
        height=HEIGHT,
        alt=_alt(queue),
        key=f"queue-{queue.phase.code}",
    )


def _turn(queue: RegionalQueue) -> str:
    """`▲ växer sedan juni 2023, +20 i månaden`; a queue that shrinks is the better one."""
    turn = queue.turn
    if turn is None:
        return "Oförändrat."
    sign, word = ("▲", "växer") if turn.monthly > 0 else ("▼", "minskar")
    least = "minst " if turn.is_first else ""
    pace = formats.signed(turn.monthly, 0 if abs(turn.monthly) >= SMALL_PACE else 1)
    return f"{sign} {word} sedan {least}{turn.since.label}, {pace} i månaden"


def _break_in_words(series_break: QueueBreak) -> str:
    return f"{series_break.clinic or 'alla mottagningar'} från {series_break.month.label} ({series_break.reason})"


def _alt(queue: RegionalQueue) -> str:
    state = queue.together
    return (
        f"{queue.phase.label}: {formats.number(state.waiting)} väntar och {formats.number(state.started_last)} startade "
        "i månaden. Månaderna står under Månaderna i siffror."
    )


def rows_of(queue: RegionalQueue, breaks: Sequence[QueueBreak] = ()) -> Rows:
    """Return a row per month; `break` says that values from there on can't be compared with earlier ones."""
    printed, firsts = queue.published, {series_break.month for series_break in breaks}
    rows: Rows = [
        {
            "month": queue_month.month.short,
            "waiting": queue_month.waiting,
            "started": queue_month.started,
            "printed": printed.waiting
            if printed and printed.first <= queue_month.month <= printed.last
            else None,
        }
        for queue_month in queue.months
    ]
    if not firsts:
        return rows
    return [
        row | {"break": "Brott i serien" if queue_month.month in firsts else None}
        for row, queue_month in zip(rows, queue.months, strict=True)
    ]


def spec_of(queue: RegionalQueue, region_queues: Queues) -> dict[str, Any]:
    """Return one queue's shape, on the scale that all three share."""
    months = [queue_month.month.short for queue_month in queue.months]
    spec = charts.with_scale(queue_spec(), "x", domain=months)
    return charts.with_scale(spec, "y", domain=[0, region_queues.highest], nice=True)


@lru_cache(maxsize=1)
def queue_spec() -> dict[str, Any]:
    """Return the shape of one queue's chart, without data."""
    import altair as alt

    base = alt.Chart(alt.Data(values=[])).encode(
        x=alt.X("month:O", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        tooltip=[
            alt.Tooltip("month:O", title="Månad"),
            alt.Tooltip("waiting:Q", title="Väntar", format=",.0f"),
            alt.Tooltip("started:Q", title="Startar", format=",.0f"),
        ],
    )
    y = alt.Y("waiting:Q", title="barn och unga", scale=alt.Scale(zero=True))
    first_after = base.transform_filter("isValid(datum.break)")
    layers = [
        first_after.mark_rule(color=GREY, strokeDash=[4, 3], strokeWidth=1.5).encode(
            x=alt.X("month:O", bandPosition=0), tooltip=alt.Tooltip("break:N", title="Serien")
        ),
        base.mark_bar(color="#8fb6cc", stroke=BLUE, strokeWidth=0.6).encode(y="started:Q"),
        base.mark_line(color=RED, strokeDash=[5, 4], strokeWidth=1.8).encode(y="printed:Q"),
        base.mark_line(color=GREEN, strokeWidth=2.2).encode(y=y),
        base.mark_point(color=GREEN, filled=True, size=40, opacity=1).encode(y=y),
    ]
    return charts.finished(alt.layer(*layers))


def picture_spec(region_queues: Queues) -> dict[str, Any]:
    """Return the three charts as one picture with title and source, for a download."""
    spec = queue_spec()
    parts = [
        {
            **charts.part_of(spec_of(queue, region_queues)),
            "data": {"values": rows_of(queue, region_queues.breaks)},
            "title": queue.phase.label,
            "width": 420,
            "height": HEIGHT,
        }
        for queue in region_queues.phases
    ]
    return {
        "$schema": spec["$schema"],
        "title": charts.picture_title(
            f"Köerna till barn- och ungdomspsykiatrin, till och med {region_queues.month.label}",
            INDICATORS_BY_CODE[PHASES[0].waiting],
            legend="Linje: väntar månadens sista dag; staplar: startar under månaden; streckat: publicerat medeltal "
            "januari–november 2023" + ("; lodrätt streck: brott i serien" if region_queues.breaks else ""),
        ),
        "hconcat": parts,
        "config": spec["config"],
        "background": "white",
    }


def _show_months(region_queues: Queues) -> None:
    headings = (
        "Månad",
        *(f"{q.phase.label}: {word}" for q in region_queues.phases for word in ("väntar", "startar")),
    )
    rows = [
        _month_row(region_queues, months)
        for months in reversed(list(zip(*(queue.months for queue in region_queues.phases), strict=True)))
    ]
    st.html(markup.table(headings, rows, caption="Hela regionen, nyast först"))


def _month_row(region_queues: Queues, queue_months: Sequence[queues.QueueMonth]) -> markup.TableRow:
    """One month of the three queues: waiting and started of each."""
    month = queue_months[0].month
    breaks = [
        f"brott: {series_break.clinic or 'alla'}"
        for series_break in region_queues.breaks
        if series_break.month == month
    ]
    counts = [
        _count(amount, queue_month)
        for queue_month in queue_months
        for amount in (queue_month.waiting, queue_month.started)
    ]
    heading = TableCell(month.label, href=markup.link("laget"), small="; ".join(breaks))
    return markup.row(heading, *counts)


def _count(amount: int | None, month: queues.QueueMonth) -> TableCell:
    if amount is None:
        return markup.missing(f"{month.answered} av {month.open} har svarat")
    return numeric(formats.number(amount))


def _csv(region_queues: Queues) -> bytes:
    headings = ("månad", "kö", "väntar", "startar", "mottagningar som svarat", "öppna mottagningar")
    return exports.csv_bytes(
        headings,
        (
            (
                str(queue_month.month),
                queue.phase.label,
                queue_month.waiting,
                queue_month.started,
                queue_month.answered,
                queue_month.open,
            )
            for queue in region_queues.phases
            for queue_month in queue.months
        ),
    )


def choose_phase() -> str:
    """Return the code of one of the three queues; `?ko=investigation` chooses."""
    codes = [phase.code for phase in PHASES]
    return address.segment(
        "Kö", codes, parameter="ko", first=codes[1], words=lambda code: PHASES_BY_CODE[code].label
    )


def show_clinics(region_queues: Queues, queue: RegionalQueue) -> None:
    """Show one queue per clinic, in the report's order."""
    rows = [
        markup.row(
            TableCell(
                clinic.name,
                href=markup.link("indikator", mottagning=clinic.code, indikator=queue.phase.waiting),
                small=clinic.operator.label,
            ),
            *plan_view.queue_cells(state),
            TableCell(
                "Inlämningen",
                href=markup.link("inlamningar", mottagning=clinic.code, manad=str(region_queues.month)),
            ),
        )
        for clinic, state in queue.clinics
    ]
    rows.append(markup.row(EVERYWHERE, *plan_view.queue_cells(queue.together), "", css="total"))
    caption = (
        f"{queue.phase.label} per mottagning, sista {region_queues.month.label}. Ordningen är rapportens: ingen "
        f"rangordning. Namnet öppnar mottagningens månader. {PART_OF_WINDOW}"
    )
    st.html(markup.table(("Mottagning", *plan_view.QUEUE_HEADINGS, "Bakom värdet"), rows, caption=caption))


def show_plan(region_queues: Queues, queue: RegionalQueue) -> None:
    """Ask what it would take, for the region or for one clinic (`?for=mora`)."""
    states: dict[str, tuple[str, QueueState]] = {REGION: (EVERYWHERE, queue.together)}
    states |= {clinic.code: (clinic.name, state) for clinic, state in queue.clinics}
    code = address.select(
        "Räkna för", list(states), parameter="for", first=REGION, words=lambda code: states[code][0]
    )
    name, state = states[code]
    plan_view.ask(state, region_queues.month, who=name, key=f"{code}-{queue.phase.code}")
