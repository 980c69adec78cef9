"""The form in a browser: keyboard alone, nothing lost, one version however one clicks."""

import re

import pytest
from playwright.sync_api import expect

from portal.demo.build import REVIEWER
from portal.domain.registry.months import Month
from portal.domain.reporting.submissions import Door
from portal.services.review import reviews
from portal.uploads.template import ordered_measures
from tests.browser import log_in
from tests.journeys.conftest import go, password_of, settle
from tests.journeys.reading import violations


pytestmark = pytest.mark.browser
JANUARY = Month(2025, 1)
FORM = "/rapportera?manad=2025-01"


def box(page, measure):
    return page.get_by_label(re.compile(rf"^{re.escape(measure.label)}( \(frivilligt\))?$"))


def open_form(page):
    go(page, FORM)
    page.get_by_text("Fyll i här", exact=True).click()
    box(page, ordered_measures()[0]).wait_for()
    settle(page)


def type_as_last_month(page):
    """Fill in every box from the keyboard, Tab between them; returns measure → text."""
    typed = {}
    box(page, ordered_measures()[0]).click()
    for measure in ordered_measures():
        placeholder = box(page, measure).get_attribute("placeholder")
        typed[measure.code] = placeholder.removeprefix("förra månaden ").replace("\u00a0", "")
        if typed[measure.code]:
            page.keyboard.type(typed[measure.code])
        page.keyboard.press("Tab")
    page.wait_for_timeout(500)
    settle(page)
    return typed


def versions_of(demo_server, clinic):
    portal = demo_server.open()
    sent = [
        found for found in reviews.list_of_clinic(portal, REVIEWER, clinic=clinic) if found.month == JANUARY
    ]
    portal.database.engine.dispose()
    return sent


def test_a_month_typed_in_survives_reload_and_logout_and_is_sent_once(demo_server, open_page):
    page = open_page("mora")
    open_form(page)
    typed = type_as_last_month(page)
    expect(page.get_by_text("Utkast sparat 5 februari 2025")).to_be_visible()

    page.reload()
    settle(page)
    for measure in ordered_measures():
        expect(box(page, measure)).to_have_value(typed[measure.code])

    page.get_by_role("button", name="Logga ut").click()
    expect(page.get_by_label("Användarnamn")).to_be_visible()
    log_in(page, "mora", password_of("mora"))
    page.get_by_role("button", name="Logga ut").first.wait_for(state="attached")
    go(page, FORM)
    expect(box(page, ordered_measures()[-1])).to_have_value(typed[ordered_measures()[-1].code])

    box(page, ordered_measures()[0]).fill("12,5")
    box(page, ordered_measures()[0]).press("Tab")
    page.get_by_role("button", name="Kontrollera och förhandsgranska").click()
    summary = page.get_by_role("alert").filter(has_text="1 fel i formuläret. Inget är inskickat.")
    expect(summary).to_be_focused()
    assert violations(page) == []
    summary.get_by_role("link", name=re.compile("^Aktuella patienter: ”12,5” är inget antal")).click()
    expect(box(page, ordered_measures()[0])).to_be_focused()
    expect(box(page, ordered_measures()[0])).to_have_attribute("aria-invalid", "true")
    expect(box(page, ordered_measures()[0])).to_have_accessible_description(
        re.compile("”12,5” är inget antal")
    )
    box(page, ordered_measures()[0]).fill(typed["active_patients"])
    box(page, ordered_measures()[0]).press("Tab")
    expect(page.get_by_text("Så här läste vi formuläret")).to_be_visible()
    expect(box(page, ordered_measures()[0])).not_to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Senast sparat")).to_be_hidden()
    expect(page.get_by_text("Vad månaden gör med era indikatorer")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Skicka in", exact=True).dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tack! Januari 2025 för BUP Mora är inskickad")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.get_by_text("Kvitto", exact=True).click()
    assert violations(page) == []
    expect(page.get_by_text("Ifylld i formuläret")).to_be_visible()

    assert [(sent.version, sent.door) for sent in versions_of(demo_server, "mora")] == [(1, Door.FORM)]
    go(page, "/inlamningar?manad=2025-01")
    expect(page.get_by_text("genom formulär").first).to_be_visible()
    page.get_by_role("button", name="Rätta januari 2025").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Januari 2025 · BUP Mora")
    expect(page.get_by_role("combobox", name="Månad")).to_have_value("januari 2025 – rätta (skickad)")


def test_on_a_telephone_nothing_to_report_is_one_press(demo_server, open_page):
    page = open_page("falun", viewport={"width": 390, "height": 844})
    open_form(page)

    page.get_by_role("button", name="Inget hände: skriv 0 i allt under månaden").click()

    expect(page.get_by_text("Utkast sparat")).to_be_visible()
    for measure in ordered_measures():
        expect(box(page, measure)).to_have_value("" if measure.kind == "stock" else "0")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Kontrollera och förhandsgranska").click()
    expect(
        page.get_by_role("link", name="Aktuella patienter: Skriv ett antal eller ett skäl.")
    ).to_be_visible()
    page.get_by_role("button", name="Kasta utkastet").click()
    expect(page.get_by_text("Inget utkast än")).to_be_visible()
    expect(box(page, ordered_measures()[-1])).to_have_value("")
    assert versions_of(demo_server, "falun") == []


PASTE = """(input, text) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData("text/plain", text)
    input.focus()
    const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true })
    return input.dispatchEvent(event)
}"""
DROP = """(input, text) => {
    const dataTransfer = new DataTransfer()
    dataTransfer.setData("text/plain", text)
    return input.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }))
}"""


def test_a_box_for_numbers_takes_one_whole_number_and_says_so(open_page):
    page = open_page("region", "/koer")
    number = page.get_by_label("Nya i kön per månad")
    before = number.input_value()

    for put, cells in ((PASTE, "2\t341"), (PASTE, "2\r\n341"), (PASTE, "12,5"), (DROP, "2\t341")):
        assert number.evaluate(put, cells) is False  # the browser would make 2341 and 125 of it
        assert number.evaluate("box => box.validationMessage") == "Rutan tar ett helt tal, från en cell."
    expect(number).to_have_value(before)
    assert number.evaluate(PASTE, "1 248\r\n") is True
    number.fill("12")
    assert number.evaluate("box => box.validationMessage") == ""


def test_several_cells_pasted_into_one_box_are_not_one_number(open_page):
    page = open_page("mora")
    open_form(page)
    first = box(page, ordered_measures()[0])

    for put, cells in ((PASTE, "2\t341"), (PASTE, "2\r\n341\r\n"), (DROP, "2\t341")):
        first.fill("")
        assert first.evaluate(put, cells) is False  # the browser itself would join them
        expect(first).to_have_value("2 | 341")
    assert first.evaluate(PASTE, "341\r\n") is True  # one cell, with the line break that Excel adds
    first.press("Tab")
    page.get_by_role("button", name="Kontrollera och förhandsgranska").click()

    expect(page.get_by_text(re.compile(r"fel i formuläret. Inget är inskickat."))).to_be_visible()
