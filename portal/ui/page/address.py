"""A choice that the address holds, so that a reload, a bookmark and a sent link open the same.

The address is the only place where a choice is kept: each run sets the widget from it, and a new choice
is written to it. An option is written as `str` has it, never as its label, which may change. What the
address holds but the options don't falls back to the first choice of the page.

The browser hears of a choice a moment after it was made. What is clicked before that comes with the address
as it was, which must not undo the choice.
"""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from portal.ui.base import markup, session
from portal.ui.login import auth


Option = TypeVar("Option")
LONGEST_SEARCH, LONGEST_UNKNOWN = 60, 20
MOMENT = 10.0  # seconds in which a browser far away has heard of a choice


def select(
    label: str,
    options: Sequence[Option],
    *,
    parameter: str,
    first: Option,
    words: Callable[[Option], str] = str,
) -> Option:
    """Let people choose in a box; `?parameter=option` chooses, otherwise `first`."""
    chosen = st.selectbox(
        label,
        options,
        key=_begin(options, parameter, first),
        format_func=words,
        on_change=_write,
        args=(parameter, options),
    )
    say_unknown(options, parameter, words(first))
    return chosen


def segment(
    label: str,
    options: Sequence[Option],
    *,
    parameter: str,
    first: Option,
    words: Callable[[Option], str] = str,
    is_label_hidden: bool = False,
) -> Option:
    """Let people choose among buttons; `?parameter=option` chooses, otherwise `first`."""
    choice = st.segmented_control(
        label,
        options,
        key=_begin(options, parameter, first),
        format_func=words,
        required=True,
        label_visibility="collapsed" if is_label_hidden else "visible",
        on_change=_write,
        args=(parameter, options),
    )
    say_unknown(options, parameter, words(first))
    return first if choice is None else choice


def contents(
    label: str,
    options: Sequence[Option],
    *,
    parameter: str,
    first: Option,
    words: Callable[[Option], str] = str,
    is_known: bool = True,
) -> Option:
    """Let people choose what to read in a list; `?parameter=option` chooses, otherwise `first`.

    `is_known`: whether the address asks for something there is, which may be a part of an option.
    """
    chosen = st.radio(
        label,
        options,
        key=_begin(options, parameter, first),
        format_func=words,
        label_visibility="collapsed",
        on_change=_write,
        args=(parameter, options),
    )
    if not is_known:
        say_unknown(options, parameter, words(first))
    return chosen


def check(label: str, *, parameter: str) -> bool:
    """Let people tick a box; `?parameter=True` ticks it."""
    key = _begin([False, True], parameter, first=False)
    return st.checkbox(label, key=key, on_change=_write, args=(parameter,))


def search(label: str, *, parameter: str) -> str:
    """Let people write what they look for; `?parameter=text` looks for it."""
    key = _key(parameter)
    session.put_text(key, (text_of(parameter) or "")[:LONGEST_SEARCH])
    st.text_input(label, key=key, max_chars=LONGEST_SEARCH, on_change=_write, args=(parameter,))
    return session.value_of(key).strip()


def hold(parameter: str, text: str) -> None:
    """Let the address say what the page is about."""
    earlier_text = st.query_params.get(parameter)
    if earlier_text != text:
        session.note_choice(parameter, text, earlier_text=earlier_text, moment=time.monotonic())
        st.query_params[parameter] = text


def clear() -> None:
    """Let the address say nothing more than which page it is."""
    session.forget_choices()
    st.query_params.clear()


def text_of(parameter: str) -> str | None:
    """Return what the address holds; where it is what a choice has just replaced, the choice."""
    text = st.query_params.get(parameter)
    recent = session.recent_choice(parameter, since=time.monotonic() - MOMENT)
    if recent is None or text not in recent.earlier_texts:
        return text
    st.query_params[parameter] = recent.text
    return recent.text


def _begin(options: Sequence[Option], parameter: str, first: Option) -> str:
    """Set the widget from the address, before it is drawn; returns its key."""
    text = text_of(parameter)
    session.put_choice(_key(parameter), next((option for option in options if str(option) == text), first))
    return _key(parameter)


def say_unknown(options: Sequence[object], parameter: str, first: str) -> None:
    """Say that the address asks for what can't be chosen here, and what is wanted instead."""
    text = st.query_params.get(parameter)
    if text and text not in map(str, options):
        wanted = text if len(text) <= LONGEST_UNKNOWN else f"{text[:LONGEST_UNKNOWN]}…"
        st.html(markup.paragraph(f"Adressens ”{wanted}” finns inte här: {first} visas.", css="note"))


def _key(parameter: str) -> str:
    return f"address-{parameter}"


def _write(parameter: str, options: Sequence[object] | None = None) -> None:
    """Write the choice to the address. A browser that lost its session may bring a label that no option has any more."""
    auth.still_user()
    text = session.choice(_key(parameter))
    if text is not None and (options is None or text in map(str, options)):
        hold(parameter, text)
