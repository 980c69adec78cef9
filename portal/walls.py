"""What stands between the network and Streamlit: identity, closed doors, headers, Swedish html.

Outermost of all, so that errors of the server carry the headers too.
"""

import base64
import hashlib
import logging
import re
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from pathlib import Path
from urllib.parse import quote, urlsplit

import streamlit
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from streamlit.proto.BackMsg_pb2 import BackMsg

from portal import answers, logs, oidc, session_files
from portal.domain.accounts.networks import network_of
from portal.limits import (
    DOWNLOADS,
    SOCKETS_OF_ADDRESS,
    SOCKETS_OF_LOGIN,
    SOCKETS_OF_STRANGERS,
    STRANGERS,
    UPLOADS,
    Limiter,
    Sockets,
)
from portal.packing import App, Message, PackedFiles, Receive, Scope, Send
from portal.services.accounts import login_sessions
from portal.services.accounts.login_sessions import Session
from portal.services.accounts.throttle import DEVICE_LIVES
from portal.services.context import Portal
from portal.services.refused import DatabaseUnavailable
from portal.settings import Settings


log = logging.getLogger("portal")
POLICY_VIOLATION, PROTOCOL_ERROR, TRY_AGAIN_LATER = 1008, 1002, 1013
LOOPBACK = ("127.0.0.1", "::1", "testclient")
LONGEST_HEADER = 200
PREFIX = b"x-portal-"
ADDRESS_HEADER, DEVICE_HEADER = "x-portal-address", "x-portal-device"
UPLOAD = "/_stcore/upload_file"
NEEDS_LOGIN = (UPLOAD, "/media")
CLOSED = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check", "/auth", "/oauth2callback")
API = "/api/"
NOT_PAGES = ("/media", "/_stcore/", "/component/", "/session/", "/health/", "/metrics", API)
MOVED = {"/karta": "/mottagningar?visa=kommuner"}  # pages that are a view of another now: old bookmarks
INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
STRAY_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
NO_SCRIPT = re.compile(rb"<noscript>.*?</noscript>", re.DOTALL)
STREAMLITS_SCRIPT = b'<script type="module"'
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def cookie_name(settings: Settings) -> str:
    """Return the cookie's name; `__Host-` lets no other host or path set it, but needs https."""
    return "__Host-portal" if settings.uses_https else "portal_session"


def device_name(settings: Settings) -> str:
    """Return the name of the cookie by which a browser is known again; it opens nothing."""
    return "__Host-portal-device" if settings.uses_https else "portal_device"


def client_address(scope: Scope, settings: Settings) -> str:
    """Return the client's own address, or nothing where only a proxy's is known.

    X-Forwarded-For is believed from the configured proxies alone, and of it the last address that is
    none of them: what stands before that the client may have written itself.
    """
    peer = (scope.get("client") or ("", 0))[0]
    if peer in settings.proxies:
        passed = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
        named = [part.strip() for part in passed if part.strip() and part.strip() not in settings.proxies]
        return named[-1] if named else ""
    return "" if peer in LOOPBACK else peer


def session_cookie(settings: Settings, token: str, max_age: int | None = None) -> str:
    """Return the Set-Cookie of a login, or with max_age=0 of its end. It goes when the browser is closed."""
    return _cookie(settings, cookie_name(settings), token, max_age)


def device_cookie(settings: Settings, token: str) -> str:
    """Return the Set-Cookie by which the browser is known again at its next login."""
    return _cookie(settings, device_name(settings), token, int(DEVICE_LIVES.total_seconds()))


def _cookie(settings: Settings, name: str, value: str, max_age: int | None) -> str:
    carrier = Response()
    carrier.set_cookie(
        name,
        value,
        max_age=max_age,
        path="/",
        httponly=True,
        secure=settings.uses_https,
        samesite="strict",
    )
    return carrier.headers["set-cookie"]


def is_same_origin(headers: Headers) -> bool:
    """Tell whether a browser sent this from one of our own pages. No Origin is no."""
    origin, host = headers.get("origin", ""), headers.get("host", "")
    return bool(host) and urlsplit(origin).netloc.lower() == host.lower()


def token_of(headers: Headers, name: str) -> str:
    return cookie_parser("; ".join(headers.getlist("cookie"))).get(name, "")


