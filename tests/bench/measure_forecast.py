"""How good the forecasts are: `python -m tests.bench.measure_forecast`, a minute or two.

On the demo and on fifty invented clinics, from every month with what came before it: the mean absolute scaled error
beside that of the same month of the year before, and how many outcomes lay in the 80 % band. Then statsmodels' methods
on some of the same months, with their time, where it is installed: the portal does not need it.
"""

import importlib.util
import time
import warnings
from collections import defaultdict
from statistics import fmean

from portal.demo import months as demo_months
from portal.domain.insight import forecasting
from portal.domain.insight.statistics import forecasts
from portal.domain.insight.statistics.forecasts import (
    AHEAD,
    FEWEST_MONTHS,
    FIRST_TRIAL,
    SEASON,
    backtest,
    mean_absolute_scaled_error,
)
from portal.domain.registry.months import Month
from tests.bench import histories


HORIZONS = (1, 3, 6, 12)
LAST = Month(2024, 12)  # of the demo: the newest month of all clinics
EVERY = 6  # months between the origins from which statsmodels is tried
OWN = "ours"


def demo_series():
    """Return the demo's series that are long enough to be forecast, as (kind, counts)."""
    series = []
    for answers in demo_months.months().values():
        for code in forecasting.SERIES:
            history = forecasting.history_of(forecasting.counts_of(code, answers), last=LAST)
            if forecasting.why_none(code, history, last=LAST) is None:
                series.append(("demo", history.counts))
    return series


def invented_series():
    clinics = histories.all_histories()
    return [(clinic.kind, clinic.of(measure)) for clinic in clinics for measure in histories.MEASURES]


def scale_of(history):
    """Return what one error counts as."""
    return mean_absolute_scaled_error([1.0], history, season=SEASON) or 0.0


def measured(series, *, first):
    """Return by horizon, kind and in all: our scaled errors, the seasonal naive's, and whether the band held."""
    measures = defaultdict(list)
    for kind, history in series:
        scale = scale_of(history)
        for trial in backtest(history, first=first)[2]:
            errors = (
                scale * abs(trial.step.point - trial.count),
                scale * abs(trial.seasonal - trial.count),
                trial.step.holds(trial.count),
            )
            for key in (trial.ahead, kind, "all"):
                measures[key].append(errors)
    return {key: [fmean(column) for column in zip(*rows, strict=True)] for key, rows in measures.items()}


def show(title, series, *, first):
    began = time.process_time()
    measures = measured(series, first=first)
    each = (time.process_time() - began) / len(series) * 1000
    print(f"\n{title}: {len(series)} series, {each:.1f} ms each; from month {first} on")
    print(f"{'':>10} {'MASE':>6} {'year before':>12} {'in the 80 % band':>17}")
    kinds = dict.fromkeys(kind for kind, _ in series)
    for key in (*HORIZONS, *(kinds if len(kinds) > 1 else ()), "all"):
        ours, seasonal, held = measures[key]
        name = f"{key} months" if isinstance(key, int) else key
        print(f"{name:>10} {ours:6.2f} {seasonal:12.2f} {100 * held:15.0f} %")


def libraries():
    """Return statsmodels' methods: a history to the months ahead."""
    import numpy as np
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel
    from statsmodels.tsa.forecasting.theta import ThetaModel
    from statsmodels.tsa.holtwinters import ExponentialSmoothing, SimpleExpSmoothing

    def smoothing(history):
        return SimpleExpSmoothing(np.array(history), initialization_method="estimated").fit().forecast(AHEAD)

    def damped(history):
        model = ExponentialSmoothing(np.array(history), trend="add", damped_trend=True)
        return model.fit().forecast(AHEAD)

    def theta(history):
        return ThetaModel(np.array(history), period=SEASON, deseasonalize=False).fit().forecast(AHEAD)

    def ets(history):
        shapes = ({}, {"trend": "add", "damped_trend": True}, {"seasonal": "add", "seasonal_periods": SEASON})
        fits = [ETSModel(np.array(history), "add", **shape).fit(disp=False) for shape in shapes]
        return min(fits, key=lambda fit: fit.aicc).forecast(AHEAD)

    return {"smoothing": smoothing, "damped trend": damped, "Theta": theta, "ETS by AICc": ets}


def ours(history):
    return [step.point for step in forecasts.forecast(history).steps]


def compare(series):
    """Print how statsmodels' methods do from every sixth month, and what a forecast costs."""
    print(f"\nstatsmodels, from every {EVERY}th month: MASE at {HORIZONS} months, milliseconds a forecast")
    for name, method in {OWN: ours, **libraries()}.items():
        errors, count, began = defaultdict(list), 0, time.process_time()
        for _, history in series:
            scale = scale_of(history)
            for seen in range(FEWEST_MONTHS, len(history), EVERY):
                count += 1
                points = method([float(value) for value in history[:seen]])
                for ahead, (point, outcome) in enumerate(zip(points, history[seen:], strict=False), 1):
                    errors[ahead].append(scale * abs(max(0.0, point) - outcome))
        each = (time.process_time() - began) / count * 1000
        print(f"{name:>14}", *(f"{fmean(errors[ahead]):.2f}" for ahead in HORIZONS), f"{each:8.1f}")


def main():
    warnings.simplefilter("ignore")  # statsmodels' about short series
    show("The demo", demo_series(), first=FIRST_TRIAL)
    invented = invented_series()
    show("Fifty invented clinics", invented, first=FEWEST_MONTHS)
    if importlib.util.find_spec("statsmodels") is None:
        print("\nTo compare with statsmodels' methods: pip install statsmodels==0.15.0")
    else:
        compare(invented[::2])


if __name__ == "__main__":
    main()
