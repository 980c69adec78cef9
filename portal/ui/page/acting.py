"""How a button acts: for whoever clicked, through a service; why it was refused is kept, to be said once.

Callbacks run before the page's guard, so each asks for the user again.
"""

import secrets
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec

import streamlit as st

from portal.domain.accounts.access import AccessDenied, User
from portal.domain.reporting.texts import plain
from portal.services.refused import DatabaseUnavailable, Refused
from portal.ui.base import markup, refusals, session
from portal.ui.login import auth


Arguments = ParamSpec("Arguments")


def acting(act: Callable[Concatenate[User, Arguments], None]) -> Callable[Arguments, None]:
    """Decorate a callback, which is given who clicked; a refusal is left for `show_outcome`.

    A database that is full, locked or away refuses too: the page is drawn again with all that was typed.
    """
    return acting_or(session.note_refusal)(act)


def acting_or(
    say: Callable[[str], object],
) -> Callable[[Callable[Concatenate[User, Arguments], None]], Callable[Arguments, None]]:
    """The same where a page says elsewhere why it was refused: `say` is given the sentence.

    What stands in the callback after the service is done only when it was not refused.
    """

    def decorate(act: Callable[Concatenate[User, Arguments], None]) -> Callable[Arguments, None]:
        @wraps(act)
        def callback(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
            try:
                act(auth.still_user(), *args, **kwargs)
            except (Refused, AccessDenied) as refused:
                say(str(refused))
            except DatabaseUnavailable as fault:
                say(refusals.unsaved(fault))

        return callback

    return decorate


def show_outcome() -> None:
    """Show what the last click did or why it was refused, once: read first, it takes the focus.

    In a place that is always there: what follows must not move, or open parts of the page would close.
    """
    with st.container():
        if refusal := session.take_refusal():
            st.error(plain(refusal), icon=":material/error:")
            take_focus()
        if message := session.take_message():
            st.success(message, icon=":material/check_circle:")
            take_focus()


def take_focus(name: str = "") -> None:
    """Let the browser go to the message drawn just before, once for each name; see portal/browser/access.js."""
    st.html(markup.tag("span", data_portal_focus=name or secrets.token_hex(4)))


def chosen_day(key: str) -> date:
    """Return what a date box holds; raises Refused where it is empty."""
    try:
        return date.fromisoformat(session.value_of(key))
    except ValueError:
        raise Refused("Välj en dag.") from None
