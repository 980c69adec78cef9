"""Charts as pictures to take along. Made on the click, on this machine: nothing is asked of the network."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from portal.services.context import DEMO_LABEL
from portal.ui.base.context import portal
from portal.ui.page import downloads


Spec = dict[str, Any]
SCALE = 2  # sharp on paper


def png(spec: Spec) -> bytes:
    import vl_convert  # 30 MB: only when somebody wants a picture

    return bytes(vl_convert.vegalite_to_png(spec, scale=SCALE))


def svg(spec: Spec) -> bytes:
    import vl_convert

    return str(vl_convert.vegalite_to_svg(spec)).encode()


def png_of_drawing(drawing: str) -> bytes:
    import vl_convert

    return bytes(vl_convert.svg_to_png(drawing, scale=SCALE))


def with_label(notes: list[str]) -> list[str]:
    """A demo's picture says that its months are invented, wherever it ends up."""
    return [*notes, DEMO_LABEL] if portal().is_demo else notes


def offer(name: str, spec: Callable[[], Spec], table: Callable[[], bytes], *, clinic: str = "") -> None:
    """Offer a chart's table for Swedish Excel and its picture; each is made when it is asked for.

    `name` is unique for what is shown (clinic, indicator, period); `clinic` is whose figures they are.
    """
    _offer(name, clinic, table, lambda: png(spec()), lambda: svg(spec()))


def offer_drawing(name: str, drawing: Callable[[], str], table: Callable[[], bytes]) -> None:
    """The same for a picture that is SVG already, of every clinic."""
    _offer(name, "", table, lambda: png_of_drawing(drawing()), lambda: drawing().encode())


def _offer(
    name: str,
    clinic: str,
    table: Callable[[], bytes],
    make_png: Callable[[], bytes],
    make_svg: Callable[[], bytes],
) -> None:
    with st.container(horizontal=True):
        for ending, label, make in (
            ("csv", "Tabellen (CSV för Excel)", table),
            ("png", "Diagrammet (PNG)", make_png),
            ("svg", "Diagrammet (SVG)", make_svg),
        ):
            downloads.offer(
                label,
                name=f"{name}.{ending}",
                make=lambda _user, content=make: content(),  # type: ignore[misc]
                clinic=clinic,
            )
