"""Files of the region's sources: template, import with a preview, and the history as a table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from db.registry import clinics
from db.sources import facts
from portal.domain.accounts.access import User, check_is_region
from portal.domain.reporting.problems import Problem
from portal.domain.sources.checks import label_of
from portal.domain.sources.declared import field_of
from portal.domain.sources.facts import Fact, Field, Source
from portal.services.administration.exports import csv_bytes
from portal.services.context import DEMO_LABEL, Portal
from portal.services.refused import Refused
from portal.services.sources import source_years
from portal.services.sources.source_years import Change, EntryNote, EntryOutcome
from portal.uploads import source_file, source_template


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceUpload:
    """What a file would change; `fingerprint` goes back with the confirmation."""

    source: Source
    name: str
    sha256: str
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]
    changes: tuple[Change, ...]
    fingerprint: str
    places: Mapping[str, str]  # code of a clinic or municipality → name

    def of_kind(self, kind: str) -> list[Change]:
        return [change for change in self.changes if change.kind == kind]


def template(portal: Portal, user: User, source: Source, year: int) -> bytes:
    """Return the source's workbook for a year, with what is stored filled in."""
    rows = _for_template(portal, user, year)
    return source_template.write(source, year, *rows, label=DEMO_LABEL if portal.is_demo else "")


def template_csv(portal: Portal, user: User, source: Source, year: int) -> bytes:
    """Return the same as a text file."""
    rows = source_template.rows(source, year, *_for_template(portal, user, year))
    return csv_bytes(source_template.headings(source), rows)


def _for_template(portal: Portal, user: User, year: int) -> tuple[list, dict, dict]:
    check_is_region(user)
    with portal.reading(user) as scoped:
        stored = {fact.key: fact for fact in facts.list_facts(scoped, years=[year])}
        return clinics.list_in_scope(scoped), stored, portal.region.names


def preview(portal: Portal, user: User, source: Source, *, name: str, content: bytes) -> SourceUpload:
    """Say what the file holds and what it would change. Stores nothing; raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        context = source_years.context_of(scoped, portal.clock.today)
        parsed = source_file.parse(name, content, source=source, context=context)
        changes = source_years.plan(scoped, parsed.facts)
    clinic_names = {code: clinic.name for code, clinic in context.clinics.items()}
    return SourceUpload(
        source=source,
        name=parsed.name,
        sha256=parsed.sha256,
        problems=parsed.problems,
        notices=parsed.notices,
        changes=tuple(changes),
        fingerprint=source_years.fingerprint_of_changes(changes),
        places={**context.municipalities, **clinic_names},
    )


def commit(
    portal: Portal, user: User, source: Source, *, name: str, content: bytes, note: EntryNote
) -> EntryOutcome:
    """Read the same bytes again and store what they change, all or nothing. Raises Refused."""
    check_is_region(user)
    upload = preview(portal, user, source, name=name, content=content)
    if upload.problems:
        raise Refused("Filen har fel och kan inte läsas in. Inget är sparat.")
    new = source_file.with_provenance([change.fact for change in upload.changes], note.provenance)
    file = {"file": upload.name, "sha256": upload.sha256}
    return source_years.enter(
        portal, user, new, correction=note.correction, fingerprint=note.fingerprint, file=file
    )


HISTORY = (
    "källa",
    "uppgift",
    "indelning",
    "mottagning",
    "kommun",
    "period",
    "värde",
    "skäl",
    "enhet",
    "version",
    "hämtat ur",
    "anmärkning",
    "varför ändrat",
    "infört av",
    "infört",
)


def history_csv(portal: Portal, user: User, source: Source) -> bytes:
    """Return every version of the source's figures, the newest first, for Swedish Excel."""
    return csv_bytes(HISTORY, _history_rows(source, source_years.history(portal, user, source)))


def _history_rows(source: Source, versions: list[Fact]) -> Iterator[tuple[object, ...]]:
    for fact in versions:
        field = field_of(fact.indicator, fact.breakdown)
        yield (
            source.label,
            field.label if field else label_of(source, fact),
            field.label_of(fact.breakdown) if field else fact.breakdown,
            fact.clinic,
            fact.municipality,
            str(fact.month or fact.year),
            *_value_and_unit(fact, field),
            *_origin(fact),
        )


def _value_and_unit(fact: Fact, field: Field | None) -> tuple[object, ...]:
    return fact.value, fact.reason.label if fact.reason else "", field.unit if field else ""


def _origin(fact: Fact) -> tuple[object, ...]:
    """Return which version it is, where it was read, why it replaced another, and who entered it when."""
    entered_at = fact.entered_at.isoformat(timespec="seconds") if fact.entered_at else ""
    return fact.version, fact.source, fact.note, fact.correction, fact.entered_by, entered_at
