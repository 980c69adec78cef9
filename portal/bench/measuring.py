"""What a measurement is: a ratio against a floor of the same run, its target and its verdict."""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any


class BenchFault(Exception):
    """Something that was to be measured did not work; the message says what."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurement:
    """One measured ratio; smaller is better. `target` None: shown for orientation only."""

    name: str
    numerator: float
    floor: float
    target: float | None
    size: str = "dalarna"
    is_time: bool = True  # otherwise counts, which have no seconds
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        return self.numerator / self.floor

    @property
    def is_missed(self) -> bool:
        return self.target is not None and self.ratio > self.target

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "ratio": round(self.ratio, 4),
            "target": self.target,
            "size": self.size,
            "database": "sqlite",
            "numerator_s": round(self.numerator, 6) if self.is_time else None,
            "floor_s": round(self.floor, 6) if self.is_time else None,
            **self.extra,
        }

    def as_line(self) -> str:
        if self.target is None:
            target, verdict = "–", "–"
        else:
            target, verdict = f"{self.target:.3g}", "MISSED" if self.is_missed else "ok"
        return f"{self.name:34} {self.ratio:8.3f}   target {target:>4}   {verdict:6}   {self._spelled}"

    @property
    def _spelled(self) -> str:
        if not self.is_time:
            return f"{self.numerator:g} against {self.floor:g}{self._floor}"
        return f"{1000 * self.numerator:.1f} ms against {1000 * self.floor:.1f} ms{self._floor}"

    @property
    def _floor(self) -> str:
        return f" ({self.extra['floor']})" if "floor" in self.extra else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unmeasured:
    """A ratio that this machine has not what it takes to measure."""

    name: str
    target: float
    why: str
    is_missed: bool = False

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "ratio": None, "target": self.target, "not_measured": self.why}

    def as_line(self) -> str:
        return f"{self.name:34} {'–':>8}   target {self.target:>4.3g}   –        not measured: {self.why}"


Entry = Measurement | Unmeasured


@dataclass(frozen=True, kw_only=True, slots=True)
class Effort:
    """How often to repeat."""

    reruns: int = 21
    imports: int = 3
    starts: int = 1
    documents: int = 2
    logins: int = 5
    paints: int = 5


QUICK = Effort()
FULL = Effort(reruns=51, imports=9, starts=5, documents=5, logins=15)
WARM_UP = 3


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def medians(jobs: Mapping[str, Callable[[], object]], *, repetitions: int) -> dict[str, float]:
    """Return each job's median time. Taken in turns, so that a busy moment hits numerator and floor alike."""
    for _ in range(WARM_UP):
        for job in jobs.values():
            job()
    gc.collect()
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(repetitions):
        for name, job in jobs.items():
            times[name].append(seconds(job))
    return {name: median(durations) for name, durations in times.items()}


def peak_mb() -> float:
    """Return this process's highest resident memory so far."""
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
