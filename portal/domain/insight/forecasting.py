"""Which series are forecast, which of their months a forecast rests on, and why some have none."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from portal.domain.insight.queue import PHASES, PHASES_BY_CODE, WAITING, Phase, count_of
from portal.domain.insight.statistics.forecasts import (
    AHEAD,
    FEWEST_MONTHS,
    FIRST_TRIAL,
    Forecast,
    ForecastStep,
)
from portal.domain.insight.statistics.queues import arrivals
from portal.domain.registry.indicators import INDICATORS_BY_CODE, PATIENTS
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer


HORIZONS = (3, 6, 12)  # months ahead that are put in words
LONGEST_HISTORY = 60  # months: what was longer ago tells little of the year to come
LONGEST_GAP = 2  # months without a value in a row that a line is drawn across
OLDEST = 2  # months between the newest value and the release
NEW = "new_"  # begins the code of how many join a queue

Counts = Mapping[Month, float]


def joining(phase: Phase) -> str:
    """Return the series of how many join a queue in a month."""
    return NEW + phase.code


SERIES = (PATIENTS, *WAITING, *map(joining, PHASES))
MEASURES = (PATIENTS, *WAITING, *(phase.started for phase in PHASES))  # that they are reckoned from


def name_of(series: str) -> str:
    """Return what a series counts: `Första besök: nya i månaden`."""
    if series.startswith(NEW):
        return f"{PHASES_BY_CODE[series.removeprefix(NEW)].label}: nya i månaden"
    return INDICATORS_BY_CODE[series].label


class NoForecast(StrEnum):
    """Why a series has no forecast."""

    FEW_MONTHS = "few_months"
    AFTER_BREAK = "after_break"
    AFTER_GAP = "after_gap"
    NOT_REPORTED = "not_reported"
    CLOSING = "closing"

    @property
    def label(self) -> str:
        return {
            "few_months": f"färre än {FEWEST_MONTHS} månader",
            "after_break": f"färre än {FEWEST_MONTHS} månader sedan seriebrottet",
            "after_gap": f"färre än {FEWEST_MONTHS} månader sedan uppehållet",
            "not_reported": "de senaste månaderna saknas",
            "closing": "mottagningen är eller blir stängd",
        }[self.value]


@dataclass(frozen=True, kw_only=True)
class SeriesForecast:
    """What a release said of one series of one clinic, or of the region; either a forecast or why there is none."""

    clinic: str  # empty: the region
    series: str
    month: Month  # that was released
    last: Month | None  # the newest month with a value: the first of the steps is the one after it
    months: int  # that it rests on
    forecast: Forecast | None = None
    why_none: NoForecast | None = None

    @cached_property
    def steps(self) -> dict[Month, ForecastStep]:
        """The months ahead; none where there is no forecast. Reckoned once: a chart asks for each of its months."""
        if self.last is None or self.forecast is None:
            return {}
        return {self.last.plus(ahead): step for ahead, step in enumerate(self.forecast.steps, 1)}

    @property
    def outcomes(self) -> int:
        """How many months' outcomes the trials rest on: each is held against what up to AHEAD earlier months said."""
        return self.months - self.series.startswith(NEW) - FIRST_TRIAL


def by_series(forecasts: Iterable[SeriesForecast]) -> dict[str, SeriesForecast]:
    """Return one clinic's forecasts, or the region's, by their series."""
    return {series_forecast.series: series_forecast for series_forecast in forecasts}


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesHistory:
    """The months that a forecast may rest on, without holes; what ended it, going back."""

    last: Month | None = None
    counts: tuple[float, ...] = ()
    ended_by: NoForecast = NoForecast.FEW_MONTHS


def counts_of(series: str, answers: Mapping[Month, Mapping[str, Answer]]) -> dict[Month, float]:
    """Return a series' months that have a value; who joined a queue is its change and those who started."""
    if not series.startswith(NEW):
        counts = {month: count_of(of_month, series) for month, of_month in answers.items()}
        return {month: count for month, count in counts.items() if count is not None}
    phase = PHASES_BY_CODE[series.removeprefix(NEW)]
    return joined(counts_of(phase.waiting, answers), counts_of(phase.started, answers))


def joined(waiting: Counts, started: Counts) -> dict[Month, float]:
    """Return how many joined a queue in each month that has both, and the month before its waiting."""
    return {
        month: arrivals(waiting[month.previous], count, started[month])
        for month, count in waiting.items()
        if month.previous in waiting and month in started
    }


def history_of(counts: Counts, *, last: Month, breaks: Collection[Month] = ()) -> SeriesHistory:
    """Return the newest months up to one, from the newest break or longer gap on; a short gap becomes a line."""
    months = sorted((month for month in counts if month <= last), reverse=True)[:LONGEST_HISTORY]
    if not months:
        return SeriesHistory()
    newest, first, ended_by = months[0], months[0], NoForecast.FEW_MONTHS
    for month in months[1:]:
        if any(month < series_break <= first for series_break in breaks):
            ended_by = NoForecast.AFTER_BREAK
            break
        if month.until(first) > LONGEST_GAP + 1:
            ended_by = NoForecast.AFTER_GAP
            break
        first = month
    return SeriesHistory(last=newest, counts=_without_holes(counts, first, newest), ended_by=ended_by)


def _without_holes(counts: Counts, first: Month, last: Month) -> tuple[float, ...]:
    """Return the counts from month to month, along a line where some are missing."""
    filled, before = [counts[first]], first
    for month in sorted(month for month in counts if first < month <= last):
        steps = before.until(month)
        change = (counts[month] - counts[before]) / steps
        filled += [counts[before] + step * change for step in range(1, steps + 1)]
        before = month
    return tuple(filled)


def why_none(
    series: str, history: SeriesHistory, *, last: Month, closed: Month | None = None
) -> NoForecast | None:
    """Return why a series has no forecast after the month that was released; None where it has."""
    if closed is not None and closed < last.plus(AHEAD):
        return NoForecast.CLOSING
    if history.last is None or history.last.until(last) > OLDEST:
        return NoForecast.NOT_REPORTED
    return history.ended_by if reported_months(series, history) < FEWEST_MONTHS else None


def reported_months(series: str, history: SeriesHistory) -> int:
    """Return how many reported months a history is of: who joins a queue takes the month before the first, too."""
    return len(history.counts) + (series.startswith(NEW) and bool(history.counts))
