"""Reads the blankett: one clinic's sheet, a row per measure and a column per month."""

from collections.abc import Iterator, Sequence

from portal.domain.registry.measures import MEASURES
from portal.domain.registry.months import SWEDISH_MONTHS, Month
from portal.domain.reporting.grammar import (
    GrammarFault,
    cell_text,
    match_key,
    odd_characters,
    parse_month,
)
from portal.domain.reporting.problems import NOWHERE, Entry, Place, by_month
from portal.uploads import template
from portal.uploads.findings import MARKED_SHEET, MAX_READ, Clinics, Report, foreign_clinic
from portal.uploads.reading import Document, Sheet
from portal.uploads.tables import (
    HEADING_WITHIN,
    SheetTable,
    check_unheaded,
    code_of_clinic,
    find_table,
    fits,
    is_uncomputed,
    letter_of,
    note_heading,
    say_unknown_heading,
    to_answer,
    unknown_measure,
)


_CODE, _LABEL, _UNIT, _REQUIRED = (
    match_key(text) for text in (template.CODE, template.LABEL, template.UNIT, template.REQUIRED)
)
_IGNORED = {_CODE, _LABEL, _UNIT, _REQUIRED}
_REFERENCE = match_key(template.REFERENCE)
_HEADINGS = (template.CODE, template.LABEL, template.UNIT, template.REQUIRED)
_LONG_FILE = {"mottagning", "period"}  # headings that no blankett has
_ALLOWED = (
    f"{template.CODE}, {template.LABEL}, {template.UNIT}, {template.REQUIRED}, {template.REFERENCE} (…) och "
    "månader som 2025-01"
)
_MONTH_STARTS = tuple(name[:3] for name in SWEDISH_MONTHS)
# Codes are compared as headings are: neither case nor invisible characters tell two apart.
_LABELS = {match_key(measure.label): measure.code for measure in MEASURES}
_CODES = {match_key(measure.code): measure.code for measure in MEASURES}


UNREAD = (template.DEFINITIONS_SHEET, MARKED_SHEET)  # sheets that the portal itself puts beside the blankett


def find(document: Document) -> SheetTable | None:
    """Return the sheet that holds a blankett, first of all one with the template's name, or None."""
    named = [s for s in document.sheets if s.name and match_key(s.name) == match_key(template.DATA_SHEET)]
    visible_sheets = [s for s in document.sheets if s.visible and s.name not in UNREAD]
    tables = (find_table(sheet, _is_heading) for sheet in (*named, *visible_sheets))
    return next((table for table in tables if table), None)


def filled(document: Document) -> list[SheetTable]:
    """Return the visible sheets that are blanketts with something under a month."""
    tables = (find_table(sheet, _is_heading) for sheet in document.sheets if sheet.visible)
    return [table for table in tables if table and table.sheet.name not in UNREAD and _has_answers(table)]


def _has_answers(table: SheetTable) -> bool:
    columns = [column for column, text in enumerate(table.headings) if _is_month(text)]
    return any(_text(row, column) for _, row in table.body for column in columns)


def _is_month(text: str) -> bool:
    try:
        parse_month(text)
    except GrammarFault:
        return False
    return True


def _is_heading(keys: Sequence[str]) -> bool:
    return _CODE in keys and len([key for key in keys if key]) > 1 and not set(keys) >= _LONG_FILE


def _code_column(table: SheetTable) -> int:
    return [match_key(text) for text in table.headings].index(_CODE)


def columns_in_use(table: SheetTable) -> frozenset[str]:
    """Return the letter of the column that many hide, and that is read all the same."""
    return frozenset((letter_of(_code_column(table)),))


def measures_of_rows(table: SheetTable) -> dict[int, str]:
    """Return the measure of each row that has a known code."""
    column = _code_column(table)
    codes = ((number, row[column] if column < len(row) else "") for number, row in table.body)
    return {number: _CODES[match_key(code)] for number, code in codes if match_key(code) in _CODES}


def read_entries(table: SheetTable, clinics: Clinics, report: Report) -> None:
    """Read the sheet into the report's entries and problems.

    The wrong blankett is said to be that and nothing else: what its cells hold is no matter.
    """
    clinic = _clinic_of(table, clinics, report)
    is_other_version = _is_other_version(table, report)
    if is_other_version or any(problem.code == "clinic.foreign" for problem in report.problems):
        return
    columns = _month_columns(table, report)
    check_unheaded(table, report)
    code_column = _code_column(table)
    rows = list(_measure_rows(table, code_column, report))
    filled = _filled_months(table, columns, rows, report)
    if clinic is None:
        return
    cells = [
        _read_cell(table, (number, column), row, (clinic, month, measure), report)
        for number, row, measure in rows
        for column, month in filled.items()
    ]
    report.months += by_month(cell for cell in cells if cell)


