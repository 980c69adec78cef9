"""A sheet with its heading row: how it is found, and what both forms ask of its headings, rows and cells."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.names import code_of_name
from portal.domain.registry.values import Answer
from portal.domain.reporting.grammar import (
    match_key,
    odd_characters,
    parse_count,
    parse_reason,
    question,
)
from portal.domain.reporting.problems import Place
from portal.uploads import template
from portal.uploads.findings import MARKED_SHEET, MAX_READ, Clinics, Report
from portal.uploads.reading import DELIMITERS, JOINED, CellMark, Document, Sheet


HEADING_WITHIN = 20


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A sheet with the row number of its heading."""

    sheet: Sheet
    heading: int

    @property
    def headings(self) -> list[str]:
        return self.sheet.rows[self.heading - 1]

    @property
    def body(self) -> Iterator[tuple[int, list[str]]]:
        return enumerate(islice(self.sheet.rows, self.heading, None), self.heading + 1)

    def place(self, row: int, column: int | None = None) -> Place:
        """Return a place; columns count from 0."""
        if column is None:
            return Place(sheet=self.sheet.name, row=row)
        letter = letter_of(column)
        name = letter if self.sheet.name is not None else self._heading(column) or letter
        return Place(sheet=self.sheet.name, cell=f"{letter}{row}", row=row, column=name)

    def _heading(self, column: int) -> str:
        return self.headings[column].strip() if column < len(self.headings) else ""


def letter_of(column: int) -> str:
    """Return the spreadsheet's name of a column that counts from 0."""
    name = ""
    while column >= 0:
        name = chr(ord("A") + column % 26) + name
        column = column // 26 - 1
    return name


def find_table(sheet: Sheet, is_heading: Callable[[Sequence[str]], bool]) -> SheetTable | None:
    """Return the sheet with its heading row, or None when no row near the top is one."""
    for number, row in enumerate(sheet.rows[:HEADING_WITHIN], start=1):
        if is_heading([match_key(cell) for cell in row]):
            return SheetTable(sheet, number)
    return None


def say_rivals(tables: Sequence[SheetTable], report: Report) -> bool:
    """Refuse a workbook of which several sheets could be the one to read, and return whether it is such."""
    names = [f"”{(table.sheet.name or '')[:MAX_READ]}”" for table in tables]
    if len(names) < 2:
        return False
    message = (
        f"bladen {', '.join(names[:-1])} och {names[-1]} är ifyllda och ser ut som inlämningar, men bara ett "
        "blad läses. Spara det som ska skickas i en egen fil."
    )
    report.error("file.two_sheets", message[0].upper() + message[1:])
    return True


def check_sheet(
    table: SheetTable,
    document: Document,
    report: Report,
    measures: Mapping[int, str] | None = None,
    columns_in_use: frozenset[str] = frozenset(),
) -> None:
    """Refuse what cannot be seen in the sheet that is read, and say which sheets are not read.

    `measures`: the measure that a row is about, where each row has one; `columns_in_use`: the letters of
    those that may be hidden.
    """
    if not table.sheet.visible:
        report.error("file.hidden", f"Bladet {table.sheet.name} är dolt. Visa bladet och spara filen igen.")
    for column in range(len(table.headings)):
        is_uncomputed(table, table.place(table.heading, column), report)
    for number in table.sheet.hidden_rows:
        _say_hidden_row(table, number, (measures or {}).get(number), report)
    for letter in sorted(set(table.sheet.hidden_columns) - columns_in_use):
        message = f"kolumn {letter} är dold men har innehåll. Visa kolumnen och spara igen."
        place = Place(
            sheet=table.sheet.name, cell=f"{letter}{table.heading}", row=table.heading, column=letter
        )
        report.error("file.hidden", message, place)
    for sheet in document.sheets:
        if (
            sheet is not table.sheet
            and sheet.name not in (template.DEFINITIONS_SHEET, MARKED_SHEET)
            and any(map(any, sheet.rows))
        ):
            report.notices.append(f"Bladet ”{(sheet.name or '')[:31]}” lästes inte.")


def _say_hidden_row(table: SheetTable, number: int, measure: str | None, report: Report) -> None:
    before = len(report.problems)
    about = f" ({MEASURES_BY_CODE[measure].label})" if measure else ""
    is_needed = measure is not None and MEASURES_BY_CODE[measure].required
    mending = "Visa raden" if is_needed else "Visa raden, eller ta bort den,"
    message = f"raden{about} är dold men har innehåll. {mending} och spara filen igen."
    report.error("file.hidden", message, table.place(number))
    report.belong_to(before, clinic=None, month=None, measure=measure)


# --- headings ---


def note_heading(table: SheetTable, column: int, key: str, positions: dict[str, int], report: Report) -> None:
    """Note that a heading stands in this column, and refuse it if it already stood in another."""
    if key in positions:
        message = f"rubriken finns två gånger (även i kolumn {letter_of(positions[key])}). Ta bort den ena kolumnen."
        report.error(
            "heading.duplicate", message, table.place(table.heading, column), read=table.headings[column]
        )
    positions.setdefault(key, column)


