"""A funnel's labels can be read: beside their point, not upon another, one for points that coincide."""

import pytest

from portal.ui.base import funnel_labels
from portal.ui.base.funnel_labels import SIDES


SCALE, SIZE = (0, 100), (640, 400)


def placed(*points, average=None):
    """Points are label, cases, percent; 640 cases wide, so that a case is a pixel."""
    level = {name: average if average is not None else -100 for name in funnel_labels.LINES}
    limits = [{"kind": "limit", "cases": cases, **level} for cases in (1, 640)]
    clinics = [{"kind": "clinic", "label": a, "cases": b, "value": c} for a, b, c in points]
    return funnel_labels.placed([*limits, *clinics], scale=SCALE, size=SIZE)[2:]


def boxes(rows):
    """Return the room that each label takes."""
    boxes_of_labels = []
    for row in rows:
        side = next(
            side for side in SIDES if (side.align, side.dx, side.dy) == (row["align"], row["dx"], row["dy"])
        )
        boxes_of_labels.append(side.box((row["cases"], 400 - 4 * row["value"]), row["label"]))
    return boxes_of_labels


def test_points_that_coincide_share_a_label_from_left_to_right():
    rows = placed(("3", 7, 100), ("10", 2, 100), ("1", 300, 50))

    assert [row["label"] for row in rows] == ["10, 3", "", "1"]


@pytest.mark.parametrize("neighbour", [(320, 52), (285, 52), (320, 47), (300, 55)])
def test_a_label_lies_neither_on_another_point_nor_on_its_label(neighbour):
    rows = placed(("1", 300, 50), ("2", *neighbour))

    assert [row["label"] for row in rows] == ["1", "2"]
    (first, two), (x, y) = boxes(rows), (neighbour[0], 400 - 4 * neighbour[1])
    assert not (first[0] < two[2] and first[2] > two[0] and first[1] < two[3] and first[3] > two[1])
    assert not (first[0] < x < first[2] and first[1] < y < first[3])


def test_a_label_gives_way_to_the_regions_line():
    (free,), (beside,) = placed(("1", 300, 50)), placed(("1", 300, 50), average=51.5)

    assert free["dy"] < 0 < beside["dy"]


def test_a_long_label_stays_within_the_chart():
    (row,) = placed(("Psykiatripartners BUP Falun", 630, 50))

    assert row["align"] == "right"
