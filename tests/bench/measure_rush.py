"""How long a page takes while every clinic sends its month in the same second and twenty others click:

    python -m tests.bench.measure_rush

Eleven clinics of the demo look at a file and press Skicka in at once; twenty people open a page each second meanwhile.
Prints the slowest send and the slowest page, and the slowest page without the sends. Exit code 1 where something took
two seconds or a month is not stored. Half a minute.
"""

import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from threading import Barrier, Event, Thread

from streamlit.proto.Common_pb2 import FileUploaderState
from streamlit.proto.WidgetStates_pb2 import WidgetState

from db.engine import Database
from portal.bench.client import Run, StreamlitClient
from portal.bench.run import build_demo
from portal.demo import months
from portal.demo.build import REVIEWER, DemoAccount, list_accounts, long_file
from portal.domain.accounts.access import Role
from portal.domain.registry.months import Month
from portal.services.context import Portal
from portal.services.review import reviews
from tests.conftest import log_in
from tests.server.conftest import Server, start_server, stop_server


TODAY, MONTH = "2025-03-05", Month(2025, 2)
CLICKERS, SECONDS, PAUSE = 20, 6.0, 1.0
SLOWEST = 2.0
PAGES = {
    Role.CLINIC: ("oversikt", "indikator", "inlamningar", "rapportera"),
    Role.REGION: ("laget", "mottagningar", "koer", "granska", "arsuppfoljning"),
}
WHY = ("Varför stämmer värdet?", "Varför stämmer värdena?")


@dataclass
class Rush:
    """What took how long: from each press until its page stood there."""

    thanked: list[bool] = field(default_factory=list)
    sends: list[float] = field(default_factory=list)
    pages: list[tuple[float, float]] = field(default_factory=list)  # when it was asked for, and its time

    def times(self, since: float, until: float) -> list[float]:
        """Return how long the pages took that were being drawn then."""
        return sorted(seconds for asked, seconds in self.pages if asked < until and asked + seconds > since)


def look_at_file(server: Server, token: str, clinic: str, tab: StreamlitClient) -> Run:
    """Choose the month's file on Rapportera, as a browser does, and wait for its preview."""
    answers = months.months()[clinic]
    content = long_file(clinic, MONTH, answers[max(answers)])
    run = tab.run("rapportera", query=f"manad={MONTH}&satt-{clinic}-{MONTH}=fil")
    uploader = next(e.file_uploader for e in run.elements if e.WhichOneof("type") == "file_uploader")
    address = f"/_stcore/upload_file/{run.session_id}/one"
    with server.http(token) as http:
        sent = {"X-Xsrftoken": http.get("/_stcore/health").cookies["_streamlit_xsrf"]}
        assert http.put(address, files={"file": ("a.csv", content)}, headers=sent).status_code == 204
    state = FileUploaderState()
    info = state.uploaded_file_info.add(file_id="one", name="a.csv", size=len(content))
    info.file_urls.file_id, info.file_urls.upload_url, info.file_urls.delete_url = "one", address, address
    tab.widgets[uploader.id] = WidgetState(id=uploader.id, file_uploader_state_value=state)
    return tab.run()


def send(preview: Run, tab: StreamlitClient, together: Barrier, rush: Rush) -> None:
    notes = {label: "Så var det i februari." for label in WHY if preview.holds(label)}
    together.wait()
    start = time.monotonic()
    run = tab.run(fill=notes, press="Skicka in")
    rush.sends.append(time.monotonic() - start)
    rush.thanked.append(run.holds("Tack! Februari 2025"))


def click(tab: StreamlitClient, role: Role, first: int, is_over: Event, rush: Rush) -> None:
    """Open a page each second, the next one each time."""
    pages = islice(cycle(PAGES[role]), first, None)
    is_over.wait(PAUSE * first / CLICKERS)  # people don't click in step
    while not is_over.is_set():
        start = time.monotonic()
        tab.run(next(pages))
        rush.pages.append((start, time.monotonic() - start))
        is_over.wait(PAUSE - rush.pages[-1][1])


def measure(server: Server, stack: ExitStack) -> tuple[Rush, float, float]:
    """Let twenty click, and then eleven send; returns when the sends began and ended."""
    tokens = {one.username: log_in(server.portal, one.username, one.password)[0] for one in whoever_clicks()}
    rush, is_over = Rush(), Event()
    clickers, senders = [], []
    for number, account in enumerate(islice(cycle(whoever_clicks()), CLICKERS)):
        tab = stack.enter_context(server.tab(tokens[account.username]))
        for page in PAGES[account.role]:  # as on a portal that runs
            tab.run(page)
        clickers.append(Thread(target=click, args=(tab, account.role, number, is_over, rush)))
    clinics = [account for account in list_accounts() if account.clinics == (account.username,)]
    together = Barrier(len(clinics))
    for account in clinics:
        tab = stack.enter_context(server.tab(tokens[account.username]))
        preview = look_at_file(server, tokens[account.username], account.username, tab)
        senders.append(Thread(target=send, args=(preview, tab, together, rush)))
    for thread in clickers:
        thread.start()
    time.sleep(SECONDS)
    begun = time.monotonic()
    for thread in senders:
        thread.start()
    for thread in senders:
        thread.join()
    ended = time.monotonic()
    time.sleep(PAUSE)
    is_over.set()
    for thread in clickers:
        thread.join()
    return rush, begun, ended


def whoever_clicks() -> list[DemoAccount]:
    return [account for account in list_accounts() if account.role in PAGES and not account.totp_secret]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        build_demo(Path(folder) / "demo.db")
        url = f"sqlite:///{Path(folder) / 'demo.db'}"
        process, address = start_server(url, PORTAL_TODAY=TODAY)
        stack.callback(stop_server, process)
        portal = Portal(database=Database(url))
        stack.callback(portal.database.engine.dispose)
        with ExitStack() as tabs:
            rush, begun, ended = measure(Server(address, portal), tabs)
        stored = [
            reviews.open_case(portal, REVIEWER, clinic=clinic, month=MONTH) is not None
            for clinic in months.months()
        ]
    before, amid = rush.times(0, begun), rush.times(begun, ended + PAUSE)
    print(f"{sum(rush.thanked)} of {len(stored)} sends in one second thanked for, {sum(stored)} stored")
    print(f"slowest send {max(rush.sends):.2f} s; all were through in {ended - begun:.2f} s")
    print(f"slowest of {len(amid)} pages meanwhile {amid[-1]:.2f} s, half under {amid[len(amid) // 2]:.2f} s")
    print(
        f"slowest of {len(before)} pages before {before[-1]:.2f} s, half under {before[len(before) // 2]:.2f} s"
    )
    return int(max(*rush.sends, amid[-1]) >= SLOWEST or not all(rush.thanked) or not all(stored))


if __name__ == "__main__":
    sys.exit(main())
