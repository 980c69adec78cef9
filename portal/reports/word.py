"""The report as Word: real styles, headings, captions and alternative texts, for the region to edit further."""

import io
from collections.abc import Iterable, Sequence
from itertools import count

from portal.charts import drawing
from portal.domain.annual_report.content import (
    AnnualReport,
    CellKind,
    Chart,
    ReportRow,
    ReportTable,
    Shape,
)
from portal.domain.annual_report.wording import Block
from portal.domain.registry.logo import SVG, Logo
from portal.reports import cover, layout, word_pages, word_parts
from portal.reports.cover import Cover, Progress
from portal.reports.layout import PlacedSection
from portal.reports.word_pages import SectionPages
from portal.reports.word_parts import ContentsEntry, Paper, WordCell


PIXEL_CM, MAP_PIXEL_CM = 0.0229, 0.0212  # of a figure and of the map: all letters are of one size
LOGO_CM, LOGO_SCALE, LOGO_LINE = (
    1.4,
    3.0,
    52.0,
)  # how high it stands; pixels of a PNG per one of its SVG; its points
DEEPEST = 3  # level of the headings that the contents leave out
FRONT, CONTENTS_LINE = 180.0, 10.4  # points: what stands above the contents, and an entry of theirs
WIDE, WIDEST = 6, 8  # columns from which on the text is smaller, and smaller still


def write(report: AnnualReport, about: Cover, progress: Progress = cover.quiet) -> bytes:
    """Return the report as a docx file."""
    from docx import Document

    document = Document()
    word_parts.set_up(document, report, about)
    paper = Paper(document)
    placed = layout.arrange(report)
    pages, page_of_tables = word_pages.reckon(placed, _front_height(placed))
    _front(paper, report, about)
    tables_heading = layout.tables_heading(report)
    tables_entry = ContentsEntry(1, tables_heading, page_of_tables)
    word_parts.add_contents(paper, [*_contents(placed, pages), tables_entry])
    charts = len(report.charts)
    steps, step = charts + 1, count()
    for each, place in zip(placed, pages, strict=True):
        with paper.kept_together(each.is_together):
            _begin(paper, each, begins_page=place.begins_page)
            for chart in each.section.charts:
                progress(next(step), steps, chart.title)
                _picture(paper, chart)
            for table in each.tables:
                _table(paper, table)
            _end(paper, each)
    _moved(paper, placed, tables_heading)
    progress(charts, steps, "Skriver Wordfilen")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _front(paper: Paper, report: AnnualReport, about: Cover) -> None:
    if about.logo:
        _logo(paper, about.logo, report.region)
    paper.say(report.title, "Title")
    paper.say(f"{cover.subtitle(report)}. {about.state}", "Subtitle")
    if report.is_demo:
        paper.say(cover.DEMO, "Exempel")
    paper.say(cover.HOW_TO_READ, "Not")
    if about.sha256:
        paper.say(f"Kontrollsumma (SHA-256): {about.sha256}", "Not")
    paper.say("Innehåll", "Innehåll")


def _logo(paper: Paper, logo: Logo, name: str) -> None:
    from docx.shared import Cm

    picture = logo.content
    if logo.media_type == SVG:
        picture = drawing.svg_as_png(picture.decode(), scale=LOGO_SCALE)
    run = paper.say("", "Bild").add_run()
    run.add_picture(io.BytesIO(picture), height=Cm(LOGO_CM))
    word_parts.describe_picture(run, name="Logotyp", alternative=name)


def _contents(placed: Sequence[PlacedSection], pages: Sequence[SectionPages]) -> list[ContentsEntry]:
    """Return what the contents list: chapters and their parts, each with its page."""
    return [
        ContentsEntry(section.level, section.heading, place.page)
        for each, place in zip(placed, pages, strict=True)
        for section in (*each.openings, each.section)
        if section.level < DEEPEST
    ]


def _front_height(placed: Sequence[PlacedSection]) -> float:
    count = sum(section.level < DEEPEST for each in placed for section in (*each.openings, each.section))
    return FRONT + (count + 1) * CONTENTS_LINE


def _begin(paper: Paper, placed: PlacedSection, *, begins_page: bool) -> None:
    section = placed.section
    for place, opening in enumerate((*placed.openings, section)):
        heading = paper.say(opening.heading, f"Heading {opening.level}")
        heading.paragraph_format.page_break_before = True if begins_page and place == 0 else None
        word_parts.bookmark(heading, opening.heading)
        _words(paper, cover.opening(opening), keep_with_next=opening is not section)
    if cover.is_unwritten(section):
        paper.say(cover.UNWRITTEN, "Not")
    word_parts.add_numbers(paper, placed.numbers)
    _words(paper, placed.words)


def _words(paper: Paper, words: Iterable[Block], *, keep_with_next: bool = False) -> None:
    for block in words:
        style = "List Bullet" if block.is_item else "Normal"
        paper.say(block.text, style, keep_with_next=keep_with_next)


def _end(paper: Paper, placed: PlacedSection) -> None:
    if placed.remarks:
        paper.say(placed.remarks, "Not")


def _moved(paper: Paper, placed: Sequence[PlacedSection], tables_heading: str) -> None:
    """Set what has moved out of the chapters, each under the heading of its section."""
    heading = paper.say(tables_heading, "Heading 1")
    heading.paragraph_format.page_break_before = True
    word_parts.bookmark(heading, tables_heading)
    for each in placed:
        if each.moved or each.moved_words:
            paper.say(each.moved_heading, "Heading 2")
            _words(paper, each.moved_words)
            for table in each.moved:
                _table(paper, table)


def _picture(paper: Paper, chart: Chart) -> None:
    from docx.shared import Cm

    run = paper.say("", "Bild").add_run()
    pixel = MAP_PIXEL_CM if chart.shape is Shape.MAP else PIXEL_CM
    width = min(word_parts.TEXT_WIDTH_CM, pixel * drawing.size(chart).width)
    run.add_picture(io.BytesIO(drawing.png(chart)), width=Cm(width))
    word_parts.describe_picture(run, name=f"Figur {chart.number}", alternative=cover.alternative(chart))
    paper.say(chart.title, "Caption")


def _table(paper: Paper, table: ReportTable) -> None:
    paper.say(table.title, "Caption", keep_with_next=True)
    numeric = [table.is_numeric(place) for place in range(len(table.headings))]
    heading = [
        WordCell(text, is_bold=True, is_right=is_right)
        for text, is_right in zip(table.headings, numeric, strict=True)
    ]
    rows = [_row(row, numeric) for row in table.rows]
    style = _style(len(table.headings))
    paper.add_table(
        [heading, *rows],
        widths=table.widths,
        caption=table.title,
        style=style,
        is_whole=layout.is_whole(table),
    )
    paper.say("", "Efter tabell")


def _row(row: ReportRow, numeric: list[bool]) -> list[WordCell]:
    return [
        WordCell(
            cell.text,
            is_bold=row.is_total,
            is_italic=cell.kind is CellKind.MISSING and cell.text != "–",
            is_right=is_right,
        )
        for cell, is_right in zip(row.cells, numeric, strict=True)
    ]


def _style(columns: int) -> str:
    if columns > WIDEST:
        return "Tabelltext minst"
    return "Tabelltext liten" if columns > WIDE else "Tabelltext"
