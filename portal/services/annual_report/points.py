"""The year's figures as the report's points: per clinic and for the region, this year and the year before."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from portal import formats
from portal.domain.annual_report.chapters import BREAKDOWNS, PARTS, SOURCES
from portal.domain.annual_report.content import OWN_VALUE, Origin, ReportPoint, Section
from portal.domain.annual_report.fields import FieldValues, points_by_name
from portal.domain.registry.annual import Figure, RegionalFigure
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import INDICATORS_BY_CODE, Headline, Indicator, Kind
from portal.domain.registry.region import Region
from portal.domain.registry.rounding import for_rounding_again
from portal.services.insight.benchmarks import PublishedBeside, Year, YearOfIndicator


DECIMALS = 6  # a frozen figure is the same whatever order a database adds up in


@dataclass(frozen=True, slots=True)
class ReportPart:
    """What a figure is of: the region, a group of clinics (`operator:private`) or a part of a breakdown."""

    name: str = ""
    label: str = "Regionen"


WHOLE_REGION = ReportPart()


def of_indicator(
    year: Year, indicator_year: YearOfIndicator, clinics: Iterable[Clinic], region: Region
) -> tuple[ReportPoint, ...]:
    """Return every figure of one indicator: the region's, the clinics', the breakdowns' and the printed.

    Its source is named as the region does.
    """
    declared, codes = indicator_year.indicator, {clinic.code for clinic in clinics}
    indicator = replace(declared, source=region.in_words(declared.source))
    points: list[ReportPoint] = []
    for period, together in ((year.year, indicator_year.region), (year.year - 1, indicator_year.before)):
        points += _region(indicator, str(period), together)
    for clinic, now, before in indicator_year.clinics:
        if clinic.code in codes:
            points.append(_clinic(indicator, clinic, str(year.year), now))
            points.append(_clinic(indicator, clinic, str(year.year - 1), before))
    points += _breakdowns(year, indicator_year)
    printed = (*indicator_year.published, *indicator_year.published_before)
    return (*points, *(published(row, indicator) for row in printed))


def rounded(value: float | None) -> float | None:
    """Return the value as it is kept: whole numbers exactly, the others to six decimals."""
    return None if value is None else for_rounding_again(value, DECIMALS)


def region_point(
    indicator: Indicator,
    period: str,
    basis: str,
    value: float | None,
    region: RegionalFigure,
    part: ReportPart = WHOLE_REGION,
) -> ReportPoint:
    """Return one regional figure on the basis named, or that of a group of clinics."""
    reason = region.reason.label if value is None and region.reason else ""
    return ReportPoint(
        indicator=indicator.code,
        label=indicator.label,
        part=part.name,
        part_label=part.label,
        period=period,
        unit=indicator.unit,
        basis=basis,
        origin=_origin(indicator, region),
        value=rounded(value),
        numerator=rounded(region.numerator),
        denominator=rounded(region.denominator),
        reason=reason or ("" if value is not None else "inget underlag"),
        source=indicator.source,
    )


def _origin(indicator: Indicator, region: RegionalFigure) -> Origin:
    is_entered = indicator.entered_as and region.value is not None and not region.clinics
    return Origin.COMPUTED if indicator.from_clinics and not is_entered else Origin.ENTERED


def _region(indicator: Indicator, period: str, region: RegionalFigure) -> list[ReportPoint]:
    if not indicator.denominator or region.value is None:
        return [region_point(indicator, period, indicator.headline.label, region.value, region)]
    without_cases = replace(region, numerator=None, denominator=None)  # they give the pooled figure, no mean
    points = [
        region_point(indicator, period, Headline.POOLED.label, region.pooled, region),
        region_point(
            indicator, period, Headline.MEAN_OF_CLINICS.label, region.mean_of_clinics, without_cases
        ),
    ]
    return sorted(points, key=lambda point: point.basis != indicator.headline.label)


def _clinic(indicator: Indicator, clinic: Clinic, period: str, figure: Figure) -> ReportPoint:
    return ReportPoint(
        indicator=indicator.code,
        label=indicator.label,
        part=clinic.code,
        part_label=clinic.name,
        period=period,
        unit=indicator.unit,
        basis=OWN_VALUE,
        value=rounded(figure.value),
        numerator=rounded(figure.numerator),
        denominator=rounded(figure.denominator),
        reason=figure.reason.label if figure.reason else "",
        source=indicator.source,
    )


def _breakdowns(year: Year, indicator_year: YearOfIndicator) -> list[ReportPoint]:
    return [
        _breakdown(indicator_year.indicator, name, str(period), value)
        for name, values in sorted(indicator_year.breakdowns.items())
        for period, value in zip((year.year, indicator_year.year_before), values, strict=True)
    ]


def _breakdown(indicator: Indicator, name: str, period: str, value: float | None) -> ReportPoint:
    return ReportPoint(
        indicator=indicator.code,
        label=indicator.label,
        part=name,
        part_label=part_label(name),
        period=period,
        unit=indicator.unit,
        basis=_basis_of_breakdown(indicator),
        origin=Origin.ENTERED,
        value=rounded(value),
        reason="" if value is not None else "ej rapporterat",
        source=indicator.source,
    )


def _basis_of_breakdown(indicator: Indicator) -> str:
    return "antal" if indicator.kind is Kind.RATIO else "en indelning för sig"


def part_label(name: str) -> str:
    """Return `Kön: flickor` for `sex:flickor`, and the words for a part without a division."""
    kind, _, part = name.partition(":")
    heading = BREAKDOWNS.get(kind, kind)
    return f"{heading}: {PARTS.get(part, part)}" if part else heading


def published(row: PublishedBeside, indicator: Indicator | None) -> ReportPoint:
    """Return a figure as a source prints it, with its own basis."""
    return ReportPoint(
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


def field_values(year: int, sections: list[Section]) -> FieldValues:
    """Return what the fields of the year's texts stand for: the report's own figures, and no others."""
    return FieldValues(year=year, points=points_by_name(sections), say=_say)


def _say(point: ReportPoint) -> str:
    """Return a figure as a sentence has it: `80 %`, `5 397`, `3,4`."""
    indicator = INDICATORS_BY_CODE.get(point.indicator)
    if indicator is not None:
        return formats.value(indicator, point.value)
    return formats.exact(point.value or 0.0)
