"""What is wrong with what was handed in, as a summary that takes the focus: each line leads to its field.

The browser marks the fields and puts each message at its own (portal/browser/access.js): the same words, once.
"""

import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from portal.domain.reporting.texts import plain
from portal.services.refused import Refused
from portal.ui.base import markup


MOST_LINES = 8  # of a summary; every field has its mark


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One thing to mend."""

    field: str  # the key of its widget
    message: str
    label: str = ""  # before it in the summary; the box itself has it already

    @property
    def line(self) -> str:
        return f"{self.label}: {self.message}" if self.label else self.message


class RefusedAtField(Refused):
    """A refusal that one field can mend: raised by `at_fields`, noted by `acting`."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


@contextmanager
def at_fields(**keys: str) -> Iterator[None]:
    """Carry out what a form asks for; `keys` are its widgets' by what a service calls what they hold."""
    try:
        yield
    except Refused as refused:
        if refused.about in keys:
            raise RefusedAtField(str(refused), field=keys[refused.about]) from refused
        raise


def take_focus(name: str = "") -> None:
    """Let the browser go to the message drawn just before, once for each name; see portal/browser/access.js."""
    st.html(markup.tag("span", data_portal_focus=name or secrets.token_hex(4)))


def show_summary(heading: str, faults: Sequence[FieldFault], *, focus: str = "") -> None:
    """List what is wrong; `focus` names the press that it answers, which moves the focus here once."""
    lines = [f"- [{plain(fault.line)}](#{_anchor(fault.field)})" for fault in faults[:MOST_LINES]]
    if len(faults) > MOST_LINES:
        lines.append(f"- och {len(faults) - MOST_LINES} till, vid rutorna")
    with st.container():
        st.error("\n".join([f"**{plain(heading)}**", "", *lines]), icon=":material/error:")
        mark(faults)
        take_focus(focus)


def mark(faults: Sequence[FieldFault]) -> None:
    """Mark the fields, each with its message."""
    st.html(markup.joined([_mark(fault) for fault in faults]))


def _anchor(field: str) -> str:
    """Return the class that Streamlit gives the widget with that key."""
    return "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", field)


def _mark(fault: FieldFault) -> str:
    return markup.tag("span", fault.message, hidden="hidden", data_portal_fault=_anchor(fault.field))
