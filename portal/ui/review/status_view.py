"""The parts of Läget: what waits, the month grid, release, more time, breaks."""

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from portal.domain.accounts.access import CALENDAR, User
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import Month
from portal.domain.reporting.submissions import MonthState
from portal.domain.reporting.texts import LONGEST_REASON, plain
from portal.domain.sources.throughflow import Intake
from portal.services.insight.region_months import RegionalLine
from portal.services.letters import reminders
from portal.services.reporting import breaks
from portal.services.review import deadlines
from portal.services.review.status import Corrected, Grid, Returned
from portal.ui.base import formats, markup, session, tiles
from portal.ui.base.context import portal
from portal.ui.base.faults import at_fields
from portal.ui.base.markup import TableCell, joined
from portal.ui.page import folds, pickers
from portal.ui.page.acting import acting, chosen_day
from portal.ui.words import entry_words, tile_words


MOST_ROWS = 30
MOST_NAMED = 12  # of a sentence's list
MOST_LATE = 4  # named beside their number
MOST_RETURNED = 3
MARKED = (MonthState.APPROVED, MonthState.SENT, MonthState.RETURNED, MonthState.OPEN, MonthState.LATE)
TO_SEE_TO = (MonthState.LATE, MonthState.RETURNED, MonthState.SENT)
UNSENT = (MonthState.OPEN, MonthState.LATE, MonthState.RETURNED)


def show_waiting(grid: Grid) -> None:
    """Show three numbers: what is to be reviewed, what is late, and how far the newest month is."""
    cards = markup.cards([_to_review(grid), _late(grid), _progress(grid)])
    st.html(joined([cards, *map(_returned, grid.returned[:MOST_RETURNED])]))


def _returned(returned: Returned) -> str:
    """Say which month its clinic is to mend, and why: it is neither late nor to be reviewed."""
    href = markup.link("granska", mottagning=returned.clinic.code, manad=str(returned.month))
    way = markup.tag("a", f"{returned.clinic.name}, {returned.month.name}", href=href, target="_self")
    mark = markup.tag(
        "span", f"{MonthState.RETURNED.symbol} {MonthState.RETURNED.label}", class_="mark worse"
    )
    return markup.tag("p", mark, way, f"”{returned.comment}”", class_="portal-news returned")


def _to_review(grid: Grid) -> str:
    waiting = [(month, clinic) for month in grid.months for clinic in grid.in_state(month, MonthState.SENT)]
    beside: list[str] = []
    if grid.held_months:
        beside.append(f"{len(grid.held_months)} med osannolikt värde")
    if waiting:
        month, clinic = waiting[0]
        label = f"Granska {clinic.name}" if len(waiting) == 1 else "Granska"
        beside.append(markup.button(label, markup.link("granska", mottagning=clinic.code, manad=str(month))))
    return markup.counter("Att granska", str(len(waiting)), *beside)


def _late(grid: Grid) -> str:
    late_months = [
        f"{clinic.name} {month.short}"
        for month in reversed(grid.months)
        for clinic in grid.in_state(month, MonthState.LATE)
    ]
    month = grid.months[-1]
    expected = grid.count(month, MonthState.OPEN)
    if late_months:
        more = len(late_months) - MOST_LATE
        beside = ", ".join(late_months[:MOST_LATE]) + (f" och {more} till" if more > 0 else "")
    else:
        beside = f"{expected} väntas till {formats.day(grid.deadlines[month])}" if expected else ""
    return markup.counter("Sena", str(len(late_months)), beside)


def _progress(grid: Grid) -> str:
    month = grid.months[-1]
    sent_count = grid.count(month, MonthState.SENT, MonthState.APPROVED)
    owed = len(grid.clinics) - grid.count(month, MonthState.NOT_OWED)
    bar = markup.progress(sent_count / owed) if owed else ""
    return markup.counter(_release_text(grid, month), f"{sent_count} av {owed}", bar)


def _release_text(grid: Grid, month: Month) -> str:
    name = month.label.capitalize()
    if month not in grid.releases:
        return f"{name} släpps {formats.day(grid.release_dates[month])}"
    release = grid.releases[month]
    itself = "av sig självt " if release.released_by == CALENDAR.username else ""
    return f"{name} släpptes {itself}{formats.moment(release.released_at)}"


def show_grid(grid: Grid) -> None:
    """Show each clinic's state month by month as marks, the newest to the left, and the release of each."""
    months = list(reversed(grid.months))
    rows = [
        markup.TableRow(
            (
                TableCell(clinic.name, href=markup.link("oversikt", mottagning=clinic.code)),
                *(_state(grid, clinic.code, month) for month in months),
            )
        )
        for clinic in pickers.choose_part(_in_order(grid), lambda clinic: clinic.name)
    ]
    released = [TableCell(_released(grid, month), css="center") for month in months]
    rows.append(markup.TableRow((TableCell("Regionens värden"), *released), css="total"))
    marks = [(state.symbol, state.label) for state in MARKED]
    table = markup.table(
        ("Mottagning", *(_heading(month, months) for month in months)),
        rows,
        caption="Månader per mottagning, nyaste till vänster",
        cards=False,
        css="grid status",
    )
    st.html(markup.joined([markup.beside("Månad för månad", marks), table]))
    _show_history(grid)


