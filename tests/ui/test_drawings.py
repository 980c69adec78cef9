"""Small multiples and pictures: nothing joined over a gap, everything escaped, made on this machine."""

import re
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from portal.ui import drawings, pictures
from portal.ui.drawings import Drawing


def drawing(values=(10, 20, 30), **changes):
    given = {
        "title": "BUP <Mora>",
        "values": values,
        "region": [None] * len(values),
        "marks": [None] * len(values),
        "breaks": [],
        "highest": 100.0,
        "labels": ("jan 24", "dec 24"),
        "scale_label": "100",
    }
    return Drawing(**(given | changes))


def lines(found, colour=drawings.GREEN):
    """Return the points of each line of that colour."""
    svg = unquote(drawings.address(found))
    paths = re.findall(rf'<polyline fill="none" stroke="{colour}"[^>]* points="([^"]*)"', svg)
    return [path.split() for path in paths]


def test_the_months_are_one_line():
    assert [len(points) for points in lines(drawing())] == [3]


def test_a_month_without_value_is_not_drawn_and_never_joined_over():
    assert [len(points) for points in lines(drawing((10, 20, None, 40, 50, 60)))] == [2, 3]


def test_a_single_month_between_gaps_is_a_dot():
    found = unquote(drawings.address(drawing((None, 20, None, 40, 50))))

    assert found.count("<circle") == 2  # that month, and the newest


def test_a_break_parts_the_line():
    assert [len(points) for points in lines(drawing((10, 20, 60, 70), breaks=[2]))] == [2, 2]


def test_the_same_value_lies_equally_high_whatever_else_the_chart_holds():
    one, other = lines(drawing((50, 10)))[0], lines(drawing((50, 99)))[0]

    assert one[0] == other[0]


def test_a_signal_has_a_shape_of_its_own():
    shapes = {mark: unquote(drawings.address(drawing(marks=[None, mark, None]))) for mark in drawings.MARKS}

    assert len({re.findall(r'<path d="([^"]*)"', svg)[0] for svg in shapes.values()}) == 3


def test_names_are_escaped_and_the_sheet_is_well_formed():
    sheet = drawings.sheet([drawing(), drawing()], title="A & B", notes=["Källa: <x>"])

    ET.fromstring(sheet)
    assert "BUP &lt;Mora&gt;" in sheet
    assert "Källa: &lt;x&gt;" in sheet


@pytest.mark.parametrize("make", [pictures.png, pictures.svg], ids=["png", "svg"])
def test_a_chart_becomes_a_picture(make):
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": [{"x": 1, "y": 2}]},
        "mark": "point",
        "encoding": {"x": {"field": "x", "type": "quantitative"}},
    }

    found = make(spec)

    assert found.startswith((b"\x89PNG", b"<svg"))
    assert len(found) > 500
