"""The report as PDF/UA-1, typeset by Typst in this process; Typst itself refuses what would not conform."""

import json
from pathlib import Path
from typing import Any, Literal

from portal.charts import drawing
from portal.domain.annual_report.content import AnnualReport, CellKind, Chart, Section, Shape, Table
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

    total = len(report.charts) + 1
    pictures = []
    for done, chart in enumerate(report.charts):
        progress(done, total, chart.title)
        pictures.append(drawing.svg(chart))
    progress(total - 1, total, "Sätter sidorna")
    data = json.dumps(_data(with_lists(report), about, dict(zip(report.charts, pictures, strict=True))))
    made = typst.compile(str(TEMPLATE), sys_inputs={"report": data}, pdf_standards=[STANDARD])
    return bytes(made)


def _data(report: AnnualReport, about: Cover, pictures: dict[Chart, str]) -> dict[str, Any]:
    return {
        "title": report.title,
        "author": cover.AUTHOR,
        "keywords": ["Vårdval BUP", "årsuppföljning", str(report.year)],
        "subtitle": cover.subtitle(report),
        "state": about.state,
        "sha256": about.sha256,
        "demo": cover.DEMO if report.is_demo else "",
        "how": cover.HOW_TO_READ,
        "addition": cover.ADDITION,
        "unwritten": cover.UNWRITTEN,
        "sections": [_section(section, pictures) for section in report.sections],
    }


def _section(section: Section, pictures: dict[Chart, str]) -> dict[str, Any]:
    return {
        "heading": section.heading.strip(),
        "level": section.level,
        "addition": section.is_addition and section.number != "",
        "lead": section.lead,
        "unwritten": cover.is_unwritten(section),
        "words": [{"text": block.text, "item": block.is_item} for block in cover.words(section)],
        "notes": list(section.notes),
        "source": section.source,
        "charts": [
            {
                "svg": pictures[chart],
                "alt": cover.alternative(chart),
                "title": chart.title,
                "width": CHART_WIDTH[chart.shape],
            }
            for chart in section.charts
        ],
        "tables": [_table(table) for table in section.tables],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "headings": list(table.headings),
        "columns": table.widths,
        "numeric": [table.is_numeric(place) for place in range(len(table.headings))],
        "size": _size(len(table.headings)),
        "rows": [
            {
                "total": row.is_total,
                "cells": [
                    {"text": cell.text, "missing": cell.kind is CellKind.MISSING and cell.text != "–"}
                    for cell in row.cells
                ],
            }
            for row in table.rows
        ],
    }


def _size(columns: int) -> float:
    """Return the text's size in points: smaller the more columns share the width."""
    if columns > WIDEST:
        return 6.5
    return 7.5 if columns > WIDE else 8.5
