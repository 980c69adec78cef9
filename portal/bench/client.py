"""A bare websocket client for Streamlit: what a browser without a screen, or an attacker, sees.

with StreamlitClient(base_url, cookie=token) as client:
    run = client.run("oversikt")
    assert run.holds("BUP Falun")
    client.run(press="Logga ut")
"""

import socket
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect


COOKIE = "portal_session"
TIMEOUT = 30
RERUN = ForwardMsg.FINISHED_EARLY_FOR_RERUN
QUICKACK = getattr(socket, "TCP_QUICKACK", None)  # Linux only


class PromptSocket(socket.socket):
    """Acknowledges at once what it receives.

    `streamlit run` does not set TCP_NODELAY: a client that waits with its acknowledgements, as
    Linux does, adds 40 ms to each rerun there, and a bench would call that Streamlit's own time.
    """

    def recv(self, *arguments: Any) -> bytes:
        received = super().recv(*arguments)
        if QUICKACK is not None:
            self.setsockopt(socket.IPPROTO_TCP, QUICKACK, 1)
        return received


@dataclass(frozen=True)
class Run:
    """One run of the script: the frames as they came, and read."""

    frames: list[bytes]

    @property
    def messages(self) -> list[ForwardMsg]:
        return [ForwardMsg.FromString(frame) for frame in self.frames]

    @property
    def size(self) -> int:
        return sum(len(frame) for frame in self.frames)

    def holds(self, text: str) -> bool:
        """Tell whether the text stands anywhere in what was sent (protobuf keeps UTF-8 as it is)."""
        return any(text.encode() in frame for frame in self.frames)

    @property
    def elements(self) -> list[Any]:
        return [
            message.delta.new_element
            for message in self.messages
            if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element"
        ]

    @property
    def headings(self) -> list[str]:
        return [element.heading.body for element in self.elements if element.WhichOneof("type") == "heading"]

    @property
    def session_id(self) -> str:
        """Streamlit's own session id: not a login."""
        for message in self.messages:
            if message.WhichOneof("type") == "new_session":
                return message.new_session.initialize.session_id
        raise AssertionError("no new_session message")

    def widget_id(self, label: str) -> str:
        for element in self.elements:
            kind = element.WhichOneof("type")
            if kind and getattr(getattr(element, kind), "label", None) == label:
                return getattr(element, kind).id
        raise AssertionError(f"no widget labelled {label!r}")


class StreamlitClient:
    """One websocket: a tab. `session_id` asks to resume another's Streamlit session."""

    def __init__(
        self,
        base_url: str,
        *,
        cookie: str | None = None,
        session_id: str | None = None,
        origin: str | None = "",
        headers: dict[str, str] | None = None,
        cookie_name: str = COOKIE,
    ) -> None:
        self.base_url = base_url
        protocols = ["streamlit", "PLACEHOLDER", session_id] if session_id else ["streamlit"]
        sent = dict(headers or {})
        if cookie:
            sent["Cookie"] = f"{cookie_name}={cookie}"
        self.stack = ExitStack()
        address = urlsplit(base_url)
        plain = PromptSocket()
        self.stack.callback(plain.close)
        plain.settimeout(TIMEOUT)
        plain.connect((address.hostname, address.port))
        opened = connect(
            f"ws://{address.netloc}/_stcore/stream",
            sock=plain,
            origin=base_url if origin == "" else origin,  # type: ignore[arg-type]
            subprotocols=protocols,  # type: ignore[arg-type]
            additional_headers=sent,
            max_size=None,
            compression=None,
            open_timeout=TIMEOUT,
        )
        self.socket = self.stack.enter_context(opened)
        self.page = ""
        self.query = ""
        self.page_hash = ""
        self.widgets: dict[str, WidgetState] = {}
        self.last: Run | None = None

    def run(
        self,
        page: str | None = None,
        *,
        query: str | None = None,
        fill: dict[str, str] | None = None,
        press: str | None = None,
        states: list[WidgetState] | None = None,
    ) -> Run:
        """Run the script, on `page` if given, after typing into fields and pressing a button by label."""
        if page is not None:
            self.page, self.page_hash, self.widgets = page, "", {}
        if query is not None:
            self.query = query
        for label, text in (fill or {}).items():
            widget_id = self._known.widget_id(label)
            self.widgets[widget_id] = WidgetState(id=widget_id, string_value=text)
        sent = [*self.widgets.values(), *(states or [])]
        if press:
            sent.append(WidgetState(id=self._known.widget_id(press), trigger_value=True))
        self.socket.send(self._rerun(sent).SerializeToString())
        self.last = self.collect()
        return self.last

    def collect(self) -> Run:
        """Read until the script has finished, following st.rerun and st.switch_page."""
        frames: list[bytes] = []
        while True:
            frame = self.socket.recv(timeout=TIMEOUT, decode=False)
            assert isinstance(frame, bytes)
            frames.append(frame)
            message = ForwardMsg.FromString(frame)
            if message.WhichOneof("type") == "navigation":  # new_session still says the entry script
                self.page_hash = message.navigation.page_script_hash
            if message.WhichOneof("type") == "script_finished" and message.script_finished != RERUN:
                return Run(frames)

    def close(self) -> None:
        self.stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _known(self) -> Run:
        assert self.last, "run the page before touching its widgets"
        return self.last

    def _rerun(self, states: list[WidgetState]) -> BackMsg:
        message = rerun_message(self.base_url, self.page, self.page_hash)
        message.rerun_script.query_string = self.query
        message.rerun_script.widget_states.widgets.extend(states)
        return message


def rerun_message(base_url: str, page: str, page_hash: str) -> BackMsg:
    """Return what a browser sends to have the page run."""
    message = BackMsg()
    client = message.rerun_script
    client.page_name = page
    client.page_script_hash = page_hash
    client.context_info.url = f"{base_url}/{page}"
    client.context_info.locale = "sv-SE"
    client.context_info.timezone = "Europe/Stockholm"
    return message
