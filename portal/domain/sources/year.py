"""A year of the region's sources: what reads where, sums that must agree, rates per 1 000 children."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from portal.domain.registry.months import months_of_year
from portal.domain.registry.names import near_equals
from portal.domain.registry.region import Region
from portal.domain.registry.rounding import half_up
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
    previous_months: int = 0

    @property
    def level(self) -> SourceLevel:
        return level_of(self.clinic, self.municipality)

    @property
    def unit(self) -> str:
        return self.field.unit

    @property
    def is_entered(self) -> bool:
        return self.fact is not None or self.months > 0


def newest(versions: Iterable[Fact]) -> dict[FactKey, Fact]:
    """Return the newest version of each figure, in the order they first came."""
    facts: dict[FactKey, Fact] = {}
    for fact in versions:
        if fact.key not in facts or facts[fact.key].version < fact.version:
            facts[fact.key] = fact
    return facts


class About(NamedTuple):
    """What a figure of a field is about: the part of the field, and where. Empty: the region."""

    breakdown: str
    clinic: str = ""
    municipality: str = ""

    @property
    def is_region(self) -> bool:
        return not self.clinic and not self.municipality


@dataclass(frozen=True, kw_only=True, slots=True)
class AllPlaces:
    """The codes of what a figure can be about, beside the whole region."""

    clinics: tuple[str, ...]
    municipalities: tuple[str, ...]


def figures_of_year(
    source: Source, facts: Facts, year: int, clinics: Iterable[str], region: Region
) -> list[SourceFigure]:
    """Return every figure of the source's year: region first, then clinics or municipalities.

    The region's wholes are always there, with a reason when nobody has entered them; parts, clinics
    and municipalities where something is entered for this year or the one before.
    """
    places = AllPlaces(clinics=tuple(clinics_entered(facts, clinics)), municipalities=tuple(region.names))
    return [
        _figure(source, field, facts, year, about)
        for field in source.fields
        for about in _all_about(field, facts, year, places)
        if _is_listed(field, facts, year, about)
    ]


def clinics_entered(facts: Facts, clinics: Iterable[str]) -> list[str]:
    """Return those of the clinics that anything is entered about."""
    entered = {fact.clinic for fact in facts.values()}
    return [clinic for clinic in clinics if clinic in entered]


def _all_about(field: Field, facts: Facts, year: int, all_places: AllPlaces) -> list[About]:
    breakdowns = _breakdowns(field, facts, year)
    places = _places(field, all_places)
    return [About(breakdown, *place) for place in places for breakdown in breakdowns]


def _places(field: Field, all_places: AllPlaces) -> list[tuple[str, str]]:
    places: list[tuple[str, str]] = [("", "")]
    if SourceLevel.CLINIC in field.levels:
        places += [(clinic, "") for clinic in all_places.clinics]
    if SourceLevel.MUNICIPALITY in field.levels:
        places += [("", code) for code in all_places.municipalities]
    return places


def _breakdowns(field: Field, facts: Facts, year: int) -> list[str]:
    """Return the field's parts in their declared order; those of the source's own words last."""
    entered = {
        fact.breakdown
        for fact in facts.values()
        if fact.year in (year, year - 1) and field.holds(fact.indicator, fact.breakdown)
    }
    parts = dict.fromkeys([*field.parts, *sorted(entered - {"", field.part})])
    return [field.part, *parts]


def _is_listed(field: Field, facts: Facts, year: int, about: About) -> bool:
    """Tell whether there is something to say: it is entered, or it is the region's whole."""
    is_whole = about.breakdown == field.part
    if is_whole and not field.has_whole and has_parts(field, facts, year, about.clinic):
        return False  # its parts have figures by now: the whole's reason says nothing more
    if is_whole and about.is_region and SourceLevel.REGION in field.levels:
        return True
    return any(_value(field, facts, of, about)[0] is not None for of in (year, year - 1))


def _figure(source: Source, field: Field, facts: Facts, year: int, about: About) -> SourceFigure:
    fact, months = _value(field, facts, year, about)
    before, months_before = _value(field, facts, year - 1, about)
    value, reason = _read(fact, source, year)
    previous, previous_reason = _read(before, source, year - 1)
    return SourceFigure(
        field=field,
        breakdown=about.breakdown,
        part=field.label_of(about.breakdown),
        clinic=about.clinic,
        municipality=about.municipality,
        value=value,
        reason=reason,
        previous=previous,
        previous_reason=previous_reason,
        fact=None if months else fact,
        months=months,
        previous_months=months_before,
    )


def _read(fact: Fact | None, source: Source, year: int) -> tuple[float | None, MissingReason | None]:
    return (fact.value, fact.reason) if fact else (None, source.nothing_entered(year))


