"""A file full of mistakes: each is shown with its sheet and cell, and nothing is stored."""

import re

import openpyxl
import pytest
from playwright.sync_api import expect

from portal.uploads import template
from portal.uploads.findings import MARKED_SHEET
from tests.journeys.conftest import choose_file, download_blankett, go
from tests.services.region import row_counts


pytestmark = pytest.mark.browser
MISTAKES = {
    "active_patients": "många",
    "waiting_first_visit": -3,
    "first_visits": 10,
    "first_visits_within_30d": 25,
    "calls": "12,5",
    "care_plans": "1.248",
}


def spoil(source, target, **changes):
    """Write the mistakes and the changes into the blankett; returns measure → cell."""
    book = openpyxl.load_workbook(source)
    sheet = book[template.DATA_SHEET]
    (column,) = [cell.column for cell in sheet[template.HEADING_ROW] if str(cell.value) == "2025-01"]
    cells = {}
    for row in range(template.HEADING_ROW + 1, sheet.max_row + 1):
        code = sheet.cell(row, 1).value
        cell = sheet.cell(row, column)
        cell.value = (MISTAKES | changes).get(code, sheet.cell(row, 5).value)
        cells[code] = cell.coordinate
    book.save(target)
    return cells


def test_every_mistake_is_shown_with_sheet_and_cell_and_nothing_is_stored(demo_server, open_page, tmp_path):
    page = open_page("falun", "/rapportera?manad=2025-01")
    blankett = download_blankett(page, tmp_path)
    cells = spoil(blankett, tmp_path / "fel.xlsx")
    portal = demo_server.open()
    before = row_counts(portal)

    choose_file(page, tmp_path / "fel.xlsx")

    expect(page.get_by_text("Inget är sparat").first).to_be_visible()
    for code in ("active_patients", "waiting_first_visit", "calls", "care_plans"):
        place = f"{template.DATA_SHEET} {cells[code]}"
        expect(page.get_by_role("row").filter(has_text=place).first).to_be_visible()
    assert page.get_by_role("button", name="Skicka in", exact=True).count() == 0
    changed = {name for name, count in row_counts(portal).items() if before[name] != count}
    portal.database.engine.dispose()
    assert changed <= {"login_session", "login_ticket"}
    go(page, "/inlamningar")
    expect(page.locator("body")).not_to_contain_text("fel.xlsx")


def mend(source, target):
    """Do what the marked copy says: write the month before where a cell is red, let what is amber stand."""
    book = openpyxl.load_workbook(source)
    headings, *rows = book[MARKED_SHEET].iter_rows(values_only=True)
    told = [dict(zip(headings, row, strict=True)) for row in rows]
    for row in told:
        if row["Vad"] == "Fel":
            book[template.DATA_SHEET][row["Cell"]] = int(row["Förra månaden"])
    book.save(target)
    return told


def test_a_file_full_of_mistakes_is_sent_with_the_second_upload(open_page, tmp_path):
    page = open_page("mora", "/rapportera?manad=2025-01")
    cells = spoil(download_blankett(page, tmp_path), tmp_path / "fel.xlsx", first_visits=18, sip_meetings=99)

    choose_file(page, tmp_path / "fel.xlsx")
    expect(page.get_by_text("5 fel och 1 värde att kontrollera i fel.xlsx.")).to_be_visible()
    odd = page.get_by_role("table", name="Värden att kontrollera").get_by_role("row").nth(1)
    expect(odd).to_contain_text(cells["sip_meetings"])
    with page.expect_download() as download:
        page.get_by_role("button", name="Ladda ner din fil med felen markerade").click()
    download.value.save_as(tmp_path / "markerad.xlsx")
    told = mend(tmp_path / "markerad.xlsx", tmp_path / "rättad.xlsx")
    assert told[-1]["Cell"] == cells["sip_meetings"]

    choose_file(page, tmp_path / "rättad.xlsx")
    expect(page.get_by_text("Inga fel. 1 värde att förklara. Inte inskickad än.")).to_be_in_viewport()
    send = page.get_by_role("button", name="Skicka in", exact=True)
    page.get_by_role("link", name="gå till Skicka in").click()
    expect(page.get_by_role("heading", name="Skicka in")).to_be_in_viewport()
    page.get_by_label("Varför stämmer värdet?").fill("Alla möten från hösten är med.")
    page.get_by_label("Varför stämmer värdet?").press("Tab")
    send.click()
    expect(page.get_by_text("Regionens värde släpps 20 februari.")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tom.xlsx", b""),
        ("tom.csv", b""),
        ("bild.xlsx", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64),
        ("text.csv", "hej;på;dig\n1;2;3\n".encode()),
        ("mora.csv", "mottagning;period;mått;värde\nmora;2025-01;calls;7\n".encode()),
        ("framtid.csv", "mottagning;period;mått;värde\nfalun;2025-02;calls;7\n".encode()),
        (
            "dubbel.csv",
            "mottagning;period;mått;värde\nfalun;2025-01;calls;7\nfalun;2025-01;calls;8\n".encode(),
        ),
    ],
)
def test_a_file_of_the_wrong_kind_is_refused_in_swedish(open_page, name, content):
    page = open_page("falun", "/rapportera?manad=2025-01")

    choose_file(page, {"name": name, "mimeType": "application/octet-stream", "buffer": content})

    alert = page.get_by_role("alert").filter(has_text="Inget är sparat")
    expect(alert).to_be_focused()
    # What it is and what to send stands there, or each fault in a row of its own.
    rows = page.get_by_role("row")
    expect(alert.get_by_text(re.compile("Skicka|Fyll i|Hämta")).or_(rows.nth(1)).first).to_be_visible()
    assert page.get_by_role("button", name="Skicka in", exact=True).count() == 0
    for english in ("Traceback", "Error", "Exception"):
        expect(page.locator("body")).not_to_contain_text(english)


def test_the_uploader_speaks_swedish_to_a_screen_reader_too(open_page):
    page = open_page("falun", "/rapportera?manad=2025-01")

    choose_file(page, {"name": "tom.csv", "mimeType": "text/csv", "buffer": b""})

    expect(page.get_by_text("Inget är sparat").first).to_be_visible()
    spoken = page.get_by_test_id("stFileUploader").aria_snapshot()
    assert re.findall(r"\b(?:Remove|Add|Upload|Browse|files?)\b", spoken) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_a_file_too_large_to_be_received_says_so_beside_its_name(open_page, tmp_path, width):
    page = open_page("falun", "/rapportera?manad=2025-01", viewport={"width": width, "height": 900})
    (tmp_path / "stor.xlsx").write_bytes(b"PK" + bytes(11_000_000))

    choose_file(page, tmp_path / "stor.xlsx")

    words = page.get_by_test_id("stFileChip").get_by_text(
        "Fel: Filen är för stor, inget är sparat. Dela upp den"
    )
    expect(words).to_be_visible()
    assert words.bounding_box()["width"] > 200  # for the eye too, not only for a screen reader
    assert page.evaluate("document.documentElement.scrollWidth") <= width
