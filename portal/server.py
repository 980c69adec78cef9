"""The ASGI application: Streamlit behind our walls, the login's routes, and the hardened options.

One uvicorn worker: Streamlit's sessions and uploads live in the process.
"""

import asyncio
import fcntl
import gc
import importlib
import json
import logging
import pkgutil
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from streamlit import config
from streamlit.starlette import App

from portal import answers, limits, logs, oidc, session_files, sparing, ui, walls, watching
from portal import settings as portal_settings
from portal.api import app as api
from portal.domain.accounts.access import AccessDenied
from portal.services.accounts import login, login_sessions
from portal.services.context import Portal, open_portal
from portal.services.refused import DatabaseUnavailable
from portal.settings import Settings, SettingsFault
from portal.ui.base import refusals, style
from portal.ui.base.context import give_portal
from portal.walls import Walls


SCRIPT = Path(__file__).parent / "ui" / "app.py"
BROWSER = Path(__file__).parent / "browser"
PRELOADED = ("pandas", "altair", "streamlit.elements.vega_charts", "pyarrow")
NOISY = "streamlit.runtime.scriptrunner_utils.script_run_context"
LONGEST_BODY = 4_096
LOOPBACK = ("localhost", "127.0.0.1", "::1")
log = logging.getLogger("portal")


def create_app(portal: Portal, settings: Settings) -> Walls:
    """Return the whole application; raises SettingsFault when a hardened option is not in force."""
    options = hardened_options(settings)
    set_options(options)
    session_files.bind()
    sparing.bind()
    watching.bind()
    give_portal(portal)

    @asynccontextmanager
    async def lifespan(_app: App) -> AsyncIterator[None]:
        check_options(options)
        preload()
        sparing.spread_collections()
        resting = asyncio.create_task(sparing.collect_at_rest())
        yield
        resting.cancel()

    app = App(
        SCRIPT,
        routes=[
            *routes(portal, settings),
            *watching.routes(portal),
            *api.routes(portal, partial(walls.client_address, settings=settings)),
        ],
        secrets=oidc.streamlit_secrets(settings),
        lifespan=lifespan,
        on_script_error=show_error,
        exception_handlers={DatabaseUnavailable: _answer, Exception: _answer},
    )
    check_options(options)
    return Walls(app, portal, settings, walls.security_headers(settings))


def app_from_environment() -> Walls:
    """`uvicorn --factory portal.server:app_from_environment`."""
    settings = portal_settings.load()
    logs.set_up(settings.logs)
    opened = open_portal(settings)
    check_deployment(opened, settings)
    limits.allow_many_files()
    return create_app(opened, settings)


def serve(host: str, port: int, settings: Settings, portal: Portal | None = None) -> None:
    """Serve until interrupted."""
    logs.set_up(settings.logs)
    opened = portal or open_portal(settings)
    check_deployment(opened, settings, host)
    limits.allow_many_files()
    with only_process(opened):
        app = create_app(opened, settings)
        uvicorn.Server(uvicorn_config(app, host, port)).run()


@contextmanager
def only_process(portal: Portal) -> Iterator[None]:
    """Hold the one place at a SQLite file; raises SettingsFault where another process serves it. PostgreSQL: nothing.

    Two processes on one file would wait for each other at every write. The lock goes with the process, however it ends.
    """
    file = portal.database.engine.url.database
    if not portal.database.is_sqlite or not file or file == ":memory:":
        yield
        return
    with Path(f"{file}.serving").open("w") as place:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise SettingsFault(
                f"Another process serves {file}. Stop that one; several need PostgreSQL (PORTAL_DATABASE_URL)."
            ) from fault
        yield


def check_deployment(portal: Portal, settings: Settings, host: str = "127.0.0.1") -> None:
    """Raise SettingsFault where it would be unsafe to serve: a real database without what production needs,
    or a demo, whose passwords are printed, to others than this machine.

    Which of the two it is the database says: no variable turns a real one into a demo.
    """
    if not portal.is_demo:
        settings.check_production()
        return
    for place, is_local in (
        (host, portal_settings.is_loopback(host)),
        (f"PORTAL_BASE_URL={settings.base_url}", portal_settings.is_loopback_url(settings.base_url)),
    ):
        if not is_local:
            raise SettingsFault(f"the demo's accounts are known to all, so it is not served on {place}")


def uvicorn_config(app: Walls, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        workers=1,
        ws="websockets-sansio",
        ws_max_size=int(config.get_option("server.maxMessageSize")) * 1_000_000,
        ws_per_message_deflate=False,
        server_header=False,
        proxy_headers=False,  # nothing here depends on the client's address
        access_log=False,
        log_level="warning",
        log_config=None,  # portal.logs has set them up
        timeout_graceful_shutdown=5,
    )


