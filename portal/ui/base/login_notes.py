"""What a login, or a link that somebody came by, notes in its tab. Who the user is, is never here."""

from collections.abc import Callable

import streamlit as st


LOGIN_STEP = "portal.login_step"
TICKET = "portal.ticket"
LINK = "portal.link"
WELCOMED = "portal.welcomed"
NEW_CODES = "portal.new_codes"
TOTP_SECRET = "portal.totp_secret"
NEW_TOKEN = "portal.new_token"


def login_step() -> str:
    """Return what shows that the password of this login was right and its code is still to come."""
    return str(st.session_state.get(LOGIN_STEP, ""))


def note_login_step(step: str) -> None:
    st.session_state[LOGIN_STEP] = step


def ticket() -> str:
    """Return what the browser is given to open the login with; the page that it then loads is another session's."""
    return str(st.session_state.get(TICKET, ""))


def note_ticket(secret: str) -> None:
    st.session_state[TICKET] = secret
    note_login_step("")


def link() -> str:
    """Return the secret of the link that the visitor came by."""
    return str(st.session_state.get(LINK, ""))


def note_link(secret: str) -> None:
    st.session_state[LINK] = secret


def welcome() -> str:
    """Return what came of the link that the visitor has just used up; nothing before that."""
    return str(st.session_state.get(WELCOMED, ""))


def note_welcome(sentence: str, codes: list[str]) -> None:
    st.session_state[WELCOMED] = sentence
    note_new_codes(codes)
    note_link("")


def new_codes() -> list[str]:
    """Return recovery codes that nobody has said to have kept yet."""
    return str(st.session_state.get(NEW_CODES, "")).split()


def note_new_codes(codes: list[str]) -> None:
    st.session_state[NEW_CODES] = " ".join(codes)
    st.session_state.pop(TOTP_SECRET, None)


def forget_new_codes() -> None:
    st.session_state.pop(NEW_CODES, None)


def totp_secret(make: Callable[[], str]) -> str:
    """Return the secret that is being set up in this tab, made the first time."""
    if TOTP_SECRET not in st.session_state:
        st.session_state[TOTP_SECRET] = make()
    return str(st.session_state[TOTP_SECRET])


def new_token() -> tuple[str, str]:
    """Return what is to say of a new token that nobody has said to have kept yet, and the token."""
    sentence, _, secret = str(st.session_state.get(NEW_TOKEN, "")).partition("\n")
    return sentence, secret


def note_new_token(sentence: str, secret: str) -> None:
    st.session_state[NEW_TOKEN] = f"{sentence}\n{secret}"


def forget_new_token() -> None:
    st.session_state.pop(NEW_TOKEN, None)
