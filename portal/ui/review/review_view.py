"""The parts of Granska: progress, the queue, one submission with its warnings, approve or return."""

from collections.abc import Sequence

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.registry.months import Month
from portal.domain.reporting.problems import count_values
from portal.domain.reporting.submissions import TRANSITIONS, MonthState, State
from portal.domain.reporting.texts import plain
from portal.services.review import reviews
from portal.services.review.reviews import ReviewCase, Waiting
from portal.services.review.status import Grid
from portal.ui.base import formats, markup, session
from portal.ui.base.context import portal
from portal.ui.login import auth
from portal.ui.page import address
from portal.ui.page.acting import acting


CASE = "review-case"  # of the box with the cases that wait
COMMENT = "comment"  # begins the names of the boxes, one for each case
HELD = "Innehåller ett osannolikt värde: ingår i regionens värden först när du godkänt."


def show_progress(grid: Grid) -> None:
    """Say how far each month is that still has something to review, and the newest month."""
    open_months = [month for month in reversed(grid.months) if grid.count(month, MonthState.SENT)]
    months = open_months[:3] or [grid.months[-1]]
    st.markdown("  \n".join(progress(grid, month) for month in months))
    if len(open_months) > len(months):
        more_months = formats.plural(len(open_months) - len(months), "månad", "månader")
        st.caption(f"Och {more_months} till med något att granska.")


def progress(grid: Grid, month: Month) -> str:
    """Return `Januari 2025: 5 av 11 inne (4 godkända, 1 att granska); dessutom 1 återlämnad`."""
    owed = len(grid.clinics) - grid.count(month, MonthState.NOT_OWED)
    approved = grid.count(month, MonthState.APPROVED)
    waiting = grid.count(month, MonthState.SENT)
    returned = grid.count(month, MonthState.RETURNED)
    parts = [formats.plural(approved, "godkänd", "godkända")] if approved else []
    parts += [f"{waiting} att granska"] if waiting else []
    inside = f" ({', '.join(parts)})" if parts else ""
    beside = f"; dessutom {formats.plural(returned, 'återlämnad', 'återlämnade')}" if returned else ""
    return f"**{month.label.capitalize()}**: {approved + waiting} av {owed} inne{inside}{beside}"


def choose_case(user: User) -> ReviewCase | None:
    """Return the submission asked for in the address, otherwise one of those that wait."""
    waiting = reviews.queue(portal(), user)
    _show_plain(user, waiting)
    case_in_address = _case_in_address(user)
    key = _key(case_in_address) if case_in_address else None
    keys = [queue_entry.key for queue_entry in waiting]
    if case_in_address and key not in keys and not _is_just_reviewed(case_in_address):
        return case_in_address
    if not waiting:
        st.success("Inget väntar på granskning.", icon=":material/check_circle:")
        return None
    clinic, month, _ = _choose_waiting(waiting, key if key and key in keys else keys[0])
    _hold(clinic, month)
    return reviews.open_case(portal(), user, clinic=clinic, month=Month.parse(month))


def _choose_waiting(waiting: Sequence[Waiting], first: tuple[str, Month, int]) -> list[str]:
    """Let people choose among the cases that wait; returns its clinic, month and version."""
    labels = {_case_name(queue_entry.key): _label(queue_entry) for queue_entry in waiting}
    session.put_choice(CASE, _case_name(first))
    return st.selectbox(
        f"Väntar på granskning ({len(waiting)}), äldst först",
        list(labels),
        key=CASE,
        format_func=labels.__getitem__,
        on_change=_write_case,
    ).split()


def _case_name(key: tuple[str, Month, int]) -> str:
    return " ".join(map(str, key))


def _write_case() -> None:
    auth.still_user()
    clinic, month, _ = session.value_of(CASE).split()
    _hold(clinic, month)


def _hold(clinic: str, month: str) -> None:
    """Let the address say which case is open: a reload opens it again, whatever has been sent meanwhile."""
    address.hold("mottagning", clinic)
    address.hold("manad", month)


def _key(case: ReviewCase) -> tuple[str, Month, int]:
    return case.clinic.code, case.submission.month, case.submission.version


def _is_just_reviewed(case: ReviewCase) -> bool:
    return session.is_reviewed(case.clinic.code, str(case.submission.month))


def _label(queue_entry: Waiting) -> str:
    submission = queue_entry.submission
    marks = [f"{queue_entry.clinic.name}, {submission.month.label}, version {submission.version}"]
    if submission.is_held:
        marks.append("osannolikt värde")
    if queue_entry.warnings:
        marks.append(formats.plural(queue_entry.warnings, "avvikelse", "avvikelser"))
    if queue_entry.is_answer:
        marks.append("svar på återlämning")
    return " · ".join(marks)


