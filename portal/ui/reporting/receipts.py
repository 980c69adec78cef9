"""The receipt of what was sent: the same on Rapportera, right after, and on Inlämningar, whenever."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st
from markupsafe import Markup

from portal.domain.reporting.submissions import Submission
from portal.services.context import DEMO_LABEL
from portal.services.reporting.versioning import Receipt
from portal.ui.base import formats, markup, tiles
from portal.ui.base.context import portal
from portal.ui.page import frame


def text(
    titles: Sequence[str], *, sent_by: str, sent_at: datetime, file_name: str, counts: Receipt | Submission
) -> str:
    """Return the receipt, line by line; `titles` are the clinics' months with their versions."""
    lines = [
        f"Vårdval BUP, {portal().region.name}",
        *titles,
        f"Inskickad av {sent_by} {formats.moment(sent_at)}",
        f"Fil: {file_name}" if file_name else "Ifylld i formuläret",
        f"Lästa värden: {counts.read} (nya {counts.new}, ändrade {counts.changed}, oförändrade {counts.unchanged})",
        f"{'Filens' if file_name else 'Uppgifternas'} fingeravtryck (SHA-256): {counts.sha256}",
    ]
    return "\r\n".join([*lines, DEMO_LABEL] if portal().is_demo else lines)


def offer(receipt: str, *, name: str) -> None:
    st.download_button(
        "Ladda ner kvittot",
        data=receipt.encode("utf-8-sig"),
        file_name=frame.file_name(name),
        mime="text/plain",
        on_click="ignore",
        icon=":material/download:",
    )


def fold(receipt: str) -> Markup:
    """Return the receipt behind a line to click on; open on paper."""
    lines = [markup.tag("p", line) for line in receipt.splitlines()]
    return tiles.fold("Kvitto", markup.tag("div", *lines, class_="portal-receipt"), is_printed=True)
