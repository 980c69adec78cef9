"""Every registered page for everybody: axe-core, Swedish to the last label, 200 % zoom, a telephone, both themes.

Pages come from portal/ui/page/navigation.py: a new one is tested as soon as it is registered.
"""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from portal.demo import build
from portal.services.annual_report import freezing
from portal.ui.page.navigation import PAGES
from portal.uploads.template import ordered_measures
from tests.journeys.conftest import choose, go, logged_in_page, password_of, settle
from tests.journeys.reading import (
    CHARTS,
    FOCUSED,
    OUTLINE,
    STREAMLITS_OWN,
    WIDTHS,
    english,
    opens_without_a_fault,
    violations,
)


pytestmark = pytest.mark.browser
DESK, ZOOMED, TELEPHONE = (1440, 900), (720, 450), (390, 844)  # 720 px: 1 440 at 200 %
REDRAWS = 30  # half a second each; seldom more than one
A4 = (703, 1016)  # 210 × 297 mm within the margins, at 96 dots an inch
ROLES = (("mora", "clinic"), ("region", "region"), ("admin", "admin"))  # a later one sees what is new to it


def visits():
    """List each page once, as the first role in whose menu it stands: (username, role, page)."""
    found = {}
    for username, who in ROLES:
        for page in PAGES:
            if {who, "all"} & set(page.who):
                found.setdefault(page.url_path, (username, who, page))
    return list(found.values())


VISITS = visits()


@pytest.fixture(scope="module")
def tab(demo_server, chromium_browser):
    """Return a function that gives a role's tab: logged in once for all its pages."""
    tabs = {}

    def tab(username):
        if username not in tabs:
            tabs[username] = page = logged_in_page(chromium_browser, demo_server, username)
            resize(page, DESK)
            go(page, "/")
        return tabs[username]

    yield tab
    for page in tabs.values():
        page.context.close()


def resize(page, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})


def faults(page, redraws=REDRAWS):
    """Return what axe-core finds, without Streamlit's declared own; what stays wrong is looked at `redraws` times."""
    with suppress(PlaywrightTimeout):  # headings and charts are mended after they are drawn
        page.wait_for_function(OUTLINE, timeout=15_000)
        page.wait_for_function(CHARTS, timeout=15_000)
    for _ in range(redraws):  # what is drawn this moment is mended the next
        wrong = [fault for fault in violations(page) if fault[0] not in STREAMLITS_OWN]
        if not wrong:
            break
        page.wait_for_timeout(500)
    return wrong


def too_pale_in_the_dark(page):
    """Return what cannot be read in the dark theme, on the page as it stands; React draws it anew a moment later."""
    page.emulate_media(color_scheme="dark")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(17, 27, 25)")
    pale = violations(page, rules=["color-contrast"])
    for _ in range(REDRAWS):
        if pale:
            page.wait_for_timeout(500)
            pale = violations(page, rules=["color-contrast"])
    page.emulate_media(color_scheme="light")
    return pale


def open_what_is_folded(page):
    folded = page.locator("[data-testid=stExpander] details:not([open]) > summary")
    folded.evaluate_all("found => found.slice(0, 3).forEach((summary) => summary.click())")
    page.evaluate("document.querySelectorAll('details.portal-fold').forEach((fold) => { fold.open = true })")
    settle(page)


def fits(page):
    """Tell whether nothing stands outside the window; charts are drawn anew a moment after a resize."""
    try:
        page.wait_for_function(
            f"() => {{ const [page, screen] = ({WIDTHS})(); return page <= screen }}", timeout=3000
        )
    except PlaywrightTimeout:
        return False
    return True


def test_every_page_in_somebodys_menu_is_visited():
    assert {page.url_path for *_, page in VISITS} == {page.url_path for page in PAGES if page.who}
    assert len(VISITS) >= 11


