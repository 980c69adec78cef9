"""The parts of Händelselogg: what to look for, the events, and how long they are kept."""

from typing import Any

import streamlit as st

from portal.domain.accounts import events
from portal.domain.accounts.access import RegionUser, User
from portal.services.administration import audit_log, clinic_register
from portal.services.administration.audit_log import Log, LogEntry, LogPosition, Search
from portal.services.refused import Refused
from portal.ui.base import formats, markup, session, tiles
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, numeric
from portal.ui.login import auth
from portal.ui.page import address, frame
from portal.ui.page.acting import acting, show_outcome


EVERYTHING = "Alla"
REFUSED_SIGN = "✕ nekat"
YEARS = "audit-years"
MOST_TAKERS = 20
NOT_LOGGED = (
    "Att en sida visas skrivs inte i loggen: där står det som lämnar portalen eller ändrar den, så att loggen inte "
    "själv blir en karta över vad personalen läser. Hämtar en användare med flera mottagningar en fil om dem alla "
    "räknas den en gång per mottagning."
)


def show_takers(user: User) -> None:
    """Fold who took data out of the portal lately; for the region."""
    if not isinstance(user, RegionUser):
        return
    takers = audit_log.takers(portal(), user)
    rows = [
        markup.row(
            taker.who,
            numeric(formats.number(taker.count)),
            ", ".join(f"{label.lower()} {formats.number(count)}" for label, count in taker.taken),
            formats.moment(taker.last),
        )
        for taker in takers[:MOST_TAKERS]
    ]
    more = f", de {MOST_TAKERS} som gjorde det senast av {len(takers)}" if len(takers) > MOST_TAKERS else ""
    headings = ("Användare", "Hämtningar", "Vad, och hur många gånger", "Senast")
    caption = f"Tabeller, diagram, inskickade filer, dokument och loggen{more}"
    table = (
        markup.table(headings, rows, caption=caption) if rows else markup.paragraph("Ingen har hämtat något.")
    )
    title = f"Vem har hämtat data de senaste {audit_log.SUMMARY_DAYS} dagarna ({len(takers)})"
    st.html(tiles.fold(title, table, markup.paragraph(NOT_LOGGED, css="note")))


def choose_group(user: User) -> str:
    """Return which of the region's questions to the log is chosen."""
    if not isinstance(user, RegionUser):
        return ""
    codes = list(events.GROUPS)
    return address.segment(
        "Visa", codes, parameter="visa", first=codes[0], words=lambda code: events.GROUPS[code].label
    )


def choose(user: User) -> Search:
    """Return what the user looks for."""
    names = {clinic.code: clinic.name for clinic in clinic_register.list_clinics(portal(), user)}
    group = choose_group(user)
    with st.expander("Sök i loggen", icon=":material/search:"):
        first, last, action, outcome = st.columns(4)
        days: dict[str, Any] = {"value": None, "format": "YYYY-MM-DD", "max_value": portal().clock.today}
        since = first.date_input("Från och med", **days)
        until = last.date_input("Till och med", **days)
        labels = {logged_action.code: logged_action.label for logged_action in events.ACTIONS}
        action_code = action.selectbox(
            "Händelse",
            ["", *sorted(labels, key=labels.__getitem__)],
            format_func=lambda c: labels.get(c, EVERYTHING),
        )
        outcome_code = outcome.selectbox(
            "Utfall", ["", *events.OUTCOMES], format_func=lambda code: events.OUTCOMES.get(code, EVERYTHING)
        )
        actor, clinic = _choose_who(user, names)
    return Search(
        first=since,
        last=until,
        action=action_code,
        outcome=outcome_code,
        actor=actor,
        clinic=clinic,
        group=group,
    )


def _choose_who(user: User, names: dict[str, str]) -> tuple[str, str]:
    if len(names) < 2:
        return "", ""
    left_column, right_column, _ = st.columns([1, 1, 2])
    clinic = right_column.selectbox(
        "Mottagning", ["", *names], format_func=lambda code: names.get(code, EVERYTHING), key="audit-clinic"
    )
    if not isinstance(user, RegionUser):
        return "", clinic
    return left_column.text_input(
        "Användarnamn", max_chars=100, help="Hela användarnamnet, som på kontot."
    ), clinic


