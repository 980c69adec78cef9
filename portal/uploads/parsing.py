"""Cells of text → entries and problems: the two forms of upload (blankett and long file). Never raises."""

import gc
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Literal, TypeVar

from portal.domain.checks import spell_place
from portal.domain.clinics import Clinic
from portal.domain.grammar import (
    GrammarFault,
    code_points,
    holds_personal_number,
    match_key,
    parse_count,
    parse_month,
    parse_reason,
    reason_words,
)
from portal.domain.measures import MEASURES
from portal.domain.months import SWEDISH_MONTHS, Month
from portal.domain.problems import NOWHERE, Entry, Place, Problem, Severity
from portal.domain.values import Answer
from portal.uploads import template
from portal.uploads.reading import CLINIC_LIMITS, Document, Limits, Mark, Sheet, Unreadable, read


Kind = Literal["blankett", "lang"]
Clinics = Mapping[str, Clinic]

MAX_PROBLEMS = 1_000
MAX_READ = 60  # characters of what was read that a message repeats
HEADING_WITHIN = 20


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
    report = _Report()
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


@dataclass(slots=True)
class _Report:
    """What is found on the way through one file."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def error(self, code: str, message: str, place: Place = NOWHERE, *, read: str | None = None) -> None:
        """Note an error; the message begins with where."""
        shown = None if read is None else read[:MAX_READ]
        text = f"{spell_place(place)}: {message}" if place != NOWHERE else message
        self.problems.append(
            Problem(code=code, severity=Severity.ERROR, message=text, place=place, read=shown)
        )

    def belong_to(self, since: int, *, clinic: str | None, month: Month | None, measure: str | None) -> None:
        """Say which value the problems noted since then are about."""
        self.problems[since:] = [
            replace(problem, clinic=clinic, month=month, measure=measure) for problem in self.problems[since:]
        ]


def _interpret(document: Document, clinics: Clinics, report: _Report) -> Kind | None:
    if table := _find_blankett(document):
        kind: Kind | None = "blankett"
        _check_sheet(table, document, report)
        _read_blankett(table, clinics, report)
    elif table := _find_long(document):
        kind = "lang"
        _check_sheet(table, document, report)
        _read_long(table, clinics, report)
    else:
        kind = None
        _say_unrecognised(document, report)
    return kind


# --- tables: a sheet and its heading row ---


@dataclass(frozen=True, slots=True)
class _Table:
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
        letter = _letter(column)
        name = letter if self.sheet.name is not None else self._heading(column) or letter
        return Place(sheet=self.sheet.name, cell=f"{letter}{row}", row=row, column=name)

    def _heading(self, column: int) -> str:
        return self.headings[column].strip() if column < len(self.headings) else ""


def _letter(column: int) -> str:
    """Return the spreadsheet's name of a column that counts from 0."""
    name = ""
    while column >= 0:
        name = chr(ord("A") + column % 26) + name
        column = column // 26 - 1
    return name


def _find_blankett(document: Document) -> _Table | None:
    named = [s for s in document.sheets if s.name and match_key(s.name) == match_key(template.DATA_SHEET)]
    others = [s for s in document.sheets if s.visible and s.name != template.DEFINITIONS_SHEET]
    tables = (_find_table(sheet, _is_blankett_heading) for sheet in (*named, *others))
    return next((table for table in tables if table), None)


def _find_long(document: Document) -> _Table | None:
    tables = (_find_table(sheet, _is_long_heading) for sheet in document.sheets if sheet.visible)
    return next((table for table in tables if table), None)


def _find_table(sheet: Sheet, is_heading: Callable[[Sequence[str]], bool]) -> _Table | None:
    for number, row in enumerate(sheet.rows[:HEADING_WITHIN], start=1):
        if is_heading([match_key(cell) for cell in row]):
            return _Table(sheet, number)
    return None


_CODE, _LABEL, _UNIT, _REQUIRED = (
    match_key(text) for text in (template.CODE, template.LABEL, template.UNIT, template.REQUIRED)
)
_LONG_HEADINGS = ("mottagning", "period", "mått", "värde")
_REASON = "skäl"


def _is_blankett_heading(keys: Sequence[str]) -> bool:
    return _CODE in keys and len([key for key in keys if key]) > 1


