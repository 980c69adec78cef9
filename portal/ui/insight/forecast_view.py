"""The year to come, drawn: a dashed line in its band, which begins where the line of what has been ends."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import streamlit as st

from portal.domain.insight.forecasting import SeriesForecast
from portal.domain.insight.statistics.forecasts import ForecastStep
from portal.domain.registry.months import Month
from portal.domain.registry.rounding import half_up
from portal.services.insight.indicator_series import Series
from portal.ui.base import charts, formats, markup, tiles
from portal.ui.base.charts import GREEN, EndLabel, Spec, rounded
from portal.ui.words import forecast_words


BAND_OPACITY, DASH, HEIGHT = 0.16, [5, 4], 220
FILE_HEADINGS = ("slag", "prognos", "band från", "band till")


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
    return f"prognos {formats.with_band(step)}" if step else ""


def layers(base: Any, y: Any, name: str, colour: str) -> list[Any]:
    """Return the band and the line; `y` makes a field's axis."""
    ahead = base.transform_filter(f"isValid(datum.{name}_ahead)")
    band = ahead.mark_area(color=colour, opacity=BAND_OPACITY).encode(y=y(f"{name}_low"), y2=f"{name}_high:Q")
    line = ahead.mark_line(color=colour, strokeDash=DASH, strokeWidth=1.8).encode(y=y(f"{name}_ahead"))
    return [band, line]


def file_cells(step: ForecastStep | None = None) -> tuple[object, ...]:
    """Return what stands under FILE_HEADINGS: of a month ahead its forecast, of one that has been no number."""
    return ("prognos", half_up(step.point), step.low, step.high) if step else ("utfall", None, None, None)


def show_clinic(series: Series) -> None:
    """Show an indicator's year to come where it is one of those forecast: in persons, as a line and in words."""
    series_forecast = series.forecasts.get(series.indicator.code)
    if series_forecast is None:
        return
    st.subheader("Prognos", anchor=False)
    st.markdown(forecast_words.outlook(series_forecast))
    if series_forecast.steps:
        _draw(series, series_forecast)
        st.caption(forecast_words.record(series_forecast))
    beside = forecast_words.of_queue(series.forecasts, series.indicator)
    table = forecast_words.table(beside, whose=series.clinic.name)
    st.html(tiles.fold("Prognosen i siffror", table, markup.paragraph(forecast_words.METHOD, css="note")))


def _draw(series: Series, series_forecast: SeriesForecast) -> None:
    """Draw the months shown, and a year on from the newest that was known."""
    counts = {point.month: point.own.value for point in series.points}
    months = months_of(list(counts), [series_forecast])
    rows = [_row(month, counts.get(month), series_forecast) for month in months]
    newest = [count for count in counts.values() if count is not None][-1:]
    end = list(series_forecast.steps.values())[-1]
    scale = [0, 1.05 * max([end.high, 1, *(count for count in counts.values() if count is not None)])]
    now = f"Nu {formats.number(newest[0])}\n" if newest else ""
    label = EndLabel(f"{now}Om ett år {formats.number(end.point)}", end.point, GREEN, is_own=True)
    spec = charts.with_scale(clinic_spec(), "x", domain=[month.short for month in months])
    spec = charts.with_end_labels(
        charts.with_scale(spec, "y", domain=scale), [label], scale, height=HEIGHT - 50
    )
    st.vega_lite_chart(
        charts.with_pointer(spec) | charts.data_of(rows),
        width="stretch",
        height=HEIGHT,
        alt=f"{series.indicator.label}: månaderna hittills och en prognos. {label.in_line}.",
        key="forecast",
    )


def _row(month: Month, count: float | None, series_forecast: SeriesForecast) -> dict[str, object]:
    was_known = formats.number(count) if count is not None else ""
    text = ", ".join(filter(None, (was_known, text_of(series_forecast, month))))
    return {
        "month": month.short,
        "own": count,
        **fields_of("own", series_forecast, month, count),
        **charts.texts(own=text or "–"),
    }


@cache
def clinic_spec() -> Spec:
    """Return the shape of one clinic's series and its year to come, without data."""
    import altair as alt

    axis = alt.Axis(labelAngle=0, labelOverlap=True, grid=False)
    base = alt.Chart(alt.Data(values=[])).encode(x=alt.X("month:O", sort=None, title=None, axis=axis))

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", title="antal", axis=alt.Axis(tickCount=4, minExtent=40))

    tips = [alt.Tooltip("month:O", title="Månad"), *charts.tips(alt, {"own": "Antal"})]
    return charts.finished(
        alt.layer(
            *layers(base, y, "own", GREEN),
            base.mark_line(color=GREEN, strokeWidth=2.4).encode(y=y("own")),
            base.mark_point(opacity=0).encode(y=y("own"), tooltip=tips),
        )
    )
