"""Streamlit's own files packed once: whoever asks first gets gzip as it comes, the later ones brotli's best from memory.

Packing that hard takes up to 0.7 s of a file, so it is done beside, when the first has its answer.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware


Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PACKED = (".js", ".css")
BEST = 11  # of brotli's levels
IMMUTABLE = "immutable"  # what Streamlit says of a file whose name holds its hash
CONDITIONS = ("range", "if-none-match", "if-modified-since")


@dataclass(frozen=True, slots=True)
class PackedFile:
    start: Message
    body: Message


@dataclass(frozen=True, slots=True)
class PackedFiles:
    """An app whose hashed scripts and styles are kept packed: as many as Streamlit ships, some three hundred."""

    app: App
    files: dict[str, PackedFile] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    packer: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "packing"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        packed = self.files.get(scope["path"]) if _takes_packed(scope) else None
        if packed is None:
            await GZipMiddleware(self._copying)(scope, receive, send)
            return
        await send({**packed.start})
        await send({**packed.body})

    async def _copying(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and have what was answered packed for the next."""
        messages: list[Message] = []

        async def copy(message: Message) -> None:
            messages.append(deepcopy(message))  # which packing for this one changes in place
            await send(message)

        path = scope["path"]
        is_copied = path.endswith(PACKED) and path not in self.begun and scope["method"] == "GET"
        await self.app(scope, receive, copy if is_copied else send)
        if is_copied and _is_whole(messages) and _is_hashed(messages[0]):
            self.begun.add(path)
            self.packer.submit(self._pack, path, messages)

    def _pack(self, path: str, messages: list[Message]) -> None:
        import pyarrow as pa

        start, *parts = messages
        content = b"".join(part.get("body", b"") for part in parts)
        packed = pa.Codec("brotli", BEST).compress(content, asbytes=True)
        headers = MutableHeaders(raw=list(start["headers"]))
        headers["content-encoding"] = "br"
        headers["content-length"] = str(len(packed))
        headers.add_vary_header("Accept-Encoding")
        del headers["etag"]  # of the unpacked file
        body = {"type": "http.response.body", "body": packed}
        self.files[path] = PackedFile({**start, "headers": headers.raw}, body)


def _takes_packed(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    codings = [coding.partition(";")[0].strip() for coding in headers.get("accept-encoding", "").split(",")]
    return scope["method"] == "GET" and "br" in codings and not any(name in headers for name in CONDITIONS)


def _is_whole(messages: list[Message]) -> bool:
    """Whether the answer came to its end: of whoever goes away in the middle it stops where they went."""
    end = messages[-1] if messages else {}
    return end.get("type") == "http.response.body" and not end.get("more_body")


def _is_hashed(start: Message) -> bool:
    return bool(start["status"] == 200) and IMMUTABLE in Headers(raw=start["headers"]).get(
        "cache-control", ""
    )
