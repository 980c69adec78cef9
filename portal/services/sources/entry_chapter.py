"""The report's chapter of En väg in: what came in, where it was sent on, who waits, and the municipalities."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from portal import formats
from portal.domain.annual_report.chapters import Chapter
from portal.domain.annual_report.content import Chart, Origin, ReportCell, ReportPoint, ReportTable, Section
from portal.domain.registry.months import Month
from portal.domain.registry.values import MissingReason
from portal.domain.sources import throughflow
from portal.domain.sources.declared import (
    ENQUIRIES,
    ENTRY,
    HELPED,
    REFERRALS,
    TO_ASSESS,
    TO_BUP,
    TO_FIRST_LINE,
    TO_OTHER,
)
from portal.domain.sources.facts import Field
from portal.domain.sources.year import SourceFigure
from portal.services.annual_report import charts, tables
from portal.services.annual_report.points import rounded
from portal.services.annual_report.reading import Material


HIDDEN = "Kommuner med färre än {smallest} visas inte, och inte heller de som skulle avslöja dem genom regionens tal."
SENTENCES = (
    (
        "Till En väg in kom {} {}.",
        {REFERRALS: ("remiss", "remisser"), ENQUIRIES: ("förfrågan", "förfrågningar")},
    ),
    (
        "Vidare hänvisades {} {}.",
        {
            TO_FIRST_LINE: ("till första linjen",) * 2,
            TO_BUP: ("till BUP",) * 2,
            TO_OTHER: ("till någon annan",) * 2,
        },
    ),
    ("Första linjen började hjälpa {} {}.", {HELPED: ("barn eller ung", "barn och unga")}),
)
LINES = (
    ("Kom in", (REFERRALS, ENQUIRIES)),
    ("Till BUP", (TO_BUP,)),
    ("Till första linjen", (TO_FIRST_LINE,)),
)
YEAR = 12  # months


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedFigure:
    """A figure as the report has it: what stands there, and of how many months it is the sum."""

    field: Field
    place: str  # a municipality's code; empty: the region
    year: int
    value: float | None
    months: int
    reason: str
    source: str


def has_figures(material: Material) -> bool:
    """Tell whether the year has anything of it that the report shows."""
    return any(figure.value is not None for figure in _region(material))


def section(plain: Section, _chapter: Chapter, material: Material) -> Section:
    """Return 4.7.1; what few children stand behind in a municipality is left out."""
    now, before = _all_figures(material, is_before=False), _all_figures(material, is_before=True)
    disclosed = [*_disclosed(now, material), *(figure for figure in before if not figure.place)]
    is_hidden = any(figure.reason == MissingReason.SUPPRESSED.label for figure in disclosed)
    chart = _chart(material)
    return replace(
        plain,
        generated=tuple(_sentences(material)),
        notes=(HIDDEN.format(smallest=material.smallest_count),) if is_hidden else (),
        charts=(chart,) if chart else (),
        tables=tuple(_tables(disclosed, material)),
        points=tuple(_point(figure, material) for figure in disclosed),
        source=ENTRY.supplier,
    )


def _region(material: Material) -> list[SourceFigure]:
    return [figure for figure in material.sources.of(ENTRY.code).figures if not figure.municipality]


def _all_figures(material: Material, *, is_before: bool) -> list[PlacedFigure]:
    figures = material.sources.of(ENTRY.code).figures
    return [_placed(figure, material.year.year, is_before=is_before) for figure in figures]


def _placed(figure: SourceFigure, year: int, *, is_before: bool) -> PlacedFigure:
    value, reason = (figure.previous, figure.previous_reason) if is_before else (figure.value, figure.reason)
    return PlacedFigure(
        field=figure.field,
        place=figure.municipality,
        year=year - is_before,
        value=value,
        months=figure.previous_months if is_before else figure.months,
        reason="" if value is not None else formats.reason(reason),
        source=figure.fact.source if figure.fact and not is_before else "",
    )


def _disclosed(figures: Sequence[PlacedFigure], material: Material) -> list[PlacedFigure]:
    """Return the figures, those of municipalities with few children without their values."""
    hidden: set[tuple[str, str]] = set()
    for codes in _groups():
        columns = [_column(figures, code) for code in codes]
        places = throughflow.hidden_places(columns, material.smallest_count)
        hidden |= {(code, place) for code in codes for place in places}
    return [
        replace(figure, value=None, months=0, reason=MissingReason.SUPPRESSED.label)
        if (figure.field.code, figure.place) in hidden
        else figure
        for figure in figures
    ]


def _groups() -> list[tuple[str, ...]]:
    """Return the fields that one can subtract from each other together, and each of the others alone."""
    assert ENTRY.flow is not None
    flow = (*ENTRY.flow.incoming, *ENTRY.flow.outgoing)
    return [flow, *((field.code,) for field in ENTRY.fields if field.code not in flow)]


def _column(figures: Iterable[PlacedFigure], code: str) -> dict[str, float]:
    of_field = [figure for figure in figures if figure.field.code == code and figure.place]
    return {figure.place: figure.value for figure in of_field if figure.value is not None}


# --- sentences ---


def _sentences(material: Material) -> Iterator[str]:
    """Say what came in and went out, what is of the same months in one sentence, and who waits."""
    region = {figure.field.indicator: figure for figure in _region(material) if figure.value is not None}
    for sentence, words in SENTENCES:
        by_period: dict[str, list[str]] = {}
        for indicator, (one, many) in words.items():
            if indicator in region:
                counted = formats.plural(int(region[indicator].value or 0), one, many)
                by_period.setdefault(_period(region[indicator], material), []).append(counted)
        for period, counts in by_period.items():
            yield sentence.format(formats.listed(counts), period)
    if TO_ASSESS in region:
        yield _waiting(region[TO_ASSESS], material)


def _waiting(figure: SourceFigure, material: Material) -> str:
    month = figure.fact.month if figure.fact else None
    when = f"Sista {month.label}" if month else f"Vid slutet av {material.year.end}"
    return f"{when} väntade {formats.plural(int(figure.value or 0), 'ärende', 'ärenden')} på bedömning."


def _period(figure: SourceFigure, material: Material) -> str:
    """Return which months a sum is of: `under 2025`, `under juni–december 2025`, with how many where some lack."""
    year = material.year.year
    if figure.months in (0, YEAR):
        return f"under {year}"
    months = [month for month, values in _months(material).items() if figure.field.code in values]
    lack = months[0].until(months[-1]) + 1 > len(months)
    return f"under {formats.span(months[0], months[-1])}" + f" ({figure.months} månader)" * lack


def _months(material: Material) -> dict[Month, dict[str, float]]:
    return throughflow.months_of(ENTRY, material.sources.of(ENTRY.code).months)


# --- figures ---


def _chart(material: Material) -> Chart | None:
    """Return what came in each month and where most of it went; None of a single month."""
    months = _months(material)
    by_name = {name: _line(indicators, months) for name, indicators in LINES}
    lines = {name: line for name, line in by_name.items() if len(line) > 1}
    if not lines:
        return None
    caption = f"Till och från En väg in {material.year.year}, regionen"
    return charts.over_months(caption, "ärenden i månaden", list(months), lines)


def _line(indicators: Sequence[str], months: Mapping[Month, Mapping[str, float]]) -> dict[Month, int]:
    """Return the fields' sum in the months that have all of them."""
    codes = [field.code for field in ENTRY.fields if field.indicator in indicators]
    return {
        month: int(sum(values[code] for code in codes))
        for month, values in months.items()
        if values.keys() >= {*codes}
    }


