"""The annual report on the page, a passage at a time: drawn from the report object only, as its documents are."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from portal.charts import shapes
from portal.domain.accounts.access import RegionUser, User
from portal.domain.annual_report import headlines
from portal.domain.annual_report.content import (
    AnnualReport,
    CellKind,
    Chart,
    ReportCell,
    ReportRow,
    ReportTable,
    Section,
    Shape,
)
from portal.domain.annual_report.headlines import HeadlineFigure
from portal.domain.annual_report.wording import blocks
from portal.domain.insight.contract import Verdict
from portal.reports import cover, headline_numbers, listing
from portal.reports.headline_numbers import HeadlineNumber
from portal.services.annual_report import documents, freezing
from portal.services.annual_report.documents import Edition
from portal.services.insight import benchmarks
from portal.ui.base import markup, tiles
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, joined, tag
from portal.ui.base.tiles import NumberTile
from portal.ui.page import address


STATES = ("Utkast", "Fastställd", "Publicerad")
NOW = 0  # what stands for the draft among the frozen versions' numbers
MANY = 7  # columns that fit in their usual size
MAP_HEIGHT = 360  # on a page
AROUND = {  # pixels for a chart's axis, legend and padding on a page
    Shape.BARS: 100,
    Shape.LINES: 110,
    Shape.FORECAST: 110,
    Shape.MAP: 0,
    Shape.TIMELINE: 50,
}
BESIDE = {  # pixels for what stands beside the longest bar, and the lines' names at their ends
    Shape.BARS: 95,
    Shape.LINES: 110,
    Shape.FORECAST: 110,
    Shape.MAP: 5,
    Shape.TIMELINE: 5,
}
MOST_SENTENCES = 1  # above a chart, and beneath large figures that say the same
MOST_WRITTEN = 100  # words of the region's own before the rest is folded
MOST_LISTED = 5  # without one
MOST_ROWS, MOST_CELLS = 12, 60  # of a table that stands open, where there is no figure; marks may be more


def choose_year(user: User) -> int:
    """Let the user choose a year (`?ar=2024`): the one that is over, for a clinic the newest published one first."""
    if isinstance(user, RegionUser):
        years, published = benchmarks.years_of_reports(portal()), []
    else:
        published = [frozen.year for frozen in freezing.list_frozen(portal(), user)]
        years = sorted({*published, *benchmarks.years(portal())}, reverse=True)
    over = years[1] if len(years) > 1 else years[0]
    return address.select("År", years, parameter="ar", first=max(published, default=over))


def choose(user: User, year: int) -> Edition | None:
    """Let the user choose a version (`?version-2024=1`); None when there is nothing of the year that they may read."""
    if not isinstance(user, RegionUser) and freezing.newest_published(portal(), user, year) is None:
        return None
    return documents.open_edition(portal(), user, year=year, version=_choose_version(user, year))


def _choose_version(user: User, year: int) -> int | None:
    """Return the version to show, the newest published one to begin with; None is the draft, which only the region has."""
    versions = {frozen.version: frozen for frozen in freezing.list_frozen(portal(), user, year)}
    choices = [NOW, *versions] if isinstance(user, RegionUser) else [*versions]
    published = [version for version, frozen in versions.items() if frozen.is_published]
    chosen = address.select(
        "Version",
        choices,
        parameter=version_parameter(year),
        first=next(iter(published), choices[0]),
        words=lambda version: documents.short_state(versions[version]) if version else "Utkast",
    )
    return chosen or None


def version_parameter(year: int | str) -> str:
    """Return what the address calls the version of a year: each year has its own."""
    return f"version-{year}"


def show_title(edition: Edition | None, year: int) -> None:
    """Name the year, and say which state of it is shown and how much of the year it holds."""
    st.title(f"Årsuppföljning {year}")
    if edition is None:
        st.info(
            f"Regionens årsuppföljning för {year} är inte publicerad än. Den görs av månaderna som är skickade: ni "
            "behöver inte göra något mer. Så här ser ert eget år ut."
        )
        return
    until = "" if edition.report.is_of_whole_year else f"{cover.subtitle(edition.report)}. "
    st.html(joined([_states(edition), markup.paragraph(f"{until}{edition.note}", css="note")]))


def _states(edition: Edition) -> Markup:
    """Return draft, frozen and published as three steps, the one that is shown marked."""
    frozen = edition.frozen
    now = 0 if frozen is None else 2 if frozen.is_published else 1
    steps = [
        tag("li", state, aria_current="step" if place == now else "") for place, state in enumerate(STATES)
    ]
    return tag("ol", *steps, class_="portal-states")


def sections_of(report: AnnualReport, passage: str) -> tuple[Section, ...]:
    """Return what stands in a passage; the lists that close the report are made where they are read."""
    sections = report.passages[passage]
    whole = (
        listing.with_lists(report)
        if any(section.number == listing.APPENDIX for section in sections)
        else report
    )
    return whole.passages[passage]


def show_passage(report: AnnualReport, passage: str) -> None:
    """Show a passage of a version that nobody writes in any more."""
    for section in sections_of(report, passage):
        show_opening(section, report)
        show_basis(section, report)


def show_opening(section: Section, report: AnnualReport, *, has_words: bool = True) -> None:
    """Show a section's heading, its figures and what is said of them."""
    figures = headlines.on_screen(headlines.of_section(section, report))
    parts = [_heading(section)]
    if figures:
        parts.append(tiles.numbers([_number(number) for number in headline_numbers.numbers(figures)]))
    if has_words:
        parts += _words(section, report)
    st.html(joined(parts))