@dataclass(frozen=True, slots=True)
class Walls:
    """ASGI middleware for http and websockets."""

    app: App
    portal: Portal
    settings: Settings
    headers: tuple[tuple[str, str], ...]
    uploads: Limiter = field(default_factory=lambda: Limiter(UPLOADS))
    downloads: Limiter = field(default_factory=lambda: Limiter(DOWNLOADS))
    sockets: Sockets = field(default_factory=Sockets)
    bundles: PackedFiles = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "bundles", PackedFiles(self.app))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answering = {"websocket": self._websocket, "http": self._http}.get(scope["type"])
        if answering is None:
            await self.app(scope, receive, send)
            return
        with logs.request():
            await answering(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Streamlit takes a handshake without Origin; then any program with a stolen cookie may speak.
        if not is_same_origin(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        try:
            session = await self._session(scope)
        except DatabaseUnavailable as fault:  # the page tries again by itself
            log.error("a page could not be opened: %s", fault)
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
            return
        with self.sockets.place(self._limits_of(scope, session)) as has_place:
            if not has_place:
                await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
                return
            identified = self._with_place(self._identified(scope, session))
            await self.app(identified, partial(_sound_message, receive), send)

    def _limits_of(self, scope: Scope, session: Session | None) -> dict[str, int]:
        """Return under which keys an open socket counts, and how many each may have."""
        if session:
            return {f"login {session.username}": SOCKETS_OF_LOGIN}
        address = f"address {network_of(client_address(scope, self.settings))}"
        return {address: SOCKETS_OF_ADDRESS, STRANGERS: SOCKETS_OF_STRANGERS}

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if not path.isprintable():
            await PlainTextResponse("Sidan finns inte.", 404)(scope, receive, send)
            return
        answer = _with_headers(send, self.headers, _private_headers(path))
        if self.settings.uses_oidc and path in (oidc.LOGIN, oidc.CALLBACK):
            await self._identity_provider(scope, receive, answer)
        elif _is_below(path, CLOSED):
            await PlainTextResponse("Sidan finns inte.", 404)(scope, receive, answer)
        elif _is_below(path, NEEDS_LOGIN):
            await self._for_users(scope, receive, answer)
        elif path.startswith("/static/"):
            await self.bundles(self._identified(scope, None), receive, answer)
        elif path.startswith(NOT_PAGES):
            await self.app(self._identified(scope, None), receive, answer)
        elif _is_no_page(scope) and _is_opened(scope):
            await RedirectResponse(_page_of(scope), 303)(scope, receive, answer)
        else:
            page = self._identified(scope, None)
            await self.app(_unconditional(page), receive, SwedishHtml(answer))

    async def _for_users(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            session = await self._session(scope)
        except DatabaseUnavailable as fault:
            await answers.of(fault)(scope, receive, send)
            return
        if session is None:
            await PlainTextResponse("Logga in först.", 401)(scope, receive, send)
            return
        if not session_files.may_reach(scope["path"], session.sid):
            log.warning("login session %s asked for another one's file", session.sid)
            await PlainTextResponse("Filen finns inte.", 404)(scope, receive, send)
            return
        limiter = self.uploads if scope["path"].startswith(UPLOAD) else self.downloads
        if seconds := limiter.wait(session.sid):
            await self._refuse_for_now(session, seconds)(scope, receive, send)
        else:
            await self.app(self._identified(scope, session), receive, send)

    def _refuse_for_now(self, session: Session, seconds: float) -> Response:
        log.warning("login session %s has to wait %.0f s: too much in a short time", session.sid, seconds)
        return PlainTextResponse(
            "För mycket på kort tid. Vänta en stund.", 429, headers={"retry-after": str(ceil(seconds))}
        )

    async def _identity_provider(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == oidc.CALLBACK:
            send = oidc.Callback(send, self.portal, self.settings, partial(session_cookie, self.settings))
        await self.app(self._identified(scope, None), receive, send)

    async def _session(self, scope: Scope) -> Session | None:
        token = token_of(Headers(scope=scope), cookie_name(self.settings))
        return await run_in_threadpool(login_sessions.resolve_token, self.portal, token) if token else None

    def _identified(self, scope: Scope, session: Session | None) -> Scope:
        """Return the request with our word on who it is; what the client claimed is dropped."""
        headers = [
            (name, _without_streamlits(value) if name.lower() == b"cookie" else value)
            for name, value in scope["headers"]
            if not name.lower().startswith(PREFIX)
        ]
        if session:
            headers.append((b"x-portal-user", session.username.encode("latin-1")))
            headers.append((b"x-portal-sid", session.sid.encode("latin-1")))
        return {**scope, "headers": headers}

    def _with_place(self, scope: Scope) -> Scope:
        """Tell the script where its visitor comes from, for the login's throttle."""
        device = token_of(Headers(scope=scope), device_name(self.settings))
        place = {ADDRESS_HEADER: client_address(scope, self.settings), DEVICE_HEADER: device}
        added = [
            (name.encode(), value[:LONGEST_HEADER].encode("latin-1", "ignore"))
            for name, value in place.items()
        ]
        return {**scope, "headers": [*scope["headers"], *added]}


class SwedishHtml:
    """Gathers an html answer, says it is Swedish, names the portal, and adds our translations."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self.start = message
        elif self.start is None:
            await self.send(message)
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self.start)

    async def _finish(self, start: Message) -> None:
        body = swedish(self.body)
        headers = MutableHeaders(raw=start["headers"])
        headers["content-length"] = str(len(body))
        for name in ("etag", "last-modified"):
            del headers[name]
        await self.send(start)
        await self.send({"type": "http.response.body", "body": body})


def swedish(page: bytes) -> bytes:
    """Return Streamlit's index.html as ours."""
    page = page.replace(b'<html lang="en"', b'<html lang="sv"')
    page = page.replace(b"<title>Streamlit</title>", "<title>Vårdval BUP</title>".encode())
    page = page.replace(b'<link rel="service-desc" href="./_stcore/agent/openapi.json" />', b"")
    page = NO_SCRIPT.sub("<noscript>Portalen behöver JavaScript.</noscript>".encode(), page)
    ours = b"".join(
        b'<script src="/session/%s.js" defer></script>' % name for name in (b"swedish", b"access")
    )
    sheet = b'<link rel="stylesheet" href="/session/portal.css">'
    # Deferred scripts run in their order: ours first, so that they see Streamlit's connection from the start.
    page = page.replace(STREAMLITS_SCRIPT, ours + STREAMLITS_SCRIPT, 1)
    return page.replace(b"</head>", sheet + b"</head>")


def security_headers(settings: Settings) -> tuple[tuple[str, str], ...]:
    headers = [
        ("content-security-policy", content_security_policy()),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ]
    if settings.uses_https:
        headers.append(("strict-transport-security", "max-age=31536000; includeSubDomains"))
    return tuple(headers)


def content_security_policy() -> str:
    """Only what we serve ourselves; of inline scripts only those in the installed index.html."""
    hashes = " ".join(
        f"'sha256-{_sha256(script)}'" for script in INLINE_SCRIPT.findall(INDEX.read_text("utf-8"))
    )
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' {hashes}".strip(),
            "style-src 'self' 'unsafe-inline'",  # Streamlit's styles are made in the browser
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "frame-src 'none'",
            "frame-ancestors 'none'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        ]
    )


def _sha256(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


async def _sound_message(receive: Receive) -> Message:
    """Receive a message of Streamlit's; anything else ends the socket, with one line in the log."""
    message = await receive()
    if message["type"] != "websocket.receive" or _is_sound(message.get("bytes")):
        return message
    log.warning("a websocket sent what is no message, and was closed")
    return {"type": "websocket.disconnect", "code": PROTOCOL_ERROR}


def _is_sound(content: bytes | None) -> bool:
    try:
        return content is not None and BackMsg().ParseFromString(content) >= 0
    except DecodeError:
        return False


def _without_streamlits(cookie: bytes) -> bytes:
    return oidc.without_streamlits(cookie.decode("latin-1")).encode("latin-1")


def _is_below(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _is_opened(scope: Scope) -> bool:
    """Tell whether a person opens the address; Streamlit's own script tries folders for the server's."""
    return "text/html" in Headers(scope=scope).get("accept", "")


def _is_no_page(scope: Scope) -> bool:
    """Tell whether the address has moved, lies below a page, or can't be decoded: the browser would show a white page."""
    path = scope["path"]
    return path in MOVED or (path.rfind("/") > 0 and "/_stcore/" not in path) or _is_garbled(scope)


def _is_garbled(scope: Scope) -> bool:
    return "\ufffd" in scope["path"] or bool(STRAY_PERCENT.search(scope["raw_path"]))


def _page_of(scope: Scope) -> str:
    """Return the address of the page that an address below it begins with: a page's files lie beside it."""
    if _is_garbled(scope):
        return "/"
    if scope["path"] in MOVED:
        return MOVED[scope["path"]]
    name = quote(scope["path"].strip("/").partition("/")[0], safe="")
    query = scope["query_string"].decode("latin-1")
    return f"/{name}?{query}" if query else f"/{name}"


def _is_html(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type", "").startswith("text/html")


def _private_headers(path: str) -> tuple[tuple[str, str], ...]:
    """Nothing but Streamlit's own bundles may stay in a cache; what a program keeps it asks about each time."""
    if path.startswith(API):
        return (("cache-control", "private, no-cache"),)
    return () if path.startswith("/static/") else (("cache-control", "no-store"),)


def _unconditional(scope: Scope) -> Scope:
    """Ask for the whole page, unpacked: it is changed on its way out."""
    dropped = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0].lower() not in dropped]}


def _with_headers(send: Send, *groups: tuple[tuple[str, str], ...]) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message.get("headers", [])))
            for name, value in (pair for group in groups for pair in group):
                headers[name] = value
            message = {**message, "headers": headers.raw}
        await send(message)

    return answer
