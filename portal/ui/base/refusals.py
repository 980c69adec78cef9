"""Why something was not done, in words: a service refused, or the database was away and nothing is stored."""

import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from portal.domain.reporting.file_names import safe_name
from portal.domain.reporting.texts import plain
from portal.services.refused import DatabaseUnavailable, Refused
from portal.ui.base import faults, session
from portal.ui.base.context import portal
from portal.ui.base.faults import FieldFault, RefusedAtField


UNSAVED = "Inte sparat. Det du skrev står kvar. Försök igen om en stund."
AWAY = "Portalen når inte sina uppgifter just nu. Försök igen om en stund; sidan försöker också själv."
NEXT_TRY = 10  # seconds
log = logging.getLogger("portal")


@contextmanager
def said_here(**keys: str) -> Iterator[None]:
    """Carry out what a form asks for, and say on the spot why it was not done; the page goes on below.

    `keys` are its widgets' by what a service calls what they hold: the one that is wrong is marked.
    """
    try:
        with faults.at_fields(**keys):
            yield
    except RefusedAtField as refused:
        faults.show_summary("Inget är sparat", [FieldFault(refused.field, str(refused))])
    except Refused as refused:
        say_here(str(refused))
    except DatabaseUnavailable as fault:
        say_here(unsaved(fault))


def say_here(sentence: str) -> None:
    """Say why something was not done, where the page has come to; the message takes the focus."""
    with st.container():
        st.error(sentence)
        faults.take_focus()


def say_lost_file() -> None:
    """Say it when the browser still shows a file that ended with the process it was sent to."""
    if name := session.take_lost_file():
        sentence = f"Portalen startade om, och filen {plain(safe_name(name))} följde inte med. Välj den igen."
        st.warning(sentence, icon=":material/upload_file:")


def unsaved(fault: DatabaseUnavailable) -> str:
    """Return what to say when nothing could be stored: the log has why, under the error id in the sentence."""
    return f"{UNSAVED} Händer det på nytt, uppge felkod {logged(fault)} till supporten."


def show_away(fault: DatabaseUnavailable) -> None:
    """Stand in for a page that could not be drawn, until it can be; what was typed there is kept for it."""
    st.error(
        f"{AWAY} Det du skrev finns kvar. Händer det på nytt, uppge felkod {logged(fault)} till supporten."
    )
    st.button("Försök igen", key="try-again")
    session.note_undrawn()
    _come_back(time.monotonic())


@st.fragment(run_every=NEXT_TRY)
def _come_back(drawn_at: float) -> None:
    """Draw the page again, not at once, when the database answers."""
    if time.monotonic() - drawn_at > NEXT_TRY / 2 and portal().is_reachable:
        st.rerun()


def logged(fault: Exception) -> str:
    """Log a fault of the machine's; returns the id by which it is found there. A database that is away is one line."""
    error_id = secrets.token_hex(4)
    if isinstance(fault, DatabaseUnavailable):
        log.error("page error %s: %s", error_id, fault)
    else:
        log.error("page error %s", error_id, exc_info=fault)
    return error_id
