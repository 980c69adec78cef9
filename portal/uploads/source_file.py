"""Bytes → figures of one of the region's sources, and everything wrong with the file. Never raises."""

import hashlib
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Generic, TypeVar

from portal.domain.reporting.file_names import safe_name
from portal.domain.reporting.grammar import match_key, name_holds_personal_number
from portal.domain.reporting.problems import Place, Problem
from portal.domain.sources.checks import Fault, SourceContext
from portal.domain.sources.facts import Fact, Source
from portal.uploads.findings import MAX_PROBLEMS, Report
from portal.uploads.parsing import (
    LONG_FILE_HEADINGS,
    private_file_name,
    private_problems,
    say_misread,
    say_other_form,
)
from portal.uploads.reading import Document, ReadingLimits, Unreadable, read
from portal.uploads.source_rows import (
    CLINIC,
    FIELD,
    MUNICIPALITY,
    NOTE,
    PART,
    PERIOD,
    REASON,
    VALUE,
    is_period,
    is_unfilled,
    read_row,
)
from portal.uploads.tables import (
    SheetTable,
    check_sheet,
    check_unheaded,
    find_table,
    fits,
    is_uncomputed,
    note_heading,
    say_missing_headings,
    say_rivals,
)


LIMITS = ReadingLimits(csv_bytes=2 * 1024 * 1024, xlsx_bytes=2 * 1024 * 1024, rows=5_000)
NEEDED = (FIELD, PERIOD, VALUE)
HEADINGS = (FIELD, PART, CLINIC, MUNICIPALITY, PERIOD, VALUE, REASON, NOTE)
UNIT = "enhet"  # stands in the template for people, and is not read


Figure = TypeVar("Figure")