def has_parts(field: Field, facts: Facts, year: int, clinic: str = "") -> bool:
    """Tell whether any part of the field has a value that year, for the region or a clinic."""
    return any(
        fact.value is not None and fact.breakdown != field.part
        for fact in facts.values()
        if (fact.year, fact.clinic) == (year, clinic) and field.holds(fact.indicator, fact.breakdown)
    )


def _value(field: Field, facts: Facts, year: int, about: About) -> tuple[Fact | None, int]:
    """Return the year's own figure, or the sum of its twelve months when all are entered; of shares the newest month's."""
    fact = facts.get(FactKey(field.indicator, year, "", *about))
    if fact or not field.by_month:
        return fact, 0
    monthly = months_entered(field, facts, year, clinic=about.clinic, municipality=about.municipality)
    if field.is_summed:
        return _sum_of(field, year, monthly)
    return (monthly[-1] if monthly and not about.breakdown else None), 0


def _sum_of(field: Field, year: int, monthly: list[Fact]) -> tuple[Fact | None, int]:
    values = [fact.value for fact in monthly if fact.value is not None]
    is_whole = len(values) == 12 or field.least < 0 or field.is_running
    if not values or not is_whole:
        return None, 0
    return Fact(indicator=field.indicator, year=year, value=sum(values), source=""), len(values)


def months_entered(
    field: Field, facts: Facts, year: int, *, clinic: str = "", municipality: str = ""
) -> list[Fact]:
    """Return the field's figures of single months, in their order."""
    months = [str(month) for month in months_of_year(year)]
    keys = [FactKey(field.indicator, year, month, "", clinic, municipality) for month in months]
    return [facts[key] for key in keys if key in facts]


def regions_year(facts: Facts, indicator: str, year: int) -> Fact | None:
    """Return the region's whole figure of a year, summed over its months where only they are entered."""
    fields = [field for field in FIELDS_BY_CODE.values() if field.indicator == indicator and not field.part]
    return _value(fields[0], facts, year, About(""))[0] if fields else None


# --- sums that must agree ---


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a source's year that does not add up. `is_fault`: it can't be right as it stands."""

    text: str
    is_fault: bool = False


def remarks_of_year(source: Source, facts: Facts, year: int) -> list[Remark]:
    """Say what does not add up: divisions, clinics, months, and what can't exceed another figure."""
    with_value = [fact for fact in facts.values() if fact.year == year and fact.value is not None]
    remarks = [remark for field in source.fields for remark in _remarks_of_field(field, with_value)]
    if not source.is_surveyed(year) and _any_of(source, with_value):
        remarks.append(Remark(f"{year} är inget enkätår, men värden är inskrivna. Kontrollera året."))
    return remarks


def _remarks_of_field(field: Field, facts: list[Fact]) -> list[Remark]:
    own = [fact for fact in facts if field.holds(fact.indicator, fact.breakdown)]
    total = next((fact.value for fact in own if fact.is_regions_year and fact.breakdown == field.part), None)
    divisions = [dimension for dimension in field.dimensions if dimension.is_division]
    return [
        *(remark for dimension in divisions for remark in _division(dimension, own, total)),
        *_clinics(field, own, total),
        *_months(field, own, total),
        *_not_above(field, facts),
        *_near_equal_parts(field, own),
    ]


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
    source: Source, figures: Iterable[SourceFigure], remarks: Iterable[Remark], year: int, region: Region
) -> SourceState:
    """Return how far a source's year is filled in: something for every field, and every municipality.

    A reason for the source's first figure (no data, no survey) says why all of it is missing.
    """
    entered = [figure for figure in figures if figure.is_entered]
    if any(remark.is_fault for remark in remarks):
        return SourceState.FAULT
    if not entered:
        return SourceState.EMPTY if source.is_surveyed(year) else SourceState.NOT_SURVEYED
    if all(figure.value is None for figure in entered):
        return _without_figures(source, entered)
    return SourceState.FILLED if _are_all_filled(source, entered, region) else SourceState.PARTLY


def _are_all_filled(source: Source, entered: list[SourceFigure], region: Region) -> bool:
    return all(field.may_lack or _is_filled(field, entered, region) for field in source.fields)


def _without_figures(source: Source, entered: list[SourceFigure]) -> SourceState:
    """Return what a year reads as that has reasons only: that nobody has reported is still to be mended."""
    reasons = {figure.reason for figure in entered}
    if MissingReason.NO_SURVEY in reasons:
        return SourceState.NOT_SURVEYED
    if reasons == {MissingReason.NOT_REPORTED}:
        return SourceState.EMPTY
    is_whole = entered[0].field is source.fields[0]
    return SourceState.NO_DATA if is_whole else SourceState.PARTLY


