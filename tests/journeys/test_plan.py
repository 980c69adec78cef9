"""An action plan from the clinic's first word to the printed outcome, in the browsers of two people."""

import re

import pytest
from playwright.sync_api import expect

from portal.services.letters import reminders
from portal.settings import Settings
from tests.conftest import TODAY
from tests.journeys.conftest import choose, go, press, settle
from tests.journeys.reading import violations
from tests.services.letters.smtp import Inbox, serve


pytestmark = pytest.mark.browser


def write(page, **texts):
    for label, text in texts.items():
        box = page.get_by_role("textbox", name=label.replace("_", " "))
        box.fill(text)
        box.press("Tab")
        settle(page)


def reminded(demo_server):
    """Send what is due today, twice as a timer would; return what came to Falun of plans."""
    portal = demo_server.open()
    with serve(Inbox()) as inbox:
        for _ in range(2):
            reminders.send(portal.on(TODAY), Settings(smtp_url=inbox.url, base_url=demo_server.url))
        mails = inbox.to("falun@mottagning.example")
    portal.database.engine.dispose()
    return [
        mail
        for mail in mails
        if "tgärdsplan" in mail["Subject"] and "Kön till behandling" in str(mail.get_content())
    ]


def test_a_plan_is_written_agreed_to_reminded_of_judged_and_printed(demo_server, open_page):
    # The clinic has begun something last May, and writes it down.
    falun = open_page("falun", "/atgarder?galler=queue:treatment")
    write(falun, Vad_ni_gör="Två grupper i veckan", Vem_ansvarar="Enhetschef")
    choose(falun, "Från", "maj 2024")
    write(falun, Väntat_värde="4,5")
    press(falun, "Spara planen")
    expect(falun.get_by_text("Planen är sparad. Regionen läser den och säger ja.")).to_be_visible()
    address = falun.url
    (number,) = re.findall(r"plan=(\d+)", address)
    expect(falun.get_by_role("button", name="Påbörja", exact=True)).to_have_count(0)

    # The region reads, agrees, comments and has it in its report.
    region = open_page("region", address)
    expect(region.get_by_text("Två grupper i veckan").first).to_be_visible()
    assert violations(region) == []
    press(region, "Säg ja till planen")
    expect(region.get_by_text("Ni har sagt ja till planen.")).to_be_visible()
    write(region, Kommentar="Bra, vi följer det.")
    press(region, "Kommentera")
    press(region, "Ta med i årsuppföljningen")
    expect(region.get_by_text("Planen står i årsuppföljningen för sina år.")).to_be_visible()

    # The clinic is told, once, that it is to begin, and begins.
    (mail,) = reminded(demo_server)
    (link,) = [line for line in mail.get_content().split() if line.endswith(f"plan={number}")]
    go(falun, link)
    expect(falun.get_by_text("”Bra, vi följer det.”")).to_be_visible()
    press(falun, "Påbörja")
    expect(falun.get_by_text("Nytt läge: pågår.")).to_be_visible()

    # The months since May judge it, on its page, in the chart and in the report.
    go(falun, address)
    expect(falun.get_by_role("row").filter(has_text="Två grupper i veckan")).to_contain_text("bättre än före")
    go(region, "/arsuppfoljning?ar=2024&kapitel=4.9")
    row = region.get_by_role("row").filter(has_text="Två grupper i veckan")
    expect(row).to_contain_text("4,5 månader (7,4)")
    expect(row).to_contain_text("bättre än före")