@dataclass(frozen=True, kw_only=True, slots=True)
class RowForm(Generic[Figure]):
    """A file of one figure a row: its headings, and how a row is read. Two of one key are the same figure."""

    headings: Sequence[str]
    needed: Sequence[str]
    read_row: Callable[[Mapping[str, str]], tuple[Figure | None, list[Fault]]]
    key: Callable[[Figure], Hashable]


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedRows(Generic[Figure]):
    """What a file says. With any problem, nothing of it is taken."""

    name: str
    sha256: str
    facts: tuple[Figure, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()


def parse(name: str, content: bytes, *, source: Source, context: SourceContext) -> ParsedRows[Fact]:
    """Return the figures of a source's file, or every problem in it."""
    form = RowForm(
        headings=HEADINGS,
        needed=NEEDED,
        read_row=lambda texts: read_row(texts, source, context),
        key=lambda fact: fact.compared_key,
    )
    return parse_rows(name, content, form)


def parse_rows(name: str, content: bytes, form: RowForm[Figure]) -> ParsedRows[Figure]:
    """Return the figures of the file, or every problem in it."""
    digest, safe = hashlib.sha256(content).hexdigest(), safe_name(name)
    if name_holds_personal_number(name):
        return ParsedRows(name="", sha256=digest, problems=(private_file_name(),))
    try:
        document = read(name, content, limits=LIMITS)
    except Unreadable as fault:
        return ParsedRows(name=safe, sha256=digest, problems=(fault.problem,))
    private = private_problems(document)
    if private:
        return ParsedRows(name=safe, sha256=digest, problems=private)
    report = Report()
    is_misread = say_misread(document, report) or say_other_form(
        document, LONG_FILE_HEADINGS, "den långa filen: läs in den på sidan Läs in historik", report
    )
    facts = [] if is_misread else _read(document, form, report)
    return ParsedRows(
        name=safe,
        sha256=digest,
        facts=() if report.problems else tuple(facts),
        problems=tuple(report.problems[:MAX_PROBLEMS]),
        notices=() if is_misread else (*document.notices, *report.notices),
    )


def _read(document: Document, form: RowForm[Figure], report: Report) -> list[Figure]:
    sheets = (find_table(sheet, partial(_is_heading, form)) for sheet in document.sheets if sheet.visible)
    tables = [table for table in sheets if table]
    if say_rivals([table for table in tables if any(any(row) for _, row in table.body)], report):
        return []
    table = next(iter(tables), None)
    if table is None:
        report.error(
            "file.headings",
            "Filen har inte rubrikerna uppgift, period och värde. Hämta mallen för källan och fyll i den.",
        )
        return []
    check_sheet(table, document, report)
    columns = _columns(table, form, report)
    check_unheaded(table, report)
    facts = _read_rows(table, columns, form, report) if columns else []
    if not facts and not report.problems:
        message = "Filen har rubriker men inga värden. Fyll i kolumnen värde och läs in filen igen."
        report.error("file.no_values", message, table.place(table.heading))
    return facts


def _is_heading(form: RowForm[Figure], keys: Sequence[str]) -> bool:
    return len(set(keys) & set(form.headings)) >= 3


def _columns(table: SheetTable, form: RowForm[Figure], report: Report) -> Mapping[str, int] | None:
    columns: dict[str, int] = {}
    unknown: dict[int, str] = {}
    for column, text in enumerate(table.headings):
        key = match_key(text)
        if key in (*form.headings, UNIT):
            note_heading(table, column, key, columns, report)
        elif key:
            unknown[column] = text
    missing = [heading for heading in form.needed if heading not in columns]
    say_missing_headings(table, missing, unknown, ", ".join(form.headings), report)
    return None if missing else columns


def _read_rows(
    table: SheetTable, columns: Mapping[str, int], form: RowForm[Figure], report: Report
) -> list[Figure]:
    facts: list[Figure] = []
    row_numbers: dict[Hashable, int] = {}
    for number, texts in _filled_rows(table, columns, report):
        fact, faults = form.read_row(texts)
        for fault in faults:
            _say(fault, table, number, columns, texts, report)
        if fact is None:
            continue
        key = form.key(fact)
        if key in row_numbers:
            message = f"samma uppgift står även på rad {row_numbers[key]}. Ta bort den ena raden."
            place = table.place(number, columns[VALUE])
            report.error("value.duplicate", message, place, read=texts[VALUE])
        else:
            row_numbers[key] = number
            facts.append(fact)
    return facts


def _filled_rows(
    table: SheetTable, columns: Mapping[str, int], report: Report
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number and the texts of each row that somebody filled in and that can be read."""
    for number, row in table.body:
        if not fits(table, number, row, report):
            continue
        texts = {name: row[column] if column < len(row) else "" for name, column in columns.items()}
        uncomputed = [is_uncomputed(table, table.place(number, at), report) for at in columns.values()]
        if any(uncomputed):
            continue
        if not is_unfilled(texts):
            yield number, texts
        elif len(row) <= columns[VALUE] and _ends_in_number(row, columns):
            _say_shifted(table, number, report)


def _ends_in_number(row: Sequence[str], columns: Mapping[str, int]) -> bool:
    """Tell whether a short row ends in a number that is no period: a value that stands one column too early."""
    column = next((column for column in reversed(range(len(row))) if row[column].strip()), None)
    if column is None or (column == columns[PERIOD] and is_period(row[column])):
        return False
    return row[column].strip()[0].isdecimal()


def _say_shifted(table: SheetTable, number: int, report: Report) -> None:
    message = "raden har ett skiljetecken för lite: talet står inte under värde. Lägg till det som saknas."
    report.error("row.length", message, table.place(number))


def _say(
    fault: Fault,
    table: SheetTable,
    number: int,
    columns: Mapping[str, int],
    texts: Mapping[str, str],
    report: Report,
) -> None:
    """Report a fault at the cell it stands in; a column that the file lacks is said about the row."""
    column = columns.get(fault.column)
    place: Place = table.place(number, column)
    report.error(fault.code, fault.message, place, read=texts.get(fault.column, ""))


def with_provenance(facts: Sequence[Fact], source: str) -> list[Fact]:
    return [replace(fact, source=source.strip()) for fact in facts]
