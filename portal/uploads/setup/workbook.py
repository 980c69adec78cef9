"""Bytes → rows of the workbook that a portal is set up from, and everything wrong with it. Never raises."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from portal.domain.reporting.grammar import (
    GrammarFault,
    match_key,
    name_holds_personal_number,
    odd_characters,
    question,
)
from portal.domain.reporting.problems import Place, Problem
from portal.uploads.findings import MAX_PROBLEMS, MAX_READ, Report
from portal.uploads.parsing import private_file_name, private_problems
from portal.uploads.reading import Document, ReadingLimits, Sheet, Unreadable, read
from portal.uploads.setup.columns import SetupColumn, SetupSheet, Values, read_cell
from portal.uploads.setup.sheets import SHEETS
from portal.uploads.tables import (
    SheetTable,
    check_sheet,
    check_unheaded,
    find_table,
    fits,
    is_uncomputed,
    note_heading,
    say_missing_headings,
)


MEGABYTE = 1024 * 1024
LIMITS = ReadingLimits(csv_bytes=2 * MEGABYTE, xlsx_bytes=2 * MEGABYTE, rows=2_000)
_NAMES = {match_key(sheet.name): sheet for sheet in SHEETS}


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupRow:
    """A filled row: what its cells say, stand and read, by column. One that is not `whole` has a problem."""

    sheet: SetupSheet
    number: int
    is_whole: bool
    values: Values
    places: Mapping[str, Place]
    texts: Mapping[str, str]

    @property
    def key(self) -> tuple[Any, ...]:
        return tuple(self.values.get(name) for name in self.sheet.key)

    def place_of(self, name: str) -> Place:
        """Return the cell of a column; of one that it has not, the cell of its key."""
        return self.places.get(name) or self.places[self.sheet.key[0]]


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedSetup:
    """What the workbook says, in the order of the sheets."""

    rows: tuple[SetupRow, ...] = ()
    problems: tuple[Problem, ...] = ()


def parse(name: str, content: bytes) -> ParsedSetup:
    """Return the rows of the workbook, and every problem in it."""
    if name_holds_personal_number(name):
        return ParsedSetup(problems=(private_file_name(),))
    try:
        document = read(name, content, limits=LIMITS)
    except Unreadable as fault:
        return ParsedSetup(problems=(fault.problem,))
    private = private_problems(document)
    if private:
        return ParsedSetup(problems=private)
    report = Report()
    rows = tuple(_rows(document, report))
    if not rows and not report.problems:
        report.error("file.no_values", "Arbetsboken har rubriker men inga ifyllda rader.")
    return ParsedSetup(rows=rows, problems=tuple(report.problems[:MAX_PROBLEMS]))


def _rows(document: Document, report: Report) -> Iterator[SetupRow]:
    sheets: dict[str, Sheet] = {}
    for sheet in document.sheets:
        declared = _NAMES.get(match_key(sheet.name or ""))
        if declared:
            sheets[declared.name] = sheet
        elif any(map(any, sheet.rows)):
            _say_unknown_sheet(sheet, report)
    for declared in SHEETS:  # clinics before the accounts that name them
        if declared.name in sheets:
            yield from _rows_of(sheets[declared.name], declared, document, report)


def _say_unknown_sheet(sheet: Sheet, report: Report) -> None:
    names = [declared.name for declared in SHEETS]
    if sheet.name is None:
        report.error("file.kind", "Filen är en textfil. Fyll i mallen, som är en arbetsbok (.xlsx).")
        return
    mending = (
        question(sheet.name, names)
        or f"Bladen heter {', '.join(names)}. Ta bort bladet om det är något annat."
    )
    message = f"Bladet ”{sheet.name[:MAX_READ]}” är okänt. {mending}{odd_characters(sheet.name)}"
    report.error("setup.sheet", message, read=sheet.name)


def _rows_of(sheet: Sheet, declared: SetupSheet, document: Document, report: Report) -> Iterator[SetupRow]:
    keys = {match_key(heading) for heading in declared.headings}
    table = find_table(sheet, lambda cells: len(keys & set(cells)) >= min(2, len(keys)))
    if table is None:
        if any(map(any, sheet.rows)):
            message = f"Bladet {declared.name} har inte rubrikerna {', '.join(declared.headings)}."
            report.error("heading.missing", message)
        return
    check_sheet(table, replace(document, sheets=(sheet,)), report)
    check_unheaded(table, report)
    columns = _columns(table, declared, report)
    if columns is not None:
        yield from _without_twins(list(_filled_rows(table, columns, declared, report)), report)


def _columns(table: SheetTable, declared: SetupSheet, report: Report) -> dict[str, int] | None:
    """Return where each column stands, by its heading's key; None where one that is needed is missing."""
    allowed = {match_key(heading): heading for heading in declared.headings}
    columns: dict[str, int] = {}
    unknown: dict[int, str] = {}
    for place, text in enumerate(table.headings):
        key = match_key(text)
        if key in allowed:
            note_heading(table, place, key, columns, report)
        elif key:
            unknown[place] = text
    missing = [
        column.heading
        for column in declared.columns
        if column.is_needed and match_key(column.heading) not in columns
    ]
    say_missing_headings(table, missing, unknown, ", ".join(declared.headings), report)
    return None if missing else columns


def _filled_rows(
    table: SheetTable, columns: Mapping[str, int], declared: SetupSheet, report: Report
) -> Iterator[SetupRow]:
    for number, cells in table.body:
        if not any(map(str.strip, cells)) or not fits(table, number, cells, report):
            continue
        before = len(report.problems)
        row = _read_row(table, number, cells, columns, declared, report)
        yield replace(row, is_whole=len(report.problems) == before)


def _read_row(
    table: SheetTable,
    number: int,
    cells: Sequence[str],
    columns: Mapping[str, int],
    declared: SetupSheet,
    report: Report,
) -> SetupRow:
    values: dict[str, Any] = {}
    places: dict[str, Place] = {}
    texts: dict[str, str] = {}
    for column in declared.columns:
        at = columns.get(match_key(column.heading))
        texts[column.name] = text = cells[at] if at is not None and at < len(cells) else ""
        place = table.place(number, at) if at is not None else table.place(number)
        if at is not None:
            places[column.name] = place
        if not is_uncomputed(table, place, report):
            values[column.name] = _value(column, text, values, place, report)
    return SetupRow(sheet=declared, number=number, is_whole=True, values=values, places=places, texts=texts)


def _value(column: SetupColumn, text: str, values: Values, place: Place, report: Report) -> Any:
    try:
        return read_cell(column, text, values)
    except GrammarFault as fault:
        quoted = f"”{text.strip()[:MAX_READ]}” går inte att läsa. " if text.strip() else ""
        report.error("setup.value", f"{quoted}{fault.hint}{odd_characters(text)}", place, read=text)
        return None


def _without_twins(rows: Sequence[SetupRow], report: Report) -> Iterator[SetupRow]:
    first: dict[tuple[Any, ...], int] = {}
    for row in rows:
        if row.is_whole and row.key in first:
            name = row.sheet.key[0]
            message = f"det här står redan på rad {first[row.key]}. Ta bort den ena raden."
            report.error("value.duplicate", message, row.place_of(name), read=row.texts[name])
        else:
            if row.is_whole:
                first[row.key] = row.number
            yield row
