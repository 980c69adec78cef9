"""The parts of Översikt: what to do now, what needs attention, every indicator."""

import streamlit as st

from portal.domain.accounts.access import ClinicUser, User
from portal.domain.insight.queue import DAYS, WINDOW, QueueState
from portal.domain.registry.annual import Figure
from portal.domain.registry.rounding import difference
from portal.domain.release.standing import Position
from portal.domain.reporting.submissions import MonthState, State
from portal.domain.reporting.texts import plain
from portal.services.insight.overview import IndicatorRow, Overview, Task
from portal.ui.base import formats, markup
from portal.ui.base.markup import TableCell, numeric
from portal.ui.page.navigation import page_path
from portal.ui.words import correcting, findings, sentences


ICONS = {
    MonthState.RETURNED: ":material/undo:",
    MonthState.LATE: ":material/warning:",
    MonthState.OPEN: ":material/assignment:",
}
# Over `queue_cells`, wherever they stand.
QUEUE_HEADINGS = (
    "Väntar",
    "Startade i månaden",
    "Räcker",
    f"Nya i kön per månad, {WINDOW} mån",
    f"Av de startade inom {DAYS} dagar, {WINDOW} mån",
)
QUEUE_CAPTION = "Räcker: väntande delat med startade i månaden (indikatorn Månader att beta av kön). 3 mån: de tre senaste."
INDICATORS_CAPTION = (
    "Det som behöver uppmärksamhet först. Egna värden, regionens släppta värde med sin grund, och var ni "
    "står mot regionen (där ni själva räknas med) och mot er egen historia. Antal jämförs per 100 aktuella "
    "patienter, så att stora och små mottagningar kan jämföras; mottagningar av er storlek visas inte för sig, "
    "de är så få att någons tal kunde räknas ut. En skillnad räknas först när den är större än "
    "slumpen brukar ge. Klicka på en indikator för dess månader."
)


def show_title(overview: Overview, user: User) -> None:
    name = plain(overview.clinic.name)
    st.title(name if isinstance(user, ClinicUser) else f"Så ser {name} sin sida")
    released = (
        f"senast släppta regionvärden: {overview.released_month.label}" if overview.released_month else ""
    )
    reported = "" if overview.is_reported else " · månaden är inte inskickad"
    st.caption(
        f"{overview.month.label.capitalize()}{reported} · {released or 'inga regionvärden släppta än'}"
    )


def show_tasks(overview: Overview, user: User) -> None:
    """Say what to do now, and where a month that is sent is corrected."""
    _show_what_to_do(overview, user)
    if isinstance(user, ClinicUser) and overview.months:
        st.html(correcting.link(overview.clinic.code))


def _show_what_to_do(overview: Overview, user: User) -> None:
    """Show the most urgent month with its button, the others as lines."""
    if not overview.tasks and overview.next_deadline is None:
        st.success("Allt är inskickat, och mottagningen har stängt.", icon=":material/check_circle:")
        return
    if not overview.tasks and overview.next_deadline:
        month, deadline = overview.next_deadline
        st.success(
            f"Allt är inskickat{_accepted(overview)}. Nästa: {month.label}, senast {formats.day(deadline)}.",
            icon=":material/check_circle:",
        )
        return
    first, *later_tasks = overview.tasks
    with st.container(border=True):
        text, action = st.columns([4, 1.3], vertical_alignment="center")
        text.markdown(f"#### {ICONS[first.state]} {sentences.task_title(first)}")
        text.text(_detail(first))
        if isinstance(user, ClinicUser):
            _action(action, first)
        for task in later_tasks[:5]:
            extended = f" ({_extended(task)})" if task.is_extended else ""
            text.markdown(f"{ICONS[task.state]} {sentences.task_title(task)}{extended}")


def _accepted(overview: Overview) -> str:
    """Say whether the region has approved the month."""
    if overview.state is None:
        return ""
    stands = (
        "godkänd" if overview.state is State.APPROVED else f"{overview.state.label} och väntar på granskning"
    )
    return f"; {overview.month.label} är {stands}"


def _detail(task: Task) -> str:
    lines = [sentences.task_detail(task)]
    if task.is_extended:
        lines.append(f"Sista dagen är {_extended(task)}.")
    return "\n".join(lines)


def _extended(task: Task) -> str:
    return f"förlängd till {formats.day(task.deadline)}"


def _action(place: st.delta_generator.DeltaGenerator, task: Task) -> None:
    verb = "Rätta" if task.state is MonthState.RETURNED else "Rapportera"
    if place.button(f"{verb} {task.month.name}", type="primary", width="stretch"):
        st.switch_page(page_path("submit"), query_params={"manad": str(task.month)})


def show_attention(overview: Overview, *, clinic: str, for_region: bool) -> None:
    """Show at most three indicators that have got worse, lie behind the region or can't meet a target."""
    rows = overview.attention
    if not rows:
        if overview.is_reported:
            st.caption("≈ Inget sticker ut: inga tydliga försämringar, och inget sämre än regionen.")
        return
    st.subheader("Behöver uppmärksamhet", anchor=False)
    cards = [
        markup.card(
            formats.figure(row.indicator, row.now),
            findings.attention(row),
            href=markup.link(
                "indikator", indikator=row.indicator.code, mottagning=clinic if for_region else ""
            ),
            link="Se månaderna",
            small=_moved(row),
        )
        for row in rows
    ]
    st.html(markup.cards(cards))


