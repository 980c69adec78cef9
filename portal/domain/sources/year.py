"""A year of the region's sources: what reads where, sums that must agree, rates per 1 000 children."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.registry.months import months_of_year
from portal.domain.registry.municipalities import MUNICIPALITIES
from portal.domain.registry.values import MissingReason
from portal.domain.sources.declared import FIELDS_BY_CODE, POPULATION
from portal.domain.sources.facts import Dimension, Fact, FactKey, Field, Source, SourceLevel, level_of


Facts = Mapping[FactKey, Fact]


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceFigure:
    """One figure of a year: its value or why there is none, its provenance, and the year before."""

    field: Field
    breakdown: str  # as stored; "" is the whole
    part: str  # in words, such as "Kön: flickor"
    clinic: str  # "" is the region
    municipality: str
    value: float | None
    reason: MissingReason | None
    previous: float | None
    previous_reason: MissingReason | None
    fact: Fact | None  # the version it was read from; None: nobody has entered it, or it is a sum
    months: int = 0  # above 0: the sum of so many months

    @property
    def level(self) -> SourceLevel:
        return level_of(self.clinic, self.municipality)

    @property
    def unit(self) -> str:
        return self.field.unit


def newest(versions: Iterable[Fact]) -> dict[FactKey, Fact]:
    """Return the newest version of each figure, in the order they first came."""
    found: dict[FactKey, Fact] = {}
    for fact in versions:
        if fact.key not in found or found[fact.key].version < fact.version:
            found[fact.key] = fact
    return found


def figures_of_year(source: Source, facts: Facts, year: int, clinics: Iterable[str]) -> list[SourceFigure]:
    """Return every figure of the source's year: region first, then clinics or municipalities.

    The region's wholes are always there, with a reason when nobody has entered them; parts, clinics
    and municipalities where something is entered for this year or the one before.
    """
    return [
        figure
        for field in source.fields
        for clinic, municipality in _places(field, clinics)
        for breakdown in _breakdowns(field, facts, year)
        if (figure := _figure(source, field, facts, year, (breakdown, clinic, municipality)))
    ]


def _places(field: Field, clinics: Iterable[str]) -> list[tuple[str, str]]:
    places: list[tuple[str, str]] = [("", "")]
    if SourceLevel.CLINIC in field.levels:
        places += [(clinic, "") for clinic in clinics]
    if SourceLevel.MUNICIPALITY in field.levels:
        places += [("", code) for code in MUNICIPALITIES]
    return places


def _breakdowns(field: Field, facts: Facts, year: int) -> list[str]:
    """Return the field's parts in their declared order; those of the source's own words last."""
    declared = [d.part(part.code) for d in field.dimensions for part in d.parts]
    entered = sorted(
        {
            fact.breakdown
            for fact in facts.values()
            if fact.year in (year, year - 1)
            and fact.breakdown
            and field.holds(fact.indicator, fact.breakdown)
        }
    )
    return [field.part, *dict.fromkeys([*declared, *(one for one in entered if one != field.part)])]


def _figure(
    source: Source, field: Field, facts: Facts, year: int, about: tuple[str, str, str]
) -> SourceFigure | None:
    breakdown, clinic, municipality = about
    now, months = _value(field, facts, year, about)
    before, _ = _value(field, facts, year - 1, about)
    is_whole = breakdown == field.part
    if is_whole and not field.has_whole and has_parts(field, facts, year, clinic):
        return None  # its parts have figures by now: the whole's reason says nothing more
    is_expected = is_whole and not clinic and not municipality and SourceLevel.REGION in field.levels
    if now is None and before is None and not is_expected:
        return None
    return SourceFigure(
        field=field,
        breakdown=breakdown,
        part=field.label_of(breakdown),
        clinic=clinic,
        municipality=municipality,
        value=now.value if now else None,
        reason=now.reason if now else source.nothing_entered(year),
        previous=before.value if before else None,
        previous_reason=before.reason if before else source.nothing_entered(year - 1),
        fact=None if months else now,
        months=months,
    )


def has_parts(field: Field, facts: Facts, year: int, clinic: str = "") -> bool:
    """Tell whether any part of the field has a value that year, for the region or a clinic."""
    return any(
        fact.value is not None and fact.breakdown != field.part
        for fact in facts.values()
        if (fact.year, fact.clinic) == (year, clinic) and field.holds(fact.indicator, fact.breakdown)
    )


def _value(field: Field, facts: Facts, year: int, about: tuple[str, str, str]) -> tuple[Fact | None, int]:
    """Return the year's own figure, or the sum of its twelve months when all are entered."""
    breakdown, clinic, municipality = about
    found = facts.get(FactKey(field.indicator, year, "", breakdown, clinic, municipality))
    if found or not field.by_month:
        return found, 0
    monthly = months_entered(field, facts, year, clinic=clinic)
    values = [fact.value for fact in monthly if fact.value is not None]
    if len(values) < 12 and field.least >= 0:
        return None, 0
    if not values:
        return None, 0
    return Fact(indicator=field.indicator, year=year, value=sum(values), source=""), len(values)


