"""What the command line costs before it does anything: processor time against a bare Python's, in turns."""

import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from portal.bench import servers
from portal.bench.measuring import BenchFault, Effort, Measurement
from portal.demo.build import LAST


HELP_TARGET, FIGURES_TARGET = 5.0, 12.0
COMMANDS = {
    "bare": ("-c", "pass"),
    "help": ("-m", "portal", "--help"),
    "figures": ("-m", "portal", "figures", str(LAST.year)),
}
TARGETS = {"help": HELP_TARGET, "figures": FIGURES_TARGET}


def measure(demo: Path, effort: Effort) -> list[Measurement]:
    """Return an entry per command, on the demo."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(1 + effort.imports):
        for name, arguments in COMMANDS.items():
            took = processor_s([sys.executable, *arguments], f"sqlite:///{demo}")
            if turn:  # the first one compiles what it loads
                times[name].append(took)
    floor = median(times["bare"])
    return [
        Measurement(
            name=f"command.{name}",
            numerator=median(times[name]),
            floor=floor,
            target=target,
            extra={"floor": "python -c pass", "clock": "processor"},
        )
        for name, target in TARGETS.items()
    ]


def processor_s(command: Sequence[str], database_url: str) -> float:
    """Run the command to its end, and return the processor time that it took."""
    before = children_s()
    process = subprocess.run(
        command,
        env=servers.environment() | {"PORTAL_DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        raise BenchFault(f"{' '.join(command)} did not work:\n{process.stderr[-2000:]}")
    return children_s() - before


def children_s() -> float:
    """Return the processor time of the processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
