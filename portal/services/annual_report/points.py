"""The year's figures as the report's points: per clinic and for the region, this year and the year before."""

from collections.abc import Iterable

from portal.domain.annual_report.chapters import BREAKDOWNS, PARTS, SOURCES
from portal.domain.annual_report.content import Origin, Point
from portal.domain.registry.annual import Figure, RegionalFigure
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import Headline, Indicator, Kind
from portal.services.insight.benchmarks import PublishedBeside, Year, YearOfIndicator


DECIMALS = 6  # a frozen figure is the same whatever order a database adds up in
OWN_VALUE = "mottagningens värde"


def of_indicator(year: Year, found: YearOfIndicator, clinics: Iterable[Clinic]) -> tuple[Point, ...]:
    """Return every figure of one indicator: the region's, the clinics', the breakdowns' and the printed."""
    shown = {clinic.code for clinic in clinics}
    points: list[Point] = []
    for period, region in ((year.year, found.region), (year.year - 1, found.before)):
        points += _region(found.indicator, str(period), region)
    for clinic, now, before in found.clinics:
        if clinic.code in shown:
            points.append(_clinic(found.indicator, clinic, str(year.year), now))
            points.append(_clinic(found.indicator, clinic, str(year.year - 1), before))
    points += _breakdowns(year, found)
    points += [published(row, found.indicator) for row in (*found.published, *found.published_before)]
    return tuple(points)


def rounded(value: float | None) -> float | None:
    """Return the value as it is kept: whole numbers exactly, the others to six decimals."""
    return None if value is None else float(round(value, DECIMALS))


def region_point(
    indicator: Indicator,
    period: str,
    basis: str,
    value: float | None,
    region: RegionalFigure,
    *,
    part: str = "",
    part_label: str = "Regionen",
) -> Point:
    """Return one regional figure on the basis named, or that of a group of clinics."""
    reason = region.reason.label if value is None and region.reason else ""
    return Point(
        indicator=indicator.code,
        label=indicator.label,
        part=part,
        part_label=part_label,
        period=period,
        unit=indicator.unit,
        basis=basis,
        origin=Origin.COMPUTED if indicator.from_clinics else Origin.ENTERED,
        value=rounded(value),
        numerator=rounded(region.numerator),
        denominator=rounded(region.denominator),
        reason=reason or ("" if value is not None else "inget underlag"),
        source=indicator.source,
    )


def _region(indicator: Indicator, period: str, region: RegionalFigure) -> list[Point]:
    if not indicator.denominator or region.value is None:
        return [region_point(indicator, period, indicator.headline.label, region.value, region)]
    bases = ((Headline.POOLED, region.pooled), (Headline.MEAN_OF_CLINICS, region.mean_of_clinics))
    found = [region_point(indicator, period, basis.label, value, region) for basis, value in bases]
    return sorted(found, key=lambda point: point.basis != indicator.headline.label)


def _clinic(indicator: Indicator, clinic: Clinic, period: str, figure: Figure) -> Point:
    return Point(
        indicator=indicator.code,
        label=indicator.label,
        part=clinic.code,
        part_label=clinic.report_name,
        period=period,
        unit=indicator.unit,
        basis=OWN_VALUE,
        value=rounded(figure.value),
        numerator=rounded(figure.numerator),
        denominator=rounded(figure.denominator),
        reason=figure.reason.label if figure.reason else "",
        source=indicator.source,
    )


def _breakdowns(year: Year, found: YearOfIndicator) -> list[Point]:
    points = []
    for name, values in sorted(found.breakdowns.items()):
        for period, value in zip((year.year, year.year - 1), values, strict=True):
            points.append(
                Point(
                    indicator=found.indicator.code,
                    label=found.indicator.label,
                    part=name,
                    part_label=part_label(name),
                    period=str(period),
                    unit=found.indicator.unit,
                    basis=_basis_of_breakdown(found.indicator),
                    origin=Origin.ENTERED,
                    value=rounded(value),
                    reason="" if value is not None else "ej rapporterat",
                    source=found.indicator.source,
                )
            )
    return points


def _basis_of_breakdown(indicator: Indicator) -> str:
    return "antal" if indicator.kind is Kind.RATIO else "en indelning för sig"


def part_label(name: str) -> str:
    """Return `Kön: flickor` for `sex:flickor`, and the words for a part without a division."""
    kind, _, part = name.partition(":")
    heading = BREAKDOWNS.get(kind, kind)
    return f"{heading}: {PARTS.get(part, part)}" if part else heading


def published(row: PublishedBeside, indicator: Indicator | None) -> Point:
    """Return a figure as a source prints it, with its own basis."""
    return Point(
        indicator=row.indicator,
        label=indicator.label if indicator else row.indicator,
        part=row.breakdown,
        part_label=part_label(row.breakdown) if row.breakdown else "Regionen",
        period=row.period,
        unit=row.unit,
        basis=row.basis or "som publicerat",
        origin=Origin.PUBLISHED,
        value=rounded(row.published),
        reason="" if row.published is not None else "inget underlag",
        source=SOURCES.get(row.source, row.source),
    )
