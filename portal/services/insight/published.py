"""What the sources printed for a run of months, such as `2023-01..2023-11`: the portal's own mean of the same."""

from collections.abc import Iterable

from db.reporting import values
from db.scoping import ScopedConnection
from portal.domain.registry.months import Month, months_between
from portal.domain.sources.published import PublishedFigure


RUN = ".."


def is_run_of_months(row: PublishedFigure) -> bool:
    """Whether the figure was printed for a run of months, as a mean per month."""
    return RUN in row.period


def first_and_last(period: str) -> tuple[Month, Month]:
    """Return the months in which a printed run begins and ends."""
    first, last = period.split(RUN)
    return Month.parse(first), Month.parse(last)


def monthly_means(
    scoped: ScopedConnection, published: Iterable[PublishedFigure]
) -> dict[tuple[str, str], float]:
    """Return the portal's own mean per month for each printed run, by its period and measure.

    None of a run that has a month without value. One query per period.
    """
    measures: dict[str, list[str]] = {}
    for row in filter(is_run_of_months, published):
        measures.setdefault(row.period, []).append(row.indicator)
    means: dict[tuple[str, str], float] = {}
    for period in sorted(measures):
        first, last = first_and_last(period)
        sums = values.monthly_sums(scoped, measures=measures[period], first=first, last=last)
        months = months_between(first, last)
        for measure in measures[period]:
            totals = [sums[month, measure] for month in months if (month, measure) in sums]
            if len(totals) == len(months):
                means[period, measure] = sum(totals) / len(totals)
    return means
