"""What can't be undone asks first: a dialog that says what follows and what is missing.

The page's button only opens it. The dialog's own button acts (`acting`), for whoever clicks it there; the page is then
drawn anew, without the dialog. It says what it did by `session.note_message`: a toast would take the dialog's place
in the browser, which then stops.
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from portal.ui.base import session


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What one is asked before something is done, in markdown."""

    title: str  # `Släppa januari 2025?`
    consequences: tuple[str, ...]  # a sentence each
    missing: tuple[str, ...] = ()  # the same, of what one would go on without
    button: str  # what is done, and to what: `Släpp januari 2025`
    why: str = ""  # the label of a box that asks for a reason; `reason` reads it


def ask(question: Question, act: Callable[..., None], *arguments: object) -> None:
    """Open the dialog, in the run of a click: `if st.button(…): asking.ask(…)`."""
    st.dialog(question.title)(_show)(question, act, arguments)


def _show(question: Question, act: Callable[..., None], arguments: tuple[object, ...]) -> None:
    if question.missing:
        st.warning("  \n".join(question.missing), icon=":material/warning:")
    st.markdown("\n".join(f"- {sentence}" for sentence in question.consequences))
    if question.why:
        st.text_input(question.why, key=f"why-{question.button}")
    with st.container(horizontal=True, horizontal_alignment="right"):
        is_left = st.button("Avbryt", key="asked-no")
        is_done = st.button(question.button, key="asked-yes", type="primary", on_click=act, args=arguments)
    if is_left or is_done:
        st.rerun()


def reason(button: str) -> str:
    """Return the reason that was given in the dialog with that button, in its callback."""
    return session.value_of(f"why-{button}")
