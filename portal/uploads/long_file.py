"""Reads the long file: a row per value, with its clinic, month and measure."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from typing import TypeVar

from portal.domain.registry.measures import MEASURES
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer
from portal.domain.reporting.grammar import (
    GrammarFault,
    cell_text,
    closest_reason,
    match_key,
    odd_characters,
    parse_month,
    parse_reason,
    reason_words,
)
from portal.domain.reporting.problems import NOWHERE, MonthEntries, Place
from portal.uploads.findings import MAX_PROBLEMS, MAX_READ, Clinics, Report, foreign_clinic
from portal.uploads.reading import Document
from portal.uploads.tables import (
    SheetTable,
    check_unheaded,
    code_of_clinic,
    find_table,
    fits,
    is_sum,
    is_uncomputed,
    note_heading,
    padded,
    say_missing_headings,
    to_answer,
    unknown_measure,
)


HEADINGS = ("mottagning", "period", "mått", "värde")
_REASON = "skäl"

# Codes and labels are compared as headings are: neither case nor invisible characters tell two apart.
_MEASURE_NAMES = [text for measure in MEASURES for text in (measure.label, measure.code)]
_PLACES = {measure.code: place for place, measure in enumerate(MEASURES)}
_MEASURES = {match_key(text): measure.code for measure in MEASURES for text in (measure.label, measure.code)}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Columns:
    """Where the long file has its columns; `reason` None: it has no such column."""

    clinic: int
    period: int
    measure: int
    value: int
    reason: int | None


def find(document: Document) -> SheetTable | None:
    """Return the first visible sheet that is a long file, or None."""
    tables = (find_table(sheet, _is_heading) for sheet in document.sheets if sheet.visible)
    return next((table for table in tables if table), None)


def filled(document: Document) -> list[SheetTable]:
    """Return the visible sheets that are long files with a row below the heading."""
    tables = (find_table(sheet, _is_heading) for sheet in document.sheets if sheet.visible)
    return [table for table in tables if table and any(any(row) for _, row in table.body)]


def _is_heading(keys: Sequence[str]) -> bool:
    return len(set(keys) & {*HEADINGS, _REASON}) >= 3


def read_entries(table: SheetTable, clinics: Clinics, report: Report) -> None:
    """Read the sheet into the report's entries and problems."""
    columns = _find_columns(table, report)
    check_unheaded(table, report)
    if columns is None:
        return
    _read_rows(_Rows(table, columns, _Reader(clinics)), report)
    if not report.months and not report.problems:
        message = "Filen har rubriker men inga värden. Lägg till en rad per värde och skicka den igen."
        report.error("file.no_values", message, table.place(table.heading))


def _find_columns(table: SheetTable, report: Report) -> _Columns | None:
    positions: dict[str, int] = {}
    unknown: dict[int, str] = {}
    for column, text in enumerate(table.headings):
        key = match_key(text)
        if key in (*HEADINGS, _REASON):
            note_heading(table, column, key, positions, report)
        elif key:
            unknown[column] = text
    missing = [heading for heading in HEADINGS if heading not in positions]
    say_missing_headings(table, missing, unknown, "mottagning, period, mått, värde och skäl", report)
    if missing:
        return None
    clinic, period, measure, value = (positions[heading] for heading in HEADINGS)
    return _Columns(clinic=clinic, period=period, measure=measure, value=value, reason=positions.get(_REASON))


# --- what the texts mean ---


_AnswersByMonth = dict[tuple[str, Month], dict[str, Answer]]  # clinic and month → measure → answer
Key = TypeVar("Key")
Value = TypeVar("Value")


class _Memo(dict[Key, Value]):
    """Parses each distinct text once: a long file repeats its few clinics, months, measures and counts."""

    def __init__(self, parse: Callable[[Key], Value]) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, text: Key) -> Value:
        value = self[text] = self._parse(text)
        return value


