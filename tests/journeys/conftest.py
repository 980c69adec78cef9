"""The demo as a user gets it: the command in a process of its own, on a copy of the demo database."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from portal.bench.client import COOKIE
from portal.demo import build
from portal.settings import ROOT
from portal.ui.page.frame import PRESS_LOST
from tests.conftest import TODAY, log_in, open_demo


expect.set_options(timeout=20_000)  # a machine busy with other tests is no fault


@dataclass(frozen=True)
class DemoServer:
    """`portal demo` at `url`; the database it works on lies at `path`."""

    url: str
    path: Path

    def open(self):
        return open_demo(self.path)


@pytest.fixture(scope="session")
def demo_of_all(demo_file, tmp_path_factory):
    """One server for all modules; the demo it serves is as the last module left it."""
    with serve_demo(demo_file, tmp_path_factory) as server:
        yield server


@pytest.fixture(scope="module")
def demo_server(demo_of_all, demo_file):
    """The server, with the demo as it was built: what the module before wrote is gone, its logins too."""
    with closing(sqlite3.connect(demo_file)) as built, closing(sqlite3.connect(demo_of_all.path)) as served:
        built.backup(served)
    return demo_of_all


@contextmanager
def serve_demo(demo_file, tmp_path_factory):
    path = Path(shutil.copy(demo_file, tmp_path_factory.mktemp("journey") / "demo.db"))
    port = free_port()
    process = start_demo(path, port)
    try:
        yield DemoServer(f"http://localhost:{port}", path)
    finally:
        process.terminate()
        process.wait(timeout=20)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def start_demo(path, port, module="portal"):
    """Start the command in a process of its own; returns it once the port answers."""
    command = [sys.executable, "-m", module, "demo", "--port", str(port), "--database", f"sqlite:///{path}"]
    environment = {**os.environ, "PORTAL_TODAY": TODAY.isoformat()}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    # The transport tries again with growing pauses until the port answers.
    with httpx.Client(transport=httpx.HTTPTransport(retries=8), trust_env=False, timeout=60) as http:
        assert http.get(f"http://127.0.0.1:{port}/_stcore/health").is_success
    return process


@pytest.fixture
def open_page(demo_server, chromium_browser):
    """Return a function that opens a page of the demo, logged in, in a browser context of its own."""
    contexts = []

    def open_page(username, path="/", **options):
        page = logged_in_page(chromium_browser, demo_server, username, **options)
        contexts.append(page.context)
        go(page, path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def logged_in_page(browser, server, username, **options):
    """Return a page of a new browser context that has the cookie of a login; the form has tests of its own."""
    portal = server.open()
    token, _ = log_in(portal, username, password_of(username))
    portal.database.engine.dispose()
    context = browser.new_context(base_url=server.url, locale="sv-SE", reduced_motion="reduce", **options)
    context.set_default_timeout(20_000)
    context.add_cookies(
        [{"name": COOKIE, "value": token, "url": server.url, "httpOnly": True, "sameSite": "Strict"}]
    )
    return context.new_page()


def password_of(username):
    return next(account.password for account in build.list_accounts() if account.username == username)


def go(page, path):
    page.goto(path)
    settle(page)


def move(page, registered):
    """Go to a registered page within the portal, as Back does: the browser doesn't start anew."""
    path, title = f"/{registered.url_path}", f"{registered.title} – Vårdval BUP"
    page.evaluate(
        "path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')) }", path
    )
    page.wait_for_function("title => document.title === title", arg=title)
    settle(page)


BUSY = "[data-testid=stStatusWidget], [data-stale=true], [data-test-script-state=running]"


def settle(page):
    """Wait until the page has its heading and nothing runs any more."""
    page.get_by_role("heading", level=1).first.wait_for()
    page.wait_for_function(f"() => !document.querySelector('{BUSY}')")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()


MOVING = (
    "animation => animation.playState === 'running' && isFinite(animation.effect.getComputedTiming().endTime)"
)


def stand_still(page):
    """Wait until nothing glides any more: a list that is open closes when what surrounds it moves."""
    page.wait_for_function(f"() => !document.getAnimations().some({MOVING})")


def choose(page, label, option):
    box = page.get_by_role("combobox", name=label)
    box.wait_for()
    stand_still(page)
    box.click()
    box.press_sequentially(option)
    page.get_by_role("option", name=option, exact=True).wait_for()
    box.press("Enter")
    settle(page)


def press_at_once(page, name, success):
    """Press while the page may not have been taken up again: it is done, or said not to be."""
    press(page, name)
    done = page.get_by_text(success).first
    expect(done.or_(page.get_by_text(PRESS_LOST)).first).to_be_visible()
    if not done.is_visible():
        settle(page)
        press(page, name)
    expect(done).to_be_visible()


def download_blankett(page, folder):
    """Press the page's button and return the file it gives."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Ladda ner blanketten (Excel)").click()
    path = folder / "blankett.xlsx"
    download.value.save_as(path)
    return path


def choose_file(page, path_or_file):
    page.locator("input[type=file]").set_input_files(path_or_file)
