"""The workbook: a sheet per chapter, every figure as a row, numbers as numbers, and no formula at all."""

import io
from dataclasses import replace
from itertools import pairwise

import pytest
from openpyxl import Workbook, load_workbook

from portal.domain.accounts.access import OPERATOR
from portal.domain.annual_report.content import FORECAST_PARTS, Chart, ChartMark, Shape
from portal.reports import cover, excel, excel_charts, figures
from portal.services.annual_report import documents


EMU_PER_CM = 360_000  # how drawings in office files are measured


@pytest.fixture(scope="module")
def book(made):
    return load_workbook(io.BytesIO(made("xlsx")))


def test_there_is_a_sheet_per_chapter_one_of_data_and_one_of_sources(book):
    names = book.sheetnames

    assert names[0] == "Innehåll"
    assert names[-2:] == ["Data", "Källor"]
    for chapter in ("3", "4.1", "4.2", "4.3", "4.4", "4.5", "5", "6", "Bilaga 1"):
        assert any(name.startswith(f"{chapter} ") for name in names)


def test_the_data_sheet_holds_every_figure_that_the_report_shows_once_as_a_number(demo, book):
    headings, *rows = book["Data"].iter_rows(values_only=True)
    shown = list(figures.rows(documents.open_edition(demo, OPERATOR, year=2024).report))

    assert len(rows) == len(shown) > 500
    place = headings.index("värde")
    assert [row[place] for row in rows] == [values[place] for values in shown]


def test_each_figure_has_a_value_or_a_reason(book):
    headings, *rows = book["Data"].iter_rows(values_only=True)
    value, reason = headings.index("värde"), headings.index("skäl")

    assert [row for row in rows if row[value] is None and not row[reason]] == []


def test_a_number_is_shown_as_in_the_report(book):
    sheet = next(sheet for sheet in book.worksheets if sheet.title.startswith("4.5 "))
    shown = {(cell.value, cell.number_format) for row in sheet.iter_rows() for cell in row}

    assert (29985, "#,##0") in shown
    assert (80, '#,##0"\u00a0%"') in shown


def test_what_begins_like_a_formula_is_text(demo):
    shown = documents.open_edition(demo, OPERATOR, year=2024)
    bad = ("=1+1", "+46 70", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1")
    section = replace(shown.report.section("5"), notes=bad, lead=bad[0])
    content = excel.write(replace(shown.report, sections=(section,)), shown.about)

    book = load_workbook(io.BytesIO(content))

    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    quoted = [cell for cell in cells if cell.value in bad]
    assert len(quoted) >= len(bad)
    assert all(cell.quotePrefix for cell in quoted)


def test_every_printed_page_of_the_demo_says_that_its_months_are_invented(book):
    for sheet in book.worksheets:
        assert sheet.oddHeader.center.text == cover.DEMO
    assert book["Innehåll"]["A2"].value == cover.DEMO


def charts_of(book):
    return {
        "".join(run.t for run in chart.title.tx.rich.p[0].r): (sheet, chart)
        for sheet in book.worksheets
        for chart in sheet._charts
    }


def drawn(sheet, series):
    """Return what a series draws: its name, and label → value of its cells."""
    name, labels, values = (
        [cell.value for row in sheet[reference.partition("!")[2].replace("$", "")] for cell in row]
        if ":" in reference
        else [sheet[reference.partition("!")[2].replace("$", "")].value]
        for reference in (series.tx.strRef.f, (series.cat.numRef or series.cat.strRef).f, series.val.numRef.f)
    )
    return name[0], dict(zip(labels, values, strict=True))


def test_every_figure_but_the_map_of_time_is_a_chart_of_excels_own_on_its_chapters_sheet(demo, book):
    report = documents.open_edition(demo, OPERATOR, year=2024).report
    figures = {chart.title: chart for chart in report.charts if chart.shape is not Shape.TIMELINE}
    native = charts_of(book)

    assert set(native) == set(figures)
    for title, (sheet, chart) in native.items():
        for series in chart.series:
            name, values = drawn(sheet, series)
            wanted = {m.label: m.value for m in figures[title].marks if m.series in (name, "")}
            assert values == wanted, title


def test_a_forecast_and_its_band_are_dashed_in_their_lines_colour():
    marks = [
        ChartMark(label="jan", series=f"{name}{part}", value=1.0)
        for name in ("utredning", "behandling")
        for part in FORECAST_PARTS
    ]
    chart = Chart(number="T7", shape=Shape.FORECAST, caption="Kö", alt="Linjer.", marks=tuple(marks))
    sheet = Workbook().active

    excel_charts.add(sheet, chart, heading_row=1, column=11)

    (native,) = sheet._charts
    lines = [series.graphicalProperties.line for series in native.series]
    assert [line.dashStyle for line in lines] == ["solid", "dash", "sysDot", "sysDot"] * 2
    colours = [line.solidFill.srgbClr for line in lines]
    assert len(set(colours[:4])) == len(set(colours[4:])) == 1 and colours[0] != colours[4]


def test_shares_are_drawn_to_100_and_counts_from_0(book):
    for title, (_, chart) in charts_of(book).items():
        assert chart.y_axis.scaling.min == 0
        assert (chart.y_axis.scaling.max == 100) is ("(procent)" in title)
        assert not chart.x_axis.delete
        assert not chart.y_axis.delete


def test_charts_do_not_cover_what_stands_beneath(book):
    for sheet in book.worksheets:
        anchors = sorted((chart.anchor for chart in sheet._charts), key=lambda anchor: anchor._from.row)
        for before, after in pairwise(anchors):
            rows = before.ext.height / EMU_PER_CM / excel_charts.SHEET_ROW_CM
            assert before._from.row + rows <= after._from.row
