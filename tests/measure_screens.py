"""Measure how much a page asks of its reader: `python -m tests.measure_screens URL [PAGE …]`.

Start `portal demo` first and pass its address. Every page of the screenshots, at a desk's and a telephone's width:
words on the first screen and in all, screens high, the first picture's top, charts, tiles. What is folded is not
counted, nor are the menu, a report's contents and the words inside a chart. A number beyond its limit has a ! behind it.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, sync_playwright

from portal.bench.browser import launch
from tests.browser import log_in, wait_until_drawn
from tests.make_screenshots import CLINIC, REGION


DESK, TELEPHONE = (1440, 900), (390, 844)
MOST_WORDS, MOST_WORDS_OF_TILES = 150, 250  # on the first screen of a desk
OF_TILES = ("oversikt", "laget")
MORE = (  # views and chapters that have no picture in the README
    "mottagningar?visa=alla",
    "mottagningar?visa=andring",
    "atgarder",
    "atgarder?plan=1",
    *(
        f"arsuppfoljning?kapitel={passage}"
        for passage in ("3", "4.2", "4.3", "4.6", "4.7", "4.8", "4.9", "5", "bilagor")
    ),
)
LOWEST_PICTURE = 420  # px from the top of a desk's screen
MOST_SCREENS = {"oversikt": 2, "arsuppfoljning": 3}  # on a desk
MOST_TELEPHONE_SCREENS = 6
WORD = re.compile(r"\w")  # a sign alone, ✓ or –, is no word
HEADINGS = ("page", "px", "words first", "words all", "screens", "picture at", "charts", "tiles")

READING = """
() => {
  const main = document.querySelector("[data-testid=stMain]")
  main.scrollTo(0, 0)
  const isSeen = ({ clipPath, fontFamily }) => clipPath !== "inset(50%)" && !fontFamily.includes("Material Symbols")
  const isRead = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && element.getBoundingClientRect().width > 1 && isSeen(getComputedStyle(element))
  const top = (box) => box.getBoundingClientRect().top
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, {
    acceptNode: (node) => node.nodeType === Node.ELEMENT_NODE
      && (node.matches("svg, style, script, [data-testid=stIconMaterial], .st-key-report-contents") || !isRead(node))
      && getComputedStyle(node).display !== "contents" ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  })
  const words = []
  const range = document.createRange()
  while (walker.nextNode()) {
    const node = walker.currentNode
    if (node.nodeType !== Node.TEXT_NODE) continue
    for (const word of node.data.matchAll(/\\S+/g)) {
      range.setStart(node, word.index)
      range.setEnd(node, word.index + word[0].length)
      words.push([word[0], top(range)])
    }
  }
  const tops = (selector) => [...main.querySelectorAll(selector)].filter(isRead).map(top)
  return {
    words,
    height: main.scrollHeight,
    charts: tops(".stVegaLiteChart, .stImage img, .stHtml figure img, .stHtml img:not(.trend)"),
    tiles: tops(".portal-tile"),
    marks: tops(".portal-mark"),
  }
}
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """One page at one width."""

    page: str
    size: tuple[int, int]
    first_words: int
    all_words: int
    screens: float
    picture_top: int | None  # the first chart's, tile's or mark's
    charts: int
    tiles: int

    @property
    def faults(self) -> set[str]:
        """Return the headings of the numbers beyond their limits."""
        return set(self._desk_faults() if self.size == DESK else self._telephone_faults())

    def _desk_faults(self) -> Iterator[str]:
        if self.first_words > (MOST_WORDS_OF_TILES if self.page in OF_TILES else MOST_WORDS):
            yield "words first"
        if self.screens > MOST_SCREENS.get(self.page, self.screens):
            yield "screens"
        if self.picture_top is not None and self.picture_top > LOWEST_PICTURE:
            yield "picture at"

    def _telephone_faults(self) -> Iterator[str]:
        if self.screens > MOST_TELEPHONE_SCREENS:
            yield "screens"


def measures(page: str, size: tuple[int, int], reading: dict[str, Any]) -> Measures:
    """Count what the browser has read: words with their tops, the height, the pictures' tops."""
    tops = [top for text, top in reading["words"] if WORD.search(text)]
    pictures = [*reading["charts"], *reading["tiles"], *reading["marks"]]
    return Measures(
        page=page,
        size=size,
        first_words=sum(top < size[1] for top in tops),
        all_words=len(tops),
        screens=round(reading["height"] / size[1], 1),
        picture_top=round(min(pictures)) if pictures else None,
        charts=len(reading["charts"]),
        tiles=len(reading["tiles"]),
    )


def line(measured: Measures) -> str:
    """Return a row of the table, with a ! behind each number that is beyond its limit."""
    picture = "–" if measured.picture_top is None else str(measured.picture_top)
    counts = (measured.first_words, measured.all_words, measured.screens)
    texts = [measured.page, str(measured.size[0]), *map(str, counts), picture]
    texts += [str(measured.charts), str(measured.tiles)]
    marked = (text + " !" * (name in measured.faults) for name, text in zip(HEADINGS, texts, strict=True))
    return "| " + " | ".join(marked) + " |"


def main(url: str, only: Sequence[str]) -> None:
    print("| " + " | ".join(HEADINGS) + " |\n" + "|---" * len(HEADINGS) + "|")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for username, paths in (CLINIC, (REGION[0], [*REGION[1], *MORE])):
            page = browser.new_page(locale="sv-SE")
            page.goto(url)
            log_in(page, username, f"exempel-{username}-dalarna")
            for path in paths:
                if not only or path in only:
                    _measure(page, url, path)
            page.close()
        browser.close()


def _measure(page: Page, url: str, path: str) -> None:
    for size in (DESK, TELEPHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(f"{url}/{path}")
        wait_until_drawn(page)
        print(line(measures(path, size, page.evaluate(READING))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
