"""What people write in their own words: kept as written, but for what only a machine would notice."""

import re
import unicodedata
from functools import lru_cache

from portal.domain.refused import Refused
from portal.domain.registry.names import without_invisible
from portal.domain.reporting.grammar import holds_personal_number


LONGEST_NOTE = 1_000
SHORTEST_REASON, LONGEST_REASON = 5, 500  # why something is changed
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet may compute a text that begins so

_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_UNSEEN = "\u115f\u1160\u2800\u3164\uffa0"  # letters and a symbol by class, but they show nothing
_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_BLANK_LINES = re.compile(r"\n{3,}")


def clean(text: str, *, longest: int | None = None) -> str:
    """Return the text composed (NFC) and trimmed, without control, direction and unassigned characters.

    Line breaks stay; characters that turn the reading direction could make a text say another thing than
    it shows. What shows nothing at all is no text.
    """
    text = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text)).replace("\t", " ")
    kept = "".join(sign for sign in text if sign == "\n" or not unicodedata.category(sign).startswith("C"))
    kept = without_invisible(kept)
    kept = _BLANK_LINES.sub("\n\n", unicodedata.normalize("NFC", kept)).strip()
    kept = kept if longest is None else kept[:longest].strip()
    return kept if any(map(_is_seen, kept)) else ""


class PrivateText(Refused):
    """The text holds a personal identity number: it is not stored anywhere."""

    def __init__(self) -> None:
        super().__init__(
            "Texten innehåller något som ser ut som ett personnummer. Inget är sparat: ta bort numret och "
            "skriv utan att peka ut någon."
        )


@lru_cache(maxsize=16)  # a history's months have one note; a text that is refused is not remembered
def storable(text: str) -> str:
    """Return a text in somebody's own words as it may be stored; raises PrivateText.

    The one rule of every box that takes words. Every column for them asks it (db.columns.FreeText), so
    that no door can be forgotten; whoever looks at a length or compares with what is stored asks it before.
    """
    cleaned = clean(text)
    if holds_personal_number(cleaned):
        raise PrivateText
    return cleaned


def _is_seen(sign: str) -> bool:
    """Tell whether a character shows something by itself: a space or an accent alone does not."""
    return unicodedata.category(sign)[0] in "LNPS" and sign not in _UNSEEN


def fit_for_xml(text: str) -> str:
    """Return the text without the characters that XML 1.0 (2.2) doesn't allow: Word and Excel files are XML."""
    return _NOT_IN_XML.sub("", text)


_ADDRESS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)  # where a joiner, unseen, breaks it
_MARKDOWN = r"\`*_{}[]()#+!<>|~$:"


def plain(text: str) -> str:
    """Return a text that people wrote so that Markdown shows it as it stands: no link, image or markup.

    Bare addresses make links too.
    """
    text = _ADDRESS.sub("\u2060", text)
    return "".join(f"\\{sign}" if sign in _MARKDOWN else sign for sign in text)
