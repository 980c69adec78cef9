"""Small tables as real HTML: readable by screen readers, printable, and cheap. Escapes everything."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape as escape_anew
from urllib.parse import quote, urlencode

from portal.ui.base import palette


STYLE = """
table.portal { width: 100%; border-collapse: collapse; font-size: 0.92rem; margin: 0 0 0.5rem; }
table.portal caption { text-align: left; color: #4a5a56; font-size: 0.85rem; padding: 0 0 0.4rem; }
table.portal th, table.portal td { padding: 0.4rem 0.55rem; border-bottom: 1px solid #d5e3df;
  text-align: left; vertical-align: top; }
table.portal thead th { background: #f3f7f6; font-weight: 600; color: #1f2d2a; position: sticky; top: 0; }
table.portal tbody th { font-weight: 600; }
table.portal .num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
table.portal .whole { white-space: nowrap; }
table.portal .missing { color: #4a5a56; font-style: italic; white-space: normal; }
table.portal .worse { color: #AE2D3A; font-weight: 600; }
table.portal .better { color: #0e5a4c; font-weight: 600; }
table.portal .small { color: #4a5a56; font-size: 0.82rem; display: block; white-space: normal; }
table.portal tr.total th, table.portal tr.total td { border-top: 2px solid #0e5a4c; font-weight: 600; }
table.portal a { color: #00577b; }
table.portal .bar { display: block; width: 9rem; max-width: 100%; height: 0.55rem; background: #eaf1ef;
  margin: 0.3rem 0 0 auto; }
table.portal .bar > span { display: block; height: 100%; background: #178571; }
table.mending .small { white-space: nowrap; }
table.grid { font-size: 0.8rem; }
table.grid th, table.grid td { padding: 0.3rem 0.3rem; white-space: nowrap; }
table.grid td a { text-decoration: none; }
table.grid td .small { white-space: pre; }
table.grid th[scope=row] { white-space: normal; min-width: 8rem; }
table.overview td:nth-child(6) { font-size: 0.82rem; color: #4a5a56; }
@media (min-width: 641px) {
  table.log td:nth-child(2), table.log td:last-child { white-space: nowrap; }
  table.log th[scope=row] { width: 20%; }
  table.overview th[scope=row] { width: 22%; }
  table.economy th[scope=row] { width: 36%; }
  table.economy td { width: 16%; }
  table.overview td:nth-child(2) { min-width: 8.5rem; }
  table.overview td:nth-child(5), table.overview td:nth-child(6) { width: 13%; }
  table.overview td:nth-child(7) { width: 20%; }
}
p.portal { margin: 0 0 0.8rem; max-width: 60rem; }
p.portal.note { color: #4a5a56; font-size: 0.88rem; }
h2.portal { font-size: 1.7rem; font-weight: 600; padding: 1.6rem 0 0.5rem; margin: 0; }
h3.portal { font-size: 1.3rem; font-weight: 600; padding: 1.1rem 0 0.4rem; margin: 0; }
.portal-legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.4rem; font-size: 0.9rem; }
table.portal td.center, table.portal th.center { text-align: center; }
table.portal img.trend { display: block; max-width: none; }
.portal-links { display: flex; flex-wrap: wrap; gap: 0.2rem 1.4rem; font-size: 0.9rem; }
.portal-links a { color: #00577b; }
table.contract .small { font-weight: 400; white-space: pre-line; }
table.portal details { display: inline-block; position: relative; font-weight: 400; text-align: left; }
table.portal summary { cursor: pointer; list-style: none; text-decoration: underline dotted;
  text-underline-offset: 0.2em; }
table.portal td.worse summary, table.portal td.better summary { font-weight: 600; }
table.portal details > div { position: absolute; z-index: 2; left: 0; width: 22rem; padding: 0.6rem 0.8rem;
  background: #fff; border: 1px solid #0e5a4c; border-radius: 0.4rem; color: #1f2d2a; font-size: 0.86rem;
  box-shadow: 0 4px 14px rgba(0, 0, 0, 0.18); }
table.portal td:nth-last-child(-n+4) details > div { left: auto; right: 0; }
table.portal details p { margin: 0 0 0.45rem; white-space: normal; overflow-wrap: anywhere; }
.portal-scroll { overflow-x: auto; }
.portal-scroll:has(details[open]) { overflow: visible; }
@media (max-width: 640px) {
  table.portal.cards thead { display: none; }
  table.portal.cards tr { display: block; border: 1px solid #d5e3df; border-radius: 0.5rem;
    margin-bottom: 0.7rem; padding: 0.3rem 0.2rem; }
  table.portal.cards th[scope=row] { display: block; border: 0; font-size: 1rem; }
  table.portal.cards td { display: flex; justify-content: space-between; gap: 1rem; border: 0;
    text-align: right; padding: 0.2rem 0.55rem; }
  table.portal.cards td::before { content: attr(data-label); color: #4a5a56; text-align: left; flex: none; }
  table.portal.cards td:empty { display: none; }
  table.portal.cards td:has(details[open]) { display: block; text-align: left; }
  table.portal details[open] { width: 100%; }
  table.portal details > div { position: static; width: auto; margin-top: 0.4rem; }
  table.mending.cards td:last-child, table.mending.cards td:last-child::before { display: block;
    text-align: left; }
}
.portal-cards { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1rem; margin: 0 0 1rem; }
.portal-card { border: 1px solid #d5e3df; border-radius: 0.5rem; padding: 0.8rem 1rem; break-inside: avoid; }
.portal-card b { display: block; font-size: 1.7rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.portal-card p { margin: 0 0 0.4rem; }
.portal-card .small { color: #4a5a56; font-size: 0.85rem; }
.portal-card a { color: #00577b; }
.portal-multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1rem;
  margin: 0 0 1rem; }
.portal-multiples figure { margin: 0; border: 1px solid #d5e3df; border-radius: 0.5rem; padding: 0.6rem 0.7rem;
  break-inside: avoid; }
.portal-multiples figcaption { font-size: 0.88rem; }
.portal-multiples img { display: block; width: 100%; height: auto; }
.portal-multiples a { color: #00577b; font-weight: 600; }
table.heat { font-size: 0.88rem; }
table.heat thead th { font-size: 0.8rem; }
table.heat td .small { white-space: pre-line; }
@media (min-width: 641px) {
  table.places td:nth-child(2) .small { white-space: pre; }
  table.places td:nth-child(3) { min-width: 6.5rem; }
}
table.portal td.is-worse { background: #f9e3e5; }
table.portal td.is-better { background: #dcf0ea; }
table.portal td.is-level { background: #f6f8f7; }
@media (max-width: 640px) { .portal-cards { grid-template-columns: 1fr; } }
"""


# A page has thousands of short texts, and the same ones again on every rerun.
escape = lru_cache(maxsize=50_000)(escape_anew)


@dataclass(frozen=True, slots=True)
class Cell:
    """Text for one cell; `small` stands beneath it, and `more` opens at a click on the text.

    `svg` is drawing made by this module.
    """

    text: str
    css: str = ""
    small: str = ""
    href: str = ""
    svg: str = ""
    bar: float | None = None  # 0-1: drawn beneath the text
    more: tuple[str, ...] = ()  # paragraphs


@dataclass(frozen=True, slots=True)
class Row:
    """A table's row; the first cell is its heading."""

    cells: tuple[Cell, ...]
    css: str = ""


def row(*cells: Cell | str, css: str = "") -> Row:
    return Row(tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in cells), css)


def numeric(text: str, small: str = "") -> Cell:
    return Cell(text, css="num", small=small)


def missing(text: str) -> Cell:
    return Cell(text, css="num missing")


def link(page: str, **parameters: str) -> str:
    """Return the address of a page with its choices."""
    query = urlencode({name: chosen for name, chosen in parameters.items() if chosen})
    return f"/{page}?{query}" if query else f"/{page}"


def table(
    headings: Sequence[str], rows: Sequence[Row], *, caption: str, cards: bool = True, css: str = ""
) -> str:
    """Return a table; on a narrow screen its rows become cards, or it scrolls."""
    head = "".join(
        f'<th scope="col" class="{_column_css(rows, place)}">{escape(heading)}</th>'
        for place, heading in enumerate(headings)
    )
    body = "".join(_row(found, headings) for found in rows)
    css = f"portal {'cards' if cards else ''} {css}"
    return (
        f'<div class="portal-scroll" role="group" tabindex="0" aria-label="{escape(caption)}">'
        f'<table class="{css}"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _column_css(rows: Sequence[Row], place: int) -> str:
    """Align a heading with its column: right over numbers, in the middle over symbols."""
    css = [found.cells[place].css for found in rows]
    for name in ("num", "center"):
        if 2 * sum(name in one.split() for one in css) > len(css):
            return name
    return ""


def _row(found: Row, headings: Sequence[str]) -> str:
    first, *rest = found.cells
    cells = [f'<th scope="row" class="{escape(first.css)}">{_content(first)}</th>']
    cells += [
        f'<td class="{escape(cell.css)}" data-label="{escape(heading)}">{_content(cell)}</td>'
        for cell, heading in zip(rest, headings[1:], strict=True)
    ]
    return f'<tr class="{escape(found.css)}">{"".join(cells)}</tr>'


def _content(cell: Cell) -> str:
    text = escape(cell.text)
    if cell.more:
        text = _details(text, cell.more)
    if cell.href:
        text = f'<a href="{escape(cell.href)}" target="_self">{text}</a>'
    if cell.bar is not None:
        text += f'<span class="bar"><span style="width: {100 * cell.bar:.0f}%"></span></span>'
    small = f'<span class="small">{escape(cell.small)}</span>' if cell.small else ""
    return f"<span>{text}{cell.svg}{small}</span>" if cell.svg or small else text


def _details(summary: str, paragraphs: Sequence[str]) -> str:
    """Return text that opens at a click or Enter; one at a time, without a script."""
    inside = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return f'<details name="more"><summary>{summary}</summary><div>{inside}</div></details>'


def heading(level: int, text: str) -> str:
    return f'<h{level} class="portal">{escape(text)}</h{level}>'


def paragraph(text: str, *, lead: str = "", css: str = "") -> str:
    """Return a paragraph; `lead` stands first, in bold."""
    first = f"<strong>{escape(lead)}</strong> " if lead else ""
    return f'<p class="portal {escape(css)}">{first}{escape(text)}</p>'


def picture(address: str, *, alt: str, width: int) -> str:
    """Return an image whose data stand in its address; it may be a secret, so nothing of it is kept."""
    return f'<img src="{escape_anew(address)}" alt="{escape_anew(alt)}" width="{width}">'


def links(targets: Sequence[tuple[str, str]]) -> str:
    """Return links of our own beside each other: text and address."""
    drawn = "".join(f'<a href="{escape(href)}" target="_self">{escape(text)}</a>' for text, href in targets)
    return f'<p class="portal-links">{drawn}</p>'


def legend(entries: Sequence[tuple[str, str, str]]) -> str:
    """Return a chart's legend: colour, sign and what it stands for."""
    drawn = "".join(
        f'<span><b style="color: {palette.both(escape(colour))}">{escape(sign)}</b> {escape(text)}</span>'
        for colour, sign, text in entries
    )
    return f'<div class="portal-legend">{drawn}</div>'


def card(figure: str, text: str, *, href: str = "", link: str = "", small: str = "") -> str:
    """Return a card: a figure, one sentence, and where to read more."""
    more = f'<a href="{escape(href)}" target="_self">{escape(link)}</a>' if href else ""
    below = f'<p class="small">{escape(small)}</p>' if small else ""
    return f'<div class="portal-card"><b>{escape(figure)}</b><p>{escape(text)}</p>{below}{more}</div>'


def cards(made: Sequence[str]) -> str:
    """Put cards made by `card` side by side; beneath each other on a narrow screen."""
    return f'<div class="portal-cards">{"".join(made)}</div>'


@dataclass(frozen=True, slots=True)
class Multiple:
    """One small chart: its image, what it shows in words, and the lines beneath it."""

    image: str
    alt: str
    title: str
    href: str
    text: str


def multiples(made: Sequence[Multiple]) -> str:
    """Put small charts beside each other, as many as fit."""
    figures = "".join(
        f'<figure><a href="{escape(one.href)}" target="_self">{escape(one.title)}</a>'
        f'<img src="{escape(one.image)}" alt="{escape(one.alt)}">'
        f"<figcaption>{escape(one.text)}</figcaption></figure>"
        for one in made
    )
    return f'<div class="portal-multiples">{figures}</div>'


def trend(values: Sequence[float | None], *, label: str) -> Cell:
    """Draw a small line; months without a value break it, and the last one has a dot."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return Cell("", small="för få månader")
    low, span = min(known), (max(known) - min(known)) or 1
    step = 96 / (len(values) - 1)
    points = [
        None if value is None else (2 + index * step, 22 - 18 * (value - low) / span)
        for index, value in enumerate(values)
    ]
    return Cell("", svg=_svg(points, label))


def _svg(points: Sequence[tuple[float, float] | None], label: str) -> str:
    lines: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            lines.append([])
        else:
            lines[-1].append(point)
    drawn = "".join(
        f'<polyline fill="none" stroke="#178571" stroke-width="1.6" points="{_path(line)}"/>'
        for line in lines
        if len(line) > 1
    )
    dots = [line[0] for line in lines if len(line) == 1]
    if points[-1]:
        dots.append(points[-1])
    drawn += "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="#178571"/>' for x, y in dots)
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 24">{drawn}</svg>'
    # As an image: Streamlit's sanitiser takes inline SVG away.
    address = "data:image/svg+xml," + quote(picture)
    return f'<img class="trend" width="100" height="24" alt="{escape(label)}" src="{address}">'


def _path(line: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in line)