def _show_plain(user: User, waiting: Sequence[Waiting]) -> None:
    """Offer to approve at once what nothing stands out in; exactly those that are shown."""
    plain_entries = [
        queue_entry
        for queue_entry in waiting
        if queue_entry.is_plain and queue_entry.may_be_approved_by(user)
    ]
    if not plain_entries:
        return
    keys = [queue_entry.key for queue_entry in plain_entries]
    keys_as_text = [(clinic, str(month), version) for clinic, month, version in keys]
    st.button(
        f"Godkänn {len(plain_entries)} utan avvikelser",
        icon=":material/done_all:",
        on_click=_approve_plain,
        args=(keys_as_text,),
        help="Inget värde ligger utanför det väntade. Svar på en återlämning granskas var för sig.",
    )


def _case_in_address(user: User) -> ReviewCase | None:
    clinic, month = address.text_of("mottagning") or "", address.text_of("manad") or ""
    try:
        return reviews.open_case(portal(), user, clinic=clinic, month=Month.parse(month))
    except ValueError:
        return None


def show_title(case: ReviewCase) -> None:
    submission = case.submission
    st.subheader(
        f"{plain(case.clinic.name)}, {submission.month.label}, version {submission.version}: {submission.state.label}",
        anchor=False,
    )
    name = _case_name((case.clinic.code, submission.month, submission.version))
    st.html(markup.tag("span", data_portal_top=name))  # another name: the page is read from its top
    if submission.waits_for_approval:
        st.warning(HELD, icon=":material/front_hand:")


def show_warnings(case: ReviewCase) -> None:
    """Show what stands out, and what the clinic says about it; the cells are marked in the table below."""
    if not case.warnings:
        return
    with st.container(border=True):
        count = formats.plural(count_values(case.warnings), "värde avviker", "värden avviker")
        st.markdown(f"##### :material/warning: {count} från mottagningens eget förflutna")
        st.text("\n".join(warning.message for warning in case.warnings))
        note = case.submission.note
        st.text(
            f"Mottagningens förklaring: ”{note}”"
            if note
            else "Mottagningen har inte skrivit någon förklaring."
        )


def decide(case: ReviewCase) -> None:
    """Approve, or return with a comment; whichever the state allows."""
    allowed = TRANSITIONS[case.submission.state]
    arguments = (case.clinic.code, str(case.submission.month), case.submission.version)
    if not allowed:
        st.info("Månaden är återlämnad. Mottagningen skickar en ny version.")
        return
    left_column, right_column = st.columns(2, border=True)
    if State.APPROVED in allowed:
        left_column.markdown("##### Godkänn")
        left_column.markdown("Godkänn om värdena stämmer: de ingår då i regionens värden.")
        left_column.button("Godkänn", type="primary", on_click=_approve, args=arguments, width="stretch")
    else:
        left_column.markdown("Månaden är godkänd.")
    session.keep_texts(COMMENT)
    right_column.markdown("##### Återlämna med en kommentar")
    right_column.text_area(
        "Vad ska mottagningen se över?", key=_comment_key(*arguments), max_chars=reviews.LONGEST_COMMENT
    )
    right_column.button("Återlämna", on_click=_send_back, args=arguments, width="stretch")


def _comment_key(clinic: str, month: str, version: int) -> str:
    """Name the box by its case: what is written to one clinic never stands in the next one's."""
    return f"{COMMENT} {clinic} {month} {version}"


@acting
def _approve(user: User, clinic: str, month: str, version: int) -> None:
    reviews.approve(portal(), user, clinic=clinic, month=Month.parse(month), version=version)
    _go_on(clinic, month)
    session.note_message("Godkänd.")


@acting
def _approve_plain(user: User, shown_keys: Sequence[tuple[str, str, int]]) -> None:
    only = {(clinic, Month.parse(month), version) for clinic, month, version in shown_keys}
    approvals = reviews.approve_plain(portal(), user, only=only)
    unapproved = len(shown_keys) - len(approvals)
    changed = f" {unapproved} hade ändrats under tiden och ligger kvar." if unapproved else ""
    address.clear()
    session.note_message(
        f"{formats.plural(len(approvals), 'inlämning godkänd', 'inlämningar godkända')}.{changed}"
    )


@acting
def _send_back(user: User, clinic: str, month: str, version: int) -> None:
    reviews.send_back(
        portal(),
        user,
        clinic=clinic,
        month=Month.parse(month),
        comment=session.value_of(_comment_key(clinic, month, version)),
        version=version,
    )
    _go_on(clinic, month)
    session.note_message("Återlämnad med kommentar.")


def _go_on(clinic: str, month: str) -> None:
    """Leave the submission that the address names: the next in the queue is shown."""
    session.note_reviewed(clinic, month)
    address.clear()
