"""The tile: one number with the region's beside it, its marks, and 24 months as a line. The same on every page.

The line is an image, drawn in colours that both themes can show: Streamlit's sanitiser takes inline SVG away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from urllib.parse import quote

from markupsafe import Markup

from portal.domain.insight.attention import HistoryMark
from portal.ui.base import markup
from portal.ui.base.drawings import pieces
from portal.ui.base.markup import joined, tag
from portal.ui.base.palette import BETTER_LINE, OWN_LINE, REGION_LINE, USUAL_BAND, WORSE_LINE


TILE, LARGE = (96, 40), (190, 64)  # width and height of the line
FINE = 4  # drawn in quarters of a pixel, so that whole numbers do
COLOURS = {HistoryMark.WORSE: WORSE_LINE, HistoryMark.BETTER: BETTER_LINE}
MARGIN = 4 * FINE  # a dot at the end is drawn whole
MOST_BAND = 0.5  # of the lines' own height, above and below them, is as far as the band widens the scale

Values = tuple[float | None, ...]
Span = tuple[float, float]
Point = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class TileLine:
    """What a tile's line holds; the sequences have one entry per month, oldest first."""

    own: Values
    region: Values = ()
    usual: tuple[Span | None, ...] = ()  # the control limits
    breaks: tuple[int, ...] = ()  # indices of the first months after a break
    text: str = ""  # the same in one sentence
    mark: HistoryMark | None = None  # a line that tells no news has no colour
    is_outside: bool = False  # the newest value alone: a red dot at the end of the line


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """One number, and where its months can be read, if anywhere."""

    label: str
    value: str  # with its unit, or why there is none
    rate: str = ""  # `8,1 per 100`
    region: str = ""
    mark: HistoryMark | None = None
    aim: str = ""  # a mark and the target
    line: TileLine | None = None
    href: str = ""
    reason: str = ""  # of a large tile, which asks for attention
    is_missing: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberTile:
    """One number of an indicator's own page, which leads nowhere."""

    label: str
    value: str
    detail: str = ""
    css: str = ""  # better, worse; names: words, smaller and on as many lines as they take


def numbers(tiles: Sequence[NumberTile]) -> Markup:
    """Put the page's few numbers beside each other."""
    return tag("ul", *(tag("li", _number(tile)) for tile in tiles), class_="portal-tiles numbers")


def _number(tile: NumberTile) -> Markup:
    return tag(
        "div",
        tag("span", tile.label, class_="head"),
        tag("span", tag("b", tile.value, class_=tile.css), class_="figure"),
        tag("span", tile.detail, class_="region") if tile.detail else Markup(),
        class_="portal-tile",
    )


def grid(tiles: Sequence[Tile]) -> Markup:
    """Put tiles beside each other, four to a row where there is room."""
    return tag("ul", *(tag("li", _tile(tile, TILE)) for tile in tiles), class_="portal-tiles")


def large(tiles: Sequence[Tile]) -> Markup:
    """Put the few that ask for attention beside each other, each with its reason."""
    entries = (tag("li", _tile(tile, LARGE)) for tile in tiles)
    return tag("ul", *entries, class_="portal-tiles large")


def fold(summary: str, *parts: str, is_printed: bool = False, is_open: bool = False) -> Markup:
    """Keep what not everybody needs behind a line to click on; on paper some of it is open."""
    css = "portal-fold printed" if is_printed else "portal-fold"
    return tag("details", tag("summary", summary), *parts, class_=css, open="open" * is_open)


def pill(mark: HistoryMark) -> Markup:
    return tag("span", f"{mark.symbol} {mark.label}", class_=f"mark {mark}")


def _tile(tile: Tile, size: tuple[int, int]) -> Markup:
    rate = joined([" ", tag("span", f"({tile.rate})", class_="rate")]) if tile.rate else Markup()
    mark = pill(tile.mark) if tile.mark else Markup()
    parts = [
        tag("span", tag("span", tile.label, class_="name"), mark, class_="head"),
        tag("span", tag("b", tile.value), rate, class_="missing" if tile.is_missing else "figure"),
        tag("span", tile.region, class_="region") if tile.region else Markup(),
        tag("span", tile.aim, class_="aim") if tile.aim else Markup(),
        image(tile.line, size) if tile.line else Markup(),
        tag("span", tile.reason, class_="reason") if tile.reason else Markup(),
    ]
    if not tile.href:
        return tag("div", *parts, class_="portal-tile")
    return tag("a", *parts, href=tile.href, target="_self", class_="portal-tile")


