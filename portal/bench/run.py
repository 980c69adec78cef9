"""`portal bench`: every ratio in one run, in temporary folders, on servers of its own."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from portal.bench import commands, documents, nation, pages, queries, reading, storing
from portal.bench.measuring import FULL, QUICK, BenchFault, Effort, Measurement


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


def measure(effort: Effort) -> list[Measurement]:
    with tempfile.TemporaryDirectory(prefix="portal-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        demo = folder / "demo.db"
        built = build_demo(demo)
        rerun = pages.measure(f"sqlite:///{demo}", folder, effort)
        stored = storing.measure(folder, effort)
        drawn = [*documents.measure(demo, effort), documents.measure_nation(folder)]
        cost = commands.measure(demo, effort)
        of_nation = nation.measure(folder) if effort is FULL else []
        return [
            built,
            *rerun,
            *stored,
            *drawn,
            *reading.measure(effort),
            *cost,
            *queries.measure(demo, folder),
            *of_nation,
        ]


def build_demo(path: Path) -> Measurement:
    """Build the demo in a process of its own; its processor time is what counts, not the disk's."""
    command = [sys.executable, "-m", "portal", "demo", "--build-only", "--database", f"sqlite:///{path}"]
    before = commands.children_s()
    process = subprocess.run(
        command,
        cwd=path.parent,
        env={name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")},
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        raise BenchFault(f"the demo could not be built:\n{process.stderr[-2000:]}")
    return Measurement(
        name="demo.build_cpu",
        numerator=commands.children_s() - before,
        floor=BUILD_TARGET_S,
        target=1.0,
        extra={"floor": f"{BUILD_TARGET_S:g} s"},
    )
