"""A folder of texts, free of what differs from run to run, and the difference between two."""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Varying:
    """Something in the outputs that no two runs share."""

    pattern: str
    replacement: str
    reason: str


VARYING = (
    Varying(r"(?<=\d{4}-\d\d-\d\d[ T])\d\d:\d\d:\d\d", "TIME", "hangs on how many pages were opened before"),
    Varying(r"\bkl\. \d\d\.\d\d\b", "kl. TIME", "the same, as people read it"),
    Varying(r"(?m)^date: .*$", "date: TIME", "the server's clock goes on"),
    Varying(r"(?m)^(last-modified|etag): .*$", r"\1: FILE", "when this tree was laid on the disk"),
    Varying(r"\b([A-Z2-7]{4} ){7}[A-Z2-7]{4}\b", "KEY", "every visit makes a new second factor to set up"),
    Varying(r"(?<=class%3D%27qrline%27)[^\">]*", " QR", "the same, as a code to photograph"),
)

# Left out too where words are compared, and not how they are written down.
SPELLINGS = (
    Varying(r' class="[^"]*"', "", "what the style sheet calls it"),
    Varying(r"&(#x27|#39);", "'", "two ways to write a quote"),
    Varying(r"&(quot|#34);", '"', "two ways to write a double quote"),
)


def normalised(text: str, rules: Iterable[Varying] = VARYING) -> str:
    """Return the text with what differs from run to run named instead of written out."""
    for rule in rules:
        text = re.sub(rule.pattern, rule.replacement, text)
    return text


@dataclass(frozen=True, slots=True)
class Recording:
    folder: Path
    workplace: str  # the temporary folder, whose name differs

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        if path.exists():
            raise FileExistsError(f"two outputs have the name {name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        text = normalised(text.replace(self.workplace, "WORKPLACE"))
        path.write_text(text.rstrip("\n") + "\n", "utf-8")


def names_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def differences(before: Path, after: Path, *, words_only: bool = False) -> dict[str, list[str]]:
    """Return each difference with the names of the outputs that have it, so that none is read twice."""
    rules = SPELLINGS if words_only else ()
    where: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names_in(before) | names_in(after)):
        if difference := difference_of(*(lines_of(folder / name, rules) for folder in (before, after))):
            where[difference].append(name)
    return where


def lines_of(path: Path, rules: Iterable[Varying]) -> list[str]:
    return normalised(path.read_text("utf-8"), rules).splitlines() if path.exists() else []


def difference_of(before: list[str], after: list[str]) -> str:
    """Return the unified diff without line numbers: the same change reads the same everywhere."""
    lines = list(difflib.unified_diff(before, after, lineterm="", n=2))[2:]
    return "\n".join("@@" if line.startswith("@@ ") else line for line in lines)
