"""What the region's own sources give beside the indicators: per clinic, per municipality, other fields."""

from dataclasses import replace

from portal import formats
from portal.domain.annual_report.content import Origin, ReportCell, ReportPoint, ReportTable, Section
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.municipalities import MUNICIPALITIES
from portal.domain.sources.declared import IN_REPORT
from portal.domain.sources.facts import Source
from portal.domain.sources.year import SourceFigure
from portal.services.annual_report import tables
from portal.services.annual_report.points import rounded
from portal.services.annual_report.reading import Material


def add(section: Section, material: Material) -> Section:
    """Return the section with what its sources give beside the indicators."""
    for source in IN_REPORT:
        if source.chapter == section.number:
            section = _with_source(section, source, material)
    return section


def _with_source(section: Section, source: Source, material: Material) -> Section:
    figures = [figure for figure in material.sources.of(source.code).figures if _adds_to_indicators(figure)]
    if not figures:
        return section
    points = [point for figure in figures for point in _points(figure, material)]
    return replace(
        section,
        tables=(*section.tables, _table(source, figures, material)),
        points=(*section.points, *points),
    )


def _adds_to_indicators(figure: SourceFigure) -> bool:
    """Tell whether a figure adds to the indicators; what nobody has entered about a clinic does not."""
    return bool(figure.clinic or figure.municipality or figure.field.indicator not in INDICATORS_BY_CODE)


def _table(source: Source, figures: list[SourceFigure], material: Material) -> ReportTable:
    year = material.year.year
    rows = [_row(source, figure, material) for figure in figures]
    headings = ("Uppgift", "Gäller", str(year), str(year - 1), "Enhet", "Källa")
    return tables.table(f"Ur regionens källa {source.label}", headings, rows)


def _row(source: Source, figure: SourceFigure, material: Material) -> list[ReportCell]:
    now, before = _words(figure, figure.value), _words(figure, figure.previous)
    return [
        tables.text(_label(figure)),
        tables.text(_place(figure, material)),
        tables.number(figure.value, now, missing=formats.reason(figure.reason)),
        tables.number(figure.previous, before, missing=formats.reason(figure.previous_reason)),
        tables.text(figure.unit),
        tables.text(figure.fact.source if figure.fact else source.supplier),
    ]


def _label(figure: SourceFigure) -> str:
    return _with_part(figure.field.label, figure)


def _with_part(name: str, figure: SourceFigure) -> str:
    return f"{name}, {figure.part}" if figure.part else name


def _words(figure: SourceFigure, value: float | None) -> str:
    if value is None:
        return ""
    if figure.field.is_yes_no and figure.clinic:
        return "ja" if value else "nej"
    return formats.number(value, 0 if value == int(value) else max(1, figure.field.decimals))


def _place(figure: SourceFigure, material: Material) -> str:
    if figure.clinic:
        return material.sources.clinics[figure.clinic].name
    if figure.municipality:
        return MUNICIPALITIES[figure.municipality]
    return "Hela regionen"


def _points(figure: SourceFigure, material: Material) -> list[ReportPoint]:
    year = material.year.year
    values = ((year, figure.value, figure.reason), (year - 1, figure.previous, figure.previous_reason))
    return [
        ReportPoint(
            indicator=figure.field.indicator,
            label=figure.field.label,
            part=figure.clinic or figure.municipality or figure.breakdown,
            part_label=_with_part(_place(figure, material), figure),
            period=str(period),
            unit=figure.unit,
            basis=_label(figure),
            origin=Origin.ENTERED,
            value=rounded(value),
            reason="" if value is not None else formats.reason(reason),
            source=figure.fact.source if figure.fact else "",
        )
        for period, value, reason in values
    ]