class _Fault(Exception):
    """Something in one row; carries the problem's code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message


class _Reader:
    """How the texts of a long file are understood, each distinct one once."""

    def __init__(self, clinics: Clinics) -> None:
        self.clinics = _Memo[str, str](partial(_long_clinic, clinics))
        self.months = _Memo[str, Month](_long_month)
        self.measures = _Memo[str, str](_long_measure)
        self.answers = _Memo[tuple[str, str], Answer](_long_answer)


def _long_clinic(clinics: Clinics, text: str) -> str:
    code = code_of_clinic(text, clinics)
    if code:
        return code
    if not text.strip():
        raise _Fault("clinic.missing", "mottagningen saknas. Skriv mottagningens kod eller namn.")
    raise _Fault("clinic.foreign", foreign_clinic(clinics))


def _long_month(text: str) -> Month:
    try:
        return parse_month(text)
    except GrammarFault as fault:
        raise _Fault("value.month", f"”{text[:MAX_READ]}” är ingen månad. {fault.hint}") from None


def _long_measure(text: str) -> str:
    measure = _MEASURES.get(match_key(text))
    if measure is None:
        raise _Fault("measure.unknown", unknown_measure(text, _MEASURE_NAMES, "måttkod"))
    return measure


def _long_answer(texts: tuple[str, str]) -> Answer:
    value, reason = map(cell_text, texts)
    if reason and value:
        raise _Fault("value.and_reason", "raden har både värde och skäl. Behåll det ena.")
    if not reason and not value:
        raise _Fault(
            "value.empty", f"värdet saknas. Skriv ett antal, 0 om det inte var några, eller {_REASON}."
        )
    if reason and not parse_reason(reason):
        raise _unknown_reason(reason)
    try:
        return to_answer(value or reason)
    except GrammarFault as fault:
        message = f"”{value[:MAX_READ]}” är inget antal. {fault.hint}{odd_characters(value)}"
        raise _Fault("value.number", message) from None


def _unknown_reason(reason: str) -> _Fault:
    nearest = closest_reason(reason)
    question = f" Menade du ”{nearest.label}”?" if nearest else ""
    return _Fault(
        "value.reason", f"”{reason[:MAX_READ]}” är inget skäl.{question} Godtagna är {reason_words()}."
    )


# --- the rows ---


class _Rows:
    """The rows with how their texts are understood; which row gave an answer is looked for when asked."""

    def __init__(self, table: SheetTable, columns: _Columns, reader: _Reader) -> None:
        self.table, self.columns, self.reader = table, columns, reader
        self.width = len(table.headings)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Walk the rows below the heading, filled up to its width; torn ones as they are."""
        heading, width = self.table.heading, self.width
        rows = islice(self.table.sheet.rows, heading, None)
        if self.table.sheet.name is None:
            return enumerate((row if len(row) == width else padded(row, width) for row in rows), heading + 1)
        return enumerate(((row + [""] * width)[:width] for row in rows), heading + 1)

    def key_of(self, row: list[str]) -> tuple[str, Month, str]:
        """Return the row's clinic, month and measure; raises _Fault."""
        clinic = self.reader.clinics[row[self.columns.clinic]]
        month = self.reader.months[row[self.columns.period]]
        return clinic, month, self.reader.measures[row[self.columns.measure]]

    def answer_of(self, row: list[str]) -> Answer:
        """Return what the row answers; raises _Fault."""
        reason = self.columns.reason
        return self.reader.answers[row[self.columns.value], "" if reason is None else row[reason]]

    def first(self, clinic: str, month: Month, measure: str) -> int | None:
        """Return the number of the first row about them that can be read."""
        numbers = self._first_numbers.get((clinic, month))
        return numbers[_PLACES[measure]] or None if numbers else None

    @cached_property
    def _first_numbers(self) -> "dict[tuple[str, Month], array[int]]":
        """By measure's place; 0: none."""
        first_numbers: dict[tuple[str, Month], array[int]] = {}
        for number, row in self:
            with suppress(_Fault):
                if len(row) == self.width and self.answer_of(row):
                    clinic, month, measure = self.key_of(row)
                    numbers = first_numbers.get((clinic, month))
                    if numbers is None:
                        numbers = first_numbers[clinic, month] = array("L", [0] * len(_PLACES))
                    numbers[_PLACES[measure]] = numbers[_PLACES[measure]] or number
        return first_numbers

    def place_of(self, clinic: str, month: Month, measure: str) -> Place:
        number = self.first(clinic, month, measure)
        return self.table.place(number, self.columns.value) if number else NOWHERE


