"""The workbook that a portal is set up from, declared: its sheets, their columns, and how each cell is read."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.domain.accounts.access import Role
from portal.domain.insight.contract import ADJUSTABLE, DEMANDS_BY_CODE
from portal.domain.registry.clinics import Operator
from portal.domain.registry.indicators import INDICATORS, INDICATORS_BY_CODE
from portal.domain.registry.municipalities import MUNICIPALITIES
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


# --- how cells are read ---


def _text(text: str, _values: Values) -> str:
    return text


def _codes(text: str, _values: Values) -> tuple[str, ...]:
    return tuple(code for code in map(str.strip, re.split(r"[,;\n]", text)) if code)


def _one_of(names: Mapping[str, Iterable[str]], *, listed_on: str = "") -> Reader:
    """Return the reader of a cell that says one of these, by its code or a name of it; `listed_on`: a page."""
    spellings = [next(iter(of_code), code) for code, of_code in names.items()]
    allowed = f"Namnen står på sidan {listed_on}." if listed_on else f"Här kan stå {', '.join(spellings)}."

    def read(text: str, _values: Values) -> str:
        code = code_of_name(text, names)
        if code is None:
            raise GrammarFault(question(text, spellings) or allowed)
        return code

    return read


def _month(text: str, _values: Values) -> Any:
    return parse_month(text)


def _count(text: str, _values: Values) -> int:
    return parse_count(text)


def _day(text: str, _values: Values) -> date:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        raise GrammarFault("Den dagen finns inte. Skriv dagen som 2025-01-01.") from None
    raise GrammarFault("Skriv dagen som 2025-01-01.")


def _level(text: str, values: Values) -> float:
    demand = DEMANDS_BY_CODE.get(values.get("demand", ""))
    return parse_amount(text, decimals=DECIMALS, unit=demand.unit if demand else PERCENT)


def _target(text: str, values: Values) -> float | None:
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


# --- the sheets ---


def _labels(names: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    return tuple(next(iter(of_code)) for of_code in names.values())


_MUNICIPALITY_NAMES = {code: [name] for code, name in MUNICIPALITIES.items()}
_OPERATOR_NAMES = {operator.value: [operator.label] for operator in Operator}
_ROLE_NAMES = {role.value: [role.label] for role in Role}
_INDICATOR_NAMES = {indicator.code: [indicator.label] for indicator in INDICATORS}
_DEMAND_NAMES = {demand.code: [demand.label, demand.short] for demand in ADJUSTABLE}

CLINICS = SetupSheet(
    name="Mottagningar",
    key=("code",),
    columns=(
        SetupColumn(
            name="code",
            heading="Kod",
            comment="Det mottagningen heter i filer: små bokstäver a–z, siffror och bindestreck. Ändras aldrig.",
            example="falun-capio",
            read=_text,
        ),
        SetupColumn(
            name="name",
            heading="Namn",
            comment="Det mottagningen heter i portalen.",
            example="Capio BUP Falun",
            read=_text,
        ),
        SetupColumn(
            name="municipality_code",
            heading="Kommun",
            comment="Kommunens namn eller kod.",
            example="Falun",
            read=_one_of(_MUNICIPALITY_NAMES),
            choices=_labels(_MUNICIPALITY_NAMES),
        ),
        SetupColumn(
            name="operator",
            heading="Driftsform",
            comment="offentlig eller privat.",
            example="privat",
            read=_one_of(_OPERATOR_NAMES),
            choices=_labels(_OPERATOR_NAMES),
        ),
        SetupColumn(
            name="provider",
            heading="Vårdgivare",
            comment="Den som äger mottagningen. Mottagningar med samma vårdgivare räknas som en när siffror släpps.",
            example="Capio",
            read=_text,
        ),
        SetupColumn(
            name="opened",
            heading="Öppnade",
            comment="Första månaden, om mottagningen öppnade efter portalens första månad.",
            example="2024-09",
            read=_month,
            is_needed=False,
        ),
    ),
)
ACCOUNTS = SetupSheet(
    name="Konton",
    key=("username",),
    columns=(
        SetupColumn(
            name="username",
            heading="Användarnamn",
            comment="Små bokstäver, siffror och tecknen . - _ @. Ett konto är en persons.",
            example="anna.andersson",
            read=_text,
        ),
        SetupColumn(
            name="name", heading="Namn", comment="Personens namn.", example="Anna Andersson", read=_text
        ),
        SetupColumn(
            name="role",
            heading="Roll",
            comment="mottagning, region eller regionadministratör.",
            example="mottagning",
            read=_one_of(_ROLE_NAMES),
            choices=_labels(_ROLE_NAMES),
        ),
        SetupColumn(
            name="clinics",
            heading="Mottagningar",
            comment="Koderna för de mottagningar som kontot rapporterar för, med komma emellan. Bara för rollen mottagning.",
            example="falun-capio, borlange",
            read=_codes,
            is_needed=False,
        ),
        SetupColumn(
            name="email",
            heading="E-post",
            comment="Dit inbjudan och påminnelser går. En adress hör till ett konto.",
            example="anna.andersson@example.org",
            read=_text,
            is_needed=False,
        ),
    ),
)
_VALID_FROM_DAY = SetupColumn(
    name="valid_from", heading="Gäller från", comment="Första dagen.", example="2025-01-01", read=_day
)
DAYS = SetupSheet(
    name="Kalender",
    key=("valid_from",),
    columns=(
        SetupColumn(
            name="valid_from",
            heading="Gäller från",
            comment="Första månaden som dagarna gäller för. Utan rader här gäller den 15:e och den 20:e.",
            example="2025-01",
            read=_month,
        ),
        SetupColumn(
            name="deadline_day",
            heading="Sista dag",
            comment="Dag i månaden efter, då mottagningarna senast ska ha skickat in.",
            example="15",
            read=_count,
        ),
        SetupColumn(
            name="release_day",
            heading="Släppdag",
            comment="Dag i månaden efter, då regionens värden visas för mottagningarna.",
            example="20",
            read=_count,
        ),
        SetupColumn(
            name="reason",
            heading="Varför",
            comment="Varför dagarna gäller.",
            example="Beslut i styrgruppen",
            read=_text,
        ),
    ),
)
TARGETS = SetupSheet(
    name="Mål",
    key=("indicator", "valid_from"),
    columns=(
        SetupColumn(
            name="indicator",
            heading="Indikator",
            comment="Indikatorns namn, som det står på sidan Definitioner, eller dess kod.",
            example=INDICATORS_BY_CODE["calls_answered_same_day"].label,
            read=_one_of(_INDICATOR_NAMES, listed_on="Definitioner"),
        ),
        SetupColumn(
            name="value",
            heading="Mål",
            comment=f"Ett tal i indikatorns enhet, eller ”{NO_TARGET}”.",
            example="90",
            read=_target,
        ),
        _VALID_FROM_DAY,
        SetupColumn(
            name="text",
            heading="I ord",
            comment="Hur målet skrivs. Tomt: portalen skriver det själv.",
            example="minst 90 %",
            read=_text,
            is_needed=False,
        ),
        SetupColumn(
            name="reason",
            heading="Varför",
            comment="Varför målet gäller.",
            example="Beslut i styrgruppen",
            read=_text,
        ),
    ),
)
LEVELS = SetupSheet(
    name="Avtalsnivåer",
    key=("demand", "valid_from"),
    columns=(
        SetupColumn(
            name="demand",
            heading="Krav",
            comment="Avtalskravets namn, som det står på sidan Avtalskrav, eller dess kod.",
            example=ADJUSTABLE[0].label,
            read=_one_of(_DEMAND_NAMES, listed_on="Avtalskrav"),
        ),
        SetupColumn(
            name="met",
            heading="Uppfyllt från",
            comment="Från vilket värde kravet är uppfyllt.",
            example="90",
            read=_level,
        ),
        SetupColumn(
            name="partly",
            heading="Delvis från",
            comment="Från vilket värde det är delvis uppfyllt. Tomt: inget räknas som delvis.",
            example="80",
            read=_level,
            is_needed=False,
        ),
        _VALID_FROM_DAY,
        SetupColumn(
            name="basis",
            heading="Grund",
            comment="Var nivån kommer ifrån.",
            example="Avtalet, punkt 4.5.2",
            read=_text,
        ),
    ),
)
SHEETS = (CLINICS, ACCOUNTS, DAYS, TARGETS, LEVELS)
SHEETS_BY_NAME = {sheet.name: sheet for sheet in SHEETS}
