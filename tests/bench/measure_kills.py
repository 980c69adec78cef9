"""Whether a month that was acknowledged is ever lost, or any stored by half:

    python -m tests.bench.measure_kills [kills on SQLite] [kills on PostgreSQL]

A process that sends months is killed (-9) at a random moment, 300 times on SQLite and 100 on PostgreSQL; then two
hundred months are sent at once, on PostgreSQL by two processes. Exit code 1 where an acknowledged month is not there, a
stored one lacks a value, its event, its file or its line in the log, or the check finds anything. Two minutes.
"""

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Barrier

import pyotp
from sqlalchemy import text

from db.engine import Database
from db.migrate import upgrade
from portal.domain.accounts.access import EVERY_CLINIC
from portal.domain.registry.months import Month, months_between
from portal.services.administration import checkup
from portal.services.context import Clock, Portal
from portal.settings import Settings
from tests import postgres
from tests.conftest import TODAY, add_account, add_clinics
from tests.services.region import JANUARY, MONTH, add_region, send


KILLS = {"SQLite": 300, "PostgreSQL": 100}
AT_ONCE = 200
PROCESSES = {"SQLite": 1, "PostgreSQL": 2}  # one process may serve a SQLite file
CLINICS = ("falun", "mora", "ludvika", "avesta", "borlange")
MONTHS = months_between(Month(2023, 1), JANUARY)
FIRST = 1_000  # each month sent has a number of calls of its own
HALVES = """
SELECT calls.value FROM submission
JOIN submission_value calls ON calls.submission_id = submission.id AND calls.measure = 'calls'
WHERE (SELECT count(*) FROM submission_value v WHERE v.submission_id = submission.id) <> :measures
    OR NOT EXISTS (SELECT 1 FROM submission_event e WHERE e.submission_id = submission.id)
    OR NOT EXISTS (SELECT 1 FROM stored_file f WHERE f.sha256 = submission.sha256)
"""
ALL = "SELECT value FROM submission_value WHERE measure = 'calls'"
WITHOUT_LINE = """
SELECT (SELECT count(*) FROM submission) - (SELECT count(*) FROM audit WHERE action = 'submission.sent')
"""


@dataclass
class Tally:
    """What was acknowledged to the senders, and how often a kill met a send under way."""

    acknowledged: set[int] = field(default_factory=set)
    begun: set[int] = field(default_factory=set)
    kills_amid: int = 0

    def take(self, lines: Iterable[str]) -> None:
        for line in lines:
            word, number = line.split()
            (self.acknowledged if word == "sent" else self.begun).add(int(number))


def open_portal(url: str) -> Portal:
    return Portal(database=Database(url), clock=Clock(TODAY))


