"""The template of a source, as a workbook and as rows: written from the declarations that the reader goes by."""

from collections.abc import Iterator, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import months_of_year
from portal.domain.sources.checks import reasons_hint
from portal.domain.sources.facts import Fact, FactKey, Field, Source, SourceLevel
from portal.uploads.source_file import HEADINGS, UNIT
from portal.uploads.source_rows import CLINIC, MUNICIPALITY, PART
from portal.uploads.template import DEFINITIONS_SHEET, saved


DATA_SHEET = "Källdata"
INSTRUCTION = (
    "Fyll i kolumnen värde, eller skäl när värdet saknas. Rader som lämnas tomma läses inte och ändrar "
    "inget. Egna rader läggs till sist, med samma rubriker."
)
HEADING_ROW = 4

_HEADING_FILL = PatternFill("solid", fgColor="0E5A4C")
_INPUT_FILL = PatternFill("solid", fgColor="FFF8DC")
_LINE = Border(bottom=Side(style="thin", color="BFBFBF"))
_WIDTHS = {"uppgift": 36, PART: 40, CLINIC: 32, MUNICIPALITY: 20, "period": 12, UNIT: 18, "värde": 16}


def headings(source: Source) -> list[str]:
    """Return the template's columns: those that the source has no use for are left out."""
    unused = set()
    if not source.has_dimensions:
        unused.add(PART)
    if SourceLevel.CLINIC not in source.levels:
        unused.add(CLINIC)
    if SourceLevel.MUNICIPALITY not in source.levels:
        unused.add(MUNICIPALITY)
    columns = [heading for heading in HEADINGS if heading not in unused]
    columns.insert(columns.index("värde"), UNIT)
    return columns


def rows(
    source: Source,
    year: int,
    clinics: Sequence[Clinic],
    stored: Mapping[FactKey, Fact],
    municipalities: Mapping[str, str],
) -> list[list[object]]:
    """Return a row per figure that the source can give for the year, with what is stored filled in."""
    columns = headings(source)
    return [
        [row.get(column, "") for column in columns]
        for field in source.fields
        for row in _rows(field, year, clinics, stored, municipalities)
    ]


def _rows(
    field: Field,
    year: int,
    clinics: Sequence[Clinic],
    stored: Mapping[FactKey, Fact],
    municipalities: Mapping[str, str],
) -> Iterator[dict[str, object]]:
    open_clinics = [clinic for clinic in clinics if clinic.was_open_in(year)]
    for level in field.levels:
        places: list[tuple[str, str]] = [("", "")]
        if level is SourceLevel.CLINIC:
            places = [(clinic.code, clinic.name) for clinic in open_clinics]
        elif level is SourceLevel.MUNICIPALITY:
            places = list(municipalities.items())
        for code, name in places:
            for breakdown in _breakdowns(field, year, stored):
                for period in _periods(field, year, level):
                    yield _row(field, level, (code, name), breakdown, (year, period), stored)


def _breakdowns(field: Field, year: int, stored: Mapping[FactKey, Fact]) -> list[str]:
    entered = [
        key.breakdown for key in stored if field.holds(key.indicator, key.breakdown) and key.year == year
    ]
    return list(dict.fromkeys([field.part, *field.parts, *entered]))


def _periods(field: Field, year: int, level: SourceLevel) -> list[str]:
    months = [str(month) for month in months_of_year(year)]
    return ["", *months] if field.by_month and level is not SourceLevel.CLINIC else [""]


def _row(
    field: Field,
    level: SourceLevel,
    place: tuple[str, str],
    breakdown: str,
    period: tuple[int, str],
    stored: Mapping[FactKey, Fact],
) -> dict[str, object]:
    year, month = period
    code, name = place
    clinic, municipality = (code, "") if level is SourceLevel.CLINIC else ("", code)
    fact = stored.get(FactKey(field.indicator, year, month, breakdown, clinic, municipality))
    return {
        "uppgift": field.label,
        PART: field.label_of(breakdown),
        CLINIC: name if level is SourceLevel.CLINIC else "",
        MUNICIPALITY: name if level is SourceLevel.MUNICIPALITY else "",
        "period": month or year,
        UNIT: field.unit,
        "värde": _value(field, level, fact),
        "skäl": fact.reason.label if fact and fact.reason else "",
        "anmärkning": fact.note if fact else "",
    }


def _value(field: Field, level: SourceLevel, fact: Fact | None) -> object:
    if fact is None or fact.value is None:
        return ""
    if field.is_yes_no and level is SourceLevel.CLINIC:
        return "ja" if fact.value else "nej"
    return int(fact.value) if fact.value == int(fact.value) else fact.value


def write(
    source: Source,
    year: int,
    clinics: Sequence[Clinic],
    stored: Mapping[FactKey, Fact],
    municipalities: Mapping[str, str],
    *,
    label: str = "",
) -> bytes:
    """Return the workbook; `label` says in its title that a demo's figures are invented."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = DATA_SHEET
    sheet["A1"] = f"{source.label} {year}" + (f" – {label}" if label else "")
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A2"] = INSTRUCTION
    columns = headings(source)
    _write_heading(sheet, HEADING_ROW, columns)
    for number, row in enumerate(rows(source, year, clinics, stored, municipalities), start=HEADING_ROW + 1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            cell.border = _LINE
            if value != "":
                cell.value = value
            if columns[column - 1] in ("värde", "skäl", "anmärkning"):
                cell.fill = _INPUT_FILL
    for place, column_name in enumerate(columns):
        sheet.column_dimensions[chr(ord("A") + place)].width = _WIDTHS.get(column_name, 26)
    sheet.freeze_panes = sheet.cell(HEADING_ROW + 1, 1)
    _write_definitions(book.create_sheet(DEFINITIONS_SHEET), source)
    return saved(book)


def _write_heading(sheet: Worksheet, row: int, texts: Sequence[str]) -> None:
    for column, text in enumerate(texts, start=1):
        cell = sheet.cell(row, column, text)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEADING_FILL


def _write_definitions(sheet: Worksheet, source: Source) -> None:
    _write_heading(sheet, 1, ("Uppgift", "Enhet", "Definition", "Ges för", "Skäl som godtas"))
    for field in source.fields:
        levels = ", ".join(level.label.lower() for level in field.levels)
        sheet.append((field.label, field.unit, field.definition, levels, reasons_hint(field)))
    for letter, width in zip("ABCDE", (36, 18, 60, 30, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
