"""What is wrong with what was handed in, as a summary that takes the focus: each line leads to its field.

The browser marks the fields and puts each message at its own (portal/browser/access.js): the same words, once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from portal.domain.reporting.texts import plain
from portal.ui.base import markup
from portal.ui.page.acting import take_focus


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


def show_summary(heading: str, faults: Sequence[FieldFault], *, focus: str = "") -> None:
    """List what is wrong; `focus` names the press that it answers, which moves the focus here once."""
    lines = [f"- [{plain(fault.line)}](#{_anchor(fault.field)})" for fault in faults[:MOST_LINES]]
    if len(faults) > MOST_LINES:
        lines.append(f"- och {len(faults) - MOST_LINES} till, vid rutorna")
    with st.container():
        st.error("\n".join([f"**{plain(heading)}**", "", *lines]), icon=":material/error:")
        st.html(markup.joined([_mark(fault) for fault in faults]))
        take_focus(focus)


def _anchor(field: str) -> str:
    """Return the class that Streamlit gives the widget with that key."""
    return "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", field)


def _mark(fault: FieldFault) -> str:
    return markup.tag("span", fault.message, hidden="hidden", data_portal_fault=_anchor(fault.field))
