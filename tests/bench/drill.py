"""The yearly drill, on both engines: set up from the workbook, ten years read in, backed up, destroyed, put back.

    python -m tests.bench.drill [clinics]

All of it by the command line, each command in a process of its own, as an operator would. Prints the seconds of each step
and what was compared; `away` is from the loss to a clean check. Exit code 1 where a step fails or anything reads otherwise.
A minute and a half with eleven clinics, five with a nation's 300.
"""

import hashlib
import json
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from portal.bench import invented
from portal.domain.registry.measures import MEASURES
from portal.domain.registry.months import Month
from tests import postgres
from tests.cli.command import Command
from tests.uploads.setup.books import book, rows


CLINICS = 11
YEARS = range(invented.FIRST.year, invented.LAST.year + 1)
REPORTED = invented.LAST.year
TO_REPORT = ("region", "admin")  # accounts of the workbook that are no clinic's


class DrillFailed(Exception):
    """A command failed, or what was put back reads otherwise."""


@dataclass(kw_only=True)
class Installation:
    """Where the portal's data lie on one engine, and how they are lost."""

    engine: str
    url: str
    owner: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str | None] = field(default_factory=dict)
    server: postgres.Server | None = None

    def destroy(self) -> str:
        """Lose everything, and leave what an operator restores into: an empty folder, or an empty database."""
        name = self.url.rpartition("/")[2]
        if self.server:
            self.server.drop(name)
            self.server.create(name=name)
            return f"dropped the database {name}"
        folder = Path(self.url.removeprefix("sqlite:///")).parent
        files = sorted(file.name for file in folder.iterdir())
        shutil.rmtree(folder)
        return f"deleted {', '.join(files)}"

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        environment = {**self.variables, **self.owner, "PORTAL_DATABASE_URL": self.url}
        return Command("unused").in_a_shell(*arguments, **environment)

    def is_gone(self) -> bool:
        """Whether the portal finds nothing of it: a check that passed now would pass of nothing."""
        return self.run("check").returncode != 0

    def say(self, *arguments: object) -> str:
        """Return what a command prints; raises DrillFailed where it doesn't end well."""
        done = self.run(*arguments)
        if done.returncode:
            raise DrillFailed(
                f"portal {' '.join(map(str, arguments))}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
            )
        return done.stdout


@contextmanager
def installations() -> Iterator[list[Installation]]:
    """Give an empty place on each engine, with the variables of a real installation."""
    variables = {
        "PORTAL_SECRET_KEY": secrets.token_hex(32),
        "PORTAL_BASE_URL": "https://portal.example.org",
        "PORTAL_CONTACT": "portal@example.org",
        "PORTAL_SMTP_URL": "smtp://localhost:25?from=portal@example.org",
        "PORTAL_TODAY": None,  # the real day, as the check asks
    }
    with tempfile.TemporaryDirectory() as name, postgres.serve() as server:
        folder = Path(name) / "portal"
        folder.mkdir(mode=0o700)
        database = server.create()
        yield [
            Installation(engine="SQLite", url=f"sqlite:///{folder}/portal.db", variables=variables),
            Installation(
                engine="PostgreSQL",
                url=server.url(database, postgres.WORKER),
                owner={"PORTAL_MIGRATION_URL": server.url(database, postgres.OWNER)},
                variables=variables,
                server=server,
            ),
        ]


def workbook(clinics: int) -> bytes:
    """Return the workbook of a region with that many clinics, an account for each, and ten years behind it."""
    every = invented.clinics(clinics).values()
    filled = rows()
    accounts = [line for line in filled["Konton"] if line[0] in TO_REPORT]
    return book(
        {
            **filled,
            "Region": [[str(invented.FIRST), "Region Dalarna"]],
            "Kalender": [[str(Month.of(date.today())), 12, 18, "Beslut i styrgruppen"]],
            "Mottagningar": [
                [clinic.code, clinic.name, clinic.municipality, "offentlig", clinic.provider]
                for clinic in every
            ],
            "Konton": [
                *accounts,
                *([clinic.code, clinic.name, "mottagning", clinic.code] for clinic in every),
            ],
        }
    )


