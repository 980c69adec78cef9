"""When two names are the same: the one comparison of everything that people write and that is a key.

Clinics, owners, municipalities, types of a source: what the eye cannot tell apart is one name.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache


# Format characters (zero-width, bidi marks, soft hyphen): invisible, so they may neither match nor hide.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)

_LAST_LETTERS = str.maketrans("åäö", "{|}")


def without_invisible(text: str) -> str:
    """Return the text without the characters that show nothing and could make it another one."""
    return _INVISIBLE.sub("", text)


def visible(text: str) -> str:
    """Return the text in compatibility form without invisible characters."""
    if text.isascii():
        return text
    # Composed again afterwards: a sign may have stood between a letter and its accent.
    return unicodedata.normalize("NFKC", without_invisible(unicodedata.normalize("NFKC", text)))


def plain_name(text: str) -> str:
    """Return the name as it is stored: composed, without invisible characters, one space between words."""
    return " ".join(visible(text).split())


@lru_cache(maxsize=1024)  # an owner's is asked for at each figure of each of its clinics
def name_key(text: str) -> str:
    """Return the name as it is compared: no case, no invisible characters, one space between words."""
    return visible(plain_name(text).casefold())


def swedish_key(name: str) -> str:
    """Return a key that sorts å, ä and ö last."""
    return name.casefold().translate(_LAST_LETTERS)


def is_same_name(name: str, other: str) -> bool:
    return name_key(name) == name_key(other)


def near_equals(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the names that are spelled in several ways, each with its spellings."""
    spellings: dict[str, dict[str, None]] = {}
    for name in names:
        spellings.setdefault(name_key(name), {})[name] = None
    return [tuple(of_one) for of_one in spellings.values() if len(of_one) > 1]


class Spellings:
    """How names are spelled: as it stands where one is, else as the first that is the same."""

    def __init__(self, names: Collection[str]) -> None:
        self._exact = set(names)
        self._first: dict[str, str] = {}
        for name in names:
            self._first.setdefault(name_key(name), name)

    def of(self, name: str) -> str | None:
        return name if name in self._exact else self._first.get(name_key(name))

    def united(self, name: str) -> str:
        """Return the name's spelling; a name that nobody has used is its own from now on."""
        spelling = self.of(name) or plain_name(name)
        self._exact.add(spelling)
        self._first.setdefault(name_key(name), spelling)
        return spelling


def code_of_name(text: str, names_by_code: Mapping[str, Iterable[str]]) -> str | None:
    """Return the code that the text writes, or whose name it writes; None where that is none or several."""
    if text in names_by_code:
        return text
    key = name_key(text)
    codes = {code for code in names_by_code if name_key(code) == key}
    codes = codes or {code for code, names in names_by_code.items() if key in map(name_key, names)}
    return codes.pop() if len(codes) == 1 and key else None
