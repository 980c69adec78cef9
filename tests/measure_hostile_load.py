"""What eight hostile uploads at once and a thousand sockets do to the others. A minute or two:

    python -m tests.measure_hostile_load

Prints the server's memory with its children (idle, and at most meanwhile), another user's slowest page, and how
many sockets of strangers and of one login were let in. Exit code 1 beyond idle + 700 MB or 1.5 s.
"""

import sys
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from streamlit.proto.Common_pb2 import FileUploaderState
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from db.engine import Database
from db.migrate import upgrade
from portal.services.context import Clock, Portal
from tests.conftest import TODAY, add_account, add_clinics
from tests.server.conftest import Server, start_server, stop_server
from tests.uploads.bad import blankett
from tests.uploads.files import with_parts


TABS, STRANGERS, OF_ONE_LOGIN = 8, 1_000, 400
MOST_MEGABYTES, SLOWEST = 700, 1.5
PAGES = ("oversikt", "inlamningar", "konto")


def hostile(number: int) -> bytes:
    """Return a workbook that is small to send and eats memory and processor time; each is another."""
    text = "\U0001f600&amp;<b/>" + "a" * (37_000_000 + number)
    return with_parts(blankett(), **{"xl/comments1.xml": f"<x>{text}</x>"})


def megabytes(pid: int) -> float:
    """Return what the process and its children have in memory."""
    total = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            lines = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
            if str(pid) in (lines["Pid"].strip(), lines["PPid"].strip()):
                total += int(lines.get("VmRSS", "0 kB").split()[0]) / 1_000
    return total


def upload(server: Server, token: str, content: bytes) -> None:
    """Choose the file on Rapportera, as a browser does, and wait for the page."""
    with server.tab(token) as tab, server.http(token) as http:
        run = tab.run("rapportera")
        uploader = next(e.file_uploader for e in run.elements if e.WhichOneof("type") == "file_uploader")
        address = f"/_stcore/upload_file/{run.session_id}/one"
        sent = {"X-Xsrftoken": http.get("/_stcore/health").cookies["_streamlit_xsrf"]}
        assert http.put(address, files={"file": ("a.xlsx", content)}, headers=sent).status_code == 204
        state = FileUploaderState()
        info = state.uploaded_file_info.add(file_id="one", name="a.xlsx", size=len(content))
        info.file_urls.file_id, info.file_urls.upload_url, info.file_urls.delete_url = "one", address, address
        with suppress(TimeoutError):
            tab.run(states=[WidgetState(id=uploader.id, file_uploader_state_value=state)])


def slowest_page(server: Server, token: str, until: threading.Event) -> float:
    slowest = 0.0
    with server.tab(token) as tab:
        tab.run("konto")
        while not until.is_set():
            for page in PAGES:
                start = time.monotonic()
                tab.run(page)
                slowest = max(slowest, time.monotonic() - start)
    return slowest


def measure_uploads(server: Server, pid: int) -> tuple[float, float, float]:
    """Return (idle, most) in megabytes and the slowest page of somebody else in seconds."""
    tokens = [server.log_in("falun")] * TABS  # tabs of one login
    contents = [hostile(number) for number in range(TABS)]
    done, most, slowest = threading.Event(), [0.0], [0.0]
    with server.tab(tokens[0]) as tab:
        tab.run("rapportera")
    idle = megabytes(pid)

    def watch() -> None:
        while not done.is_set():
            most[0] = max(most[0], megabytes(pid))
            time.sleep(0.1)

    def browse() -> None:
        slowest[0] = slowest_page(server, server.log_in("mora"), done)

    uploads = [
        threading.Thread(target=upload, args=(server, *pair)) for pair in zip(tokens, contents, strict=True)
    ]
    others = [threading.Thread(target=watch), threading.Thread(target=browse)]
    for thread in (*others, *uploads):
        thread.start()
    for thread in uploads:
        thread.join()
    done.set()
    for thread in others:
        thread.join()
    return idle, most[0], slowest[0]


def sockets_let_in(server: Server, wanted: int, opened: ExitStack, headers: dict[str, str]) -> int:
    count, address = 0, server.url.replace("http", "ws") + "/_stcore/stream"
    for _ in range(wanted):
        with suppress(InvalidStatus):
            opened.enter_context(connect(address, origin=server.url, additional_headers=headers, proxy=None))
            count += 1
    return count


def measure_sockets(server: Server) -> tuple[int, int, bool]:
    """Return how many sockets of strangers and of one login were let in, and whether another user works on."""
    token = server.log_in("falun")
    with ExitStack() as opened:
        strangers = sockets_let_in(server, STRANGERS, opened, {})
        own = sockets_let_in(server, OF_ONE_LOGIN, opened, {"Cookie": f"portal_session={token}"})
        with server.tab(server.log_in("mora")) as tab, server.http() as http:
            works = tab.run("konto").holds("mora") and http.get("/_stcore/health").is_success
    return strangers, own, works


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/portal.db"
        portal = Portal(database=Database(url), clock=Clock(TODAY))
        upgrade(portal.database)
        add_clinics(portal)
        for name in ("falun", "mora"):
            add_account(portal, name, role="clinic", clinics=[name])
        process, address = start_server(url)
        try:
            server = Server(address, portal)
            idle, most, slowest = measure_uploads(server, process.pid)
            strangers, own, works = measure_sockets(server)
        finally:
            stop_server(process)
    print(f"{TABS} hostile uploads at once: idle {idle:.0f} MB, at most {most:.0f} MB (+{most - idle:.0f})")
    print(f"another user's slowest page meanwhile: {slowest:.2f} s")
    print(f"sockets let in: {strangers} of {STRANGERS} strangers', {own} of {OF_ONE_LOGIN} of one login")
    print(f"another user works on: {'yes' if works else 'no'}")
    return 0 if most - idle <= MOST_MEGABYTES and slowest < SLOWEST and works else 1


if __name__ == "__main__":
    sys.exit(main())
