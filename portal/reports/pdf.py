"""The report as PDF/UA-1, typeset by Typst in this process; Typst itself refuses what would not conform."""

import json
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
from portal.reports import cover
from portal.reports.cover import Cover, Progress
from portal.reports.listing import with_lists


TEMPLATE = Path(__file__).parent / "report.typ"
STANDARD: Literal["ua-1"] = "ua-1"
WIDE, WIDEST = 6, 8  # columns from which on the text is smaller, and smaller still
CHART_WIDTH = {Shape.BARS: 100, Shape.LINES: 100, Shape.TIMELINE: 100, Shape.MAP: 78}  # per cent of the text


def write(report: AnnualReport, about: Cover, progress: Progress = cover.quiet) -> bytes:
    """Return the report as a tagged PDF with title, language, bookmarks and alternative texts."""
    import typst

    charts = report.charts
    steps = len(charts) + 1
    pictures: dict[Chart, str] = {}
    for step, chart in enumerate(charts):
        progress(step, steps, chart.title)
        pictures[chart] = drawing.svg(chart)
    progress(len(charts), steps, "Sätter sidorna")
    texts = json.dumps(_texts(with_lists(report), about, pictures))
    return bytes(typst.compile(str(TEMPLATE), sys_inputs={"report": texts}, pdf_standards=[STANDARD]))


def _texts(report: AnnualReport, about: Cover, pictures: dict[Chart, str]) -> dict[str, Any]:
    """Return what the template reads, by the names that it reads it by."""
    return {
        "title": report.title,
        "author": cover.AUTHOR,
        "keywords": ["Vårdval BUP", "årsuppföljning", str(report.year)],
        "subtitle": cover.subtitle(report),
        "state": about.state,
        "sha256": about.sha256,
        "demo": cover.DEMO if report.is_demo else "",
        "how": cover.HOW_TO_READ,
        "unwritten": cover.UNWRITTEN,
        "sections": [_section(section, pictures) for section in report.sections],
    }


def _section(section: Section, pictures: dict[Chart, str]) -> dict[str, Any]:
    return {
        "heading": section.heading,
        "level": section.level,
        "lead": _blocks(cover.opening(section)),
        "unwritten": cover.is_unwritten(section),
        "words": _blocks(cover.words(section)),
        "notes": list(section.notes),
        "source": section.source,
        "charts": [_chart(chart, pictures[chart]) for chart in section.charts],
        "tables": [_table(table) for table in section.tables],
    }


def _blocks(blocks: list[Block]) -> list[dict[str, Any]]:
    return [{"text": block.text, "item": block.is_item} for block in blocks]


def _chart(chart: Chart, svg: str) -> dict[str, Any]:
    return {
        "svg": svg,
        "alt": cover.alternative(chart),
        "title": chart.title,
        "width": CHART_WIDTH[chart.shape],
    }


def _table(table: ReportTable) -> dict[str, Any]:
    return {
        "title": table.title,
        "headings": list(table.headings),
        "columns": table.widths,
        "numeric": [table.is_numeric(place) for place in range(len(table.headings))],
        "size": _size(len(table.headings)),
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
