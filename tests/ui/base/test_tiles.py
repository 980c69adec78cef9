"""The tile: its line joins nothing over a gap, its marks are words too, and its picture says the same in a sentence."""

import re
from dataclasses import replace
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from lxml import html

from portal.domain.insight.attention import HistoryMark
from portal.domain.insight.series import charted
from portal.domain.registry.annual import Figure
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month, months_between
from portal.ui.base import palette, tiles
from portal.ui.base.tiles import TILE, Tile, TileLine
from portal.ui.words import tile_words
from tests.ui.base.test_contrast import GRAPHIC, contrast


FIRST, LAST = Month(2023, 1), Month(2024, 12)
MONTHS = months_between(FIRST, LAST)
SHARE, RATE = INDICATORS_BY_CODE["first_visit_within_30d"], INDICATORS_BY_CODE["waiting_treatment"]
QUEUE = Tile(label="Kö till utredning", value="70", rate="8,1 per 100", href="/indikator?indikator=x")


def drawn(own, **changes):
    svg = unquote(tiles.address(TileLine(own=own, **changes), TILE)).replace("'", '"')
    ET.fromstring(svg.removeprefix("data:image/svg+xml,"))
    return svg


def lines(svg, colour=palette.OWN_LINE):
    """Return the places that each line of that colour goes through, in pixels."""
    paths = re.findall(rf'<path fill="none" stroke="{colour}"[^>]* d="M([^"]*)"', svg)
    return [places(path) for path in paths]


def places(path):
    x = y = 0
    through = []
    for step in path.split("l"):
        x, y = (before + int(length) for before, length in zip((x, y), step.split(), strict=True))
        through.append((x / tiles.FINE, y / tiles.FINE))
    return through


def read(tile):
    (anchor,) = html.fragment_fromstring(tiles.grid([tile]), create_parent="div").iterfind(".//a")
    return anchor


# The line


def test_the_months_are_one_line_with_a_dot_at_its_end():
    svg = drawn((10, 20, 30))

    (own,) = lines(svg)
    assert len(own) == 3
    assert f'<circle cx="{tiles.FINE * own[-1][0]:.0f}" cy="{tiles.FINE * own[-1][1]:.0f}"' in svg


@pytest.mark.parametrize(
    ("own", "breaks", "lengths"),
    [((10, 20, None, 40, 50, 60), (), [2, 3]), ((10, 20, 60, 70), (2,), [2, 2])],
    ids=["gap", "break"],
)
def test_nothing_is_joined_over_a_gap_or_a_break(own, breaks, lengths):
    assert [len(points) for points in lines(drawn(own, breaks=breaks))] == lengths


def test_a_newest_month_without_value_has_no_dot_and_a_month_alone_has():
    assert drawn((10, 20, None)).count("<circle") == 0
    assert drawn((10, 20, None, 40, None)).count("<circle") == 1


def test_the_region_is_dashed_and_on_the_same_scale():
    svg = drawn((10, 20), region=(10, 20))

    assert 'stroke-dasharray="12 10"' in svg
    assert lines(svg) == lines(svg, palette.REGION_LINE)


def test_the_band_is_drawn_where_there_are_limits_and_parted_at_a_break():
    spans = ((5, 25), (5, 25), (40, 80), (40, 80))

    assert drawn((10, 20, 60, 70), usual=spans, breaks=(2,)).count("fill-opacity") == 2
    assert drawn((10, 20, 60, 70)).count("fill-opacity") == 0


def test_a_band_much_wider_than_the_lines_does_not_press_them_flat():
    (own,) = lines(drawn((49, 51), usual=((0, 100), (0, 100))))

    assert own[0][1] - own[1][1] >= TILE[1] / 3


def test_months_that_are_all_alike_lie_inside_the_picture():
    (own,) = lines(drawn((0, 0, 0)))

    assert {0 < y < TILE[1] for _, y in own} == {True}


def test_its_colours_are_seen_on_both_papers():
    for colour in (palette.OWN_LINE, palette.REGION_LINE, palette.WORSE_LINE):
        for paper in (palette.PAPER, palette.DARK_PAPER):
            assert contrast(colour, paper) >= GRAPHIC


# The words


@pytest.mark.parametrize("mark", HistoryMark)
def test_a_mark_is_a_sign_and_a_word(mark):
    text = read(replace(QUEUE, mark=mark)).text_content()

    assert f"{mark.symbol} {mark.label}" in text


def test_a_tile_is_one_link_with_its_number_and_what_it_is_of():
    tile = read(QUEUE)

    assert tile.get("href") == "/indikator?indikator=x"
    assert " ".join(tile.itertext()).split() == ["Kö", "till", "utredning", "70", "(8,1", "per", "100)"]


def test_everything_is_escaped():
    line = TileLine(own=(1, 2), text='"<b>')
    grid = tiles.grid([Tile(label="<b>", value="<b>", region="<b>", aim="<b>", line=line, href='"<b>')])

    assert "<b><b>" not in grid
    assert grid.count("&lt;b&gt;") == 6


def test_of_fewer_than_two_months_there_is_no_picture():
    assert read(replace(QUEUE, line=TileLine(own=(None, 5)))).find("img") is None


def series_of(indicator, values):
    figures = [Figure(value=value, numerator=value, denominator=100, patients=100) for value in values]
    return charted(indicator, MONTHS, figures)


def test_the_pictures_text_says_what_the_line_shows():
    share = tile_words.line_of(series_of(SHARE, [80, 82] * 12), (*(None,) * 23, 88))
    rate = tile_words.line_of(series_of(RATE, [None, *[9.4] * 23]), (*(None,) * 23, 10))

    assert share.text.replace("\u00a0", " ") == (
        "Första besök inom 30 dagar: 80 % i januari 2023, 82 % i december 2024; det vanliga är 75,7–86,3 %; "
        "regionen senast 88 %."
    )
    assert rate.text == (
        "Kö till behandling: 9,4 per 100 i februari 2023, 9,4 per 100 i december 2024; det vanliga är 9,40–9,40; "
        "regionen senast 10,0 per 100."
    )


def test_where_there_is_no_value_at_all_that_is_said():
    line = tile_words.line_of(series_of(SHARE, [None] * 24), (None,) * 24)

    assert line.text == "Första besök inom 30 dagar: inga värden de senaste 24 månaderna."
