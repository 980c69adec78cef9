"""The grammar of uploads: text → count, month or reason, and the detector of personal identity numbers.

Strict on purpose: what could mean two things is refused with a hint, never guessed.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches

from portal.domain.registry.months import FIRST_YEAR, LAST_YEAR, SWEDISH_MONTHS, Month, is_year
from portal.domain.registry.names import visible
from portal.domain.registry.values import REPORTABLE_REASONS, MissingReason
from portal.domain.reporting.number_formats import THOUSANDS, UNSEEN


class GrammarFault(ValueError):
    """Text that is not what it should be; `hint` says in Swedish what is wrong and how to mend it."""

    def __init__(self, hint: str) -> None:
        super().__init__(hint)
        self.hint = hint


# Ordinary, no-break, narrow no-break and thin space: all four are met as Swedish thousands separators.
SPACES = " \u00a0\u202f\u2009"
MAX_DIGITS = 7

# [0-9] and not \d: int() and \d accept other scripts' digits, which nobody means here.
_PLAIN = re.compile(r"0|[1-9][0-9]{0,6}")
_GROUPED = re.compile(rf"[1-9][0-9]{{0,2}}(?:[{SPACES}][0-9]{{3}})+")
_SPACE = re.compile(rf"[{SPACES}]")


def cell_text(text: str) -> str:
    """Return what a cell says: without spaces around it and without a line break or a tab after it.

    Before it or inside it they stay: there they hide what stands in the cell.
    """
    return text.strip(SPACES).rstrip()


def parse_count(text: str) -> int:
    """Return the count that the text writes out, such as `1248` or `1 248`; else raise GrammarFault."""
    stripped = cell_text(text)
    if _PLAIN.fullmatch(stripped):
        return int(stripped)
    digits = _SPACE.sub("", stripped)
    if _GROUPED.fullmatch(stripped) and len(digits) <= MAX_DIGITS:
        return int(digits)
    raise GrammarFault(_count_hint(stripped))


# What the number format of a workbook's cell makes of a number (number_formats.as_shown), and what several
# cells become in one: with their own breaks, or with the strokes that access.js puts between them.
_CELL_HINTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(rf".* {THOUSANDS}"),
        "Cellens talformat visar tusental. Välj talformatet Allmänt och skriv hela talet.",
    ),
    (
        re.compile(rf".* {UNSEEN}"),
        "Cellens talformat döljer talet. Välj talformatet Allmänt och kontrollera talet.",
    ),
    (
        re.compile(r"[^\t\r\n|]*[\t\r\n|].*", re.DOTALL),
        "Här står flera rader eller celler. En ruta tar ett tal: skriv varje tal i sin ruta.",
    ),
)

# The first that matches tells the reader what went wrong.
_COUNT_HINTS: tuple[tuple[re.Pattern[str], str], ...] = _CELL_HINTS + tuple(
    (re.compile(pattern, re.IGNORECASE), hint)
    for pattern, hint in (
        (r"", "Rutan är tom. Skriv ett antal, 0 om det inte var några."),
        (r"#.*", "Det är ett formelfel från kalkylprogrammet. Rätta formeln eller skriv antalet."),
        (r"=.*", "Det är en formel som text. Skriv antalet i stället."),
        (
            r"[-−‐-―]+",
            "Ett streck kan betyda flera saker. Skriv 0 om det inte var några, annars ett skäl: {reasons}.",
        ),
        (r"[-−–—] *[0-9].*", "Ett antal kan inte vara negativt. Kontrollera talet."),
        (r"\+.*", "Skriv antalet utan plustecken."),
        (r"[0-9]+([.,][0-9]{3})+", "Punkt och komma godtas inte i antal. Skriv 1\u00a0248 eller 1248."),
        (r"[0-9 ]*[.,][0-9]+", "Antal har inga decimaler. Kontrollera talet och skriv det som ett helt tal."),
        (r"[0-9][0-9.,]*e[+-]?[0-9]+", "Skriv talet med siffror, inte i potensform (1e3 skrivs 1\u00a0000)."),
        (r"[0-9 .,\u00a0\u202f]+%", "Här ska antalet stå, inte andelen. Portalen räknar ut procenten."),
        (r"[0-9]{4}-[0-9]{2}(-[0-9]{2}.*)?", "Det är ett datum. Skriv antalet i stället."),
        (r"([0-9]+ days?, )?[0-9]+:[0-9]{2}(:[0-9]{2}.*)?", "Det är en tid. Skriv antalet i stället."),
        (r"0x[0-9a-f]+|[0-9]+(_[0-9]+)+", "Skriv antalet med bara siffror, till exempel 1\u00a0000."),
        (r"true|false|sant|falskt", "Det är ett sant/falskt-värde. Skriv antalet i stället."),
        (r"[-+]?(inf|infinity|nan|∞)", "Det är inget tal. Skriv antalet, eller ett skäl i ord."),
        (r"0[0-9]+", "Skriv antalet utan inledande nollor."),
        (r"[0-9]{8,}|[0-9]{1,3}([ \u00a0\u202f\u2009][0-9]{3})+", "Högst 7 siffror. Kontrollera talet."),
        (r"[0-9 \u00a0\u202f\u2009]+", "Mellanslag får bara skilja tusental. Skriv 1\u00a0248 eller 1248."),
        (r"(?=.*[^\W_a-z])[\d]+", "Skriv med vanliga siffror, 0–9."),
        (rf"[0-9][0-9.,{SPACES}]*[^\W\d_%]+|[0-9][0-9.,{SPACES}]*[€$£¥]", "Skriv bara antalet, utan enhet."),
    )
)
_COUNT_HINT = "Skriv ett helt tal som 0, 37 eller 1\u00a0248, eller ett skäl: {reasons}."
_REASON_HINT = "Menade du ”{reason}”? Skriv i så fall det, annars ett helt tal."


def _count_hint(text: str) -> str:
    for pattern, hint in _COUNT_HINTS:
        if pattern.fullmatch(text):
            return hint.format(reasons=reason_words())
    if meant := closest_reason(text):
        return _REASON_HINT.format(reason=meant.label)
    return _COUNT_HINT.format(reasons=reason_words())


def reason_words() -> str:
    """Return the reasons a clinic may give, in words, for messages and instructions."""
    return ", ".join(f"”{reason.label}”" for reason in REPORTABLE_REASONS)


PERCENT = "procent"
# May stand after the number: `80 %`.
_UNIT_SIGNS = {PERCENT: ("%", "procent"), "kronor": ("kronor", "kr", "sek")}
_AMOUNT = re.compile(
    rf"(?P<sign>[-−]?)(?P<integer>0|[1-9][0-9]{{0,11}}|[1-9][0-9]{{0,2}}(?:[{SPACES}][0-9]{{3}})+)"
    r"(?:[.,](?P<decimals>[0-9]+))?"
)


def parse_amount(text: str, *, decimals: int = 0, unit: str = "") -> float:
    """Return a number such as `79,5`, `20 000 000` or `-3`; raise GrammarFault for anything else.

    The one grammar of targets, levels and the figures of sources. Point and comma both part decimals off,
    never thousands: what has more decimals than the figure can have, as `1.248`, is refused. What is
    counted in percent or kronor may have its sign.
    """
    match = _AMOUNT.fullmatch(_without_unit(text, unit))
    if match is None:
        raise GrammarFault(_cell_hint(cell_text(text)) or _amount_hint(decimals, unit))
    fraction = match["decimals"] or ""
    if len(fraction.rstrip("0")) > decimals or (fraction and not decimals):
        raise GrammarFault(_decimals_hint(decimals))
    number = float(f"{_SPACE.sub('', match['integer'])}.{fraction or 0}")
    return -number if match["sign"] and number else number


def _without_unit(text: str, unit: str) -> str:
    stripped = cell_text(text)
    for sign in _UNIT_SIGNS.get(unit, ()):
        if stripped.casefold().endswith(sign):
            return stripped[: -len(sign)].rstrip(SPACES)
    return stripped


def _cell_hint(text: str) -> str:
    return next((hint for pattern, hint in _CELL_HINTS if pattern.fullmatch(text)), "")


def _amount_hint(decimals: int, unit: str) -> str:
    example = "79,5" if decimals else "1 248"
    end = ", med eller utan %" if unit == PERCENT else ", utan enhet"
    return f"Skriv ett tal med siffror, till exempel {example}{end}."


def _decimals_hint(decimals: int) -> str:
    allowed = {0: "ett helt tal", 1: "högst 1 decimal"}.get(decimals, f"högst {decimals} decimaler")
    return f"Här ska stå {allowed}. Tusental skiljs med mellanslag."


_MONTH_NUMBERS = {
    name: number
    for number, full in enumerate(SWEDISH_MONTHS, start=1)
    for name in {full, full[:3], *({"sept"} if number == 9 else ())}
}
_NUMERIC_MONTH = re.compile(r"([0-9]{4})-?([0-9]{2})")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_NAMED_MONTH = re.compile(r"([a-zåäö]+)(?:\.? |-|\. ?)([0-9]{4}|[0-9]{2})")
_MONTH_FORMS = (
    "Skriv månaden som 2025-01 (även 202501, jan-25, januari 2025 eller datumet 2025-01-01 går bra)."
)


def parse_month(text: str) -> Month:
    """Return the month that the text writes out; raise GrammarFault for anything but the listed forms."""
    stripped = _SPACE.sub(" ", cell_text(text)).casefold()
    if match := _NUMERIC_MONTH.fullmatch(stripped):
        return _month(int(match[1]), int(match[2]))
    if match := _DATE.fullmatch(stripped):
        return _month_of_date(match)
    match = _NAMED_MONTH.fullmatch(stripped)
    if match and match[1] in _MONTH_NUMBERS:
        year = int(match[2]) if len(match[2]) == 4 else 2000 + int(match[2])
        return _month(year, _MONTH_NUMBERS[match[1]])
    raise GrammarFault(_MONTH_FORMS)


def _month(year: int, number: int) -> Month:
    if not is_year(year):
        raise GrammarFault(f"Året ska ligga mellan {FIRST_YEAR} och {LAST_YEAR}. {_MONTH_FORMS}")
    try:
        return Month.written(year, number)
    except ValueError:
        raise GrammarFault(f"Den månaden finns inte. {_MONTH_FORMS}") from None


def _month_of_date(match: re.Match[str]) -> Month:
    # Excel makes 25 January of a typed "jan-25": only the first day surely means the month.
    if match[3] != "01":
        raise GrammarFault(f"Ett datum måste vara den 1:a i månaden. {_MONTH_FORMS}")
    return _month(int(match[1]), int(match[2]))


def match_key(text: str) -> str:
    """Return the text as headings are compared: no case, no spaces, no invisible characters."""
    return "".join(visible(text).split()).casefold()


_REASONS = {match_key(reason.label): reason for reason in REPORTABLE_REASONS}


def parse_reason(text: str) -> MissingReason | None:
    """Return the reason that the text gives instead of a number, or None where it gives none."""
    return _REASONS.get(match_key(text))


_ALIKE_REASON = 0.65  # of difflib's ratio: ”mäts ej” is like ”mäts inte”, ”vet ej” like nothing
_ALIKE_NAME = 0.8
_LONGEST_NAME = 80


def closest_reason(text: str) -> MissingReason | None:
    """Return the reason that the text seems to misspell: to ask about, never to take for granted."""
    key = _closest_key(text, _REASONS, _ALIKE_REASON)
    return _REASONS[key] if key else None


def closest_name(text: str, names: Iterable[str]) -> str | None:
    """Return the heading, code or name that the text seems to misspell: to ask about."""
    by_key = {match_key(name): name for name in names}
    key = _closest_key(text, by_key, _ALIKE_NAME)
    return by_key[key] if key else None


def question(text: str, names: Iterable[str]) -> str:
    """Return `Menade du ”Falun”? Skriv i så fall det.` of a text that seems to misspell one of the names, or nothing."""
    meant = closest_name(text, names)
    return f"Menade du ”{meant}”? Skriv i så fall det." if meant else ""


def _closest_key(text: str, keys: Iterable[str], likeness: float) -> str | None:
    alike = get_close_matches(match_key(text[:_LONGEST_NAME]), keys, n=1, cutoff=likeness)
    return alike[0] if alike else None


MOST_CODE_POINTS = 4


def odd_characters(text: str) -> str:
    """Name the characters outside Swedish by their code points, as the end of a message; "" if there are none.

    Look-alikes can't be told apart by eye. A few are enough: whoever writes in another script sees that.
    """
    odd = list(dict.fromkeys(char for char in text if ord(char) > 0x24F or char in "\u00ad"))
    if not odd:
        return ""
    names = ", ".join(f"U+{ord(char):04X}" for char in odd[:MOST_CODE_POINTS])
    return f" Ovanliga tecken: {names}{' med flera' if len(odd) > MOST_CODE_POINTS else ''}."


_DASH = "[-+\u2010-\u2015\u2212\u2043]"
_BLANK = "[ \u00a0\u2009\u202f]"
_PERSONAL = re.compile(
    rf"""(?<![0-9])
    (?P<century>(?:18|19|20)?) (?P<year>[0-9]{{2}}) (?P<month>0[1-9]|1[0-2]) (?P<day>[0-9]{{2}})
    (?:(?P<dash>{_BLANK}?{_DASH}{_BLANK}?)|{_BLANK})? (?P<number>[0-9]{{4}})
    (?![0-9])""",
    re.VERBOSE,
)
# Reserve numbers of the regions (DOMAIN 3.2): letters in the last four, or 99 followed by a year.
_RESERVE = re.compile(
    r"(?<![0-9])(?:(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{2}[-+]?(?:[KMX][0-9]{3}|[A-Z]{2}[0-9]{2})"
    r"|99(?:19|20)[0-9]{8})(?![0-9A-Za-z])"
)
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")


def holds_personal_number(text: str) -> bool:
    """Return whether a personal, coordination or reserve number stands anywhere in the text.

    Sources: SFS 1991:481 and SKV 704 (form, Luhn, day + 60), Inera (national reserve numbers, day 32–59).
    With a dash a wrong check digit is refused too: it is then a mistyped number, not a count.
    """
    plain = _plain_digits(text)
    has_personal = any(_is_personal(match) for match in _PERSONAL.finditer(plain))
    return has_personal or _RESERVE.search(plain) is not None


def name_holds_personal_number(name: str) -> bool:
    """Return whether a file's name does; a date and a time of day, as programs put there, is none.

    Where the check digit is right it may be either, and counts as a personal number.
    """
    plain = _plain_digits(name)
    matches = (match for match in _PERSONAL.finditer(plain) if _is_personal(match))
    has_personal = any(_has_check_digit(match) or not _is_time(match["number"]) for match in matches)
    return has_personal or _RESERVE.search(plain) is not None


def _plain_digits(text: str) -> str:
    return _FOREIGN_DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), visible(text))


def _is_personal(match: re.Match[str]) -> bool:
    return _is_birthday(match) and (bool(match["dash"]) or _has_check_digit(match))


def _has_check_digit(match: re.Match[str]) -> bool:
    return _luhn(match["year"] + match["month"] + match["day"] + match["number"])


def _is_time(digits: str) -> bool:
    return int(digits[:2]) < 24 and int(digits[2:]) < 60


def _is_birthday(match: re.Match[str]) -> bool:
    day = int(match["day"])
    if 32 <= day <= 59:
        return bool(match["century"])  # national reserve numbers are always written with the century
    day = day - 60 if day > 60 else day
    # Without a century 2000 stands in: its leap years are those of the other centuries, and one more.
    year = int(match["century"] + match["year"]) if match["century"] else 2000 + int(match["year"])
    try:
        date(year, int(match["month"]), day)
    except ValueError:
        return False
    return True


def _luhn(digits: str) -> bool:
    """Return whether the last digit checks the others (mod 10, ISO/IEC 7812)."""
    doubled = (int(digit) * (2 - index % 2) for index, digit in enumerate(digits))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0
