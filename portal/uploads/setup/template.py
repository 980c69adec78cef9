"""The template of the workbook that a portal is set up from: headings, each with a comment, and no rows."""

from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from portal.domain.registry.region import Region
from portal.uploads.setup.columns import SetupSheet
from portal.uploads.setup.sheets import MUNICIPALITY, SHEETS
from portal.uploads.setup.workbook import LIMITS
from portal.uploads.template import saved


AUTHOR = "Vårdval BUP"
MOST_OFFERED = 253  # signs that Excel takes of a list, without its quotation marks
_FILL = PatternFill("solid", fgColor="0E5A4C")


def write(region: Region) -> bytes:
    """Return the empty workbook; of the region's municipalities one can be chosen."""
    book = Workbook()
    for place, declared in enumerate(SHEETS):
        sheet = book.active if place == 0 else book.create_sheet()
        assert isinstance(sheet, Worksheet)
        _write_sheet(sheet, declared, region)
    return saved(book)


def _write_sheet(sheet: Worksheet, declared: SetupSheet, region: Region) -> None:
    sheet.title = declared.name
    for number, column in enumerate(declared.columns, start=1):
        cell = sheet.cell(1, number, column.heading)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _FILL
        cell.comment = Comment(column.advice, AUTHOR, width=320, height=140)
        sheet.column_dimensions[cell.column_letter].width = max(18, len(column.example) + 2)
        choices = list(region.names.values()) if column is MUNICIPALITY else column.choices
        if 0 < len(",".join(choices)) <= MOST_OFFERED:
            _offer(sheet, cell.column_letter, choices)
    sheet.freeze_panes = "A2"


def _offer(sheet: Worksheet, letter: str, choices: Sequence[str]) -> None:
    """Let the cells below the heading open a list; what is written by hand may stand there too."""
    offered = DataValidation(type="list", formula1=f'"{",".join(choices)}"', showErrorMessage=False)
    offered.add(f"{letter}2:{letter}{LIMITS.lines}")
    sheet.add_data_validation(offered)
