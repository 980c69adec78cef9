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
from portal.ui.base import faults, refusals, session
from portal.ui.base.faults import FieldFault, RefusedAtField, take_focus
from portal.ui.login import auth


Arguments = ParamSpec("Arguments")


def acting(act: Callable[Concatenate[User, Arguments], None]) -> Callable[Arguments, None]:
    """Decorate a callback, which is given who clicked; a refusal is left for `show_outcome`.

    A database that is full, locked or away refuses too: the page is drawn again with all that was typed.
    What stands in the callback after the service is done only when it was not refused.
    """

    @wraps(act)
    def callback(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            act(auth.still_user(), *args, **kwargs)
        except RefusedAtField as refused:
            session.note_refusal(str(refused))
            session.note_fault(refused.field)
        except (Refused, AccessDenied) as refused:
            session.note_refusal(str(refused))
        except DatabaseUnavailable as fault:
            session.note_refusal(refusals.unsaved(fault))

    return callback


def show_outcome() -> None:
    """Show what the last click did or why it was refused, once: read first, it takes the focus.

    In a place that is always there: what follows must not move, or open parts of the page would close.
    """
    with st.container():
        field, refusal = session.take_fault(), session.take_refusal()
        if refusal and field:
            faults.show_summary("Inget är ändrat", [FieldFault(field, refusal)])
        elif refusal:
            st.error(plain(refusal), icon=":material/error:")
            take_focus()
        if message := session.take_message():
            st.success(message, icon=":material/check_circle:")
            take_focus()


def show_choice(label: str, *, key: str, is_stored: bool, choose: Callable[[bool], None]) -> None:
    """Show a box for what is stored, also by another window; a click has `choose` store what it then says."""
    session.put_text(key, is_stored)
    st.checkbox(label, key=key, on_change=lambda: choose(bool(session.value_of(key))))


def chosen_day(key: str) -> date:
    """Return what a date box holds; raises Refused where it is empty."""
    try:
        return date.fromisoformat(session.value_of(key))
    except ValueError:
        raise RefusedAtField("Välj en dag.", field=key) from None
