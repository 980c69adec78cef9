"""A page without a browser and without Streamlit's server: its script runs, and what it drew is kept to be read.

Every choice stands where its address puts it, otherwise where it begins.
"""

import runpy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self
from unittest import mock

import pyarrow as pa
import streamlit as st

from portal.domain.accounts.access import User
from portal.services.accounts.login_sessions import Visit
from portal.settings import ROOT
from portal.ui.login import auth
from portal.ui.page import downloads


WORDS = (
    *("title", "subheader", "markdown", "caption", "text", "info", "warning", "error", "success"),
    *("toast", "code"),
)
PLACES = ("container", "expander", "form", "spinner", "sidebar", "popover")
SILENT = (
    *("button", "form_submit_button", "download_button", "file_uploader", "page_link"),
    *("rerun", "progress", "table", "set_page_config"),
)
TYPED = {"text_input": "", "text_area": "", "date_input": None, "toggle": False}


class Stopped(Exception):
    """The page said st.stop()."""


@dataclass
class Drawn:
    """What a page drew: HTML, sentences, charts' rows, files to take along."""

    html: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    charts: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    files: dict[str, Callable[[User], bytes]] = field(default_factory=dict)


class Screen:
    """Stands where Streamlit's module, its columns and its containers stand; every fold is open."""

    open = True

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}  # st.session_state: what widgets are set to before they are drawn
        self.drawn = Drawn()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name in WORDS:
            return lambda text="", *_, **__: self.drawn.words.append(str(text))
        if name in PLACES:
            return lambda *_, **__: self
        if name in SILENT:
            return lambda *_, **__: None
        if name in TYPED:
            return lambda *_, value=TYPED[name], **__: value
        raise AttributeError(name)

    def html(self, body: str, **_: Any) -> None:
        self.drawn.html.append(str(body))

    def vega_lite_chart(self, spec: Mapping[str, Any], *, key: str, **_: Any) -> None:
        rows = spec.get("data", {}).get("values", [])
        self.drawn.charts[key] = rows.to_pylist() if isinstance(rows, pa.Table) else rows

    def columns(self, spec: Any, **_: Any) -> list["Screen"]:
        return [self] * (spec if isinstance(spec, int) else len(spec))

    tabs = columns

    def selectbox(self, _label: str, options: Any, *, index: int | None = 0, key: str = "", **_: Any) -> Any:
        options = list(options)
        return self.state.get(key, options[index] if options and index is not None else None)

    radio = selectbox

    def segmented_control(
        self, _label: str, _options: Any, *, default: Any = None, key: str = "", **_: Any
    ) -> Any:
        return self.state.get(key, default)

    def multiselect(self, _label: str, _options: Any, *, key: str = "", **_: Any) -> Any:
        return self.state.get(key, [])

    def checkbox(self, _label: str, *, value: bool = False, key: str = "", **_: Any) -> bool:
        return bool(self.state.get(key, value))

    def number_input(
        self, _label: str, _least: Any = None, _most: Any = None, value: Any = None, **_: Any
    ) -> Any:
        return value

    def stop(self) -> None:
        raise Stopped


NAMES = (
    *("html", "vega_lite_chart", "columns", "tabs", "selectbox", "radio", "segmented_control"),
    *("multiselect", "checkbox", "number_input", "stop"),
)


class Screens:
    """Opens pages as one user."""

    def __init__(self, user: User) -> None:
        self.user = user

    def open(self, page: str, **parameters: str) -> Drawn:
        screen = Screen()
        with self._streamlit(screen, parameters):
            try:
                runpy.run_path(str(ROOT / "pages" / f"{page}.py"))
            except Stopped:
                pass
        return screen.drawn

    @contextmanager
    def _streamlit(self, screen: Screen, parameters: Mapping[str, str]) -> Iterator[None]:
        names = {name: getattr(screen, name) for name in (*NAMES, *WORDS, *PLACES, *SILENT, *TYPED)}
        names |= {"session_state": screen.state, "query_params": dict(parameters), "user": {"sid": "sid"}}

        def offer(_label: str, *, name: str, make: Callable[[User], bytes], **_: Any) -> None:
            screen.drawn.files[name] = make

        visit = Visit(user=self.user, must_enrol=False)
        with (
            mock.patch.multiple(st, **names),
            mock.patch.object(auth, "_visit", lambda: visit),
            mock.patch.object(downloads, "offer", offer),
        ):
            yield