def _moved(row: IndicatorRow) -> str:
    if row.month_before.value is None or row.now.value is None:
        return ""
    digits = 1 if row.indicator.denominator and not row.indicator.is_share else 0
    moved = difference(row.now.value, row.month_before.value, digits)
    unit = " procentenheter" if row.indicator.is_share else ""
    return f"{formats.signed(moved, digits)}{unit} mot månaden före. {row.indicator.better.label}."


def show_queues(overview: Overview, *, clinic: str, for_region: bool) -> None:
    """Show the clinic's three queues: who waits, who starts, how long the queue lasts."""
    if not overview.queues:
        return
    st.subheader("Era köer" if not for_region else "Mottagningens köer", anchor=False)
    rows = [_queue(state, clinic if for_region else "") for state in overview.queues]
    caption = f"Väntande sista {overview.month.label}. {QUEUE_CAPTION} Klicka för att räkna på vad som krävs."
    st.html(markup.table(("Kö", *QUEUE_HEADINGS), rows, caption=caption))


def _queue(state: QueueState, clinic: str) -> markup.TableRow:
    return markup.row(
        TableCell(
            state.phase.label,
            href=markup.link("indikator", indikator=state.phase.waiting, mottagning=clinic),
        ),
        *queue_cells(state),
    )


def queue_cells(state: QueueState) -> tuple[TableCell, ...]:
    """Cells for waiting, started, months to clear, newcomers and the share of those who started."""
    cases = (
        ""
        if state.started_in_all is None
        else f"{formats.number(state.within)} av {formats.number(state.started_in_all)}"
    )
    return (
        _amount(state.waiting),
        _amount(state.started_last),
        _lasts(state),
        _amount(state.joining, 1),
        numeric(formats.percent(state.share_within), cases)
        if state.share_within is not None
        else markup.missing("inget underlag"),
    )


def _lasts(state: QueueState) -> TableCell:
    months = state.months_to_clear
    return markup.missing("okänt") if months is None else numeric(f"{formats.number(months, 1)} mån")


def _amount(amount: float | None, digits: int = 0) -> TableCell:
    return markup.missing("okänt") if amount is None else numeric(formats.number(amount, digits))


def show_indicators(overview: Overview, *, clinic: str, for_region: bool) -> None:
    """Show every indicator of the month beside its past and the region, what needs attention first."""
    st.subheader("Alla indikatorer", anchor=False)
    if not overview.is_reported:
        st.info(
            f"{overview.month.label.capitalize()} är inte inskickad. När månaden är skickad står era värden "
            f"här. Regionens värde släpps {formats.day_and_year(overview.release_date)}."
        )
    headings = (
        "Indikator",
        overview.month.short,
        overview.month.previous.short,
        overview.month.year_before.short,
        "Regionen",
        "Mål",
        "Läge",
        "12 månader",
    )
    rows = [_row(row, clinic if for_region else "") for row in overview.by_need]
    columns = ("", "own", "", "", "region", "target", "standing", "")
    st.html(markup.table(headings, rows, caption=INDICATORS_CAPTION, css="overview", columns=columns))
    if overview.is_reported and not overview.has_regional_figures:
        st.caption(
            f"Regionens värde för {overview.month.label} släpps {formats.day_and_year(overview.release_date)}. "
            "Till dess står det senast släppta, med sin månad, och jämförs med ert eget för samma månad."
        )


def _row(row: IndicatorRow, clinic: str) -> markup.TableRow:
    indicator = row.indicator
    figure, basis = sentences.region_of(row)
    region_missing = row.released is None or not row.released.is_shown
    return markup.row(
        TableCell(
            indicator.label,
            href=markup.link("indikator", indikator=indicator.code, mottagning=clinic),
            small=indicator.better.label,
        ),
        _own(row, sentences.cases(indicator, row.now)),
        _earlier(row, row.month_before),
        _earlier(row, row.year_before),
        TableCell(figure, css="missing" if region_missing else "", small=basis),
        _aim(row),
        _position(row),
        markup.trend(row.trend, label=f"{indicator.label}, de senaste 12 månaderna"),
    )


def _aim(row: IndicatorRow) -> TableCell:
    """The level to reach, and beneath it what the contract asks in words; those alone where there is no level."""
    requirement = row.indicator.requirement
    return TableCell(row.target.text, small=requirement) if row.target else TableCell(requirement or "–")


def _own(row: IndicatorRow, small: str) -> TableCell:
    if row.now.value is None:
        return markup.missing(formats.reason(row.now.reason))
    return numeric(formats.figure(row.indicator, row.now), small)


def _earlier(row: IndicatorRow, figure: Figure) -> TableCell:
    if figure.value is None:
        return markup.missing(formats.reason(figure.reason))
    small = (
        f"{formats.per_100(figure.rate)}\u00a0per\u00a0100"
        if row.indicator.is_rate and figure.rate is not None
        else ""
    )
    return numeric(formats.figure(row.indicator, figure), small)


def _position(row: IndicatorRow) -> TableCell:
    css = {Position.WORSE: "worse", Position.BETTER: "better"}.get(row.position, "")
    small = ". ".join(part.rstrip(".") for part in (findings.short(row), sentences.caution(row)) if part)
    return TableCell(sentences.standing(row), css=css, small=small)
