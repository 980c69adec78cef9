"""Reads the long file: a row per value, with its clinic, month and measure."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, repeat
from typing import TypeVar

from portal.domain.grammar import (
    SPACES,
    GrammarFault,
    code_points,
    match_key,
    parse_month,
    parse_reason,
    reason_words,
)
from portal.domain.measures import MEASURES
from portal.domain.months import Month
from portal.domain.problems import Entry, Place
from portal.domain.values import Answer
from portal.uploads.findings import MAX_PROBLEMS, MAX_READ, Clinics, Report, foreign_clinic
from portal.uploads.reading import Document
from portal.uploads.tables import (
    Table,
    check_unheaded,
    find_table,
    fits,
    is_uncomputed,
    letter_of,
    note_heading,
    say_unknown_heading,
    to_answer,
)


_HEADINGS = ("mottagning", "period", "mått", "värde")
_REASON = "skäl"

# Codes and labels are compared as headings are: neither case nor invisible characters tell two apart.
_MEASURES = {match_key(text): measure.code for measure in MEASURES for text in (measure.label, measure.code)}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Columns:
    """Where the long file has its columns; `reason` None: it has no such column."""

    clinic: int
    period: int
    measure: int
    value: int
    reason: int | None


def find(document: Document) -> Table | None:
    """Return the first visible sheet that is a long file, or None."""
    tables = (find_table(sheet, _is_heading) for sheet in document.sheets if sheet.visible)
    return next((table for table in tables if table), None)


def _is_heading(keys: Sequence[str]) -> bool:
    return len(set(keys) & {*_HEADINGS, _REASON}) >= 3


def read_entries(table: Table, clinics: Clinics, report: Report) -> None:
    """Read the sheet into the report's entries and problems."""
    columns = _find_columns(table, report)
    check_unheaded(table, report)
    if columns is None:
        return
    _read_rows(table, columns, _Reader(clinics), report)
    if not report.entries and not report.problems:
        message = "Filen har rubriker men inga värden. Lägg till en rad per värde och skicka den igen."
        report.error("file.no_values", message, table.place(table.heading))


def _find_columns(table: Table, report: Report) -> _Columns | None:
    found: dict[str, int] = {}
    for column, text in enumerate(table.headings):
        key = match_key(text)
        if key in (*_HEADINGS, _REASON):
            note_heading(table, column, key, found, report)
        elif key:
            allowed = "mottagning, period, mått, värde och skäl"
            say_unknown_heading(text, table.place(table.heading, column), allowed, report)
    missing = [heading for heading in _HEADINGS if heading not in found]
    if missing:
        message = f"kolumnen {' och '.join(missing)} saknas. Rubrikerna är mottagning;period;mått;värde."
        report.error("heading.missing", message, table.place(table.heading))
        return None
    clinic, period, measure, value = (found[heading] for heading in _HEADINGS)
    return _Columns(clinic=clinic, period=period, measure=measure, value=value, reason=found.get(_REASON))


# --- what the texts mean ---


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
        # One dict per clinic and month, however they are spelt: measure → the row that gave it.
        self.seen: dict[tuple[str, Month], dict[str, int]] = {}
        self.groups = _Memo[tuple[str, str], tuple[str, Month, dict[str, int]]](self._group)

    def _group(self, texts: tuple[str, str]) -> tuple[str, Month, dict[str, int]]:
        clinic, month = self.clinics[texts[0]], self.months[texts[1]]
        return clinic, month, self.seen.setdefault((clinic, month), {})


def _long_clinic(clinics: Clinics, text: str) -> str:
    code = text.strip()
    if code not in clinics:
        raise _Fault("clinic.foreign", foreign_clinic(clinics))
    return code


def _long_month(text: str) -> Month:
    try:
        return parse_month(text)
    except GrammarFault as fault:
        raise _Fault("value.month", f"”{text[:MAX_READ]}” är ingen månad. {fault.hint}") from None


def _long_measure(text: str) -> str:
    measure = _MEASURES.get(match_key(text))
    if measure is None:
        odd = code_points(text)
        what = f"”{text[:MAX_READ]}” är inget mått" if text.strip() else "måttet saknas"
        message = f"{what}. Skriv måttets kod eller hela namn ur listan Definitioner."
        raise _Fault("measure.unknown", message + (f" Ovanliga tecken: {odd}." if odd else ""))
    return measure


def _long_answer(texts: tuple[str, str]) -> Answer:
    # Only spaces around a value are forgiven: a tab or a line break hides what stands there.
    value, reason = (text.strip(SPACES) for text in texts)
    if reason and value:
        raise _Fault("value.and_reason", "raden har både värde och skäl. Behåll det ena.")
    if not reason and not value:
        raise _Fault(
            "value.empty", f"värdet saknas. Skriv ett antal, 0 om det inte var några, eller {_REASON}."
        )
    if reason and not parse_reason(reason):
        raise _Fault("value.reason", f"”{reason[:MAX_READ]}” är inget skäl. Godtagna är {reason_words()}.")
    try:
        return to_answer(value or reason)
    except GrammarFault as fault:
        raise _Fault("value.number", f"”{value[:MAX_READ]}” är inget antal. {fault.hint}") from None


# --- the rows ---


def _read_rows(table: Table, columns: _Columns, reader: _Reader, report: Report) -> None:
    """Read the rows: all at once where nothing is odd, else one by one to say what is."""
    if not _read_at_once(table, columns, reader, report):
        _read_one_by_one(table, columns, reader, report)


