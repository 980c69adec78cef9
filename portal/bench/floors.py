"""What the floors themselves cost, in turns of a yardstick: plain Python, which no library's release changes.

A ratio moves when its floor does. Each floor that others make is therefore weighed as well, and held against what it
weighed when the targets were set: far from 1 it is the floor that has changed, and not the portal. With it stand the
versions that it ran on.
"""

import platform
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from statistics import median

from portal.bench.measuring import Entry, Measurement


# Each floor's turns of the yardstick on the machine where the targets were set, of the clock that its ratios use.
WEIGHED = {
    "stock": 5.2,
    "empty": 0.37,
    "executemany": 17.0,
    "the charts alone, as SVG": 92.0,
    "openpyxl read-only here, and the start of a process that imports it": 31.0,
    "csv.reader and int()": 4.2,
    "python -c pass": 2.1,
    "a page with a heading alone, with an empty cache": 41.0,
    "a page with a heading alone, opened again": 34.0,
    "the stock page, as many open and active": 7.0,
}
LIBRARIES = ("streamlit", "pandas", "altair", "vl-convert-python", "openpyxl")
NUMBERS, STRINGS, TURNS = 40_000, 20_000, 3
PROCESSOR = "processor"


@dataclass(frozen=True, slots=True)
class Yardstick:
    """Plain Python, timed now and then while others are measured, by the wall and in processor time."""

    clocks: dict[str, Callable[[], float]] = field(
        default_factory=lambda: {"wall": time.perf_counter, PROCESSOR: time.process_time}
    )
    times: list[dict[str, float]] = field(default_factory=list)

    def take(self) -> None:
        for _ in range(TURNS):
            before = {name: clock() for name, clock in self.clocks.items()}
            _work()
            self.times.append({name: clock() - before[name] for name, clock in self.clocks.items()})

    def seconds(self, clock: str) -> float:
        return median(times[clock] for times in self.times)


def entries(measured: Sequence[Entry], yardstick: Yardstick) -> list[Measurement]:
    """Return an entry per floor that others make, the first time that something stands on it."""
    floors = {
        str(entry.extra["floor"]): entry for entry in reversed(measured) if isinstance(entry, Measurement)
    }
    return [_entry(floors[name], weighed, yardstick) for name, weighed in WEIGHED.items() if name in floors]


def _entry(standing: Measurement, weighed: float, yardstick: Yardstick) -> Measurement:
    clock = str(standing.extra.get("clock", "wall"))
    floor = str(standing.extra["floor"])
    return Measurement(
        name=f"floor of {standing.name}",
        numerator=standing.floor / yardstick.seconds(clock),
        floor=weighed,
        target=None,
        is_time=False,
        extra={
            "floor": "turns of the yardstick when the targets were set",
            "weighed": floor,
            "clock": clock,
            "yardstick_s": round(yardstick.seconds(clock), 6),
            "versions": _versions(),
        },
    )


def _versions() -> dict[str, str]:
    libraries = {name: version(name) for name in LIBRARIES}
    return {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version, **libraries}


def _work() -> int:
    """Count, sort, look up and join as much each time."""
    numbers = sorted((7_919 * number) % NUMBERS for number in range(NUMBERS))
    places = {number: place for place, number in enumerate(numbers)}
    words = sorted(str(places[number]) for number in range(STRINGS))
    return len("".join(words)) + sys.getsizeof(places)