def _is_long_heading(keys: Sequence[str]) -> bool:
    return len(set(keys) & {*_LONG_HEADINGS, _REASON}) >= 3


def _say_unrecognised(document: Document, report: _Report) -> None:
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
        _Table(sheet, number).place(number),
        read=" | ".join(row),
    )


def _check_sheet(table: _Table, document: Document, report: _Report) -> None:
    """Refuse what cannot be seen in the sheet that is read, and say which sheets are not read."""
    if not table.sheet.visible:
        report.error("file.hidden", f"Bladet {table.sheet.name} är dolt. Visa bladet och spara filen igen.")
    for number in table.sheet.hidden_rows:
        message = "raden är dold men har innehåll. Visa raden, eller ta bort den, och spara filen igen."
        report.error("file.hidden", message, table.place(number))
    for sheet in document.sheets:
        if (
            sheet is not table.sheet
            and sheet.name != template.DEFINITIONS_SHEET
            and any(map(any, sheet.rows))
        ):
            report.notices.append(f"Bladet ”{(sheet.name or '')[:31]}” lästes inte.")


def _check_unheaded(table: _Table, report: _Report) -> None:
    """Refuse a value that stands under no heading: it would otherwise be lost without a word."""
    headed = [bool(heading.strip()) for heading in table.headings]
    if all(headed) and table.sheet.name is None:
        return
    for number, row in table.body:
        for column, text in enumerate(row):
            if text.strip() and not (column < len(headed) and headed[column]):
                message = "kolumnen saknar rubrik. Ta bort värdet eller ge kolumnen rätt rubrik."
                report.error("heading.empty", message, table.place(number, column), read=text)


def _fits(table: _Table, number: int, row: list[str], report: _Report) -> bool:
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


# --- the blankett ---


def _read_blankett(table: _Table, clinics: Clinics, report: _Report) -> None:
    clinic = _clinic_of(table, clinics, report)
    _check_version(table, report)
    columns = _blankett_columns(table, report)
    _check_unheaded(table, report)
    code_column = [match_key(text) for text in table.headings].index(_CODE)
    rows = list(_measure_rows(table, code_column, report))
    filled = _filled_months(table, columns, rows, report)
    if clinic is not None:
        for number, row, measure in rows:
            for column, month in filled.items():
                _add_cell(table, (number, column), row, (clinic, month, measure), report)


def _top_cell(table: _Table, label: str) -> tuple[str, Place] | None:
    """Return what stands to the right of a label above the heading."""
    for number, row in enumerate(table.sheet.rows[: table.heading - 1], start=1):
        filled = [(column, text) for column, text in enumerate(row) if text.strip()]
        if filled and match_key(filled[0][1].rstrip(": ")) == match_key(label):
            column, text = filled[1] if len(filled) > 1 else (filled[0][0] + 1, "")
            return text.strip(), table.place(number, column)
    return None


def _clinic_of(table: _Table, clinics: Clinics, report: _Report) -> str | None:
    found = _top_cell(table, template.CLINIC_LABEL)
    if found is None or not found[0]:
        what = f"et saknas en mottagningskod i raden {template.CLINIC_LABEL}. Hämta en ny blankett."
        report.error("clinic.missing", f"{'d' if found else 'D'}{what}", found[1] if found else NOWHERE)
        return None
    code, place = found
    if code in clinics:
        return code
    report.error("clinic.foreign", _foreign(clinics), place, read=code)
    return None


def _foreign(clinics: Clinics) -> str:
    """Say the same of a clinic that exists and of one that does not (TRUST U29)."""
    allowed = ", ".join(sorted(clinics)) or "ingen mottagning"
    return f"kontot kan inte skicka in för den mottagningskod som står här. Kontot gäller: {allowed}."


def _check_version(table: _Table, report: _Report) -> None:
    found = _top_cell(table, template.VERSION_LABEL)
    read, place = found or ("", NOWHERE)
    if read != template.TEMPLATE_VERSION:
        report.error(
            "template.version",
            f"{'b' if found else 'B'}lanketten ska ha mallversion {template.TEMPLATE_VERSION}. "
            "Hämta en ny blankett och flytta över siffrorna.",
            place,
            read=read,
        )