def _read_rows(rows: _Rows, report: Report) -> None:
    """Read the rows into the report's months; what is odd about one becomes its problems."""
    answers_by_month = _read_answers(rows, report)
    place_of = rows.place_of
    report.months += [
        MonthEntries(clinic=clinic, month=month, answers=answers, place_of=partial(place_of, clinic, month))
        for (clinic, month), answers in answers_by_month.items()
    ]


def _read_answers(rows: _Rows, report: Report) -> _AnswersByMonth:
    answers_by_month: _AnswersByMonth = {}
    for number, row in rows:
        try:
            clinic, month, measure = rows.key_of(row)
            answer = rows.answer_of(row)
            is_good = len(row) == rows.width and measure not in answers_by_month.get((clinic, month), ())
        except (_Fault, IndexError):
            is_good = False
        if is_good:
            answers_by_month.setdefault((clinic, month), {})[measure] = answer
        else:
            _explain(rows, number, row, report)
    return answers_by_month


# --- what is wrong with a row ---


def _explain(rows: _Rows, number: int, row: list[str], report: Report) -> None:
    """Say everything that is wrong with a row of the long file; an empty row is nothing wrong."""
    table, columns, reader = rows.table, rows.columns, rows.reader
    if (
        len(report.problems) > MAX_PROBLEMS
        or not any(map(str.strip, row))
        or not fits(table, number, row, report)
    ):
        return
    before = len(report.problems)
    if is_sum(row[columns.clinic]):
        message = unknown_measure(row[columns.clinic], (), "måttkod")
        report.error(
            "measure.unknown", message, table.place(number, columns.clinic), read=row[columns.clinic]
        )
        return
    clinic = partial(reader.clinics.__getitem__, row[columns.clinic])
    month = partial(reader.months.__getitem__, row[columns.period])
    measure = partial(reader.measures.__getitem__, row[columns.measure])
    for column, look_up in (
        (columns.clinic, clinic),
        (columns.period, month),
        (columns.measure, measure),
        (columns.value, partial(rows.answer_of, row)),
    ):
        _explain_cell(table, (number, column), row, look_up, report)
    if len(report.problems) == before:
        _say_duplicate(rows, number, row, report)
    report.belong_to(before, clinic=_known(clinic), month=_known(month), measure=_known(measure))


def _known(look_up: Callable[[], Value]) -> Value | None:
    """Return what a cell means, or None when it is the cell that is wrong."""
    try:
        return look_up()
    except _Fault:
        return None


def _explain_cell(
    table: SheetTable, at: tuple[int, int], row: list[str], look_up: Callable[[], object], report: Report
) -> None:
    place = table.place(*at)
    if is_uncomputed(table, place, report):
        return
    try:
        look_up()
    except _Fault as fault:
        report.error(fault.code, fault.message, place, read=row[at[1]])


def _say_duplicate(rows: _Rows, number: int, row: list[str], report: Report) -> None:
    clinic, month, measure = rows.key_of(row)
    column = rows.columns.value
    report.error(
        "value.duplicate",
        f"{clinic}, {month} och {measure} finns även på rad {rows.first(clinic, month, measure)}. "
        "Ta bort den ena raden.",
        rows.table.place(number, column),
        read=row[column],
    )
