"""Charts as pictures to take along. Made on the click, on this machine: nothing is asked of the network."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from portal.ui import frame


Spec = dict[str, Any]
SCALE = 2  # sharp on paper


def png(spec: Spec) -> bytes:
    import vl_convert  # 30 MB: only when somebody wants a picture

    return bytes(vl_convert.vegalite_to_png(spec, scale=SCALE))


def svg(spec: Spec) -> bytes:
    import vl_convert

    return str(vl_convert.vegalite_to_svg(spec)).encode()


def offer(name: str, spec: Callable[[], Spec], table: Callable[[], bytes]) -> None:
    """Offer a chart's table for Swedish Excel and its picture; each is made when it is asked for.

    `name` is unique for what is shown (clinic, indicator, period): a cache can't mix two up.
    """
    with st.container(horizontal=True):
        for ending, label, mime, make in (
            ("csv", "Tabellen (CSV för Excel)", "text/csv", table),
            ("png", "Diagrammet (PNG)", "image/png", lambda: png(spec())),
            ("svg", "Diagrammet (SVG)", "image/svg+xml", lambda: svg(spec())),
        ):
            st.download_button(
                label,
                data=make,
                file_name=frame.file_name(f"{name}.{ending}"),
                mime=mime,
                on_click="ignore",
                icon=":material/download:",
                key=f"download-{name}-{ending}",
            )
