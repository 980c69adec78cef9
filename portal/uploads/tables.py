"""A sheet with its heading row: how it is found, and what both forms ask of its headings, rows and cells."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.values import Answer
from portal.domain.reporting.grammar import code_points, match_key, parse_count, parse_reason
from portal.domain.reporting.problems import Place
from portal.uploads import template
from portal.uploads.findings import MARKED_SHEET, MAX_READ, Report
from portal.uploads.reading import CellMark, Document, Sheet


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
        rows = self.sheet.rows
        return ((number, rows[number - 1]) for number in range(self.heading + 1, len(rows) + 1))

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


def check_sheet(
    table: SheetTable, document: Document, report: Report, measures: Mapping[int, str] | None = None
) -> None:
    """Refuse what cannot be seen in the sheet that is read, and say which sheets are not read.

    `measures`: the measure that a row is about, where each row has one.
    """
    if not table.sheet.visible:
        report.error("file.hidden", f"Bladet {table.sheet.name} är dolt. Visa bladet och spara filen igen.")
    for number in table.sheet.hidden_rows:
        _say_hidden_row(table, number, (measures or {}).get(number), report)
    for letter in table.sheet.hidden_columns:
        message = (
            f"kolumn {letter} är dold men har innehåll. Visa kolumnen, eller ta bort den, och spara igen."
        )
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


def say_unknown_heading(text: str, place: Place, allowed: str, report: Report) -> None:
    """Refuse a heading that the form does not have."""
    odd = code_points(text)
    message = f"rubriken ”{text[:MAX_READ]}” är okänd. Godtagna rubriker är {allowed}. Ta bort kolumnen."
    report.error("heading.unknown", message + (f" Ovanliga tecken: {odd}." if odd else ""), place, read=text)


# --- rows and cells ---


def check_unheaded(table: SheetTable, report: Report) -> None:
    """Refuse a value that stands under no heading: it would otherwise be lost without a word."""
    headed = [bool(heading.strip()) for heading in table.headings]
    if all(headed) and table.sheet.name is None:
        return
    for number, row in table.body:
        for column, text in enumerate(row):
            if text.strip() and not (column < len(headed) and headed[column]):
                message = "kolumnen saknar rubrik. Ta bort värdet eller ge kolumnen rätt rubrik."
                report.error("heading.empty", message, table.place(number, column), read=text)


def fits(table: SheetTable, number: int, row: list[str], report: Report) -> bool:
    """Return whether the row has as many values as the heading; workbooks have cells and always fit."""
    if table.sheet.name is not None or len(row) == len(table.headings):
        return True
    report.error(
        "row.length",
        f"raden har {len(row)} värden men rubriken har {len(table.headings)} kolumner. "
        "Kontrollera skiljetecknen i raden; ett decimalkomma eller semikolon kan vara ett för mycket.",
        table.place(number),
    )
    return False


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