def _tables(figures: Sequence[PlacedFigure], material: Material) -> Iterator[ReportTable]:
    """Yield the municipalities beside each other with the region beneath, and the region's months."""
    fields = [field for field in ENTRY.fields if any(_is_told(figure, field) for figure in figures)]
    yield _by_place(fields, figures, material)
    if months := _months(material):
        yield _by_month(fields, months)


def _by_place(fields: Sequence[Field], figures: Sequence[PlacedFigure], material: Material) -> ReportTable:
    year = material.year.year
    usual = {year: max(figure.months for figure in figures if not figure.place), year - 1: YEAR}
    rows = [
        [tables.text(name), *_cells(fields, [each for each in figures if _key(each) == key], usual[key[1]])]
        for key, name in _rows(figures, material.region.names, year)
    ]
    heading = "Barnets kommun" if any(figure.place for figure in figures) else "Gäller"
    labels = [field.label for field in fields]
    return tables.table(f"En väg in {year}, väntande senaste månaden", (heading, *labels), rows)


def _by_month(fields: Sequence[Field], months: Mapping[Month, Mapping[str, float]]) -> ReportTable:
    rows = [
        [tables.text(month.label), *(tables.number(values.get(field.code)) for field in fields)]
        for month, values in months.items()
    ]
    headings = ("Månad", *(field.label for field in fields))
    return replace(tables.table("En väg in månad för månad, hela regionen", headings, rows), is_appendix=True)


def _key(figure: PlacedFigure) -> tuple[str, int]:
    return figure.place, figure.year


def _is_told(figure: PlacedFigure, field: Field) -> bool:
    is_hidden = figure.reason == MissingReason.SUPPRESSED.label
    return figure.field is field and (figure.value is not None or is_hidden)


def _rows(
    figures: Iterable[PlacedFigure], names: dict[str, str], year: int
) -> list[tuple[tuple[str, int], str]]:
    """Return the rows that there is something to say of, by place and year, the region last."""
    filled = {_key(figure) for figure in figures if _is_told(figure, figure.field)}
    places = [((code, year), name) for code, name in names.items()]
    rows = [*places, (("", year), "Hela regionen"), (("", year - 1), f"Hela regionen {year - 1}")]
    return [row for row in rows if row[0] in filled]


def _cells(fields: Sequence[Field], figures: Sequence[PlacedFigure], usual: int) -> list[ReportCell]:
    by_field = {figure.field.code: figure for figure in figures}
    return [_cell(by_field.get(field.code), usual) for field in fields]


def _cell(figure: PlacedFigure | None, usual: int) -> ReportCell:
    """Return the count, with how many months it is the sum of where they are not the usual ones."""
    if figure is None:
        return tables.number(None, missing=MissingReason.NOT_REPORTED.label)
    words = formats.number(figure.value)
    if figure.months not in (0, usual):
        words += f" ({figure.months} mån)"
    return tables.number(figure.value, words, missing=figure.reason or MissingReason.NOT_REPORTED.label)


def _point(figure: PlacedFigure, material: Material) -> ReportPoint:
    basis = "hela året" if figure.field.is_summed else "senaste månaden"
    if 0 < figure.months < YEAR:
        basis = f"summa av {formats.plural(figure.months, 'månad', 'månader')}"
    return ReportPoint(
        indicator=figure.field.indicator,
        label=figure.field.label,
        part=figure.place,
        part_label=material.region.names.get(figure.place, "Hela regionen"),
        period=str(figure.year),
        unit=figure.field.unit,
        basis=basis,
        origin=Origin.ENTERED,
        value=rounded(figure.value),
        reason=figure.reason,
        source=figure.source,
    )
