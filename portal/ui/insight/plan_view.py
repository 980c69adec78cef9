"""A queue in numbers, and its calculator: how many must start a month for nobody to wait longer than 30 days, by when."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from math import ceil
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from portal.domain.insight import queue
from portal.domain.insight.queue import DAYS, WINDOW, QueuePlan, QueueState
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.rounding import half_up
from portal.domain.registry.values import Ratio
from portal.ui.base import charts, formats, markup
from portal.ui.base.charts import EVENT, GREEN, GREY, EndLabel, Spec
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, numeric
from portal.ui.page import address


MONTHS_AHEAD = 6
LONGEST = 24
FAR_AWAY = 36  # months
MOST = 10_000
CURVE_HEIGHT = 220
# Over `queue_cells`, wherever they stand.
QUEUE_HEADINGS = (
    "Väntar",
    "Startade i månaden",
    "Så länge tar kön",
    "Tryck",
    f"Nya i kön per månad, {WINDOW} mån",
    f"Av de startade inom {DAYS} dagar, {WINDOW} mån",
    f"Av de väntande högst {DAYS} dagar",
    "Av de väntande över 90 dagar",
)
QUEUE_CAPTION = (
    "Så länge tar kön: väntande delat med startade i månaden (indikatorn Månader att beta av kön). Tryck: två gånger "
    f"den tiden delat med {DAYS} dagar; över 1 hinns målet troligen inte (Fong m.fl. 2022). 3 mån: de tre senaste."
)


def ask(state: QueueState, newest: Month, *, who: str, key: str) -> None:
    """Ask by when, and say what it takes; every number it rests on can be changed.

    `who` is "Ni", "Regionen" or a clinic's name.
    """
    if state.waiting is None or state.started is None or state.joining is None:
        st.info("Kan inte räknas: väntande eller startade saknas för någon av de tre senaste månaderna.")
        return
    # What is reckoned with is what the boxes show: a mean's hidden decimals made sums that nobody could follow.
    state = portal().memo.made_of(state, _in_whole_children)
    until, joining, tried = _inputs(state, newest, key)
    months = newest.until(until)
    plan = queue.plan(state.waiting or 0, joining, state.started or 0, months=months)
    st.markdown(_verdict(state, plan, until, who))
    st.markdown(_outcome(state, plan, joining, tried))
    st.markdown(f"{_flow(joining, state.started or 0)} {_sum(state, joining, until, months)}")
    _show_curve(state, joining, tried, tuple(months_between(newest, until)), key)
    with st.expander("Så räknas det: kön"):
        st.markdown(_soon(state, newest, joining, months) + _assumptions(state, newest, joining))


def _in_whole_children(state: QueueState) -> QueueState:
    return replace(state, started=half_up(state.started or 0), joining=max(0.0, half_up(state.joining or 0)))


def _verdict(state: QueueState, plan: QueuePlan, until: Month, who: str) -> str:
    """Say how many must start a month, in whole children, and how that compares with today's pace."""
    noun, needed, today = (
        state.phase.noun,
        _whole(plan.needed),
        f"{formats.number(state.started)}, snitt {WINDOW} mån",
    )
    more = needed - int(half_up(state.started or 0))
    verdict = (
        f"**{formats.number(more)} fler än i dag** ({today})" if more > 0 else f"dagens takt ({today}) är nog"
    )
    return (
        f"För att ingen ska vänta mer än {DAYS} dagar i slutet av {until.label} behöver {_inside(who)} starta "
        f"**{formats.number(needed)} {noun} i månaden**: {verdict}."
    )


def _outcome(state: QueueState, plan: QueuePlan, joining: float, tried: int) -> str:
    """Say when today's pace and the tried one get there; once where they are the same children."""
    today = f"I dagens takt {_when(plan.until_within_today)}."
    if tried == half_up(state.started or 0):
        return today
    until_within = queue.plan(state.waiting or 0, joining, tried, months=plan.months).until_within_today
    return f"{today} Med **{formats.number(tried)}** i månaden {_when(until_within)}."