def _top_cell(table: SheetTable, label: str) -> tuple[str, Place] | None:
    """Return what stands beside a label above the heading: after it, or before it in moved columns."""
    for number, row in enumerate(table.sheet.rows[: table.heading - 1], start=1):
        keys = [match_key(text.rstrip(": ")) for text in row]
        if match_key(label) not in keys:
            continue
        at = keys.index(match_key(label))
        columns = (*range(at + 1, len(row)), *range(at))
        column = next((column for column in columns if row[column].strip()), None)
        if column is None:
            return "", table.place(number, at + 1)
        return row[column].strip(), table.place(number, column)
    return None


def _clinic_of(table: SheetTable, clinics: Clinics, report: Report) -> str | None:
    clinic_cell = _top_cell(table, template.CLINIC_LABEL)
    if clinic_cell is None or not clinic_cell[0]:
        fault = f"et saknas en mottagningskod i raden {template.CLINIC_LABEL}. Hämta en ny blankett."
        report.error(
            "clinic.missing",
            f"{'d' if clinic_cell else 'D'}{fault}",
            clinic_cell[1] if clinic_cell else NOWHERE,
        )
        return None
    text, place = clinic_cell
    code = code_of_clinic(text, clinics)
    if code is None:
        message = f"blanketten hör till en annan mottagning: {foreign_clinic(clinics)}"
        report.error("clinic.foreign", message, place, read=text)
    return code


def _is_other_version(table: SheetTable, report: Report) -> bool:
    """Say which version the blankett has to have, and return whether it states another one."""
    version_cell = _top_cell(table, template.VERSION_LABEL)
    read, place = version_cell or ("", NOWHERE)
    if read in template.VERSIONS_READ:
        return False
    fault = f"blanketten ska ha mallversion {template.TEMPLATE_VERSION}"
    if read:
        age = "en äldre blankett" if _is_older(read) else "en annan version av blanketten än den som gäller"
        fault = (
            f"det här ser ut som {age} (mallversion {read[:MAX_READ]}; nu gäller {template.TEMPLATE_VERSION})"
        )
    message = (
        f"{fault if version_cell else fault.capitalize()}. Hämta en ny blankett och flytta över siffrorna."
    )
    report.error("template.version", message, place, read=read)
    return bool(read)


def _is_older(version: str) -> bool:
    # isdecimal alone takes other scripts' digits too
    return version.isascii() and version.isdecimal() and int(version) < int(template.TEMPLATE_VERSION)


def say_old_layout(sheet: Sheet, report: Report) -> bool:
    """Recognise a blankett without its heading Kod; say what is off, and return whether it is one."""
    top = SheetTable(sheet, min(len(sheet.rows), HEADING_WITHIN))
    version, clinic = _top_cell(top, template.VERSION_LABEL), _top_cell(top, template.CLINIC_LABEL)
    label_cell = version or (clinic if sheet.name == template.DATA_SHEET else None)
    if label_cell is None:
        return False
    if version and version[0] in template.VERSIONS_READ:
        _say_lost_code_heading(top, report)
        return True
    read, place = label_cell
    message = (
        "det här ser ut som en äldre blankett: rubrikraden med Kod och månader saknas. "
        "Hämta en ny blankett och flytta över siffrorna."
    )
    report.error("template.version", message, place, read=read)
    return True


def _say_lost_code_heading(top: SheetTable, report: Report) -> None:
    """Say that a blankett of this version lacks the heading Kod, and which heading stands in its place."""
    for number, row in enumerate(top.sheet.rows[: top.heading], start=1):
        keys = [match_key(text) for text in row]
        if len(set(keys) & {_LABEL, _UNIT, _REQUIRED}) > 1:
            table = SheetTable(top.sheet, number)
            column = next((column for column in range(len(row)) if _holds_codes(table, column)), None)
            text = row[column] if column is not None else ""
            where = f"rubriken ”{text[:MAX_READ]}” ska vara {template.CODE}" if text else _NO_CODE_HEADING
            message = f"{where}. Skriv det och spara filen igen.{odd_characters(text)}"
            report.error("heading.missing", message, table.place(number, column), read=text)
            return
    message = (
        f"Raden med rubrikerna {', '.join(_HEADINGS)} och månader saknas i blanketten. Hämta en ny blankett och "
        "flytta över siffrorna."
    )
    report.error("heading.missing", message)


_NO_CODE_HEADING = f"rubriken {template.CODE} saknas över koderna"


def _holds_codes(table: SheetTable, column: int) -> bool:
    return any(match_key(row[column]) in _CODES for _, row in table.body if column < len(row))