def _number(number: HeadlineNumber) -> NumberTile:
    return NumberTile(label=number.label, value=number.value, detail=number.detail, css=number.css)


def _heading(section: Section) -> Markup:
    if is_heading(section):
        return markup.paragraph(section.heading, css="note")
    return markup.heading(2 if section.level < 3 else 3, section.heading)


def is_heading(section: Section) -> bool:
    """Tell whether nothing stands under it: the heading above the sections that follow."""
    return not (has_words(section) or _has_basis(section) or cover.is_unwritten(section))


def has_words(section: Section) -> bool:
    return bool(section.text or section.generated or section.lead)


def _words(section: Section, report: AnnualReport) -> list[Markup]:
    """Return the region's own words, otherwise what opens it and the generated sentences, one to a line."""
    parts = [] if _has_basis(section) else _paragraphs(section.lead)
    if cover.is_unwritten(section):
        parts.append(markup.paragraph(cover.UNWRITTEN, css="note"))
    if section.text:
        return [*parts, *_written(section.text)]
    return [*parts, *map(markup.paragraph, section.generated[: _sentences_above(section, report)])]


def _written(text: str) -> list[Markup]:
    """Return the region's own words, of a long text the beginning and behind a line to click on the rest."""
    paragraphs = _paragraphs(text)
    rest: list[Markup] = []
    while len(paragraphs) > 1 and sum(len(paragraph.split()) for paragraph in paragraphs) > MOST_WRITTEN:
        rest.insert(0, paragraphs.pop())
    return [*paragraphs, tiles.fold("Läs resten", *rest, is_printed=True)] if rest else paragraphs


def _paragraphs(text: str) -> list[Markup]:
    texts = [f"• {block.text}" if block.is_item else block.text for block in blocks(text)]
    return [markup.paragraph(paragraph) for paragraph in texts]


def _sentences_above(section: Section, report: AnnualReport) -> int:
    """Return how many of the sentences stand above what shows the same: none of many, nor above an open table."""
    if len(section.generated) > MOST_LISTED or _opens_table(section, report):
        return 0
    return MOST_SENTENCES if _has_basis(section) else len(section.generated)


def _has_basis(section: Section) -> bool:
    return bool(section.charts or section.tables)


def show_basis(section: Section, report: AnnualReport) -> None:
    """Show a section's charts, their source once, and folded under them more in words, tables and how it is counted."""
    for place, chart in enumerate(section.charts, 1):
        show_chart(chart, section.source if place == len(section.charts) else "")
    if _has_basis(section):
        tables = section.tables[: _opens_table(section, report)]
        folds = _folds(section, report, section.tables[len(tables) :])
        st.html(joined([*map(table_html, tables), tag("div", *folds, class_="portal-folds")]))


def show_chart(chart: Chart, source: str) -> None:
    spec = shapes.spec(chart, width="container")
    spec["padding"] = {"left": 5, "top": 5, "bottom": 5, "right": BESIDE[chart.shape]}
    height = spec.pop("height") if chart.shape is not Shape.MAP else MAP_HEIGHT
    st.vega_lite_chart(
        spec,
        width="stretch",
        height=height + AROUND[chart.shape],
        alt=cover.alternative(chart),
        key=f"chart-{chart.key}",
    )
    st.html(markup.paragraph(f"{chart.title}. Källa: {source}." if source else chart.title, css="note"))


def _opens_table(section: Section, report: AnnualReport) -> bool:
    """Tell whether the first table stands open: where there is neither a figure nor a chart, unless it is long."""
    if not section.tables or section.charts or headlines.of_section(section, report):
        return False
    rows = section.tables[0].rows
    cells = [cell for row in rows for cell in row.cells]
    return len(rows) <= MOST_ROWS and (len(cells) <= MOST_CELLS or any(map(_verdict, cells)))