@lru_cache(maxsize=5_000)  # the same lines again on every rerun
def image(tile_line: TileLine, size: tuple[int, int]) -> Markup:
    """Return the line as an image; nothing where fewer than two months have a value."""
    if sum(value is not None for value in tile_line.own) < 2:
        return Markup()
    width, height = size
    return Markup('<img class="trend" width="{}" height="{}" alt="{}" src="{}">').format(
        width, height, tile_line.text, address(tile_line, size)
    )


def address(tile_line: TileLine, size: tuple[int, int]) -> Markup:
    """Return the drawing as the address of an image, as it stands between double quotes."""
    width, height = (FINE * length for length in size)
    inside = "".join(_parts(tile_line, _Frame.of(tile_line, width, height)))
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{inside}</svg>'
    return Markup("data:image/svg+xml," + quote(drawing.replace('"', "'"), safe=" =:/,<>'"))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Frame:
    """The scale of one drawing."""

    width: int
    height: int
    step: float
    low: float
    high: float

    @classmethod
    def of(cls, tile_line: TileLine, width: int, height: int) -> "_Frame":
        """Fit the lines, and as much of the band as leaves them readable."""
        values = [value for value in (*tile_line.own, *tile_line.region) if value is not None]
        low, high = min(values, default=0.0), max(values, default=1.0)
        reach = MOST_BAND * (high - low or abs(high) or 1.0)
        spans = [span for span in tile_line.usual if span]
        low_band = max(low - reach, min((span[0] for span in spans), default=low))
        high_band = min(high + reach, max((span[1] for span in spans), default=high))
        step = (width - 2 * MARGIN) / max(1, len(tile_line.own) - 1)
        return cls(width=width, height=height, step=step, low=min(low, low_band), high=max(high, high_band))

    def point(self, index: int, value: float) -> Point:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        inside = min(1.0, max(0.0, share))
        y = self.height - MARGIN - inside * (self.height - 2 * MARGIN)
        return int(MARGIN + index * self.step), int(y)

    def points(self, values: Sequence[float | None]) -> list[Point | None]:
        return [None if value is None else self.point(index, value) for index, value in enumerate(values)]


def _parts(tile_line: TileLine, frame: _Frame) -> list[str]:
    """Return the band, the region's line and the own one, the last on top."""
    colour = COLOURS.get(tile_line.mark, OWN_LINE) if tile_line.mark else OWN_LINE
    own = frame.points(tile_line.own)
    own_pieces = pieces(own, tile_line.breaks)
    alone = [piece[0] for piece in own_pieces if len(piece) == 1]
    ends = [own[-1]] if own[-1] else []
    return [
        *_band(tile_line, frame),
        *(_line(piece, REGION_LINE, 5, dash="12 10") for piece in pieces(frame.points(tile_line.region), ())),
        *(_line(piece, colour, 7) for piece in own_pieces),
        *(_dot(point, colour, 7) for point in alone),
        *(_dot(point, WORSE_LINE if tile_line.is_outside else colour, 14) for point in ends),
    ]


def _band(tile_line: TileLine, frame: _Frame) -> list[str]:
    """Return a grey area per stretch of months with limits."""
    lows = frame.points([span and span[0] for span in tile_line.usual])
    highs = frame.points([span and span[1] for span in tile_line.usual])
    edges = zip(pieces(highs, tile_line.breaks), pieces(lows, tile_line.breaks), strict=True)
    return [
        f'<path fill="{USUAL_BAND}" fill-opacity="0.17" d="{_path([*_corners(high), *_corners(low[::-1])])}z"/>'
        for high, low in edges
        if len(high) > 1
    ]


def _corners(points: Sequence[Point]) -> list[Point]:
    """Return an edge without the points in the middle of a level part."""
    last = len(points) - 1
    return [
        point
        for index, point in enumerate(points)
        if index in (0, last) or not points[index - 1][1] == point[1] == points[index + 1][1]
    ]


def _line(points: Sequence[Point], colour: str, width: int, *, dash: str = "") -> str:
    if len(points) < 2:
        return ""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path fill="none" stroke="{colour}" stroke-width="{width}"{dashes} d="{_path(points)}"/>'


def _path(points: Sequence[Point]) -> str:
    """Return a path, each step counted from the point before: half as long as with their places."""
    steps = (f"l{x - x_before} {y - y_before}" for (x_before, y_before), (x, y) in pairwise(points))
    return f"M{points[0][0]} {points[0][1]}{''.join(steps)}"


def _dot(point: Point, colour: str, radius: int) -> str:
    return f'<circle cx="{point[0]}" cy="{point[1]}" r="{radius}" fill="{colour}"/>'


def group(title: str, tiles: Sequence[Tile]) -> Markup:
    """Return a grid under its heading."""
    return joined([markup.heading(4, title), grid(tiles)]) if tiles else Markup()
