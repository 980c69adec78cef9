"""Counts a year ahead: four plain methods tried on the series' own past, the best one's errors as its band.

Rolling origin: after each month every method says the next twelve, from the months so far alone; what came is held
against it later. Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 5.8-5.10.
"""

from bisect import insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil, floor, inf, sqrt
from statistics import fmean


AHEAD = 12  # months
SEASON = 12
FEWEST_MONTHS = 24
FIRST_ORIGIN = 6  # months that a method needs before it says anything
FIRST_TRIAL = 12  # months before a band is tried: errors from earlier origins make it
BAND = 0.8  # of the outcomes are to lie in it
LEAST_COVERAGE = 0.65  # a choice of our own: a band that holds less than two times of three promises too much
WEIGHTS = tuple(weight / 10 for weight in range(1, 11))  # of the newest month, in smoothing
# How errors grow with the months ahead, on the scale of square roots: those of a walk by 0.5, of noise by 0.
# With this one the bands of invented histories hold as often at one month as at twelve (measure_forecast).
GROWTH = 0.4
WIDENING = tuple(ahead**GROWTH for ahead in range(AHEAD + 1))  # of the band, by months ahead
CLEARLY_BETTER = 0.75  # of smoothing's error: what another method must come below to be taken instead

Counts = Sequence[float]


class Method(StrEnum):
    """Smoothing is the usual one: on invented histories no method of statsmodels' is better (measure_forecast)."""

    SMOOTHED = "smoothed"
    THETA = "theta"
    DRIFT = "drift"
    SEASONAL = "seasonal"

    @property
    def label(self) -> str:
        return {
            "smoothed": "utjämnad nivå",
            "theta": "utjämnad nivå och halva trenden (Theta)",
            "drift": "senaste månaden och medeltalet av alla förändringar",
            "seasonal": "samma månad året före",
        }[self.value]


@dataclass(frozen=True, slots=True)
class ForecastStep:
    """One month ahead: what is most likely, and the band."""

    point: float
    low: int
    high: int

    def holds(self, count: float) -> bool:
        return self.low <= count <= self.high


@dataclass(frozen=True, kw_only=True, slots=True)
class Trials:
    """How the same way of forecasting went on the past: each earlier month, each month ahead of it that has come."""

    count: int
    within: int  # the band
    error: float  # mean, in persons
    seasonal_error: float  # of guessing the same month of the year before, in the same trials
    scaled_error: (
        float | None
    )  # mean absolute scaled error; None where no month differs from that of the year before

    @property
    def coverage(self) -> float:
        """Which part of the outcomes lay in the band."""
        return self.within / self.count

    @property
    def is_band_too_narrow(self) -> bool:
        """Whether the band held so much less often than it is made for that it promises too much."""
        return self.coverage < LEAST_COVERAGE


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """The twelve months after a series, the method that they come from, and how it has gone."""

    method: Method
    steps: tuple[ForecastStep, ...]
    trials: Trials


# The methods


def exponential_smoothing(history: Counts, weight: float) -> list[float]:
    """Return the level after each month: the first month's count, moved towards each new one by the weight.

    The level is the forecast of every month ahead. R. G. Brown (1956); FPP3, 8.1.
    """
    levels = [history[0]]
    for count in history[1:]:
        levels.append(levels[-1] + weight * (count - levels[-1]))
    return levels


def drift(history: Counts) -> list[float]:
    """Return the months ahead along the line from the first month to the newest (FPP3, 5.2)."""
    step = (history[-1] - history[0]) / max(1, len(history) - 1)
    return [history[-1] + month * step for month in range(1, AHEAD + 1)]


def seasonal_naive(history: Counts) -> list[float]:
    """Return the same months of the year before (FPP3, 5.2); without a whole year the newest month."""
    return [*history[-SEASON:]] if len(history) >= SEASON else [history[-1]] * AHEAD


def theta(level: float, weight: float, slope: float, months: int) -> list[float]:
    """Return the smoothed level with half the trend's slope.

    Assimakopoulos & Nikolopoulos, International Journal of Forecasting 16 (2000), 521-530, the best of the M3
    competition, in the form of Hyndman & Billah, 19 (2003), 287-290.
    """
    lag = (1 - (1 - weight) ** months) / weight
    return [level + slope / 2 * (month - 1 + lag) for month in range(1, AHEAD + 1)]


def slope_of(history: Counts) -> float:
    """Return the slope of the line through all months, by least squares."""
    middle = (len(history) - 1) / 2
    across = sum((month - middle) * count for month, count in enumerate(history))
    return across / sum((month - middle) ** 2 for month in range(len(history)))


def best_levels(history: Counts) -> list[tuple[float, float]]:
    """Return the level after each month and its weight: that of the smallest squared errors a month ahead until then."""
    best = [(inf, 0.0, 0.0)] * len(history)
    for weight in WEIGHTS:
        squares, before = 0.0, history[0]
        for month, level in enumerate(exponential_smoothing(history, weight)):
            squares += (history[month] - before) ** 2
            before = level
            if squares < best[month][0]:
                best[month] = squares, level, weight
    return [(level, weight) for _, level, weight in best]