def months_entered(field: Field, facts: Facts, year: int, *, clinic: str = "") -> list[Fact]:
    """Return the field's figures of single months, in their order."""
    keys = [FactKey(field.indicator, year, str(month), "", clinic, "") for month in months_of_year(year)]
    return [facts[key] for key in keys if key in facts]


def regions_year(facts: Facts, indicator: str, year: int) -> Fact | None:
    """Return the region's whole figure of a year, summed over its months where only they are entered."""
    field = next(
        (one for one in FIELDS_BY_CODE.values() if one.indicator == indicator and not one.part), None
    )
    return _value(field, facts, year, ("", "", ""))[0] if field else None


# --- sums that must agree ---


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a source's year that does not add up. `is_fault`: it can't be right as it stands."""

    text: str
    is_fault: bool = False


def remarks_of_year(source: Source, facts: Facts, year: int) -> list[Remark]:
    """Say what does not add up: divisions, clinics, months, and what can't exceed another figure."""
    of_year = [fact for fact in facts.values() if fact.year == year and fact.value is not None]
    found: list[Remark] = []
    for field in source.fields:
        mine = [fact for fact in of_year if field.holds(fact.indicator, fact.breakdown)]
        whole = next((f.value for f in mine if f.is_regions_year and f.breakdown == field.part), None)
        found += [r for d in field.dimensions if d.is_division for r in _division(d, mine, whole)]
        found += _clinics(field, mine, whole)
        found += _months(field, mine, whole)
        found += _not_above(field, of_year)
    if not source.is_surveyed(year) and of_year and _any_of(source, of_year):
        found.append(Remark(f"{year} är inget enkätår, men värden är inskrivna. Kontrollera året."))
    return found


class SourceState(StrEnum):
    """Where a source's year stands, for the region's list of what to do."""

    FILLED = "filled"
    PARTLY = "partly"
    EMPTY = "empty"
    NOT_SURVEYED = "not_surveyed"
    NO_DATA = "no_data"
    FAULT = "fault"

    @property
    def label(self) -> str:
        return _STATES[self][0]

    @property
    def symbol(self) -> str:
        return _STATES[self][1]


_STATES = {
    SourceState.FILLED: ("ifylld", "✓"),
    SourceState.PARTLY: ("delvis ifylld", "◐"),
    SourceState.EMPTY: ("inte ifylld", "○"),
    SourceState.NOT_SURVEYED: ("ingen mätning", "–"),
    SourceState.NO_DATA: ("inget underlag", "–"),
    SourceState.FAULT: ("stämmer inte", "!"),
}


def state_of(
    source: Source, figures: Iterable[SourceFigure], remarks: Iterable[Remark], year: int
) -> SourceState:
    """Return how far a source's year is filled in: something for every field, and every municipality.

    A reason for the source's first figure (no data, no survey) says why all of it is missing.
    """
    entered = [figure for figure in figures if figure.fact or figure.months]
    if any(remark.is_fault for remark in remarks):
        return SourceState.FAULT
    if not entered:
        return SourceState.EMPTY if source.is_surveyed(year) else SourceState.NOT_SURVEYED
    if all(figure.value is None for figure in entered):
        return _without_figures(source, entered)
    is_filled = all(field.may_lack or _is_filled(field, entered) for field in source.fields)
    return SourceState.FILLED if is_filled else SourceState.PARTLY


def _without_figures(source: Source, entered: list[SourceFigure]) -> SourceState:
    """Return what a year reads as that has reasons only: that nobody has reported is still to be mended."""
    reasons = {figure.reason for figure in entered}
    if MissingReason.NO_SURVEY in reasons:
        return SourceState.NOT_SURVEYED
    if reasons == {MissingReason.NOT_REPORTED}:
        return SourceState.EMPTY
    is_whole = entered[0].field is source.fields[0]
    return SourceState.NO_DATA if is_whole else SourceState.PARTLY


