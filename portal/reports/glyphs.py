"""Characters that no font here has: people write them, and Typst refuses a whole document for one (PDF/UA)."""

import re
import unicodedata
from collections.abc import Callable, Collection


SQUARE = "□"
_UNDRAWN = re.compile(r'the text `"(.+?)"` could not be displayed')
_BY_NUMBER = re.compile(r"\\u\{([0-9a-f]+)\}")


def missing(diagnostic: str) -> frozenset[str]:
    """Return the characters that Typst's words about a document say it can't draw."""
    undrawn = "".join(_UNDRAWN.findall(diagnostic))
    return frozenset(_BY_NUMBER.sub(lambda number: chr(int(number[1], 16)), undrawn))


def replacing(characters: Collection[str]) -> Callable[[str], str]:
    """Return what takes them out of a text.

    Marks and joiners go first and alone: the letter that carries one is called missing with it, and mostly is not.
    """
    marks = {sign for sign in characters if unicodedata.category(sign)[0] in "MC"}
    table = str.maketrans(dict.fromkeys(marks, "") if marks else dict.fromkeys(characters, SQUARE))
    return lambda text: text.translate(table)