def _paths(history: Counts) -> dict[Method, dict[int, list[float]]]:
    """Return what each method says of the months ahead, by how many months it rests on; never below 0."""
    levels = best_levels(history)

    def paths_of(method: Callable[[int], list[float]]) -> dict[int, list[float]]:
        origins = range(FIRST_ORIGIN, len(history) + 1)
        return {origin: [max(0.0, count) for count in method(origin)] for origin in origins}

    return {
        Method.SMOOTHED: paths_of(lambda origin: [levels[origin - 1][0]] * AHEAD),
        Method.THETA: paths_of(lambda origin: theta(*levels[origin - 1], slope_of(history[:origin]), origin)),
        Method.DRIFT: paths_of(lambda origin: drift(history[:origin])),
        Method.SEASONAL: paths_of(lambda origin: seasonal_naive(history[:origin])),
    }


# How they went


def mean_absolute_error(errors: Sequence[float]) -> float:
    return fmean(map(abs, errors))


def mean_absolute_scaled_error(errors: Sequence[float], history: Counts, *, season: int = 1) -> float | None:
    """Return the mean absolute error over that of guessing the same month of the season before, within the history.

    Hyndman & Koehler, International Journal of Forecasting 22 (2006), 679-688. None where the guess is always right.
    """
    guesses = [now - before for before, now in zip(history, history[season:], strict=False)]
    scale = mean_absolute_error(guesses) if guesses else 0.0
    return mean_absolute_error(errors) / scale if scale else None


def quantile(errors: Sequence[float], share: float) -> float:
    """Return the error that a next one lies below with that probability, of ascending ones: split conformal.

    The ⌈(n + 1) · share⌉ smallest. Lei et al., Journal of the American Statistical Association 113 (2018), 1094-1111.
    Of too few errors for that, fewer than share / (1 - share), it is the largest, which a next one lies below more seldom.
    """
    return errors[min(len(errors), ceil((len(errors) + 1) * share)) - 1]


def band(point: float, spread: float, ahead: int) -> ForecastStep:
    """Return the band around a count, in whole persons outwards; `spread` is of square roots, a month ahead.

    On that scale counts spread alike whatever their size, and a band never goes below nobody.
    """
    middle, width = sqrt(point), spread * WIDENING[ahead]
    return ForecastStep(
        point, floor(max(0.0, middle - width) ** 2 + 1e-9), ceil((middle + width) ** 2 - 1e-9)
    )


@dataclass
class _Record:
    """One method's forecasts of one series and how far off they were."""

    paths: Mapping[int, list[float]]
    spreads: list[float] = field(default_factory=list)  # ascending, as a month ahead
    errors: float = 0.0  # their sum

    def note(self, months: int, count: float) -> None:
        """Note what came after that many months, for every forecast that was about it."""
        root = sqrt(count)
        for origin in range(max(FIRST_ORIGIN, months + 1 - AHEAD), months + 1):
            ahead = months + 1 - origin
            point = self.paths[origin][ahead - 1]
            self.errors += abs(point - count)
            insort(self.spreads, abs(sqrt(point) - root) / WIDENING[ahead])

    def steps(self, origin: int, months: int = AHEAD) -> tuple[ForecastStep, ...]:
        spread = quantile(self.spreads, BAND)
        return tuple(band(point, spread, ahead) for ahead, point in enumerate(self.paths[origin][:months], 1))


def choose(errors: Mapping[Method, float]) -> Method:
    """Return the method with the smallest error, and smoothing unless that is clearly better."""
    best = min(errors, key=lambda method: errors[method])
    return best if errors[best] < CLEARLY_BETTER * errors[Method.SMOOTHED] else Method.SMOOTHED


@dataclass(frozen=True, slots=True)
class Trial:
    """One month ahead of one earlier month: what was said, what the year before would have said, and what came."""

    ahead: int
    step: ForecastStep
    seasonal: float
    count: float


def forecast(history: Counts) -> Forecast:
    """Return the twelve months after a series of at least FEWEST_MONTHS, oldest first."""
    method, steps, trials = backtest(history)
    errors = [trial.step.point - trial.count for trial in trials]
    seasonal_errors = [trial.seasonal - trial.count for trial in trials]
    within = sum(trial.step.holds(trial.count) for trial in trials)
    outcome = Trials(
        count=len(trials),
        within=within,
        error=mean_absolute_error(errors),
        seasonal_error=mean_absolute_error(seasonal_errors),
        scaled_error=mean_absolute_scaled_error(errors, history, season=SEASON),
    )
    return Forecast(method=method, steps=steps, trials=outcome)


def backtest(
    history: Counts, *, first: int = FIRST_TRIAL
) -> tuple[Method, tuple[ForecastStep, ...], list[Trial]]:
    """Go through the months as they came; return the newest forecast with its method, and the trials before it.

    What is said after a month, method and band alike, rests on that month and earlier ones only.
    """
    records = {method: _Record(paths) for method, paths in _paths(history).items()}
    trials: list[Trial] = []
    for origin in range(FIRST_ORIGIN, len(history)):
        if origin >= first:
            _, steps = _newest(records, origin, len(history) - origin)
            seasonal = records[Method.SEASONAL].paths[origin]
            outcomes = zip(range(AHEAD), steps, seasonal, history[origin:], strict=False)
            trials += [Trial(ahead + 1, step, guess, count) for ahead, step, guess, count in outcomes]
        for record in records.values():
            record.note(origin, history[origin])
    return *_newest(records, len(history)), trials


def _newest(
    records: Mapping[Method, _Record], origin: int, months: int = AHEAD
) -> tuple[Method, tuple[ForecastStep, ...]]:
    """Return the best method so far and what it says of so many months; of a trial those alone that have come."""
    method = choose({method: record.errors for method, record in records.items()})
    return method, records[method].steps(origin, months)
