"""Why something was not done, in words: a service refused, or the database was away and nothing is stored."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from portal.services.refused import DatabaseUnavailable, Refused


UNSAVED = "Inte sparat. Det du skrev står kvar. Försök igen."
log = logging.getLogger("portal")


@contextmanager
def said_here() -> Iterator[None]:
    """Carry out what a form asks for, and say on the spot why it was not done; the page goes on below."""
    try:
        yield
    except Refused as refused:
        st.error(str(refused))
    except DatabaseUnavailable as fault:
        st.error(unsaved(fault))


def unsaved(fault: DatabaseUnavailable) -> str:
    """Return what to say when nothing could be stored: the log has why, under the error id in the sentence."""
    return f"{UNSAVED} Händer det på nytt, uppge felkod {logged(fault)} till supporten."


def logged(fault: Exception) -> str:
    """Log a fault of the machine's; returns the id by which it is found there."""
    error_id = secrets.token_hex(4)
    log.error("page error %s", error_id, exc_info=fault)
    return error_id
