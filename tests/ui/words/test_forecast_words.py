"""Forecasts in words: they follow the numbers of the trials, whatever those are."""

from dataclasses import replace

import pytest

from portal.domain.insight.forecasting import NoForecast, SeriesForecast
from portal.domain.insight.statistics.forecasts import Forecast, ForecastStep, Method, Trials
from portal.domain.registry.months import Month
from portal.ui.words import forecast_words


DECEMBER = Month(2024, 12)
TRIALS = Trials(count=100, within=80, error=15.6, seasonal_error=121.6, scaled_error=0.1)
STEPS = tuple(ForecastStep(500.4 + ahead, 480 - ahead, 520 + ahead) for ahead in range(1, 13))
QUEUE = SeriesForecast(
    clinic="",
    series="waiting_investigation",
    month=DECEMBER,
    last=DECEMBER,
    months=24,
    forecast=Forecast(method=Method.DRIFT, steps=STEPS, trials=TRIALS),
)
NONE = replace(QUEUE, series="new_treatment", forecast=None, why_none=NoForecast.AFTER_BREAK)


def with_coverage(within, count=100):
    return replace(
        QUEUE, forecast=replace(QUEUE.forecast, trials=replace(TRIALS, within=within, count=count))
    )


@pytest.mark.parametrize(
    ("within", "words"),
    [
        (80, "åtta av tio gånger."),
        (74, "sju av tio gånger."),
        (75, "åtta av tio gånger."),
        (100, "tio av tio gånger."),
    ],
)
def test_how_often_the_band_held_follows_the_number(within, words):
    assert forecast_words.reliability(with_coverage(within)).endswith(words)


def test_a_band_that_has_been_too_narrow_says_so():
    warning = "fem av tio gånger: räkna med större avvikelser än bandet."
    assert forecast_words.reliability(with_coverage(45)).endswith(warning)


def test_of_several_series_each_has_its_own_number_and_the_narrow_ones_their_warning():
    sentence = forecast_words.reliability_of(
        {"besök": with_coverage(90, count=300), "utredning": with_coverage(90), "behandling": NONE}
    )

    held = "i bandet tre av tio gånger för besök och nio av tio gånger för utredning; felet var i medeltal 16 och 16."
    assert sentence.endswith(f"{held} Räkna med större avvikelser än bandet för besök.")
    assert forecast_words.reliability_of({"behandling": NONE}) == ""


@pytest.mark.parametrize(
    ("queue", "joining", "words"),
    [
        (24, 25, "hamnade tolv månaders utfall i bandet"),
        (24, 24, "hamnade tolv och elva månaders utfall i bandet"),
        (40, 60, "hamnade 28 och 47 månaders utfall i bandet"),
    ],
)
def test_it_says_how_many_months_outcomes_that_rests_on(queue, joining, words):
    """The first twelve months are held against nothing; who joined is known of one month less."""
    waiting, joined = replace(QUEUE, months=queue), replace(QUEUE, series="new_investigation", months=joining)

    assert words in forecast_words.reliability_of({"köade": waiting, "nya": joined})
    assert words.split()[1] in forecast_words.reliability(waiting)


def test_the_table_has_three_horizons_with_their_bands_and_the_backtests_numbers_or_why_there_is_none():
    table = forecast_words.table([QUEUE, NONE], whose="Hela regionen")

    for text in (
        "503",
        "477–523",
        "506",
        "474–526",
        "512",
        "468–532",
        "80 av 100",
        "16",
        "som året före: 122",
    ):
        assert f">{text}<" in table
    assert "gjord när december 2024 släpptes" in table
    assert "Behandling: nya i månaden" in table
    assert "ingen: färre än 24 månader sedan seriebrottet" in table


def test_a_series_that_lacks_the_released_month_names_the_month_it_is_reckoned_from():
    late = replace(QUEUE, last=Month(2024, 11))

    assert "från november 2024" in forecast_words.table([late], whose="Hela regionen")
    assert "från" not in forecast_words.table([QUEUE], whose="Hela regionen")
