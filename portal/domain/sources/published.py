"""What the region has published elsewhere: one figure with its source, and what a row that spells one may hold."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.domain.registry.indicators import INDICATORS
from portal.domain.registry.measures import MEASURES
from portal.domain.registry.months import FIRST_YEAR, Month
from portal.domain.reporting.grammar import GrammarFault, match_key, parse_amount, question
from portal.domain.sources.checks import Fault


FIELD, PART, PERIOD, VALUE, UNIT, BASIS = "uppgift", "indelning", "period", "värde", "enhet", "grund"
SOURCE, ISSUED, PROVENANCE = "källa", "utgiven", "sida"
HEADINGS = (FIELD, PART, PERIOD, VALUE, UNIT, BASIS, SOURCE, ISSUED, PROVENANCE)
NEEDED = (FIELD, PERIOD, VALUE, SOURCE, ISSUED)
LONGEST = 200
RUN = ".."

# What the sources print beside the indicators.
OTHER_PUBLISHED: Mapping[str, str] = {
    "clinics": "Mottagningar i rapportens tabell",
    "registered_patients": "Registrerade barn och unga (ett annat mått än aktuella patienter)",
    "budget_transfer": "Flyttat från primärvårdens budget till Vårdval BUP",
}
OTHER_UNITS = {"clinics": "mottagningar", "registered_patients": "individer", "budget_transfer": "kronor"}
LABELS: Mapping[str, str] = {
    **{measure.code: measure.label for measure in MEASURES},
    **{indicator.code: indicator.label for indicator in INDICATORS},
    **OTHER_PUBLISHED,
}
UNITS: Mapping[str, str] = {
    **{measure.code: measure.unit for measure in MEASURES},
    **{indicator.code: indicator.unit for indicator in INDICATORS},
    **OTHER_UNITS,
}
_CODES = {match_key(text): code for code, label in LABELS.items() for text in (code, label)}
_YEAR = re.compile(r"20\d\d")
_MONTH = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedFigure:
    """A figure as printed, with its provenance. What is entered later about the same one takes its place."""

    period: str  # 2024, 2023-11 or 2023-01..2023-11, the mean of the months
    indicator: str
    breakdown: str = ""
    value: float | None
    unit: str
    basis: str = ""
    source: str
    issued: str = ""  # the year in which the source came out
    provenance: str = ""  # where in it
    is_withdrawn: bool = False
    version: int = 0  # 0: came with the portal
    entered_by: str = ""
    entered_at: datetime | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.period, self.indicator, self.breakdown

    @property
    def label(self) -> str:
        return LABELS.get(self.indicator, self.indicator)


class _Misspelt(Exception):
    """The row can't be read; carries why and where."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.fault = Fault(f"published.{column}", column, message)


def read_row(texts: Mapping[str, str]) -> tuple[PublishedFigure | None, list[Fault]]:
    """Return the published figure that the texts spell, or what is wrong with them. Never raises."""
    stripped = {column: text.strip() for column, text in texts.items()}
    try:
        return _figure(stripped), []
    except _Misspelt as unreadable:
        return None, [unreadable.fault]


def _figure(texts: Mapping[str, str]) -> PublishedFigure:
    code = _code(texts.get(FIELD, ""))
    return PublishedFigure(
        period=_period(texts.get(PERIOD, "")),
        indicator=code,
        breakdown=_short(texts, PART),
        value=_value(texts.get(VALUE, ""), UNITS[code]),
        unit=_short(texts, UNIT) or UNITS[code],
        basis=_short(texts, BASIS),
        source=_needed(texts, SOURCE, "Skriv var siffran är publicerad, till exempel rapportens namn."),
        issued=_issued(texts.get(ISSUED, "")),
        provenance=_short(texts, PROVENANCE),
    )


def _code(text: str) -> str:
    code = _CODES.get(match_key(text))
    if code is None:
        meant = question(text, list(LABELS.values()))
        raise _Misspelt(FIELD, f"uppgiften är okänd. {meant or 'Skriv den som i Definitioner.'}")
    return code


def _period(text: str) -> str:
    first, dots, last = text.partition(RUN)
    if not dots and (_YEAR.fullmatch(text) or _MONTH.fullmatch(text)):
        is_known = int(text[:4]) >= FIRST_YEAR
    else:
        is_run = _MONTH.fullmatch(first) and _MONTH.fullmatch(last)
        is_known = bool(is_run) and Month.parse(first) < Month.parse(last) and first[:4] == last[:4]
    if not is_known:
        raise _Misspelt(PERIOD, "skriv perioden som 2024, 2024-11 eller 2024-01..2024-11.")
    return text


def _value(text: str, unit: str) -> float:
    try:
        return parse_amount(text, decimals=2, unit=unit)
    except GrammarFault as fault:
        raise _Misspelt(VALUE, str(fault)) from None


def _issued(text: str) -> str:
    if not _YEAR.fullmatch(text):
        raise _Misspelt(ISSUED, "skriv året som källan kom ut, till exempel 2025.")
    return text


def _needed(texts: Mapping[str, str], column: str, message: str) -> str:
    text = _short(texts, column)
    if not text:
        raise _Misspelt(column, message)
    return text


def _short(texts: Mapping[str, str], column: str) -> str:
    text = texts.get(column, "")
    if len(text) > LONGEST:
        raise _Misspelt(column, f"texten är längre än {LONGEST} tecken.")
    return text