def _month_columns(table: SheetTable, report: Report) -> dict[int, Month]:
    """Return the columns that are months; the reference column is for the reader's eye only."""
    months: dict[int, Month] = {}
    positions: dict[str, int] = {}
    for column, text in enumerate(table.headings):
        key = match_key(text)
        if not key or key.startswith(_REFERENCE):
            continue
        if key not in _IGNORED:
            month = _heading_month(table, column, report)
            if month is None:
                continue
            months[column], key = month, str(month)
        note_heading(table, column, key, positions, report)
    if not months and not any(problem.code == "value.month" for problem in report.problems):
        report.error("month.missing", "Blanketten har ingen månadskolumn. Hämta en ny blankett.")
    return months


def _heading_month(table: SheetTable, column: int, report: Report) -> Month | None:
    text = table.headings[column]
    place = table.place(table.heading, column)
    try:
        return parse_month(text)
    except GrammarFault as fault:
        if text.strip()[:1].isdecimal() or match_key(text).startswith(_MONTH_STARTS):
            report.error("value.month", f"”{text[:MAX_READ]}” är ingen månad. {fault.hint}", place, read=text)
        else:
            say_unknown_heading(text, place, _ALLOWED, report, _HEADINGS)
    return None


def _measure_rows(
    table: SheetTable, code_column: int, report: Report
) -> Iterator[tuple[int, list[str], str]]:
    row_numbers: dict[str, int] = {}
    for number, row in table.body:
        if not any(map(str.strip, row)) or not fits(table, number, row, report):
            continue
        text = row[code_column] if code_column < len(row) else ""
        measure = _CODES.get(match_key(text))
        place = table.place(number, code_column)
        if measure is None:
            report.error(
                "measure.unknown", unknown_measure(text, _CODES.values(), "måttkod"), place, read=text
            )
        elif measure in row_numbers:
            message = f"koden finns två gånger (även i rad {row_numbers[measure]}). Ta bort den ena raden."
            report.error("measure.duplicate", message, place, read=text)
        elif _has_other_label(table, number, row, measure, report):
            continue
        else:
            row_numbers[measure] = number
            yield number, row, measure


def _has_other_label(table: SheetTable, number: int, row: list[str], measure: str, report: Report) -> bool:
    """Tell whether a row has another measure's name than its code says, as after sorting one column alone."""
    keys = [match_key(text) for text in table.headings]
    column = keys.index(_LABEL) if _LABEL in keys else len(row)
    text = row[column] if column < len(row) else ""
    if _LABELS.get(match_key(text), measure) == measure:
        return False
    message = f"koden på raden är {measure}, men måttet ”{text}” har en annan. Rätta den som är fel."
    report.error("measure.mixed", message, table.place(number, column), read=text)
    return True


def _filled_months(
    table: SheetTable, columns: dict[int, Month], rows: list[tuple[int, list[str], str]], report: Report
) -> dict[int, Month]:
    """Return the columns with at least one answer: an untouched month of a longer blankett is no report."""
    filled = {column: month for column, month in columns.items() if _is_filled(table, column, rows)}
    if columns and not filled and not report.problems:
        first = next(iter(columns))
        message = "Blanketten är inte ifylld: alla rutor är tomma. Fyll i den, spara den och skicka den igen."
        report.error("file.no_values", message, table.place(table.heading, first))
    elif empty := [str(month) for column, month in columns.items() if column not in filled]:
        report.notices.append(f"Tomma månader lästes inte: {', '.join(empty)}.")
    return filled


def _is_filled(table: SheetTable, column: int, rows: list[tuple[int, list[str], str]]) -> bool:
    return any(
        _text(row, column) or table.place(number, column).cell in table.sheet.marks for number, row, _ in rows
    )


def _text(row: list[str], column: int) -> str:
    return cell_text(row[column]) if column < len(row) else ""


def _read_cell(
    table: SheetTable, at: tuple[int, int], row: list[str], of: tuple[str, Month, str], report: Report
) -> Entry | None:
    """Return the entry of one cell; an empty cell is an entry without an answer, a wrong one is none."""
    clinic, month, measure = of
    place = table.place(*at)
    text = _text(row, at[1])
    before = len(report.problems)
    if is_uncomputed(table, place, report):
        report.belong_to(before, clinic=clinic, month=month, measure=measure)
        return None
    try:
        answer = to_answer(text) if text else None
    except GrammarFault as fault:
        _say_no_number(text, fault, place, report)
        report.belong_to(before, clinic=clinic, month=month, measure=measure)
        return None
    return Entry(clinic=clinic, month=month, measure=measure, answer=answer, place=place)


def _say_no_number(text: str, fault: GrammarFault, place: Place, report: Report) -> None:
    problem = f"”{text[:MAX_READ]}” är inget antal" if text.strip() else "värdet saknas"
    code = "value.number" if text.strip() else "value.empty"
    report.error(code, f"{problem}. {fault.hint}{odd_characters(text)}", place, read=text)