_IGNORED = {_CODE, _LABEL, _UNIT, _REQUIRED}
_REFERENCE = match_key(template.REFERENCE)


def _blankett_columns(table: _Table, report: _Report) -> dict[int, Month]:
    """Return the columns that are months; the reference column is for the reader's eye only."""
    months: dict[int, Month] = {}
    seen: dict[str, int] = {}
    for column, text in enumerate(table.headings):
        key = match_key(text)
        if not key or key.startswith(_REFERENCE):
            continue
        if key not in _IGNORED:
            month = _heading_month(table, column, report)
            if month is None:
                continue
            months[column], key = month, str(month)
        _note_heading(table, column, key, seen, report)
    if not months and not any(problem.code == "value.month" for problem in report.problems):
        report.error("month.missing", "Blanketten har ingen månadskolumn. Hämta en ny blankett.")
    return months


def _note_heading(table: _Table, column: int, key: str, seen: dict[str, int], report: _Report) -> None:
    if key in seen:
        message = f"rubriken finns två gånger (även i kolumn {_letter(seen[key])}). Ta bort den ena kolumnen."
        report.error(
            "heading.duplicate", message, table.place(table.heading, column), read=table.headings[column]
        )
    seen.setdefault(key, column)


_MONTH_STARTS = tuple(name[:3] for name in SWEDISH_MONTHS)


def _heading_month(table: _Table, column: int, report: _Report) -> Month | None:
    text = table.headings[column]
    place = table.place(table.heading, column)
    try:
        return parse_month(text)
    except GrammarFault as fault:
        if text.strip()[:1].isdecimal() or match_key(text).startswith(_MONTH_STARTS):
            report.error("value.month", f"”{text[:MAX_READ]}” är ingen månad. {fault.hint}", place, read=text)
        else:
            _say_unknown_heading(text, place, "Kod, Mått, Enhet, Krävs och månader", report)
    return None


def _say_unknown_heading(text: str, place: Place, allowed: str, report: _Report) -> None:
    odd = code_points(text)
    message = f"rubriken ”{text[:MAX_READ]}” är okänd. Godtagna rubriker är {allowed}. Ta bort kolumnen."
    report.error("heading.unknown", message + (f" Ovanliga tecken: {odd}." if odd else ""), place, read=text)


# Codes and labels are compared as headings are: neither case nor invisible characters tell two apart.
_MEASURES = {match_key(text): measure.code for measure in MEASURES for text in (measure.label, measure.code)}
_CODES = {match_key(measure.code): measure.code for measure in MEASURES}


def _measure_rows(table: _Table, code_column: int, report: _Report) -> Iterator[tuple[int, list[str], str]]:
    seen: dict[str, int] = {}
    for number, row in table.body:
        if not any(map(str.strip, row)) or not _fits(table, number, row, report):
            continue
        text = row[code_column] if code_column < len(row) else ""
        measure = _CODES.get(match_key(text))
        place = table.place(number, code_column)
        if measure is None:
            _say_unknown_measure(text, place, report)
        elif measure in seen:
            message = f"koden finns två gånger (även i rad {seen[measure]}). Ta bort den ena raden."
            report.error("measure.duplicate", message, place, read=text)
        else:
            seen[measure] = number
            yield number, row, measure


def _say_unknown_measure(text: str, place: Place, report: _Report) -> None:
    odd = code_points(text)
    what = f"”{text[:MAX_READ]}” är ingen måttkod" if text.strip() else "raden saknar måttkod"
    message = f"{what}. Koderna står i blanketten och på sidan Definitioner; ta bort andra rader."
    report.error("measure.unknown", message + (f" Ovanliga tecken: {odd}." if odd else ""), place, read=text)


