"""The login: our form, streamlit-authenticator's flow, our check. The only import of that package.

Of the package the flow is kept and the rest left out: its cookie survives logout, its hash runs
only for users that exist, and its attempt limit never triggers with a database.
"""

import html
import secrets
from typing import Any

import streamlit as st
from streamlit_authenticator.models import AuthenticationModel

from portal.services import accounts
from portal.services.accounts import NeedsCode, Ticket
from portal.ui import session
from portal.ui.context import portal


WRONG = "Fel användarnamn, lösenord eller kod."
PROVIDER = "region"  # as the server names it
MESSAGES = {
    "regionens-inloggning": "Regionens inloggning ledde inte till något konto här. Logga in med användarnamn"
    " och lösenord, eller be regionens administratör om ett konto.",
}
USERNAME, PASSWORD, CODE = "login.username", "login.password", "login.code"


class DatabaseLogin(AuthenticationModel):
    """The package's login flow, asking our database (argon2id, second factor) for the answer."""

    def __init__(self, code: str) -> None:
        super().__init__({"usernames": {}}, auto_hash=False, secret_key=secrets.token_urlsafe(32))
        self.code = code
        self.outcome: Ticket | NeedsCode | None = None

    def check_credentials(self, username: str, password: str) -> bool:
        self.outcome = accounts.begin_login(portal(), username, password, self.code)
        if not isinstance(self.outcome, Ticket):
            return False
        self.credentials["usernames"] = {username: {"name": username}}  # the flow reads it afterwards
        return True


def show() -> None:
    """Draw the login form, or finish a login or logout in the browser."""
    if session.is_leaving():
        _close_in_browser()
        return
    _, middle, _ = st.columns([1, 2, 1])
    with middle:
        st.title("Logga in")
        st.caption("Vårdval BUP – mottagningarnas och regionens uppföljning")
        _show_message()
        _show_identity_provider()
        _show_form()
        _show_demo_hint()


def _show_message() -> None:
    """Say what the server sent the browser here for; only texts that stand here are ever shown."""
    if message := MESSAGES.get(st.query_params.get("besked", "")):
        st.warning(message)


def _show_identity_provider() -> None:
    """Offer the region's own login; the server exchanges its answer for our session."""
    label = portal().identity_provider
    if label and st.button(label, icon=":material/badge:", width="stretch"):
        st.login(PROVIDER)


def _show_form() -> None:
    needs_code = session.needs_code()
    with st.form("login"):
        username = st.text_input("Användarnamn", key=USERNAME, autocomplete="username", max_chars=100)
        password = st.text_input("Lösenord", key=PASSWORD, type="password", autocomplete="current-password")
        code = _ask_for_code() if needs_code else ""
        is_sent = st.form_submit_button("Logga in", type="primary")
    if is_sent:
        _answer(username, password, code)


def _ask_for_code() -> str:
    return st.text_input(
        "Engångskod",
        key=CODE,
        autocomplete="one-time-code",
        max_chars=10,
        placeholder="Sex siffror från din app för engångskoder",
    )


def _answer(username: str, password: str, code: str) -> None:
    login = DatabaseLogin(code)
    login.login(username, password)
    match login.outcome:
        case Ticket(secret):
            session.note_needs_code(False)
            _open_in_browser(secret)
        case NeedsCode() if not session.needs_code():
            session.note_needs_code(True)
            st.rerun()
        case _:
            st.error(WRONG)


def _show_demo_hint() -> None:
    if portal().is_demo:
        st.info(
            "**Exempeldata.** Månaderna är påhittade. Konton att prova med skrivs ut av `portal demo`.",
            icon=":material/science:",
        )


def _open_in_browser(ticket: str) -> None:
    st.success("Rätt! Sidan öppnas …")
    _run_client(f'data-portal-ticket="{html.escape(ticket)}"')


def _close_in_browser() -> None:
    st.title("Du är utloggad")
    st.markdown("[Logga in igen](/)")
    _run_client("data-portal-close")


def _run_client(attribute: str) -> Any:
    st.html(
        f'<div {attribute} hidden></div><script src="/session/client.js"></script>',
        unsafe_allow_javascript=True,
    )