def _folds(section: Section, report: AnnualReport, tables: Sequence[ReportTable]) -> list[Markup]:
    more = () if section.text else section.generated[_sentences_above(section, report) :]
    folds = [("Mer i ord", [markup.paragraph(sentence) for sentence in more])] if more else []
    if tables:
        folds.append(("Tabeller" if len(tables) > 1 else "Tabell", list(map(table_html, tables))))
    printed = [tiles.fold(title, *parts, is_printed=True) for title, parts in folds]
    return [*printed, *_method(section)]


def _method(section: Section) -> list[Markup]:
    """Return what the figures count, folded."""
    source = f"Källa: {section.source}." if section.source and not section.charts else ""
    notes = [markup.paragraph(note) for note in (*section.notes, source) if note]
    texts = [*_paragraphs(section.lead), *notes]
    return [tiles.fold("Så räknas det", *texts)] if texts else []


def show_summary(report: AnnualReport, *, has_words: bool = True) -> None:
    """Show the year in three messages and five sentences, with every headline figure folded under them."""
    section, figures = report.section(""), headlines.of_report(report)
    cards = [tag("li", _card(figure)) for figure in headlines.messages(figures)]
    st.html(
        joined(
            [
                markup.heading(2, section.title),
                tag("ul", *cards, class_="portal-tiles large") if cards else "",
                *(_said(section) if has_words else ()),
                *(tiles.fold(table.title, table_html(table), is_printed=True) for table in section.tables),
            ]
        )
    )


def _said(section: Section) -> list[Markup]:
    body = _paragraphs(section.text) if section.text else list(map(markup.paragraph, section.generated))
    return [*_paragraphs(section.lead), *body]


def _card(figure: HeadlineFigure) -> Markup:
    """Return one message: its figure, how it has changed, and both years as bars where it is a share."""
    now, before = figure.now.value, figure.before
    bars = [_bar(figure, now, ""), _bar(figure, before, "before")]
    return tag(
        "div",
        tag("span", figure.indicator.label, class_="head"),
        tag(
            "span",
            tag("b", headline_numbers.value(figure, now), class_=headline_numbers.css(figure)),
            class_="figure",
        ),
        tag("span", headline_numbers.change(figure), class_="region"),
        tag("span", *bars if figure.indicator.is_share else (), class_="reason"),
        class_="portal-tile",
    )


def _bar(figure: HeadlineFigure, amount: float | None, css: str) -> Markup:
    return tag("span", tag("span", style=f"width: {amount or 0:.0f}%"), class_=f"bar {css}".strip())


def table_html(table: ReportTable) -> Markup:
    place = table.bar_column
    longest = max(_numbers(table, place), default=0) if place is not None else 0
    rows = [_row(row, place, longest) for row in table.rows]
    css = "many" if len(table.headings) > MANY else ""
    return markup.table(table.headings, rows, caption=table.title, css=css)


def _numbers(table: ReportTable, place: int) -> list[float]:
    values = [row.cells[place].value for row in table.rows if not row.is_total]
    return [value for value in values if value is not None]


def _row(row: ReportRow, bar_column: int | None, longest: float) -> markup.TableRow:
    bar_scale = 0.0 if row.is_total else longest
    cells = [_cell(cell, bar_scale if place == bar_column else 0.0) for place, cell in enumerate(row.cells)]
    return markup.TableRow(tuple(cells), "total" if row.is_total else "")


def _cell(cell: ReportCell, bar_scale: float) -> TableCell:
    """Return a cell, with a bar beside its number when the bars have a scale: the longest bar's value."""
    if verdict := _verdict(cell):
        return verdict
    css = {CellKind.NUMBER: "num", CellKind.MISSING: "num missing", CellKind.TEXT: ""}[cell.kind]
    length = cell.value / bar_scale if bar_scale and cell.value is not None else None
    return TableCell(cell.text, css=css, bar=length)


def _verdict(cell: ReportCell) -> TableCell | None:
    """Return a demand's verdict as its mark and the share it rests on, coloured; None for what is no verdict."""
    for verdict in Verdict:
        in_words = f"{verdict.symbol} {verdict.label}"
        if cell.text.startswith(in_words):
            behind = cell.text.removeprefix(in_words).strip(" ()")
            figure = behind if "%" in behind and verdict is not Verdict.UNKNOWN else ""
            return TableCell(f"{verdict.symbol} {figure}".strip(), css=verdict, said=cell.text)
    return None
