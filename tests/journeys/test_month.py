"""The main job, end to end in a browser: a month from blankett to the other clinics' regional figure."""

import re

import openpyxl
import pytest
from playwright.sync_api import expect

from portal.demo.build import REVIEWER
from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.reporting.submissions import State
from portal.services.administration import clinic_register
from portal.services.review import reviews
from portal.uploads import template
from tests.journeys.conftest import choose_file, download_blankett, go, settle
from tests.journeys.reading import violations


pytestmark = pytest.mark.browser
JANUARY = Month(2025, 1)


def fill(source, target):
    """Fill in the blankett as a clinic might: as the month before, one care plan more; return how many values."""
    book = openpyxl.load_workbook(source)
    sheet = book[template.DATA_SHEET]
    headings = {str(cell.value): cell.column for cell in sheet[template.HEADING_ROW]}
    before = next(column for text, column in headings.items() if text.startswith(template.REFERENCE))
    filled = 0
    for row in range(template.HEADING_ROW + 1, sheet.max_row + 1):
        value = sheet.cell(row, before).value
        if sheet.cell(row, headings["Kod"]).value == "care_plans":
            value += 1
        sheet.cell(row, headings[str(JANUARY)]).value = value
        filled += value is not None
    book.save(target)
    return filled


def usable_sum(portal, measure):
    """Add up January as it can be released: what was returned does not count."""
    total, patients = 0, 0
    for clinic in clinic_register.list_clinics(portal, REVIEWER):
        case = reviews.open_case(portal, REVIEWER, clinic=clinic.code, month=JANUARY)
        if case and case.submission.state is not State.RETURNED:
            sent = {line.measure: line.sent.value for line in case.lines if line.sent}
            total += sent[measure]
            patients += sent["active_patients"] or 0
    return total, patients


def test_a_month_from_blankett_to_regional_figure(demo_server, open_page, tmp_path):
    # The clinic downloads, fills in, uploads, looks and sends.
    falun = open_page("falun", "/rapportera?manad=2025-01")
    blankett = download_blankett(falun, tmp_path)
    fill(blankett, tmp_path / "ifylld.xlsx")
    choose_file(falun, tmp_path / "ifylld.xlsx")
    expect(falun.get_by_text("Så här läste vi filen")).to_be_visible()
    falun.get_by_role("button", name="Skicka in", exact=True).click()
    expect(falun.get_by_role("heading", level=1)).to_have_text(
        "Tack! Januari 2025 för BUP Falun är inskickad"
    )
    falun.get_by_text("Kvitto", exact=True).click()
    receipt = falun.locator(".portal-receipt")
    expect(receipt).to_contain_text("BUP Falun, januari 2025, version 1")
    expect(receipt).to_contain_text(re.compile(r"Filens fingeravtryck \(SHA-256\): [0-9a-f]{64}"))

    go(falun, "/inlamningar?manad=2025-01")
    expect(falun.get_by_text("Januari 2025, version 1: skickad")).to_be_visible()
    expect(falun.get_by_text("genom fil (ifylld.xlsx).")).to_be_visible()
    falun.get_by_role("button", name="Logga ut").click()
    # Logging out goes to the start page by itself; another address before that would be cut off.
    expect(falun.get_by_label("Lösenord")).to_be_visible()
    falun.goto("/inlamningar")
    expect(falun.get_by_label("Lösenord")).to_be_visible()

    # Another clinic sees no regional figure yet.
    mora = open_page("mora", "/oversikt?manad=2025-01&visa=tabell")
    plans = mora.get_by_role("row").filter(has_text=MEASURES_BY_CODE["care_plans"].label).first
    expect(plans).to_contain_text("i december")

    # The region approves and releases.
    region = open_page("region", "/granska?mottagning=falun&manad=2025-01")
    region.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 300)")
    region.get_by_role("button", name="Godkänn BUP Falun januari 2025").click()
    expect(region.get_by_text("BUP Falun januari 2025 är godkänd.")).to_be_visible()
    expect(region.get_by_role("heading", name="JeWe BUP Borlänge januari 2025")).to_be_visible()
    region.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop === 0")
    go(region, "/laget")
    region.get_by_role("button", name="Släpp redan nu (dagen är 20 februari)", exact=True).click()
    release = region.get_by_role("dialog").get_by_role("button", name="Släpp januari 2025")
    release.wait_for()
    assert violations(region) == []
    release.click()
    expect(
        region.get_by_test_id("stAlertContainer").filter(has_text="Januari 2025 är släppt")
    ).to_be_focused()
    expect(region.get_by_text(re.compile("Januari 2025 släpptes 5 februari"))).to_be_visible()

    # The other clinic sees the new figure, and nothing of Falun's.
    go(mora, "/oversikt?manad=2025-01&visa=tabell")
    portal = demo_server.open()
    total, patients = usable_sum(portal, "care_plans")
    portal.database.engine.dispose()
    expect(plans).to_contain_text(f"{100 * total / patients:.1f} per 100".replace(".", ","))
    expect(plans).to_contain_text(f"summa {total}")
    for path in ("/oversikt?manad=2025-01", "/indikator?indikator=care_plans", "/inlamningar"):
        go(mora, path)
        expect(mora.locator("body")).not_to_contain_text("BUP Falun")
    mora.goto("/oversikt?mottagning=falun")
    settle(mora)
    expect(mora.get_by_text("Du har inte tillgång till den mottagningen.")).to_be_visible()


