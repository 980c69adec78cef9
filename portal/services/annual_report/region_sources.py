"""What the region's own sources give beside the indicators: per clinic, per municipality, other fields."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from portal import formats
from portal.domain.annual_report.content import (
    CellKind,
    Origin,
    ReportCell,
    ReportPoint,
    ReportTable,
    Section,
)
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.sources.declared import IN_REPORT
from portal.domain.sources.facts import Source
from portal.domain.sources.year import SourceFigure
from portal.services.annual_report import tables
from portal.services.annual_report.points import rounded
from portal.services.annual_report.reading import Material


YES, NO = "✓ ja", "– nej"


def add(section: Section, material: Material) -> Section:
    """Return the section with what its sources give beside the indicators."""
    for source in IN_REPORT:
        if source.chapter == section.number and source.flow is None:  # else all of the chapter is about it
            section = _with_source(section, source, material)
    return section


def _with_source(section: Section, source: Source, material: Material) -> Section:
    figures = [figure for figure in material.sources.of(source.code).figures if _adds_to_indicators(figure)]
    if not figures:
        return section
    points = [point for figure in figures for point in _points(figure, material)]
    return replace(
        section,
        tables=(*section.tables, *_tables(source, figures, material)),
        points=(*section.points, *points),
    )


def _adds_to_indicators(figure: SourceFigure) -> bool:
    """Tell whether a figure adds to the indicators; what nobody has entered about a clinic does not."""
    return bool(figure.clinic or figure.municipality or figure.field.indicator not in INDICATORS_BY_CODE)


def _tables(source: Source, figures: list[SourceFigure], material: Material) -> Iterator[ReportTable]:
    """Yield a matrix of the places that have figures of their own, by year, and a list of what is of the whole region."""
    year, region = material.year.year, material.region
    source = replace(source, supplier=region.in_words(source.supplier))
    of_region = [figure for figure in figures if not _is_of_place(figure)]
    of_places = [figure for figure in figures if _is_of_place(figure)]
    by_place: dict[str, list[SourceFigure]] = {}
    for figure in of_places:
        by_place.setdefault(_place(figure, material), []).append(figure)
    if by_place:
        yield _matrix(source, by_place, year, _now)
    if any(figure.previous is not None for figure in of_places):
        yield replace(_matrix(source, by_place, year - 1, _before), is_appendix=True)
    if of_region:
        yield _list(source, of_region, year)


def _is_of_place(figure: SourceFigure) -> bool:
    return bool(figure.clinic or figure.municipality)


def _matrix(
    source: Source,
    by_place: Mapping[str, list[SourceFigure]],
    year: int,
    cell: Callable[[SourceFigure], ReportCell],
) -> ReportTable:
    """A row per place, a column per figure; one column, or nothing but reasons, is for the appendix."""
    figures = [figure for of_place in by_place.values() for figure in of_place]
    labels = list(dict.fromkeys(map(_label, figures)))
    rows = [
        [tables.text(place), *(_cell_of(of_place, label, cell) for label in labels)]
        for place, of_place in by_place.items()
    ]
    kind = "Mottagning" if all(figure.clinic for figure in figures) else "Gäller"
    suppliers = ", ".join(dict.fromkeys(_supplier(source, figure) for figure in figures))
    caption = f"Ur regionens källa {source.label} {year} ({suppliers})"
    matrix = tables.table(caption, (kind, *labels), rows)
    return replace(matrix, is_appendix=len(labels) == 1 or not _has_values(matrix))


def _has_values(table: ReportTable) -> bool:
    """Tell whether anything but reasons stands in a table."""
    return any(cell.kind is CellKind.NUMBER for row in table.rows for cell in row.cells)


def _cell_of(
    of_place: Iterable[SourceFigure], label: str, cell: Callable[[SourceFigure], ReportCell]
) -> ReportCell:
    figure = next((figure for figure in of_place if _label(figure) == label), None)
    return tables.number(None) if figure is None else cell(figure)


def _list(source: Source, figures: list[SourceFigure], year: int) -> ReportTable:
    rows = [
        [
            tables.text(_label(figure)),
            _now(figure),
            _before(figure),
            tables.text(figure.unit),
            tables.text(_supplier(source, figure)),
        ]
        for figure in figures
    ]
    headings = ("Hela regionen", str(year), str(year - 1), "Enhet", "Källa")
    return tables.table(f"Ur regionens källa {source.label}", headings, rows)


def _now(figure: SourceFigure) -> ReportCell:
    return tables.number(figure.value, _words(figure, figure.value), missing=formats.reason(figure.reason))


def _before(figure: SourceFigure) -> ReportCell:
    words = _words(figure, figure.previous)
    return tables.number(figure.previous, words, missing=formats.reason(figure.previous_reason))


def _supplier(source: Source, figure: SourceFigure) -> str:
    return figure.fact.source if figure.fact else source.supplier


def _label(figure: SourceFigure) -> str:
    return _with_part(figure.field.label, figure)


def _with_part(name: str, figure: SourceFigure) -> str:
    return f"{name}, {figure.part}" if figure.part else name


def _words(figure: SourceFigure, value: float | None) -> str:
    if value is None:
        return ""
    if figure.field.is_yes_no and figure.clinic:
        return YES if value else NO
    return formats.number(value, 0 if value == int(value) else max(1, figure.field.decimals))


def _place(figure: SourceFigure, material: Material) -> str:
    if figure.clinic:
        return material.sources.clinics[figure.clinic].name
    if figure.municipality:
        return material.sources.municipalities.get(figure.municipality, figure.municipality)
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
