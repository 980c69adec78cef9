"""When two names are the same: the one comparison of everything that people write and that is a key.

Clinics, owners, municipalities, types of a source: what the eye cannot tell apart is one name.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping


# Format characters (zero-width, bidi marks, soft hyphen): invisible, so they may neither match nor hide.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")


def visible(text: str) -> str:
    """Return the text in compatibility form without invisible characters."""
    if text.isascii():
        return text
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def name_key(text: str) -> str:
    """Return the name as it is compared: no case, no invisible characters, one space between words."""
    return visible(" ".join(visible(text).split()).casefold())


def is_same_name(name: str, other: str) -> bool:
    return name_key(name) == name_key(other)


def code_of_name(text: str, names_by_code: Mapping[str, Iterable[str]]) -> str | None:
    """Return the code that the text writes, or whose name it writes; None where that is none or several."""
    if text in names_by_code:
        return text
    key = name_key(text)
    codes = {code for code in names_by_code if name_key(code) == key}
    codes = codes or {code for code, names in names_by_code.items() if key in map(name_key, names)}
    return codes.pop() if len(codes) == 1 and key else None
