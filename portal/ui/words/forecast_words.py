"""Forecasts in words: what comes, how wide the band is, and how the same way of reckoning has gone so far."""

from collections.abc import Mapping, Sequence

from portal.domain.insight.forecasting import HORIZONS, SeriesForecast, joining, name_of
from portal.domain.insight.queue import phase_of
from portal.domain.insight.statistics.forecasts import AHEAD, BAND, FEWEST_MONTHS
from portal.domain.registry.indicators import Indicator
from portal.domain.registry.rounding import half_up
from portal.ui.base import formats, markup
from portal.ui.base.markup import Markup, TableCell, TableRow, numeric
from portal.ui.words import findings


HEADINGS = (
    "Antal",
    *(f"Om {months} mån" for months in HORIZONS),
    "Utfall i bandet",
    "Fel i medeltal",
)
METHOD = (
    "En prognos räknas ur seriens egna månader, en gång när en månad släpps, av det sätt som har haft minst fel på "
    "dem: utjämnad nivå, nivå med halva trenden, rak linje eller samma månad året före. Den vet inget om beslut eller nya "
    f"mottagningar. Bandet är gjort för att hålla {findings.in_words(int(half_up(10 * BAND)))} gånger av tio. "
    "Utfall i bandet och fel i medeltal är prövade bakåt: "
    "för varje tidigare månad räknades prognosen av det som då var känt och hölls mot det som kom, så att varje utfall "
    f"prövas mot upp till {findings.in_words(AHEAD)} prognoser; ”som året före” är felet "
    "av att gissa på samma månad året före. Ingen prognos görs på färre än "
    f"{FEWEST_MONTHS} månader, eller förrän så många har gått efter ett seriebrott."
)


def outlook(series_forecast: SeriesForecast) -> str:
    """Say how many there probably are in 3, 6 and 12 months, or why that is not known."""
    if series_forecast.why_none:
        return f"Ingen prognos: {series_forecast.why_none.label}."
    ahead = list(series_forecast.steps.items())
    steps = [ahead[months - 1] for months in HORIZONS]
    return f"Troligen {formats.listed([f'**{formats.number(each.point)}** ({formats.band(each)}) i {month.label}' for month, each in steps])}."


def record(series_forecast: SeriesForecast) -> str:
    """Say how it has gone so far: how often the band has held, and the error."""
    if series_forecast.forecast is None:
        return ""
    trials = series_forecast.forecast.trials
    return (
        f"Inom parentes: bandet. {reliability(series_forecast)} Felet var i medeltal {formats.persons_off(trials.error)}; "
        f"av att gissa på samma månad året före {formats.persons_off(trials.seasonal_error)}."
    )


def of_queue(forecasts: Mapping[str, SeriesForecast], indicator: Indicator) -> list[SeriesForecast]:
    """Return an indicator's forecast and, of a queue, that of who joins it."""
    phase = phase_of(indicator.code)
    codes = [indicator.code, *([joining(phase)] if phase else [])]
    return [forecasts[code] for code in codes if code in forecasts]


def reliability(series_forecast: SeriesForecast) -> str:
    """Say how often its band has held, of how many outcomes, in words, and that it is too narrow where so."""
    warning = ": räkna med större avvikelser än bandet" if is_too_narrow(series_forecast) else ""
    outcomes = _outcomes([series_forecast])
    return f"Prövat bakåt hamnade {outcomes} i bandet {tenths(series_forecast)} av tio gånger{warning}."


def _outcomes(forecasts: Sequence[SeriesForecast]) -> str:
    """Say of how many months' outcomes: once where it is as many of all, else of each in its turn."""
    months = [each.outcomes for each in forecasts]
    counted = months if len(set(months)) > 1 else months[:1]
    return f"{formats.listed([findings.in_words(count) for count in counted])} månaders utfall"


def tenths(series_forecast: SeriesForecast) -> str:
    coverage = series_forecast.forecast.trials.coverage if series_forecast.forecast else 0
    return findings.in_words(int(half_up(10 * coverage)))


def is_too_narrow(series_forecast: SeriesForecast) -> bool:
    return series_forecast.forecast is not None and series_forecast.forecast.trials.is_band_too_narrow


def reliability_of(forecasts: Mapping[str, SeriesForecast]) -> str:
    """Say it of several series in one sentence, by their names, with their errors; nothing where there is none."""
    trials = {name: each.forecast.trials for name, each in forecasts.items() if each.forecast}
    if not trials:
        return ""
    held = [f"{tenths(forecasts[name])} av tio gånger för {name}" for name in trials]
    errors = [formats.persons_off(each.error) for each in trials.values()]
    outcomes = _outcomes([forecasts[name] for name in trials])
    narrow = [name for name in trials if is_too_narrow(forecasts[name])]
    warning = f" Räkna med större avvikelser än bandet för {formats.listed(narrow)}." if narrow else ""
    return (
        f"Prövat bakåt hamnade {outcomes} i bandet {formats.listed(held)}; felet var i medeltal "
        f"{formats.listed(errors)}.{warning}"
    )


def table(forecasts: Sequence[SeriesForecast], *, whose: str) -> Markup:
    """Return a row per series: three horizons with their bands, and how it has gone so far; or why there is none."""
    months = sorted({each.month for each in forecasts})
    released = formats.listed([month.label for month in months])
    caption = f"{whose}, gjord när {released} släpptes. Under talet: bandet."
    return markup.table(HEADINGS, [_row(each) for each in forecasts], caption=caption)


def _row(series_forecast: SeriesForecast) -> TableRow:
    heading = TableCell(name_of(series_forecast.series), small=_first_month(series_forecast))
    if series_forecast.forecast is None:
        reason = series_forecast.why_none.label if series_forecast.why_none else ""
        empty = [markup.missing("–")] * (len(HEADINGS) - 2)
        return markup.row(heading, markup.missing(f"ingen: {reason}"), *empty)
    steps, trials = series_forecast.forecast.steps, series_forecast.forecast.trials
    ahead = [steps[months - 1] for months in HORIZONS]
    return markup.row(
        heading,
        *(numeric(formats.number(each.point), formats.band(each)) for each in ahead),
        numeric(f"{trials.within} av {trials.count}", formats.percent(100 * trials.coverage)),
        numeric(
            formats.persons_off(trials.error), f"som året före: {formats.persons_off(trials.seasonal_error)}"
        ),
    )


def _first_month(series_forecast: SeriesForecast) -> str:
    """Say from which month it is reckoned, where that is not the released one."""
    last = series_forecast.last
    return "" if last is None or last == series_forecast.month else f"från {last.label}"
