"""The annual report on the page: drawn from the report object only, as its documents are."""

import streamlit as st

from portal.charts import shapes
from portal.domain.accounts.access import RegionUser, User
from portal.domain.annual_report.content import (
    AnnualReport,
    CellKind,
    Chart,
    ReportCell,
    ReportRow,
    ReportTable,
    Section,
)
from portal.domain.annual_report.wording import blocks
from portal.reports import cover
from portal.services.annual_report import documents, freezing
from portal.services.annual_report.documents import Edition
from portal.services.insight import benchmarks
from portal.ui.base import markup
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell
from portal.ui.page import address


WHOLE = "Hela rapporten"
NOW = 0  # what stands for the draft among the frozen versions' numbers
AROUND = 110  # pixels for a chart's axis, legend and padding on a page
DRAFT = "Utkast: siffrorna som de är nu"


def choose(user: User) -> Edition | None:
    """Let the user choose year (`?ar=2024`) and version (`?version-2024=1`); None when there is nothing that they may read."""
    if isinstance(user, RegionUser):
        years = benchmarks.years(portal())
        first = 1 if len(years) > 1 else 0  # the year that is over, not the one that has begun
    else:
        years = sorted({frozen.year for frozen in freezing.list_frozen(portal(), user)}, reverse=True)
        first = 0
    if not years:
        return None
    year_column, version_column = st.columns([1, 2])
    with year_column:
        year = address.select("År", years, parameter="ar", first=years[first])
    with version_column:
        version = _choose_version(user, year)
    return documents.open_edition(portal(), user, year=year, version=version)


def _choose_version(user: User, year: int) -> int | None:
    """Return the version to show; None is the draft, which only the region has."""
    versions = {frozen.version: frozen for frozen in freezing.list_frozen(portal(), user, year)}
    choices = [NOW, *versions] if isinstance(user, RegionUser) else [*versions]
    chosen = address.select(
        "Version",
        choices,
        parameter=version_parameter(year),
        first=choices[0],
        words=lambda version: DRAFT if version == NOW else documents.state_of(versions[version]),
    )
    return None if chosen == NOW else chosen


def version_parameter(year: int) -> str:
    """Return what the address calls the version of a year: each year has its own."""
    return f"version-{year}"


def show_title(edition: Edition | None) -> None:
    st.title(f"Årsuppföljning {edition.report.year}" if edition else "Årsuppföljning")
    if edition is None:
        st.info("Ingen årsuppföljning är publicerad än. Regionen publicerar den här när den är fastställd.")
        return
    st.caption(f"Vårdval BUP, Region Dalarna. {cover.subtitle(edition.report)}. {edition.about.state}")


def choose_part(report: AnnualReport) -> str:
    """Return the chapter to show, or the whole report; `?kapitel=5` chooses."""
    chapters = report.chapters
    parts = [WHOLE, *chapters]
    return address.select(
        "Visa",
        parts,
        parameter="kapitel",
        first=WHOLE,
        words=lambda part: part if part == WHOLE else chapters[part][0].heading.strip(),
    )


def show_whole(edition: Edition) -> None:
    """Show every chapter in words and tables; one element, since each costs the browser a message.

    Made once per content, as the documents are.
    """
    st.caption("Välj ett kapitel ovan för att se dess diagram.")
    sections = edition.report.sections
    report_html = portal().documents.get(
        (edition.digest, "html"), lambda: "".join(section_html(section) for section in sections)
    )
    st.html(report_html)


def show_section(section: Section) -> None:
    """Show one section with its charts."""
    st.html(_opening(section))
    for chart in section.charts:
        show_chart(chart)
    if tables_and_notes := _tables(section) + _closing(section):
        st.html(tables_and_notes)


def show_chart(chart: Chart) -> None:
    spec = shapes.spec(chart, width="container")
    height = spec.pop("height")
    st.vega_lite_chart(
        spec, width="stretch", height=height + AROUND, alt=cover.alternative(chart), key=f"chart-{chart.key}"
    )
    st.html(markup.paragraph(chart.title, css="note"))


def section_html(section: Section) -> str:
    """Return a section as the page shows it, without its charts."""
    return _opening(section) + _tables(section) + _closing(section)


def _tables(section: Section) -> str:
    return "".join(table_html(table) for table in section.tables)


def _opening(section: Section) -> str:
    parts = [markup.heading(2 if section.level < 3 else 3, section.heading.strip())]
    if section.is_addition and section.number:
        parts.append(markup.paragraph(cover.ADDITION, css="note"))
    if section.lead:
        parts.append(markup.paragraph(section.lead))
    if cover.is_unwritten(section):
        parts.append(markup.paragraph(cover.UNWRITTEN, css="note"))
    return "".join(parts) + words_html(section)


def words_html(section: Section) -> str:
    """Return the region's own words, otherwise the generated sentences, one to a line."""
    if not section.text:
        return "".join(markup.paragraph(sentence) for sentence in section.generated)
    return "".join(
        markup.paragraph(f"• {block.text}" if block.is_item else block.text) for block in blocks(section.text)
    )


def _closing(section: Section) -> str:
    notes = [*section.notes, *([f"Källa: {section.source}."] if section.source else [])]
    return "".join(markup.paragraph(note, css="note") for note in notes)


def table_html(table: ReportTable) -> str:
    place = table.bar_column
    longest = max(_numbers(table, place), default=0) if place is not None else 0
    rows = [_row(row, place, longest) for row in table.rows]
    return markup.table(table.headings, rows, caption=table.title)


def _numbers(table: ReportTable, place: int) -> list[float]:
    values = [row.cells[place].value for row in table.rows if not row.is_total]
    return [value for value in values if value is not None]


def _row(row: ReportRow, bar_column: int | None, longest: float) -> markup.TableRow:
    bar_scale = 0.0 if row.is_total else longest
    cells = [_cell(cell, bar_scale if place == bar_column else 0.0) for place, cell in enumerate(row.cells)]
    return markup.TableRow(tuple(cells), "total" if row.is_total else "")


def _cell(cell: ReportCell, bar_scale: float) -> TableCell:
    """Return a cell, with a bar beside its number when the bars have a scale: the longest bar's value."""
    css = {CellKind.NUMBER: "num", CellKind.MISSING: "num missing", CellKind.TEXT: ""}[cell.kind]
    length = cell.value / bar_scale if bar_scale and cell.value is not None else None
    return TableCell(cell.text, css=css, bar=length)
