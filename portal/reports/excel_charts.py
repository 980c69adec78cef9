"""The report's figures as Excel's own charts, each beside the cells that it draws."""

from math import ceil
from typing import Any

from portal.charts.palette import DASHES, GREEN, PALE, QUEUES
from portal.domain.annual_report.content import Chart, Shape


CHARTED = (
    Shape.BARS,
    Shape.LINES,
    Shape.FORECAST,
    Shape.MAP,
)  # Excel has no chart for when a clinic was open
WIDTH_CM, ROW_CM, AROUND_CM, LINES_CM, AHEAD_CM = 16.0, 0.62, 3.0, 7.5, 11.0
SHEET_ROW_CM = 0.53
EXCEL_DASHES = ("solid", "dash", "sysDot")[: len(DASHES)]
AHEAD_DASHES = ("solid", "dash", "sysDot", "sysDot")  # of FORECAST_PARTS
TITLE_SIZE = 1100  # hundredths of a point


def height_cm(chart: Chart) -> float:
    """Return how high a chart is drawn: by its bars, or as lines are."""
    if chart.is_over_months:
        return LINES_CM if chart.shape is Shape.LINES else AHEAD_CM
    return AROUND_CM + ROW_CM * len({mark.label for mark in chart.marks}) * max(1, len(chart.series)) / 1.4


def rows_beside(chart: Chart) -> int:
    """Return how many rows of a sheet the chart takes."""
    return ceil(height_cm(chart) / SHEET_ROW_CM) + 1


def add(sheet: Any, chart: Chart, *, heading_row: int, column: int) -> None:
    """Draw the chart of the cells beneath a heading row: labels in the first column, a series in each that follows.

    It stands beside them, from that column on.
    """
    from openpyxl.chart import Reference
    from openpyxl.utils import get_column_letter

    last_row = heading_row + len({mark.label for mark in chart.marks})
    columns = max(1, len(chart.series))
    drawing = _lines() if chart.is_over_months else _bars(chart)
    drawing.add_data(
        Reference(sheet, min_col=2, max_col=1 + columns, min_row=heading_row, max_row=last_row),
        titles_from_data=True,
    )
    drawing.set_categories(Reference(sheet, min_col=1, min_row=heading_row + 1, max_row=last_row))
    _colour(drawing, chart)
    _title(drawing, chart.title)
    drawing.width, drawing.height = WIDTH_CM, height_cm(chart)
    drawing.x_axis.delete = drawing.y_axis.delete = False  # openpyxl leaves them out otherwise
    drawing.y_axis.title = None
    drawing.y_axis.number_format = "#,##0"
    if len(chart.series) < 2:
        drawing.legend = None
    else:
        drawing.legend.position = "t"
    sheet.add_chart(drawing, f"{get_column_letter(column)}{heading_row - 1}")


def _bars(chart: Chart) -> Any:
    from openpyxl.chart import BarChart

    bars = BarChart()
    bars.type, bars.gapWidth, bars.overlap = "bar", 40, 0
    bars.x_axis.scaling.orientation = "maxMin"  # the first label on top
    bars.y_axis.crosses, bars.y_axis.scaling.min = "max", 0  # its numbers below all the same
    if chart.is_of_shares:
        bars.y_axis.scaling.max, bars.y_axis.majorUnit = 100, 25
    return bars


def _lines() -> Any:
    from openpyxl.chart import LineChart

    lines = LineChart()
    lines.y_axis.scaling.min = 0
    return lines


def _colour(drawing: Any, chart: Chart) -> None:
    """Give the series the report's colours: last year pale, each line with a dash of its own."""
    if not chart.is_over_months:
        for series, colour in zip(drawing.series, (GREEN, PALE), strict=False):
            series.graphicalProperties.solidFill = colour[1:]
        return
    for series, (colour, dash) in zip(drawing.series, _looks(chart), strict=False):
        line = series.graphicalProperties.line
        line.solidFill, line.dashStyle, line.width = colour[1:], dash, 25_000
        series.smooth = False


def _looks(chart: Chart) -> list[tuple[str, str]]:
    """Return the colour and the dash of each line; a forecast and its band have their line's colour."""
    if chart.shape is Shape.LINES:
        return list(zip(QUEUES, EXCEL_DASHES, strict=True))
    return [(colour, dash) for colour in QUEUES for dash in AHEAD_DASHES]


def _title(drawing: Any, text: str) -> None:
    from openpyxl.chart.text import RichText
    from openpyxl.chart.title import Title
    from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun

    looks = CharacterProperties(sz=TITLE_SIZE, b=True)
    run = RegularTextRun(rPr=looks, t=text)
    title = Title(overlay=False)
    title.tx = _text(RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=looks), r=[run])]))
    drawing.title = title


def _text(rich: Any) -> Any:
    from openpyxl.chart.text import Text

    return Text(rich=rich)
