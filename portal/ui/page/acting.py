"""How a button acts: for whoever clicked, through a service; why it was refused is kept, to be said once.

Callbacks run before the page's guard, so each asks for the user again.
"""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec

import streamlit as st

from portal.domain.accounts.access import AccessDenied, User
from portal.domain.reporting.texts import plain
from portal.services.refused import DatabaseUnavailable, Refused
from portal.ui.base import refusals, session
from portal.ui.login import auth


Arguments = ParamSpec("Arguments")


def acting(act: Callable[Concatenate[User, Arguments], None]) -> Callable[Arguments, None]:
    """Decorate a callback, which is given who clicked; a refusal is left for `show_refusal`.

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


def show_refusal(*, icon: str | None = None) -> None:
    """Show why the last click was refused, once.

    In a place that is always there: what follows must not move, or open parts of the page would close.
    """
    place = st.container()
    if refusal := session.take_refusal():
        place.error(plain(refusal), icon=icon)


def show_success(*, icon: str | None = ":material/check_circle:") -> None:
    """Show what the last click did, once."""
    if message := session.take_message():
        st.success(message, icon=icon)


def chosen_day(key: str) -> date:
    """Return what a date box holds; raises Refused where it is empty."""
    try:
        return date.fromisoformat(session.value_of(key))
    except ValueError:
        raise Refused("Välj en dag.") from None