def _read_one_by_one(table: Table, columns: _Columns, reader: _Reader, report: Report) -> None:
    width, add = len(table.headings), report.entries.append
    c, p, m, v, r = columns.clinic, columns.period, columns.measure, columns.value, columns.reason
    for number, row in _padded(table, width):
        try:
            clinic, month, seen = reader.groups[row[c], row[p]]
            measure = reader.measures[row[m]]
            answer = reader.answers[row[v], "" if r is None else row[r]]
            good = len(row) == width and measure not in seen
        except (_Fault, IndexError):
            good = False
        if not good:
            _explain(table, number, row, columns, reader, report)
            continue
        seen[measure] = number
        place = table.place(number, v)
        add(Entry(clinic=clinic, month=month, measure=measure, answer=answer, place=place))


def _read_at_once(table: Table, columns: _Columns, reader: _Reader, report: Report) -> bool:
    """Read a text file's rows column by column; False, and nothing read, where anything is odd.

    A history file has a hundred thousand rows: loops in C take a third of the time of one in Python.
    """
    rows = table.sheet.rows[table.heading :]
    if table.sheet.name is not None or set(map(len, rows)) != {len(table.headings)}:
        return False
    texts = list(zip(*rows, strict=True))
    reasons = repeat("") if columns.reason is None else texts[columns.reason]
    try:
        groups = list(
            map(reader.groups.__getitem__, zip(texts[columns.clinic], texts[columns.period], strict=True))
        )
        measures = list(map(reader.measures.__getitem__, texts[columns.measure]))
        answers = list(map(reader.answers.__getitem__, zip(texts[columns.value], reasons, strict=False)))
    except _Fault:
        return False
    clinics, months, seen = zip(*groups, strict=True)
    if len(set(zip(map(id, seen), measures, strict=True))) < len(rows):
        return False  # something stands there twice
    places = _places(table, columns.value, len(rows))
    report.entries += _entries(clinics, months, measures, answers, places)
    return True


# A frozen dataclass sets each field through object.__setattr__, which is most of what a row costs: here the
# slots take their values in C, a field at a time.
def _places(table: Table, column: int, count: int) -> list[Place]:
    first = table.heading + 1
    place, letter = table.place(first, column), letter_of(column)
    numbers = range(first, first + count)
    cells = [f"{letter}{number}" for number in numbers]
    fields = {"sheet": repeat(None), "cell": cells, "row": numbers, "column": repeat(place.column)}
    return _built(Place, fields, count)


def _entries(
    clinics: Sequence[str],
    months: Sequence[Month],
    measures: Sequence[str],
    answers: Sequence[Answer],
    places: Sequence[Place],
) -> list[Entry]:
    fields = {"clinic": clinics, "month": months, "measure": measures, "answer": answers, "place": places}
    return _built(Entry, fields, len(places))


def _built(kind: type[Value], fields: Mapping[str, Iterable[object]], count: int) -> list[Value]:
    made = list(map(object.__new__, repeat(kind, count)))
    for name, values in fields.items():
        deque(map(getattr(kind, name).__set__, made, values), maxlen=0)
    return made


def _padded(table: Table, width: int) -> Iterator[tuple[int, list[str]]]:
    """Walk the rows below the heading; a workbook's rows are filled up to the heading's width."""
    if table.sheet.name is None:
        return enumerate(islice(table.sheet.rows, table.heading, None), start=table.heading + 1)
    return ((number, (row + [""] * width)[:width]) for number, row in table.body)


# --- what is wrong with a row ---


def _explain(
    table: Table, number: int, row: list[str], columns: _Columns, reader: _Reader, report: Report
) -> None:
    """Say everything that is wrong with a row of the long file; an empty row is nothing wrong."""
    if (
        len(report.problems) > MAX_PROBLEMS
        or not any(map(str.strip, row))
        or not fits(table, number, row, report)
    ):
        return
    before = len(report.problems)
    reason = "" if columns.reason is None else row[columns.reason]
    answers = partial(reader.answers.__getitem__, (row[columns.value], reason))
    for column, look_up in (
        (columns.clinic, partial(reader.clinics.__getitem__, row[columns.clinic])),
        (columns.period, partial(reader.months.__getitem__, row[columns.period])),
        (columns.measure, partial(reader.measures.__getitem__, row[columns.measure])),
        (columns.value, answers),
    ):
        _explain_cell(table, (number, column), row, look_up, report)
    if len(report.problems) == before:
        _say_duplicate(table, number, row, columns, reader, report)
    report.belong_to(
        before,
        clinic=_known(partial(reader.clinics.__getitem__, row[columns.clinic])),
        month=_known(partial(reader.months.__getitem__, row[columns.period])),
        measure=_known(partial(reader.measures.__getitem__, row[columns.measure])),
    )


def _known(look_up: Callable[[], Value]) -> Value | None:
    """Return what a cell means, or None when it is the cell that is wrong."""
    try:
        return look_up()
    except _Fault:
        return None


def _explain_cell(
    table: Table, at: tuple[int, int], row: list[str], look_up: Callable[[], object], report: Report
) -> None:
    place = table.place(*at)
    if is_uncomputed(table, place, report):
        return
    try:
        look_up()
    except _Fault as fault:
        report.error(fault.code, fault.message, place, read=row[at[1]])


def _say_duplicate(
    table: Table, number: int, row: list[str], columns: _Columns, reader: _Reader, report: Report
) -> None:
    clinic, month, seen = reader.groups[row[columns.clinic], row[columns.period]]
    measure = reader.measures[row[columns.measure]]
    report.error(
        "value.duplicate",
        f"{clinic}, {month} och {measure} finns även på rad {seen[measure]}. Ta bort den ena raden.",
        table.place(number, columns.value),
        read=row[columns.value],
    )
