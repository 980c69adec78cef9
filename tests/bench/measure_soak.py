"""Whether a server that reruns for days grows: 20,000 reruns of six pages of the demo. Ten minutes or so:

    python -m tests.bench.measure_soak [reruns]

Prints the server's memory after each tenth, and reruns a second. Exit code 1 where the last half grew by more than
a megabyte per thousand reruns.
"""

import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

from db.engine import Database
from portal.bench import servers
from portal.bench.client import StreamlitClient
from portal.bench.pages import PAGES
from portal.bench.run import build_demo
from portal.demo.build import list_accounts
from portal.services.context import Portal


RERUNS, PARTS = 20_000, 10
MOST_GROWTH = 1.0  # megabytes per thousand reruns


def resident_megabytes(server: servers.Server) -> float:
    status = Path(f"/proc/{server.process_id}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1_000


def main() -> int:
    reruns = int(sys.argv[1]) if len(sys.argv) > 1 else RERUNS
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        build_demo(folder / "demo.db")
        url = f"sqlite:///{folder / 'demo.db'}"
        server = stack.enter_context(servers.our_server(url, folder))
        portal = Portal(database=Database(url))
        passwords = {account.username: account.password for account in list_accounts()}
        tabs = []
        for page in PAGES:
            cookie = servers.log_in(portal, server, page.username, passwords[page.username])
            tabs.append(stack.enter_context(StreamlitClient(server.url, cookie=cookie)))
            tabs[-1].run(page.path)
        turns, sizes, start = cycle(tabs), [], time.monotonic()
        for part in range(PARTS):
            for _ in range(reruns // PARTS):
                next(turns).run()
            sizes.append(resident_megabytes(server))
            print(f"{(part + 1) * reruns // PARTS:6} reruns: {sizes[-1]:.0f} MB", flush=True)
        print(f"{reruns / (time.monotonic() - start):.0f} reruns a second")
    growth = (sizes[-1] - sizes[PARTS // 2 - 1]) / (reruns / 2 / 1_000)
    print(f"the last half grew by {growth:.2f} MB per thousand reruns")
    return int(growth > MOST_GROWTH)


if __name__ == "__main__":
    sys.exit(main())
