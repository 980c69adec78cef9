"""The report as Word: real styles, headings, captions and alternative texts, for the region to edit further."""

import io
from typing import Any

from portal.charts import drawing
from portal.domain.annual_report import AnnualReport, CellKind, Chart, Section, Shape, Table
from portal.reports import cover, word_parts
from portal.reports.cover import Cover, Progress
from portal.reports.listing import with_lists


PICTURE_CM = {Shape.BARS: 16.0, Shape.LINES: 16.0, Shape.TIMELINE: 16.0, Shape.MAP: 12.5}
WIDE, WIDEST = 6, 8  # columns from which on the text is smaller, and smaller still


def write(report: AnnualReport, about: Cover, progress: Progress = cover.quiet) -> bytes:
    """Return the report as a docx file."""
    from docx import Document

    document = Document()
    word_parts.set_up(document, report, about)
    _front(document, report, about)
    total = len(report.charts) + 1
    done = 0
    for section in with_lists(report).sections:
        _begin(document, section)
        for chart in section.charts:
            progress(done, total, chart.title)
            _picture(document, chart)
            done += 1
        for table in section.tables:
            _table(document, table)
        _end(document, section)
    progress(total - 1, total, "Skriver Wordfilen")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _front(document: Any, report: AnnualReport, about: Cover) -> None:
    document.add_paragraph(report.title, style="Title")
    document.add_paragraph(cover.subtitle(report), style="Subtitle")
    document.add_paragraph(about.state)
    if report.is_demo:
        document.add_paragraph(cover.DEMO, style="Exempel")
    document.add_paragraph(cover.HOW_TO_READ, style="Not")
    if about.sha256:
        document.add_paragraph(f"Kontrollsumma (SHA-256): {about.sha256}", style="Not")
    document.add_paragraph("Innehåll", style="Innehåll")
    entries = [(section.level, section.heading.strip()) for section in report.sections if section.level < 3]
    word_parts.add_contents(document, entries)
    document.add_page_break()


def _begin(document: Any, section: Section) -> None:
    heading = document.add_paragraph(section.heading.strip(), style=f"Heading {section.level}")
    word_parts.bookmark(heading, section.heading.strip())
    if section.is_addition and section.number:
        document.add_paragraph(cover.ADDITION, style="Not")
    if section.lead:
        document.add_paragraph(section.lead)
    if cover.is_unwritten(section):
        document.add_paragraph(cover.UNWRITTEN, style="Not")
    for block in cover.words(section):
        document.add_paragraph(block.text, style="List Bullet" if block.is_item else "Normal")


def _end(document: Any, section: Section) -> None:
    for note in section.notes:
        document.add_paragraph(note, style="Not")
    if section.source:
        document.add_paragraph(f"Källa: {section.source}.", style="Not")


def _picture(document: Any, chart: Chart) -> None:
    from docx.shared import Cm

    paragraph = document.add_paragraph(style="Bild")
    run = paragraph.add_run()
    run.add_picture(io.BytesIO(drawing.png(chart)), width=Cm(PICTURE_CM[chart.shape]))
    word_parts.describe_picture(run, name=f"Figur {chart.number}", alternative=cover.alternative(chart))
    document.add_paragraph(chart.title, style="Caption")


def _table(document: Any, table: Table) -> None:
    caption = document.add_paragraph(table.title, style="Caption")
    caption.paragraph_format.keep_with_next = True
    made = document.add_table(rows=1 + len(table.rows), cols=len(table.headings), style="Rapporttabell")
    word_parts.lay_out(made, widths=table.widths, caption=table.title)
    style = document.styles[_style(len(table.headings))].style_id
    numeric = [table.is_numeric(place) for place in range(len(table.headings))]
    grid = made._cells  # one walk: python-docx finds a row's cells anew for every cell asked for
    width = len(table.headings)
    for place, heading in enumerate(table.headings):
        word_parts.fill(grid[place], heading, style_id=style, is_bold=True, is_right=numeric[place])
    for number, row in enumerate(table.rows, start=1):
        for place, cell in enumerate(row.cells):
            word_parts.fill(
                grid[number * width + place],
                cell.text,
                style_id=style,
                is_bold=row.is_total,
                is_italic=cell.kind is CellKind.MISSING and cell.text != "–",
                is_right=numeric[place],
            )
    document.add_paragraph(style="Efter tabell")


def _style(columns: int) -> str:
    if columns > WIDEST:
        return "Tabelltext minst"
    return "Tabelltext liten" if columns > WIDE else "Tabelltext"