def _filled_months(
    table: _Table, columns: dict[int, Month], rows: list[tuple[int, list[str], str]], report: _Report
) -> dict[int, Month]:
    """Return the columns with at least one answer: an untouched month of a longer blankett is no report."""
    filled = {
        column: month
        for column, month in columns.items()
        if any(
            _text(row, column) or table.place(number, column).cell in table.sheet.marks
            for number, row, _ in rows
        )
    }
    if columns and not filled and not report.problems:
        first = next(iter(columns))
        message = "Blanketten är inte ifylld: alla rutor är tomma. Fyll i den, spara den och skicka den igen."
        report.error("file.no_values", message, table.place(table.heading, first))
    elif empty := [str(month) for column, month in columns.items() if column not in filled]:
        report.notices.append(f"Tomma månader lästes inte: {', '.join(empty)}.")
    return filled


def _text(row: list[str], column: int) -> str:
    return row[column].strip() if column < len(row) else ""


def _add_cell(
    table: _Table, at: tuple[int, int], row: list[str], of: tuple[str, Month, str], report: _Report
) -> None:
    """Read one cell of the blankett into an entry; an empty one is an entry without an answer."""
    clinic, month, measure = of
    place = table.place(*at)
    text = _text(row, at[1])
    before = len(report.problems)
    if table.sheet.marks.get(place.cell or "") == Mark.FORMULA:
        message = "formeln har inget uträknat värde. Öppna filen i Excel, spara den och skicka den igen."
        report.error("value.formula", message, place)
        return report.belong_to(before, clinic=clinic, month=month, measure=measure)
    try:
        answer = _answer(text) if text else None
    except GrammarFault as fault:
        _say_no_number(text, fault, place, report)
        return report.belong_to(before, clinic=clinic, month=month, measure=measure)
    report.entries.append(Entry(clinic=clinic, month=month, measure=measure, answer=answer, place=place))
    return None


def _answer(text: str) -> Answer:
    reason = parse_reason(text)
    return Answer(reason=reason) if reason else Answer(parse_count(text))


def _say_no_number(text: str, fault: GrammarFault, place: Place, report: _Report) -> None:
    what = f"”{text[:MAX_READ]}” är inget antal" if text.strip() else "värdet saknas"
    code = "value.number" if text.strip() else "value.empty"
    report.error(code, f"{what}. {fault.hint}", place, read=text)


# --- the long file ---


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


@dataclass(frozen=True, kw_only=True, slots=True)
class _LongColumns:
    """Where the long file has its columns; `reason` None: it has no such column."""

    clinic: int
    period: int
    measure: int
    value: int
    reason: int | None


