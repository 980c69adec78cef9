"""For whoever watches the server: does it live (/health/live), can it be used (/health/ready), how is it (/metrics)?"""

import ipaddress
import logging
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner.script_runner import RerunData, ScriptRunner

from db import revision
from portal import logs
from portal.services.administration import watched
from portal.services.administration.watched import RefusedFiles, Watched
from portal.services.context import Portal
from portal.services.refused import DatabaseUnavailable


KEPT_FOR = 2.0  # seconds: whoever asks oftener costs nothing
LEAST_FREE = 50 * 1024 * 1024  # bytes, with which months can still be stored
DATABASE, SCHEMA, DISK = "database", "schema", "disk"  # what may be lacking
PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
STEPS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8)  # seconds

# Of this process, whichever portal it serves.
RERUNS = Histogram(
    "portal_rerun_seconds",
    "Runs of a page, or of a part of one, from its beginning to its end.",
    ["kind"],
    registry=None,
    buckets=STEPS,
)
FAULTS = Counter("portal_faults", "Lines of the log that somebody should read.", registry=None)


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
        lacking = [] if revision.is_current(portal.database) else [SCHEMA]
    except DatabaseUnavailable:
        return [DATABASE]
    return lacking + ([] if _has_room(portal) else [DISK])


def _has_room(portal: Portal) -> bool:
    file = portal.database.engine.url.database
    if not portal.database.is_sqlite or not file or file == ":memory:":
        return True
    return shutil.disk_usage(Path(file).parent).free >= LEAST_FREE


@dataclass(frozen=True, slots=True, eq=False)
class FromDatabase(Collector):
    """The figures that are read when they are asked for; without its database the portal has few of them."""

    readiness: Readiness
    refused: RefusedFiles = field(default_factory=RefusedFiles)

    def collect(self) -> Iterator[Metric]:
        lacking = self.readiness.look()
        yield _gauge("database_reachable", "Whether the database answers.", DATABASE not in lacking)
        yield _gauge("ready", "Whether the portal can be used, as /health/ready says.", not lacking)
        yield _gauge("pages_open", "Open pages in this process.", _count_open_pages())
        if not lacking:
            yield from self._in_order()

    def _in_order(self) -> Iterator[Metric]:
        portal = self.readiness.portal
        try:
            state, refused = watched.look(portal), self.refused.count(portal)
        except DatabaseUnavailable:  # it went in between
            return
        yield from _of_state(state)
        family = CounterMetricFamily(
            "portal_uploads_refused", "Refused files, by the codes of their problems.", labels=["code"]
        )
        for code, count in sorted(refused.items()):
            family.add_metric([code], count)
        yield family


def _of_state(state: Watched) -> Iterator[Metric]:
    yield _gauge("logins", "Logins at the moment.", state.logins)
    yield _gauge("audit_head", "The newest event's number in the event log.", state.audit_head)
    moments = {
        "last_release": ("When a month was released last.", state.last_release),
        "last_backup": ("When `portal backup` was done last.", state.last_backup),
    }
    for name, (what, moment) in moments.items():
        if moment:
            yield _gauge(f"{name}_timestamp_seconds", what, moment.timestamp())


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"portal_{name}", what, value=float(value))


def _count_open_pages() -> int:
    return Runtime.instance()._session_mgr.num_active_sessions() if Runtime.exists() else 0


def registry_of(portal: Portal, readiness: Readiness) -> CollectorRegistry:
    """Return all figures: the process's own, and those that are read from the database."""
    registry = CollectorRegistry()
    for collector in (RERUNS, FAULTS, FromDatabase(readiness)):
        registry.register(collector)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return registry


class CountFaults(logging.Handler):
    """Counts what is logged as an error, wherever it comes from."""

    def emit(self, record: logging.LogRecord) -> None:
        FAULTS.inc()


_run_script = ScriptRunner._run_script


def _measure_run(runner: ScriptRunner, rerun_data: RerunData) -> None:
    kind = "part" if rerun_data.fragment_id_queue else "page"
    with logs.request(), RERUNS.labels(kind).time():
        _run_script(runner, rerun_data)


def bind() -> None:
    """Have Streamlit's runs measured from now on, each with an id in the log, and errors counted."""
    disable_created_metrics()
    for kind in ("page", "part"):  # there from the start, at 0
        RERUNS.labels(kind)
    ScriptRunner._run_script = _measure_run  # type: ignore[method-assign,assignment]
    root = logging.getLogger()
    if not any(isinstance(handler, CountFaults) for handler in root.handlers):
        root.addHandler(CountFaults(logging.ERROR))


def is_from_this_machine(request: Request) -> bool:
    """Tell whether a program here asks by itself: a proxy here passes on what others ask."""
    if request.client is None or any(name in request.headers for name in PASSED_ON):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def routes(portal: Portal) -> list[Route]:
    readiness = Readiness(portal)
    registry = registry_of(portal, readiness)

    async def live(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(_request: Request) -> Response:
        lacking = await run_in_threadpool(readiness.look)
        return JSONResponse({"ready": not lacking, "lacking": list(lacking)}, 503 if lacking else 200)

    async def metrics(request: Request) -> Response:
        if not is_from_this_machine(request):
            return PlainTextResponse("Sidan finns inte.", 404)
        text = await run_in_threadpool(generate_latest, registry)
        return Response(text, headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4})

    return [Route("/health/live", live), Route("/health/ready", ready), Route("/metrics", metrics)]
