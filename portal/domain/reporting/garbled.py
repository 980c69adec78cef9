"""Headings whose å, ä and ö were lost when a file was saved or opened with another table of characters."""

import re
from collections.abc import Iterable, Mapping
from itertools import product

from portal.domain.reporting.grammar import match_key


HEADINGS = ("mått", "värde", "skäl", "krävs", "anmärkning")  # those of every form that have such a letter
_READ_AS = ("cp1252", "latin-1", "mac_roman", "cp850")
_WRITTEN_AS = ("utf-8", "mac_roman", "cp850", "cp1252")
_LOST = re.compile("[åäö]")  # letters that became a question mark, or two
_PATTERNS = {heading: re.compile(_LOST.sub("[?\ufffd]{1,2}", heading)) for heading in HEADINGS}


def garbled_headings(cells: Iterable[str]) -> Mapping[str, str]:
    """Return the cells that are such a heading, and which one each was."""
    pairs = ((cell, _heading_of(cell)) for cell in cells)
    return {cell: heading for cell, heading in pairs if heading}


def _heading_of(cell: str) -> str | None:
    text = cell.strip(' "')
    if not 3 < len(text) < 30 or match_key(text) in HEADINGS or (text.isascii() and "?" not in text):
        return None
    lost = (heading for heading, pattern in _PATTERNS.items() if pattern.fullmatch(match_key(text)))
    decoded = (_decoded(text, *tables) for tables in product(_READ_AS, _WRITTEN_AS))
    return next(lost, None) or next((key for key in decoded if key in HEADINGS), None)


def _decoded(text: str, read_as: str, written_as: str) -> str:
    try:
        return match_key(text.encode(read_as).decode(written_as))
    except UnicodeError:
        return ""
