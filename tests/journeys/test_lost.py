"""What a person sees in a box is what is stored, or the page says why not: restarts, cuts and reloads.

A server that was restarted, and a cut of 150 seconds, are the same to a page: its session is gone.
"""

import re

import pytest
from playwright.sync_api import expect

from portal.demo.build import REVIEWER
from portal.domain.accounts.access import ClinicUser
from portal.domain.registry.months import Month
from portal.services.annual_report import texts
from portal.services.reporting import drafts
from portal.ui.page.frame import PRESS_LOST
from portal.uploads.template import ordered_measures
from tests.journeys.conftest import DemoServer, go, logged_in_page, press, press_at_once, settle
from tests.journeys.line import Line
from tests.journeys.reading import violations


pytestmark = pytest.mark.browser
JANUARY = Month(2025, 1)
FIRST = ordered_measures()[0]


@pytest.fixture
def line(demo_server):
    line = Line(int(demo_server.url.rpartition(":")[2]))
    yield line
    line.close()


@pytest.fixture
def open_page(line, demo_server, chromium_browser):
    server = DemoServer(f"http://localhost:{line.port}", demo_server.path)
    contexts = []

    def open_page(username, path):
        page = logged_in_page(chromium_browser, server, username)
        contexts.append(page.context)
        go(page, path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def portal(demo_server):
    portal = demo_server.open()
    yield portal
    portal.database.engine.dispose()


def open_form(open_page, clinic):
    page = open_page(clinic, "/rapportera?manad=2025-01")
    page.get_by_text("Fyll i här", exact=True).click()
    first_box(page).wait_for()
    settle(page)
    return page


def first_box(page):
    return page.get_by_label(re.compile(rf"^{re.escape(FIRST.label)}$"))


def drafted(portal, clinic):
    user = ClinicUser(clinic, clinic, (clinic,))
    draft = drafts.find(portal, user, clinic=clinic, month=JANUARY)
    return draft.texts.get(FIRST.code) if draft else None


def test_after_a_restart_what_was_typed_stands_and_the_first_press_stores_it(line, open_page, portal):
    form = open_form(open_page, "falun")
    report = open_page("region", "/arsuppfoljning?ar=2024&kapitel=2")
    report.get_by_role("button", name=re.compile("Ändra texten")).first.click()
    text = report.get_by_label(re.compile("^Text till")).first
    granska = open_page("region", "/granska")
    comment = granska.get_by_label("Vad ska mottagningen se över?")
    boxes = {first_box(form): "12", text: "Vår text.", comment: "Se över."}
    text.fill("Vår text.")
    comment.fill("Se över.")
    first_box(form).fill("12")  # at once cut off: the box has not saved itself yet

    line.cut(loses_session=True)
    for box in boxes:
        expect(box).to_be_disabled()
    line.mend()

    for box, typed in boxes.items():
        expect(box).to_be_enabled()
        expect(box).to_have_value(typed)
    expect(form.get_by_text("Utkast sparat")).to_be_visible()
    assert drafted(portal, "falun") == "12"
    press_at_once(report, "Spara texten", "Texten är sparad.")
    press_at_once(granska, "Återlämna JeWe BUP Borlänge januari 2025", "är återlämnad med din kommentar.")
    assert texts.list_versions(portal, REVIEWER, year=2024, section="2:inledning")[0].text == "Vår text."


def test_a_press_that_the_network_swallowed_is_said_and_works_when_it_is_back(line, open_page, portal):
    page = open_form(open_page, "mora")
    first_box(page).fill("13")
    line.deaden()
    press(page, "Inget hände: skriv 0 i allt under månaden")

    line.cut()
    expect(page.get_by_text(PRESS_LOST)).to_be_visible()
    assert violations(page, within="[role=alert]") == []  # Streamlit dims the page around it
    line.mend()

    expect(first_box(page)).to_be_enabled()
    expect(page.get_by_text("Utkast sparat")).to_be_visible()
    assert drafted(portal, "mora") == "13"
    press(page, "Inget hände: skriv 0 i allt under månaden")
    expect(page.get_by_text(PRESS_LOST)).to_be_hidden()
    expect(page.get_by_label("Genomförda SIP-möten", exact=True)).to_have_value("0")


def test_a_box_saves_itself_without_being_left_and_a_page_left_sooner_asks_first(open_page, portal):
    page = open_form(open_page, "ludvika")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    first_box(page).click()
    page.keyboard.type("1")
    page.evaluate("location.reload()")
    expect(page.get_by_text("Utkast sparat")).to_be_visible()
    assert asked == ["beforeunload"]

    page.keyboard.type("23", delay=900)  # slower than a box saves itself: no key may be lost to a saving
    page.wait_for_timeout(900)
    settle(page)
    page.reload()

    expect(first_box(page)).to_have_value("123")
    assert (asked, drafted(portal, "ludvika")) == (["beforeunload"], "123")


def test_a_text_that_a_button_stores_is_not_left_without_a_question(open_page):
    page = open_page("region", "/arsuppfoljning?ar=2024&kapitel=3")
    page.get_by_role("button", name=re.compile("Ändra texten")).first.click()
    text = page.get_by_label(re.compile("^Text till")).first
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    text.click()
    page.keyboard.type("Vår text. ")

    page.evaluate("location.reload()")

    expect(text).to_have_value(re.compile("Vår text. "))
    press(page, "Spara texten")
    expect(page.get_by_text("Texten är sparad.")).to_be_visible()
    page.reload()
    assert asked == ["beforeunload"]


def test_another_chapter_asks_and_the_text_is_still_there_and_asks_before_the_page_is_left(open_page):
    page = open_page("region", "/arsuppfoljning?ar=2024&kapitel=1")
    page.get_by_role("button", name=re.compile("Ändra texten")).first.click()
    text = page.get_by_label(re.compile("^Text till")).first
    answers, asked = ["dismiss", "accept", "dismiss"], []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), getattr(dialog, answers.pop(0))()))
    text.fill("Vår text.")
    chapters = page.get_by_role("radiogroup", name="Innehåll")

    chapters.get_by_role("radio", checked=True).press("ArrowDown")
    expect(text).to_have_value("Vår text.")
    chapters.get_by_text("2 Syfte").click()
    expect(page.get_by_role("heading", name="2 Syfte")).to_be_visible()
    settle(page)
    page.get_by_test_id("stSidebar").get_by_text("Läget", exact=True).click()

    assert [question.partition(".")[0] for question in asked] == [
        *["Texten är inte sparad"] * 2,
        "Det du skrev är inte sparat",
    ]
    chapters.get_by_text("1 Inledning").click()
    expect(text).to_have_value("Vår text.")


