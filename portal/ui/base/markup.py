"""Small tables as real HTML: readable by screen readers, printable, and cheap.

Every tag is made by `tag`, which escapes what is not Markup already (markupsafe); no other function of the portal
writes HTML. How it looks stands in portal/browser/portal.css.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import urlencode

from markupsafe import Markup, escape

from portal.ui.base import palette


NEAR_THE_END = 4  # columns whose opened text would not fit to the right of them

# A page has thousands of short texts, and the same ones again on every rerun.
_escaped = lru_cache(maxsize=50_000, typed=True)(escape)


def tag(name: str, /, *children: str, **attributes: str) -> Markup:
    """Return an element; children and attributes that are not Markup are escaped, empty attributes left out.

    An attribute called like a word of Python's ends in an underscore; others stand for their hyphens.
    """
    start = name
    for attribute, text in attributes.items():
        if text:
            start += f' {_hyphened(attribute)}="{_escaped(text)}"'
    return _marked(f"<{start}>{joined(children)}</{name}>")


def joined(parts: Sequence[str]) -> Markup:
    """Return parts after each other, those that are not Markup escaped."""
    return _marked("".join([part if type(part) is Markup else _escaped(part) for part in parts]))


@cache
def _hyphened(attribute: str) -> str:
    return attribute.rstrip("_").replace("_", "-")


def _marked(html: str) -> Markup:
    """Call the string's own constructor: Markup's asks first whether it got an object (half of a tag's time)."""
    return str.__new__(Markup, html)


@dataclass(frozen=True, slots=True)
class TableCell:
    """Text for one cell; `small` stands beneath it, and `more` opens at a click on the text.

    `drawing` is an image made by this module; `said` are the words of a mark, for those who hear it or point at it.
    """

    text: str
    css: str = ""
    small: str = ""
    href: str = ""
    drawing: Markup = Markup()
    bar: float | None = None  # 0-1: drawn beneath the text
    more: tuple[str, ...] = ()  # paragraphs
    said: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A table's row; the first cell is its heading."""

    cells: tuple[TableCell, ...]
    css: str = ""


def row(*cells: TableCell | str, css: str = "") -> TableRow:
    return TableRow(tuple(cell if isinstance(cell, TableCell) else TableCell(cell) for cell in cells), css)


def numeric(text: str, small: str = "") -> TableCell:
    return TableCell(text, css="num", small=small)


def missing(text: str) -> TableCell:
    return TableCell(text, css="num missing")


def link(page: str, **parameters: str) -> str:
    """Return the address of a page with its choices."""
    query = urlencode({name: choice for name, choice in parameters.items() if choice})
    return f"/{page}?{query}" if query else f"/{page}"


def table(
    headings: Sequence[str],
    rows: Sequence[TableRow],
    *,
    caption: str,
    cards: bool = True,
    css: str = "",
    columns: Sequence[str] = (),
) -> Markup:
    """Return a table; on a narrow screen its rows become cards, or it scrolls.

    `columns` has a class per column that says what stands in it, for the style sheet.
    """
    columns = columns or [""] * len(headings)
    heads = [
        tag("th", heading, scope="col", class_=_column_css(rows, position))
        for position, heading in enumerate(headings)
    ]
    body = [_row(table_row, headings, columns) for table_row in rows]
    drawn = tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *heads)),
        tag("tbody", *body),
        class_=f"portal {'cards' if cards else ''} {css}",
    )
    return tag("div", drawn, class_="portal-scroll", role="group", tabindex="0", aria_label=caption)


def _column_css(rows: Sequence[TableRow], position: int) -> str:
    """Align a heading with its column: right over numbers, in the middle over symbols."""
    css = [table_row.cells[position].css.split() for table_row in rows]
    for name in ("num", "center"):
        if 2 * sum(name in names for names in css) > len(css):
            return name
    return ""


def _row(table_row: TableRow, headings: Sequence[str], columns: Sequence[str]) -> Markup:
    first, *others = table_row.cells
    last_with_room = len(headings) - NEAR_THE_END
    cells = [tag("th", _content(first), scope="row", class_=first.css)]
    for position, cell in enumerate(others, start=1):
        cells.append(_data_cell(cell, headings[position], columns[position], position >= last_with_room))
    return tag("tr", *cells, class_=table_row.css)


@lru_cache(maxsize=20_000)  # the same cells again on every rerun
def _data_cell(cell: TableCell, heading: str, column: str, opens_left: bool) -> Markup:
    content = _content(cell, opens_left=opens_left)
    return tag("td", content, class_=f"{cell.css} {column}".strip(), data_label=heading, title=cell.said)