@pytest.mark.asvs("14.2.3")
@pytest.mark.parametrize(
    ("username", "registered"),
    [(username, page) for username, _, page in VISITS],
    ids=[f"{username}-{page.url_path}" for username, _, page in VISITS],
)
def test_a_page_is_for_everybody(tab, demo_server, username, registered):
    page = tab(username)
    resize(page, DESK)
    opens_without_a_fault(page, registered, demo_server.url)
    open_what_is_folded(page)

    assert page.title() == f"{registered.title} – Vårdval BUP"
    assert page.locator("html").get_attribute("lang") == "sv"
    assert faults(page) == []
    assert too_pale_in_the_dark(page) == []
    assert english(page) == []

    for size in (ZOOMED, TELEPHONE):
        resize(page, size)
        assert fits(page), f"{size[0]} px: the page is {page.evaluate(WIDTHS)[0]} px wide"


VIEWS = [
    ("region", "/mottagningar?visa=kommuner&period=2024"),
    ("region", "/mottagningar?visa=andring&indikator=active_patients&period=2024"),
    ("region", "/mottagningar?visa=tratt&period=2024"),
    ("region", "/mottagningar?visa=tid&indikator=active_patients"),
    ("mora", "/indikator?indikator=active_patients"),
    ("region", "/arsuppfoljning?kapitel=4.8"),
]


@pytest.mark.parametrize(("username", "address"), VIEWS, ids=[address for _, address in VIEWS])
def test_a_view_that_an_address_opens_is_for_everybody_too(tab, username, address):
    page = tab(username)
    resize(page, DESK)
    go(page, address)

    assert faults(page) == []
    assert english(page) == []
    for size in (ZOOMED, TELEPHONE):
        resize(page, size)
        assert fits(page), f"{size[0]} px: the page is {page.evaluate(WIDTHS)[0]} px wide"


def press(page, name):
    page.get_by_test_id("stMain").get_by_role("button", name=name).click()


def ask_to_release(page, _portal):
    go(page, "/laget")
    press(page, "Släpp redan nu")


def ask_to_freeze(page, _portal):
    go(page, "/arsuppfoljning?ar=2024")
    press(page, "Fastställ")


def ask_to_publish(page, portal):
    freezing.freeze(portal, build.REVIEWER, 2023)
    go(page, "/arsuppfoljning?ar=2023&version-2023=1")
    press(page, "Publicera")


def ask_to_close(page, _portal, action="Stäng"):
    go(page, "/administration")
    page.get_by_text("Lägg till, ändra, stäng eller slå ihop").click()
    choose(page, "Vad vill du göra?", action)
    page.get_by_test_id("stForm").get_by_role("button", name=action).wait_for()
    settle(page)  # the form of another action has a box of the same name
    page.get_by_label("Varför?").first.fill("Avtalet löper ut.")
    page.get_by_test_id("stForm").get_by_role("button", name=action).click()


def ask_to_merge(page, portal):
    ask_to_close(page, portal, "Slå ihop")


DIALOGS = [
    (ask_to_release, "Släpp januari 2025"),
    (ask_to_freeze, "Fastställ årsuppföljningen 2024"),
    (ask_to_publish, "Publicera version 1"),
    (ask_to_close, "Stäng BUP"),
    (ask_to_merge, "Slå ihop BUP"),
]