def hardened_options(settings: Settings) -> dict[str, Any]:
    options = dict(portal_settings.streamlit_options())
    headers = options["server.trustedUserHeaders"]
    # Streamlit parses this one only out of files.
    options["server.trustedUserHeaders"] = json.loads(headers) if isinstance(headers, str) else headers
    options["server.cookieSecret"] = settings.secret_key or secrets.token_urlsafe(48)
    options["server.allowedHosts"] = [*LOOPBACK, *_host_of(settings.base_url)]
    return options


def set_options(options: dict[str, Any]) -> None:
    for name, value in options.items():
        config.set_option(name, value)


def check_options(options: dict[str, Any]) -> None:
    """Raise SettingsFault for an option Streamlit did not take, or took back from another file."""
    wrong = sorted(name for name, value in options.items() if config.get_option(name) != value)
    if wrong:
        raise SettingsFault(f"Streamlit does not follow .streamlit/config.toml in: {', '.join(wrong)}")


def preload() -> None:
    """Import what pages need and keep it out of the garbage collector's sight.

    Streamlit collects garbage after every run: 149 ms with these libraries, 48 ms once they are frozen.
    """
    # The login package declares components it never uses, and Streamlit warns of each.
    logging.getLogger(NOISY).setLevel(logging.ERROR)
    modules = [module.name for module in pkgutil.walk_packages(ui.__path__, f"{ui.__name__}.")]
    for name in [*PRELOADED, *(name for name in modules if not name.endswith(".app"))]:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def show_error(error: Exception) -> bool:
    """Tell the visitor an error id and nothing else; the log has the rest."""
    if isinstance(error, AccessDenied):
        st.warning(str(error))
        return True
    if isinstance(error, DatabaseUnavailable):
        refusals.show_away(error)
        return True
    error_id = refusals.logged(error)
    st.error(
        f"Något gick fel hos oss. Försök igen; händer det på nytt, uppge felkod **{error_id}** till supporten."
    )
    return True


async def _answer(_request: Request, fault: Exception) -> Response:
    return answers.of(fault)


def routes(portal: Portal, settings: Settings) -> list[Route]:
    async def open_session(request: Request) -> Response:
        ticket = await _ticket_of(request)
        # The browser keeps its token; whoever knows one knows only where somebody has logged in before.
        device = walls.token_of(request.headers, walls.device_name(settings)) or secrets.token_urlsafe(32)
        opened = (
            await run_in_threadpool(login.open_session, portal, ticket, device=device) if ticket else None
        )
        if opened is None:
            return JSONResponse({"opened": False}, 403)
        response = JSONResponse({"opened": True})
        response.headers.append("set-cookie", walls.session_cookie(settings, opened[0]))
        response.headers.append("set-cookie", walls.device_cookie(settings, device))
        return response

    async def close_session(request: Request) -> Response:
        if not walls.is_same_origin(request.headers):
            return JSONResponse({"closed": False}, 403)
        token = walls.token_of(request.headers, walls.cookie_name(settings))
        await run_in_threadpool(_close, portal, token)
        response = JSONResponse({"closed": True})
        response.headers.append("set-cookie", walls.session_cookie(settings, "", max_age=0))
        return response

    async def style_sheet(_request: Request) -> Response:
        region = await run_in_threadpool(lambda: portal.region)
        return Response(style.of_region(region), media_type="text/css")

    async def logo(_request: Request) -> Response:
        picture = (await run_in_threadpool(lambda: portal.region)).logo
        if picture is None:
            return PlainTextResponse("Det finns ingen logotyp.", 404)
        return Response(picture.content, media_type=picture.media_type)

    return [
        Route("/session/open", open_session, methods=["POST"]),
        Route("/session/close", close_session, methods=["POST"]),
        Route("/session/client.js", _script("client.js")),
        Route("/session/swedish.js", _script("swedish.js")),
        Route("/session/access.js", _script("access.js")),
        Route("/session/portal.css", style_sheet),
        Route(style.LOGO_PATH, logo),
    ]


async def _ticket_of(request: Request) -> str:
    """Return the ticket of a request from our own page, or nothing."""
    if not walls.is_same_origin(request.headers):
        return ""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_BODY:
                return ""
    except ClientDisconnect:
        return ""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):  # thousands of brackets are a few bytes
        return ""
    ticket = content.get("ticket") if isinstance(content, dict) else None
    return ticket if isinstance(ticket, str) and ticket.isascii() else ""


def _close(portal: Portal, token: str) -> None:
    session = login_sessions.resolve_token(portal, token)
    if session:
        login_sessions.close(portal, session.sid, "logout")


def _script(name: str) -> Any:
    async def script(_request: Request) -> Response:
        return FileResponse(BROWSER / name, media_type="text/javascript")

    return script


def _host_of(base_url: str) -> list[str]:
    host = urlsplit(base_url).hostname
    return [host] if host and host not in LOOPBACK else []
