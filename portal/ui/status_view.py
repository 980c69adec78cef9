"""The parts of Läget: what waits, the month grid, release."""

import streamlit as st

from portal.domain.access import User
from portal.domain.months import Month
from portal.domain.submissions import MonthState
from portal.services import releases
from portal.services.status import Grid
from portal.ui import auth, formats, markup
from portal.ui.context import portal
from portal.ui.markup import Cell


def show_waiting(grid: Grid) -> None:
    """Say what waits, in one line each."""
    month = grid.months[-1]
    waiting = grid.total(MonthState.SENT)
    late = grid.total(MonthState.LATE)
    first, second, third = st.columns(3)
    with first.container(border=True, height="stretch"):
        st.markdown(f"### {formats.plural(waiting, 'inlämning', 'inlämningar')} att granska")
        st.page_link("../../pages/review.py", label="Granska nu", icon=":material/fact_check:")
    with second.container(border=True, height="stretch"):
        st.markdown(f"### {formats.plural(late, 'månad', 'månader')} sena")
        st.text(_late(grid) or "Ingen mottagning är sen.")
    with third.container(border=True, height="stretch"):
        sent = grid.count(month, MonthState.SENT, MonthState.APPROVED)
        owed = len(grid.clinics) - grid.count(month, MonthState.NOT_OWED)
        st.markdown(f"### {month.label.capitalize()}: {sent} av {owed} inne")
        st.text(_release_text(grid, month))


def _late(grid: Grid) -> str:
    late = [
        f"{clinic.name}, {month.label}"
        for month in reversed(grid.months)
        for clinic in grid.in_state(month, MonthState.LATE)
    ]
    return "\n".join(late[:4])


def _release_text(grid: Grid, month: Month) -> str:
    deadline = f"Sista dag för mottagningarna: {formats.day(grid.deadlines[month])}."
    if month in grid.releases:
        done = grid.releases[month]
        return f"Släppt {formats.moment(done.released_at)}, nummer {done.number}. {deadline}"
    return f"Släpps {formats.day(grid.release_dates[month])}. {deadline}"


def show_grid(grid: Grid) -> None:
    months = list(reversed(grid.months))
    rows = [
        markup.Row(
            (
                Cell(clinic.name, href=markup.link("oversikt", mottagning=clinic.code)),
                *(_state(grid, clinic.code, month) for month in months),
            )
        )
        for clinic in grid.clinics
    ]
    released = [Cell(_released(grid, month), css="center") for month in months]
    rows.append(markup.Row((Cell("Regionens värden"), *released), css="total"))
    st.html(
        markup.table(
            ("Mottagning", *(month.short for month in months)),
            rows,
            caption="Månader per mottagning, nyaste till vänster. Klicka på en mottagning för att se dess sida.",
            cards=False,
            css="grid",
        )
    )


def _state(grid: Grid, clinic: str, month: Month) -> Cell:
    state = grid.states[clinic, month]
    css = "center worse" if state in (MonthState.LATE, MonthState.RETURNED) else "center"
    href = ""
    if state in (MonthState.SENT, MonthState.APPROVED, MonthState.RETURNED):
        href = markup.link("granska", mottagning=clinic, manad=str(month))
    return Cell(f"{state.symbol} {state.label}", css=css, href=href)


def _released(grid: Grid, month: Month) -> str:
    if month in grid.releases:
        return f"släppt ({grid.releases[month].number})"
    return f"släpps {grid.release_dates[month].day}/{grid.release_dates[month].month}"


def show_release(grid: Grid, user: User) -> None:
    """Release a month: choose, see what will be shown and hidden, click."""
    st.subheader("Släpp en månad", anchor=False)
    months = list(reversed(grid.months))
    month = st.selectbox("Månad att släppa", months, format_func=lambda month: _choice(grid, month))
    try:
        preview = releases.preview(portal(), user, month)
    except releases.ReleaseRefused as refused:
        st.info(str(refused))
        return
    missing = ", ".join(clinic.name for clinic in preview.missing) or "ingen"
    st.markdown(
        f"**{len(preview.contributing)} mottagningar** ingår. Saknas: {missing}.  \n"
        f"**{len(preview.shown)} värden visas**, {len(preview.hidden)} visas inte (för få vårdgivare, för få "
        f"fall eller inget underlag), {len(preview.kept)} behålls som de är."
    )
    if preview.kept:
        st.caption(
            "Ett släppt värde byts bara ut när ingen eller minst tre vårdgivare har ändrat sina siffror; "
            "annars skulle skillnaden visa vad en av dem rättade."
        )
    with st.expander("Vilka värden?"):
        st.text("Visas: " + (", ".join(i.label for i in preview.shown) or "inga"))
        st.text("Visas inte: " + (", ".join(i.label for i in preview.hidden) or "inga"))
    st.button(
        f"Släpp {month.label}" + (" på nytt" if month in grid.releases else ""),
        type="primary",
        on_click=_release,
        args=(str(month),),
        disabled=not (preview.shown or preview.hidden),
    )


def _choice(grid: Grid, month: Month) -> str:
    return f"{month.label} ({'släppt' if month in grid.releases else 'inte släppt'})"


def _release(month: str) -> None:
    """Callback: the user is asked for again, since callbacks run before the page's guard."""
    user = auth.still_user()
    try:
        done = releases.release(portal(), user, Month.parse(month))
    except releases.ReleaseRefused as refused:
        st.toast(str(refused))
        return
    st.toast(f"{done.month.label.capitalize()} är släppt: {len(done.shown)} värden visas.")