def send_number(portal: Portal, number: int, pipe: int) -> None:
    """Send a month with so many calls, and say so once it is acknowledged."""
    os.write(pipe, f"begun {number}\n".encode())
    month = MONTHS[number // len(CLINICS) % len(MONTHS)]
    send(portal, CLINICS[number % len(CLINICS)], month, confirm=True, calls=number)
    os.write(pipe, f"sent {number}\n".encode())


def send_on(url: str, first: int, pipe: int) -> None:
    portal = open_portal(url)
    for number in count(first):
        send_number(portal, number, pipe)


def send_at_once(url: str, numbers: list[int], pipe: int) -> None:
    portal, together = open_portal(url), Barrier(len(numbers))

    def send_one(number: int) -> None:
        together.wait()
        send_number(portal, number, pipe)

    with ThreadPoolExecutor(len(numbers)) as threads:
        list(threads.map(send_one, numbers))


def fork(work, *arguments) -> tuple[int, int]:
    """Start the work in a process of its own; returns its id, and where what it writes is read."""
    reading, writing = os.pipe()
    if process := os.fork():
        os.close(writing)
        return process, reading
    try:
        os.close(reading)
        work(*arguments, writing)
    finally:
        os._exit(0)


def read(pipe: int) -> list[str]:
    with os.fdopen(pipe) as lines:
        return lines.read().splitlines()


def kill_one(url: str, first: int, seconds: float, tally: Tally) -> int:
    """Let a process send for a while and kill it; returns the first number that was not tried."""
    process, pipe = fork(send_on, url, first)
    time.sleep(seconds)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    lines = read(pipe)
    tally.take(lines)
    tally.kills_amid += bool(lines) and lines[-1].startswith("begun")
    return max([first, *(int(line.split()[1]) + 1 for line in lines)])


def seconds_of_one(url: str) -> float:
    """Return how long a process takes from its start to having sent one month."""
    start = time.monotonic()
    process, pipe = fork(send_at_once, url, [FIRST - 1])
    read(pipe)
    os.waitpid(process, 0)
    return time.monotonic() - start


def faults(portal: Portal, tally: Tally) -> list[str]:
    with portal.database.reading(EVERY_CLINIC) as scoped:
        run = scoped.connection.execute
        kept = set(run(text(ALL)).scalars())
        halves = run(text(HALVES), {"measures": len(MONTH)}).scalars().all()
        without_line = run(text(WITHOUT_LINE)).scalar_one()
    findings = [finding for finding in checkup.run_data(portal, Settings()) if finding.found]
    return [
        *(f"lost: {number}" for number in sorted(tally.acknowledged - kept)),
        *(f"half: {number}" for number in halves),
        *([f"{without_line} months without their line in the log"] if without_line else []),
        *(f"{finding.check.code}: {', '.join(finding.found)}" for finding in findings),
    ]


def measure(name: str, url: str, kills: int) -> list[str]:
    """Fill, kill, send at once, and say what came of it; returns what is wrong."""
    portal = open_portal(url)
    add_clinics(portal)
    add_region(portal)
    add_account(portal, "admin", role="admin", totp_secret=pyotp.random_base32())
    add_account(portal, "all", role="clinic", clinics=CLINICS)
    portal.database.engine.dispose()
    tally, number = Tally(), FIRST
    longest, chance = 2 * seconds_of_one(url), random.Random(kills)
    for _ in range(kills):
        number = kill_one(url, number, chance.uniform(0, longest), tally)
    sent = len(tally.acknowledged)
    print(f"{name}: {kills} kills, {tally.kills_amid} in the middle of a send; {sent} sends acknowledged")
    seconds = send_two_hundred(url, number, PROCESSES[name], tally)
    sent_at_once = len(tally.acknowledged) - sent
    print(f"{name}: {sent_at_once} of {AT_ONCE} sends at once acknowledged, in {seconds:.1f} s")
    wrong = faults(portal, tally)
    if sent_at_once < AT_ONCE:
        wrong.append(f"{AT_ONCE - sent_at_once} sends at once were refused")
    portal.database.engine.dispose()
    print(f"{name}: {'; '.join(wrong) or 'none lost, none half, the check is clean'}", flush=True)
    return wrong


def send_two_hundred(url: str, first: int, processes: int, tally: Tally) -> float:
    """Send them by so many processes at once; returns how long it took."""
    start, each = time.monotonic(), AT_ONCE // processes
    parts = [list(range(first + part * each, first + (part + 1) * each)) for part in range(processes)]
    for process, pipe in [fork(send_at_once, url, part) for part in parts]:
        tally.take(read(pipe))
        os.waitpid(process, 0)
    return time.monotonic() - start


def main() -> int:
    kills = dict(zip(KILLS, map(int, sys.argv[1:]), strict=False))
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'portal.db'}"
        database = Database(url)
        upgrade(database)
        database.engine.dispose()
        wrong += measure("SQLite", url, kills.get("SQLite", KILLS["SQLite"]))
    with postgres.serve() as server, server.database() as database:
        database.engine.dispose()
        wrong += measure("PostgreSQL", database.url, kills.get("PostgreSQL", KILLS["PostgreSQL"]))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
