"""The parts of the page about one's own account."""

from datetime import datetime

import streamlit as st
from babel.dates import format_datetime

from portal.domain.access import ClinicUser, User
from portal.services import accounts
from portal.services.accounts import AccountFault
from portal.services.context import STOCKHOLM
from portal.ui import auth, session
from portal.ui.context import portal
from portal.ui.frame import plain


def show_account(user: User) -> None:
    rows = {"Namn": plain(user.name), "Användarnamn": user.username, "Roll": _role(user)}
    if isinstance(user, ClinicUser):
        names = [plain(clinic.name) for clinic in accounts.list_own_clinics(portal(), user)]
        rows["Mottagning" if len(names) == 1 else "Mottagningar"] = ", ".join(names)
    st.table(rows, border="horizontal")


def show_sessions(user: User) -> None:
    st.subheader("Här är du inloggad")
    sessions = accounts.list_sessions(portal(), user)
    st.table(
        [
            {
                "Inloggad sedan": _moment(open_session.opened_at),
                "Använd senast": _moment(open_session.last_seen_at),
                "": "den här webbläsaren" if open_session.sid == auth.session_id() else "",
            }
            for open_session in sessions
        ],
        hide_index=True,
    )
    st.button("Avsluta alla inloggningar", on_click=auth.log_out_everywhere)


def show_password_form(user: User) -> None:
    st.subheader("Byt lösenord")
    st.caption(
        f"Minst {accounts.SHORTEST_PASSWORD} tecken; gärna flera ord. Efter bytet loggar du in på nytt."
    )
    with st.form("password"):
        current = st.text_input("Nuvarande lösenord", type="password", autocomplete="current-password")
        new = st.text_input("Nytt lösenord", type="password", autocomplete="new-password")
        is_sent = st.form_submit_button("Byt lösenord")
    if is_sent:
        _change_password(user, current, new)


def _change_password(user: User, current: str, new: str) -> None:
    try:
        accounts.change_password(portal(), user, current=current, new=new)
    except AccountFault as fault:
        st.error(str(fault))
    else:
        session.note_leaving()
        st.rerun()


def _role(user: User) -> str:
    if isinstance(user, ClinicUser):
        return "Mottagning"
    return "Regionens administratör" if user.is_administrator else "Regionen"


def _moment(at: datetime) -> str:
    return format_datetime(at.astimezone(STOCKHOLM), "d MMMM y 'kl.' HH.mm", locale="sv")
