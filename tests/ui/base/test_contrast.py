"""Every declared colour against what it stands on, in both themes: WCAG 2.1, 1.4.3 (text) and 1.4.11 (the rest)."""

import re
import tomllib

import pytest

from portal.settings import ROOT
from portal.ui.base import palette, style


TEXT, GRAPHIC = 4.5, 3.0
THEMES = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
UI = [style.SHEET_FILE, *sorted((ROOT / "portal" / "ui").rglob("*.py"))]


def luminance(colour):
    """Return the relative luminance of #rrggbb: https://www.w3.org/TR/WCAG21/#dfn-relative-luminance"""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(first, second):
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("colour", "on_white"), [("#178571", 4.54), ("#0e5a4c", 8.12), ("#AE2D3A", 6.49), ("#969696", 2.96)]
)
def test_the_measure_itself_agrees_with_the_published_figures(colour, on_white):
    assert contrast(colour, "#ffffff") == pytest.approx(on_white, abs=0.01)
    assert contrast("#ffffff", "#000000") == 21


def pairs(foregrounds, least, theme):
    """List what can't be told apart; theme 0 is light, 1 dark."""
    return [
        (colours[theme], ground[theme], round(contrast(colours[theme], ground[theme]), 2))
        for colours in foregrounds.items()
        for ground in palette.GROUNDS.items()
        if contrast(colours[theme], ground[theme]) < least
    ]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_a_text_can_be_read_on_every_ground(theme):
    assert pairs(palette.TEXTS, TEXT, theme) == []


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_names_on_a_map_can_be_read_and_its_circles_seen(theme):
    for ground in palette.LAND.items():
        for light in (palette.INK, "#4a5a56"):
            assert contrast((light, palette.TEXTS[light])[theme], ground[theme]) >= TEXT
        circle = ("#0e5a4c", palette.TEXTS["#0e5a4c"])[theme]
        assert contrast(circle, ground[theme]) >= GRAPHIC
        assert contrast(circle, (palette.PAPER, palette.DARK_PAPER)[theme]) >= TEXT  # the number inside


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_a_mark_an_edge_and_the_focus_can_be_seen_on_the_page(theme):
    papers = [list(palette.GROUNDS.items())[index][theme] for index in (0, 1)]
    pairs = {
        palette.PRIMARY: palette.MARKS[palette.PRIMARY],
        palette.FOCUS: palette.DARK_FOCUS,
        **palette.EDGES,
    }

    assert [
        colours for colours in pairs.items() for paper in papers if contrast(colours[theme], paper) < GRAPHIC
    ] == []


def test_the_mark_drawn_in_pictures_without_a_theme_is_seen_in_both():
    for paper in (palette.PAPER, palette.DARK_PAPER):
        assert contrast(palette.PRIMARY, paper) >= GRAPHIC


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_streamlits_theme_can_be_read(theme):
    colours, sidebar = THEMES[theme], THEMES[theme]["sidebar"]
    for ground in (colours["backgroundColor"], colours["secondaryBackgroundColor"]):
        assert contrast(colours["textColor"], ground) >= TEXT
        assert contrast(colours["linkColor"], ground) >= TEXT
    assert contrast("#ffffff", colours["primaryColor"]) >= TEXT  # the label of a primary button
    assert contrast(colours["primaryColor"], colours["backgroundColor"]) >= GRAPHIC
    for ground in (sidebar["backgroundColor"], sidebar["secondaryBackgroundColor"]):
        assert contrast(sidebar["textColor"], ground) >= TEXT
    assert contrast(palette.SIDEBAR_FOCUS, sidebar["backgroundColor"]) >= GRAPHIC


def test_streamlits_theme_and_ours_are_one():
    names = ("backgroundColor", "secondaryBackgroundColor", "textColor", "linkColor", "borderColor")
    light = (palette.PAPER, palette.SHADE, palette.INK, palette.LINK, palette.RULE)
    dark = (palette.DARK_PAPER, palette.DARK_SHADE, palette.DARK_INK, palette.DARK_LINK, palette.DARK_RULE)

    assert tuple(THEMES["light"][name] for name in names) == light
    assert tuple(THEMES["dark"][name] for name in names) == dark
    assert THEMES["light"]["primaryColor"] == palette.PRIMARY


def test_no_colour_is_used_that_is_not_in_the_palette():
    """A colour without a pair stays light in the dark theme; add it to palette.py, tested with the rest."""
    colours = {*palette.PAIRS, *palette.PAIRS.values(), palette.FOCUS, palette.SIDEBAR_FOCUS}
    used = {
        (path.name, colour.lower())
        for path in UI
        for colour in re.findall(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b(?=[\"'; ])", path.read_text("utf-8"))
        if path.name != "palette.py"
    }

    assert sorted((name, colour) for name, colour in used if colour not in colours and colour != "#fff") == []


def test_no_colour_of_both_themes_is_written_short():
    """A short one gets no dark one beside it: what opened on a cell was white text on white."""
    themed = style.SHEET_FILE.read_text("utf-8").partition(style.ONE_THEME)[0]

    assert re.findall(r"#[0-9a-fA-F]{3}\b", themed) == []


def test_styles_written_in_light_colours_get_the_dark_ones():
    assert palette.both_themes("a { color: #00577B; }") == "a { color: light-dark(#00577B, #7cc7ea); }"
    assert palette.both("#123456") == "#123456"
    assert "light-dark(#1f2d2a, #e6efec)" in style.SHEET
    printed = style.SHEET.partition("@page")[2]
    assert "light-dark" not in printed  # paper is white
