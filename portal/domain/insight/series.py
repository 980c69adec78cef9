"""An indicator's months as a control chart: what is drawn, within which limits, and how sure it is.

Also the rolling year: the same figure over the twelve months to each month.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from statistics import median

from portal.domain.insight.statistics.control import (
    FEWEST_POINTS,
    ControlChart,
    ControlLimits,
    Newest,
    newest_of_cases,
    newest_of_values,
    p_chart,
    p_chart_after,
    xmr_chart,
    xmr_chart_after,
)
from portal.domain.insight.statistics.shares import wilson_interval
from portal.domain.registry.annual import Figure, Totals, figure_of_period, value_of
from portal.domain.registry.indicators import PATIENTS, Indicator
from portal.domain.registry.measures import MEASURES_BY_CODE, MeasureKind
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import Answer, MissingReason, Ratio, per_100


CONTROL_MONTHS = 36  # limits rest on the newest three years, whichever part of them is shown
SMALL_DENOMINATOR = 50  # typical cases a month below this: limits that follow the number of cases
FEW_CASES = 30  # a share of fewer cases is drawn with its interval
ALMOST_EVERYTHING = 90  # percentage points between limits that tell nothing of a single month
YEAR = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class ChartedSeries:
    """One indicator's months, oldest first; everything in the unit that is drawn."""

    indicator: Indicator
    months: tuple[Month, ...]
    values: tuple[float | None, ...]
    intervals: tuple[tuple[float, float] | None, ...]  # where a share rests on few cases
    breaks: tuple[Month, ...]  # the first month after each
    chart: ControlChart
    follows_cases: bool  # limits of a p-chart

    @property
    def tells_nothing_of_a_month(self) -> bool:
        """Whether the newest limits of a share lie so far apart that a single month may be anything."""
        limits = self.chart.latest
        return limits is not None and tells_nothing(self.indicator, limits)

    def index(self, month: Month) -> int | None:
        return self.months.index(month) if month in self.months else None

    def can_signal(self, index: int) -> bool:
        """Whether that month's stretch, up to the next break, has the months that signals take."""
        starts = [0, *(self.months.index(month) for month in self.breaks), len(self.months)]
        start = max(start for start in starts if start <= index)
        stop = min(stop for stop in starts if stop > index)
        return sum(value is not None for value in self.values[start:stop]) >= FEWEST_POINTS

    def since(self, first: Month) -> "ChartedSeries":
        """Return the months from `first`, with what the whole series says of them."""
        start = self.months.index(first)
        chart = ControlChart(self.chart.limits[start:], self.chart.signals[start:], self.chart.runs[start:])
        return replace(
            self,
            months=self.months[start:],
            values=self.values[start:],
            intervals=self.intervals[start:],
            breaks=tuple(month for month in self.breaks if month >= first),
            chart=chart,
        )

    def without_limits(self) -> "ChartedSeries":
        nothing = (None,) * len(self.months)
        return replace(self, chart=ControlChart(nothing, nothing, self.chart.runs))


def drawn(indicator: Indicator, figure: Figure) -> float | None:
    """Return what is drawn and compared: the rate per 100 patients for counts, otherwise the value."""
    return figure.rate if indicator.is_rate else figure.value


@dataclass(frozen=True, slots=True)
class Counts:
    """An indicator's months as numbers, oldest first: what is drawn, and of a share what is divided by what."""

    drawn: Sequence[float | None]
    numerators: Sequence[float | None]
    denominators: Sequence[float | None]

    @property
    def until_month_before(self) -> "Counts":
        return self.until(-1)

    def until(self, stop: int) -> "Counts":
        return Counts(self.drawn[:stop], self.numerators[:stop], self.denominators[:stop])

    def since(self, start: int) -> "Counts":
        return Counts(self.drawn[start:], self.numerators[start:], self.denominators[start:])


def counts_of_figures(indicator: Indicator, figures: Sequence[Figure]) -> Counts:
    return Counts(
        [drawn(indicator, figure) for figure in figures],
        [figure.numerator if figure.value is not None else None for figure in figures],
        [figure.denominator for figure in figures],
    )


