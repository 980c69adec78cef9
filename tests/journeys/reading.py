"""What a page says to eyes and to screen readers, what axe thinks of it, and what of it is English."""

import re
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.journeys.conftest import move


# Streamlit's own faults that we can't mend from outside: rule → (username, path where it occurs, issue).
# None is left: portal/browser/access.js and portal/browser/portal.css mend what there was. An entry that no
# longer occurs fails test_access.py.
STREAMLITS_OWN: dict[str, tuple[str, str, str]] = {}

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]

# Streamlit's, React Aria's, Vega's and the browser's words; none of them is Swedish too.
ENGLISH = """
    about add all allowed any apply are available axis browse cancel changed chart choose clear click clipboard close
    closed collapse column columns connecting connection content copy date day days decrement delete deploy download
    drag drop edit empty ending enter entered error escape expand failed february file files find friday from
    fullscreen header heading help hide hour image increment invalid january july june keys less linear list loading
    login logout main march mark match matches may monday month months more must navigate next none null off open
    option options page pages password please press previous print reading remove required rerun results row rows
    running saturday scale search seems select selected send settings show sidebar sign size skip smaller sort stop
    submit sunday than that the there this thursday time titled today toggle traceback tuesday undefined unknown
    update upload uploaded uploading use user value values view visualization wait wednesday week with without year
    years you your
"""
ENGLISH_WORD = re.compile(rf"\b(?:{'|'.join(ENGLISH.split())})\b", re.IGNORECASE)
# The checks' codes, printed on Definitioner, and the address that other programs read at, on Mitt konto.
OUR_CODES = re.compile(r"[a-z_]+\.[a-z_]+|https?://\S+/api/v1/\S+")

SAID = """
() => {
  const said = [document.title]
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, {
    acceptNode: (node) =>
      node.nodeType === Node.ELEMENT_NODE && node.matches("script, style, noscript, template, [aria-hidden=true]")
        ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  })
  while (walker.nextNode()) {
    const node = walker.currentNode
    if (node.nodeType === Node.TEXT_NODE) { said.push(node.data); continue }
    for (const name of ["aria-label", "aria-roledescription", "aria-valuetext", "title", "placeholder", "alt"]) {
      said.push(node.getAttribute(name) ?? "")
    }
  }
  return said.map((text) => text.trim()).filter(Boolean)
}
"""

# Whether our script has come to the headings that Streamlit drew last: no level is left out.
OUTLINE = """
() => {
  let before = 0
  return [...document.querySelectorAll(".stMain :is(h1, h2, h3, h4, h5, h6)")].every((heading) => {
    const level = Number(heading.getAttribute("aria-level") ?? heading.tagName[1])
    const follows = level <= before + 1
    before = level
    return follows
  })
}
"""

# Whether Vega has drawn the charts and our script has come to them: a chart is one picture, its parts are not read.
CHARTS = """
() => [...document.querySelectorAll(".stVegaLiteChart")]
  .every((chart) => chart.querySelector(":scope > svg[aria-hidden=true]"))
"""

# [page, window]: the page scrolls sideways when the first is larger.
WIDTHS = """
() => {
  const main = document.querySelector("[data-testid=stMain]")
  const page = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)
  return [page + Math.max(0, main.scrollWidth - main.clientWidth), window.innerWidth]
}
"""

FOCUSED = """
() => {
  const element = document.activeElement
  const shown = element.matches("input[type=radio], input[type=checkbox]") ? element.closest("label") : element
  const spoken = shown.cloneNode(true)
  spoken.querySelectorAll("[aria-hidden=true]").forEach((icon) => icon.remove())
  const frame = "[data-testid$=RootElement], .react-aria-ComboBox > [role=group], [data-testid=stNumberInputContainer]"
  const ringed = element.matches("input, textarea") ? (shown.closest(frame) ?? shown) : shown
  const style = getComputedStyle(ringed), box = ringed.getBoundingClientRect()
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
  const inside = box.width > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth
  return {
    name: (element.getAttribute("aria-label") || spoken.textContent || "").trim(),
    tag: element.tagName,
    isVisible: outlined && inside,
    where: `${style.outlineStyle} ${style.outlineWidth}, from ${box.top} to ${box.bottom} of ${innerHeight}`,
  }
}
"""


def violations(page, *, rules=RULES, within=None):
    """Return what axe-core finds as (rule, what, where), on the page or within a selector."""
    if not page.evaluate("'axe' in window"):  # half a megabyte, once a document
        page.evaluate(AXE_SCRIPT)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    answer = page.evaluate("([within, options]) => axe.run(within ?? document, options)", [within, options])
    return [
        (found["id"], node["html"][:200], (node["any"] or node["all"] or node["none"])[0]["message"])
        for found in answer["violations"]
        for node in found["nodes"]
    ]


def english(page):
    """Return the texts, labels, titles and placeholders with an English word in them."""
    return sorted(
        {text for text in page.evaluate(SAID) if ENGLISH_WORD.search(text) and not OUR_CODES.fullmatch(text)}
    )


NEVER = r"\b(?:Traceback|None|nan)\b"
# The browser tells of these whatever the page does: Streamlit asks for them beside every page's path.
KNOWN_404 = ("/_stcore/health", "/_stcore/host-config")


class Watch:
    """What a page says beside what it shows: console errors, faults, requests."""

    def __init__(self, page):
        self.page = page
        self.errors, self.requests = [], []
        self.ears = {"console": self._hear, "pageerror": self._note_fault, "request": self._note_request}
        for event, ear in self.ears.items():
            page.on(event, ear)

    def _hear(self, message):
        address = message.location.get("url", "")
        if message.type == "error" and not address.endswith(KNOWN_404):
            self.errors.append(f"{message.text} {address}")

    def _note_fault(self, fault):
        self.errors.append(str(fault))

    def _note_request(self, request):
        self.requests.append(request.url)

    def end(self):
        for event, ear in self.ears.items():
            self.page.remove_listener(event, ear)

    def foreign_to(self, url):
        hosts = {urlsplit(address).netloc for address in self.requests if address.startswith(("http", "ws"))}
        return hosts - {urlsplit(url).netloc}


def opens_without_a_fault(page, registered, url):
    """Open the page of the demo at `url`: one heading, marked as invented, no error, nothing from elsewhere."""
    watch = Watch(page)
    move(page, registered)

    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_text("Exempeldata").first).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "sv"
    assert re.findall(NEVER, page.locator("body").inner_text()) == []
    assert watch.errors == []
    assert watch.foreign_to(url) == set()
    assert page.title().endswith("Vårdval BUP")
    watch.end()