def _content(cell: TableCell, *, opens_left: bool = False) -> str:
    text: str = cell.text
    if cell.more:
        text = _details(text, cell.more, opens_left=opens_left)
    if cell.said:
        text = joined([tag("span", text, aria_hidden="true"), tag("span", cell.said, class_="portal-said")])
    if cell.href:
        text = tag("a", text, href=cell.href, target="_self", class_="portal-mark" * bool(cell.said))
    elif cell.said:
        text = tag("span", text, class_="portal-mark")
    if cell.bar is not None:
        text = joined([text, tag("span", tag("span", style=f"width: {100 * cell.bar:.0f}%"), class_="bar")])
    small = tag("span", cell.small, class_="small") if cell.small else Markup()
    return tag("span", text, cell.drawing, small) if cell.drawing or small else text


def _details(summary: str, paragraphs: Sequence[str], *, opens_left: bool) -> Markup:
    """Return text that opens at a click or Enter; one at a time, without a script."""
    inside = tag("div", *(tag("p", paragraph) for paragraph in paragraphs))
    return tag("details", tag("summary", summary), inside, name="more", class_="opens-left" * opens_left)


def heading(level: int, text: str) -> Markup:
    return tag(f"h{level}", text, class_="portal")


def paragraph(text: str, *, lead: str = "", css: str = "") -> Markup:
    """Return a paragraph; `lead` stands first, in bold."""
    first = tag("strong", lead) + " " if lead else ""
    return tag("p", first, text, class_=f"portal {css}")


def picture(address: str, *, alt: str, width: int) -> Markup:
    """Return an image whose data stand in its address; it may be a secret, so nothing of it is kept."""
    return Markup(f'<img src="{escape(address)}" alt="{escape(alt)}" width="{width}">')


def logo(address: str, name: str) -> Markup:
    """Return the region's picture, on white: it is drawn for paper."""
    return Markup(f'<img class="region-logo" src="{escape(address)}" alt="{escape(name)}">')


def links(targets: Sequence[tuple[str, str]]) -> Markup:
    """Return links of our own beside each other: text and address."""
    anchors = (tag("a", text, href=href, target="_self") for text, href in targets)
    return tag("p", *anchors, class_="portal-links")


def beside(heading_text: str, marks: Sequence[tuple[str, str]]) -> Markup:
    """Return a heading with the legend of its marks at its end: mark and what it stands for."""
    entries = (tag("span", f"{mark} {text}") for mark, text in marks)
    legend_line = tag("div", *entries, class_="portal-legend")
    return tag("div", heading(2, heading_text), legend_line, class_="portal-row")


def legend(entries: Sequence[tuple[str, str, str]]) -> Markup:
    """Return a chart's legend: colour, sign and what it stands for."""
    signs = (
        tag("span", tag("b", sign, style=f"color: {palette.both(colour)}"), " ", text)
        for colour, sign, text in entries
    )
    return tag("div", *signs, class_="portal-legend")


def counter(label: str, figure: str, *beside: str) -> Markup:
    """Return a card with one big number, and beside it what stands in its way or is to be done."""
    line = tag("div", tag("b", figure), *beside, class_="portal-row")
    return tag("div", tag("p", label), line, class_="portal-card")


def button(text: str, href: str) -> Markup:
    """Return a link to where something is to be done, which looks like a button."""
    return tag("a", text, href=href, target="_self", class_="portal-button")


def progress(share: float) -> Markup:
    """Return a bar; the number beside it says the same."""
    return tag("span", tag("span", style=f"width: {100 * share:.0f}%"), class_="portal-progress")


def cards(made_cards: Sequence[str]) -> Markup:
    """Put cards made by `counter` side by side; beneath each other on a narrow screen."""
    return tag("div", *made_cards, class_="portal-cards")


@dataclass(frozen=True, slots=True)
class Multiple:
    """One small chart: its image, what it shows in words, and the lines beneath it."""

    image: str
    alt: str
    title: str
    href: str
    text: str


def multiples(charts: Sequence[Multiple]) -> Markup:
    """Put small charts beside each other, as many as fit."""
    return tag("div", *map(_figure, charts), class_="portal-multiples")


def _figure(chart: Multiple) -> Markup:
    title = tag("a", chart.title, href=chart.href, target="_self")
    image = Markup(f'<img src="{escape(chart.image)}" alt="{escape(chart.alt)}">')
    return tag("figure", title, image, tag("figcaption", chart.text))
