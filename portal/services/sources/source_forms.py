"""The form of a source: its boxes for one period and place, and what is typed in them, by the same rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from db.sources import facts
from portal.domain.accounts.access import User, check_is_region
from portal.domain.registry.names import swedish_key
from portal.domain.registry.region import Region
from portal.domain.sources.checks import SourceContext, label_of
from portal.domain.sources.facts import Dimension, Fact, FactKey, Field, Source, SourceLevel, level_of
from portal.services.context import Portal
from portal.services.refused import Refused
from portal.services.sources import source_years
from portal.services.sources.source_years import EntryNote, EntryOutcome
from portal.uploads import source_rows
from portal.uploads.source_file import with_provenance


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """One figure to fill in; `text` is what is stored, as people write it."""

    field: Field
    key: FactKey
    label: str
    text: str
    version: int  # 0: nothing stored

    @property
    def row(self) -> dict[str, str]:
        """Return the box as a row of the source's file, without its value."""
        return {
            source_rows.FIELD: self.field.code,
            source_rows.PART: "" if self.key.breakdown == self.field.part else self.key.breakdown,
            source_rows.CLINIC: self.key.clinic,
            source_rows.MUNICIPALITY: self.key.municipality,
            source_rows.PERIOD: self.key.month or str(self.key.year),
        }


def boxes(
    portal: Portal, user: User, source: Source, *, year: int, month: str = "", place: str = ""
) -> list[Box]:
    """Return the boxes for the region, a clinic or a municipality, and a year or one of its months.

    `place` is the code of one that the source has boxes of its own for. Raises AccessDenied.
    """
    check_is_region(user)
    with portal.reading(user) as scoped:
        stored = {fact.key: fact for fact in facts.list_facts(scoped, years=[year, year - 1])}
    return [
        _box(field, key, stored.get(key), portal.region)
        for field in source.fields
        for key in _all_keys(field, stored, (year, month), place, portal.region)
    ]


def _all_keys(
    field: Field, stored: Mapping[FactKey, Fact], period: tuple[int, str], place: str, region: Region
) -> list[FactKey]:
    """Return what the field's boxes are about: one or all municipalities, a clinic, or the region's parts."""
    year, month = period
    if SourceLevel.MUNICIPALITY not in field.levels or (not place and SourceLevel.REGION in field.levels):
        return _keys(field, stored, year, month, place)
    if month and not field.by_month:
        return []
    codes = [place] if place else list(region.names)
    return [FactKey(field.indicator, year, month, "", "", code) for code in codes]


def _keys(field: Field, stored: Mapping[FactKey, Fact], year: int, month: str, clinic: str) -> list[FactKey]:
    """Return what the field's boxes are about; none where it is not given for such a period or place."""
    if month and not field.by_month:
        return []
    if level_of(clinic, "") not in field.levels:
        return []
    has_parts = not field.part and (field.has_parts_by_month or not month)
    parts = _parts(field, stored) if has_parts else []
    breakdowns = dict.fromkeys([field.part, *parts])
    return [FactKey(field.indicator, year, month, breakdown, clinic, "") for breakdown in breakdowns]


def _parts(field: Field, stored: Mapping[FactKey, Fact]) -> list[str]:
    """Return the declared parts, then those of the source's own words that are stored."""
    entered = {key.breakdown for key in stored if field.holds(key.indicator, key.breakdown)}
    return [*field.parts, *sorted(entered - {""})]


def words(portal: Portal, user: User, dimension: Dimension, boxes: Sequence[Box]) -> list[str]:
    """Return the words for parts of the division that have no box: its fixed names, and those used elsewhere.

    Elsewhere: in other years, or by other fields. Raises AccessDenied.
    """
    check_is_region(user)
    with portal.reading(user) as scoped:
        stored = facts.list_parts(scoped, with_value=True)
    with_box = {box.key.breakdown for box in boxes}
    start = dimension.part("")
    fixed = [dimension.part(names[0]) for names in dimension.names]
    return sorted(
        {part.removeprefix(start) for part in (*stored, *fixed) if part.startswith(start)}
        - {part.removeprefix(start) for part in with_box},
        key=swedish_key,
    )