def counts_of_measures(indicator: Indicator, measures: Mapping[str, Sequence[int | None]]) -> Counts:
    """Return the same of the months' counts, by measure: the figures themselves cost more than what is asked of them."""
    over = measures[indicator.numerator or ""]
    if indicator.denominator is None:
        per = measures[PATIENTS] if indicator.is_rate else ()
        return Counts(list(map(_rate, over, per)) if per else over, over, [None] * len(over))
    under = list(map(_beneath, over, measures[indicator.denominator]))
    cases = list(map(_rest, over, under)) if indicator.counts_rest else over
    values = [
        None if b is None else value_of(indicator, a or 0, b) for a, b in zip(cases, under, strict=True)
    ]
    return Counts(values, cases, under)


def _beneath(over: int | None, under: int | None) -> int | None:
    return None if over is None else under


def _rest(part: int | None, whole: int | None) -> int | None:
    return None if part is None or whole is None else whole - part


def _rate(count: int | None, patients: int | None) -> float | None:
    return None if count is None or patients is None else per_100(count, patients)


def charted(
    indicator: Indicator, months: Sequence[Month], figures: Sequence[Figure], *, breaks: Sequence[Month] = ()
) -> ChartedSeries:
    """Chart an indicator's months; those before the newest CONTROL_MONTHS are drawn but set no limits.

    Shares of small denominators get limits that follow the number of cases (p-chart); everything else the
    limits of single values, clipped to what the value can be.
    """
    values = tuple(drawn(indicator, figure) for figure in figures)
    intervals = tuple(_interval(indicator, figure) for figure in figures)
    older = max(0, len(months) - CONTROL_MONTHS)
    counts = counts_of_figures(indicator, [Figure()] * older + list(figures[older:]))
    starts = [index for index, month in enumerate(months) if month in breaks]
    follows_cases = _follows_cases(indicator, counts)
    breaks_within = tuple(month for month in breaks if month in months)
    return ChartedSeries(
        indicator=indicator,
        months=tuple(months),
        values=values,
        intervals=intervals,
        breaks=breaks_within,
        chart=_in_percent(p_chart(counts.numerators, counts.denominators, breaks=starts))
        if follows_cases
        else xmr_chart(counts.drawn, breaks=starts, **_bounds(indicator)),
        follows_cases=follows_cases,
    )


def newest_of(
    indicator: Indicator, months: Sequence[Month], counts: Counts, *, breaks: Sequence[Month] = ()
) -> Newest | None:
    """Return what `charted` says of the newest month, without charting the others; None where it is no signal."""
    older = max(0, len(months) - CONTROL_MONTHS)
    starts = [months.index(month) for month in breaks if month in months]
    stretch = counts.since(max([older, *starts]))
    if not _follows_cases(indicator, counts.since(older)):
        return newest_of_values(stretch.drawn, **_bounds(indicator))
    newest = newest_of_cases(stretch.numerators, stretch.denominators)
    return newest and replace(newest, limits=_times_100(newest.limits))


def tells_nothing(indicator: Indicator, limits: ControlLimits) -> bool:
    """Whether limits of a share lie so far apart that a single month may be anything."""
    return indicator.is_share and limits.high - limits.low > ALMOST_EVERYTHING


