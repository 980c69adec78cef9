"""What people write in their own words: kept as written, but for what only a machine would notice."""

import re
import unicodedata


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
    kept = _BLANK_LINES.sub("\n\n", unicodedata.normalize("NFC", kept)).strip()
    kept = kept if longest is None else kept[:longest].strip()
    return kept if any(map(_is_seen, kept)) else ""


def _is_seen(sign: str) -> bool:
    """Tell whether a character shows something by itself: a space or an accent alone does not."""
    return unicodedata.category(sign)[0] in "LNPS" and sign not in _UNSEEN


def fit_for_xml(text: str) -> str:
    """Return the text without the characters that XML 1.0 (2.2) doesn't allow: Word and Excel files are XML."""
    return _NOT_IN_XML.sub("", text)
