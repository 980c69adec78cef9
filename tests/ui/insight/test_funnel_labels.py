"""A funnel's labels can be read: beside their point, not upon another, one for points that coincide."""

import pytest

from portal.ui.insight import funnel_labels
from portal.ui.insight.funnel_labels import SIDES


SCALE, SIZE = (0, 100), (640, 400)


def placed(*points, average=None):
    """Points are label, cases, percent; 640 cases wide, so that a case is a pixel."""
    level = {name: average if average is not None else -100 for name in funnel_labels.LINES}
    limits = [{"kind": "limit", "cases": cases, **level} for cases in (1, 640)]
    clinics = [{"kind": "clinic", "label": a, "cases": b, "value": c} for a, b, c in points]
    return funnel_labels.placed([*limits, *clinics], scale=SCALE, size=SIZE)[2:]


def boxes(rows):
    """Return the room that each label takes."""
    found = []
    for row in rows:
        side = next(
            one for one in SIDES if (one.align, one.dx, one.dy) == (row["align"], row["dx"], row["dy"])
        )
        found.append(side.box((row["cases"], 400 - 4 * row["value"]), row["label"]))
    return found


def test_points_that_coincide_share_a_label_from_left_to_right():
    rows = placed(("3", 7, 100), ("10", 2, 100), ("1", 300, 50))

    assert [row["label"] for row in rows] == ["10, 3", "", "1"]


@pytest.mark.parametrize("other", [(320, 52), (285, 52), (320, 47), (300, 55)])
def test_a_label_lies_neither_on_another_point_nor_on_its_label(other):
    rows = placed(("1", 300, 50), ("2", *other))

    assert [row["label"] for row in rows] == ["1", "2"]
    (one, two), (x, y) = boxes(rows), (other[0], 400 - 4 * other[1])
    assert not (one[0] < two[2] and one[2] > two[0] and one[1] < two[3] and one[3] > two[1])
    assert not (one[0] < x < one[2] and one[1] < y < one[3])


def test_a_label_gives_way_to_the_regions_line():
    (free,), (beside,) = placed(("1", 300, 50)), placed(("1", 300, 50), average=51.5)

    assert free["dy"] < 0 < beside["dy"]


def test_a_long_label_stays_within_the_chart():
    (row,) = placed(("Psykiatripartners BUP Falun", 630, 50))

    assert row["align"] == "right"