def _in_order(grid: Grid) -> Sequence[Clinic]:
    """Return the clinics in the report's order; where there are very many, those with a month to see to first."""
    if len(grid.clinics) <= pickers.MOST_CLINICS:
        return grid.clinics
    return sorted(grid.clinics, key=lambda clinic: not _has_a_month_to_see_to(grid, clinic))


def _has_a_month_to_see_to(grid: Grid, clinic: Clinic) -> bool:
    return any(grid.states[clinic.code, month] in TO_SEE_TO for month in grid.months)


def show_region(lines: Sequence[RegionalLine], intake: Intake | None) -> None:
    """Show how the region is doing: its key indicators as tiles, against the month before, and what came to its entry."""
    tile_row = [tile_words.regional(line) for line in lines]
    if intake:
        tile_row.append(entry_words.tile(intake))
    if tile_row:
        month = f" i {lines[0].series.months[-1].name}" if lines else ""
        st.html(joined([markup.heading(2, f"Regionen{month}"), tiles.grid(tile_row)]))


def _heading(month: Month, months: list[Month]) -> str:
    """Name the year where it begins to count: at both ends and at each December."""
    return month.short if month in (months[0], months[-1]) or month.number == 12 else month.short[:3]


def _show_history(grid: Grid) -> None:
    """Fold who came late and who corrected what behind one line; nothing to unfold where nobody did."""
    late_count, corrected_count = len(grid.came_late), len(grid.corrected)
    period = f"de senaste {len(grid.months)} månaderna"
    if not late_count and not corrected_count:
        st.caption(f"Ingen månad har kommit sent eller rättats {period}.")
        return
    parts = [f"{formats.plural(late_count, 'månad', 'månader')} kom sent"] if late_count else []
    parts += [formats.plural(corrected_count, "rättelse", "rättelser")] if corrected_count else []
    label = f"{', '.join(parts)} {period}"
    with st.expander(label, icon=":material/history:"):
        st.markdown("  \n".join(history(grid)))


def history(grid: Grid) -> list[str]:
    """Say who came late and who corrected what during the grid's months, in one sentence each."""
    late_months = [
        f"{plain(late_month.clinic.name)}, {late_month.month.label}, {formats.plural(late_month.days, 'dag', 'dagar')} sent"
        for late_month in grid.came_late.values()
    ]
    reviewed = [_corrected(correction) for correction in grid.corrected if correction.is_reviewed]
    unreviewed = [_corrected(correction) for correction in grid.corrected if not correction.is_reviewed]
    sentences = [
        f"**Inkommet efter sista dagen:** {_named(late_months)}",
        f"**Rättat efter granskning:** {_named(reviewed)}",
    ]
    return sentences + ([f"**Rättat innan det granskades:** {_named(unreviewed)}"] if unreviewed else [])


def _corrected(correction: Corrected) -> str:
    name, sent_at = plain(correction.clinic.name), formats.moment(correction.sent_at)
    return f"{name}, {correction.month.label}, version {correction.version}, {sent_at}"


def _named(texts: list[str]) -> str:
    if not texts:
        return "inget."
    more = len(texts) - MOST_NAMED
    return "; ".join(texts[:MOST_NAMED]) + (f"; och {more} till." if more > 0 else ".")


def _state(grid: Grid, clinic: str, month: Month) -> TableCell:
    """Return a mark; beneath it the words of what is out of the ordinary."""
    state = grid.states[clinic, month]
    href = ""
    if state in (MonthState.SENT, MonthState.APPROVED, MonthState.RETURNED):
        href = markup.link("granska", mottagning=clinic, manad=str(month))
    until = grid.extended.get((clinic, month))
    lines = [f"till {until.day}/{until.month}"] if until and state in UNSENT else []
    if late_month := grid.came_late.get((clinic, month)):
        lines.append(f"sen {formats.plural(late_month.days, 'dag', 'dagar')}")
    if (version := grid.versions.get((clinic, month), 1)) > 1:
        lines.append(f"version {version}")
    css = f"center {state.value}"
    return TableCell(state.symbol, css=css, href=href, small="\n".join(lines), said=state.label)


def _released(grid: Grid, month: Month) -> str:
    if month in grid.releases:
        return "släppt"
    return f"släpps {grid.release_dates[month].day}/{grid.release_dates[month].month}"


def show_unreached(user: User) -> None:
    """Name the clinics that reminders can't reach."""
    unreached = reminders.list_unreached(portal(), user)
    if not unreached:
        return
    with st.expander(
        f"Påminnelser når inte {formats.plural(len(unreached), 'mottagning', 'mottagningar')}",
        icon=":material/unsubscribe:",
    ):
        st.text(", ".join(clinic.name for clinic in unreached))
        st.caption(
            "Inget aktivt konto hos dem har en e-postadress. Administratören lägger till den på kontot."
        )


