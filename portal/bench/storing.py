"""A lång fil stored as `portal import` stores it, against the driver's bare executemany of the same rows."""

import gc
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from db.engine import Database
from db.reporting.submissions import SQLITE_VALUES
from portal.bench import invented
from portal.bench.measuring import FULL, BenchFault, Effort, Measurement, peak_mb, seconds
from portal.domain.accounts.access import RegionUser
from portal.domain.reporting import checks
from portal.services.context import Portal
from portal.services.reporting import history
from portal.services.reporting.history import Mode, Summary


VALUES = 100_000
TARGET, TOTAL_TARGET = 4.0, 5.0
LARGEST, MEMORY_LIMIT_MB = 1_440_000, 400.0  # values: 64 MB, the most that is read
SENDER = RegionUser("bench", "Mätning")
TABLE = "submission_value"


@dataclass(frozen=True, slots=True)
class _Times:
    total: float  # reading, checking, checking again and storing
    storing: float  # from the checks' last word to the end of COMMIT
    floor: float


def measure(folder: Path, effort: Effort, *, values: int = VALUES) -> list[Measurement]:
    """Return `commit` (what storing costs), `import.total` (reading and checks, before and while storing, too) and its memory."""
    content = invented.long_file(values)
    clinics = invented.clinics_for(values)
    times = [_once(folder / f"import-{turn}", content, clinics, values) for turn in range(effort.imports)]
    floor = median(times_of_run.floor for times_of_run in times)
    storing = median(times_of_run.storing for times_of_run in times)
    total = median(times_of_run.total for times_of_run in times)
    extra = {"floor": "executemany", "values": values}
    return [
        Measurement(
            name="commit",
            numerator=storing,
            floor=floor,
            target=TARGET,
            extra=extra,
        ),
        Measurement(
            name="import.total",
            numerator=total,
            floor=floor,
            target=TOTAL_TARGET,
            extra=extra,
        ),
        *([_memory(folder)] if effort is FULL else []),
    ]


def _once(folder: Path, content: bytes, clinics: int, values: int) -> _Times:
    folder.mkdir()
    path = folder / "import.db"
    portal = invented.empty_portal(f"sqlite:///{path}", clinics)
    with _end_of_checks() as checked, _collector_at_rest():
        start = time.perf_counter()
        summary = _read_in(portal, content)
        end = time.perf_counter()
    portal.database.engine.dispose()
    if summary.new < values:
        raise BenchFault(f"only {summary.new} of {values} values were stored")
    return _Times(end - start, end - checked[-1], _bare_executemany(path, folder / "floor.db"))


def _read_in(portal: Portal, content: bytes) -> Summary:
    history_plan = history.plan(portal, SENDER, name="historik.csv", content=content)
    return history.run(portal, SENDER, history_plan, mode=Mode.ALL, note="Mätning")


def _memory(folder: Path) -> Measurement:
    """Let a process of its own read the largest file in, and ask for its peak."""
    content, path = folder / "largest.csv", folder / "largest.db"
    content.write_bytes(invented.long_file(LARGEST))
    invented.empty_portal(f"sqlite:///{path}", invented.clinics_for(LARGEST)).database.engine.dispose()
    process = subprocess.run(
        [sys.executable, "-m", "portal.bench.storing", content, path],
        env={name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")},
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        raise BenchFault(f"the largest file could not be read in:\n{process.stderr[-2000:]}")
    return Measurement(
        name="import.memory",
        numerator=json.loads(process.stdout)["peak_mb"],
        floor=MEMORY_LIMIT_MB,
        target=1.0,
        is_time=False,
        extra={"floor": f"{MEMORY_LIMIT_MB:g} MB", "values": LARGEST},
    )


@contextmanager
def _end_of_checks() -> Iterator[list[float]]:
    """Note when the checks have said their last word: what follows in commit is storing."""
    noted: list[float] = []
    run = checks.run

    def noting(*arguments: Any, **named: Any) -> Any:
        try:
            return run(*arguments, **named)
        finally:
            noted.append(time.perf_counter())

    checks.run = noting
    try:
        yield noted
    finally:
        checks.run = run


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep what is loaded out of the collector's sight: the server does, and `portal import` loads less."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _bare_executemany(stored: Path, floor: Path) -> float:
    """Return the time of the same rows into an identical table: WAL, synchronous=FULL, one transaction.

    The bare program enforces no foreign keys; ours does.
    """
    with closing(sqlite3.connect(stored)) as source:
        (ddl,) = source.execute("SELECT sql FROM sqlite_master WHERE name = ?", (TABLE,)).fetchone()
        rows = source.execute(
            f"SELECT submission_id, measure, clinic_code, value, reason FROM {TABLE} ORDER BY rowid"
        ).fetchall()
    with closing(sqlite3.connect(floor, isolation_level=None)) as target:
        target.execute("PRAGMA journal_mode=WAL")
        target.execute("PRAGMA synchronous=FULL")
        target.execute(ddl)

        def store() -> None:
            target.execute("BEGIN IMMEDIATE")
            target.executemany(SQLITE_VALUES, rows)
            target.execute("COMMIT")

        return seconds(store)


if __name__ == "__main__":
    largest = invented.portal_since_2015(Database(f"sqlite:///{sys.argv[2]}"))
    _read_in(largest, Path(sys.argv[1]).read_bytes())
    print(json.dumps({"peak_mb": round(peak_mb(), 1)}))
