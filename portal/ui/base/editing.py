"""Texts being written in the tab, each with the version that the writer began from.

Streamlit drops what a box holds when the box is not drawn: a text that is not stored is kept (`keep_undrawn`).
"""

from collections.abc import Mapping

import streamlit as st

from portal.ui.base import session


START = ".start"  # what a text began with
DRAWN = "editing.drawn"  # the place whose boxes the last run drew


def begin(key: str, text: str, version: int) -> None:
    """Begin a text from the stored one, unless it is being written.

    Where a session was lost, the browser brings the version that the writer began from, in a widget of its own.
    """
    if session.is_brought(key):
        is_written = session.value_of(key) != text
        began = session.value_of(f"{key}.began")
        base = int(began) if began.isdecimal() and len(began) < 10 else 0
        st.session_state[f"{key}.base"] = base if is_written else version
        st.session_state[f"{key}.open"] = is_written
        st.session_state[f"{key}{START}"] = text
    elif key not in st.session_state:
        st.session_state[key] = st.session_state[f"{key}{START}"] = text
        st.session_state[f"{key}.base"] = version
    session.put_text(f"{key}.began", str(base_version(key)))


def base_version(key: str) -> int:
    return int(st.session_state.get(f"{key}.base", 0))


def open_box(key: str) -> None:
    st.session_state[f"{key}.open"] = True


def is_open(key: str) -> bool:
    """Tell whether the text's box is to be drawn."""
    return bool(st.session_state.get(f"{key}.open")) or session.is_brought(key)


def keep(key: str, version: int) -> None:
    """Go on after a refusal, from the version that the writer has now been shown."""
    st.session_state[f"{key}.base"] = version
    open_box(key)


def end(*keys: str) -> None:
    for key in keys:
        for name in (key, f"{key}.base", f"{key}.open", f"{key}{START}"):
            st.session_state.pop(name, None)


def unsaved(start: str) -> list[str]:
    """Return the keys, starting like that, of the texts that are not as they began."""
    beginnings = [str(name) for name in st.session_state if str(name).startswith(start)]
    keys = [name.removesuffix(START) for name in beginnings if name.endswith(START)]
    return [key for key in keys if key in st.session_state and _is_changed(key)]


def keep_undrawn(places: Mapping[str, str], drawn: str) -> None:
    """Keep what stands in boxes, by key and place, that this run does not draw, or the run before did not.

    In a box that was drawn and is drawn again it would write over what is typed; one drawn anew gets only what is set.
    """
    before = st.session_state.get(DRAWN)
    st.session_state[DRAWN] = drawn
    for key, place in places.items():
        if place != drawn or before != drawn:
            st.session_state[key] = st.session_state[key]


def _is_changed(key: str) -> bool:
    return session.value_of(key) != session.value_of(f"{key}{START}")
