"""Forecasts as rows: what a release said of each series. A clinic's are those of the newest release."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, delete, func, insert, select

from db.scoping import ScopedConnection, table
from portal.domain.insight.forecasting import NoForecast, SeriesForecast
from portal.domain.insight.statistics.forecasts import Forecast, ForecastStep, Method, Trials
from portal.domain.registry.months import Month
from portal.domain.registry.rounding import half_up


forecast = table("forecast")
REGION = ""  # the code of no clinic
PRECISION = 3  # decimals of a number that was reckoned


def replace_clinics(
    scoped: ScopedConnection, forecasts: Sequence[SeriesForecast], *, only: str | None = None
) -> None:
    """Put the clinics' forecasts in, or only one's, in the place of all their earlier ones. Region only."""
    scoped.check_every_clinic()
    is_of_clinic = forecast.c.clinic_code != REGION if only is None else forecast.c.clinic_code == only
    scoped.connection.execute(delete(forecast).where(is_of_clinic))
    _add(scoped, forecasts)


def replace_region(scoped: ScopedConnection, month: Month, forecasts: Sequence[SeriesForecast]) -> None:
    """Put the region's forecasts of that month's release in; those of other months stay. Region only."""
    scoped.check_every_clinic()
    of_month = (forecast.c.clinic_code == REGION, forecast.c.month == str(month))
    scoped.connection.execute(delete(forecast).where(*of_month))
    _add(scoped, forecasts)


def _add(scoped: ScopedConnection, forecasts: Iterable[SeriesForecast]) -> None:
    rows = [_values(series_forecast) for series_forecast in forecasts]
    if rows:
        scoped.connection.execute(insert(forecast), rows)


def list_of_clinic(scoped: ScopedConnection, *, clinic: str) -> list[SeriesForecast]:
    """Return one clinic's forecasts, if it is of the scope."""
    query = select(forecast).where(
        forecast.c.clinic_code == clinic,
        forecast.c.clinic_code != REGION,
        scoped.in_scope(forecast.c.clinic_code),
    )
    return [_forecast(row) for row in scoped.connection.execute(query)]


def list_of_region(scoped: ScopedConnection, *, until: Month) -> list[SeriesForecast]:
    """Return the region's newest forecasts from no later release than that month's; raises OutOfScope."""
    scoped.check_every_clinic()
    newest = (
        select(func.max(forecast.c.month))
        .where(forecast.c.clinic_code == REGION, forecast.c.month <= str(until))
        .scalar_subquery()
    )
    query = select(forecast).where(forecast.c.clinic_code == REGION, forecast.c.month == newest)
    return [_forecast(row) for row in scoped.connection.execute(query)]


def _values(series_forecast: SeriesForecast) -> dict[str, object]:
    last, why_none = series_forecast.last, series_forecast.why_none
    return {
        "clinic_code": series_forecast.clinic,
        "series": series_forecast.series,
        "month": str(series_forecast.month),
        "last_month": "" if last is None else str(last),
        "months": series_forecast.months,
        "content": "" if series_forecast.forecast is None else _as_json(series_forecast.forecast),
        "why_none": "" if why_none is None else why_none.value,
    }


def _as_json(content: Forecast) -> str:
    steps = [(half_up(step.point, PRECISION), step.low, step.high) for step in content.steps]
    trials = {
        name: half_up(number, PRECISION) if isinstance(number, float) else number
        for name, number in asdict(content.trials).items()
    }
    return json.dumps({"method": content.method.value, "steps": steps, "trials": trials})


def _forecast(row: Row[Any]) -> SeriesForecast:
    return SeriesForecast(
        clinic=row.clinic_code,
        series=row.series,
        month=Month.parse(row.month),
        last=Month.parse(row.last_month) if row.last_month else None,
        months=row.months,
        forecast=_from_json(row.content) if row.content else None,
        why_none=NoForecast(row.why_none) if row.why_none else None,
    )


def _from_json(content: str) -> Forecast:
    stored = json.loads(content)
    steps = tuple(ForecastStep(*step) for step in stored["steps"])
    return Forecast(method=Method(stored["method"]), steps=steps, trials=Trials(**stored["trials"]))