def show_extensions(grid: Grid, user: User) -> None:
    """Give one clinic more time for one month, and list what has been given."""
    names = {clinic.code: clinic.name for clinic in grid.clinics}
    with folds.on_demand("Förläng sista dagen", key="extend") as is_open:
        if is_open:
            _show_extension_form(grid, names)
            _list_extensions(names, user)


def _show_extension_form(grid: Grid, names: dict[str, str]) -> None:
    with st.form("extend", border=False):
        left_column, middle_column, right_column = st.columns(3)
        left_column.selectbox(
            "Mottagning", list(names), format_func=lambda code: names[code], key="extend-clinic"
        )
        months = {str(month): month.label for month in deadlines.months_to_extend(portal())}
        middle_column.selectbox(
            "Månad",
            list(months),
            index=min(1, len(months) - 1),
            format_func=lambda month: months[month],
            key="extend-month",
        )
        first = portal().clock.today
        right_column.date_input(
            "Ny sista dag",
            value=max(first, grid.deadlines[grid.months[-1]] + timedelta(days=7)),
            min_value=first,
            max_value=first + deadlines.LONGEST,
            format="YYYY-MM-DD",
            key="extend-until",
        )
        st.text_input("Varför?", max_chars=LONGEST_REASON, key="extend-reason")
        st.form_submit_button("Förläng", on_click=_extend)


def _list_extensions(names: dict[str, str], user: User) -> None:
    rows = [
        markup.row(
            TableCell(names.get(extension.clinic, extension.clinic)),
            extension.month.label,
            formats.day_and_year(extension.until),
            extension.reason,
            TableCell(extension.granted_by, small=formats.moment(extension.granted_at)),
        )
        for extension in deadlines.list_extensions(portal(), user)[:MOST_ROWS]
    ]
    if rows:
        headings = ("Mottagning", "Månad", "Sista dag", "Varför", "Av")
        st.html(markup.table(headings, rows, caption="Förlängningar, nyaste först. Den nyaste gäller."))


@acting
def _extend(user: User) -> None:
    with at_fields(reason="extend-reason", until="extend-until"):
        extension = deadlines.grant(
            portal(),
            user,
            clinic=session.value_of("extend-clinic"),
            month=Month.parse(session.value_of("extend-month")),
            until=chosen_day("extend-until"),
            reason=session.value_of("extend-reason"),
        )
    session.put_text("extend-reason", "")
    session.note_message(
        f"Sista dagen för {extension.month.label} är förlängd till {formats.day(extension.until)}."
    )


def show_breaks(grid: Grid, user: User) -> None:
    """List from when clinics' values can't be compared with their earlier ones, and enter another."""
    names = {clinic.code: clinic.name for clinic in grid.clinics}
    st.caption(
        "När en mottagning byter journalsystem eller sätt att räkna kan nya värden inte jämföras med de äldre. "
        "Kontrollerna jämför då bara inom samma serie."
    )
    _list_breaks(names, user)
    with st.expander("Skriv in ett brott", icon=":material/horizontal_rule:"):
        _show_break_form(grid, names)


def _show_break_form(grid: Grid, names: dict[str, str]) -> None:
    with st.form("break", border=False):
        left_column, right_column = st.columns(2)
        left_column.selectbox(
            "Vilken mottagning?",
            ["", *names],
            format_func=lambda code: names.get(code, "Alla mottagningar"),
            key="break-clinic",
        )
        months = {str(month): month.label for month in reversed(grid.months)}
        right_column.selectbox(
            "Första månaden efter brottet",
            list(months),
            format_func=lambda month: months[month],
            key="break-month",
        )
        st.text_input("Vad ändrades?", max_chars=LONGEST_REASON, key="break-reason")
        st.form_submit_button("Skriv in brottet", on_click=_enter_break)


def _list_breaks(names: dict[str, str], user: User) -> None:
    rows = [
        markup.row(
            TableCell(names.get(series_break.clinic or "", "Alla mottagningar")),
            series_break.month.label,
            series_break.reason,
            TableCell(series_break.entered_by, small=formats.moment(series_break.entered_at)),
        )
        for series_break in breaks.list_breaks(portal(), user)[:MOST_ROWS]
    ]
    if rows:
        headings = ("Mottagning", "Från och med", "Vad ändrades", "Av")
        st.html(markup.table(headings, rows, caption="Brott, nyaste månaden först"))


@acting
def _enter_break(user: User) -> None:
    with at_fields(reason="break-reason"):
        series_break = breaks.enter(
            portal(),
            user,
            clinic=session.value_of("break-clinic") or None,
            month=Month.parse(session.value_of("break-month")),
            reason=session.value_of("break-reason"),
        )
    session.put_text("break-reason", "")
    session.note_message(f"Brottet från {series_break.month.label} är inskrivet.")
