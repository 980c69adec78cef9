"""A folder that files land in: which of them are complete, whose turn it is, and where they go afterwards.

A file is moved to a folder of the portal's own before it is read, so that another one of the same name can
land meanwhile, and stays on the same file system throughout. Links and folders are left alone.
"""

import fcntl
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


LOCK, TAKING, DONE, REFUSED = ".portal-inbox.lock", ".taking", "done", "refused"
UNFINISHED = (".part", ".tmp")


class FolderFault(Exception):
    """The folder can't be used so; the message is for whoever started the command."""


class Unsettled(Exception):
    """The file is gone, or still being written: it is looked at again."""


class NotReadable(Exception):
    """The file may not be read; the message is Swedish."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """What changes when a file is written to."""

    size: int
    changed_ns: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Appearance":
        return cls(status.st_size, status.st_mtime_ns, status.st_ino)


@dataclass
class InboxFolder:
    """The folder, and how each file in it looked the last time."""

    path: Path
    appearances: dict[Path, Appearance] = field(default_factory=dict)

    def prepare(self) -> None:
        """Make the folders inside; raises FolderFault where they can't be used."""
        if not self.path.is_dir():
            raise FolderFault(f"There is no folder {self.path}.")
        for name in (TAKING, DONE, REFUSED):
            inner = self.path / name
            if not inner.is_symlink() and not inner.exists():
                inner.mkdir()
                inner.chmod(stat.S_IMODE(self.path.stat().st_mode))  # for whoever may use the one around it
            if inner.is_symlink() or not inner.is_dir():
                raise FolderFault(f"{inner} is in the way: it has to be a folder.")
            if inner.stat().st_dev != self.path.stat().st_dev:
                raise FolderFault(f"{inner} lies on another file system than {self.path}.")

    @contextmanager
    def locked(self) -> Iterator[bool]:
        """Tell whether the folder is ours for now: one process at a time takes files."""
        handle = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            yield _lock(handle)
        finally:
            os.close(handle)

    def look(self) -> list[Path]:
        """Return the files that look as they did the last time, the oldest first."""
        now: dict[Path, Appearance] = {}
        for entry in (*os.scandir(self.path / TAKING), *os.scandir(self.path)):
            with suppress(FileNotFoundError):  # somebody took it back
                if _is_to_take(entry):
                    now[Path(entry.path)] = Appearance.of(entry.stat(follow_symlinks=False))
        before, self.appearances = self.appearances, now
        complete = [path for path, appearance in now.items() if before.get(path) == appearance]
        return sorted(complete, key=lambda path: (now[path].changed_ns, path.name))

    def claim(self, path: Path) -> Path:
        """Move a file to where nobody else puts any; one that was claimed before stays. Raises Unsettled."""
        claimed = self.path / TAKING / path.name
        if claimed == path:
            return path
        if claimed.exists():
            raise Unsettled  # one of the same name, left there when a process ended: it goes first
        try:
            path.rename(claimed)
        except FileNotFoundError as fault:
            raise Unsettled from fault
        self.appearances[claimed] = self.appearances.pop(path)
        return claimed

    def read(self, path: Path, *, most: int) -> bytes:
        """Return the first bytes of a claimed file. Raises Unsettled, NotReadable."""
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except PermissionError as fault:
            raise NotReadable(
                "Portalen får inte läsa filen. Ge dess användare rätt att läsa den, och lägg filen i mappen igen."
            ) from fault
        except OSError as fault:
            raise Unsettled from fault
        with os.fdopen(handle, "rb") as file:
            content = file.read(most)
            status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or Appearance.of(status) != self.appearances[path]:
            raise Unsettled
        return content

    def put_away(self, path: Path, name: str, reports: Mapping[str, str], *, is_refused: bool) -> Path:
        """Move a claimed file to its place under a name that is free, with the reports beside it, by their endings.

        The reports come first: what a process was about to say when it ended is there to be read.
        """
        folder = self.path / (REFUSED if is_refused else DONE)
        target = _free(folder, name, tuple(reports))
        mode = stat.S_IMODE(self.path.stat().st_mode) & 0o666
        for ending, text in reports.items():
            report = folder / (target.name + ending)
            report.write_text(text, encoding="utf-8")
            report.chmod(mode)
        path.rename(target)
        self.appearances.pop(path, None)
        return target


def _lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_to_take(entry: os.DirEntry[str]) -> bool:
    name = entry.name.lower()
    return not name.startswith(".") and not name.endswith(UNFINISHED) and entry.is_file(follow_symlinks=False)


def _free(folder: Path, name: str, endings: tuple[str, ...]) -> Path:
    """Return where nothing lies yet, neither by that name nor by its reports'."""
    path = Path(name)
    number = 1
    while True:
        numbered = name if number == 1 else f"{path.stem}-{number}{path.suffix}"
        if not any(os.path.lexists(folder / (numbered + ending)) for ending in ("", *endings)):
            return folder / numbered
        number += 1
