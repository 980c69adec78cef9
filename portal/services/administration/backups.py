"""A backup is one zip file: everything that is stored, and a list of what that is.

It can be made while the portal runs, is read back before it is called done, and is put back into an empty place
only. The installation's secret is not in it: without that the event log can't be checked, and nobody's second
factor works.
"""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from db import backup, migrate, revision
from db.backup import BackupFault, Contents
from db.engine import Database
from portal.domain.accounts.access import User, check_is_administrator
from portal.services.administration import checkup, deployment_checks
from portal.services.administration.health import HealthFinding
from portal.services.context import Clock, Portal
from portal.settings import Settings


LIST, PAYLOAD = "backup.json", "database"
SQLITE, POSTGRES = "sqlite", "postgresql"


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    portal: str  # the version that made it
    engine: str
    made_at: str
    sha256: str  # of the payload
    contents: Contents

    @classmethod
    def parse(cls, text: bytes) -> "Manifest":
        """Raises BackupFault for anything else than a list of this form."""
        try:
            fields = json.loads(text)
            return cls(**{**fields, "contents": Contents(**fields["contents"])})
        except (ValueError, TypeError, KeyError) as fault:
            raise BackupFault("its list cannot be read: it is no backup of the portal's") from fault

    @property
    def is_sqlite(self) -> bool:
        return self.engine == SQLITE


@dataclass(frozen=True, slots=True)
class Verification:
    """A backup that can be read, and what is not in order in it; PostgreSQL's is looked into when it is put back."""

    manifest: Manifest
    findings: tuple[HealthFinding, ...] = ()

    @property
    def faults(self) -> list[HealthFinding]:
        return [finding for finding in self.findings if finding.check.is_error and not finding.is_ok]


def make(portal: Portal, user: User, path: Path) -> Manifest:
    """Write a backup and read it back; a file that is there already stays as it is."""
    check_is_administrator(user)
    if path.exists():
        raise BackupFault(f"{path} is there already: choose another name.")
    with _folder(path.parent) as folder:
        payload, packed = folder / PAYLOAD, folder / "packed"
        contents = backup.dump(portal.database, payload)
        manifest = Manifest(
            portal=version(deployment_checks.PACKAGE),
            engine=SQLITE if portal.database.is_sqlite else POSTGRES,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            sha256=_sha256(payload),
            contents=contents,
        )
        _check_rows(manifest, payload)
        _pack(manifest, payload, packed)
        packed.rename(path)
    with portal.writing(user) as writing:
        writing.record("backup.made", subject=path.name, details={"sha256": manifest.sha256})
    return manifest


def verify(path: Path, settings: Settings) -> Verification:
    """Read a backup from beginning to end, and look into SQLite's as `portal check` does. Raises BackupFault."""
    with _unpacked(path, path.parent) as (manifest, payload):
        if not manifest.is_sqlite:
            return Verification(manifest)
        return Verification(manifest, tuple(_look_into(payload, settings)))


def restore(path: Path, settings: Settings) -> tuple[Manifest, Database]:
    """Put a backup where the settings say, which must be empty; return where it is now. Raises BackupFault."""
    owner = Database(settings.migration_url or settings.database_url, secrets=settings.secrets)
    place = owner.engine.url.database
    beside = Path(str(place)).parent if owner.is_sqlite else path.parent
    with _unpacked(path, beside) as (manifest, payload):
        if manifest.is_sqlite is not owner.is_sqlite:
            raise BackupFault(f"It is a backup of {manifest.engine}, and {owner.safe_url} is none.")
        backup.load(payload, owner)
    if not owner.is_sqlite:
        migrate.let_in(owner, Database(settings.database_url).role)
    return manifest, owner


def differences(manifest: Manifest, database: Database) -> list[str]:
    """Return what is stored otherwise than the backup says: tables by their rows, and the event log's end."""
    now = backup.contents_of(database)
    tables = sorted({*manifest.contents.rows, *now.rows})
    rows = [(name, manifest.contents.rows.get(name), now.rows.get(name)) for name in tables]
    differing = [f"{name}: {before} rows, now {after}" for name, before, after in rows if before != after]
    if manifest.contents.audit_end != now.audit_end:
        differing.append(f"the event log ended with {manifest.contents.audit_end}, now {now.audit_end}")
    return differing


def _look_into(payload: Path, settings: Settings) -> list[HealthFinding]:
    database = Database(f"sqlite:///{payload}", secrets=settings.secrets)
    try:
        revision.check_is_not_newer(database)
        if not revision.is_current(database):
            return []
        return checkup.run_data(Portal(database=database, clock=Clock(settings.today)), settings)
    finally:
        database.engine.dispose()


def _check_rows(manifest: Manifest, payload: Path) -> None:
    rows = backup.count_rows(payload, is_sqlite=manifest.is_sqlite)
    if rows != dict(manifest.contents.rows):
        tables = sorted(name for name, count in manifest.contents.rows.items() if rows.get(name) != count)
        raise BackupFault(f"the copy lacks rows of {', '.join(tables)}")


def _pack(manifest: Manifest, payload: Path, packed: Path) -> None:
    with packed.open("xb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
            archive.writestr(LIST, json.dumps(asdict(manifest), indent=1))
            archive.write(payload, PAYLOAD)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _unpacked(path: Path, beside: Path) -> Iterator[tuple[Manifest, Path]]:
    """Unpack a backup into a folder that goes again; raises BackupFault where it is not what it says."""
    try:
        with zipfile.ZipFile(path) as archive, _folder(beside) as folder:
            manifest = Manifest.parse(archive.read(LIST))
            payload = folder / PAYLOAD
            with archive.open(PAYLOAD) as source, payload.open("xb") as target:
                shutil.copyfileobj(source, target)
            if _sha256(payload) != manifest.sha256:
                raise BackupFault("it was changed since it was made: its SHA-256 is another")
            _check_rows(manifest, payload)
            yield manifest, payload
    except (zipfile.BadZipFile, KeyError, EOFError) as fault:
        raise BackupFault(f"{path} is damaged, or no backup of the portal's: {fault}") from fault


@contextmanager
def _folder(beside: Path) -> Iterator[Path]:
    """A folder of one's own on the same disk: a file moved out of it is there whole or not at all."""
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=beside, prefix=".backup-") as folder:
        yield Path(folder)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