def say_unknown_heading(
    text: str, place: Place, allowed: str, report: Report, names: Collection[str] = ()
) -> None:
    """Refuse a heading that the form does not have; `names`: those that it may be meant to be."""
    mending = (
        question(text, names) or f"Godtagna rubriker är {allowed}. Ta bort kolumnen om den är något annat."
    )
    message = f"rubriken ”{text[:MAX_READ]}” är okänd. {mending}{odd_characters(text)}"
    report.error("heading.unknown", message, place, read=text)


def say_missing_headings(
    table: SheetTable, missing: Sequence[str], unknown: Mapping[int, str], allowed: str, report: Report
) -> None:
    """Say which columns a form lacks, and which headings it doesn't have; `unknown`: by column.

    A single one of each is told once: the heading is probably wrong.
    """
    if len(missing) == len(unknown) == 1:
        [(column, text)] = unknown.items()
        message = (
            f"kolumnen {missing[0]} saknas, och rubriken ”{text[:MAX_READ]}” är okänd. Är det den kolumnen, "
            f"ändra rubriken till {missing[0]}.{odd_characters(text)}"
        )
        report.error("heading.unknown", message, table.place(table.heading, column), read=text)
        return
    for column, text in unknown.items():
        say_unknown_heading(text, table.place(table.heading, column), allowed, report, missing)
    if missing:
        message = f"kolumnen {' och '.join(missing)} saknas. Rubrikerna är {allowed}."
        report.error("heading.missing", message, table.place(table.heading))


# --- rows and cells ---


def check_unheaded(table: SheetTable, report: Report) -> None:
    """Refuse values that stand under no heading, once a column: they would be lost without a word."""
    headed = [bool(heading.strip()) for heading in table.headings]
    if all(headed) and table.sheet.name is None:
        return
    rows_by_column: dict[int, list[int]] = {}
    for number, row in table.body:
        # A text row that is longer than the heading is torn: its own message says so.
        for column, text in enumerate(row[: len(headed)] if table.sheet.name is None else row):
            if text.strip() and not (column < len(headed) and headed[column]):
                rows_by_column.setdefault(column, []).append(number)
    for column, rows in rows_by_column.items():
        message = (
            f"kolumnen saknar rubrik men har {len(rows)} {'värde' if len(rows) == 1 else 'värden'}. Ge den "
            "rätt rubrik (dela rubriker som är sammanfogade), eller töm den."
        )
        text = table.sheet.rows[rows[0] - 1][column]
        report.error("heading.empty", message, table.place(rows[0], column), read=text)


def padded(row: list[str], width: int) -> list[str]:
    """Return the row as wide as the heading: Excel leaves out the delimiters of empty last columns.

    A torn row stays as it is.
    """
    if len(row) == width or _is_torn(row, width):
        return row
    return (row + [""] * width)[:width]


def _is_torn(row: list[str], width: int) -> bool:
    """Tell whether a text row was split otherwise than the heading."""
    if len(row) == 1 < width:
        return any(delimiter in row[0] for delimiter in DELIMITERS)
    return any(map(str.strip, row[width:]))


def fits(table: SheetTable, number: int, row: list[str], report: Report) -> bool:
    """Return whether the row is one of the heading's columns, and say so if not."""
    width = len(table.headings)
    if any(row) and [match_key(cell) for cell in row] == [match_key(cell) for cell in table.headings]:
        report.error("file.joined", f"rubrikraden står en gång till: {JOINED}", table.place(number))
        return False
    if table.sheet.name is not None or not _is_torn(row, width):
        return True
    report.error(
        "row.length",
        f"raden har {len(row)} värden men rubriken har {width} kolumner. Kontrollera skiljetecknen i raden; "
        "ett decimalkomma eller semikolon kan vara ett för mycket.",
        table.place(number),
    )
    return False


_SUMS = frozenset(("summa", "summor", "delsumma", "totalt", "total", "totalsumma", "s:a"))


def is_sum(text: str) -> bool:
    return match_key(text).rstrip(":") in _SUMS


def unknown_measure(text: str, names: Collection[str], kind: str) -> str:
    """Say that a text is no measure, and which one it may misspell; never to take such a row away."""
    if is_sum(text):
        return "raden är en summa. Ta bort den: portalen räknar själv."
    if not text.strip():
        return f"raden saknar {kind}. Skriv den, eller töm raden om den inte gäller något mått."
    mending = question(text, names) or (
        "Koderna står i blanketten och på sidan Definitioner. Töm raden om den inte gäller något mått."
    )
    return f"”{text[:MAX_READ]}” är ingen {kind}. {mending}{odd_characters(text)}"


def code_of_clinic(text: str, clinics: Clinics) -> str | None:
    """Return the code of the account's clinic that the text writes, by code or by name."""
    return code_of_name(text, {code: (clinic.name, clinic.report_name) for code, clinic in clinics.items()})


def is_uncomputed(table: SheetTable, place: Place, report: Report) -> bool:
    """Return whether a cell is a formula without its value, and say so."""
    if table.sheet.marks.get(place.cell or "") != CellMark.FORMULA:
        return False
    message = (
        "formeln har inget uträknat värde i filen. Skriv talet i stället för formeln, eller öppna filen i "
        "Excel, kontrollera talet och spara den."
    )
    report.error("value.formula", message, place, read=table.sheet.formulas.get(place.cell or ""))
    return True


def to_answer(text: str) -> Answer:
    """Return the reason or the count that a text spells; raises GrammarFault."""
    reason = parse_reason(text)
    return Answer(reason=reason) if reason else Answer(parse_count(text))
