"""The template of the workbook that a portal is set up from: headings, each with a comment, and no rows."""

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from portal.uploads.setup.sheets import SHEETS, SetupSheet
from portal.uploads.template import saved


AUTHOR = "Vårdval BUP"
_FILL = PatternFill("solid", fgColor="0E5A4C")


def write() -> bytes:
    """Return the empty workbook."""
    book = Workbook()
    for place, declared in enumerate(SHEETS):
        sheet = book.active if place == 0 else book.create_sheet()
        assert isinstance(sheet, Worksheet)
        _write_sheet(sheet, declared)
    return saved(book)


def _write_sheet(sheet: Worksheet, declared: SetupSheet) -> None:
    sheet.title = declared.name
    for number, column in enumerate(declared.columns, start=1):
        cell = sheet.cell(1, number, column.heading)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _FILL
        cell.comment = Comment(column.advice, AUTHOR, width=320, height=140)
        sheet.column_dimensions[cell.column_letter].width = max(18, len(column.example) + 2)
    sheet.freeze_panes = "A2"
