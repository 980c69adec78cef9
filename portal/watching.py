"""For whoever watches the server: does it live (/health/live), and can it be used (/health/ready)?"""

import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from db import migrate
from portal.services.context import Portal
from portal.services.refused import DatabaseUnavailable


KEPT_FOR = 2.0  # seconds: whoever asks oftener costs nothing
LEAST_FREE = 50 * 1024 * 1024  # bytes, with which months can still be stored


@dataclass(slots=True)
class Readiness:
    """What the portal lacks to be used, by a word for each: looked at when asked, kept for a moment."""

    portal: Portal
    lacking: tuple[str, ...] = ()
    until: float = field(default=0.0)

    def look(self) -> tuple[str, ...]:
        if time.monotonic() >= self.until:
            self.lacking = tuple(_lacking(self.portal))
            self.until = time.monotonic() + KEPT_FOR
        return self.lacking


def _lacking(portal: Portal) -> list[str]:
    try:
        lacking = [] if migrate.is_current(portal.database) else ["schema"]
    except DatabaseUnavailable:
        return ["database"]
    return lacking + ([] if _has_room(portal) else ["disk"])


def _has_room(portal: Portal) -> bool:
    file = portal.database.engine.url.database
    if not portal.database.is_sqlite or not file or file == ":memory:":
        return True
    return shutil.disk_usage(Path(file).parent).free >= LEAST_FREE


def routes(portal: Portal) -> list[Route]:
    readiness = Readiness(portal)

    async def live(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(_request: Request) -> Response:
        lacking = await run_in_threadpool(readiness.look)
        return JSONResponse({"ready": not lacking, "lacking": list(lacking)}, 503 if lacking else 200)

    return [Route("/health/live", live), Route("/health/ready", ready)]
