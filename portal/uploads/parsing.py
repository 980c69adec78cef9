"""Cells of text → entries and problems: the two forms of upload (blankett and long file). Never raises."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Literal

from portal.domain.reporting.garbled import garbled_headings
from portal.domain.reporting.grammar import (
    holds_personal_number,
    match_key,
    name_holds_personal_number,
    odd_characters,
)
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
from portal.uploads.reading import CLINIC_LIMITS, DELIMITERS, Document, ReadingLimits, Sheet, Unreadable, read
from portal.uploads.tables import HEADING_WITHIN, SheetTable, check_sheet, find_table, letter_of, say_rivals


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
    if name_holds_personal_number(name):
        return Parsed(kind=None, problems=(private_file_name(),), sha256=digest)
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
        notices=(*document.notices, *report.notices) if kind else (),
        sha256=sha256,
    )


def _interpret(document: Document, clinics: Clinics, report: Report) -> Kind | None:
    if (
        _say_own_export(document, report)
        or say_misread(document, report)
        or say_other_form(
            document, SOURCE_HEADINGS, "regionens källor: läs in den på sidan Regionens källor", report
        )
    ):
        return None
    if say_rivals([*blankett.filled(document), *long_file.filled(document)], report):
        return None
    if table := blankett.find(document):
        kind: Kind | None = "blankett"
        check_sheet(table, document, report, blankett.measures_of_rows(table), blankett.columns_in_use(table))
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


SOURCE_HEADINGS = frozenset(("uppgift", "period", "värde"))
LONG_FILE_HEADINGS = frozenset(long_file.HEADINGS)


def say_other_form(document: Document, headings: frozenset[str], name: str, report: Report) -> bool:
    """Say that the file has the headings of a form that is sent in elsewhere; return whether it has."""
    for sheet in document.sheets:
        table = find_table(sheet, headings.issubset)
        if table and sheet.visible:
            message = f"filen har rubrikerna för {name}."
            report.error("file.other_form", message, table.place(table.heading))
            return True
    return False


def say_misread(document: Document, report: Report) -> bool:
    """Say that the file was saved or opened so that its text is whole no more; return whether it was."""
    return any(
        _say_one_column(sheet, document, report) or _say_garbled(sheet, document, report)
        for sheet in document.sheets
        if sheet.visible
    )


_TEXT_HEADINGS = frozenset(("mottagning", "period", "mått", "värde", "skäl", "uppgift", "kod", "enhet"))


def _say_one_column(sheet: Sheet, document: Document, report: Report) -> bool:
    for number, row in enumerate(sheet.rows[:HEADING_WITHIN], start=1):
        text = next((cell for cell in row if cell.strip()), "")
        keys = {match_key(key) for delimiter in DELIMITERS for key in text.split(delimiter)}
        if len(keys & _TEXT_HEADINGS) > 1 and len([cell for cell in row if cell.strip()]) == 1:
            mending = (
                "Ta bort citattecknen runt raderna"
                if document.kind == "csv"
                else "Skicka textfilen (.csv) som den är, eller öppna den med semikolon som skiljetecken och "
                "teckentabellen UTF-8"
            )
            message = f"allt står i en enda kolumn (”{text[:MAX_READ]}”). {mending}."
            report.error("file.one_column", message, SheetTable(sheet, number).place(number), read=text)
            return True
    return False


def _say_garbled(sheet: Sheet, document: Document, report: Report) -> bool:
    for number, row in enumerate(sheet.rows[:HEADING_WITHIN], start=1):
        for cell, heading in garbled_headings(row).items():
            mending = (
                "Spara filen som ”CSV UTF-8” och skicka den igen"
                if document.kind == "csv"
                else "Skicka textfilen (.csv) som den är, eller öppna den med teckentabellen UTF-8"
            )
            message = (
                f"bokstäverna å, ä och ö har blivit fel: ”{cell.strip()}” ska vara ”{heading}”. {mending}."
            )
            place = SheetTable(sheet, number).place(number, row.index(cell))
            report.error("file.garbled", message, place, read=cell)
            return True
    return False


_EXPECTED = (
    "Portalen läser blanketten (rubrikerna Kod, Mått, Enhet och månader) och den långa filen "
    "(mottagning;period;mått;värde). Hämta en ny blankett och fyll i den."
)


def _say_unrecognised(document: Document, report: Report) -> None:
    sheets = (sheet for sheet in document.sheets if sheet.name not in blankett.UNREAD)
    sheet = next((sheet for sheet in sheets if any(map(any, sheet.rows))), None)
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
    report.error(
        "file.headings",
        "det här är varken blanketten eller den långa filen; det ser ut som en fil från ett annat program. "
        f"Det första som står är {quoted or 'blanksteg'}. {_EXPECTED}"
        + odd_characters("".join(headings[:4])),
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
    for number, column in _private_cells(islice(sheet.rows, rows)):
        letter = letter_of(column)
        yield Place(sheet=name, cell=f"{letter}{number}", row=number, column=letter)
    for address, formula in sheet.formulas.items():
        if holds_personal_number(formula):
            yield Place(sheet=name, cell=address)


def _private_cells(rows: Iterable[list[str]]) -> Iterator[tuple[int, int]]:
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row):
            if len(text) >= 10 and holds_personal_number(text):
                yield number, column


def private_file_name() -> Problem:
    return Problem(
        code="privacy.personal_number",
        severity=Severity.ERROR,
        message="Filnamnet innehåller något som ser ut som ett personnummer. Hela filen är avvisad och inget är "
        "sparat. Byt namn på filen, också om det är ett datum och klockslag.",
    )


def private_problem(where: str, place: Place) -> Problem:
    return Problem(
        code="privacy.personal_number",
        severity=Severity.ERROR,
        message=f"{where or 'Ett bladnamn'} innehåller något som ser ut som ett personnummer. Hela filen är "
        "avvisad och inget är sparat. Ta bort uppgiften: portalen tar bara emot antal.",
        place=place,
    )
