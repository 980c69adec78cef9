"""Where the labels of a funnel's points stand: beside their point, not upon another one or its label."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


FONT, LETTER = 11, 6.5  # pixels: height of a line, and the breadth of a letter about
REACH = 7  # from a point's middle to its edge
SAME = 12  # points so close in both directions share a label: none of its own would be readable

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
        left = x - {"left": 0, "right": breadth, "center": breadth / 2}[self.align]
        return left, y - FONT / 2, left + breadth, y + FONT / 2


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
    """Return the rows with `align`, `dx` and `dy` for each clinic's label; one label for points that coincide.

    `scale`: the values at the bottom and the top; `size`: the chart's pixels across and up.
    """
    limits = [_number(row["cases"]) for row in rows if row["kind"] == "limit"]
    clinics = [row for row in rows if row["kind"] == "clinic"]
    widest = max([*limits, *(_number(row["cases"]) for row in clinics), 1.0])
    low, high = scale
    spots = [
        (
            size[0] * _number(row["cases"]) / widest,
            size[1] * (high - _number(row["value"])) / ((high - low) or 1),
        )
        for row in clinics
    ]
    labels = iter(_labels([str(row["label"]) for row in clinics], spots, size[0]))
    return [{**row, **next(labels)} if row["kind"] == "clinic" else row for row in rows]


def _labels(texts: Sequence[str], spots: Sequence[Spot], width: int) -> list[dict[str, object]]:
    groups = _groups(spots)
    points: list[Box] = [(x - REACH, y - REACH, x + REACH, y + REACH) for x, y in spots]
    taken: list[Box] = []
    found: list[dict[str, object]] = [{"label": "", "align": "left", "dx": 0.0, "dy": 0.0} for _ in texts]
    for group in groups:
        text = ", ".join(texts[index] for index in group)
        last = group[-1]  # the one farthest to the right
        side = min(SIDES, key=lambda one: _clashes(one.box(spots[last], text), [*points, *taken], width))
        taken.append(side.box(spots[last], text))
        found[last] = {"label": text, "align": side.align, "dx": side.dx, "dy": side.dy}
    return found


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


def _clashes(box: Box, others: Sequence[Box], width: int) -> int:
    """Return how much stands in the way of a label; the chart's edge weighs as much as a point."""
    left, top, right, bottom = box
    count = sum(left < r and right > l and top < b and bottom > t for l, t, r, b in others)
    return count + (left < 0) + (right > width)


def _number(value: object) -> float:
    return float(str(value))
