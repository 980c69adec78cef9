"""Texts → one figure of the region's sources: what a row of a file and a box of the form have in common."""

import re
from collections.abc import Mapping

from portal.domain.registry.months import Month
from portal.domain.registry.names import code_of_name, is_same_name, plain_name
from portal.domain.registry.values import MissingReason
from portal.domain.reporting.grammar import GrammarFault, match_key, parse_amount, parse_month, question
from portal.domain.sources.checks import Fault, SourceContext, faults_of, reasons_hint
from portal.domain.sources.declared import SOURCES, source_of
from portal.domain.sources.facts import Dimension, Fact, Field, Source, SourceLevel, SourcePart, level_of


Texts = Mapping[str, str]  # heading → what stands under it

FIELD, PART, CLINIC, MUNICIPALITY = "uppgift", "indelning", "mottagning", "kommun"
PERIOD, VALUE, REASON, NOTE = "period", "värde", "skäl", "anmärkning"

YES_NO = {"ja": 1.0, "nej": 0.0, "1": 1.0, "0": 0.0}
_YEAR = re.compile(r"[0-9]{4}")
_FIELDS = {
    match_key(text): field
    for source in SOURCES
    for field in source.fields
    for text in (field.code, field.label)
}
_REASONS = {match_key(reason.label): reason for reason in MissingReason}


class _RowFault(Exception):
    """The row can't be read; carries why and where."""

    def __init__(self, code: str, column: str, message: str) -> None:
        super().__init__(code)
        self.fault = Fault(code, column, message)


def field_named(text: str) -> Field | None:
    return _FIELDS.get(match_key(text))


def is_unfilled(texts: Texts) -> bool:
    """Tell whether a row of the template was left as it came."""
    return not any(texts.get(column, "").strip() for column in (VALUE, REASON, NOTE))


def read_row(texts: Texts, source: Source, context: SourceContext) -> tuple[Fact | None, list[Fault]]:
    """Return the figure that the texts spell, or everything that is wrong with them. Never raises.

    The fact has no provenance yet: that is asked for once, for all of them.
    """
    stripped = {column: text.strip() for column, text in texts.items()}
    try:
        fact = _fact(stripped, source, context)
    except _RowFault as unreadable:
        return None, [unreadable.fault]
    faults = faults_of(fact, context)
    return (None, faults) if faults else (fact, [])


def _fact(texts: Texts, source: Source, context: SourceContext) -> Fact:
    field = _field(texts.get(FIELD, ""), source)
    breakdown = _part(texts.get(PART, ""), field, context)
    clinic = _clinic(texts.get(CLINIC, ""), context)
    municipality = _municipality(texts.get(MUNICIPALITY, ""), context)
    year, month = _period(texts.get(PERIOD, ""))
    level = level_of(clinic, municipality)
    value, reason = _answer(texts.get(VALUE, ""), texts.get(REASON, ""), field, level)
    return Fact(
        indicator=field.indicator,
        year=year,
        month=month,
        breakdown=breakdown,
        clinic=clinic,
        municipality=municipality,
        value=value,
        reason=reason,
        source="",
        note=texts.get(NOTE, ""),
    )


def _field(text: str, source: Source) -> Field:
    field = field_named(text)
    if field in source.fields:
        return field
    if field:
        owner = source_of(field).label
        message = f"uppgiften hör till {owner}, inte till {source.label}. Välj den källan först."
    else:
        names = ", ".join(f"”{declared.label}”" for declared in source.fields)
        meant = question(text, [declared.label for declared in source.fields])
        message = f"uppgiften är okänd. {meant or f'{source.label} har {names}.'}"
    raise _RowFault("source.field", FIELD, message)


