"""Files of figures to take along: made on the click, for whoever still is logged in, and noted in the log."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from portal.domain.accounts.access import User
from portal.services.administration import exports
from portal.ui.base.context import portal
from portal.ui.login import auth
from portal.ui.page import frame


KINDS = {  # what a browser is told of a file, by the ending of its name
    "csv": "text/csv",
    "json": "application/json",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def offer(
    label: str,
    *,
    name: str,
    make: Callable[[User], bytes],
    clinic: str = "",
    width: Literal["content", "stretch"] = "content",
    note: str | None = None,
) -> None:
    """Offer a file; `make` is given whoever clicks, `clinic` is whose figures it holds, empty: all in reach.

    `name` is unique on its page, with its ending, which says of what kind it is: a cache can't mix two up.
    """
    sid, called = auth.session_id(), frame.file_name(name)
    st.download_button(
        label,
        data=lambda: _content(sid, called, clinic, make),
        file_name=called,
        mime=KINDS[name.rpartition(".")[2]],
        on_click="ignore",
        icon=":material/download:",
        width=width,
        help=note,
        key=f"download-{name}",
    )


def _content(sid: str, name: str, clinic: str, make: Callable[[User], bytes]) -> bytes:
    """Run when the button is pressed, outside the page. A file that the log does not know is not handed out."""
    user = auth.who_clicked(sid)
    content = make(user)
    exports.record_download(portal(), user, name=name, clinic=clinic)
    return content
