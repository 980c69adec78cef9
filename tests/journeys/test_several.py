"""Two processes behind nginx on PostgreSQL: one dies in the middle of what people do, and they go on with the other."""

import re
import time
from contextlib import ExitStack
from dataclasses import dataclass
from subprocess import Popen

import pyotp
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from portal.bench import browser as chromium
from portal.domain.accounts.access import ClinicUser, RegionUser
from portal.services.annual_report import texts
from portal.services.context import Clock, Portal
from portal.services.reporting import drafts
from portal.services.review import reviews
from portal.uploads.template import ordered_measures
from tests.conftest import TODAY, add_account, add_clinics, log_in, require
from tests.journeys.conftest import choose_file, go, press_at_once, settle
from tests.server.conftest import start_server, stop_server
from tests.server.proxies import COOKIE, HOST, Proxy, serve_proxy
from tests.services.region import DECEMBER, JANUARY, content_of, send


pytestmark = [pytest.mark.browser, pytest.mark.postgres]
ADDRESS = f"https://{HOST}"
NODE = "__Host-portal-node"
FALUN, REGION = ClinicUser("falun", "Fia Falun", ("falun",)), RegionUser("region", "Rolf Region")
FIRST_BOX = ordered_measures()[0]
SENT = "Tack! Januari 2025 för BUP Mora är inskickad"


@dataclass
class House:
    """The proxy, its two processes by their ports, and three people's pages that one of them serves."""

    proxy: Proxy
    url: str
    processes: dict[str, Popen]
    form: Page
    preview: Page
    report: Page

    @property
    def boxes(self):
        return (
            self.form.get_by_label(re.compile(rf"^{re.escape(FIRST_BOX.label)}$")),
            self.report.get_by_label(re.compile("^Text till")).first,
        )

    def start(self, port):
        self.processes[port], _ = start_server(self.url, port=int(port), PORTAL_BASE_URL=ADDRESS)

    def kill(self, port):
        self.processes[port].kill()
        self.processes[port].wait()

    def wait_until_asked(self, port):
        """Wait until the proxy asks that process again, for those whom it has with it."""
        with self.proxy.https() as https:
            while True:
                https.get("/_stcore/health", headers={"Cookie": f"{NODE}={port}"})
                answers = [line for line in self.proxy.log().splitlines() if "/_stcore/health" in line]
                if answers and answers[-1].endswith(f":{port}"):
                    return
                time.sleep(0.2)


def choose(page, **changes):
    content = content_of("mora", JANUARY, **changes)
    choose_file(page, {"name": "januari.csv", "mimeType": "text/csv", "buffer": content})


def open_page(browser, portal, username, port):
    context = browser.new_context(
        base_url=ADDRESS, locale="sv-SE", reduced_motion="reduce", ignore_https_errors=True
    )
    context.set_default_timeout(20_000)
    values = {COOKIE: log_in(portal, username)[0], NODE: port}
    context.add_cookies(
        [
            {"name": name, "value": value, "url": ADDRESS, "httpOnly": True, "secure": True}
            for name, value in values.items()
        ]
    )
    return context.new_page()


@pytest.fixture
def house(postgres_database, tmp_path_factory):
    require(chromium.CHROMIUM.exists(), f"Chromium ({chromium.CHROMIUM})")
    portal = Portal(database=postgres_database, clock=Clock(TODAY))
    add_clinics(portal)
    for clinic in ("falun", "mora"):
        add_account(portal, clinic, role="clinic", clinics=[clinic])
        send(portal, clinic, DECEMBER)
    add_account(portal, "region", role="region", totp_secret=pyotp.random_base32())
    started = [start_server(postgres_database.url, PORTAL_BASE_URL=ADDRESS) for _ in range(2)]
    processes = {address.rpartition(":")[2]: process for process, address in started}
    with ExitStack() as stack:
        stack.callback(lambda: [stop_server(process) for process in processes.values()])
        proxy = stack.enter_context(serve_proxy(tmp_path_factory.mktemp("several"), portal, *processes))
        playwright = stack.enter_context(sync_playwright())
        resolved = f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{proxy.https_port}"
        browser = chromium.launch(playwright, resolved)
        stack.callback(browser.close)
        first, _ = processes
        pages = [open_page(browser, portal, username, first) for username in ("falun", "mora", "region")]
        yield House(proxy, postgres_database.url, processes, *pages)


def test_a_form_a_preview_and_a_report_text_outlive_their_process(house):
    go(house.form, "/rapportera?manad=2025-01&satt-falun-2025-01=formular")
    go(house.preview, "/rapportera?manad=2025-01&satt-mora-2025-01=fil")
    go(house.report, "/arsuppfoljning?ar=2024&kapitel=2")
    house.report.get_by_role("button", name=re.compile("Ändra texten")).first.click()
    words = ("811", "Regionens egna ord om året.")
    choose(house.preview, care_plans=46)
    expect(house.preview.get_by_text("Så här läste vi filen")).to_be_visible()
    settle(house.preview)
    for box, text in zip(house.boxes, words, strict=True):
        box.fill(text)
    its_own, _ = house.processes

    house.kill(its_own)

    for box, text in zip(house.boxes, words, strict=True):
        expect(box).to_be_enabled()
        expect(box).to_have_value(text)
    press_at_once(house.form, "Kontrollera och förhandsgranska", "Utkast sparat")
    press_at_once(house.report, "Spara texten", "Texten är sparad.")
    kept = house.preview.get_by_text("ligger kvar nedan, inte inskickad än.")
    expect(kept).to_be_visible()

    # Started again, it is no trouble to who has moved: what is sent and fetched goes where the page is.
    house.start(its_own)
    house.wait_until_asked(its_own)
    settle(house.preview)
    choose(house.preview, care_plans=47)
    expect(kept).to_have_count(0)
    expect(house.preview.get_by_text("Så här läste vi filen")).to_be_visible()
    settle(house.preview)
    press_at_once(house.preview, "Skicka in", SENT)

    settle(house.form)
    portal = house.proxy.portal
    draft = drafts.find(portal, FALUN, clinic="falun", month=JANUARY)
    (version,) = texts.list_versions(portal, REGION, year=2024, section="2:inledning")
    case = reviews.open_case(portal, REGION, clinic="mora", month=JANUARY)
    assert (draft.texts[FIRST_BOX.code], version.text) == words
    assert {line.measure: line.sent.value for line in case.lines if line.sent}["care_plans"] == 47
