"""Which passwords are good enough: long, and neither common nor made of this portal's own words.

Length only, no rules about kinds of characters and no expiry: those make worse passwords
(NIST SP 800-63B-4, OWASP ASVS 5.0 6.2). The common ones are the 19,640 that Django refuses
(django/contrib/auth/common-passwords.txt.gz, Royce Williams' list; BSD licence).
"""

import gzip
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path


SHORTEST_ALONE = 15
SHORTEST_WITH_SECOND_FACTOR = 8
LONGEST = 128
FEWEST_KINDS = 5  # different characters
FEWEST_LETTERS_OF_ONES_OWN = 4

_COMMON = Path(__file__).parent / "common-passwords.txt.gz"
_CONTEXT = (
    *("vårdval", "vardval", "bup", "portal", "portalen", "region", "regionen", "dalarna", "dalarnas"),
    *("mottagning", "mottagningen", "barnpsyk", "psykiatri", "psykiatrin", "vård", "vard", "klinik", "chef"),
    *("lösenord", "losenord", "password", "passord", "hemligt", "hemlig", "sommar", "sommaren", "vinter"),
    *("vintern", "höst", "host", "hösten", "hosten", "vår", "var", "våren", "varen", "sverige", "välkommen"),
    *("valkommen", "admin", "administrator", "administratör", "inloggning", "login", "qwerty", "qwertyuiop"),
    *("asdfghjkl", "zxcvbnm", "abc", "januari", "februari", "mars", "april", "maj", "juni", "juli"),
    *("augusti", "september", "oktober", "november", "december", "måndag", "mandag", "fredag"),
)


def fault_of(password: str, *, has_second_factor: bool, words: Iterable[str] = ()) -> str | None:
    """Return what is wrong with a password in Swedish, or None.

    `words` are those of the account and of the clinics: their names say nothing secret here.
    """
    text = normal(password)
    least = shortest(has_second_factor=has_second_factor)
    if len(text) < least:
        return f"Lösenordet behöver minst {least} tecken. Flera ord efter varandra går bra."
    if len(text) > LONGEST:
        return f"Lösenordet får ha högst {LONGEST} tecken."
    if text.casefold() in common():
        return "Lösenordet är ett av de vanligaste och gissas direkt. Välj ett annat."
    if len(set(text.casefold())) < FEWEST_KINDS or _is_sequence(text):
        return "Lösenordet upprepar några få tecken eller räknar upp dem i följd. Välj ett annat, gärna flera ord."
    if _is_of_known_words(text, words):
        return (
            "Lösenordet består av ord som hör ihop med portalen, mottagningen eller kontot, årstider, månader "
            "och siffror. Lägg till ord som ingen annan väljer."
        )
    return None


def shortest(*, has_second_factor: bool) -> int:
    return SHORTEST_WITH_SECOND_FACTOR if has_second_factor else SHORTEST_ALONE


def normal(password: str) -> str:
    """Return the password as it is hashed: composed characters, nothing taken away."""
    return unicodedata.normalize("NFC", password)


@cache
def common() -> frozenset[str]:
    with gzip.open(_COMMON, "rt", encoding="utf-8") as lines:
        return frozenset(line.strip() for line in lines)


def _is_sequence(text: str) -> bool:
    """Tell whether the characters follow one another by one or two steps: 123456789012345, abcabcabcabcabc."""
    return len({ord(after) - ord(before) for before, after in pairwise(text)}) <= 2


def _is_of_known_words(text: str, words: Iterable[str]) -> bool:
    """Tell whether almost nothing but digits and signs is left when the known words are taken away."""
    left = text.casefold()
    known = {part for word in (*_CONTEXT, *words) for part in re.findall(r"\w+", word.casefold())}
    for word in sorted(known, key=len, reverse=True):
        if len(word) > 2:
            left = left.replace(word, " ")
    own = sum(char.isalpha() for char in left)
    return left != text.casefold() and own < FEWEST_LETTERS_OF_ONES_OWN
