"""Every page in a real browser: opens without a fault, quiet in the console, refused kindly."""

import re

import pytest
from playwright.sync_api import expect

from portal.ui.page.navigation import PAGES
from tests.journeys.conftest import go, logged_in_page, settle
from tests.journeys.reading import opens_without_a_fault
from tests.journeys.test_access import VISITS


pytestmark = pytest.mark.browser
REGISTERED = {page.url_path: page for page in PAGES}
PATHS = {
    username: [page.url_path for page in PAGES if {who, "all"} & set(page.who)]
    for username, who in (("falun", "clinic"), ("region", "region"))
}
# A clinic's pages and the region's own: test_access.py opens them as somebody with that role.
VISITED_ELSEWHERE = {(role, page.url_path) for _, role, page in VISITS}


@pytest.fixture(scope="module")
def pages(demo_server, chromium_browser):
    """One logged-in tab per role."""
    tabs = {}
    for username in PATHS:
        size = {"width": 1440, "height": 900}
        tabs[username] = page = logged_in_page(chromium_browser, demo_server, username, viewport=size)
        go(page, "/")
    yield tabs
    for page in tabs.values():
        page.context.close()


def test_there_are_pages_to_open():
    assert len(PATHS["falun"]) >= 6
    assert len(PATHS["region"]) >= 6
    assert VISITED_ELSEWHERE >= {("clinic", path) for path in PATHS["falun"]}


@pytest.mark.asvs("14.2.3")
@pytest.mark.parametrize(
    "path", [path for path in PATHS["region"] if ("region", path) not in VISITED_ELSEWHERE]
)
def test_a_page_that_a_clinic_has_too_opens_without_a_fault_for_the_region(demo_server, pages, path):
    opens_without_a_fault(pages["region"], REGISTERED[path], demo_server.url)


@pytest.mark.parametrize("path", sorted(set(PATHS["region"]) - set(PATHS["falun"])))
def test_a_typed_address_of_the_regions_page_is_refused_kindly(pages, path):
    page = pages["falun"]

    go(page, f"/{path}")

    expect(page.get_by_role("heading", level=1)).to_have_text("Du kan inte öppna den här sidan")


def test_back_leads_past_a_pages_choices_which_stand_there_again_and_after_a_reload(pages):
    page = pages["region"]
    go(page, "/koer")
    treatment = page.get_by_role("radio", name="Behandling")
    treatment.click()
    expect(page).to_have_url(re.compile("ko=treatment"))
    page.get_by_role("link", name="Månaden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Månaden")  # Köer has a box called Månad too

    page.go_back()
    expect(treatment).to_be_checked()

    page.reload()
    expect(treatment).to_be_checked()


def test_a_click_on_a_mark_stays_at_what_may_explain_it_while_the_chart_above_is_drawn(pages):
    page = pages["region"]
    go(page, "/manaden")

    page.locator("a.portal-tile").first.click()

    explanation = page.get_by_role("heading", name="Vad kan förklara det?")
    expect(explanation).to_be_focused()
    page.locator(".stVegaLiteChart canvas, .stVegaLiteChart svg").first.wait_for()
    settle(page)
    assert 0 < explanation.bounding_box()["y"] < 120


def test_whoever_scrolls_before_the_list_is_drawn_is_not_led_on_to_it(pages):
    page = pages["region"].context.new_page()
    page.add_init_script(
        "setInterval(() => document.getElementById('varfor') || dispatchEvent(new WheelEvent('wheel')), 20)"
    )

    go(page, "/indikator?mottagning=mora&indikator=care_plans#varfor")

    expect(page.get_by_role("heading", name="Vad kan förklara det?")).not_to_be_focused()
    page.close()


def test_an_address_that_is_no_page_is_said_in_swedish(pages):
    page = pages["falun"]

    page.goto("/finnsinte")
    page.get_by_role("heading", level=1).first.wait_for()

    assert "Page not found" not in page.locator("body").inner_text()
