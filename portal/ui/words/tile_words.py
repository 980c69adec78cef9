"""What a tile says of an indicator's month, in the words of every page."""

from collections.abc import Sequence

from portal.domain.insight.attention import Cause, HistoryMark, mark_of
from portal.domain.insight.series import ChartedSeries
from portal.domain.insight.statistics.control import Assurance
from portal.domain.registry.indicators import Indicator, Kind
from portal.domain.registry.months import Month
from portal.domain.registry.rounding import difference
from portal.services.insight.overview import IndicatorRow
from portal.services.insight.region_months import RegionalLine
from portal.ui.base import formats, markup
from portal.ui.base.tiles import Tile, TileLine
from portal.ui.words import findings, sentences


AIM_MARKS = {Assurance.PASS: "✓", Assurance.FAIL: "✗", Assurance.HIT_OR_MISS: "◐"}
MONTHS = "mån"


def tile(row: IndicatorRow, href: str) -> Tile:
    """Return the tile of an indicator's month."""
    is_missing = row.now.value is None
    return Tile(
        label=row.indicator.label,
        value=value(row),
        rate="" if is_missing else rate(row),
        region=region(row),
        mark=row.mark,
        aim="" if is_missing else aim(row),
        line=line_of(row.line, row.regional, row.mark),
        href=href,
        is_missing=is_missing,
    )


def card(row: IndicatorRow, href: str) -> Tile:
    """Return the large tile of an indicator that asks for attention."""
    cause = row.finding.cause if row.finding else None
    return Tile(
        label=row.indicator.label,
        value=value(row),
        rate=rate(row),
        region=region(row),
        mark=None if cause in (Cause.REGION, Cause.TARGET) else row.mark,
        aim=aim(row) if cause is Cause.TARGET else "",
        line=line_of(row.line, row.regional, HistoryMark.WORSE),
        href=href,
        reason=findings.card_reason(row),
    )


def regional(line: RegionalLine) -> Tile:
    """Return the tile of the region's newest released month, against the month before."""
    series, indicator = line.series, line.series.indicator
    figure, _ = sentences.region(indicator, line.newest)
    is_missing = series.values[-1] is None
    unit = f"\u00a0{MONTHS}" if indicator.kind is Kind.QUOTIENT and not is_missing else ""
    return Tile(
        label=indicator.label,
        value=f"{figure}{unit}",
        region=regional_step(line),
        mark=line.mark,
        line=line_of(series, (), line.mark),
        href=markup.link("mottagningar", indikator=indicator.code, period=str(series.months[-1])),
        is_missing=is_missing,
    )


def regional_step(line: RegionalLine) -> str:
    """`+2 mot november`, in the unit that is drawn; nothing where a month is not shown."""
    series = line.series
    digits = findings.digits_of(series.indicator)
    return _step(series.values[-2:], line.mark, series.indicator, digits, series.months[-2])


def step(row: IndicatorRow) -> str:
    """The same of a clinic's value, in the value's own unit; nothing where a month has none."""
    digits = 1 if row.indicator.kind is Kind.QUOTIENT else 0
    amounts = (row.month_before.value, row.now.value)
    return _step(amounts, row.mark, row.indicator, digits, row.month.previous)


def _step(
    amounts: Sequence[float | None],
    mark: HistoryMark | None,
    indicator: Indicator,
    digits: int,
    month_before: Month,
) -> str:
    """Return how far the second amount is from the first: `men −2 mot november` where the mark says the other way."""
    before, now = amounts
    if before is None or now is None:
        return ""
    distance = difference(now, before, digits)
    of_step = mark_of(indicator.better, is_high=distance > 0) if distance else mark
    but = "men " * ({mark, of_step} == {HistoryMark.WORSE, HistoryMark.BETTER})
    return (
        f"{but}{formats.signed(distance, digits) if distance else formats.UNCHANGED} mot {month_before.name}"
    )


