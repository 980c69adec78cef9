"""The lists that close every document: definitions and sources, as tables of the last appendix."""

from collections.abc import Sequence
from dataclasses import replace

from portal.domain.annual_report.content import AnnualReport, ReportCell, ReportRow, ReportTable, Section


APPENDIX = "Bilaga 2"


def with_lists(report: AnnualReport) -> AnnualReport:
    """Return the report with its definitions and sources as tables of the last appendix."""
    number = sum(len(section.tables) for section in report.sections)
    lists = (_definitions(report, number + 1), _sources(report, number + 2))
    sections = [
        replace(section, tables=(*section.tables, *lists)) if _is_appendix(section) else section
        for section in report.sections
    ]
    return replace(report, sections=tuple(sections))


def _is_appendix(section: Section) -> bool:
    return section.number == APPENDIX


def _definitions(report: AnnualReport, number: int) -> ReportTable:
    rows = [
        (entry.label, entry.definition, entry.unit, entry.basis, entry.source) for entry in report.definitions
    ]
    headings = ("Indikator", "Definition", "Enhet", "Regionens värde", "Källa")
    return _table(number, "Definitioner", headings, rows)


def _sources(report: AnnualReport, number: int) -> ReportTable:
    rows = [(source.name, source.gives) for source in report.sources]
    return _table(number, "Källor", ("Källa", "Ger"), rows)


def _table(
    number: int, caption: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]
) -> ReportTable:
    table_rows = [_row(texts) for texts in rows]
    return ReportTable(number=number, caption=caption, headings=headings, rows=tuple(table_rows))


def _row(texts: Sequence[str]) -> ReportRow:
    cells = [ReportCell(text=text) for text in texts]
    return ReportRow(cells=tuple(cells))
