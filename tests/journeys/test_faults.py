"""The faults themselves: a lock held too long, a full disk, a killed server, a network that is away.

What a person sees in a box is what the next press stores, or the page says why not.
"""

import os
import re
import resource
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.demo.build import REVIEWER
from portal.domain.accounts.access import ClinicUser
from portal.domain.registry.months import Month
from portal.services.annual_report import texts
from portal.services.reporting import drafts
from portal.services.review import reviews
from portal.ui.base.refusals import AWAY, UNSAVED
from portal.uploads.template import ordered_measures
from tests.journeys.conftest import (
    DemoServer,
    choose_file,
    download_blankett,
    free_port,
    go,
    logged_in_page,
    password_of,
    press,
    press_at_once,
    settle,
    start_demo,
)
from tests.journeys.impatient import SESSION_LIVES
from tests.journeys.line import Line
from tests.journeys.test_month import fill


pytestmark = pytest.mark.browser
JANUARY = Month(2025, 1)
FALUN = ClinicUser("falun", "falun", ("falun",))


class Server:
    """`portal demo` with little patience, which may be killed and started anew on its port and database."""

    def __init__(self, path):
        self.path, self.port = path, free_port()
        self.start()

    def start(self):
        self.process = start_demo(self.path, self.port, "tests.journeys.impatient")

    def kill(self):
        self.process.kill()
        self.process.wait()


@dataclass
class Desk:
    """A clinic's form, the region's review and its report, open beside each other, and what is stored of each."""

    server: Server
    line: Line
    form: Page
    review: Page
    report: Page
    months: Iterator[Month]

    def open(self, month):
        self.month = month
        go(self.form, "/rapportera?manad=2025-01&satt-falun-2025-01=formular")
        go(self.review, f"/granska?mottagning=mora&manad={month}")
        go(self.report, "/arsuppfoljning?ar=2024&kapitel=2")
        self.report.get_by_role("button", name=re.compile("Ändra texten")).first.click()
        self.boxes["report"].wait_for()

    @property
    def boxes(self):
        return {
            "form": self.form.get_by_label(re.compile(rf"^{re.escape(ordered_measures()[0].label)}$")),
            "review": self.review.get_by_label("Vad ska mottagningen se över?"),
            "report": self.report.get_by_label(re.compile("^Text till")).first,
        }

    def type(self):
        """Type into each box; what was typed is stored by a press, and the form's also by itself."""
        number = self.month.number
        self.words = {"form": f"{number}", "review": f"Se över {number}.", "report": f"Vår text {number}."}
        for place, box in self.boxes.items():
            box.fill(self.words[place])

    @property
    def presses(self):
        return (
            (
                self.form,
                "Kontrollera och förhandsgranska",
                "Utkast sparat",
            ),
            (self.review, f"Återlämna BUP Mora {self.month.label}", "är återlämnad med din kommentar."),
            (self.report, "Spara texten", "Texten är sparad."),
        )

    def press(self):
        for page, name, _ in self.presses:
            press(page, name)

    def press_at_once(self):
        for page, name, success in self.presses:
            press_at_once(page, name, success)

    def expect_words(self):
        for place, box in self.boxes.items():
            expect(box).to_be_enabled()
            expect(box).to_have_value(self.words[place])

    def expect_said(self, sentence):
        for page in (self.form, self.review, self.report):
            expect(page.get_by_text(sentence).first).to_be_visible()

    def expect_stored(self):
        """Wait for what the pages say, then look into the database: the form says the same after each saving."""
        for page, _, success in self.presses:
            expect(page.get_by_text(success).first).to_be_visible()
        settle(self.form)
        assert self.stored() == self.words

    def stored(self):
        portal = DemoServer("", self.server.path).open()
        draft = drafts.find(portal, FALUN, clinic="falun", month=JANUARY)
        case = reviews.open_case(portal, REVIEWER, clinic="mora", month=self.month)
        versions = texts.list_versions(portal, REVIEWER, year=2024, section="2:inledning")
        portal.database.engine.dispose()
        return {
            "form": draft.texts.get(ordered_measures()[0].code) if draft else None,
            "review": case.comments[-1].text if case.comments else None,
            "report": versions[0].text if versions else None,
        }


@pytest.fixture(scope="module")
def desk_of_all(demo_file, tmp_path_factory, chromium_browser):
    server = Server(Path(shutil.copy(demo_file, tmp_path_factory.mktemp("faults") / "demo.db")))
    line = Line(server.port)
    address = DemoServer(f"http://localhost:{line.port}", server.path)
    form, review = (logged_in_page(chromium_browser, address, username) for username in ("falun", "region"))
    months = (Month(2024, number) for number in range(1, 13))
    yield Desk(server, line, form, review, review.context.new_page(), months)
    for page in (form, review):
        page.context.close()
    line.close()
    server.kill()


@pytest.fixture
def desk(desk_of_all):
    """The pages opened anew; each test returns a month of its own."""
    desk_of_all.open(next(desk_of_all.months))
    return desk_of_all


