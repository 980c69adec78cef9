"""The region reads a source's file in: a fault with its cell, then what changes, then stored with its origin."""

import pytest
from playwright.sync_api import expect

from portal.domain.sources.declared import SYNERGI
from portal.services.sources import source_years
from tests.journeys.conftest import choose_file
from tests.services.region import CONTROLLER


pytestmark = pytest.mark.browser
HEADING = "uppgift;mottagning;period;värde\n"


def csv(*rows):
    return {"name": "synergi.csv", "mimeType": "text/csv", "buffer": (HEADING + "\n".join(rows)).encode()}


def test_a_sources_file_is_seen_first_and_then_stored(demo_server, open_page):
    page = open_page("region", "/kallor?kalla=synergi&ar=2024")
    page.get_by_text("Läs in en fil").click()

    choose_file(page, csv("Ärenden i Synergi;BUP Mora;2024;tolv"))
    expect(page.get_by_role("row").filter(has_text="tolv").first).to_contain_text("D2")
    choose_file(page, csv("Ärenden i Synergi;BUP Mora;2024;12", "Ärenden i Synergi;;2024;193"))
    expect(page.get_by_text("2 uppgifter i filen:")).to_be_visible()
    form = page.get_by_test_id("stForm").filter(has=page.get_by_role("button", name="Läs in", exact=True))
    form.get_by_label("Varifrån kommer uppgifterna?").fill("Utdrag 31 januari 2025")
    form.get_by_role("button", name="Läs in", exact=True).click()

    page.get_by_text("Alla 13 uppgifter 2024").click()  # 12 before
    expect(page.get_by_text("Utdrag 31 januari 2025").first).to_be_visible()
    portal = demo_server.open()
    newest = source_years.history(portal, CONTROLLER, SYNERGI)[0]
    portal.database.engine.dispose()
    assert (newest.clinic, newest.value, newest.entered_by) == ("mora", 12, "region")
