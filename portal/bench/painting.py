"""The first paint of Översikt in a browser against a page with nothing but a heading, behind the same walls.

From the navigation until the page stands there: what it ends with, every picture, and the script at rest. Cold with an empty
cache, warm with what the first opening left in it. The bytes are those that came over the network, as they were packed.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from portal.bench import pages, servers
from portal.bench.browser import CHROMIUM, launch
from portal.bench.client import COOKIE
from portal.bench.measuring import Effort, Entry, Measurement, Unmeasured
from portal.bench.servers import Server


COLD, WARM, BYTES = 1.3, 1.4, 1_200_000
FIRST = pages.PAGES[0]
LAST = {FIRST.path: "img.trend", "": "h1"}  # what comes last of each page
PATIENCE_MS = 30_000
HEADING_ALONE = 'import streamlit\n\nstreamlit.title("Tom")\n'
STANDS = """
(last) => {
  const isAtRest = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "notRunning"
  const hasPictures = [...document.images].every((picture) => picture.complete)
  return isAtRest && document.querySelector(last) !== null && hasPictures && performance.now()
}
"""


@dataclass(frozen=True, slots=True)
class Paint:
    """How long a page took to stand there, with an empty cache and again, and what came over the network at first."""

    cold_s: float
    warm_s: float
    size: int


def measure(database_url: str, folder: Path, effort: Effort) -> list[Entry]:
    """Return the entries of Översikt's first paint, on a built demo database."""
    if not CHROMIUM.exists():
        return [
            Unmeasured(name=f"paint.{FIRST.path}.{kind}", target=target, why=f"no {CHROMIUM}")
            for kind, target in (("cold", COLD), ("warm", WARM), ("bytes", 1.0))
        ]
    with ExitStack() as stack:
        ours = stack.enter_context(servers.our_server(database_url, folder))
        empty = stack.enter_context(servers.empty_server(database_url, folder, HEADING_ALONE))
        cookie = pages.cookies(database_url, ours)[FIRST.username]
        browser = launch(stack.enter_context(sync_playwright()))
        stack.callback(browser.close)
        paints = [
            (_paint(browser, ours, FIRST.path, cookie), _paint(browser, empty, "", ""))
            for _ in range(1 + effort.paints)
        ]
    return _entries(*zip(*paints[1:], strict=True))  # the servers and the browser had the first to warm up


def _entries(ours: tuple[Paint, ...], empty: tuple[Paint, ...]) -> list[Entry]:
    floor = "a page with a heading alone"
    cold, warm, size = _medians(ours)
    empty_cold, empty_warm, empty_size = _medians(empty)
    return [
        Measurement(
            name=f"paint.{FIRST.path}.cold",
            numerator=cold,
            floor=empty_cold,
            target=COLD,
            extra={"floor": f"{floor}, with an empty cache"},
        ),
        Measurement(
            name=f"paint.{FIRST.path}.warm",
            numerator=warm,
            floor=empty_warm,
            target=WARM,
            extra={"floor": f"{floor}, opened again"},
        ),
        Measurement(
            name=f"paint.{FIRST.path}.bytes",
            numerator=size,
            floor=BYTES,
            target=1.0,
            is_time=False,
            extra={"floor": f"{BYTES} bytes", "empty_bytes": empty_size},
        ),
    ]


def _medians(paints: tuple[Paint, ...]) -> tuple[float, float, float]:
    return (
        median(paint.cold_s for paint in paints),
        median(paint.warm_s for paint in paints),
        median(paint.size for paint in paints),
    )


def _paint(browser: Browser, server: Server, path: str, cookie: str) -> Paint:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        if cookie:
            context.add_cookies([{"name": COOKIE, "value": cookie, "url": server.url}])
        cold_s, size = _open(context, server, path)
        warm_s, _ = _open(context, server, path)
        return Paint(cold_s, warm_s, size)
    finally:
        context.close()


def _open(context: BrowserContext, server: Server, path: str) -> tuple[float, int]:
    """Open the page in a tab of its own; return when it stood there, and the bytes that came for it."""
    page = context.new_page()
    sizes = _sizes(page)
    page.goto(f"{server.url}/{path}", wait_until="commit")
    stood = page.wait_for_function(STANDS, arg=LAST[path], polling="raf", timeout=PATIENCE_MS).json_value()
    page.close()
    return stood / 1000, sum(sizes)


def _sizes(page: Page) -> list[int]:
    """Note what comes over the network: files as they were packed, and the frames of the websocket."""
    sizes: list[int] = []
    network = page.context.new_cdp_session(page)
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    network.on("Network.webSocketFrameReceived", lambda event: sizes.append(_frame_size(event)))
    network.send("Network.enable")
    return sizes


def _frame_size(event: Mapping[str, Any]) -> int:
    """Return a frame's bytes; the browser hands binary ones out as base64."""
    return len(event["response"]["payloadData"]) * 3 // 4
