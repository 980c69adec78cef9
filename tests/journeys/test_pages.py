"""Every page in a real browser: opens without a fault, quiet in the console, refused kindly."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from portal.ui.page.navigation import PAGES
from tests.journeys.conftest import go, logged_in_page


pytestmark = pytest.mark.browser
NEVER = r"\b(?:Traceback|None|nan)\b"  # English and widths: test_access.py
# The browser tells of these whatever the page does: Streamlit asks for them beside every page's path.
KNOWN_404 = ("/_stcore/health", "/_stcore/host-config")

PATHS = {
    username: [page.url_path for page in PAGES if {who, "all"} & set(page.who)]
    for username, who in (("falun", "clinic"), ("region", "region"))
}
ROLES_PAGES = [(username, path) for username, paths in PATHS.items() for path in paths]


class Watch:
    """What a page says beside what it shows: console errors, faults, requests."""

    def __init__(self, page):
        self.errors, self.requests = [], []
        page.on("console", self._hear)
        page.on("pageerror", lambda fault: self.errors.append(str(fault)))
        page.on("request", lambda request: self.requests.append(request.url))

    def _hear(self, message):
        address = message.location.get("url", "")
        if message.type == "error" and not address.endswith(KNOWN_404):
            self.errors.append(f"{message.text} {address}")

    def foreign_to(self, url):
        hosts = {urlsplit(found).netloc for found in self.requests if found.startswith(("http", "ws"))}
        return hosts - {urlsplit(url).netloc}


@pytest.fixture(scope="module")
def pages(demo_of_all, chromium_browser):
    """One logged-in tab per role."""
    tabs = {}
    for username in PATHS:
        size = {"width": 1440, "height": 900}
        tabs[username] = page = logged_in_page(chromium_browser, demo_of_all, username, viewport=size)
        go(page, "/")
    yield tabs
    for page in tabs.values():
        page.context.close()


def test_there_are_pages_to_open():
    assert len(PATHS["falun"]) >= 6
    assert len(PATHS["region"]) >= 6


@pytest.mark.asvs("14.2.3")
@pytest.mark.parametrize(("username", "path"), ROLES_PAGES)
def test_a_page_opens_without_a_fault(demo_of_all, pages, username, path):
    page = pages[username]
    watch = Watch(page)

    go(page, f"/{path}")

    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_text("Exempeldata").first).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "sv"
    assert re.findall(NEVER, page.locator("body").inner_text()) == []
    assert watch.errors == []
    assert watch.foreign_to(demo_of_all.url) == set()
    assert page.title().endswith("Vårdval BUP")


@pytest.mark.parametrize("path", sorted(set(PATHS["region"]) - set(PATHS["falun"])))
def test_a_typed_address_of_the_regions_page_is_refused_kindly(pages, path):
    page = pages["falun"]

    go(page, f"/{path}")

    expect(page.get_by_role("heading", level=1)).to_have_text("Du kan inte öppna den här sidan")


def test_an_address_that_is_no_page_is_said_in_swedish(pages):
    page = pages["falun"]

    page.goto("/finnsinte")
    page.get_by_role("heading", level=1).first.wait_for()

    assert "Page not found" not in page.locator("body").inner_text()
