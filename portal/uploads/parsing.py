"""Cells of text → entries and problems: the two forms of upload (blankett and long file). Never raises."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from portal.domain.reporting.grammar import code_points, holds_personal_number, match_key
from portal.domain.reporting.problems import (
    NOWHERE,
    Entry,
    MonthEntries,
    Place,
    Problem,
    Severity,
    spell_place,
)
from portal.uploads import blankett, long_file
from portal.uploads.findings import MAX_PROBLEMS, MAX_READ, Clinics, Report
from portal.uploads.reading import CLINIC_LIMITS, Document, ReadingLimits, Sheet, Unreadable, read
from portal.uploads.tables import HEADING_WITHIN, SheetTable, check_sheet, letter_of


__all__ = ["MAX_PROBLEMS", "MAX_READ", "Kind", "Parsed", "parse", "parse_document"]

Kind = Literal["blankett", "lang"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Parsed:
    """What a file says. `kind` None: it could not be told what the file is, and a problem says so."""

    kind: Kind | None
    months: tuple[MonthEntries, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()
    sha256: str = ""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return what the file says one by one, each with its place."""
        return tuple(chain.from_iterable(self.months))


def parse(name: str, content: bytes, *, clinics: Clinics, limits: ReadingLimits = CLINIC_LIMITS) -> Parsed:
    """Return everything the file says and everything wrong with it; `clinics`: those one may send for."""
    digest = hashlib.sha256(content).hexdigest()
    if holds_personal_number(name):
        return Parsed(kind=None, problems=(private_problem("Filnamnet", NOWHERE),), sha256=digest)
    try:
        document = read(name, content, limits=limits)
        return parse_document(document, clinics=clinics, sha256=digest)
    except Unreadable as fault:
        return Parsed(kind=None, problems=(fault.problem,), sha256=digest)


def parse_document(document: Document, *, clinics: Clinics, sha256: str = "") -> Parsed:
    """Return what the cells say. A personal number anywhere refuses the file before anything else."""
    report = Report()
    kind = _interpret(document, clinics, report)
    # Below the heading of a long text file, what parsed is a known code, a month or a short count.
    is_clean = document.kind == "csv" and kind == "lang" and not report.problems
    private = private_problems(document, rows=HEADING_WITHIN if is_clean else None)
    if private:
        return Parsed(kind=kind, problems=private, sha256=sha256)
    return Parsed(
        kind=kind,
        months=tuple(report.months),
        problems=tuple(report.problems[:MAX_PROBLEMS]),
        notices=(*document.notices, *report.notices),
        sha256=sha256,
    )


def _interpret(document: Document, clinics: Clinics, report: Report) -> Kind | None:
    if _say_own_export(document, report):
        return None
    if table := blankett.find(document):
        kind: Kind | None = "blankett"
        check_sheet(table, document, report, blankett.measures_of_rows(table))
        blankett.read_entries(table, clinics, report)
    elif table := long_file.find(document):
        kind = "lang"
        check_sheet(table, document, report)
        long_file.read_entries(table, clinics, report)
    else:
        kind = None
        _say_unrecognised(document, report)
    return kind


# What the portal itself gives out as a table: any of these headings together.
_OWN_EXPORTS = (
    {"mottagning", "värde", "täljare", "nämnare"},
    {"blad", "cell", "detstod"},
)


def _say_own_export(document: Document, report: Report) -> bool:
    """Say that the file is figures or a list from the portal, and return whether it is."""
    first = next(iter(document.sheets), None)
    for number, row in enumerate(first.rows[:HEADING_WITHIN] if first else (), start=1):
        if any(headings <= {match_key(cell) for cell in row} for headings in _OWN_EXPORTS):
            report.error(
                "file.own_export",
                "det här ser ut som siffror eller en lista som är hämtad ur portalen, inte en inlämning. "
                "Hämta en blankett på sidan Rapportera och fyll i den.",
                Place(sheet=first.name if first else None, row=number),
                read=" | ".join(row),
            )
            return True
    return False


_EXPECTED = (
    "Portalen läser blanketten (rubrikerna Kod, Mått, Enhet och månader) och den långa filen "
    "(mottagning;period;mått;värde). Hämta en ny blankett och fyll i den."
)


def _say_unrecognised(document: Document, report: Report) -> None:
    sheet = next((sheet for sheet in document.sheets if any(map(any, sheet.rows))), None)
    if sheet is None:
        report.error("file.empty", "Filen har inga ifyllda celler. Fyll i blanketten och skicka den igen.")
        return
    if blankett.say_old_layout(sheet, report):
        return
    number, row = next((number, row) for number, row in enumerate(sheet.rows, start=1) if any(row))
    _say_foreign_headings(row, SheetTable(sheet, number).place(number), report)


def _say_foreign_headings(row: list[str], place: Place, report: Report) -> None:
    headings = [cell.strip() for cell in row if cell.strip()]
    quoted = ", ".join(f"”{heading[:MAX_READ]}”" for heading in headings[:4])
    odd = code_points("".join(row))
    report.error(
        "file.headings",
        "det här är varken blanketten eller den långa filen; det ser ut som en fil från ett annat program. "
        f"Det första som står är {quoted or 'blanksteg'}. {_EXPECTED}"
        + (f" Rubriken har ovanliga tecken: {odd}." if odd else ""),
        place,
        read=" | ".join(row),
    )


# --- personal identity numbers ---


def private_problems(document: Document, *, rows: int | None = None) -> tuple[Problem, ...]:
    """Return where personal numbers stand in the first rows (None: all), never what they are (DOMAIN 3.2)."""
    problems = [
        private_problem(spell_place(place), place)
        for sheet in document.sheets
        for place in _private_places(sheet, rows)
    ]
    if not problems and document.private:
        problems.append(
            private_problem("En kommentar, en textruta, ett sidhuvud eller filens egenskaper", NOWHERE)
        )
    return tuple(problems[:MAX_PROBLEMS])


def _private_places(sheet: Sheet, rows: int | None) -> Iterator[Place]:
    # The name of such a sheet is not repeated either.
    name = sheet.name
    if name and holds_personal_number(name):
        name = None
        yield Place()
    for number, column in _private_cells(sheet.rows[:rows]):
        letter = letter_of(column)
        yield Place(sheet=name, cell=f"{letter}{number}", row=number, column=letter)
    for address, formula in sheet.formulas.items():
        if holds_personal_number(formula):
            yield Place(sheet=name, cell=address)


def _private_cells(rows: Sequence[list[str]]) -> Iterator[tuple[int, int]]:
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row):
            if len(text) >= 10 and holds_personal_number(text):
                yield number, column


def private_problem(where: str, place: Place) -> Problem:
    return Problem(
        code="privacy.personal_number",
        severity=Severity.ERROR,
        message=f"{where or 'Ett bladnamn'} innehåller något som ser ut som ett personnummer. Hela filen är "
        "avvisad och inget är sparat. Ta bort uppgiften: portalen tar bara emot antal.",
        place=place,
    )
