"""The yearly drill with a clock: how long an installation would be away, on both engines. Two minutes:

    python -m tests.bench.measure_restore [clinics]

The demo, and ten years of a nation's clinics, are backed up and put back into an empty place by the command line. Prints the
seconds of each, and of the restoring alone, which checks what it put back. Exit code 1 where a figure differs.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import db.registry.clinics
from db import migrate
from db.engine import Database
from portal.bench import invented
from portal.demo import build
from portal.domain.accounts.access import EVERY_CLINIC
from portal.domain.registry.measures import MEASURES
from portal.services.context import Portal
from tests import postgres
from tests.cli.command import Command
from tests.conftest import add_account


CLINICS = 300
YEAR = "2024"
BASE = {"PORTAL_FIRST_MONTH": str(invented.FIRST)}


@contextmanager
def empty_places() -> Iterator[dict[str, Callable[[], tuple[str, dict[str, str]]]]]:
    """Give, by engine, what makes an empty place for an installation: its address, and its owner's where it has one."""
    with tempfile.TemporaryDirectory() as name, postgres.serve() as server:
        folder = Path(name)

        def file() -> tuple[str, dict[str, str]]:
            return f"sqlite:///{tempfile.mkdtemp(dir=folder)}/portal.db", {}

        def database() -> tuple[str, dict[str, str]]:
            name = server.create()
            owner = {"PORTAL_MIGRATION_URL": server.url(name, postgres.OWNER)}
            return server.url(name, postgres.WORKER), owner

        yield {"SQLite": file, "PostgreSQL": database}


def fill_with_demo(portal: Portal) -> None:
    build.build(portal)


def fill_with_nation(portal: Portal, clinics: int) -> None:
    with portal.database.writing(EVERY_CLINIC) as scoped:
        for clinic in invented.clinics(clinics).values():
            db.registry.clinics.add(scoped, clinic)
    add_account(portal, "region", role="region")
    add_account(portal, "admin", role="admin")


def run(url: str, *arguments: object, **environment: str) -> tuple[str, float]:
    """Run a command in a process of its own, as an operator would; returns what it said, and its seconds."""
    began = time.monotonic()
    done = Command("unused").in_a_shell(*arguments, PORTAL_DATABASE_URL=url, **BASE, **environment)
    if done.returncode:
        raise SystemExit(f"portal {arguments[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout, time.monotonic() - began


def drill(name: str, url: str, again: tuple[str, dict[str, str]]) -> bool:
    """Back up, restore into an empty place; print what each took. Returns whether every figure is as it was."""
    folder = Path(tempfile.mkdtemp())
    kept = folder / "kept.backup"
    figures, _ = run(url, "figures", YEAR, "--json")
    _, backing_up = run(url, "backup", kept)
    size = kept.stat().st_size / 1_000_000
    restored_url, owner = again
    _, restoring = run(restored_url, "restore", kept, **owner)
    shutil.rmtree(folder)
    is_same = run(restored_url, "figures", YEAR, "--json")[0] == figures
    print(
        f"{name:24} {size:6.1f} MB  backed up in {backing_up:5.1f} s  away for {restoring:5.1f} s"
        f"  figures {'equal' if is_same else 'DIFFER'}",
        flush=True,
    )
    return is_same


def main() -> int:
    clinics = int(sys.argv[1]) if len(sys.argv) > 1 else CLINICS
    content = invented.long_file(clinics * len(invented.MONTHS) * len(MEASURES) - 1)
    is_same = []
    with empty_places() as places, tempfile.TemporaryDirectory() as name:
        history = Path(name) / "history.csv"
        history.write_bytes(content)
        for engine, place in places.items():
            for size in ("demo", "nation"):
                url, owner = place()
                with_tables = Database(owner.get("PORTAL_MIGRATION_URL", url))
                migrate.upgrade(with_tables, works_as=postgres.WORKER)
                with_tables.engine.dispose()
                portal = invented.portal_since_2015(Database(url))
                if size == "demo":
                    fill_with_demo(portal)
                else:
                    fill_with_nation(portal, clinics)
                    run(url, "import", history, "--as", "region")
                portal.database.engine.dispose()
                is_same.append(drill(f"{engine}, {size}", url, place()))
    return int(not all(is_same))


if __name__ == "__main__":
    sys.exit(main())