def _flow(joining: float, started: float) -> str:
    """Say what comes and what begins in a month, in whole children."""
    change = joining - started
    way = "växer" if change > 0 else "minskar"
    grows = f"kön {way} med {formats.number(abs(change))} i månaden" if change else "kön står still"
    new = "ny" if joining == 1 else "nya"
    return f"Det kommer {formats.number(joining)} {new} i månaden och {formats.number(started)} startar: {grows}."


def _sum(state: QueueState, joining: float, until: Month, months: int) -> str:
    """Say how today's pace adds up."""
    waiting, pace = state.waiting or 0, state.started or 0
    end = queue.course(waiting, joining, pace, months=months)[-1]
    joined = months * joining
    starts = formats.number(waiting + joined - end)
    return (
        f"{formats.number(waiting)} väntar + {formats.number(joined)} nya − {starts} startar = "
        f"{formats.number(end)} i slutet av {until.label}."
    )


def _whole(starts: float) -> int:
    return ceil(starts - 1e-9)


def _soon(state: QueueState, newest: Month, joining: float, months: int) -> str:
    """Say what it takes in the nearest month, where that is not the one asked for."""
    nearest_month = max(newest.next, Month.of(portal().clock.today))
    ahead = newest.until(nearest_month)
    if months <= ahead:
        return ""
    soon = queue.plan(state.waiting or 0, joining, state.started or 0, months=ahead)
    return (
        f"För att nå dit redan i slutet av {nearest_month.label}: **{formats.number(_whole(soon.needed))} "
        f"{state.phase.noun}** {'den månaden' if ahead == 1 else 'i månaden'}.\n\n"
    )


def _inputs(state: QueueState, newest: Month, key: str) -> tuple[Month, int, int]:
    """Ask by when, how many join, and what pace to try."""
    ahead = [newest.plus(months) for months in range(1, LONGEST + 1)]
    first, second, third = st.columns(3)
    with first:
        until = address.select(
            "Till slutet av",
            ahead,
            parameter="till",
            first=newest.plus(MONTHS_AHEAD),
            words=lambda month: month.label,
        )
    joining = _number(second, "Nya i kön per månad", state.joining or 0, f"joining-{key}")
    tried = _number(third, f"Pröva: {state.phase.noun} per månad", state.started or 0, f"started-{key}")
    return until, joining, tried


def _number(place: DeltaGenerator, label: str, begin: float, key: str) -> int:
    """Ask for a number of people; where more are counted than anybody would try, the box takes as many."""
    count = max(0, int(half_up(begin)))
    return int(place.number_input(label, 0, max(MOST, count), count, key=key))


def _inside(who: str) -> str:
    """ "Ni", "Mottagningen" and "Regionen" are written small inside a sentence, a clinic's name as it is."""
    return who.lower() if who in ("Ni", "Mottagningen", "Regionen") else who


def _when(months: float | None) -> str:
    if months is None:
        return "blir kön aldrig så kort"
    if months <= 0:
        return "är kön redan så kort"
    if months > FAR_AWAY:
        return "tar det mer än tre år"
    return f"är kön så kort om {formats.number(months, 1)} månader"


def _assumptions(state: QueueState, newest: Month, joining: float) -> str:
    return (
        f"**Antaganden.** {formats.number(state.waiting)} väntade sista {newest.label}. "
        f"{formats.number(joining)} nya ställs i kön varje månad (de tre senaste: "
        f"{formats.number(state.joining)}, köns förändring plus de som startade). Den som väntat längst "
        "startar först, och ingen lämnar kön utan att starta. Målet är nått när kön inte är längre än de nya "
        f"under {DAYS} dagar (Littles lag). En fjärdedel av det, {formats.number(queue.suitable_length(joining), 1)}, är "
        "lagom: då hinner nästan alla, också när en del går före (Fong m.fl. 2022). Alla tre tal kan ändras. Prognosen, "
        "där det finns en, är en annan räkning: den följer köns egna månader och har ett band."
    )


