"""The year to come, drawn: a dashed line in its band, which begins where the line of what has been ends."""

from collections.abc import Sequence
from typing import Any

from portal.domain.insight.forecasting import SeriesForecast
from portal.domain.registry.months import Month
from portal.ui.base.charts import rounded
from portal.ui.words import forecast_words


BAND_OPACITY, DASH = 0.16, [5, 4]


def fields_of(
    name: str, series_forecast: SeriesForecast | None, month: Month, count: float | None
) -> dict[str, object]:
    """Return what is drawn ahead of a line in one month; the newest month that was known begins it."""
    step = series_forecast.steps.get(month) if series_forecast else None
    begins = series_forecast is not None and series_forecast.steps and series_forecast.last == month
    point, low, high = (count, count, count) if begins else (None, None, None)
    if step:
        point, low, high = step.point, step.low, step.high
    return {f"{name}_ahead": rounded(point), f"{name}_low": low, f"{name}_high": high}


def months_of(shown: Sequence[Month], forecasts: Sequence[SeriesForecast]) -> list[Month]:
    """Return the months shown and those ahead."""
    return sorted({*shown, *(month for each in forecasts for month in each.steps)})


def text_of(series_forecast: SeriesForecast | None, month: Month) -> str:
    """Return what a tooltip says of a month ahead."""
    step = series_forecast.steps.get(month) if series_forecast else None
    return f"prognos {forecast_words.step(step)}" if step else ""


def layers(base: Any, y: Any, name: str, colour: str) -> list[Any]:
    """Return the band and the line; `y` makes a field's axis."""
    ahead = base.transform_filter(f"isValid(datum.{name}_ahead)")
    band = ahead.mark_area(color=colour, opacity=BAND_OPACITY).encode(y=y(f"{name}_low"), y2=f"{name}_high:Q")
    line = ahead.mark_line(color=colour, strokeDash=DASH, strokeWidth=1.8).encode(y=y(f"{name}_ahead"))
    return [band, line]