@pytest.mark.parametrize("way_out", ["Läget", "Logga ut"])
def test_the_menu_and_a_logout_ask_before_a_text_that_a_button_stores_is_left(open_page, way_out):
    page = open_page("region", "/granska?mottagning=mora&manad=2024-12")
    answers = ["dismiss", "accept"]
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), getattr(dialog, answers.pop(0))()))
    comment = page.get_by_label("Vad ska mottagningen se över?")
    comment.click()
    page.keyboard.type("Se över.")
    leave = page.get_by_test_id("stSidebar").get_by_text(way_out, exact=True).first

    leave.click()
    page.wait_for_timeout(500)
    settle(page)
    expect(comment).to_have_value("Se över.")
    leave.click()

    expect(comment).to_have_count(0)
    assert asked == ["Det du skrev är inte sparat. Vill du lämna sidan ändå?"] * 2


def test_a_box_that_saves_itself_is_saved_on_the_way_out_by_the_menu(open_page, portal):
    page = open_form(open_page, "avesta")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    first_box(page).fill("17")

    page.get_by_test_id("stSidebar").get_by_text("Översikt", exact=True).click()

    expect(page.get_by_role("heading", level=1)).not_to_have_text("Januari 2025 · BUP Avesta")
    settle(page)
    assert (asked, drafted(portal, "avesta")) == ([], "17")


def test_a_button_pressed_twice_in_a_row_is_pressed_once(open_page):
    page = open_page("region", "/granska?mottagning=mora&manad=2024-11")
    page.get_by_label("Vad ska mottagningen se över?").fill("Se över.")

    page.get_by_role("button", name="Återlämna BUP Mora november 2024").dblclick()

    expect(page.get_by_text("BUP Mora november 2024 är återlämnad med din kommentar.")).to_be_visible()
    settle(page)
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
