"""What the region still has to hear of the inbox: noted in its folder, so that it outlives the process."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path


NAME = ".portal-inbox.untold.json"


@dataclass(slots=True)
class Untold:
    """A line for each refused file, and to whom a mail about them was begun: nobody gets it twice."""

    path: Path
    lines: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path) -> "Untold":
        path = folder / NAME
        return cls(path, **json.loads(path.read_text("utf-8"))) if path.exists() else cls(path)

    def add(self, line: str) -> None:
        self.lines.append(line)
        self._write()

    def begin(self, address: str) -> bool:
        """Note that a mail is about to go; returns whether it is the first about this to that address."""
        if address in self.begun:
            return False
        self.begun.append(address)
        self._write()
        return True

    def end(self) -> None:
        """Everybody was told."""
        self.path.unlink(missing_ok=True)

    def _write(self) -> None:
        """Replace the note whole: an end in between leaves the one before."""
        new = self.path.with_suffix(".tmp")
        text = json.dumps({"lines": self.lines, "begun": self.begun}, ensure_ascii=False)
        with new.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)