def test_a_returned_month_is_corrected_with_an_answer(demo_server, open_page, tmp_path):
    borlange = open_page("borlange", "/oversikt")
    expect(borlange.get_by_text("är återlämnad och behöver rättas").first).to_be_visible()
    go(borlange, "/rapportera?manad=2025-01")
    borlange.get_by_text("Ladda upp fil", exact=True).click()
    blankett = download_blankett(borlange, tmp_path)
    book = openpyxl.load_workbook(blankett)
    sheet = book[template.DATA_SHEET]
    column = next(cell.column for cell in sheet[template.HEADING_ROW] if str(cell.value) == str(JANUARY))
    row = next(
        cell.row
        for column_cells in sheet.columns
        for cell in column_cells
        if cell.value == "waiting_investigation"
    )
    sheet.cell(row, column).value += 3
    book.save(tmp_path / "rättad.xlsx")

    choose_file(borlange, tmp_path / "rättad.xlsx")
    answer = borlange.get_by_label("Svar på regionens kommentar")
    borlange.get_by_role("button", name="Skicka in", exact=True).click()
    expect(borlange.get_by_text("Skriv varför").first).to_be_visible()
    answer.fill("Tre hade fallit bort.")
    answer.press("Tab")
    borlange.get_by_role("button", name="Skicka in", exact=True).click()

    expect(borlange.get_by_role("heading", level=1)).to_have_text(
        "Tack! Januari 2025 för BUP Borlänge är inskickad"
    )


def test_a_tab_closed_in_the_middle_of_sending_leaves_one_whole_version_or_none(
    demo_server, open_page, tmp_path
):
    page = open_page("ludvika", "/rapportera?manad=2025-01")
    filled = fill(download_blankett(page, tmp_path), tmp_path / "ifylld.xlsx")
    choose_file(page, tmp_path / "ifylld.xlsx")
    expect(page.get_by_text("Så här läste vi filen")).to_be_visible()
    settle(page)

    page.get_by_role("button", name="Skicka in", exact=True).click(no_wait_after=True)
    page.close()

    again = open_page("ludvika", "/rapportera?manad=2025-01")
    if not versions_of(demo_server, "ludvika"):
        choose_file(again, tmp_path / "ifylld.xlsx")
        again.get_by_role("button", name="Skicka in", exact=True).click()
        expect(again.get_by_role("heading", level=1)).to_have_text(re.compile("^Tack!"))
    assert versions_of(demo_server, "ludvika") == [(1, filled)]


def versions_of(demo_server, clinic):
    """Return the versions of January with how many answers each has."""
    portal = demo_server.open()
    case = reviews.open_case(portal, REVIEWER, clinic=clinic, month=JANUARY)
    portal.database.engine.dispose()
    return [(case.submission.version, sum(line.sent is not None for line in case.lines))] if case else []
