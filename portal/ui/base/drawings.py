"""Small multiples as SVG: one scale for all, gaps left open, what stands out marked by shape.

Drawn as images: Streamlit's sanitiser takes inline SVG away, and a chart each would cost 4 ms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

from markupsafe import escape

from portal.ui.base.charts import BLUE, EVENT, GREEN, GREY, PALE, RED


WIDTH, HEIGHT = 280, 120
LEFT, RIGHT, TOP, BOTTOM = 34, 8, 8, 18
MARKS = {  # drawn around (0, 0)
    "worse": f'<path d="M-3.6-3H3.6L0 3.6Z" fill="{RED}"/>',
    "better": '<path d="M-3.6 3H3.6L0-3.6Z" fill="#0e5a4c"/>',
    "changed": f'<path d="M0-3.8 3.8 0 0 3.8-3.8 0Z" fill="{BLUE}"/>',
}

Place = TypeVar("Place", bound=tuple[float, float])
Values = Sequence[float | None]
Points = Sequence[tuple[float, float] | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """What one small chart holds. The sequences have one entry per month, `country` none where nothing is published."""

    title: str
    values: Values
    region: Values
    country: Values = ()
    marks: Sequence[str | None]  # a key of MARKS where a month stands out
    breaks: Sequence[int]  # indices of the first months after a break
    highest: float
    labels: tuple[str, str]  # of the first and the last month
    scale_label: str  # of the highest line
    events: Sequence[int] = ()  # indices of months in which a neighbour opened or closed


def address(drawing: Drawing) -> str:
    """Return the drawing as the address of an image."""
    return "data:image/svg+xml," + quote(_document(WIDTH, HEIGHT, _inside(drawing)))


def sheet(drawings: Sequence[Drawing], *, title: str, notes: Sequence[str], columns: int = 3) -> str:
    """Return all drawings on one picture, with what they are and where they come from."""
    head = 30 + 16 * len(notes)
    step_x, step_y = WIDTH + 20, HEIGHT + 30
    parts = [_text(10, 20, title, size=15, bold=True)]
    parts += [_text(10, 38 + 16 * index, note, size=10.5) for index, note in enumerate(notes)]
    for index, drawing in enumerate(drawings):
        x, y = 10 + step_x * (index % columns), head + step_y * (index // columns)
        inside = _text(0, 12, drawing.title, size=12, bold=True)
        inside += f'<g transform="translate(0 16)">{_inside(drawing)}</g>'
        parts.append(f'<g transform="translate({x} {y})">{inside}</g>')
    rows = -(-len(drawings) // columns)
    return _document(step_x * columns + 10, head + step_y * rows + 10, "".join(parts))


def _document(width: float, height: float, inside: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" font-family="Arial, Helvetica, sans-serif">'
        f'<rect width="100%" height="100%" fill="white"/>{inside}</svg>'
    )


def _inside(drawing: Drawing) -> str:
    own, region = _points(drawing, drawing.values), _points(drawing, drawing.region)
    parts = [
        *_frame(drawing),
        *_upright_lines(drawing),
        *_country_line(_points(drawing, drawing.country)),
        *(_line(piece, BLUE, 1.3, dash="5 3") for piece in pieces(region, drawing.breaks)),
        *_own_line(own, drawing.breaks),
        *_marks(own, drawing.marks),
    ]
    return "".join(parts)


def _frame(drawing: Drawing) -> list[str]:
    """The lowest and the highest line with what they stand for, and the first and last month."""
    base, top = _y(drawing, 0), _y(drawing, drawing.highest)
    return [
        _line([(LEFT, base), (WIDTH - RIGHT, base)], "#c3d3ce", 1),
        _line([(LEFT, top), (WIDTH - RIGHT, top)], "#e3ece9", 1),
        _text(LEFT - 4, base + 3, "0", size=9, anchor="end"),
        _text(LEFT - 4, top + 6, drawing.scale_label, size=9, anchor="end"),
        _text(LEFT, HEIGHT - 4, drawing.labels[0], size=9),
        _text(WIDTH - RIGHT, HEIGHT - 4, drawing.labels[1], size=9, anchor="end"),
    ]


def _upright_lines(drawing: Drawing) -> list[str]:
    """Breaks between two months, and events in theirs."""
    base, top = _y(drawing, 0), _y(drawing, drawing.highest)
    break_places = [_x(drawing, index) - _step(drawing) / 2 for index in drawing.breaks]
    event_places = [_x(drawing, index) for index in drawing.events]
    return [
        *(_line([(x, top), (x, base)], GREY, 1, dash="3 3") for x in break_places),
        *(_line([(x, TOP), (x, base)], EVENT, 1.3, dash="1 3") for x in event_places),
    ]


def _country_line(points: Points) -> list[str]:
    """The country's months, behind the others; a break of a clinic's is none of the country's."""
    joined = pieces(points, ())
    return [_line(piece, PALE, 1.6) if len(piece) > 1 else _dot(piece[0], PALE) for piece in joined]


def _own_line(points: Points, breaks: Sequence[int]) -> list[str]:
    """The clinic's months joined where they can be, with a dot on one that stands alone and on the last."""
    parts = []
    for piece in pieces(points, breaks):
        parts.append(_line(piece, GREEN, 1.8))
        if len(piece) == 1:
            parts.append(_dot(piece[0]))
    if points and points[-1]:
        parts.append(_dot(points[-1]))
    return parts


def _marks(points: Points, marks: Sequence[str | None]) -> list[str]:
    return [
        f'<g transform="translate({point[0]:.1f} {point[1]:.1f})">{MARKS[mark]}</g>'
        for point, mark in zip(points, marks, strict=True)
        if point and mark
    ]


def _points(drawing: Drawing, values: Values) -> list[tuple[float, float] | None]:
    return [
        None if value is None else (_x(drawing, index), _y(drawing, value))
        for index, value in enumerate(values)
    ]


def _step(drawing: Drawing) -> float:
    return (WIDTH - LEFT - RIGHT) / max(1, len(drawing.values) - 1)


def _x(drawing: Drawing, index: int) -> float:
    return LEFT + _step(drawing) * index


def _y(drawing: Drawing, value: float) -> float:
    share = min(1.0, value / drawing.highest) if drawing.highest else 0.0
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def pieces(points: Sequence[Place | None], breaks: Sequence[int]) -> list[list[Place]]:
    """Split where a month is missing and at breaks: nothing is joined over either."""
    pieces: list[list[Place]] = [[]]
    for index, point in enumerate(points):
        if point is None or index in breaks:
            pieces.append([])
        if point is not None:
            pieces[-1].append(point)
    return [piece for piece in pieces if piece]


def _line(points: Sequence[tuple[float, float]], colour: str, width: float, *, dash: str = "") -> str:
    if len(points) < 2:
        return ""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<polyline fill="none" stroke="{colour}" stroke-width="{width}"{dashes} points="{path}"/>'


def _dot(point: tuple[float, float], colour: str = GREEN) -> str:
    return f'<circle cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="2.6" fill="{colour}"/>'


def _text(x: float, y: float, text: str, *, size: float, anchor: str = "start", bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="#1f2d2a" text-anchor="{anchor}"{weight}>'
        f"{escape(text)}</text>"
    )
