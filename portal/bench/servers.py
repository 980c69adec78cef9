"""The servers that are compared, each a process on a free port of 127.0.0.1, ended when done with."""

import json
import os
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from socket import create_server

from portal.bench.client import COOKIE
from portal.bench.measuring import BenchFault
from portal.demo.build import TODAY
from portal.services.accounts import login
from portal.services.context import Portal


HEALTH = "/_stcore/health"
PATIENCE = 60.0
PAUSE = 0.01
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))

EMPTY_PAGE = '"""Nothing: what every rerun costs on our own server."""\n'
SERVE_SCRIPT = (
    "import pathlib, sys; from portal import server, settings;"
    " server.SCRIPT = pathlib.Path(sys.argv[2]);"
    " server.serve('127.0.0.1', int(sys.argv[1]), settings.load())"
)

STOCK_PAGE = '''"""What one would write otherwise: two charts, built from a frame on each rerun."""

import altair as alt
import pandas as pd
import streamlit as st

months = [f"2024-{number:02}" for number in range(1, 13)]
clinics = [f"Mottagning {number}" for number in range(1, 13)]
rows = [
    {"month": month, "clinic": clinic, "value": (7 * x + 13 * y) % 50}
    for x, month in enumerate(months)
    for y, clinic in enumerate(clinics)
]
frame = pd.DataFrame(rows)

st.title("Vårdval BUP")
for mark in ("line", "bar"):
    chart = alt.Chart(frame, mark=mark).encode(x="month:O", y="value:Q", color="clinic:N")
    st.altair_chart(chart)
'''


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers; `start_s` is from the start of its process to the first healthy answer."""

    url: str
    start_s: float
    process_id: int

    @property
    def processor_s(self) -> float:
        """Processor time that the process has taken so far, in hundredths of a second (Linux)."""
        fields = Path(f"/proc/{self.process_id}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def environment() -> dict[str, str]:
    """Return this machine's variables without its own settings; modules are compiled once, as where it is installed."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("STREAMLIT_", "PORTAL_")) and name != "PYTHONDONTWRITEBYTECODE"
    }


def build_demo(database_url: str, folder: Path) -> None:
    """Build the demo in a process of its own."""
    process = subprocess.run(
        [sys.executable, "-m", "portal", "demo", "--build-only", "--database", database_url],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        raise BenchFault(f"the demo could not be built:\n{process.stderr[-2000:]}")


@contextmanager
def our_server(database_url: str, folder: Path) -> Iterator[Server]:
    """Serve a built demo database as `portal demo` does."""
    port = free_port()
    command = [sys.executable, "-m", "portal", "demo", "--database", database_url, "--port", str(port)]
    with _running(command, port, folder, {}) as server:
        yield server


@contextmanager
def empty_server(database_url: str, folder: Path, page: str = EMPTY_PAGE) -> Iterator[Server]:
    """Serve an empty page, or another script, behind the same walls, options and preloaded libraries, on a copy of the database.

    A SQLite file is served by one process only.
    """
    script, port = folder / "empty.py", free_port()
    script.write_text(page, "utf-8")
    copy = folder / "empty.db"
    with (
        closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as served,
        closing(sqlite3.connect(copy)) as target,
    ):
        served.backup(target)
    settings = {
        "PORTAL_DATABASE_URL": f"sqlite:///{copy}",
        "PORTAL_TODAY": TODAY.isoformat(),
        "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
    }
    with _running(
        [sys.executable, "-c", SERVE_SCRIPT, str(port), str(script)], port, folder, settings
    ) as server:
        yield server


@contextmanager
def stock_server(folder: Path) -> Iterator[Server]:
    """Serve the stock page with `streamlit run` as it comes: no configuration but where it listens."""
    script, port = folder / "stock.py", free_port()
    script.write_text(STOCK_PAGE, "utf-8")
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
    quiet = {"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false", "HOME": str(folder)}
    with _running(command, port, folder, quiet) as server:
        yield server


def log_in(portal: Portal, server: Server, username: str, password: str) -> str:
    """Log in over HTTP as the browser does, with a ticket; returns the cookie's value."""
    ticket = login.begin(portal, username, password)
    if not isinstance(ticket, login.Ticket):
        raise BenchFault(f"{username} could not log in")
    request = urllib.request.Request(
        f"{server.url}/session/open",
        data=json.dumps({"ticket": ticket.secret}).encode(),
        headers={"Origin": server.url, "Content-Type": "application/json"},
    )
    with DIRECT.open(request, timeout=PATIENCE) as answer:
        cookies = SimpleCookie(answer.headers["Set-Cookie"])
    return cookies[COOKIE].value


@contextmanager
def _running(command: list[str], port: int, folder: Path, settings: dict[str, str]) -> Iterator[Server]:
    """Run the command in `folder`; what it prints goes to a log."""
    url = f"http://127.0.0.1:{port}"
    with (folder / f"{port}.log").open("wb") as log:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=environment() | settings, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait(process, url, log.name)
            yield Server(url, time.perf_counter() - start, process.pid)
        finally:
            _end(process)


def _wait(process: subprocess.Popen[bytes], url: str, log: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with DIRECT.open(url + HEALTH, timeout=PATIENCE):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(PAUSE)
    raise BenchFault(f"{url} did not start:\n{Path(log).read_text('utf-8', 'replace')[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
