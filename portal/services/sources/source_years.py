"""The region's own sources: a year of them with provenance and the year before; entering; history."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from db import audit
from db.registry import clinics
from db.scoping import ScopedConnection
from db.sources import facts
from portal.domain.accounts.access import User, check_is_region
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.names import Spellings
from portal.domain.registry.region import Region
from portal.domain.reporting.texts import clean
from portal.domain.sources import throughflow
from portal.domain.sources.checks import SourceContext, faults_of, label_of, text_fault
from portal.domain.sources.declared import ENTRY, FIELDS_BY_CODE, SOURCES, field_of, source_of
from portal.domain.sources.facts import Fact, FactKey, Field, Source
from portal.domain.sources.year import (
    Remark,
    SourceFigure,
    SourceState,
    children,
    clinics_entered,
    episode_costs,
    figures_of_year,
    months_entered,
    remarks_of_year,
    state_of,
)
from portal.services.context import Portal, Writing, region_in
from portal.services.refused import Refused
from portal.services.sources import entry_months


PROVENANCE = "Varifrån kommer uppgifterna?"
TO_DO = (SourceState.EMPTY, SourceState.PARTLY, SourceState.FAULT)
WHY_CHANGED = "Varför ändras det som redan stod?"


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceYear:
    """One source's year: every figure with its provenance, and what does not add up."""

    source: Source
    year: int
    figures: tuple[SourceFigure, ...]
    months: tuple[Fact, ...]  # figures of single months, the region's first
    remarks: tuple[Remark, ...]
    region: Region

    def of(self, field: str, *, breakdown: str | None = None, clinic: str = "") -> SourceFigure | None:
        """Return one figure by the field's code; the whole unless a stored breakdown is given."""
        part = FIELDS_BY_CODE[field].part if breakdown is None else breakdown
        matching = (
            figure
            for figure in self.figures
            if (figure.field.code, figure.breakdown, figure.clinic, figure.municipality)
            == (field, part, clinic, "")
        )
        return next(matching, None)

    @property
    def state(self) -> SourceState:
        return state_of(self.source, self.figures, self.remarks, self.year, self.region)

    @property
    def is_to_do(self) -> bool:
        """Whether somebody has something to enter or to mend."""
        may_wait = self.source.may_lack and self.state is SourceState.EMPTY
        return self.state in TO_DO and not may_wait

    @property
    def entered(self) -> tuple[SourceFigure, ...]:
        return tuple(figure for figure in self.figures if figure.is_entered)

    @property
    def newest(self) -> Fact | None:
        """The version entered last, for who and when."""
        versions = [*(figure.fact for figure in self.figures if figure.fact), *self.months]
        return max(versions, key=lambda fact: str(fact.entered_at), default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionYear:
    """Everything the region's own sources say about a year."""

    year: int
    sources: tuple[SourceYear, ...]
    clinics: Mapping[str, Clinic]
    municipalities: Mapping[str, str]  # names by code
    children: int | None  # 0-17 years; None until every municipality is filled
    episode_costs: Mapping[str, float]  # kronor per type of episode

    def of(self, source: str) -> SourceYear:
        return next(source_year for source_year in self.sources if source_year.source.code == source)


def year(portal: Portal, user: User, year: int) -> RegionYear:
    """Return a year of every source; raises AccessDenied for anyone but the region."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        version = audit.figures_version(scoped)
    return portal.memo.get(("sources", year, version), lambda: _read_year(portal, user, year))


def _read_year(portal: Portal, user: User, year: int) -> RegionYear:
    with portal.reading(user) as scoped:
        stored = {fact.key: fact for fact in facts.list_facts(scoped, years=[year, year - 1])}
        by_code = {clinic.code: clinic for clinic in clinics.list_in_scope(scoped)}
    region = portal.region
    source_years = [_source_year(source, stored, year, by_code, region) for source in SOURCES]
    return RegionYear(
        year=year,
        sources=tuple(source_years),
        clinics=by_code,
        municipalities=region.names,
        children=children(stored, year, region),
        episode_costs=episode_costs(stored, year),
    )


def _source_year(
    source: Source, stored: Mapping[FactKey, Fact], year: int, clinic_codes: Collection[str], region: Region
) -> SourceYear:
    return SourceYear(
        source=source,
        year=year,
        figures=tuple(figures_of_year(source, stored, year, clinic_codes, region)),
        months=tuple(_months(source, stored, year, clinic_codes, region)),
        remarks=(*remarks_of_year(source, stored, year), *throughflow.remarks(source, stored, year)),
        region=region,
    )


def _months(
    source: Source, stored: Mapping[FactKey, Fact], year: int, clinic_codes: Collection[str], region: Region
) -> Iterator[Fact]:
    """Yield the figures of single months, the region's first."""
    entered = clinics_entered(stored, clinic_codes)
    for field in source.fields:
        if field.by_month:
            for clinic in ("", *entered):
                yield from months_entered(field, stored, year, clinic=clinic)
            for municipality in region.names:
                yield from months_entered(field, stored, year, municipality=municipality)
            yield from _monthly_parts(field, stored, year)


def _monthly_parts(field: Field, stored: Mapping[FactKey, Fact], year: int) -> list[Fact]:
    """Return the figures of a part's single months, by part and month."""
    parts = [
        fact
        for fact in stored.values()
        if fact.year == year and fact.month and fact.breakdown and field.holds(fact.indicator, fact.breakdown)
    ]
    return sorted(parts, key=lambda fact: fact.key)


def years(portal: Portal, user: User) -> list[int]:
    """Return the years one may look at: those of the portal, the one to compare its first with, and those
    with figures."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        entered = facts.years_entered(scoped)
    ordinary = range(portal.calendar.first_month.year - 1, portal.clock.today.year + 1)
    return sorted({*ordinary, *entered}, reverse=True)


def history(portal: Portal, user: User, source: Source) -> list[Fact]:
    """Return every version of the source's figures, the newest first; raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        return facts.list_versions(scoped, indicators=source.indicators)


# --- entering: the same rules for form, file and demo ---


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A figure on its way in, beside the version it would replace."""

    fact: Fact
    before: Fact | None

    @property
    def kind(self) -> str:
        """`new`, `changed` or `unchanged`."""
        if self.before is None:
            return "new"
        return "unchanged" if self.fact.says_the_same(self.before) else "changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryOutcome:
    """What came of entering: the changes that were stored."""

    changes: tuple[Change, ...]

    def count(self, kind: str) -> int:
        return sum(change.kind == kind for change in self.changes)


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryNote:
    """What is said with figures on their way in: where they are from, and why they replace others.

    `fingerprint` is that of what was on the screen; None: nothing was.
    """

    provenance: str
    correction: str = ""
    fingerprint: str | None = None


def fingerprint_of(versions: Mapping[FactKey, int]) -> str:
    """Return what was on the screen: someone else's entry in between gives another. 0: nothing stored."""
    return hashlib.sha256(repr(sorted(versions.items())).encode()).hexdigest()


def fingerprint_of_changes(changes: Sequence[Change]) -> str:
    """Return the fingerprint of what the changes were set beside."""
    return fingerprint_of(
        {change.fact.key: change.before.version if change.before else 0 for change in changes}
    )


def plan(scoped: ScopedConnection, new: Sequence[Fact]) -> list[Change]:
    """Set each figure, its part spelled as those that are stored, beside the newest stored version."""
    new = spelled_as_stored(scoped, new)
    stored = {fact.key: fact for fact in facts.list_facts(scoped, years=sorted({fact.year for fact in new}))}
    return [Change(fact=fact, before=stored.get(fact.key)) for fact in new]


def spelled_as_stored(scoped: ScopedConnection, new: Sequence[Fact]) -> list[Fact]:
    """Return the figures with their parts in the first spelling there is: stored, or among themselves."""
    spellings = Spellings(facts.list_parts(scoped))
    return [
        replace(
            fact,
            breakdown=spellings.united(fact.breakdown),
            source=clean(fact.source),
            note=clean(fact.note),
        )
        for fact in new
    ]


def enter(
    portal: Portal,
    user: User,
    new: Sequence[Fact],
    *,
    correction: str = "",
    fingerprint: str | None = None,
    file: Mapping[str, str] | None = None,
) -> EntryOutcome:
    """Append a version of every figure that says something new, in one transaction with its audit row.

    `fingerprint` is that of what was on the screen; `file` names and identifies an imported file. Raises
    Refused, AccessDenied.
    """
    check_is_region(user)
    with portal.writing(user) as scoped:
        changes = plan(scoped, new)
        _check([change.fact for change in changes], context_of(scoped, portal.clock.today))
        _check_changes(changes, correction, fingerprint)
        stored = [_numbered(change, clean(correction)) for change in changes if change.kind != "unchanged"]
        if stored:
            facts.add_many(scoped, stored, by=user.username, at=portal.clock.now)
            if any(fact.indicator in ENTRY.indicators for fact in stored):
                entry_months.keep_start(scoped)
            _audit(scoped, stored, file)
    return EntryOutcome(changes=tuple(changes))


def context_of(scoped: ScopedConnection, today: date) -> SourceContext:
    """Return what the checks of a figure need to know about the world."""
    by_code = {clinic.code: clinic for clinic in clinics.list_in_scope(scoped)}
    return SourceContext(by_code, today, region_in(scoped).names, facts.list_parts(scoped))


def _check(new: Sequence[Fact], context: SourceContext) -> None:
    if not new:
        raise Refused("Det finns inget att spara: fyll i minst ett värde.")
    keys = [fact.key for fact in new]
    if twice := next((fact for fact in new if keys.count(fact.key) > 1), None):
        field = field_of(twice.indicator, twice.breakdown)
        label = label_of(source_of(field), twice) if field else twice.indicator
        raise Refused(f"”{label}” finns två gånger. Skriv ett av värdena.")
    for fact in new:
        field = field_of(fact.indicator, fact.breakdown)
        for fault in faults_of(fact, context):
            label = label_of(source_of(field), fact) if field else fact.indicator
            raise Refused(f"{label}: {fault.message}", about=repr(fact.key))
        if fault_in_words := text_fault(fact.source, PROVENANCE):
            raise Refused(fault_in_words, about="source")


def _check_changes(changes: Sequence[Change], correction: str, fingerprint: str | None) -> None:
    if fingerprint is not None and fingerprint != fingerprint_of_changes(changes):
        replaced = [change.before for change in changes if change.before]
        newest = max(replaced, key=lambda fact: str(fact.entered_at), default=None)
        raise Refused(
            f"{newest.entered_by if newest else 'Någon annan'} har hunnit skriva in något av det här. Inget "
            "är sparat: se över värdena och försök igen."
        )
    if any(change.kind == "changed" for change in changes):
        fault = text_fault(correction, WHY_CHANGED)
        if fault:
            raise Refused(fault, about="correction")


def _numbered(change: Change, correction: str) -> Fact:
    if change.before is None:
        return replace(change.fact, version=1)
    return replace(change.fact, version=change.before.version + 1, correction=correction)


def _audit(
    scoped: Writing,
    stored: Sequence[Fact],
    file: Mapping[str, str] | None,
) -> None:
    first = field_of(stored[0].indicator, stored[0].breakdown)
    assert first is not None
    scoped.record(
        "source.imported" if file else "source.entered",
        subject=f"{source_of(first).code} {'–'.join(sorted({str(fact.year) for fact in stored}))}",
        details={
            "figures": [" ".join(str(part) for part in (*fact.key, fact.version)) for fact in stored],
            **(file or {}),
        },
    )