@pytest.mark.parametrize(("ask", "act"), DIALOGS, ids=[ask.__name__ for ask, _ in DIALOGS])
def test_a_dialog_is_for_everybody(tab, demo_server, ask, act):
    page = tab("admin")
    resize(page, DESK)
    portal = demo_server.open()
    ask(page, portal)
    portal.database.engine.dispose()
    page.get_by_role("dialog").get_by_role("button", name=act).wait_for()

    assert faults(page) == []
    assert too_pale_in_the_dark(page) == []
    assert english(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_login_is_for_everybody(demo_server, chromium_browser):
    context = chromium_browser.new_context(base_url=demo_server.url, locale="sv-SE")
    page = context.new_page()
    go(page, "/rapportera")

    assert page.title() == "Logga in – Vårdval BUP"
    assert faults(page) == []
    page.get_by_label("Användarnamn").fill("ingen")
    page.get_by_label("Lösenord").fill("fel")
    page.get_by_role("button", name="Logga in").click()
    expect(page.get_by_text("Fel användarnamn, lösenord eller kod.")).to_be_visible()
    assert faults(page) == []
    assert english(page) == []
    resize(page, TELEPHONE)
    assert fits(page)
    for paper in ("integritet", "tillganglighet"):  # read without login
        go(page, f"/{paper}")
        assert faults(page) == []
        assert english(page) == []
    context.close()


def test_a_refusal_is_for_everybody(tab):
    page = tab("mora")
    resize(page, DESK)
    go(page, "/laget")

    expect(page.get_by_role("heading", level=1)).to_have_text("Du kan inte öppna den här sidan")
    assert faults(page) == []
    assert english(page) == []


def test_what_widgets_say_when_they_are_used_is_swedish(tab):
    page = tab("region")
    resize(page, DESK)
    go(page, "/historik")
    picture = {"name": "bild.txt", "mimeType": "text/plain", "buffer": b"1"}
    page.locator("input[type=file]").first.set_input_files(picture)
    expect(page.get_by_text("Filen kan inte läsas in. Inget är sparat.")).to_be_visible()
    assert english(page) == []

    go(page, "/mottagningar")
    choice = page.get_by_role("combobox").first
    choice.click()
    choice.press_sequentially("qqqq")
    expect(page.get_by_text("Inga träffar").first).to_be_attached()
    assert english(page) == []
    choice.press("Escape")


def test_the_menu_leaves_a_narrow_window_when_a_page_is_chosen(tab):
    """Streamlit folds it away on what calls itself a telephone only; it lay over the page."""
    page = tab("mora")
    resize(page, TELEPHONE)
    go(page, "/oversikt")
    menu = page.get_by_test_id("stSidebar")
    page.get_by_role("button", name="menyn").first.click()
    expect(menu).to_have_attribute("data-collapsed", "false")

    menu.get_by_role("link", name="Inlämningar").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Inlämningar")
    expect(menu).to_have_attribute("data-collapsed", "true")
    resize(page, DESK)  # it stays folded there, and no way by Tab leads through it unseen
    tab_to(page, "Hoppa till innehållet")
    tab_to(page, "Öppna menyn")
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("data-collapsed", "false")
    tab_to(page, "Översikt")


def test_motion_is_quiet_for_those_who_ask(tab):
    page = tab("mora")
    page.emulate_media(reduced_motion="reduce")
    slow = page.evaluate(
        """() => [...document.querySelectorAll("*")].map((e) => getComputedStyle(e))
             .flatMap((style) => [style.transitionDuration, style.animationDuration].join(", ").split(", "))
             .filter((time) => parseFloat(time) > 0.001)"""
    )
    page.emulate_media(reduced_motion="no-preference")

    assert slow == []


def tab_to(page, name, longest=90):
    """Press Tab until something with that name has the focus; every stop on the way shows that it has it."""
    stops = []
    for _ in range(longest):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["tag"] == "BODY":  # round the browser's own controls
            continue
        stops.append(focused["name"][:40])
        try:  # scrolled to, slid in
            page.wait_for_function(f"() => ({FOCUSED})().isVisible", timeout=10_000)
        except PlaywrightTimeout:  # what was drawn late above it pushed it out of the window
            page.evaluate("document.activeElement.scrollIntoView({ block: 'center' })")
            assert page.evaluate(FOCUSED)["isVisible"], f"unseen: {page.evaluate(FOCUSED)}, after {stops}"
        if focused["name"].startswith(name):
            return
    raise AssertionError(f"no way by Tab to {name}; it goes {stops}")


def test_a_month_is_sent_without_a_mouse(demo_server, chromium_browser):
    context = chromium_browser.new_context(base_url=demo_server.url, locale="sv-SE")
    page = context.new_page()
    go(page, "/")
    tab_to(page, "Användarnamn")
    page.keyboard.type("falun")
    tab_to(page, "Lösenord")
    page.keyboard.type(password_of("falun"))
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Logga ut").first.wait_for(state="attached")
    settle(page)

    tab_to(page, "Rapportera")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Januari 2025 · BUP Falun")
    settle(page)
    # The heading of the page chosen in the menu has the focus, without a ring: it is read, not written in.
    page.wait_for_function("() => document.activeElement.tagName === 'H1'")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "none"
    tab_to(page, "Hoppa till innehållet")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.dataset.testid === 'stMain'")

    tab_to(page, "Ladda upp fil")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.get_by_label("Aktuella patienter", exact=True).wait_for()
    settle(page)
    for measure in ordered_measures():
        tab_to(page, measure.label[:40])
        last_month = page.evaluate("document.activeElement.placeholder").removeprefix("förra månaden ")
        page.keyboard.type(last_month.replace("\u00a0", ""))
    tab_to(page, "Kontrollera och förhandsgranska")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Så här läste vi formuläret")).to_be_visible()
    settle(page)
    tab_to(page, "Skicka in")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tack! Januari 2025 för BUP Falun är inskickad")
    settle(page)
    tab_to(page, "Logga ut")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Användarnamn")).to_be_visible()
    context.close()


def test_a_correction_and_a_review_are_made_without_a_mouse(tab):
    page = tab("mora")
    resize(page, DESK)
    go(page, "/inlamningar?manad=2024-12")
    tab_to(page, "Rätta december 2024")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("December 2024 · BUP Mora")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    settle(page)
    tab_to(page, "Skrivna vårdplaner")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("38")
    tab_to(page, "Kontrollera och förhandsgranska")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Så här läste vi formuläret")).to_be_visible()
    settle(page)
    tab_to(page, "Varför rättar ni?")
    page.keyboard.type("En plan hade fallit bort.")
    tab_to(page, "Skicka in")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tack! December 2024 för BUP Mora är inskickad")
    expect(page.get_by_role("heading", level=1)).to_be_focused()

    page = tab("region")
    resize(page, DESK)
    go(page, "/granska?mottagning=mora&manad=2024-12")
    tab_to(page, "Godkänn BUP Mora december 2024")
    page.keyboard.press("Enter")
    done = page.get_by_test_id("stAlertContainer").filter(has_text="BUP Mora december 2024 är godkänd.")
    expect(done).to_be_focused()


def test_an_overview_prints_on_a4(tab):
    page = tab("mora")
    resize(page, DESK)
    page.emulate_media(color_scheme="dark")  # paper is white whatever the screen
    go(page, "/oversikt")
    page.emulate_media(media="print")

    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_role("button")).to_have_count(0)  # nothing to press on paper
    printed = "rgb(31, 45, 42)"
    for text in ("h1", ".portal-tile .name", ".portal-tile .region"):
        assert page.locator(text).first.evaluate("e => getComputedStyle(e).color") in (
            printed,
            "rgb(74, 90, 86)",
        )
    resize(page, A4)
    cut = page.evaluate(
        """(width) => [...document.querySelectorAll("table, svg, img, h1, h2, p")]
             .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > width + 1)
             .map((e) => e.outerHTML.slice(0, 120))""",
        A4[0],
    )
    assert cut == []
    assert len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(prefer_css_page_size=True))) == 1
    page.emulate_media(color_scheme="light", media="null")
    resize(page, DESK)

    file = page.pdf(format="A4", prefer_css_page_size=True)
    assert set(re.findall(rb"/MediaBox ?\[([0-9. ]+)\]", file)) <= {
        b"0 0 594.95996 841.91998",
        b"0 0 595.91998 842.88",
    }
    assert len(re.findall(rb"/Type ?/Page\b", file)) == 1


def test_a_declared_fault_of_streamlit_still_occurs(tab):
    """An entry whose fault is gone leaves the list."""
    for rule, (username, path, issue) in STREAMLITS_OWN.items():
        page = tab(username)
        go(page, f"/{path}")
        assert rule in {fault[0] for fault in violations(page)}, f"{rule} is mended: {issue}"


def test_a_fault_would_be_found(tab):
    """The measures themselves: a pale text, a picture without words, English, and a page too wide."""
    page = tab("mora")
    resize(page, DESK)
    go(page, "/konto")
    page.get_by_test_id("stMainBlockContainer").evaluate(
        """(block) => block.insertAdjacentHTML("afterbegin",
             '<p style="color: #999">Blek</p><img src="x.png"><p>Press Enter</p><p style="width: 2000px">Bred</p>')"""
    )

    assert {"color-contrast", "image-alt"} <= {fault[0] for fault in faults(page, redraws=2)}
    assert english(page) == ["Press Enter"]
    wide, screen = page.evaluate(WIDTHS)
    assert wide > screen
