"""A month sheet says what the pages beside it say, in their words."""

from dataclasses import replace

import pytest

from portal.domain.accounts.access import ClinicUser
from portal.domain.registry.indicators import INDICATORS_BY_CODE, MONTHLY_INDICATORS
from portal.domain.registry.months import Month
from portal.services.insight import overview, region_months
from portal.services.release import month_sheets
from portal.ui.words import sheet_words, tile_words
from tests.services.region import CONTROLLER


DECEMBER = Month(2024, 12)
MORA = ClinicUser("mora", "Mora", ("mora",))


@pytest.fixture(scope="module")
def of_mora(demo):
    return month_sheets.of_clinic(demo, MORA, clinic="mora", month=DECEMBER)


def tiles_of(sheet):
    return {tile.label: tile for group in sheet.groups for tile in group.tiles}


def test_every_key_indicator_has_a_tile_with_the_values_of_the_page(demo, of_mora):
    tiles = tiles_of(sheet_words.of_clinic(of_mora))
    page = overview.of_clinic(demo, MORA, clinic="mora", month=DECEMBER)

    assert set(tiles) == {indicator.label for indicator in MONTHLY_INDICATORS if indicator.is_key}
    for row in page.rows:
        if row.indicator.is_key:
            on_page = tile_words.tile(row, "")
            tile = tiles[row.indicator.label]
            assert tile.value == on_page.value
            assert on_page.region in tile.lines


def test_a_tile_says_how_it_stands_and_how_far_it_moved_since_the_month_before(of_mora):
    tiles = tiles_of(sheet_words.of_clinic(of_mora))

    assert tiles["Telefontillgänglighet"].value == "87\u00a0%"
    assert tiles["Telefontillgänglighet"].lines[0] == "▼ sämre, men +1 mot november"
    queue = tiles["Kö till första besök"]
    assert (queue.value, queue.rate, queue.lines[0]) == (
        "22",
        "(3,8 per 100)",
        "▲ bättre, −1 mot november",  # persons, as the value is
    )


def test_the_regions_tiles_are_those_of_its_page(demo):
    sheet = sheet_words.of_region(month_sheets.of_region(demo, CONTROLLER, DECEMBER), "Region Dalarna")
    tiles = tiles_of(sheet)

    lines = region_months.key_lines(demo, CONTROLLER)
    assert len(tiles) == len(lines)
    for line in lines:
        on_page = tile_words.regional(line)
        assert tiles[on_page.label].value == on_page.value
        assert tiles[on_page.label].lines[0].endswith(on_page.region)
    assert {mark.series for chart in sheet.charts for mark in chart.marks} == {"Regionen"}


def test_three_charts_draw_the_queues_and_say_in_words_what_they_draw(of_mora):
    sheet = sheet_words.of_clinic(of_mora)

    assert [chart.caption for chart in sheet.charts] == [
        f"Kö till {awaited}, per 100 patienter"
        for awaited in ("första besök", "fördjupad utredning", "behandling")
    ]
    for chart in sheet.charts:
        assert chart.series == ("BUP Mora", "Regionen")
        assert "i december 2024" in chart.alt
        assert "regionen senast" in chart.alt


def test_a_chart_without_own_values_says_what_it_draws_of_the_region(demo):
    """The clinic has reported no current patients, which its counts would be compared per 100 of."""
    code = "ludvika-psykiatripartners"
    new = month_sheets.of_clinic(demo, ClinicUser(code, "Ny", (code,)), clinic=code, month=DECEMBER)

    chart, *_ = sheet_words.of_clinic(new).charts
    assert chart.alt == (
        "Linjediagram över 24 månader. Kö till första besök: inga värden de senaste 24 månaderna; regionen senast 3,1 per 100."
    )


def test_what_a_new_release_changed_is_said_in_words_of_what_stands_on_the_sheet(of_mora):
    changed = tuple(
        INDICATORS_BY_CODE[code] for code in ("care_plans", "cgas_assessed", "calls_answered_same_day")
    )

    renewed = sheet_words.of_clinic(replace(of_mora, changed=changed))

    assert sheet_words.of_clinic(of_mora).news == ""
    assert renewed.news == (
        "Ändrat för regionen sedan förra släppet: Skrivna vårdplaner och Telefontillgänglighet."
    )
