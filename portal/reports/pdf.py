"""The report as PDF/UA-1, typeset by Typst in this process; Typst itself refuses what would not conform."""

import json
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from portal.charts import drawing
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
from portal.domain.annual_report.wording import Block
from portal.domain.registry.logo import SVG, Logo
from portal.reports import cover, glyphs, layout
from portal.reports.cover import Cover, Progress
from portal.reports.headline_numbers import HeadlineNumber
from portal.reports.layout import PlacedSection


TEMPLATE = Path(__file__).parent / "report.typ"
SHEET = Path(__file__).parent / "sheets" / "own_year.typ"
STANDARD: Literal["ua-1"] = "ua-1"
WIDE, WIDEST = 6, 8  # columns from which on the text is smaller, and smaller still
# points: of the text, and of a pixel of a figure and of the map, so that all letters are of one size
TEXT_WIDTH, PIXEL, MAP_PIXEL = 470.0, 0.69, 0.6


def write(report: AnnualReport, about: Cover, progress: Progress = cover.quiet) -> bytes:
    """Return the report as a tagged PDF with title, language, bookmarks and alternative texts."""
    charts = report.charts
    steps = len(charts) + 1
    pictures: dict[Chart, str] = {}
    for step, chart in enumerate(charts):
        progress(step, steps, chart.title)
        pictures[chart] = drawing.svg(chart)
    progress(len(charts), steps, "Sätter sidorna")
    return typeset(TEMPLATE, "report", _texts(report, about, pictures))


def write_sheet(sheet: dict[str, Any]) -> bytes:
    """Return one page with a title, a table and how it is read, as a tagged PDF."""
    return typeset(SHEET, "sheet", sheet)


def typeset(template: Path, name: str, texts: dict[str, Any]) -> bytes:
    """Return what a template makes of the texts, which it reads by `name`, as a tagged PDF.

    Characters that people wrote and no font here has are squares; a mark on a letter is left out.
    """
    import typst

    texts = _changed(texts, cover.unbroken)
    while True:
        inputs = {name: json.dumps(texts)}
        try:
            return bytes(typst.compile(str(template), sys_inputs=inputs, pdf_standards=[STANDARD]))
        except typst.TypstError as fault:
            drawable = _changed(texts, glyphs.replacing(glyphs.missing(fault.diagnostic)))
            if drawable == texts:
                raise
            texts = drawable


def _changed(texts: Any, change: Callable[[str], str]) -> Any:
    """Return the texts, each changed; pictures are no texts."""
    if isinstance(texts, dict):
        return {name: part if name == "svg" else _changed(part, change) for name, part in texts.items()}
    if isinstance(texts, list):
        return [_changed(part, change) for part in texts]
    return change(texts) if isinstance(texts, str) else texts


def _texts(report: AnnualReport, about: Cover, pictures: dict[Chart, str]) -> dict[str, Any]:
    """Return what the template reads, by the names that it reads it by."""
    placed = layout.arrange(report)
    levels = layout.levels(report.sections)
    return {
        "title": report.title,
        "author": cover.author(report),
        "keywords": ["Vårdval BUP", "årsuppföljning", str(report.year)],
        "subtitle": cover.subtitle(report),
        "state": about.state,
        "sha256": about.sha256,
        "demo": cover.demo(report),
        "logo": {"svg": as_svg(about.logo), "alt": report.region} if about.logo else None,
        "how": cover.HOW_TO_READ,
        "unwritten": cover.UNWRITTEN,
        "chapters": _sections(placed, levels, pictures, are_appendices=False),
        "appendices": _sections(placed, levels, pictures, are_appendices=True),
        "middle": _middle(placed),
        "tables_heading": layout.tables_heading(report),
        "moved": [_moved(each) for each in placed if each.moved or each.moved_words],
    }


def as_svg(logo: Logo) -> str:
    """Return the picture as Typst takes every picture; of a PNG the sides stand in its first part."""
    if logo.media_type == SVG:
        return logo.content.decode()
    width, height = struct.unpack_from(">II", logo.content, 16)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image href="{logo.address}" width="{width}" height="{height}"/></svg>'
    )


def _middle(placed: Sequence[PlacedSection]) -> int:
    """Return the place of the section that begins the contents' second column: as many entries stand before it."""
    counts = [_entries(each) for each in placed]
    return next(place for place in range(len(placed)) if 2 * sum(counts[: place + 1]) >= sum(counts))


def _entries(placed: PlacedSection) -> int:
    return sum(section.level < 3 for section in (*placed.openings, placed.section))


def _sections(
    placed: Iterable[PlacedSection],
    levels: Mapping[str, int],
    pictures: Mapping[Chart, str],
    *,
    are_appendices: bool,
) -> list[dict[str, Any]]:
    return [_section(each, levels, pictures) for each in placed if each.is_appendix is are_appendices]


def _section(
    placed: PlacedSection, levels: Mapping[str, int], pictures: Mapping[Chart, str]
) -> dict[str, Any]:
    section = placed.section
    return {
        "openings": [_opening(opening, levels) for opening in placed.openings],
        **_opening(section, levels),
        "whole": placed.is_together,
        "unwritten": cover.is_unwritten(section),
        "numbers": [_number(number) for number in placed.numbers],
        "words": _words(placed.words),
        "remarks": placed.remarks,
        "charts": [_chart(chart, pictures[chart]) for chart in section.charts],
        "tables": [_table(table) for table in placed.tables],
    }


def _opening(section: Section, levels: Mapping[str, int]) -> dict[str, Any]:
    return {
        "heading": section.heading,
        "level": levels[section.number],
        "lead": _words(cover.opening(section)),
    }


def _words(words: Iterable[Block]) -> list[dict[str, Any]]:
    return [{"text": block.text, "item": block.is_item} for block in words]


def _moved(placed: PlacedSection) -> dict[str, Any]:
    return {
        "heading": placed.moved_heading,
        "words": _words(placed.moved_words),
        "tables": [_table(table) for table in placed.moved],
    }


def _number(number: HeadlineNumber) -> dict[str, Any]:
    return {
        "label": number.label,
        "value": number.value,
        "detail": number.detail,
        "missing": number.css == "missing",
    }


def _chart(chart: Chart, svg: str) -> dict[str, Any]:
    return {
        "svg": svg,
        "alt": cover.alternative(chart),
        "title": chart.title,
        "width": min(
            TEXT_WIDTH, (MAP_PIXEL if chart.shape is Shape.MAP else PIXEL) * drawing.size(chart).width
        ),
    }


def _table(table: ReportTable) -> dict[str, Any]:
    return {
        "title": table.title,
        "headings": list(table.headings),
        "columns": table.widths,
        "numeric": [table.is_numeric(place) for place in range(len(table.headings))],
        "size": _size(len(table.headings)),
        "whole": layout.is_whole(table),
        "rows": [_row(row) for row in table.rows],
    }


def _row(row: ReportRow) -> dict[str, Any]:
    return {"total": row.is_total, "cells": [_cell(cell) for cell in row.cells]}


def _cell(cell: ReportCell) -> dict[str, Any]:
    return {"text": cell.text, "missing": cell.kind is CellKind.MISSING and cell.text != "–"}


def _size(columns: int) -> float:
    """Return the text's size in points: smaller the more columns share the width."""
    if columns > WIDEST:
        return 6.5
    return 7.5 if columns > WIDE else 8.5
