"""The report as one web page that stands for itself: no script, no other file, the figures as SVG in the text."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from portal.charts import drawing
from portal.domain.annual_report.content import AnnualReport, Chart, ReportTable, Section
from portal.reports import cover, layout
from portal.reports.cover import Cover, Progress
from portal.reports.listing import with_lists


TEMPLATE = "report.jinja"
MOST_ROWS = 12  # of a table that stands open, where there is no figure


def write(report: AnnualReport, about: Cover, progress: Progress = cover.quiet) -> bytes:
    """Return the report as HTML in UTF-8."""
    charts = report.charts
    for step, chart in enumerate(charts):
        progress(step, len(charts) + 1, chart.title)
        drawing.inline_svg(chart)
    progress(len(charts), len(charts) + 1, "Skriver webbsidan")
    report_with_lists = with_lists(report)
    page = _template().render(
        report=report_with_lists,
        about=about,
        subtitle=cover.subtitle(report),
        demo=cover.demo(report),
        author=cover.author(report),
        how=cover.HOW_TO_READ,
        unwritten=cover.UNWRITTEN,
        anchor=anchor,
        levels=layout.levels(report.sections),
        numbers=lambda section: layout.numbers(section, report),
        is_unwritten=cover.is_unwritten,
        runs=cover.runs,
        opening=cover.opening,
        words=cover.words,
        picture=_picture,
        open_tables=open_tables,
        numeric_columns=numeric_columns,
        is_whole=layout.is_whole,
    )
    return str(page).encode()


@cache
def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=folder,
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finished,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(TEMPLATE)


def _finished(value: Any) -> Any:
    """Return what is set as it is read: text with its numbers unbroken, a picture as it is."""
    return cover.unbroken(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def anchor(section: Section) -> str:
    """Return what a section's address ends with: `avsnitt-4-5-1`, `bilaga-1`, `sammanfattning`."""
    name = section.number if section.number[:1].isalpha() else f"avsnitt {section.number}"
    return re.sub(r"[ .]+", "-", (name if section.number else section.title).lower())


def _picture(chart: Chart) -> Markup:
    return Markup(drawing.inline_svg(chart))  # made by Vega and written anew as XML: escaped


def numeric_columns(table: ReportTable) -> list[bool]:
    """Return of each column whether it is set flush right."""
    return [table.is_numeric(place) for place in range(len(table.headings))]


def open_tables(section: Section) -> tuple[ReportTable, ...]:
    """Return the first table where there is no figure, unless it is long or the appendix's; the others are folded."""
    tables = [table for table in section.tables if not table.is_appendix]
    if section.charts or not tables or len(tables[0].rows) > MOST_ROWS:
        return ()
    return (tables[0],)
