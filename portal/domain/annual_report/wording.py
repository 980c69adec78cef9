"""Which words a change deserves, as the region's report uses them; and how written texts are laid out."""

import re
from dataclasses import dataclass

from portal.domain.registry.rounding import half_up
from portal.domain.reporting.texts import clean


SMALL_POINTS, LARGE_POINTS = 5.0, 20.0  # percentage points
SMALL_PERCENT, LARGE_PERCENT = 5.0, 50.0  # per cent of the year before
LONGEST_TEXT = 20_000

_BULLET = re.compile(r"^\s*[-•*–]\s+")


def change_words(amount: float | None, *, in_points: bool) -> str:
    """Return `en ökning`, `en tydlig ökning`, `en liten minskning` …; empty for no change at all.

    `amount` is percentage points or per cent. A difference that is rounded away is no change.
    """
    if amount is None or half_up(amount) == 0:
        return ""
    word = "ökning" if amount > 0 else "minskning"
    small, large = (SMALL_POINTS, LARGE_POINTS) if in_points else (SMALL_PERCENT, LARGE_PERCENT)
    if abs(amount) < small:
        return f"en liten {word}"
    return f"en tydlig {word}" if abs(amount) >= large else f"en {word}"


def is_list_line(line: str) -> bool:
    return bool(_BULLET.match(line))


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or one item of a list."""

    text: str
    is_item: bool = False


def blocks(text: str) -> list[Block]:
    """Return a written text's paragraphs and list items. A blank line parts them, `-` begins an item."""
    found: list[Block] = []
    goes_on = False
    for line in clean(text).split("\n"):
        if not line.strip():
            goes_on = False
        elif is_list_line(line):
            found.append(Block(_BULLET.sub("", line), is_item=True))
            goes_on = True
        elif goes_on:
            found[-1] = Block(f"{found[-1].text} {line.strip()}", found[-1].is_item)
        else:
            found.append(Block(line.strip()))
            goes_on = True
    return found