@contextmanager
def locked(server):
    """Another program holds the database's write lock for longer than the portal waits."""
    other = sqlite3.connect(server.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


@contextmanager
def full(server):
    """No file of the server's may grow by one byte."""
    pid, before = server.process.pid, resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def away(server):
    """The disk is not there."""
    server.path.rename(server.path.with_suffix(".away"))
    try:
        yield
    finally:
        server.path.with_suffix(".away").rename(server.path)


def test_a_page_whose_database_is_away_comes_back_by_itself_with_what_was_typed(desk):
    with away(desk.server):
        desk.boxes["form"].fill("77")
        expect(desk.form.get_by_text(re.compile(f"{AWAY}.* felkod [0-9a-f]{{8}}"))).to_be_visible()
        expect(desk.boxes["form"]).to_have_count(0)

    expect(desk.boxes["form"]).to_have_value("77")
    press(desk.form, "Kontrollera och förhandsgranska")
    expect(desk.form.get_by_text("Utkast sparat").first).to_be_visible()
    settle(desk.form)
    assert desk.stored()["form"] == "77"


def test_a_right_login_that_cannot_be_stored_says_so(desk, chromium_browser):
    context = chromium_browser.new_context(base_url=f"http://localhost:{desk.server.port}", locale="sv-SE")
    page = context.new_page()
    page.route("**/session/open", lambda route: route.fulfill(status=503, body=f"{AWAY} Felkod 0a1b2c3d."))
    page.goto("/")
    page.get_by_label("Användarnamn").fill("mora")
    page.get_by_label("Lösenord").fill(password_of("mora"))
    press(page, "Logga in")

    expect(page.get_by_role("alert").filter(has_text="Felkod 0a1b2c3d.")).to_be_visible()

    page.unroute("**/session/open")
    page.get_by_role("link", name="Logga in igen").click()
    expect(page.get_by_label("Lösenord")).to_be_visible()
    context.close()


@pytest.mark.parametrize("fault", [locked, full], ids=["locked", "full"])
def test_what_cannot_be_stored_is_said_stands_and_is_stored_by_the_same_press_later(desk, fault):
    stored_before = desk.stored()
    with fault(desk.server):
        desk.type()
        desk.press()
        desk.expect_said(UNSAVED)
        desk.expect_words()
        assert desk.stored() == stored_before

    desk.press()

    desk.expect_stored()


def test_after_a_kill_and_a_new_start_the_first_press_stores_what_stands_in_the_boxes(desk):
    desk.type()
    desk.server.kill()
    for box in desk.boxes.values():
        expect(box).to_be_disabled()
    away = desk.form.get_by_text("Portalen svarar inte just nu.")
    expect(away).to_be_visible()

    desk.server.start()

    desk.expect_words()
    expect(away).to_have_count(0)
    desk.press_at_once()
    desk.expect_stored()


@pytest.mark.parametrize("seconds", [SESSION_LIVES / 4, SESSION_LIVES * 1.5], ids=["short", "long"])
def test_after_a_cut_the_first_press_stores_what_stands_in_the_boxes(desk, seconds):
    desk.type()
    desk.line.cut()
    for box in desk.boxes.values():
        expect(box).to_be_disabled()
    time.sleep(seconds)

    desk.line.mend()

    desk.expect_words()
    desk.press_at_once()
    desk.expect_stored()


def test_a_press_while_nothing_comes_through_is_carried_out_when_it_does(desk):
    desk.line.hold()
    desk.type()
    desk.press()
    time.sleep(SESSION_LIVES / 4)

    desk.line.mend()

    desk.expect_stored()


def test_a_value_on_its_way_when_the_menu_is_pressed_is_stored_before_the_page_is_left(desk):
    box, number = desk.boxes["form"], f"{700 + desk.month.number}"
    os.kill(desk.server.process.pid, signal.SIGSTOP)  # a server that is busy with others
    box.fill(number)
    desk.form.get_by_test_id("stSidebar").get_by_text("Översikt", exact=True).click()
    time.sleep(1)

    os.kill(desk.server.process.pid, signal.SIGCONT)

    expect(desk.form.get_by_role("heading", level=1)).not_to_have_text("Januari 2025 · BUP Falun")
    settle(desk.form)
    assert desk.stored()["form"] == number


def test_a_file_under_preview_is_still_there_after_a_kill_and_is_sent(desk, tmp_path):
    page = desk.form
    go(page, "/rapportera?manad=2025-01&satt-falun-2025-01=fil")
    fill(download_blankett(page, tmp_path), tmp_path / "ifylld.xlsx")
    choose_file(page, tmp_path / "ifylld.xlsx")
    expect(page.get_by_text("Så här läste vi filen")).to_be_visible()
    settle(page)
    desk.server.kill()

    desk.server.start()

    expect(page.get_by_text("ligger kvar nedan, inte inskickad än.")).to_be_visible()
    settle(page)
    press_at_once(page, "Skicka in", "Tack! Januari 2025 för BUP Falun är inskickad")
