"""Ten of fifty open pages that rerun all the time, against the stock page; and two processes against one.

Processor time per rerun is what is judged: it is what bounds the reruns a second that a core gives, and other work on
the machine hardly changes it. The reruns a second that were seen beside it stand with them.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import reduce
from itertools import cycle, islice, product
from pathlib import Path

from portal.bench import pages, servers
from portal.bench.crowds import clusters
from portal.bench.crowds.tabs import OpenPage
from portal.bench.measuring import BenchFault, Entry, Measurement, Unmeasured
from portal.bench.servers import Server


SESSIONS, ACTIVE = 50, 10
ACTIVE_OF_TWO = 2 * len(pages.PAGES)  # one page of each kind in both processes
TIMES_STOCK = 4.0  # as many reruns as of the stock page
TIMES_ONE = 1.7  # as many of two processes as of one
TURNS, RERUNS = 2, 120  # of a crowd; it has its turn once more, to warm up


@dataclass(frozen=True, slots=True)
class Load:
    """What so many reruns cost the servers together, and how fast they came."""

    reruns: float
    processor_s: float
    seconds: float

    def and_then(self, later: "Load") -> "Load":
        reruns, seconds = self.reruns + later.reruns, self.seconds + later.seconds
        return Load(reruns, self.processor_s + later.processor_s, seconds)

    @property
    def cost_s(self) -> float:
        return self.processor_s / self.reruns

    @property
    def per_second(self) -> float:
        return self.reruns / self.seconds


def measure(database_url: str, folder: Path) -> list[Measurement]:
    """Return the entry of ten active of fifty open pages, of all kinds, against as many of the stock page."""
    with ExitStack() as stack:
        ours = stack.enter_context(servers.our_server(database_url, folder))
        stock = stack.enter_context(servers.stock_server(folder))
        crowds = {
            "ours": (_crowd(stack, _pages(database_url, [ours], SESSIONS), ACTIVE), [ours]),
            "stock": (_crowd(stack, [OpenPage(stock.url, "")] * SESSIONS, ACTIVE), [stock]),
        }
        loads = _in_turns(crowds)
    return [
        Measurement(
            name="crowd.10_of_50",
            numerator=loads["ours"].cost_s,
            floor=loads["stock"].cost_s,
            target=1 / TIMES_STOCK,
            extra={
                "floor": "the stock page, as many open and active",
                "clock": "processor",
                "in_words": f"{loads['stock'].cost_s / loads['ours'].cost_s:.1f} times as many reruns as of the stock page",
                "reruns_per_s": round(loads["ours"].per_second, 1),
                "stock_reruns_per_s": round(loads["stock"].per_second, 1),
            },
        )
    ]


def measure_processes(folder: Path) -> list[Entry]:
    """Return the entries of two processes on one PostgreSQL database against one."""
    if not clusters.binaries():
        why = "no initdb and pg_ctl on this machine"
        return [Unmeasured(name="processes.two", target=2 / TIMES_ONE, why=why)]
    with ExitStack() as stack:
        database_url = stack.enter_context(clusters.demo())
        both = [stack.enter_context(servers.our_server(database_url, folder)) for _ in range(2)]
        crowds = {
            "one": (_crowd(stack, _pages(database_url, both[:1], ACTIVE_OF_TWO), ACTIVE_OF_TWO), both[:1]),
            "two": (_crowd(stack, _pages(database_url, both, ACTIVE_OF_TWO), ACTIVE_OF_TWO), both),
        }
        loads = _in_turns(crowds)
    alone, two = loads["one"], loads["two"]
    return [
        Measurement(
            name="processes.two",
            numerator=two.cost_s,
            floor=alone.cost_s,
            target=2 / TIMES_ONE,
            extra={
                "floor": "a rerun of one process alone",
                "clock": "processor",
                "database": "postgresql",
                "in_words": f"two cores of their own give {2 * alone.cost_s / two.cost_s:.2f} times the reruns of one",
            },
        ),
        Measurement(
            name="processes.two.seen",
            numerator=1 / two.per_second,
            floor=1 / alone.per_second,
            target=None,  # the client and PostgreSQL want the same cores
            extra={
                "floor": "the time between two reruns of one process",
                "database": "postgresql",
                "reruns_per_s": round(two.per_second, 1),
                "of_one_per_s": round(alone.per_second, 1),
            },
        ),
    ]


def _pages(database_url: str, on: Sequence[Server], sessions: int) -> list[OpenPage]:
    """Return so many pages of every kind: first one of each on the first server, then on the next."""
    cookies = [pages.cookies(database_url, server) for server in on]
    places = islice(cycle(product(range(len(on)), pages.PAGES)), sessions)
    return [OpenPage(on[place].url, page.path, cookies[place][page.username]) for place, page in places]


def _in_turns(
    crowds: Mapping[str, tuple[subprocess.Popen[str], Sequence[Server]]],
) -> dict[str, Load]:
    """Let the crowds rerun in turns, the first time to warm up, and add up what the others cost."""
    for crowd, on in crowds.values():
        _load(crowd, on)
    turns = [{name: _load(*crowd) for name, crowd in crowds.items()} for _ in range(TURNS)]
    return {name: reduce(Load.and_then, (turn[name] for turn in turns)) for name in crowds}


def _load(crowd: subprocess.Popen[str], on: Sequence[Server]) -> Load:
    before = sum(server.processor_s for server in on)
    answer = _say(crowd, "\n")
    used = sum(server.processor_s for server in on) - before
    return Load(processor_s=used, **json.loads(answer))


@contextmanager
def _client(open_pages: Sequence[OpenPage], active: int) -> Iterator[subprocess.Popen[str]]:
    """Open the pages in a process of its own."""
    plan = {"pages": [asdict(page) for page in open_pages], "active": active, "reruns": RERUNS}
    command = [sys.executable, "-m", "portal.bench.crowds.tabs", json.dumps(plan)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            _say(process, "")
            yield process
        finally:
            process.kill()


def _say(process: subprocess.Popen[str], line: str) -> str:
    """Write to the client and return what it answers."""
    assert process.stdin and process.stdout
    process.stdin.write(line)
    process.stdin.flush()
    answer = process.stdout.readline()
    if not answer:
        raise BenchFault("the pages of the crowd could not be opened or rerun")
    return answer


def _crowd(stack: ExitStack, open_pages: Sequence[OpenPage], active: int) -> subprocess.Popen[str]:
    return stack.enter_context(_client(open_pages, active))