def _show_curve(state: QueueState, joining: int, tried: int, months: tuple[Month, ...], key: str) -> None:
    """Draw how the queue would go at either pace, beside the longest in which nobody waits too long."""
    spec, names = portal().memo.made_of(state, _curve, joining, tried, months)
    st.vega_lite_chart(
        spec,
        width="stretch",
        height=CURVE_HEIGHT,
        alt=f"Väntande till slutet av {months[-1].short}. {names}.",
        key=f"curve-{key}",
    )


def _curve(state: QueueState, joining: int, tried: int, months: Sequence[Month]) -> tuple[Spec, str]:
    """Return the curves with their numbers in them, and what they are called."""
    waiting, pace, goal = state.waiting or 0, state.started or 0, half_up(queue.longest_within(joining))
    ahead, is_same = len(months) - 1, tried == half_up(pace)
    as_today = queue.course(waiting, joining, pace, months=ahead)
    as_tried = as_today if is_same else queue.course(waiting, joining, tried, months=ahead)
    rows = [
        {"month": month.short, "tried": half_up(with_tried), "today": half_up(with_today), "goal": goal}
        for month, with_tried, with_today in zip(months, as_tried, as_today, strict=True)
    ]
    scale = [0, 1.05 * max(waiting, goal, as_tried[-1], as_today[-1], 1)]
    labels = [
        EndLabel(f"I dagens takt: {formats.number(as_today[-1])}", as_today[-1], GREY),
        EndLabel(f"Högst 30 dagar: {formats.number(goal)}", goal, EVENT),
    ]
    if not is_same:
        labels.append(
            EndLabel(f"Med {formats.number(tried)}: {formats.number(as_tried[-1])}", as_tried[-1], GREEN)
        )
    spec = charts.with_scale(curve_spec(), "x", domain=[month.short for month in months])
    spec = charts.with_scale(spec, "y", domain=scale)
    spec = charts.with_end_labels(spec, labels, scale, height=CURVE_HEIGHT - 50) | charts.data_of(rows)
    return spec, ". ".join(label.text for label in labels)


@cache
def curve_spec() -> dict[str, Any]:
    """Return the curve's shape, without data: the goal, the queue at either pace."""
    import altair as alt

    base = alt.Chart(alt.Data(values=[])).encode(
        x=alt.X("month:O", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True))
    )
    axis = alt.Axis(tickCount=4, minExtent=40)
    looks = (("goal", EVENT, [1, 0], 1.6), ("today", GREY, [5, 4], 1.8), ("tried", GREEN, [1, 0], 2.4))
    layers = [
        base.mark_line(color=colour, strokeDash=dash, strokeWidth=width).encode(
            y=alt.Y(f"{field}:Q", title="väntande", axis=axis)
        )
        for field, colour, dash, width in looks
    ]
    return charts.finished(alt.layer(*layers))


def queue_cells(state: QueueState) -> tuple[TableCell, ...]:
    """Cells for waiting, started, months to clear, pressure, newcomers, and the shares of those who started and wait."""
    started = (
        None
        if state.within is None or state.started_in_all is None
        else Ratio(state.within, state.started_in_all)
    )
    return (
        _amount(state.waiting),
        _amount(state.started_last),
        _lasts(state),
        _amount(state.pressure, 1),
        _joining(state),
        *(_share(ratio) for ratio in (started, state.waited, state.waited_long)),
    )


def _share(ratio: Ratio | None) -> TableCell:
    if ratio is None or ratio.share is None:
        return markup.missing("inget underlag")
    cases = f"{formats.number(ratio.numerator)} av {formats.number(ratio.denominator)}"
    return numeric(formats.percent(100 * ratio.share), cases)


def _joining(state: QueueState) -> TableCell:
    if state.joining is None:
        return _amount(None)
    each = "" if state.load is None else f"{formats.number(state.load, 1)} för var som startar"
    return numeric(formats.number(state.joining, 1), each)


def _lasts(state: QueueState) -> TableCell:
    months = state.months_to_clear
    return markup.missing("okänt") if months is None else numeric(f"{formats.number(months, 1)} mån")


def _amount(amount: float | None, digits: int = 0) -> TableCell:
    return markup.missing("okänt") if amount is None else numeric(formats.number(amount, digits))