def _part(text: str, field: Field, context: SourceContext) -> str:
    if not text:
        return field.part
    name, colon, part = text.partition(":")
    dimension = _dimension(name if colon else "", field)
    if dimension is None:
        names = ", ".join(f"”{declared.label}: …”" for declared in field.dimensions)
        message = f"skriv indelningen som {names}." if names else "uppgiften har ingen indelning: lämna tomt."
        raise _RowFault("source.part", PART, message)
    return dimension.part(_known_part(part if colon else text, dimension, context))


def _dimension(name: str, field: Field) -> Dimension | None:
    if not name and len(field.dimensions) == 1:
        return field.dimensions[0]
    named = (declared for declared in field.dimensions if _is_meant(name, declared))
    return next(named, None)


def _is_meant(text: str, declared: Dimension | SourcePart) -> bool:
    return is_same_name(text, declared.label) or is_same_name(text, declared.code)


def _known_part(text: str, dimension: Dimension, context: SourceContext) -> str:
    """Return the declared part that is meant, or the source's own word in one spelling."""
    text = plain_name(text)
    if not text:
        raise _RowFault("source.part", PART, "namnet saknas. Skriv vad värdet gäller, eller ta bort det.")
    if dimension.names:
        return _fixed_name(text, dimension, context)
    for part in dimension.parts:
        if _is_meant(text, part):
            return part.code
    return text[:1].upper() + text[1:] if dimension.is_open else text


def _fixed_name(text: str, dimension: Dimension, context: SourceContext) -> str:
    """Return the name that is meant, of those that are fixed and those that figures are stored by."""
    start = dimension.part("")
    stored = [part.removeprefix(start) for part in context.parts if part.startswith(start)]
    names = {name: (name,) for name in stored} | {each[0]: each for each in dimension.names}
    meant = code_of_name(text, names)
    if meant is None:
        hint = question(text, names) or f"Skriv någon av {', '.join(each[0] for each in dimension.names)}."
        raise _RowFault("source.part", PART, f"namnet är okänt. {hint}")
    return meant


def _clinic(text: str, context: SourceContext) -> str:
    if not text:
        return ""
    names = {code: (clinic.name, clinic.report_name) for code, clinic in context.clinics.items()}
    # An unknown one goes on as it stands: the checks refuse it together with whatever else is wrong.
    return code_of_name(text, names) or text


def _municipality(text: str, context: SourceContext) -> str:
    return code_of_name(text, {code: (name,) for code, name in context.municipalities.items()}) or text


def is_period(text: str) -> bool:
    try:
        return bool(_period(text.strip()))
    except _RowFault:
        return False


def _period(text: str) -> tuple[int, Month | None]:
    if _YEAR.fullmatch(text):
        return int(text), None
    try:
        month = parse_month(text)
    except GrammarFault:
        raise _RowFault(
            "source.period", PERIOD, "skriv ett år som 2024 eller en månad som 2024-05."
        ) from None
    return month.year, month


def _answer(
    text: str, reason: str, field: Field, level: SourceLevel
) -> tuple[float | None, MissingReason | None]:
    if text and reason:
        raise _RowFault("source.value", VALUE, "raden har både värde och skäl. Ta bort det ena.")
    missing = _REASONS.get(match_key(reason or text))
    if missing:
        return None, missing
    if reason:
        meant = question(reason, [allowed.label for allowed in field.reasons])
        raise _RowFault("source.reason", REASON, f"skälet är okänt. {meant or reasons_hint(field)}")
    if not text:
        raise _RowFault("source.value", VALUE, "värdet saknas. Skriv ett tal eller ett skäl.")
    return _number(text, field, level), None


def _number(text: str, field: Field, level: SourceLevel) -> float:
    if field.is_yes_no and level is SourceLevel.CLINIC:
        if match_key(text) not in YES_NO:
            raise _RowFault("source.value", VALUE, "skriv ja eller nej.")
        return YES_NO[match_key(text)]
    try:
        return parse_amount(text, decimals=field.decimals, unit=field.unit)
    except GrammarFault as fault:
        raise _RowFault("source.value", VALUE, f"{fault.hint} {reasons_hint(field)}") from None
