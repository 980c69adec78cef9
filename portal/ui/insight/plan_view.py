"""The queue's calculator: how many must start a month for nobody to wait longer than 30 days, by when."""

from math import ceil

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from portal.domain.insight import queue
from portal.domain.insight.queue import DAYS, QueueState
from portal.domain.registry.months import Month
from portal.domain.registry.rounding import half_up
from portal.ui.base import formats
from portal.ui.base.context import portal
from portal.ui.page import address


MONTHS_AHEAD = 6
LONGEST = 24
FAR_AWAY = 36  # months
MOST = 10_000


def ask(state: QueueState, newest: Month, *, who: str, key: str) -> None:
    """Ask by when, and say what it takes; every number it rests on can be changed.

    `who` is "Ni", "Regionen" or a clinic's name.
    """
    noun = state.phase.noun
    st.markdown(f"##### Räkna: hur många {noun} i månaden krävs?")
    if state.waiting is None or state.started is None or state.joining is None:
        st.info("Kan inte räknas: väntande eller startade saknas för någon av de tre senaste månaderna.")
        return
    until, joining, tried = _inputs(state, newest, key)
    months = newest.until(until)
    plan = queue.plan(state.waiting, joining, state.started, months=months)
    needed, more = ceil(plan.needed - 1e-9), ceil(plan.more - 1e-9)
    today = formats.number(state.started, 1)
    verdict = f"**{more} fler än i dag** ({today})" if more else f"det räcker med dagens takt ({today})"
    st.markdown(
        f"För att ingen ska vänta mer än {DAYS} dagar i slutet av {until.label} behöver {_inside(who)} starta "
        f"**{formats.number(needed)} {noun} i månaden**: {verdict}."
    )
    nearest_month = max(newest.next, Month.of(portal().clock.today))
    ahead = newest.until(nearest_month)
    if months > ahead:
        soon = queue.plan(state.waiting, joining, state.started, months=ahead)
        st.markdown(
            f"För att nå dit redan i slutet av {nearest_month.label}: **{formats.number(ceil(soon.needed - 1e-9))} {noun}** "
            f"{'den månaden' if ahead == 1 else 'i månaden'}."
        )
    until_within_tried = queue.plan(state.waiting, joining, tried, months=months).until_within_today
    st.markdown(
        f"I dagens takt {_when(plan.until_within_today)}. Med **{formats.number(tried)}** i månaden {_when(until_within_tried)}."
    )
    _show_assumptions(state, newest, joining)


def _inputs(state: QueueState, newest: Month, key: str) -> tuple[Month, float, int]:
    """Ask by when, how many join, and what pace to try; the joining stays exact until it is changed."""
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
    exact = state.joining or 0.0
    joining = _number(second, "Nya i kön per månad", exact, f"joining-{key}")
    tried = _number(third, f"Pröva: {state.phase.noun} per månad", state.started or 0, f"started-{key}")
    return until, exact if joining == half_up(exact) else joining, tried


def _number(place: DeltaGenerator, label: str, begin: float, key: str) -> int:
    """Ask for a number of people; where more are counted than anybody would try, the box takes as many."""
    count = max(0, int(half_up(begin)))
    return int(place.number_input(label, 0, max(MOST, count), count, key=key))


def _inside(who: str) -> str:
    """ "Ni" and "Regionen" are written small inside a sentence, a clinic's name as it is."""
    return who.lower() if who in ("Ni", "Regionen") else who


def _when(months: float | None) -> str:
    if months is None:
        return "blir kön inte kortare: lika många eller fler ställs i den"
    if months <= 0:
        return "är kön redan så kort"
    if months > FAR_AWAY:
        return "tar det mer än tre år"
    return f"är kön så kort om {formats.number(months, 1)} månader"


def _show_assumptions(state: QueueState, newest: Month, joining: float) -> None:
    st.caption(
        f"**Antaganden.** {formats.number(state.waiting)} väntade sista {newest.label}. "
        f"{formats.number(joining, 1)} nya ställs i kön varje månad (de tre senaste: "
        f"{formats.number(state.joining, 1)}, köns förändring plus de som startade). Den som väntat längst "
        "startar först, och ingen lämnar kön utan att starta. Målet är nått när kön inte är längre än de nya "
        f"under {DAYS} dagar (Littles lag). Alla tre tal kan ändras."
    )
