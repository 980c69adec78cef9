"""`portal bench`: every ratio in one run, in temporary folders, on servers of its own."""

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from portal.bench import (
    commands,
    documents,
    floors,
    nation,
    pages,
    painting,
    queries,
    reading,
    servers,
    storing,
)
from portal.bench.crowds import crowd
from portal.bench.floors import Yardstick
from portal.bench.measuring import FULL, QUICK, BenchFault, Effort, Entry, Measurement


BUILD_TARGET_S = 10.0


def main(*, as_json: bool, quick: bool) -> None:
    """Measure, print, and exit with 1 when a target is missed or something did not work."""
    try:
        entries = measure(QUICK if quick else FULL)
    except BenchFault as fault:
        raise SystemExit(str(fault)) from fault
    if as_json:
        print(json.dumps([entry.as_json() for entry in entries], ensure_ascii=False, indent=2))
    else:
        print("\n".join(entry.as_line() for entry in entries))
    if any(entry.is_missed for entry in entries):
        raise SystemExit(1)


def measure(effort: Effort) -> list[Entry]:
    with tempfile.TemporaryDirectory(prefix="portal-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        demo = folder / "demo.db"
        entries: list[Entry] = [build_demo(demo)]
        yardstick = Yardstick()
        yardstick.take()
        for part in _parts(demo, folder, effort):
            entries += part()
            yardstick.take()
    return [*entries, *floors.entries(entries, yardstick)]


def _parts(demo: Path, folder: Path, effort: Effort) -> list[Callable[[], Sequence[Entry]]]:
    """Return what is measured, part by part; what takes longest only of a full bench."""
    url = f"sqlite:///{demo}"
    parts: list[Callable[[], Sequence[Entry]]] = [
        lambda: pages.measure(url, folder, effort),
        lambda: storing.measure(folder, effort),
        lambda: documents.measure(demo, effort),
        lambda: reading.measure(effort),
        lambda: commands.measure(demo, effort),
        lambda: queries.measure(demo, folder),
    ]
    if effort is FULL:
        parts += [
            lambda: painting.measure(url, folder, effort),
            lambda: crowd.measure(url, folder),
            lambda: crowd.measure_processes(folder),
            lambda: documents.measure_nation(folder),
            lambda: nation.measure(folder),
        ]
    return parts


def build_demo(path: Path) -> Measurement:
    """Build the demo in a process of its own; its processor time is what counts, not the disk's."""
    before = commands.children_s()
    servers.build_demo(f"sqlite:///{path}", path.parent)
    return Measurement(
        name="demo.build_cpu",
        numerator=commands.children_s() - before,
        floor=BUILD_TARGET_S,
        target=1.0,
        extra={"floor": f"{BUILD_TARGET_S:g} s"},
    )
