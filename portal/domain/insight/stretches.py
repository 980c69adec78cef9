"""Which of a chart's signals are news: a long run is told when it is there and in the newest month, not each month.

The rules are those of portal.domain.statistics: they mark every month of a run or a trend, those before the
seventh too.
"""

from dataclasses import dataclass
from itertools import pairwise

from portal.domain.insight.attention import AttentionFinding, Cause, signal_of
from portal.domain.insight.series import ChartedSeries
from portal.domain.insight.statistics.control import RUN
from portal.domain.registry.indicators import Better


NEAR_REACH = 2  # months between two points near a limit that belong together: two of three in a row


@dataclass(frozen=True, kw_only=True, slots=True)
class StretchMark:
    """What the chart says of one month. `length`: months of the whole run or trend, 1 for the other rules."""

    finding: AttentionFinding
    length: int
    is_news: bool  # outside a limit, the month in which the rule is first fulfilled, or the newest

    @property
    def is_fulfilled(self) -> bool:
        """Whether the months up to this one make a run or trend; False for those that came before the seventh."""
        return self.finding.cause not in (Cause.TREND, Cause.ONE_SIDE) or self.finding.months >= RUN


def marks(series: ChartedSeries) -> tuple[StretchMark | None, ...]:
    """Return one entry per month; None where the chart has nothing to say."""
    findings = [signal_of(series, month) for month in series.months]
    newest = max((index for index, value in enumerate(series.values) if value is not None), default=None)
    return tuple(
        StretchMark(
            finding=finding,
            length=_length(series, index, finding),
            is_news=index == newest or _is_first(series, findings, index, finding),
        )
        if finding
        else None
        for index, finding in enumerate(findings)
    )


def _is_first(
    series: ChartedSeries, findings: list[AttentionFinding | None], index: int, finding: AttentionFinding
) -> bool:
    """Tell whether the rule is fulfilled in that month and was not before it."""
    match finding.cause:
        case Cause.OUTSIDE:
            return True
        case Cause.TREND:
            return finding.months == RUN
        case Cause.NEAR:
            return (
                _nears_before(findings, index, is_high=finding.is_high) == 1
                or series.chart.runs[index] == RUN
            )
        case _:
            return series.chart.runs[index] == RUN


def _nears_before(findings: list[AttentionFinding | None], index: int, *, is_high: bool) -> int:
    """Return how many points of the same stretch near a limit came before."""
    count, last = 0, index
    for earlier in range(index - 1, -1, -1):
        finding = findings[earlier]
        if last - earlier > NEAR_REACH:
            break
        if finding and finding.cause is Cause.NEAR and finding.is_high is is_high:
            count, last = count + 1, earlier
    return count


def _length(series: ChartedSeries, index: int, finding: AttentionFinding) -> int:
    if finding.cause not in (Cause.TREND, Cause.ONE_SIDE):
        return 1
    last = index
    while last + 1 < len(series.values) and _goes_on(series, last, finding):
        last += 1
    return finding.months + last - index


def _goes_on(series: ChartedSeries, index: int, finding: AttentionFinding) -> bool:
    """Tell whether the run or trend of that month goes on in the next one."""
    if finding.cause is Cause.ONE_SIDE:
        return series.chart.runs[index + 1] == series.chart.runs[index] + 1
    value, next_value = series.values[index], series.values[index + 1]
    if value is None or next_value is None or series.months[index + 1] in series.breaks:
        return False
    return next_value > value if finding.is_high else next_value < value


# What is drawn of the past


def worst(series: ChartedSeries) -> int | None:
    """Return the newest of the months with the worst value; None where neither direction is worse, or all are alike."""
    values = [value for value in series.values if value is not None]
    if series.indicator.better is Better.NEUTRAL or len(set(values)) < 2:
        return None
    lowest_is_worst = series.indicator.better is Better.HIGHER
    value = min(values) if lowest_is_worst else max(values)
    return max(index for index, other in enumerate(series.values) if other == value)


def turn(series: ChartedSeries) -> int | None:
    """Return the month in which the news last changed direction; None where it never did."""
    news = [
        (index, mark.finding.is_high) for index, mark in enumerate(marks(series)) if mark and mark.is_news
    ]
    turns = [index for (_, before), (index, is_high) in pairwise(news) if is_high is not before]
    return turns[-1] if turns else None
