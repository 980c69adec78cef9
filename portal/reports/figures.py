"""Every figure of the report as a row of its own: the columns, what stands in each, and what it means."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from portal.domain.annual_report.content import AnnualReport, CellKind, ReportPoint, ReportRow, Section
from portal.domain.registry.values import MissingReason


Value = str | float | None

OF_GROUPS = ("operator:", "municipality:")  # parts that stand in columns or by another name
OF_DEMANDS = "krav:"


@dataclass(frozen=True, slots=True)
class FigureColumn:
    """A column: its heading, its width in Excel, whether it holds numbers, and what it says."""

    name: str
    width: int
    is_number: bool
    meaning: str


COLUMNS = (
    FigureColumn("kapitel", 10, False, "Kapitlets nummer i rapporten"),
    FigureColumn("indikator", 28, False, "Indikatorns kod; definitionen står i indikatorer.csv"),
    FigureColumn("benämning", 34, False, "Vad siffran heter i rapporten"),
    FigureColumn(
        "del",
        24,
        False,
        "Vad siffran gäller: region, en mottagnings kod eller en del av en indelning (sex:flickor)",
    ),
    FigureColumn("delens namn", 28, False, "Samma sak i ord"),
    FigureColumn("period", 18, False, "Året, eller första och sista månad: 2023-01..2023-11"),
    FigureColumn("värde", 12, True, "Siffran, i den enhet som står i enhet. Procent är 0–100"),
    FigureColumn("täljare", 12, True, "Vad en andel räknas av"),
    FigureColumn("nämnare", 12, True, "Vad en andel räknas på: antalet fall"),
    FigureColumn("enhet", 14, False, "Värdets enhet: procent, individer, besök, månader …"),
    FigureColumn(
        "grund",
        30,
        False,
        "Hur siffran är sammanställd: summa, sammanslaget, medeltal per mottagning, mottagningens värde …",
    ),
    FigureColumn("ursprung", 20, False, "Beräknat av portalen, inlagt av regionen eller publicerat"),
    FigureColumn("skäl", 18, False, "Varför värdet saknas, i ord; för ett avtalskrav bedömningen"),
    FigureColumn("källa", 36, False, "Vem som lämnat uppgiften"),
)


def rows(report: AnnualReport) -> Iterator[tuple[Value, ...]]:
    """Yield the values of each figure that the report shows, in the order of COLUMNS."""
    for section in report.sections:
        named = _named_in(section)
        for point in section.points:
            if is_shown(point, named):
                yield _values(section, point, has_cases=_has_cases(point, report.year))


def is_shown(point: ReportPoint, named: Mapping[str, AbstractSet[float]]) -> bool:
    """Tell whether a section shows a figure: the region's, or one of a part that a table or a figure there has.

    What the region leaves out of the report is then in none of its files. `named` is by whom a row is of.
    """
    if not point.part:
        return True
    if point.part.startswith(OF_GROUPS) or point.indicator.startswith(OF_DEMANDS):
        return bool(named)  # these stand in columns, or in words
    if point.part_label not in named:
        return False
    return point.value is None or point.value in named[point.part_label]


def _named_in(section: Section) -> dict[str, set[float]]:
    """Return the numbers that a section's tables and figures show, by the words of their rows."""
    named: dict[str, set[float]] = {}
    for table in section.tables:
        for row in table.rows:
            _name(named, row)
    for chart in section.charts:
        for mark in chart.marks:
            named.setdefault(mark.label, set()).update([] if mark.value is None else [mark.value])
    return named


def _name(named: dict[str, set[float]], row: ReportRow) -> None:
    """Put a row's numbers by each of its words."""
    numbers = {cell.value for cell in row.cells if cell.value is not None}
    for cell in row.cells:
        if cell.kind is CellKind.TEXT:
            named.setdefault(cell.text, set()).update(numbers)


def _has_cases(point: ReportPoint, year: int) -> bool:
    """Tell whether what a figure rests on is shown: the region's always, a part's of the report's own year."""
    is_hidden = point.value is None and point.reason == MissingReason.SUPPRESSED.label
    return not is_hidden and (not point.part or point.period == str(year))


def _values(section: Section, point: ReportPoint, *, has_cases: bool) -> tuple[Value, ...]:
    return (
        section.number,
        point.indicator,
        point.label,
        point.part or "region",
        point.part_label,
        point.period,
        point.value,
        point.numerator if has_cases else None,
        point.denominator if has_cases else None,
        point.unit,
        point.basis,
        point.origin.label,
        point.reason,
        point.source,
    )
