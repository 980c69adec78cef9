"""A PostgreSQL server of the bench's own, where one is installed, with the demo on it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine

from portal.bench import servers
from portal.bench.measuring import BenchFault


ROLE = "portal"  # owns the tables and serves, but is no superuser: row security holds for it too
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",  # nobody needs these data after a power cut
    "max_connections": "60",
}


def binaries() -> Path | None:
    """Return the folder of initdb and pg_ctl, or None where no server is installed."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return installed[0].parent if installed else None


@contextmanager
def demo() -> Iterator[str]:
    """Serve a database with the demo while it is needed; gives its address."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-postgres-") as name:
        folder = Path(name)
        if os.geteuid() == 0:  # the server refuses to run as root
            shutil.chown(folder, "postgres", "postgres")
        port, cluster = servers.free_port(), folder / "data"
        _run("initdb", "-D", cluster, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
        options = [f"-c {setting}={value}" for setting, value in SETTINGS.items()]
        options += [f"-p {port}", f"-k {folder}"]
        _run("pg_ctl", "-D", cluster, "-w", "-l", folder / "log", "-o", " ".join(options), "start")
        try:
            _make_database(port)
            url = f"postgresql+psycopg://{ROLE}@127.0.0.1:{port}/{ROLE}"
            servers.build_demo(url, folder)
            yield url
        finally:
            _run("pg_ctl", "-D", cluster, "-w", "-m", "immediate", "stop")


def _make_database(port: int) -> None:
    engine = create_engine(
        f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres", isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER")
        connection.exec_driver_sql(f"CREATE DATABASE {ROLE} OWNER {ROLE} ENCODING 'UTF8' TEMPLATE template0")
    engine.dispose()


def _run(program: str, *arguments: object) -> None:
    folder = binaries()
    as_server = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    process = subprocess.run(
        [*as_server, str(folder and folder / program), *map(str, arguments)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # pg_ctl's server goes on with what it is given
        stderr=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
        text=True,
        check=False,
    )
    if process.returncode:
        raise BenchFault(f"{program} did not work:\n{process.stderr or ''}")
