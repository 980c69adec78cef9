"""Many open pages as cheaply as can be, in a process of its own: what a crowd asks of a server, and little of its machine.

    python -m portal.bench.crowds.tabs '{"pages": [{"url": …, "path": …, "cookie": …}, …], "active": 10, "reruns": 300}'

Opens every page and says "open". At a line it has the active ones rerun, each anew as soon as its run has ended, until
there were so many reruns; then it says how many, and how many seconds they took. It looks into no message but those that end a run.
"""

import json
import secrets
import struct
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from selectors import EVENT_READ, DefaultSelector
from urllib.parse import urlsplit

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from portal.bench.client import COOKIE, RERUN, TIMEOUT, PromptSocket, rerun_message


BINARY, CLOSE, PING, PONG = 0x82, 0x8, 0x9, 0x8A
AT_ONCE = 1 << 18
LONGEST_END = 500  # bytes of a message that ends a run


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A page that is open in some browser."""

    url: str
    path: str
    cookie: str = ""


class CrowdTab:
    """One websocket without a library: it answers pings, asks for runs and sees their ends."""

    def __init__(self, page: OpenPage) -> None:
        self.page, self.page_hash, self.is_open = page, "", False
        self.socket = PromptSocket()
        self.socket.settimeout(TIMEOUT)
        self._received = bytearray()
        self._request = b""

    def open(self) -> None:
        """Connect, and have the page drawn twice, as one that has been open for a while."""
        address = urlsplit(self.page.url)
        self.socket.connect((address.hostname, address.port))
        head = [
            "GET /_stcore/stream HTTP/1.1",
            f"Host: {address.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {b64encode(secrets.token_bytes(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: streamlit",
            f"Origin: {self.page.url}",
            *([f"Cookie: {COOKIE}={self.page.cookie}"] if self.page.cookie else []),
        ]
        self.socket.sendall("\r\n".join([*head, "", ""]).encode())
        while b"\r\n\r\n" not in self._received:
            self._received += self.socket.recv(AT_ONCE)
        answer, _, frames = self._received.partition(b"\r\n\r\n")
        if b" 101 " not in answer.splitlines()[0]:
            raise ConnectionError(answer.decode("utf-8", "replace"))
        self._received = frames
        for _ in range(2):
            self.ask()
            while not self.read():
                pass
        self.is_open = True

    def ask(self) -> None:
        """Ask for a run, as every click does."""
        if not self._request:
            message = rerun_message(self.page.url, self.page.path, self.page_hash)
            self._request = message.SerializeToString()
        self._send(BINARY, self._request)

    def read(self) -> int:
        """Take in what has come; return how many runs it ends."""
        content = self.socket.recv(AT_ONCE)
        if not content:
            raise ConnectionError(f"{self.page.url} closed a page")
        self.received(content)
        return sum(self._ends_run(kind, frame) for kind, frame in self.frames())

    def received(self, content: bytes) -> None:
        self._received += content

    def frames(self) -> Iterator[tuple[int, bytes]]:
        """Take out what has come whole: each frame's kind and content."""
        while len(self._received) >= 2:
            kind, length = self._received[0] & 0x0F, self._received[1]
            start = {126: 4, 127: 10}.get(length, 2)
            if len(self._received) < start:
                return
            if length >= 126:
                (length,) = struct.unpack(">H" if length == 126 else ">Q", self._received[2:start])
            if len(self._received) < start + length:
                return
            yield kind, bytes(self._received[start : start + length])
            del self._received[: start + length]

    def _ends_run(self, kind: int, frame: bytes) -> bool:
        if kind == PING:
            self._send(PONG, frame)
        if kind == CLOSE:
            raise ConnectionError(f"{self.page.url} closed a page")
        if kind != BINARY & 0x0F or (self.is_open and len(frame) > LONGEST_END):
            return False
        message = ForwardMsg.FromString(frame)
        if message.WhichOneof("type") == "navigation":
            self.page_hash, self._request = message.navigation.page_script_hash, b""
        return message.WhichOneof("type") == "script_finished" and message.script_finished != RERUN

    def _send(self, kind: int, content: bytes) -> None:
        """Send a frame with a mask of zeros, which leaves it as it is."""
        length = len(content)
        size = bytes([0x80 | length]) if length < 126 else bytes([0x80 | 126]) + struct.pack(">H", length)
        self.socket.sendall(bytes([kind]) + size + bytes(4) + content)


def rerun(selector: DefaultSelector, active: list[CrowdTab], reruns: int) -> dict[str, float]:
    """Have each of the active pages rerun all the time until there were so many; return how many, and their seconds."""
    start, ended, running = time.perf_counter(), 0, len(active)
    for tab in active:
        tab.ask()
    while running:
        for key, _ in selector.select(TIMEOUT):
            ends = key.data.read()
            ended += ends
            if ends and ended < reruns:
                key.data.ask()
            else:
                running -= ends
    return {"reruns": ended, "seconds": time.perf_counter() - start}


def answer(selector: DefaultSelector, patience: float | None = 0) -> bool:
    """Answer what pings have come; tells whether something else is ready."""
    ready = [key for key, _ in selector.select(patience)]
    for key in ready:
        if key.data:
            key.data.read()
    return any(key.data is None for key in ready)


def wait_for_line(selector: DefaultSelector) -> bool:
    """Wait until somebody writes a line; tells whether there was one."""
    selector.register(sys.stdin, EVENT_READ)
    while not answer(selector, None):
        pass
    selector.unregister(sys.stdin)
    return bool(sys.stdin.readline())


def main() -> None:
    plan = json.loads(sys.argv[1])
    with ExitStack() as stack, DefaultSelector() as selector:
        tabs = [CrowdTab(OpenPage(**page)) for page in plan["pages"]]
        for tab in tabs:
            stack.callback(tab.socket.close)
            tab.open()
            selector.register(tab.socket, EVENT_READ, tab)
            answer(selector)
        print("open", flush=True)
        while wait_for_line(selector):
            print(json.dumps(rerun(selector, tabs[: plan["active"]], plan["reruns"])), flush=True)


if __name__ == "__main__":
    main()
