"""The report's charts as data: what is drawn, its caption, and its words for those who do not see it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from portal import formats
from portal.domain.annual_report.content import FORECAST_PARTS, Chart, ChartMark, Shape
from portal.domain.insight.forecasting import SeriesForecast, name_of
from portal.domain.registry.annual import Figure
from portal.domain.registry.changes import rests_on_few
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import Indicator, Target
from portal.domain.registry.months import Month
from portal.domain.registry.region import Region
from portal.domain.registry.rounding import half_up
from portal.services.annual_report import bars
from portal.services.annual_report.bars import BarRow
from portal.services.annual_report.points import rounded
from portal.services.insight.benchmarks import Year, YearOfIndicator


FIGURE_1 = "Mottagningar i Vårdval BUP {place} {year}, antal per kommun"
MORE_MONTHS = "Tre och sex månader fram står i tabellen."
SEE_TABLE = "Alla värden står i tabellen intill."
HOW_AHEAD = "Streckat: prognosen; färgat: bandet för åtta utfall av tio"
NO_EVENT = "ingen öppnade eller stängde"


def of_clinics(
    year: Year, indicator_year: YearOfIndicator, clinics: Sequence[Clinic], target: Target | None = None
) -> Chart | None:
    """Return bars of every clinic, or of very many in groups; both years; None when nobody has a value."""
    indicator = indicator_year.indicator
    rows = _bar_rows(indicator_year, clinics)
    if indicator.figure is None or not _has_values(now for _, now, _ in rows):
        return None
    has_before = _has_values(before for _, _, before in rows)
    years = f"{year.year} och {year.year - 1}" if has_before else str(year.year)
    alt = _bars_alt(indicator, year.year, years, [(name, now) for name, now, _ in rows])
    about = ""
    if bars.is_many(len(rows)):
        rows, about = bars.outliers_and_groups(indicator, rows), f": {bars.HOW}"
    if indicator.denominator:
        rows.append(_region_row(indicator_year))
    chart = Chart(
        number=str(indicator.figure),
        shape=Shape.BARS,
        caption=f"{indicator.label} per mottagning {years} ({indicator.unit}){about}",
        alt=alt,
        axis=indicator.unit,
        marks=tuple(_bar_marks(indicator, year.year, rows, has_before=has_before)),
    )
    return _with_goal(chart, indicator, target)


def _with_goal(chart: Chart, indicator: Indicator, target: Target | None) -> Chart:
    """Return the chart with the line of what a share should reach."""
    if target is None or not indicator.is_share:
        return chart
    return replace(chart, goal=target.value, goal_text=f"mål {formats.value(indicator, target.value)}")


def _bar_rows(indicator_year: YearOfIndicator, clinics: Iterable[Clinic]) -> list[BarRow]:
    codes = {clinic.code for clinic in clinics}
    return [
        (clinic.name, now, before) for clinic, now, before in indicator_year.clinics if clinic.code in codes
    ]


def _region_row(indicator_year: YearOfIndicator) -> BarRow:
    name = f"Regionen ({indicator_year.indicator.headline.label})"
    return name, Figure(value=indicator_year.region.value), Figure(value=indicator_year.before.value)


def _has_values(figures: Iterable[Figure]) -> bool:
    return any(figure.value is not None for figure in figures)


def _bar_marks(
    indicator: Indicator, year: int, rows: Iterable[BarRow], *, has_before: bool
) -> Iterator[ChartMark]:
    for name, now, before in rows:
        yield _mark(indicator, name, str(year), now)
        if has_before:
            yield _mark(indicator, name, str(year - 1), before)


def _mark(indicator: Indicator, label: str, series: str, figure: Figure) -> ChartMark:
    is_few = rests_on_few(indicator, figure)
    return ChartMark(
        label=label,
        series=series,
        value=None if is_few else rounded(figure.value),
        text=formats.FEW_CASES if is_few else formats.figure(indicator, figure),
    )


def _bars_alt(indicator: Indicator, year: int, years: str, rows: list[tuple[str, Figure]]) -> str:
    drawn = [(name, now.value) for name, now in rows if not rests_on_few(indicator, now)]
    by_value = sorted(((value, name) for name, value in drawn if value is not None), reverse=True)
    if not by_value:
        return f"Stapeldiagram. {indicator.label} per mottagning {years}: alla har få fall. {SEE_TABLE}"
    high, low = by_value[0], by_value[-1]
    return (
        f"Stapeldiagram. {indicator.label} per mottagning {years}. Högst {year}: {high[1]}, "
        f"{formats.value(indicator, high[0])}. Lägst: {low[1]}, {formats.value(indicator, low[0])}. {SEE_TABLE}"
    )


def county_map(year: int, clinics: Iterable[Clinic], region: Region) -> Chart:
    """Return figure 1: the municipalities with how many clinics each has."""
    places = Counter((clinic.municipality_code, clinic.municipality) for clinic in clinics)
    marks = [
        ChartMark(label=name, code=code, value=float(count), text=formats.number(count))
        for (code, name), count in sorted(places.items())
    ]
    listed = ", ".join(f"{mark.label} {mark.text}" for mark in marks)
    return Chart(
        number="1",
        shape=Shape.MAP,
        caption=FIGURE_1.format(place=region.place, year=year),
        alt=f"Karta över länets kommuner. Mottagningar per kommun {year}: {listed}. Övriga kommuner: ingen.",
        marks=tuple(marks),
        outline=region.outline,
    )


def timeline(year: Year, clinics: Sequence[Clinic], first: Month) -> Chart | None:
    """Return one bar per clinic from its opening to its closing, within two years.

    Of very many clinics only those that opened or closed have one; None where none of them did.
    """
    marks = [_open_time(clinic, first, year.last_month) for clinic in clinics]
    if bars.is_many(len(marks)):
        marks = [mark for mark in marks if mark.text][: bars.MOST_BARS]
    if not marks:
        return None
    events = "; ".join(f"{mark.label} {mark.text}" for mark in marks if mark.text)
    return Chart(
        shape=Shape.TIMELINE,
        caption=f"Mottagningarnas öppna tid {first.label}–{year.last_month.label}",
        alt=f"Tidslinje med en stapel per mottagning. {events or NO_EVENT}. {SEE_TABLE}",
        marks=tuple(marks),
    )


def _open_time(clinic: Clinic, first: Month, last: Month) -> ChartMark:
    begins, ends = max(clinic.opened or first, first), min(clinic.closed or last, last)
    return ChartMark(label=clinic.name, code=str(begins), end=str(ends), text=_events(clinic, first))


def _events(clinic: Clinic, first: Month) -> str:
    events = []
    if clinic.opened and clinic.opened > first:
        events.append(f"öppnade {clinic.opened.label}")
    if clinic.closed:
        events.append(f"stängde efter {clinic.closed.label}")
    return ", ".join(events)


def over_months(
    caption: str, axis: str, months: Sequence[Month], lines: dict[str, dict[Month, int]]
) -> Chart:
    """Return one line per name over the months; a month without a value stays empty."""
    marks = [_month_mark(name, month, values) for name, values in lines.items() for month in months]
    ends = ", ".join(f"{name} {_ends(values)}" for name, values in lines.items() if values)
    return Chart(
        shape=Shape.LINES,
        caption=caption,
        alt=f"Linjediagram över {len(months)} månader. Första och sista månaden: {ends}. {SEE_TABLE}",
        axis=axis,
        marks=tuple(marks),
    )


def _month_mark(name: str, month: Month, values: dict[Month, int]) -> ChartMark:
    return ChartMark(
        label=month.short,
        series=name,
        value=None if month not in values else float(values[month]),
        text=formats.number(values.get(month)),
    )


def _ends(values: dict[Month, int]) -> str:
    return f"{formats.number(values[min(values)])} och {formats.number(values[max(values)])}"


CountedLine = tuple[SeriesForecast, Mapping[Month, int | None]]


def ahead(caption: str, axis: str, lines: Sequence[CountedLine]) -> Chart:
    """Return one line per series over the months counted and those forecast, with its band and how that has gone."""
    marks = [mark for series_forecast, counted in lines for mark in _ahead_marks(series_forecast, counted)]
    how_it_went = _how_it_went([series_forecast for series_forecast, _ in lines])
    ends = [(each, *list(each.steps.items())[-1]) for each, _ in lines]
    year_ahead = "; ".join(
        f"{name_of(each.series)} {formats.with_band(step)} i {month.label}" for each, month, step in ends
    )
    return Chart(
        shape=Shape.FORECAST,
        caption=f"{caption}. {HOW_AHEAD}. {how_it_went}",
        alt=f"Linjediagram med prognos. Om ett år, inom parentes bandet: {year_ahead}. {MORE_MONTHS}",
        axis=axis,
        marks=tuple(marks),
    )


def _how_it_went(forecasts: Iterable[SeriesForecast]) -> str:
    """Say how often each band has held, tried backwards, how large the errors were, and which bands are too narrow."""
    trials = [(name_of(each.series), each.forecast.trials) for each in forecasts if each.forecast]
    held = [f"{formats.percent(100 * of_series.coverage)} ({name})" for name, of_series in trials]
    errors = [formats.persons_off(of_series.error) for _, of_series in trials]
    narrow = [name for name, of_series in trials if of_series.is_band_too_narrow]
    warning = f". Räkna med större avvikelser än bandet: {formats.listed(narrow)}" if narrow else ""
    return f"Prövat bakåt höll bandet {formats.listed(held)}; felet var i medeltal {formats.listed(errors)}{warning}"


def _ahead_marks(series_forecast: SeriesForecast, counted: Mapping[Month, int | None]) -> Iterator[ChartMark]:
    """Yield a series' months that have been, then its forecast, then the ends of its band."""
    name = name_of(series_forecast.series)
    lines: list[Mapping[Month, float | None]] = [
        counted,
        {month: half_up(step.point) for month, step in series_forecast.steps.items()},
        {month: step.low for month, step in series_forecast.steps.items()},
        {month: step.high for month, step in series_forecast.steps.items()},
    ]
    for part, amounts in zip(FORECAST_PARTS, lines, strict=True):
        for month, amount in amounts.items():
            value = None if amount is None else float(amount)
            yield ChartMark(label=month.short, series=name + part, value=value, text=formats.number(amount))


def groups(caption: str, axis: str, rows: Sequence[tuple[str, str, float | None]]) -> Chart:
    """Return bars of (label, series, value)."""
    marks = tuple(
        ChartMark(label=label, series=series, value=rounded(value), text=formats.number(value))
        for label, series, value in rows
    )
    bars = ", ".join(f"{mark.label} {mark.series}: {mark.text}" for mark in marks)
    return Chart(
        shape=Shape.BARS,
        caption=caption,
        alt=f"Stapeldiagram. {bars}.",
        axis=axis,
        marks=marks,
    )
