"""A number of a workbook as its cell shows it: the text that the grammar then reads.

A cell means what people see in it. 0,8 shown as 80 % is the text `80 %`, which the grammar takes where the
unit is percent and refuses where a count belongs. Words that only say what is counted, as in `12 st`, are
left out: the number is the same without them.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache


GENERAL = "General"
THOUSANDS = "i tusental"  # the cell shows thousands or millions of what is stored: for the grammar to refuse
UNSEEN = "visas inte"  # the format hides the number: for the grammar to refuse
_DIGITS = 15  # what Excel keeps of a number

_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)"? | \\(?P<escaped>.) | [_*].             # words; a width or a filling
    | \[\$(?P<currency>[^\]-]*)[^\]]*\] | \[[^\]]*\]            # money with a locale; a colour or condition
    | (?P<general>General) | (?P<digits>[0#?](?:[0#?.,\ ]*[0#?])?(?P<scale>,*))
    | (?P<percent>%) | (?P<end>;) | (?P<sign>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_WORD = re.compile(r"[^\W\d_]+|[%‰$€£¥]")
_FIGURE = re.compile(r"\d")
_SHOWN_SIGNS = "$€£¥"  # outside quotes other letters are Excel's own
# Words beside a number that say what it is; all others only say what is counted.
_UNIT = re.compile(r"[%‰$€£¥]|procent|promille|kr|kronor|sek|eur|euro|usd|nok|dkk|per")
_SIZE = re.compile(
    r"[kmt]|[tm]kr|m[nd]kr|[km]sek|tus(en|ental)?|tsd|mn|mdr?|milj(on|oner|ard|arder)?|hundra(tal)?|tiotal|dussin"
)


@dataclass(slots=True)
class _Section:
    """What one part of a format (for numbers above, below and at 0) does to a number."""

    text: str = ""  # what stands beside the number
    has_number: bool = False
    is_percent: bool = False
    is_scaled: bool = False  # a comma after the digits, figures or a word show thousands
    is_empty: bool = True

    @property
    def words(self) -> str:
        """Return the letters, percent signs and money beside the number: brackets and dashes say nothing."""
        return " ".join(_WORD.findall(self.text))

    @property
    def unit(self) -> str:
        """Return the words where they say what the number is, "" where they say what is counted."""
        return self.words if self._has(_UNIT) else ""

    @property
    def is_of_another_size(self) -> bool:
        return self.is_scaled or self._has(_SIZE)

    def _has(self, word: re.Pattern[str]) -> bool:
        return any(map(word.fullmatch, self.words.casefold().split()))


def as_shown(number: float, number_format: str = GENERAL) -> str:
    """Return the number as the text that its cell shows, decimals uncut: `0,8` with `0%` is `80 %`."""
    section = _section_of(number, number_format)
    if number and section.is_empty:
        return f"{_spelled(number)} {UNSEEN}"
    if number and not section.has_number and section.words:
        return section.words
    if number and section.is_of_another_size:
        return f"{_spelled(number)} {THOUSANDS}"
    shown = _spelled(number, hundredfold=section.is_percent)
    unit = "%" if section.is_percent else section.unit
    return f"{shown} {unit}" if unit else shown


def _section_of(number: float, number_format: str) -> _Section:
    sections = _sections(number_format)
    position = 2 if number == 0 else int(number < 0)
    if position >= len(sections):
        position = 0
    return sections[position]


@lru_cache(maxsize=1_000)
def _sections(number_format: str) -> list[_Section]:
    sections = [_Section()]
    for token in _TOKEN.finditer(number_format or GENERAL):
        if token["end"]:
            sections.append(_Section())
        else:
            _add(sections[-1], token)
    return sections


def _add(section: _Section, token: re.Match[str]) -> None:
    words = token["quoted"] or token["escaped"] or ""
    section.is_empty = False
    section.is_percent |= bool(token["percent"])
    section.has_number |= bool(token["digits"] or token["general"])
    section.is_scaled |= bool(token["scale"] or _FIGURE.search(words))
    section.text += words or token["currency"] or _shown_sign(token["sign"])


def _shown_sign(sign: str | None) -> str:
    return sign if sign and sign in _SHOWN_SIGNS else " "


def _spelled(number: float, *, hundredfold: bool = False) -> str:
    """Write a number out with a decimal comma, without the dust that binary fractions leave."""
    exact = Decimal(repr(number))
    if not exact.is_finite():
        return str(number)
    exact = exact * 100 if hundredfold else exact
    rounded = Decimal(f"{exact:.{_DIGITS}g}") if isinstance(number, float) else exact
    text = f"{rounded:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace(".", ",")
