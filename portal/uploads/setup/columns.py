"""What a column and a sheet of the workbook are that a portal is set up from, and how a cell is read."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.domain.insight.demands import COMES_WITH_PORTAL
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import FIRST_YEAR, LAST_YEAR
from portal.domain.registry.names import code_of_name
from portal.domain.reporting.grammar import (
    PERCENT,
    GrammarFault,
    cell_text,
    match_key,
    parse_amount,
    parse_count,
    parse_month,
    question,
)


DECIMALS = 2  # of targets and levels
NO_TARGET = "inget mål"
YES, NO = "yes", "no"
ONLY_THEN, ONWARDS = "then", "onwards"  # how long a text of the report holds

Values = Mapping[str, Any]  # what a row says, by the names of its columns
Reader = Callable[[str, Values], Any]  # text, and what stands in the columns before it; raises GrammarFault


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupColumn:
    """A column: what it is called in code, its heading, and what its comment says."""

    name: str
    heading: str
    comment: str
    example: str
    read: Reader
    is_needed: bool = True
    choices: tuple[str, ...] = ()  # offered as a list in the template

    @property
    def advice(self) -> str:
        """What the heading's comment says."""
        must = "Måste fyllas i." if self.is_needed else "Får vara tom."
        return f"{self.comment} {must}\nExempel: {self.example}"


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupSheet:
    """A sheet; two rows with the same `key` say the same thing twice."""

    name: str
    key: tuple[str, ...]
    columns: tuple[SetupColumn, ...]

    @property
    def headings(self) -> list[str]:
        return [column.heading for column in self.columns]


def as_text(text: str, _values: Values) -> str:
    return text


def as_codes(text: str, _values: Values) -> tuple[str, ...]:
    return tuple(code for code in map(str.strip, re.split(r"[,;\n]", text)) if code)


def one_of(names: Mapping[str, Iterable[str]], *, listed_on: str = "") -> Reader:
    """Return the reader of a cell that says one of these, by its code or a name of it; `listed_on`: a page."""
    spellings = [next(iter(of_code), code) for code, of_code in names.items()]
    allowed = f"Namnen står på sidan {listed_on}." if listed_on else f"Här kan stå {', '.join(spellings)}."

    def read(text: str, _values: Values) -> str:
        code = code_of_name(text, names)
        if code is None:
            raise GrammarFault(question(text, spellings) or allowed)
        return code

    return read


def as_month(text: str, _values: Values) -> Any:
    return parse_month(text)


def as_count(text: str, _values: Values) -> int:
    return parse_count(text)


def as_day(text: str, _values: Values) -> date:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        raise GrammarFault("Den dagen finns inte. Skriv dagen som 2025-01-01.") from None
    raise GrammarFault("Skriv dagen som 2025-01-01.")


def as_degrees(text: str, _values: Values) -> float:
    """Return a latitude or longitude; Excel writes a point where a Swede writes a comma."""
    if not re.fullmatch(r"[0-9]{1,2}([.,][0-9]{1,6})?", text):
        raise GrammarFault("Skriv graderna med decimaler, som 60,60357.")
    return float(text.replace(",", "."))


def as_year(text: str, _values: Values) -> int:
    if not re.fullmatch(r"[0-9]{4}", text) or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise GrammarFault("Skriv året som 2025.")
    return int(text)


def as_period(text: str, _values: Values) -> str:
    """Return a printed figure's period; Excel makes a day of a month."""
    return text[:7] if re.fullmatch(r"[0-9]{4}-[0-9]{2}-01", text) else text


def as_level(text: str, values: Values) -> float:
    demand = COMES_WITH_PORTAL.named(values.get("demand") or "")
    return parse_amount(text, decimals=DECIMALS, unit=demand.unit if demand else PERCENT)


def as_target(text: str, values: Values) -> float | None:
    if match_key(text) == match_key(NO_TARGET):
        return None
    indicator = INDICATORS_BY_CODE.get(values.get("indicator", ""))
    return parse_amount(text, decimals=DECIMALS, unit=indicator.unit if indicator else PERCENT)


def read_cell(column: SetupColumn, text: str, values: Values) -> Any:
    """Return what a cell says; None for an empty one that may be. Raises GrammarFault."""
    stripped = cell_text(text)
    if stripped:
        return column.read(stripped, values)
    if column.is_needed:
        raise GrammarFault(f"{column.heading} måste fyllas i. {column.comment}")
    return None


def labels_of(names: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    return tuple(next(iter(of_code)) for of_code in names.values())


YES_OR_NO = {YES: ["ja"], NO: ["nej"]}
VALID_FROM_DAY = SetupColumn(
    name="valid_from", heading="Gäller från", comment="Första dagen.", example="2025-01-01", read=as_day
)