def _box(field: Field, key: FactKey, fact: Fact | None, region: Region) -> Box:
    name = region.names.get(key.municipality) or field.label_of(key.breakdown)
    if not field.has_whole and not name:
        name = "bara skäl, om inget finns"
    return Box(
        field=field,
        key=key,
        label=f"{field.label} – {name}" if name else field.label,
        text=spelt(field, fact),
        version=fact.version if fact else 0,
    )


def spelt(field: Field, fact: Fact | None) -> str:
    """Return a figure as it is typed: `193`, `79,5`, `ja`, `inget underlag`; empty when there is none."""
    if fact is None:
        return ""
    if fact.reason:
        return fact.reason.label
    value = fact.value or 0
    if field.is_yes_no and fact.level is SourceLevel.CLINIC:
        return "ja" if value else "nej"
    return f"{value:.{field.decimals}f}".replace(".", ",")


def enter_texts(
    portal: Portal,
    user: User,
    source: Source,
    *,
    rows: Sequence[Mapping[str, str]],
    on_screen: Mapping[FactKey, int],
    note: EntryNote,
) -> EntryOutcome:
    """Read rows that were typed and store them; `on_screen`: the versions one saw. Raises Refused."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        context = source_years.context_of(scoped, portal.clock.today)
        typed = [_as_on_screen(fact, row, on_screen) for row, fact in _read_rows(source, rows, context)]
        spelled = source_years.spelled_as_stored(scoped, typed)
    _check_has_no_box(source, typed, spelled, on_screen)
    fingerprint = source_years.fingerprint_of({fact.key: on_screen.get(fact.key, 0) for fact in spelled})
    new = with_provenance(spelled, note.provenance)
    return source_years.enter(portal, user, new, correction=note.correction, fingerprint=fingerprint)


def _as_on_screen(fact: Fact, row: Mapping[str, str], on_screen: Mapping[FactKey, int]) -> Fact:
    """Return the figure with its part spelled as its box has it."""
    part = row.get(source_rows.PART, "")
    has_box = part != "" and any(key.breakdown == part for key in on_screen)
    return replace(fact, breakdown=part) if has_box else fact


def _check_has_no_box(
    source: Source, typed: Sequence[Fact], spelled: Sequence[Fact], on_screen: Mapping[FactKey, int]
) -> None:
    """Refuse a new part that a box on the screen is for, in another spelling."""
    for new, stored in zip(typed, spelled, strict=True):
        if new.breakdown != stored.breakdown and stored.key in on_screen:
            raise Refused(f"”{label_of(source, stored)}” finns redan. Skriv värdet i dess ruta.")


def _read_rows(
    source: Source, rows: Sequence[Mapping[str, str]], context: SourceContext
) -> list[tuple[Mapping[str, str], Fact]]:
    """Return each row with its figure; raises Refused with everything that is wrong with them."""
    readings = [(row, *source_rows.read_row(row, source, context)) for row in rows]
    refusals = [f"{_name(row, context)}: {fault.message}" for row, _, faults in readings for fault in faults]
    if refusals:
        raise Refused("\n\n".join(refusals))
    return [(row, fact) for row, fact, _ in readings if fact]


def _name(row: Mapping[str, str], context: SourceContext) -> str:
    """Return what a row is about, as its box is called."""
    field = source_rows.field_named(row[source_rows.FIELD])
    if field is None:
        return row[source_rows.FIELD]
    part = row.get(source_rows.PART, "")
    place = context.municipalities.get(row.get(source_rows.MUNICIPALITY, ""), "")
    name = place or field.label_of(part).removesuffix(": ") or part
    return f"{field.label} – {name}" if name else field.label
