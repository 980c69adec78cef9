"""The template workbook (blankett): written from the declarations that the reader goes by."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from portal.domain.registry.clinics import Clinic
from portal.domain.registry.measures import MEASURES, MEASURES_BY_CODE, Measure, MeasureKind, wholes_of
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer
from portal.domain.reporting.grammar import reason_words
from portal.domain.reporting.texts import FORMULA_SIGNS


TEMPLATE_VERSION = "2"
# Older ones differ by rows that they lack: what stands in those is kept as it is.
VERSIONS_READ = ("1", TEMPLATE_VERSION)
DATA_SHEET = "Månadsdata"
DEFINITIONS_SHEET = "Definitioner"
CLINIC_LABEL = "Mottagning"
VERSION_LABEL = "Mallversion"
CODE, LABEL, UNIT, REQUIRED = "Kod", "Mått", "Enhet", "Krävs"
REFERENCE = "Förra månaden"  # a column whose heading starts like this is not read back

HEADING_ROW = 6
INSTRUCTION = (
    "Fyll i de gula rutorna med hela tal, 0 om det inte var några. Kan ett mått inte räknas: "
    f"skriv skälet i ord, {reason_words()}. Rader och kolumner får byta plats. "
    "Bladet är skyddat utan lösenord: måste något bort, välj Granska – Ta bort bladets skydd."
)

Answers = Mapping[str, Answer]


def write(
    clinic: Clinic,
    months: Sequence[Month],
    *,
    values: Mapping[tuple[Month, str], Answer] | None = None,
    reference: Month | None = None,
    reference_values: Answers | None = None,
    label: str = "",
) -> bytes:
    """Return the clinic's workbook for the months, with what is already reported filled in.

    `label` stands in the title: the demo's says that its months are invented.
    """
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = DATA_SHEET
    _write_top(sheet, clinic, months, label)
    _write_headings(sheet, months, reference)
    for row, measure in enumerate(ordered_measures(), start=HEADING_ROW + 1):
        _write_fixed(sheet, row, measure)
        if reference:
            _write_reference(sheet.cell(row, 5), (reference_values or {}).get(measure.code))
        for column, month in enumerate(months, start=_first_month_column(reference)):
            _write_input(sheet.cell(row, column), measure, (values or {}).get((month, measure.code)))
    _set_up(sheet, months, reference)
    _write_definitions(book.create_sheet(DEFINITIONS_SHEET))
    return saved(book)


def ordered_measures() -> list[Measure]:
    """Return the measures with every part directly under its whole, and its own parts under it."""
    return list(_parts_of(None))


def _parts_of(whole: str | None) -> Iterator[Measure]:
    for measure in MEASURES:
        if measure.not_above == whole:
            yield measure
            yield from _parts_of(measure.code)


def _first_month_column(reference: Month | None) -> int:
    return 6 if reference else 5


# --- looks ---

_BOLD = Font(bold=True)
_HEADING_FILL = PatternFill("solid", fgColor="0E5A4C")
_INPUT_FILL = PatternFill("solid", fgColor="FFF8DC")
_LOCKED_FILL = PatternFill("solid", fgColor="ECECEC")
_LINE = Border(bottom=Side(style="thin", color="BFBFBF"))
_OPEN = Protection(locked=False)


def _write_top(sheet: Worksheet, clinic: Clinic, months: Sequence[Month], label: str) -> None:
    period = months[0].label if len(months) == 1 else f"{months[0].label} – {months[-1].label}"
    sheet["B1"] = f"Månadsdata för {clinic.name}, {period}" + (f" – {label}" if label else "")
    sheet["B1"].font = Font(bold=True, size=14)
    for row, cells in ((2, (CLINIC_LABEL, clinic.code, clinic.name)), (3, (VERSION_LABEL, TEMPLATE_VERSION))):
        for column, text in enumerate(cells, start=2):
            sheet.cell(row, column, text)
        sheet.cell(row, 2).font = _BOLD
    sheet["B4"] = INSTRUCTION
    sheet["B4"].alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells(start_row=4, end_row=4, start_column=2, end_column=5)
    sheet.row_dimensions[4].height = 96


def _write_headings(sheet: Worksheet, months: Sequence[Month], reference: Month | None) -> None:
    headings = [CODE, LABEL, UNIT, REQUIRED]
    headings += [f"{REFERENCE} ({reference})"] if reference else []
    headings += [str(month) for month in months]
    for column, text in enumerate(headings, start=1):
        cell = sheet.cell(HEADING_ROW, column, text)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = _HEADING_FILL
        cell.alignment = Alignment(wrap_text=True, vertical="center")


def _write_fixed(sheet: Worksheet, row: int, measure: Measure) -> None:
    for column, text in enumerate((measure.code, measure.label, measure.unit, _required(measure)), start=1):
        sheet.cell(row, column, text).border = _LINE
    sheet.cell(row, 2).alignment = Alignment(indent=2 * len(wholes_of(measure)))
    sheet.cell(row, 1).font = Font(color="6B6B6B", size=9)


def _required(measure: Measure) -> str:
    return "ja" if measure.required else "frivilligt"


def _shown(answer: Answer | None) -> int | str | None:
    if answer is None:
        return None
    return answer.reason.label if answer.reason else answer.value


def _write_reference(cell: Cell, answer: Answer | None) -> None:
    cell.value = _shown(answer)
    cell.fill, cell.border = _LOCKED_FILL, _LINE
    cell.number_format = "#,##0"


def _write_input(cell: Cell, measure: Measure, answer: Answer | None) -> None:
    cell.value = _shown(answer)
    cell.border, cell.protection = _LINE, _OPEN
    cell.number_format = "#,##0"
    cell.alignment = Alignment(horizontal="right")
    if measure.required:
        cell.fill = _INPUT_FILL


def _set_up(sheet: Worksheet, months: Sequence[Month], reference: Month | None) -> None:
    first = _first_month_column(reference)
    for letter, width in zip("ABCD", (34, 46, 14, 11), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.column_dimensions["A"].hidden = True  # the codes: read all the same (`blankett.columns_in_use`)
    for column in range(5, first + len(months)):
        sheet.column_dimensions[get_column_letter(column)].width = 15
    sheet.freeze_panes = sheet.cell(HEADING_ROW + 1, first)
    _print_landscape(sheet)
    sheet.print_title_rows = f"{HEADING_ROW}:{HEADING_ROW}"
    # Without a password: it only keeps one from overwriting a code by mistake.
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False


def _print_landscape(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


# --- the second sheet ---

_KINDS = {MeasureKind.FLOW: "under månaden", MeasureKind.STOCK: "månadens sista dag"}


def _write_definitions(sheet: Worksheet) -> None:
    headings = (CODE, LABEL, UNIT, "Räknas", REQUIRED, "Definition", "Delmängd av", "Anmärkning")
    sheet.append(headings)
    for measure in ordered_measures():
        sheet.append(_definition(measure))
    for letter, width in zip("ABCDEFGH", (34, 46, 14, 18, 11, 60, 34, 50), strict=True):
        sheet.column_dimensions[letter].width = width
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEADING_FILL
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    _print_landscape(sheet)


def _definition(measure: Measure) -> tuple[str, ...]:
    whole_label = MEASURES_BY_CODE[measure.not_above].label if measure.not_above else ""
    kind = _KINDS[measure.kind]
    note = measure.note
    return (
        measure.code,
        measure.label,
        measure.unit,
        kind,
        _required(measure),
        measure.definition,
        whole_label,
        note,
    )


# --- the same bytes for the same input ---

_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def _keep_texts(book: Workbook) -> None:
    """Make every text a text: none that begins like a formula may become one, also when it is edited."""
    for sheet in book.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)):
            cell.data_type = "s"
            if cell.value.startswith(FORMULA_SIGNS):
                cell.quotePrefix = True


def saved(book: Workbook) -> bytes:
    """Return the workbook's bytes without the time of writing: the same input gives the same file."""
    book.properties.creator = "Vårdval BUP"
    _keep_texts(book)
    written, target = io.BytesIO(), io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = _TIMES.sub(rb"\g<1>2025-01-01T00:00:00Z", part)
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return target.getvalue()
