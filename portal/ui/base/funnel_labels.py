"""Where the labels of a funnel's points stand: beside their point, not upon another one or its label."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


FONT, LETTER = 11, 6.5  # pixels: height of a line, and the breadth of a letter about
REACH = 7  # from a point's middle to its edge
SAME = 12  # points so close in both directions share a label: none of its own would be readable

LINES = ("average", "low95", "high95", "low998", "high998")

Box = tuple[float, float, float, float]  # left, top, right, bottom
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Side:
    """A place beside a point: Vega's align, and how far the text lies from the point's middle."""

    align: str
    dx: float
    dy: float

    def box(self, spot: Spot, text: str) -> Box:
        """Return the room that the text takes there."""
        x, y = spot[0] + self.dx, spot[1] + self.dy
        breadth = LETTER * len(text)
        left_edge = x - {"left": 0, "right": breadth, "center": breadth / 2}[self.align]
        return left_edge, y - FONT / 2, left_edge + breadth, y + FONT / 2


# The best first.
SIDES = (
    Side("left", 9, -7),
    Side("right", -9, -7),
    Side("left", 9, 8),
    Side("right", -9, 8),
    Side("center", 0, -14),
    Side("center", 0, 15),
)


def placed(
    rows: Sequence[dict[str, object]], *, scale: tuple[float, float], size: tuple[int, int]
) -> list[dict[str, object]]:
    """Return the rows with `align`, `dx` and `dy` for each clinic's label; one label for points that coincide,
    none for those whose text is empty.

    `scale`: the values at the bottom and the top; `size`: the chart's pixels across and up.
    """
    limits = [_number(row["cases"]) for row in rows if row["kind"] == "limit"]
    clinics = [row for row in rows if row["kind"] == "clinic"]
    widest = max([*limits, *(_number(row["cases"]) for row in clinics), 1.0])
    spots = [_spot(row, "value", widest, scale, size) for row in clinics]
    lines = _lines(rows, widest, scale, size)
    labels = iter(_labels([str(row["label"]) for row in clinics], spots, lines, size[0]))
    return [{**row, **next(labels)} if row["kind"] == "clinic" else row for row in rows]


def _spot(
    row: dict[str, object], field: str, widest: float, scale: tuple[float, float], size: tuple[int, int]
) -> Spot:
    low, high = scale
    x = size[0] * _number(row["cases"]) / widest
    return x, size[1] * (high - _number(row[field])) / ((high - low) or 1)


def _lines(
    rows: Sequence[dict[str, object]], widest: float, scale: tuple[float, float], size: tuple[int, int]
) -> list[Box]:
    """Return the room of the region's line and the limits, piece by piece."""
    limits = [row for row in rows if row["kind"] == "limit"]
    return [
        (x, min(y, other_y) - 1, other_x, max(y, other_y) + 1)
        for field in LINES
        for (x, y), (other_x, other_y) in pairwise(_spot(row, field, widest, scale, size) for row in limits)
    ]


def _labels(
    texts: Sequence[str], spots: Sequence[Spot], lines: Sequence[Box], width: int
) -> list[dict[str, object]]:
    points: list[Box] = [(x - REACH, y - REACH, x + REACH, y + REACH) for x, y in spots]
    label_boxes: list[Box] = []
    labels: list[dict[str, object]] = [{"label": "", "align": "left", "dx": 0.0, "dy": 0.0} for _ in texts]
    for group in _groups(spots):
        text = ", ".join(filter(None, (texts[index] for index in group)))
        last = group[-1]  # the one farthest to the right
        if not text:
            continue
        boxes = [side.box(spots[last], text) for side in SIDES]
        costs = [_cost(box, [*points, *label_boxes], lines, width) for box in boxes]
        best = costs.index(min(costs))
        label_boxes.append(boxes[best])
        side = SIDES[best]
        labels[last] = {"label": text, "align": side.align, "dx": side.dx, "dy": side.dy}
    return labels


def _groups(spots: Sequence[Spot]) -> list[list[int]]:
    """Return the points by who coincides, from left to right."""
    order = sorted(range(len(spots)), key=lambda index: spots[index])
    groups = [[index] for index in order[:1]]
    for before, index in pairwise(order):
        (x, y), (other_x, other_y) = spots[before], spots[index]
        if other_x - x < SAME and abs(other_y - y) < SAME:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def _cost(box: Box, obstacles: Sequence[Box], lines: Sequence[Box], width: int) -> tuple[int, int]:
    """Return what stands in the way of a label: points, labels and the chart's edge first, then lines."""
    outside = (box[0] < 0) + (box[2] > width)
    return sum(_meet(box, line) for line in obstacles) + outside, sum(
        _meet(box, obstacle) for obstacle in lines
    )


def _meet(box: Box, neighbour: Box) -> bool:
    return box[0] < neighbour[2] and box[2] > neighbour[0] and box[1] < neighbour[3] and box[3] > neighbour[1]


def _number(value: object) -> float:
    return float(str(value))
