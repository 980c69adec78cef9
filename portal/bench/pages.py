"""Reruns of the pages over the websocket against a stock page and an empty one, and the server's start."""

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from db.engine import Database
from portal.bench import logins, servers
from portal.bench.client import StreamlitClient
from portal.bench.measuring import BenchFault, Effort, Measurement, medians
from portal.bench.servers import Server
from portal.demo.build import list_accounts
from portal.services.context import Portal


STOCK_TARGET, EMPTY_TARGET = 0.3, 10.0
START_TARGET_S = 5.0
LOGGED_IN, BROKEN = "Logga ut", "Något gick fel"


@dataclass(frozen=True, slots=True)
class MeasuredPage:
    path: str
    username: str
    heading: str


PAGES = (
    MeasuredPage("oversikt", "mora", "BUP Mora"),
    MeasuredPage("indikator", "mora", "– BUP Mora"),
    MeasuredPage("laget", "region", "Läget"),
    MeasuredPage("mottagningar", "region", "Mottagningar"),
    MeasuredPage("koer", "region", "Köer"),
    MeasuredPage("arsuppfoljning", "region", "Årsuppföljning"),
)


USERNAMES = frozenset(page.username for page in PAGES)


def measure(database_url: str, folder: Path, effort: Effort) -> list[Measurement]:
    """Return the entries of every page and of the server's start, on a built demo database."""
    with ExitStack() as stack:
        ours = stack.enter_context(servers.our_server(database_url, folder))
        empty = stack.enter_context(servers.empty_server(database_url, folder))
        stock = stack.enter_context(servers.stock_server(folder))
        tabs = _tabs(stack, database_url, ours)
        floors = {"empty": _tab(stack, empty, ""), "stock": _tab(stack, stock, "")}
        times = medians(tabs | floors, repetitions=effort.reruns)
        log_in = partial(cookies, database_url, ours, {logins.SOMEBODY})
        after_login = logins.measure(ours, tabs.values(), log_in, effort)
    starts = [ours.start_s, *(_start(database_url, folder) for _ in range(effort.starts - 1))]
    return [*_against_floors(times), after_login, _start_entry(median(starts))]


def cookies(database_url: str, server: Server, usernames: Collection[str] = USERNAMES) -> dict[str, str]:
    """Log in whoever opens one of the pages, or others, and return their cookies."""
    portal = Portal(database=Database(database_url))
    try:
        return {
            account.username: servers.log_in(portal, server, account.username, account.password)
            for account in list_accounts()
            if account.username in usernames
        }
    finally:
        portal.database.engine.dispose()


def _tabs(stack: ExitStack, database_url: str, server: Server) -> dict[str, Callable[[], object]]:
    """Open a tab for each page and see that it shows what it should; returns what reruns it."""
    of_users = cookies(database_url, server)
    return {
        page.path: _tab(stack, server, page.path, cookie=of_users[page.username], heading=page.heading)
        for page in PAGES
    }


def _tab(
    stack: ExitStack, server: Server, path: str, *, cookie: str | None = None, heading: str = ""
) -> Callable[[], object]:
    tab = stack.enter_context(StreamlitClient(server.url, cookie=cookie))
    tab.run(path)
    rerun = tab.run()  # an open session's rerun, as every click is
    if cookie and not (rerun.holds(LOGGED_IN) and rerun.holds(heading) and not rerun.holds(BROKEN)):
        raise BenchFault(f"/{path} does not show its page: {rerun.headings}")
    return tab.run


def _start(database_url: str, folder: Path) -> float:
    with servers.our_server(database_url, folder) as server:
        return server.start_s


def _against_floors(times: Mapping[str, float]) -> list[Measurement]:
    against = {"": ("stock", STOCK_TARGET), ".vs_empty": ("empty", EMPTY_TARGET)}
    return [
        Measurement(
            name=f"rerun.{page.path}{ending}",
            numerator=times[page.path],
            floor=times[floor],
            target=target,
            extra={"floor": floor},
        )
        for ending, (floor, target) in against.items()
        for page in PAGES
    ]


def _start_entry(start_s: float) -> Measurement:
    return Measurement(
        name="health.start",
        numerator=start_s,
        floor=START_TARGET_S,
        target=1.0,
        extra={"floor": f"{START_TARGET_S:g} s"},
    )
