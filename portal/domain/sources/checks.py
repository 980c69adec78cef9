"""What a figure of the region's sources may be: one rule set for form, file and demo. Swedish messages."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import FIRST_YEAR, Month
from portal.domain.registry.rounding import half_up
from portal.domain.reporting.grammar import holds_personal_number, question
from portal.domain.reporting.texts import clean
from portal.domain.sources.declared import field_of, source_of
from portal.domain.sources.facts import Dimension, Fact, Field, Source, SourceLevel
from portal.domain.sources.year import spell


SHORTEST_TEXT, LONGEST_TEXT, LONGEST_PART = 3, 500, 60


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and in which column of a file it stands."""

    code: str
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class SourceContext:
    """What the checks need to know about the world."""

    clinics: Mapping[str, Clinic]
    today: date
    municipalities: Mapping[str, str]  # names by code
    parts: Collection[str] = ()  # as figures are stored by them


def faults_of(fact: Fact, context: SourceContext) -> list[Fault]:
    """Return everything wrong with one figure, whichever door it came through."""
    field = field_of(fact.indicator, fact.breakdown)
    if field is None:
        return [Fault("source.field", "uppgift", "Uppgiften är okänd.")]
    private = _private(fact)
    if private:
        return [private]
    faults = (
        _part(fact, field),
        _period(fact, field, context),
        *_place(fact, field, context),
        _value(fact, field),
    )
    return [fault for fault in faults if fault]


def _private(fact: Fact) -> Fault | None:
    for column, text in (("indelning", fact.breakdown), ("anmärkning", fact.note)):
        if holds_personal_number(text):
            message = "Något ser ut som ett personnummer. Det är inte sparat. Ta bort uppgiften."
            return Fault("privacy.personal_number", column, message)
    if len(fact.note) > LONGEST_TEXT:
        return Fault("source.note", "anmärkning", f"Anmärkningen är längre än {LONGEST_TEXT} tecken.")
    return None


def _part(fact: Fact, field: Field) -> Fault | None:
    dimension = field.dimension_of(fact.breakdown)
    if dimension is None:
        return _without_part(fact, field)
    if _is_part(dimension, fact.breakdown.partition(":")[2]):
        return None
    allowed = ", ".join(part.label for part in dimension.parts)
    return Fault("source.part", "indelning", f"{dimension.label} kan vara {allowed}.")


def _without_part(fact: Fact, field: Field) -> Fault | None:
    if field.has_whole or fact.value is None:
        return None
    names = " eller ".join(dimension.label for dimension in field.dimensions)
    return Fault("source.part", "indelning", f"Värdet behöver en indelning: {names}.")


def _is_part(dimension: Dimension, text: str) -> bool:
    """Tell whether the text is a declared part, or one in the source's own words."""
    is_declared = text in {part.code for part in dimension.parts}
    return is_declared or (dimension.is_open and 0 < len(text) <= LONGEST_PART and ":" not in text)


def _period(fact: Fact, field: Field, context: SourceContext) -> Fault | None:
    source, last = source_of(field), context.today.year
    if fact.month and not (field.has_parts_by_month if fact.breakdown else field.by_month):
        return Fault("source.period", "period", "Uppgiften ges per år. Skriv bara årtalet, som 2024.")
    if fact.month and (fact.month.year != fact.year or fact.month > Month.of(context.today)):
        return Fault("source.period", "period", f"{fact.month.label} har inte varit än.")
    if not FIRST_YEAR <= fact.year <= last + source.years_ahead:
        return Fault(
            "source.period", "period", f"Året ska ligga mellan {FIRST_YEAR} och {last + source.years_ahead}."
        )
    return None


def _place(fact: Fact, field: Field, context: SourceContext) -> Iterator[Fault]:
    if fact.level not in field.levels:
        words = " eller ".join(level.label.lower() for level in field.levels)
        yield Fault("source.place", _column(fact), f"Uppgiften ges för {words}, inte för det som står här.")
    elif fact.municipality and fact.municipality not in context.municipalities:
        meant = question(fact.municipality, context.municipalities.values()) or "Skriv namn eller kod."
        yield Fault("source.place", "kommun", f"Kommunen är ingen av regionens. {meant}")
    elif fact.clinic:
        yield from _clinic(fact, context)


def _clinic(fact: Fact, context: SourceContext) -> Iterator[Fault]:
    clinic = context.clinics.get(fact.clinic)
    if clinic is None:
        names = [name for other in context.clinics.values() for name in (other.name, other.code)]
        meant = question(fact.clinic, names) or "Skriv dess namn eller kod."
        yield Fault("source.place", "mottagning", f"Mottagningen finns inte. {meant}")
    elif not _was_open(clinic, fact):
        period = fact.month.label if fact.month else str(fact.year)
        yield Fault("source.place", "mottagning", f"{clinic.name} var inte öppen {period}.")


def _column(fact: Fact) -> str:
    return "kommun" if fact.municipality else "mottagning"


def _was_open(clinic: Clinic, fact: Fact) -> bool:
    return clinic.is_open(fact.month) if fact.month else clinic.was_open_in(fact.year)


def _value(fact: Fact, field: Field) -> Fault | None:
    if (fact.value is None) == (fact.reason is None):
        return Fault("source.value", "värde", "Skriv ett värde, eller ett skäl till att det saknas.")
    if fact.reason:
        return None if fact.reason in field.reasons else Fault("source.reason", "skäl", reasons_hint(field))
    least, most = field.limits(fact.level)
    value = fact.value or 0
    if field.is_yes_no and fact.level is SourceLevel.CLINIC and value not in (0, 1):
        return Fault("source.value", "värde", "Skriv ja eller nej.")
    if not least <= value <= most:
        allowed = f"{spell(least)} till {spell(most)}"
        return Fault(
            "source.range", "värde", f"Det står {spell(value)}. Tillåtet är {allowed} ({field.unit})."
        )
    if half_up(value, field.decimals) != value:
        return Fault(
            "source.decimals", "värde", f"Det står {spell(value)}. Högst {field.decimals} decimaler går."
        )
    return None


def reasons_hint(field: Field) -> str:
    """Return the reasons that the field takes, in words."""
    return f"Godtagna skäl är {', '.join(f'”{reason.label}”' for reason in field.reasons)}."


def text_fault(text: str, question: str) -> str | None:
    """Return what is wrong with a source note or a reason for a correction, or None."""
    if not SHORTEST_TEXT <= len(clean(text)) <= LONGEST_TEXT:
        return f"{question} Skriv {SHORTEST_TEXT}–{LONGEST_TEXT} tecken."
    if holds_personal_number(text):
        return "Texten innehåller något som ser ut som ett personnummer. Ta bort det."
    return None


def label_of(source: Source, fact: Fact) -> str:
    """Return what a figure is, in words: `Ärenden hos Patientnämnden, Kön: flickor`."""
    field = field_of(fact.indicator, fact.breakdown)
    if field is None:
        return f"{source.label}: {fact.indicator} {fact.breakdown}".strip()
    part = field.label_of(fact.breakdown)
    return f"{field.label}, {part}" if part else field.label
