"""What publishing gives away: how many of the clinics' months can be estimated from the report and the monthly sums.

The report prints each clinic's year and its last month's stocks; every clinic reads the region's months. A year
spread over the months as the region's sums are, and a stock drawn straight from the last December's, come near the
clinic's own months.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from portal.domain.annual_report.content import AnnualReport, Origin, ReportPoint
from portal.domain.registry.annual import counted
from portal.domain.registry.indicators import INDICATORS_BY_CODE, Kind
from portal.domain.registry.measures import MEASURES_BY_CODE, MeasureKind
from portal.domain.registry.months import Month
from portal.domain.registry.rounding import half_up


CLOSE = 0.1  # of the true value
Key = tuple[str, str]  # (clinic, measure)
MonthCounts = Mapping[Key, Mapping[Month, int]]  # what the clinics reported
MonthSums = Mapping[tuple[Month, str], float]  # (month, measure) → the region's sum, as clinics read it


@dataclass(frozen=True, kw_only=True, slots=True)
class Giveaway:
    """`close` of `months` can be estimated within ten percent; `stocks` stand in the report as they are."""

    close: int
    months: int
    stocks: int

    @property
    def percent(self) -> float:
        return 100 * self.close / self.months if self.months else 0.0


def giveaway(report: AnnualReport, counts: MonthCounts, sums: MonthSums) -> Giveaway:
    """Count the months of the report's year whose counts can be estimated, a count at a time."""
    year, before = (_printed(report, of_year) for of_year in (report.year, report.year - 1))
    close = months = stocks = 0
    for key, printed in year.items():
        own = {month: count for month, count in counts.get(key, {}).items() if month.year == report.year}
        if _is_stock(key[1]):
            estimates = _of_stock(printed, before.get(key), sorted(own))
            stocks += Month.parse(report.last_month) in own
        else:
            estimates = _of_flow(printed, key[1], sorted(own), sums)
        close += sum(
            abs(half_up(estimate) - own[month]) <= CLOSE * own[month] for month, estimate in estimates.items()
        )
        months += len(own)
    return Giveaway(close=close, months=months, stocks=stocks)


def _printed(report: AnnualReport, year: int) -> dict[Key, float]:
    """Return what the report prints of each clinic's year: the sum of a count, of a stock the last month's."""
    clinics = {submission.clinic for submission in report.submissions}
    printed: dict[Key, float] = {}
    for _, point in report.points:
        if point.part in clinics and point.period == str(year) and point.origin is Origin.COMPUTED:
            for measure, count in _counts(point):
                printed.setdefault((point.part, measure), count)
    return printed


def _counts(point: ReportPoint) -> Iterator[tuple[str, float]]:
    indicator = INDICATORS_BY_CODE.get(point.indicator)
    if indicator is None or not indicator.from_clinics or indicator.kind is Kind.QUOTIENT:
        return
    over, under = point.numerator, point.denominator
    if over is not None and under is not None:  # what was reported is the rest of what is counted, too
        over = counted(indicator, over, under)
    for measure, count in zip(indicator.measures, (over, under), strict=False):
        if count is not None:
            yield measure, count


def _of_flow(year: float, measure: str, months: Sequence[Month], sums: MonthSums) -> dict[Month, float]:
    """Spread a year as the region's sums are; a month whose sum is hidden has what the others have in the mean."""
    released = [sums[month, measure] for month in months if (month, measure) in sums]
    mean = sum(released) / len(released) if released else 1.0
    weights = {month: sums.get((month, measure), mean) for month in months}
    return {month: year * weight / sum(weights.values()) for month, weight in weights.items()}


def _of_stock(now: float, before: float | None, months: Sequence[Month]) -> dict[Month, float]:
    """Go straight from the last December's stock to the year's last."""
    start = now if before is None else before
    return {month: start + (now - start) * place / len(months) for place, month in enumerate(months, start=1)}


def _is_stock(measure: str) -> bool:
    return MEASURES_BY_CODE[measure].kind is MeasureKind.STOCK