class _Fault(Exception):
    """Something in one row; carries the problem's code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message


class _LongReader:
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
        raise _Fault("clinic.foreign", _foreign(clinics))
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
    value, reason = (text.strip() for text in texts)
    if reason and value:
        raise _Fault("value.and_reason", "raden har både värde och skäl. Behåll det ena.")
    if not reason and not value:
        raise _Fault(
            "value.empty", f"värdet saknas. Skriv ett antal, 0 om det inte var några, eller {_REASON}."
        )
    if reason and not parse_reason(reason):
        raise _Fault("value.reason", f"”{reason[:MAX_READ]}” är inget skäl. Godtagna är {reason_words()}.")
    try:
        return _answer(value or reason)
    except GrammarFault as fault:
        raise _Fault("value.number", f"”{value[:MAX_READ]}” är inget antal. {fault.hint}") from None


def _read_long(table: _Table, clinics: Clinics, report: _Report) -> None:
    columns = _long_columns(table, report)
    _check_unheaded(table, report)
    if columns is None:
        return
    _read_long_rows(table, columns, _LongReader(clinics), report)
    if not report.entries and not report.problems:
        message = "Filen har rubriker men inga värden. Lägg till en rad per värde och skicka den igen."
        report.error("file.no_values", message, table.place(table.heading))


def _long_columns(table: _Table, report: _Report) -> _LongColumns | None:
    found: dict[str, int] = {}
    for column, text in enumerate(table.headings):
        key = match_key(text)
        if key in (*_LONG_HEADINGS, _REASON):
            _note_heading(table, column, key, found, report)
        elif key:
            allowed = "mottagning, period, mått, värde och skäl"
            _say_unknown_heading(text, table.place(table.heading, column), allowed, report)
    missing = [heading for heading in _LONG_HEADINGS if heading not in found]
    if missing:
        message = f"kolumnen {' och '.join(missing)} saknas. Rubrikerna är mottagning;period;mått;värde."
        report.error("heading.missing", message, table.place(table.heading))
        return None
    clinic, period, measure, value = (found[heading] for heading in _LONG_HEADINGS)
    return _LongColumns(clinic=clinic, period=period, measure=measure, value=value, reason=found.get(_REASON))


def _read_long_rows(table: _Table, columns: _LongColumns, reader: _LongReader, report: _Report) -> None:
    """Read the rows; this loop is the cost of a large file, so what can be wrong is looked at afterwards."""
    width, sheet, add = len(table.headings), table.sheet.name, report.entries.append
    c, p, m, v, r = columns.clinic, columns.period, columns.measure, columns.value, columns.reason
    value_place = table.place(table.heading, v)
    name, letter = value_place.column, _letter(v)
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
        add(_entry(clinic, month, measure, answer, _place(sheet, f"{letter}{number}", number, name)))


# A frozen dataclass sets each field through object.__setattr__, which is most of what a row costs; the slots
# themselves take the values three times as fast (measured: 3.0 against 1.1 s for a million rows).
_new = object.__new__
_set_sheet, _set_cell, _set_row, _set_column = (
    getattr(Place, name).__set__ for name in ("sheet", "cell", "row", "column")
)
_set_clinic, _set_month, _set_measure, _set_answer, _set_place = (
    getattr(Entry, name).__set__ for name in ("clinic", "month", "measure", "answer", "place")
)


def _place(sheet: str | None, cell: str, row: int, column: str | None) -> Place:
    place = _new(Place)
    _set_sheet(place, sheet)
    _set_cell(place, cell)
    _set_row(place, row)
    _set_column(place, column)
    return place


def _entry(clinic: str, month: Month, measure: str, answer: Answer, place: Place) -> Entry:
    entry = _new(Entry)
    _set_clinic(entry, clinic)
    _set_month(entry, month)
    _set_measure(entry, measure)
    _set_answer(entry, answer)
    _set_place(entry, place)
    return entry


def _padded(table: _Table, width: int) -> Iterator[tuple[int, list[str]]]:
    """Walk the rows below the heading; a workbook's rows are filled up to the heading's width."""
    if table.sheet.name is None:
        return enumerate(islice(table.sheet.rows, table.heading, None), start=table.heading + 1)
    return ((number, (row + [""] * width)[:width]) for number, row in table.body)


def _explain(
    table: _Table, number: int, row: list[str], columns: _LongColumns, reader: _LongReader, report: _Report
) -> None:
    """Say everything that is wrong with a row of the long file; an empty row is nothing wrong."""
    if (
        len(report.problems) > MAX_PROBLEMS
        or not any(map(str.strip, row))
        or not _fits(table, number, row, report)
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
    table: _Table, at: tuple[int, int], row: list[str], look_up: Callable[[], object], report: _Report
) -> None:
    place = table.place(*at)
    if table.sheet.marks.get(place.cell or "") == Mark.FORMULA:
        message = "formeln har inget uträknat värde. Öppna filen i Excel, spara den och skicka den igen."
        report.error("value.formula", message, place)
        return
    try:
        look_up()
    except _Fault as fault:
        report.error(fault.code, fault.message, place, read=row[at[1]])


def _say_duplicate(
    table: _Table, number: int, row: list[str], columns: _LongColumns, reader: _LongReader, report: _Report
) -> None:
    clinic, month, seen = reader.groups[row[columns.clinic], row[columns.period]]
    measure = reader.measures[row[columns.measure]]
    report.error(
        "value.duplicate",
        f"{clinic}, {month} och {measure} finns även på rad {seen[measure]}. Ta bort den ena raden.",
        table.place(number, columns.value),
        read=row[columns.value],
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
                cell = f"{_letter(column)}{number}"
                name = None if nameless else sheet.name
                yield Place(sheet=name, cell=cell, row=number, column=_letter(column))


def _private(where: str, place: Place) -> Problem:
    return Problem(
        code="privacy.personal_number",
        severity=Severity.ERROR,
        message=f"{where or 'Ett bladnamn'} innehåller något som ser ut som ett personnummer. Hela filen är "
        "avvisad och inget är sparat. Ta bort uppgiften: portalen tar bara emot antal.",
        place=place,
    )