def compared(place: Installation, folder: Path) -> dict[str, str]:
    """Return what must read alike before and after, by what it is called."""
    figures = {f"figures {year}": place.say("figures", year, "--json") for year in YEARS}
    package = folder / "report.zip"
    package.unlink(missing_ok=True)
    place.say("report", REPORTED, "--format", "data", "--out", package, "--as", "region")
    return {
        **figures,
        "clinics": place.say("clinic", "list", "--json"),
        "accounts": place.say("user", "list", "--json"),
        f"report {REPORTED}": _contents(package),
    }


def _contents(package: Path) -> str:
    with zipfile.ZipFile(package) as archive:
        digests = {
            name: hashlib.sha256(archive.read(name)).hexdigest() for name in sorted(archive.namelist())
        }
    return json.dumps(digests, indent=1)


def check(place: Installation, *options: str) -> tuple[str, str]:
    """Return the end of the event log, and the warnings' codes; raises DrillFailed on an error."""
    lines = place.say("check", *options).splitlines()
    warned = [line.split()[1].rstrip(":") for line in lines if line.startswith("warning ")]
    return lines[-1].removeprefix("audit end "), ", ".join(warned) or "nothing"


@dataclass
class Steps:
    """Prints what was done, and its seconds."""

    engine: str
    began: float = field(default_factory=time.monotonic)

    def done(self, step: str, words: str) -> None:
        seconds, self.began = time.monotonic() - self.began, time.monotonic()
        print(f"{self.engine:10}  {step:10} {seconds:6.1f} s  {words}", flush=True)


def drill(place: Installation, clinics: int, folder: Path) -> None:
    """Live an installation's whole life; raises DrillFailed."""
    steps, kept = Steps(place.engine), folder / f"{place.engine}.backup"
    set_up(place, clinics, folder, steps)
    before = compared(place, folder)
    steps.done("read", f"figures of {YEARS[0]}–{YEARS[-1]}, clinics, accounts, the report of {REPORTED}")
    audit_end, warned = check(place)
    steps.done("check", f"clean; warns of {warned}; the event log ends with {audit_end[:20]}…")
    place.say("backup", kept)
    steps.done("back up", f"{kept.stat().st_size / 1_000_000:.1f} MB")

    began, words = time.monotonic(), place.destroy()
    if not place.is_gone():
        raise DrillFailed(f"{words}, and portal check still finds a portal")
    steps.done("destroy", f"{words}; portal check finds no portal")
    rows_words = place.say("restore", kept).splitlines()[0]
    steps.done("restore", rows_words)
    _, still_warned = check(place, "--audit-end", audit_end)
    steps.done(
        "check",
        f"clean; warns of {still_warned}; holds the event log's end; away for {time.monotonic() - began:.1f} s",
    )
    compare(before | {"warnings": warned}, compared(place, folder) | {"warnings": still_warned})
    steps.done(
        "compare", f"all of it reads alike: {len(before) + 1} answers, {sum(map(len, before.values()))} signs"
    )


def set_up(place: Installation, clinics: int, folder: Path, steps: Steps) -> None:
    """Fill an empty place from the workbook, then with ten years of every clinic."""
    region, history = folder / "region.xlsx", folder / "history.csv"
    place.say("migrate")
    steps.done("migrate", "an empty place")
    region.write_bytes(workbook(clinics))
    changed = place.say("setup", region).count("\n") - 1
    again = place.say("setup", region)
    if again != "unchanged\n":
        raise DrillFailed(f"the same workbook again changed something: {again}")
    steps.done("set up", f"{clinics} clinics, {changed} rows of the workbook; the same again changes nothing")
    history.write_bytes(invented.long_file(clinics * len(invented.MONTHS) * len(MEASURES) - 1))
    place.say("import", history, "--as", "region")
    months = clinics * len(invented.MONTHS)
    steps.done("import", f"{months} clinics' months, {history.stat().st_size / 1_000_000:.1f} MB")


def compare(before: dict[str, str], after: dict[str, str]) -> None:
    differing = [name for name in before if before[name] != after[name]]
    if differing:
        raise DrillFailed(f"reads otherwise than before: {', '.join(differing)}")


def main() -> int:
    clinics = int(sys.argv[1]) if len(sys.argv) > 1 else CLINICS
    failed = 0
    with installations() as places, tempfile.TemporaryDirectory() as name:
        for place in places:
            try:
                drill(place, clinics, Path(name))
            except DrillFailed as fault:
                failed = 1
                print(f"{place.engine:10}  FAILED  {fault}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