def read(user: User, search: Search) -> Log:
    """Return the page of the log that is open; a new search begins at its newest."""
    try:
        return audit_log.read(portal(), user, search, _place(search))
    except Refused as fault:
        st.warning(str(fault))
        st.stop()


def show(user: User, search: Search, log: Log) -> None:
    """Show a page of the log, newest first, with the ways to newer and older events."""
    if not log.entries:
        st.info("Inget att visa. Välj en längre tid eller ta bort något av valen.")
        return
    days = ["", *(_day(entry) for entry in log.entries)]
    rows = [
        _row(entry, isinstance(user, RegionUser), is_first=day != day_before)
        for entry, day, day_before in zip(log.entries, days[1:], days, strict=False)
    ]
    headings = ("Händelse", "Gäller", "Vem", "När")
    st.html(markup.table(headings, rows, caption="Nyast först", css="log", columns=("", "", "", "when")))
    left_column, middle_column, _ = st.columns([1, 1, 4])
    _offer("← Nyare", left_column, search, log.newer)
    _offer("Äldre →", middle_column, search, log.older)


def _row(entry: LogEntry, is_region: bool, *, is_first: bool) -> markup.TableRow:
    """What happened, and behind a click on what it is about the rest that is recorded; the day once for its events."""
    subject = ": ".join(filter(None, (entry.clinic if is_region else "", entry.subject)))
    details = tuple(f"{name}: {text}" for name, text in entry.details)
    at = formats.moment(entry.at)
    return markup.row(
        TableCell(entry.what, small=REFUSED_SIGN * entry.is_refused),
        TableCell(subject or "Uppgifter" * bool(details), more=details),
        entry.who,
        at if is_first else TableCell(at.removeprefix(_day(entry)), said=at),
    )


def _day(entry: LogEntry) -> str:
    return formats.moment(entry.at).partition(" kl.")[0]


def _offer(
    label: str, column: "st.delta_generator.DeltaGenerator", search: Search, place: LogPosition | None
) -> None:
    column.button(
        label,
        disabled=place is None,
        on_click=session.note_log_place,
        args=(repr(search), *((place.older_than, place.newer_than) if place else (None, None))),
    )


def _place(search: Search) -> LogPosition:
    return LogPosition(*session.log_place(repr(search)))


def show_export(user: User, search: Search) -> None:
    """Offer the events that were searched for as a file; for the region."""
    if not isinstance(user, RegionUser):
        return
    sid = auth.session_id()
    st.download_button(
        "Hämta händelserna (CSV)",
        data=lambda: _exported(sid, search),
        file_name=frame.file_name(f"handelselogg-{portal().clock.today}.csv"),
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        help=f"Det du sökt fram, högst {formats.number(audit_log.MOST_EXPORTED)} händelser, de nyaste."
        " Att loggen hämtas skrivs i loggen.",
    )


def _exported(sid: str, search: Search) -> bytes:
    """Run when the button is pressed, outside the page: asks again who it is."""
    return audit_log.export(portal(), auth.who_clicked(sid), search)


def show_retention(user: User) -> None:
    """Say how long events are kept; the administrator decides it."""
    years = audit_log.retention_years(portal())
    show_outcome()
    st.caption(
        f"Loggen kan inte ändras i efterhand. Händelser sparas i {years} år. Äldre gallras av den som sköter driften; "
        "det skrivs i loggen."
    )
    if not (isinstance(user, RegionUser) and user.is_administrator):
        return
    with st.expander("Hur länge händelser sparas"), st.form("retention", border=False):
        st.number_input(
            "Antal år",
            min_value=events.SHORTEST_RETENTION,
            max_value=events.LONGEST_RETENTION,
            value=years,
            key=YEARS,
        )
        st.form_submit_button("Spara", on_click=_save_retention)


@acting
def _save_retention(user: User) -> None:
    years = int(session.value_of(YEARS))
    audit_log.set_retention(portal(), user, years)
    session.note_message(f"Händelser sparas nu i {years} år.")
