"""A fold whose inside is made first when somebody opens it: what is heavy to read or to draw costs nothing closed."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st


@contextmanager
def on_demand(label: str, *, key: str) -> Iterator[bool]:
    """Say whether the fold is open; what is drawn within stands in it. `key` names the case."""
    fold = st.expander(label, key=f"fold-{key}", on_change="rerun")
    with fold:
        yield bool(fold.open)