def charted_after(
    indicator: Indicator,
    months: Sequence[Month],
    figures: Sequence[Figure],
    *,
    start: Month,
    breaks: Sequence[Month] = (),
) -> ChartedSeries:
    """Chart the months from `start` on within the limits of the newest CONTROL_MONTHS before it, since their last break.

    The limits are not moved by what they are to judge. `breaks` of the result are those after the start.
    """
    earliest = max([start.plus(-CONTROL_MONTHS), *(month for month in breaks if month <= start)])
    kept_out = sum(month < earliest for month in months)
    before = sum(earliest <= month < start for month in months)
    counts = counts_of_figures(indicator, figures[kept_out:])
    after = counts.since(before)
    months_after = tuple(months[kept_out + before :])
    intervals = tuple(_interval(indicator, figure) for figure in figures[kept_out + before :])
    follows_cases = _follows_cases(indicator, counts.until(before))
    return ChartedSeries(
        indicator=indicator,
        months=months_after,
        values=tuple(after.drawn),
        intervals=intervals,
        breaks=tuple(sorted({*months_after[1:]} & {*breaks})),
        chart=_in_percent(p_chart_after(counts.numerators, counts.denominators, before))
        if follows_cases
        else xmr_chart_after(counts.drawn, before, **_bounds(indicator)),
        follows_cases=follows_cases,
    )


def _bounds(indicator: Indicator) -> dict[str, float | None]:
    """Return between what a value of the indicator can lie."""
    return {"floor": 0, "ceiling": 100 if indicator.is_share else None}


def _follows_cases(indicator: Indicator, counts: Counts) -> bool:
    """Whether a share has typically so few cases that its limits follow their number."""
    if not indicator.is_share:
        return False
    cases = [denominator for denominator in counts.denominators if denominator]
    typical = median(cases) if cases else inf  # without cases, such as a released figure: none to follow
    return typical < SMALL_DENOMINATOR


def _interval(indicator: Indicator, figure: Figure) -> tuple[float, float] | None:
    if not indicator.is_share or figure.value is None or (figure.denominator or 0) >= FEW_CASES:
        return None
    interval = wilson_interval(figure.numerator or 0, figure.denominator or 0)
    return (100 * interval[0], 100 * interval[1]) if interval else None


def _in_percent(chart: ControlChart) -> ControlChart:
    limits = tuple(month_limits and _times_100(month_limits) for month_limits in chart.limits)
    return ControlChart(limits, chart.signals, chart.runs)


def _times_100(limits: ControlLimits) -> ControlLimits:
    return ControlLimits(
        100 * limits.mean, 100 * limits.low, 100 * limits.high, 100 * limits.near_low, 100 * limits.near_high
    )


# The rolling year


def can_roll(indicator: Indicator) -> bool:
    """A snapshot is not summed: its year is its last month."""
    return not indicator.is_snapshot


def rolling_year(
    indicator: Indicator,
    answers: Mapping[Month, Mapping[str, Answer]],
    month: Month,
    *,
    otherwise: MissingReason,
) -> Figure:
    """Return the figure of the twelve months to `month`; none unless all twelve have their counts."""
    months = months_between(month.plus(1 - YEAR), month)
    flows = [code for code in indicator.measures if MEASURES_BY_CODE[code].kind is MeasureKind.FLOW]
    sums = _sums_of_year(answers, months, flows)
    if sums is None:
        return Figure(reason=otherwise)
    pair = (indicator.numerator or "", indicator.denominator or "")
    pairs = {pair: Ratio(sums[pair[0]], sums[pair[1]])} if indicator.is_share else {}
    flow_totals = {code: (total, YEAR) for code, total in sums.items()}
    newest_answers = answers.get(month, {})
    snapshots = (*indicator.measures, PATIENTS)
    last = {code: newest_answers[code] for code in snapshots if code in newest_answers}
    totals = Totals(flows=flow_totals, last=last, pairs=pairs)
    return figure_of_period(indicator, totals, otherwise=otherwise)


def _sums_of_year(
    answers: Mapping[Month, Mapping[str, Answer]], months: Sequence[Month], flows: Sequence[str]
) -> dict[str, int] | None:
    """Return each flow's sum over the months; None unless every month has every count."""
    sums = dict.fromkeys(flows, 0)
    for month in months:
        for code in flows:
            count = _count(answers, month, code)
            if count is None:
                return None
            sums[code] += count
    return sums


def _count(answers: Mapping[Month, Mapping[str, Answer]], month: Month, code: str) -> int | None:
    answer = answers.get(month, {}).get(code)
    return answer.value if answer else None