def _is_filled(field: Field, entered: list[SourceFigure], region: Region) -> bool:
    figures = [figure for figure in entered if figure.field is field]
    return len(figures) >= (len(region.municipalities) if SourceLevel.MUNICIPALITY in field.levels else 1)


def _any_of(source: Source, facts: list[Fact]) -> bool:
    return any(field.holds(fact.indicator, fact.breakdown) for field in source.fields for fact in facts)


def _division(dimension: Dimension, facts: list[Fact], total: float | None) -> list[Remark]:
    """Say how a division's parts add up beside the total that they divide."""
    beginning = f"{dimension.code}:"
    parts = [
        fact.value or 0 for fact in facts if fact.is_regions_year and fact.breakdown.startswith(beginning)
    ]
    if not parts or sum(parts) == total:
        return []
    start = f"{dimension.label} summerar till {spell(sum(parts))}"
    if total is None:
        return [Remark(f"{start}, men totalen är inte ifylld.")]
    undivided = total - sum(parts)
    if undivided < 0:
        return [Remark(f"{start}, mer än totalen {spell(total)}.", is_fault=True)]
    return [Remark(f"{start} av {spell(total)}: {spell(undivided)} är inte fördelade.")]


def _near_equal_parts(field: Field, facts: list[Fact]) -> Iterator[Remark]:
    """Say which parts are one in two spellings: they count twice."""
    for spellings in near_equals(field.label_of(fact.breakdown) for fact in facts if fact.breakdown):
        names = " och ".join(f"”{spelling}”" for spelling in spellings)
        text = f"{field.label}: {names} är samma och räknas båda. Ge den ena skälet ”inget underlag”."
        yield Remark(text, is_fault=True)


def _clinics(field: Field, facts: list[Fact], total: float | None) -> list[Remark]:
    """Say that the clinics have more together than the region, where the region is their sum."""
    if total is None or field.decimals or SourceLevel.REGION not in field.levels:
        return []
    together = sum(fact.value or 0 for fact in facts if _is_clinics_year(field, fact))
    if together <= max(total, 0):
        return []
    text = f"mottagningarna summerar till {spell(together)}, mer än regionens {spell(total)}."
    return [Remark(f"{field.label}: {text}", is_fault=True)]


def _is_clinics_year(field: Field, fact: Fact) -> bool:
    return fact.level is SourceLevel.CLINIC and fact.month is None and fact.breakdown == field.part


def _months(field: Field, facts: list[Fact], total: float | None) -> list[Remark]:
    """Say that the months have more together than the year, or, all twelve, not the same."""
    months = [fact.value or 0 for fact in facts if fact.month and fact.level is SourceLevel.REGION]
    if total is None or field.least < 0 or not field.is_summed or _add_up(months, total):
        return []
    text = f"{field.label}: månaderna summerar till {spell(sum(months))}, men året är {spell(total)}."
    return [Remark(text, is_fault=True)]


def _add_up(months: list[float], total: float) -> bool:
    """Tell whether the months can be the year's: all twelve are it, fewer are at most that."""
    return sum(months) == total if len(months) == 12 else not months or sum(months) <= total


def _not_above(field: Field, facts: list[Fact]) -> list[Remark]:
    """Say where a figure is above the one that it is a part of."""
    upper_field = FIELDS_BY_CODE.get(field.not_above)
    if upper_field is None:
        return []
    uppers, lowers = _by_clinic(upper_field, facts), _by_clinic(field, facts)
    above = [clinic for clinic in lowers if clinic in uppers and _exceeds(lowers[clinic], uppers[clinic])]
    limit = upper_field.label.lower()
    return [
        Remark(f"{field.label} ({clinic or 'regionen'}) är fler än {limit}.", is_fault=True)
        for clinic in above
    ]


def _by_clinic(field: Field, facts: list[Fact]) -> dict[str, Fact]:
    return {fact.clinic: fact for fact in facts if field.holds(fact.indicator, fact.breakdown)}


def _exceeds(fact: Fact, upper: Fact) -> bool:
    return (fact.value or 0) > (upper.value or 0)


def spell(value: float) -> str:
    """Return a number for a sentence: `20 000 000`, `79,5`."""
    text = f"{half_up(value, 2):,.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
    return text.replace(",", "\u00a0").replace(".", ",").replace("-", "−")


# --- children, and money ---


def children(facts: Facts, year: int, region: Region) -> int | None:
    """Return the region's inhabitants of 0-17 years, or None unless every municipality has its figure."""
    field = POPULATION.fields[0]
    keys = [FactKey(field.indicator, year, "", "", "", code) for code in region.names]
    values = [facts[key].value for key in keys if key in facts]
    inhabitants = [value for value in values if value is not None]
    return int(sum(inhabitants)) if len(inhabitants) == len(keys) else None


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
