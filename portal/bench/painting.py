"""The first paint of Översikt in a browser against a page with nothing but a heading, behind the same walls.

From the navigation until the page stands there: what it ends with, every picture, and the script at rest. Cold with an empty
cache, warm with what the first opening left in it. The bytes are those that came over the network, as they were packed.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import TimeoutError as NothingCame

from portal.bench import pages, servers
from portal.bench.browser import CHROMIUM, launch
from portal.bench.client import COOKIE
from portal.bench.measuring import BenchFault, Effort, Entry, Measurement, Unmeasured
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
    """How long a page took to stand there, with an empty cache and again."""

    cold_s: float
    warm_s: float


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
        tabs = Tab(browser, ours, FIRST.path, cookie), Tab(browser, empty, "", "")
        paints = [[tab.paint() for tab in tabs] for _ in range(1 + effort.paints)]
        ours_size, empty_size = (tab.size() for tab in tabs)  # the servers have packed their files by then
    of_ours, of_empty = zip(*paints[1:], strict=True)  # the servers and the browser had the first to warm up
    return [*_times(of_ours, of_empty), _bytes(ours_size, empty_size)]


def _times(ours: Sequence[Paint], empty: Sequence[Paint]) -> list[Measurement]:
    floor = "a page with a heading alone"
    cold, warm = _medians(ours)
    empty_cold, empty_warm = _medians(empty)
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
    ]


def _bytes(ours: int, empty: int) -> Measurement:
    return Measurement(
        name=f"paint.{FIRST.path}.bytes",
        numerator=ours,
        floor=BYTES,
        target=1.0,
        is_time=False,
        extra={"floor": f"{BYTES} bytes", "empty_bytes": empty},
    )


def _medians(paints: Sequence[Paint]) -> tuple[float, float]:
    return median(paint.cold_s for paint in paints), median(paint.warm_s for paint in paints)


@dataclass(frozen=True, slots=True)
class Tab:
    """Where a page is opened, each time in a tab of its own."""

    browser: Browser
    server: Server
    path: str
    cookie: str

    def paint(self) -> Paint:
        with self._context() as context:
            with context.new_page() as first:
                cold_s = self._open(first)
            return Paint(cold_s, self._open(context.new_page()))

    def size(self) -> int:
        """Return the bytes that come over the network: files as they were packed, and the frames of the websocket."""
        sizes: list[int] = []
        with self._context() as context:
            page = context.new_page()
            network = context.new_cdp_session(page)
            network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
            network.on("Network.webSocketFrameReceived", lambda event: sizes.append(_frame_size(event)))
            network.send("Network.enable")
            self._open(page)
            page.wait_for_load_state("networkidle")  # letters come after what they write
        return sum(sizes)

    def _context(self) -> BrowserContext:
        context = self.browser.new_context(viewport={"width": 1440, "height": 900})
        if self.cookie:
            context.add_cookies([{"name": COOKIE, "value": self.cookie, "url": self.server.url}])
        return context

    def _open(self, page: Page) -> float:
        """Open the page, and return the seconds until it stood there."""
        page.goto(f"{self.server.url}/{self.path}", wait_until="commit")
        try:
            stood = page.wait_for_function(STANDS, arg=LAST[self.path], polling="raf", timeout=PATIENCE_MS)
        except NothingCame as fault:
            raise BenchFault(f"/{self.path} is not drawn in a browser: {page.title()}") from fault
        return float(stood.json_value()) / 1000


def _frame_size(event: Mapping[str, Any]) -> int:
    """Return a frame's bytes; the browser hands binary ones out as base64."""
    return len(event["response"]["payloadData"]) * 3 // 4
