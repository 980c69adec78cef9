"""History and BILD extracts: many clinics' months in one lång fil, looked at first, then read in.

One transaction per clinic's month, or one for all: the user's choice. The same file again changes nothing.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from db.registry import clinics
from db.reporting.submissions import Key
from portal.domain.accounts.access import User, check_is_region
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import Month
from portal.domain.reporting.file_names import safe_name
from portal.domain.reporting.grammar import holds_personal_number
from portal.domain.reporting.problems import Problem
from portal.domain.reporting.texts import clean, storable
from portal.services.context import Portal
from portal.services.refused import DatabaseUnavailable, Refused
from portal.services.reporting import submitting
from portal.services.reporting.versioning import Confirmation, Receipt, SentFile
from portal.uploads import parsing
from portal.uploads.parsing import MAX_PROBLEMS, Parsed
from portal.uploads.reading import REGION_LIMITS


log = logging.getLogger(__name__)
DATABASE_AWAY = "Databasen svarade inte. Läs in filen igen: det som är inläst läses inte in två gånger."


class Mode(StrEnum):
    """What one transaction holds."""

    ALL = "all"
    MONTHS = "months"

    @property
    def label(self) -> str:
        return {"all": "Allt eller inget", "months": "Månad för månad"}[self.value]


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryMonth:
    """One clinic's month in the file: what reading it in would change, or why it can't be."""

    clinic: Clinic
    month: Month
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def key(self) -> Key:
        return self.clinic.code, self.month

    @property
    def is_to_store(self) -> bool:
        return not self.errors and bool(self.new or self.changed)


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryPlan:
    """A file read and checked, nothing stored."""

    name: str
    content: bytes
    parsed: Parsed
    parts: tuple[HistoryMonth, ...]
    loose: tuple[Problem, ...]  # of rows without a known clinic and month, or of the file as a whole
    base_versions: Mapping[Key, int]

    @property
    def rejected(self) -> tuple[HistoryMonth, ...]:
        return tuple(part for part in self.parts if part.errors)

    @property
    def to_store(self) -> tuple[HistoryMonth, ...]:
        return tuple(part for part in self.parts if part.is_to_store)

    @property
    def unchanged(self) -> tuple[HistoryMonth, ...]:
        return tuple(part for part in self.parts if not part.errors and not part.is_to_store)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for part in self.to_store for problem in part.warnings)

    @property
    def has_too_many_problems(self) -> bool:
        """Whether some went unsaid: then no month is known to be whole."""
        return len(self.parsed.problems) >= MAX_PROBLEMS

    @property
    def is_faultless(self) -> bool:
        return not (self.rejected or any(problem.blocks for problem in self.loose))

    @property
    def fingerprint(self) -> str:
        """Tell this plan from the same file's against other versions: what was seen is what is read in."""
        bases = sorted((clinic, str(month), base) for (clinic, month), base in self.base_versions.items())
        return hashlib.sha256(repr((self.parsed.sha256, bases)).encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What was read in, in counts, and what was not."""

    stored: tuple[tuple[str, Month, int], ...]  # clinic, month, version
    new: int
    changed: int
    unchanged_months: int
    rejected: tuple[tuple[Clinic, Month, str], ...]  # with the first reason


def plan(portal: Portal, user: User, *, name: str, content: bytes) -> HistoryPlan:
    """Read and check a file of many clinics' months; stores nothing. Raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        clinics_by_code = {clinic.code: clinic for clinic in clinics.list_in_scope(scoped)}
    parsed = parsing.parse(name, content, clinics=clinics_by_code, limits=REGION_LIMITS)
    looked_at = submitting.look_at(portal, user, parsed)
    problems: dict[Key, list[Problem]] = {}
    loose = []
    for problem in looked_at.problems:
        if problem.clinic in clinics_by_code and problem.month is not None:
            problems.setdefault((problem.clinic or "", problem.month), []).append(problem)
        else:
            loose.append(problem)
    changes = {merged_month.key: merged_month.changes for merged_month in looked_at.months}
    parts = tuple(
        _part(clinics_by_code[key[0]], key[1], changes.get(key, {}), problems.get(key, []))
        for key in sorted({*changes, *problems})
    )
    base_versions = {merged_month.key: merged_month.base_version for merged_month in looked_at.months}
    return HistoryPlan(
        name=safe_name(name),
        content=content,
        parsed=parsed,
        parts=parts,
        loose=tuple(loose),
        base_versions=base_versions,
    )


def run(
    portal: Portal,
    user: User,
    history_plan: HistoryPlan,
    *,
    mode: Mode,
    note: str = "",
    on_progress: Callable[[int, int], None] = lambda stored, total: None,
) -> Summary:
    """Store the plan's months; `on_progress` is called between transactions only.

    Breaking off in between leaves whole months: reading the file in again stores the rest.
    Raises Refused, AccessDenied.
    """
    check_is_region(user)
    _check(portal, user, history_plan, mode, note)
    if mode is Mode.ALL:
        return _store_all(portal, user, history_plan, note=note, on_progress=on_progress)
    return _store_months(portal, user, history_plan, note=note, on_progress=on_progress)


def _part(clinic: Clinic, month: Month, changes: Mapping[str, int], problems: list[Problem]) -> HistoryMonth:
    errors = tuple(problem for problem in problems if problem.blocks)
    warnings = tuple(problem for problem in problems if not problem.blocks)
    return HistoryMonth(
        clinic=clinic,
        month=month,
        new=changes.get("new", 0),
        changed=changes.get("changed", 0),
        unchanged=changes.get("unchanged", 0),
        errors=errors,
        warnings=warnings,
    )


def _check(portal: Portal, user: User, history_plan: HistoryPlan, mode: Mode, note: str) -> None:
    if mode is Mode.ALL and not history_plan.is_faultless:
        submitting.record_rejection(portal, user, name=history_plan.name, problems=_errors(history_plan))
        raise Refused(
            "Filen har fel, och då läses inget in när du valt allt eller inget. Rätta filen, eller välj "
            "månad för månad."
        )
    if history_plan.has_too_many_problems:
        raise Refused("Filen har fler fel än vi kan visa. Rätta dem som visas och läs in igen.")
    if history_plan.warnings and not storable(note):
        raise Refused(
            "Skriv varför de avvikande värdena stämmer: en förklaring för hela filen.", about="note"
        )


def _errors(history_plan: HistoryPlan) -> list[Problem]:
    loose = [problem for problem in history_plan.loose if problem.blocks]
    return [*loose, *(problem for part in history_plan.rejected for problem in part.errors)]


def _store_all(
    portal: Portal,
    user: User,
    history_plan: HistoryPlan,
    *,
    note: str,
    on_progress: Callable[[int, int], None],
) -> Summary:
    total = len(history_plan.to_store)
    on_progress(0, total)
    stored: tuple[tuple[str, Month, int], ...] = ()
    if total:
        keys = {part.key for part in history_plan.to_store}
        try:
            stored = _commit(portal, user, history_plan, history_plan.parsed, keys, note).submissions
        except (submitting.Rejected, submitting.Conflict) as refused:
            raise Refused(f"Inget är inläst. {_reason(refused)}") from refused
    on_progress(total, total)
    return _summary(history_plan, stored, [])


def _store_months(
    portal: Portal,
    user: User,
    history_plan: HistoryPlan,
    *,
    note: str,
    on_progress: Callable[[int, int], None],
) -> Summary:
    total = len(history_plan.to_store)
    entries_by_key = {(entries.clinic, entries.month): entries for entries in history_plan.parsed.months}
    stored: list[tuple[str, Month, int]] = []
    refusals: list[tuple[Clinic, Month, str]] = []
    on_progress(0, total)
    for place, part in enumerate(history_plan.to_store, start=1):
        parsed_month = replace(history_plan.parsed, months=(entries_by_key[part.key],), problems=())
        try:
            stored += _commit(portal, user, history_plan, parsed_month, {part.key}, note).submissions
        except (submitting.Rejected, submitting.Conflict) as refused:
            refusals.append((part.clinic, part.month, _reason(refused)))
        except DatabaseUnavailable as fault:
            log.error("history stopped at %s %s", part.clinic.code, part.month, exc_info=fault)
            refusals += [
                (rest.clinic, rest.month, DATABASE_AWAY) for rest in history_plan.to_store[place - 1 :]
            ]
            break
        on_progress(place, total)
    return _summary(history_plan, tuple(stored), refusals)


def _commit(
    portal: Portal, user: User, history_plan: HistoryPlan, parsed: Parsed, keys: set[Key], note: str
) -> Receipt:
    # A month's warnings can differ from the plan's once the months before it are stored: the note is
    # for the whole file, so they are confirmed by it too.
    note = clean(note) or _note_of(history_plan.name)
    return submitting.commit_parsed(
        portal,
        user,
        parsed,
        file=SentFile(history_plan.name, history_plan.content),
        confirmation=Confirmation(
            base_versions=history_plan.base_versions, has_warnings=True, note=note, reason=note
        ),
        keys=keys,
    )


def _note_of(name: str) -> str:
    """Return the note of a file that nobody had to explain; a time in its name could read as a number."""
    return "Inläst ur en fil" if holds_personal_number(name) else f"Inläst ur {name}"


def _reason(refused: submitting.Rejected | submitting.Conflict) -> str:
    return refused.problems[0].message if isinstance(refused, submitting.Rejected) else str(refused)


def _summary(
    history_plan: HistoryPlan,
    stored: tuple[tuple[str, Month, int], ...],
    refusals: list[tuple[Clinic, Month, str]],
) -> Summary:
    keys = {(clinic, month) for clinic, month, _ in stored}
    stored_parts = [part for part in history_plan.parts if part.key in keys]
    new, changed = sum(part.new for part in stored_parts), sum(part.changed for part in stored_parts)
    rejected = ((part.clinic, part.month, part.errors[0].message) for part in history_plan.rejected)
    return Summary(
        stored=stored,
        new=new,
        changed=changed,
        unchanged_months=len(history_plan.unchanged),
        rejected=(*rejected, *refusals),
    )
