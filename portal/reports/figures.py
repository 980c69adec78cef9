"""Every figure of the report as a row of its own: the columns, what stands in each, and what it means."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.domain.annual_report.content import AnnualReport, ReportPoint, Section
from portal.domain.registry.values import MissingReason


Value = str | float | None


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
    """Yield each figure's values in the order of COLUMNS."""
    return (_values(section, point) for section, point in report.points)


def _values(section: Section, point: ReportPoint) -> tuple[Value, ...]:
    is_hidden = point.value is None and point.reason == MissingReason.SUPPRESSED.label
    return (
        section.number,
        point.indicator,
        point.label,
        point.part or "region",
        point.part_label,
        point.period,
        point.value,
        None if is_hidden else point.numerator,
        None if is_hidden else point.denominator,
        point.unit,
        point.basis,
        point.origin.label,
        point.reason,
        point.source,
    )