def value(row: IndicatorRow) -> str:
    """`94 %`, `70`, `7,4 mån`, or in words why there is none."""
    unit = f"\u00a0{MONTHS}" if row.indicator.kind is Kind.QUOTIENT and row.now.value is not None else ""
    return f"{formats.figure(row.indicator, row.now)}{unit}"


def rate(row: IndicatorRow) -> str:
    """`8,1 per 100` of a count; nothing where it has none."""
    return formats.rate(row.now.rate) if row.indicator.is_rate and row.now.rate is not None else ""


def region(row: IndicatorRow) -> str:
    """`Regionen 7,4 per 100`; the page says of which month, and the method why there may be none."""
    figure, basis = sentences.region(row.indicator, row.released)
    if row.released is None or not row.released.is_shown:
        return f"Regionen: {figure.lower()}"
    in_sum = f" i {basis}" if row.indicator.is_base else ""
    return f"Regionen {figure}{in_sum}"


def aim(row: IndicatorRow) -> str:
    """`✗ mål 100 %`: whether it is met as it goes now; without a sign what the contract asks and nobody has set."""
    if row.target is None:
        return ""
    units = {Kind.PERCENT: "\u00a0%", Kind.STOCK_PERCENT: "\u00a0%", Kind.QUOTIENT: f"\u00a0{MONTHS}"}
    unit = units.get(row.indicator.kind, "")
    sign = f"{AIM_MARKS[row.assurance]} " if row.assurance else ""
    return f"{sign}mål\u00a0{formats.exact(row.target.value)}{unit}"


def line_of(
    series: ChartedSeries, regional: Sequence[float | None], mark: HistoryMark | None = None
) -> TileLine:
    """Return a series as a tile's line; `regional` has its months."""
    usual = tuple(None if limits is None else (limits.low, limits.high) for limits in series.chart.limits)
    first_months = tuple(index for month in series.breaks if (index := series.index(month)))
    return TileLine(
        own=series.values,
        region=tuple(regional),
        usual=usual,
        breaks=first_months,
        text=line_text(series, regional),
        mark=mark,
    )


def line_text(series: ChartedSeries, regional: Sequence[float | None]) -> str:
    """Say in one sentence what the line shows: its ends, the usual and the region's newest."""
    indicator = series.indicator
    reported = [index for index, amount in enumerate(series.values) if amount is not None]
    sentence = f"{indicator.label}: inga värden de senaste {len(series.months)} månaderna"
    if reported:
        ends = dict.fromkeys((reported[0], reported[-1]))
        parts = [
            f"{amount(indicator, series.values[index])} i {series.months[index].label}" for index in ends
        ]
        sentence = f"{indicator.label}: {', '.join(parts)}"
    if limits := series.chart.latest:
        sentence += f"; det vanliga är {findings.span(indicator, limits)}"
    if newest := [amount for amount in regional if amount is not None]:
        sentence += f"; regionen senast {_released(indicator, newest[-1])}"
    return f"{sentence}."


def amount(indicator: Indicator, drawn: float | None) -> str:
    """Return what a chart draws, with its unit: `88 %`, `7,9 per 100`, `7,4 mån`."""
    text = findings.charted_alone(indicator, drawn)
    if indicator.kind is Kind.QUOTIENT:
        return f"{text}\u00a0{MONTHS}"
    return f"{text} per 100" if indicator.is_rate else text


def moved(indicator: Indicator, step: float) -> str:
    """Return how far a drawn amount has moved: `+12 procentenheter`, `−0,5 per 100`, `+1,2 mån`."""
    if indicator.is_share:
        return formats.change(step, in_points=True)
    unit = " per 100" if indicator.is_rate else f"\u00a0{MONTHS}" if indicator.kind is Kind.QUOTIENT else ""
    return f"{formats.signed(step, findings.digits_of(indicator))}{unit}"


def _released(indicator: Indicator, amount: float) -> str:
    if indicator.is_rate:
        return f"{formats.released_rate(amount)} per 100"
    return findings.charted_alone(indicator, amount)