def _is_filled(field: Field, entered: list[SourceFigure]) -> bool:
    mine = [figure for figure in entered if figure.field is field]
    return len(mine) >= (len(MUNICIPALITIES) if SourceLevel.MUNICIPALITY in field.levels else 1)


def _any_of(source: Source, facts: list[Fact]) -> bool:
    return any(field.holds(fact.indicator, fact.breakdown) for field in source.fields for fact in facts)


def _division(dimension: Dimension, facts: list[Fact], whole: float | None) -> list[Remark]:
    parts = [
        fact.value or 0
        for fact in facts
        if fact.is_regions_year and fact.breakdown.startswith(f"{dimension.code}:")
    ]
    if not parts:
        return []
    total = sum(parts)
    if whole is None:
        return [Remark(f"{dimension.label} summerar till {spell(total)}, men totalen är inte ifylld.")]
    if total > whole:
        return [
            Remark(f"{dimension.label} summerar till {spell(total)}, mer än totalen {spell(whole)}.", True)
        ]
    if total < whole:
        left = spell(whole - total)
        return [
            Remark(
                f"{dimension.label} summerar till {spell(total)} av {spell(whole)}: {left} är inte fördelade."
            )
        ]
    return []


def _clinics(field: Field, facts: list[Fact], whole: float | None) -> list[Remark]:
    parts = [f.value or 0 for f in facts if f.clinic and f.month is None and f.breakdown == field.part]
    is_sum = field.decimals == 0 and SourceLevel.REGION in field.levels
    if whole is None or not parts or not is_sum or sum(parts) <= whole:
        return []
    text = (
        f"{field.label}: mottagningarna summerar till {spell(sum(parts))}, mer än regionens {spell(whole)}."
    )
    return [Remark(text, True)]


def _months(field: Field, facts: list[Fact], whole: float | None) -> list[Remark]:
    months = [f.value or 0 for f in facts if f.month and f.level is SourceLevel.REGION]
    if whole is None or not months or field.least < 0:
        return []
    total, is_all = sum(months), len(months) == 12
    if total > whole or (is_all and total != whole):
        text = f"{field.label}: månaderna summerar till {spell(total)}, men året är {spell(whole)}."
        return [Remark(text, True)]
    return []


def _not_above(field: Field, facts: list[Fact]) -> list[Remark]:
    limit = FIELDS_BY_CODE.get(field.not_above)
    if limit is None:
        return []
    most = {f.clinic: f.value or 0 for f in facts if limit.holds(f.indicator, f.breakdown)}
    return [
        Remark(f"{field.label} ({f.clinic or 'regionen'}) är fler än {limit.label.lower()}.", True)
        for f in facts
        if field.holds(f.indicator, f.breakdown) and f.clinic in most and (f.value or 0) > most[f.clinic]
    ]


def spell(value: float) -> str:
    """Return a number for a sentence: `20 000 000`, `79,5`."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
    return text.replace(",", "\u00a0").replace(".", ",").replace("-", "−")


# --- children, and money ---


def children(facts: Facts, year: int) -> int | None:
    """Return the region's inhabitants of 0-17 years, or None unless every municipality has its figure."""
    field = POPULATION.fields[0]
    found = [facts.get(FactKey(field.indicator, year, "", "", "", code)) for code in MUNICIPALITIES]
    values = [fact.value for fact in found if fact and fact.value is not None]
    return int(sum(values)) if len(values) == len(MUNICIPALITIES) else None


def per_1000(count: float | None, children: int | None) -> float | None:
    """Return a count per 1 000 children; None while either is unknown."""
    return None if count is None or not children else 1000 * count / children


def episode_costs(facts: Facts, year: int) -> dict[str, float]:
    """Return type of episode → episodes × standard reimbursement, where both are entered. Kronor."""
    costs = {}
    for fact in facts.values():
        if (fact.indicator, fact.year) != ("episodes_by_type", year) or fact.value is None:
            continue
        price = facts.get(FactKey("episode_price", year, "", fact.breakdown, "", ""))
        if price and price.value is not None:
            costs[fact.breakdown.partition(":")[2]] = fact.value * price.value
    return costs
