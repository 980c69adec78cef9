"""What reading costs: a blankett against openpyxl itself, a history file against csv.reader, and its memory."""

import csv
import gc
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping

from portal.bench import invented, servers
from portal.bench.measuring import BenchFault, Effort, Measurement, medians, peak_mb
from portal.domain.registry.clinics import Clinic
from portal.domain.reporting import checks
from portal.domain.reporting.submissions import Calendar
from portal.uploads import parsing, reading, template, xlsx_child


BLANKETT_TARGET, LONG_FILE_TARGET = 2.0, 6.0
VALUES = 100_000
MEMORY_LIMIT_MB = 25.0  # rows kept as Python objects take more
START_OF_A_CHILD = "import openpyxl"


def measure(effort: Effort, *, values: int = VALUES) -> list[Measurement]:
    return [_blankett(effort), _long_file(effort, values), _memory(values)]


# --- a blankett ---


def _blankett(effort: Effort) -> Measurement:
    """Compare reading a filled blankett with opening it here and the start of an empty child."""
    month = invented.LAST
    clinic = invented.clinics(1)["paahittad-000"]
    filled = {(month, code): answer for code, answer in invented.answers(0, month).items()}
    content = template.write(clinic, [month], values=filled, reference=month.previous)
    times = medians(
        {
            "portal": lambda: reading.read("blankett.xlsx", content),
            "openpyxl": lambda: xlsx_child.open_plainly(content),
            "start": _start_child,
        },
        repetitions=effort.imports,
    )
    return Measurement(
        name="read.blankett",
        numerator=times["portal"],
        floor=times["openpyxl"] + times["start"],
        target=BLANKETT_TARGET,
        extra={"floor": "openpyxl read-only here, and the start of a process that imports it"},
    )


def _start_child() -> None:
    subprocess.run([sys.executable, "-c", START_OF_A_CHILD], check=True)


# --- a history file ---


def _long_file(effort: Effort, values: int) -> Measurement:
    """Compare reading, understanding and checking the file with csv.reader and int() over the same bytes."""
    content = invented.long_file(values)
    clinics = invented.clinics(invented.clinics_for(values))
    gc.collect()
    gc.freeze()
    try:
        times = medians(
            {"portal": lambda: read_and_check(content, clinics), "floor": lambda: _bare_reader(content)},
            repetitions=effort.imports,
        )
    finally:
        gc.unfreeze()
    return Measurement(
        name="read.long_file",
        numerator=times["portal"],
        floor=times["floor"],
        target=LONG_FILE_TARGET,
        extra={"floor": "csv.reader and int()", "values": values},
    )


def read_and_check(content: bytes, clinics: Mapping[str, Clinic]) -> int:
    """Read, understand and check the file; return how many values it has."""
    parsed = parsing.parse("historik.csv", content, clinics=clinics, limits=reading.REGION_LIMITS)
    calendar = Calendar(first_month=invented.FIRST)
    problems = checks.run(
        parsed.months, clinics=clinics, calendar=calendar, today=invented.TODAY, known=checks.KnownMonths()
    )
    if parsed.problems or problems:
        raise BenchFault(f"the history file was refused: {[*parsed.problems, *problems][0].message}")
    return sum(len(month.answers) for month in parsed.months)


def _bare_reader(content: bytes) -> int:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    next(rows)
    return sum(int(row[3]) for row in rows)


# --- its memory ---


def _memory(values: int) -> Measurement:
    """Let a process of its own read the file, and ask by how much its peak grew.

    The file is made here: what making it takes would be that process's peak before it has read anything.
    """
    with tempfile.TemporaryFile() as file:
        file.write(invented.long_file(values))
        file.seek(0)
        process = subprocess.run(
            [sys.executable, "-m", "portal.bench.reading", str(values)],
            env=servers.environment(),
            stdin=file,
            capture_output=True,
            check=False,
        )
    if process.returncode:
        fault = process.stderr.decode("utf-8", "replace")
        raise BenchFault(f"the history file could not be read:\n{fault[-2000:]}")
    return Measurement(
        name="read.memory",
        numerator=json.loads(process.stdout)["grown_mb"],
        floor=MEMORY_LIMIT_MB,
        target=1.0,
        is_time=False,
        extra={"floor": f"{MEMORY_LIMIT_MB:g} MB", "values": values},
    )


def _grown_mb(content: bytes, values: int) -> float:
    clinics = invented.clinics(invented.clinics_for(values))
    read_and_check(invented.long_file(1), clinics)  # what the code itself takes is no growth
    before = peak_mb()
    read_and_check(content, clinics)
    return peak_mb() - before


if __name__ == "__main__":
    print(json.dumps({"grown_mb": round(_grown_mb(sys.stdin.buffer.read(), int(sys.argv[1])), 1)}))
