"""The login: our form, streamlit-authenticator's flow, our check. The only import of that package.

Of the package the flow is kept and the rest left out: its cookie survives logout, its hash runs
only for users that exist, and its attempt limit never triggers with a database.
"""

import secrets
from typing import Any

import streamlit as st
from markupsafe import escape
from streamlit_authenticator.models import AuthenticationModel

from portal.services.accounts import login
from portal.services.accounts.login import NeedsCode, Outcome, Ticket
from portal.services.accounts.throttle import Client, Wait
from portal.ui.base import faults, login_notes, markup, refusals, session, style
from portal.ui.base.context import portal
from portal.ui.base.faults import FieldFault
from portal.ui.login import papers_view


WRONG = "Fel användarnamn, lösenord eller kod."
MARKED = "Stämmer kanske inte."  # which of the two is wrong is not said
PROVIDER = "region"  # as the server names it
MESSAGES = {
    "regionens-inloggning": "Regionens inloggning ledde inte till något konto här. Logga in med användarnamn"
    " och lösenord, eller be regionens administratör om ett konto.",
}
USERNAME, PASSWORD, CODE = "login.username", "login.password", "login.code"


class DatabaseLogin(AuthenticationModel):
    """The package's login flow, asking our database (argon2id, second factor) for the answer."""

    def __init__(self, code: str, step: str) -> None:
        super().__init__({"usernames": {}}, auto_hash=False, secret_key=secrets.token_urlsafe(32))
        self.code, self.step = code, step
        self.outcome: Outcome = None

    def check_credentials(self, username: str, password: str) -> bool:
        self.outcome = login.begin(portal(), username, password, self.code, step=self.step, client=_client())
        if not isinstance(self.outcome, Ticket):
            return False
        secret = self.outcome.secret
        session.surely(lambda: login_notes.note_ticket(secret))
        self.credentials["usernames"] = {username: {"name": username}}  # the flow reads it afterwards
        return True


def show() -> None:
    """Draw the login form, or finish a login or logout in the browser."""
    if session.is_leaving():
        _close_in_browser()
        return
    _, middle, _ = st.columns([1, 2, 1])
    with middle:
        if secret := login_notes.ticket():  # a second click ended the run that was to show it
            _open_in_browser(secret)
            return
        if logo := portal().region.logo:
            st.html(markup.logo(style.logo_address(logo), portal().region.name))
        st.title("Logga in")
        st.caption("Vårdval BUP – mottagningarnas och regionens uppföljning")
        _show_message()
        _show_identity_provider()
        _show_form()
        st.markdown("[Glömt lösenordet?](/valkommen)")
        _show_demo_hint()
        papers_view.show_links()


def _show_message() -> None:
    """Say what the server sent the browser here for; only texts that stand here are ever shown."""
    if message := MESSAGES.get(st.query_params.get("besked", "")):
        st.warning(message)


def _show_identity_provider() -> None:
    """Offer the region's own login; the server exchanges its answer for our session."""
    label = portal().identity_provider
    if label and st.button(label, icon=":material/badge:", width="stretch"):
        st.login(PROVIDER)


def _client() -> Client:
    """Return where the visitor comes from, as our own middleware wrote it into the handshake."""
    headers = st.context.headers
    return Client(address=headers.get("x-portal-address", ""), device=headers.get("x-portal-device", ""))


def _show_form() -> None:
    needs_code = bool(login_notes.login_step())
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
        max_chars=24,
        placeholder="Sex siffror från din app, eller en reservkod",
    )


def _answer(username: str, password: str, code: str) -> None:
    flow = DatabaseLogin(code, login_notes.login_step())
    flow.login(username, password)
    match flow.outcome:
        case Ticket(secret):
            _open_in_browser(secret)
        case NeedsCode(step):
            is_new = not login_notes.login_step()
            login_notes.note_login_step(step)
            if is_new:
                st.rerun()
            refusals.say_here("Skriv engångskoden.")
            faults.mark([FieldFault(CODE, "Koden fattas.")])
        case Wait() as wait:
            st.error(_sentence(wait))
        case _:
            refusals.say_here(WRONG)
            faults.mark([FieldFault(field, MARKED) for field in (USERNAME, PASSWORD)])


def _sentence(wait: Wait) -> str:
    if wait.seconds is None:
        return (
            "Inloggningen är stoppad efter många fel i rad. Begär ett nytt lösenord med länken nedanför, "
            f"eller vänta {wait.length}."
        )
    return f"För många fel i rad. Vänta {wait.length} och försök sedan igen."


def _show_demo_hint() -> None:
    if portal().is_demo:
        st.info(
            "**Exempeldata.** Månaderna är påhittade. Konton att prova med skrivs ut av `portal demo`.",
            icon=":material/science:",
        )


def _open_in_browser(ticket: str) -> None:
    st.success("Rätt! Sidan öppnas …")
    _run_client(f'data-portal-ticket="{escape(ticket)}"')


def _close_in_browser() -> None:
    st.title("Du är utloggad")
    st.markdown("[Logga in igen](/)")
    _run_client("data-portal-close")


def _run_client(attribute: str) -> Any:
    st.html(
        f'<div {attribute} hidden></div><script src="/session/client.js"></script>',
        unsafe_allow_javascript=True,
    )
