"""Cells of text → entries and problems: the two forms of upload (blankett and long file). Never raises."""

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from portal.domain.checks import spell_place
from portal.domain.grammar import code_points, holds_personal_number
from portal.domain.problems import NOWHERE, Entry, Place, Problem, Severity
from portal.uploads import blankett, long_file
from portal.uploads.findings import MAX_PROBLEMS, MAX_READ, Clinics, Report
from portal.uploads.reading import CLINIC_LIMITS, Document, Limits, Sheet, Unreadable, read
from portal.uploads.tables import HEADING_WITHIN, Table, check_sheet, letter_of


__all__ = ["MAX_PROBLEMS", "MAX_READ", "Kind", "Parsed", "parse", "parse_document"]

Kind = Literal["blankett", "lang"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Parsed:
    """What a file says. `kind` None: it could not be told what the file is, and a problem says so."""

    kind: Kind | None
    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()
    sha256: str = ""


def parse(name: str, content: bytes, *, clinics: Clinics, limits: Limits = CLINIC_LIMITS) -> Parsed:
    """Return everything the file says and everything wrong with it; `clinics`: those one may send for."""
    digest = hashlib.sha256(content).hexdigest()
    if holds_personal_number(name):
        return Parsed(kind=None, problems=(_private("Filnamnet", NOWHERE),), sha256=digest)
    try:
        document = read(name, content, limits=limits)
    except Unreadable as fault:
        return Parsed(kind=None, problems=(fault.problem,), sha256=digest)
    return parse_document(document, clinics=clinics, sha256=digest)


def parse_document(document: Document, *, clinics: Clinics, sha256: str = "") -> Parsed:
    """Return what the cells say. A personal number anywhere refuses the file before anything else."""
    report = Report()
    with _collection_paused():
        kind = _interpret(document, clinics, report)
    # Below the heading of a long text file, what parsed is a known code, a month or a short count.
    is_clean = document.kind == "csv" and kind == "lang" and not report.problems
    private = _private_problems(document, rows=HEADING_WITHIN if is_clean else None)
    if private:
        return Parsed(kind=kind, problems=private, sha256=sha256)
    return Parsed(
        kind=kind,
        entries=tuple(report.entries),
        problems=tuple(report.problems[:MAX_PROBLEMS]),
        notices=(*document.notices, *report.notices),
        sha256=sha256,
    )


@contextmanager
def _collection_paused() -> Iterator[None]:
    """Keep the cycle collector from walking all new entries again and again: a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _interpret(document: Document, clinics: Clinics, report: Report) -> Kind | None:
    if table := blankett.find(document):
        kind: Kind | None = "blankett"
        check_sheet(table, document, report)
        blankett.read_entries(table, clinics, report)
    elif table := long_file.find(document):
        kind = "lang"
        check_sheet(table, document, report)
        long_file.read_entries(table, clinics, report)
    else:
        kind = None
        _say_unrecognised(document, report)
    return kind


def _say_unrecognised(document: Document, report: Report) -> None:
    sheet = next((sheet for sheet in document.sheets if any(map(any, sheet.rows))), None)
    if sheet is None:
        report.error("file.empty", "Filen har inga ifyllda celler. Fyll i blanketten och skicka den igen.")
        return
    number, row = next((number, row) for number, row in enumerate(sheet.rows, start=1) if any(row))
    odd = code_points("".join(row))
    report.error(
        "file.headings",
        "här finns varken blankettens rubriker (Kod, Mått, Enhet och månader) eller den långa filens "
        "(mottagning;period;mått;värde). Hämta en ny blankett och fyll i den."
        + (f" Rubriken har ovanliga tecken: {odd}." if odd else ""),
        Table(sheet, number).place(number),
        read=" | ".join(row),
    )


# --- personal identity numbers ---


def _private_problems(document: Document, *, rows: int | None) -> tuple[Problem, ...]:
    """Return where personal numbers stand in the first rows (None: all), never what they are (DOMAIN 3.2)."""
    problems = [
        _private(spell_place(place), place)
        for sheet in document.sheets
        for place in _private_places(sheet, rows)
    ]
    if not problems and document.private:
        problems.append(_private("En kommentar, en textruta, ett sidhuvud eller filens egenskaper", NOWHERE))
    return tuple(problems[:MAX_PROBLEMS])


def _private_places(sheet: Sheet, rows: int | None) -> Iterator[Place]:
    # The name of such a sheet is not repeated either.
    nameless = bool(sheet.name) and holds_personal_number(sheet.name or "")
    if nameless:
        yield Place()
    for number, row in enumerate(sheet.rows[:rows], start=1):
        for column, text in enumerate(row):
            if len(text) >= 10 and holds_personal_number(text):
                cell = f"{letter_of(column)}{number}"
                name = None if nameless else sheet.name
                yield Place(sheet=name, cell=cell, row=number, column=letter_of(column))


def _private(where: str, place: Place) -> Problem:
    return Problem(
        code="privacy.personal_number",
        severity=Severity.ERROR,
        message=f"{where or 'Ett bladnamn'} innehåller något som ser ut som ett personnummer. Hela filen är "
        "avvisad och inget är sparat. Ta bort uppgiften: portalen tar bara emot antal.",
        place=place,
    )
