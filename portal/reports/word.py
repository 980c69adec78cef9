"""The report as Word: real styles, headings, captions and alternative texts, for the region to edit further."""

import io
from itertools import count

from portal.charts import drawing
from portal.domain.annual_report.content import (
    AnnualReport,
    CellKind,
    Chart,
    ReportRow,
    ReportTable,
    Section,
    Shape,
)
from portal.domain.annual_report.wording import Block
from portal.reports import cover, word_parts
from portal.reports.cover import Cover, Progress
from portal.reports.listing import with_lists
from portal.reports.word_parts import Paper, WordCell


PICTURE_CM = {Shape.BARS: 16.0, Shape.LINES: 16.0, Shape.TIMELINE: 16.0, Shape.MAP: 12.5}
WIDE, WIDEST = 6, 8  # columns from which on the text is smaller, and smaller still


def write(report: AnnualReport, about: Cover, progress: Progress = cover.quiet) -> bytes:
    """Return the report as a docx file."""
    from docx import Document

    document = Document()
    word_parts.set_up(document, report, about)
    paper = Paper(document)
    _front(paper, report, about)
    charts = len(report.charts)
    steps, step = charts + 1, count()
    for section in with_lists(report).sections:
        _begin(paper, section)
        for chart in section.charts:
            progress(next(step), steps, chart.title)
            _picture(paper, chart)
        for table in section.tables:
            _table(paper, table)
        _end(paper, section)
    progress(charts, steps, "Skriver Wordfilen")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _front(paper: Paper, report: AnnualReport, about: Cover) -> None:
    paper.say(report.title, "Title")
    paper.say(cover.subtitle(report), "Subtitle")
    paper.say(about.state)
    if report.is_demo:
        paper.say(cover.DEMO, "Exempel")
    paper.say(cover.HOW_TO_READ, "Not")
    if about.sha256:
        paper.say(f"Kontrollsumma (SHA-256): {about.sha256}", "Not")
    paper.say("Innehåll", "Innehåll")
    entries = [(section.level, section.heading) for section in report.sections if section.level < 3]
    word_parts.add_contents(paper, entries)
    paper.document.add_page_break()


def _begin(paper: Paper, section: Section) -> None:
    heading = paper.say(section.heading, f"Heading {section.level}")
    word_parts.bookmark(heading, section.heading)
    _say(paper, cover.opening(section))
    if cover.is_unwritten(section):
        paper.say(cover.UNWRITTEN, "Not")
    _say(paper, cover.words(section))


def _say(paper: Paper, blocks: list[Block]) -> None:
    for block in blocks:
        paper.say(block.text, "List Bullet" if block.is_item else "Normal")


def _end(paper: Paper, section: Section) -> None:
    for note in section.notes:
        paper.say(note, "Not")
    if section.source:
        paper.say(f"Källa: {section.source}.", "Not")


def _picture(paper: Paper, chart: Chart) -> None:
    from docx.shared import Cm

    run = paper.say("", "Bild").add_run()
    run.add_picture(io.BytesIO(drawing.png(chart)), width=Cm(PICTURE_CM[chart.shape]))
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
    paper.add_table(
        [heading, *rows], widths=table.widths, caption=table.title, style=_style(len(table.headings))
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
