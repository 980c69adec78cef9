"""The parts of Granska: the queue, one submission, approve or return."""

import streamlit as st

from portal.domain.access import AccessDenied, User
from portal.domain.months import Month
from portal.domain.submissions import TRANSITIONS, State
from portal.services import reviews
from portal.services.reviews import Case
from portal.ui import auth, session
from portal.ui.context import portal


def choose_case(user: User) -> Case | None:
    """Return the submission asked for in the address, otherwise one of those that wait."""
    asked = _asked(user)
    waiting = reviews.list_waiting(portal(), user)
    if asked and not session.is_reviewed(asked.clinic.code, str(asked.submission.month)):
        return asked
    if not waiting:
        st.success("Inget väntar på granskning.", icon=":material/check_circle:")
        return None
    labels = [f"{clinic.name}, {sent.month.label}, version {sent.version}" for clinic, sent in waiting]
    place = st.selectbox(
        f"Väntar på granskning ({len(waiting)}), äldst först",
        range(len(waiting)),
        format_func=labels.__getitem__,
    )
    clinic, sent = waiting[place]
    return reviews.open_case(portal(), user, clinic=clinic.code, month=sent.month)


def _asked(user: User) -> Case | None:
    clinic, month = st.query_params.get("mottagning", ""), st.query_params.get("manad", "")
    try:
        return reviews.open_case(portal(), user, clinic=clinic, month=Month.parse(month))
    except ValueError:
        return None


def show_title(case: Case) -> None:
    sent = case.submission
    st.subheader(
        f"{case.clinic.name}, {sent.month.label}, version {sent.version}: {sent.state.label}", anchor=False
    )


def decide(case: Case) -> None:
    """Approve, or return with a comment; whichever the state allows."""
    allowed = TRANSITIONS[case.submission.state]
    clinic, month = case.clinic.code, str(case.submission.month)
    if not allowed:
        st.info("Månaden är återlämnad. Mottagningen skickar en ny version.")
        return
    left, right = st.columns(2, border=True)
    if State.APPROVED in allowed:
        left.markdown("##### Godkänn")
        left.markdown("Värdena ser rimliga ut och kan ingå i regionens värden.")
        left.button("Godkänn", type="primary", on_click=_approve, args=(clinic, month), width="stretch")
    else:
        left.markdown("Månaden är godkänd.")
    right.markdown("##### Återlämna med en kommentar")
    right.text_area("Vad ska mottagningen se över?", key="comment", max_chars=reviews.LONGEST_COMMENT)
    right.button("Återlämna", on_click=_send_back, args=(clinic, month), width="stretch")


def _approve(clinic: str, month: str) -> None:
    """Callback: asks for the user again, since callbacks run before the page's guard."""
    user = auth.still_user()
    try:
        reviews.approve(portal(), user, clinic=clinic, month=Month.parse(month))
    except (reviews.ReviewRefused, AccessDenied) as refused:
        session.note_message(str(refused))
        return
    session.note_reviewed(clinic, month)
    st.toast("Godkänd.")


def _send_back(clinic: str, month: str) -> None:
    user = auth.still_user()
    try:
        comment = session.text_of("comment")
        reviews.send_back(portal(), user, clinic=clinic, month=Month.parse(month), comment=comment)
    except (reviews.ReviewRefused, AccessDenied) as refused:
        session.note_message(str(refused))
        return
    session.note_reviewed(clinic, month)
    st.toast("Återlämnad med kommentar.")


def show_message() -> None:
    """Show why the last click was refused, once."""
    message = session.take_message()
    if message:
        st.error(message)
