"""What the browser gets and keeps: headers on every kind of answer, downloads, texts as texts, nothing left."""

import json
import re
from html.parser import HTMLParser

import pyotp
import pytest
from playwright.sync_api import expect

from db.engine import Database
from db.migrate import upgrade
from portal.domain.accounts.access import EVERY_CLINIC, RegionUser
from portal.services.accounts import accounts
from portal.services.accounts.accounts import AccountDetails
from portal.services.administration import regions
from portal.services.context import Clock, Portal
from portal.services.review import reviews
from portal.ui.page.navigation import PAGES
from tests.browser import log_in as log_in_by_form
from tests.conftest import PASSWORD, SYSTEM, TODAY, add_clinics, audit_actions
from tests.server.conftest import Server, ask_for_file, start_server, stop_server
from tests.services.region import JANUARY, row_counts, send
from tests.uploads.setup.books import svg


pytestmark = pytest.mark.security
EVIL = '<img src=x onerror="window.__x=1">![x](https://ond.example/p.png) [klicka](javascript:window.__x=1)'


# Every kind of answer


def ask(server, method, path, *, token=None, **options):
    with server.http(token) as http:
        return http.request(method, f"{server.url}{path}", **options)


@pytest.mark.asvs("3.4.3", "3.4.4", "3.4.5", "3.4.6", "14.3.2", "13.4.4")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/component/x/index.html", 404),
        ("GET", "/_stcore/stream", (200, 400, 404, 426)),
        ("GET", "/_stcore/allowed-message-origins", (200, 404)),
        ("GET", "/_stcore/script-health-check", 404),
        ("GET", "/_stcore/finnsinte", (200, 404)),
        ("PUT", "/_stcore/upload_file/a/b", 401),
        ("DELETE", "/_stcore/upload_file/a/b", 401),
        ("GET", "/media/x", 401),
        ("POST", "/session/open", 403),
        ("PUT", "/session/open", 405),
        ("POST", "/", 405),
        ("TRACE", "/", 405),
        ("GET", "/oauth2callback?code=x&state=y", 404),
        ("GET", "/%2e%2e/%2e%2e/etc/passwd", (200, 400, 404)),
        ("GET", "/static/../../portal/server.py", (200, 400, 404)),
    ],
    ids=str,
)
def test_every_kind_of_answer_has_the_headers(server, method, path, status):
    answer = ask(server, method, path)

    assert answer.status_code in (status if isinstance(status, tuple) else (status,))
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "Traceback" not in answer.text
    if not path.startswith("/static/"):
        assert answer.headers["cache-control"] == "no-store"


def test_the_regions_logo_is_a_picture_to_everybody_and_styled_into_the_menu_at_once(server):
    assert ask(server, "GET", "/session/logo").status_code == 404
    regions.set_logo(server.portal, SYSTEM, svg())

    sheet, answer = (ask(server, "GET", path) for path in ("/session/portal.css", "/session/logo"))

    assert "url(/session/logo?" in sheet.text
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.content == server.portal.region.logo.content
    regions.remove_logo(server.portal, SYSTEM)
    assert "url(/session/logo?" not in ask(server, "GET", "/session/portal.css").text


@pytest.mark.asvs("13.4.1", "13.4.5")
@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.git/HEAD",
        "/app.py",
        "/portal/server.py",
        "/var/portal.db",
        "/.streamlit/config.toml",
    ],
)
def test_neither_repository_nor_database_is_served(server, path):
    answer = ask(server, "GET", path)

    assert answer.status_code in (200, 404)
    assert answer.headers["content-type"].startswith(("text/html", "text/plain"))
    for inside in ("[core]", "ref: refs", "import ", "SQLite format", "[server]"):
        assert inside not in answer.text.replace("<script>", "")[:20_000] or "<!DOCTYPE html>" in answer.text


@pytest.mark.upload
@pytest.mark.asvs("5.2.1")
@pytest.mark.parametrize("is_chunked", [False, True])
def test_too_large_a_file_is_refused_however_it_is_sent(server, is_chunked):
    token = server.log_in("mora")
    with server.tab(token) as tab, server.http(token) as http:
        address = f"/_stcore/upload_file/{tab.run('konto').session_id}/x"
        xsrf = http.get("/_stcore/health").cookies["_streamlit_xsrf"]
        edge = "x" * 20
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'.encode()
        body = head + bytes(12_000_000) + f"\r\n--{edge}--\r\n".encode()
        headers = {"X-Xsrftoken": xsrf, "Content-Type": f"multipart/form-data; boundary={edge}"}
        sent = (body[start : start + 65_536] for start in range(0, len(body), 65_536))
        answer = http.put(address, content=sent if is_chunked else body, headers=headers)

    assert answer.status_code == 413


@pytest.mark.asvs("3.5.3", "2.3.1")
def test_an_address_decides_nothing(server):
    before = row_counts(server.portal)
    with server.tab(server.log_in("falun")) as tab:
        for page in ("rapportera", "inlamningar", "oversikt"):
            tab.run(page, query="manad=2025-01&confirm=1&skicka=1&approve=1")
    with server.tab(server.log_in("admin")) as tab:
        tab.run("granska", query="manad=2025-01&mottagning=falun&approve=1")

    after = row_counts(server.portal)
    for counts in (before, after):
        for name in ("login_session", "login_ticket"):
            counts.pop(name)
    assert after == before


# Downloads


@pytest.mark.asvs("3.2.1", "3.2.2", "14.2.2", "14.3.2")
def test_a_download_is_an_attachment_that_stays_in_no_cache(server):
    token = server.log_in("region")
    with server.tab(token) as tab, server.http(token) as http, server.http() as stranger:
        run = tab.run("handelselogg")
        button = next(e.download_button for e in run.elements if e.WhichOneof("type") == "download_button")
        path = ask_for_file(tab, run.session_id, button.deferred_file_id)
        answer = http.get(path)

        assert stranger.get(path).status_code == 401
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    assert re.match(r'attachment; filename="handelselogg-[\d-]+\.csv"', answer.headers["content-disposition"])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.asvs("16.2.1", "7.4.1")
def test_a_chart_and_its_table_are_noted_when_they_are_taken(server):
    token = server.log_in("falun")
    with server.tab(token) as tab, server.http(token) as http:
        run = tab.run("indikator", query="indikator=care_plans")
        offered = [
            e.download_button.deferred_file_id
            for e in run.elements
            if e.WhichOneof("type") == "download_button" and "Tabellen" in e.download_button.label
        ]
        content = http.get(ask_for_file(tab, run.session_id, offered[0])).content

    assert content.startswith(b"\xef\xbb\xbf")
    actor, action, name = audit_actions(server.portal)[0]
    assert (actor, action) == ("falun", "figures.downloaded")
    assert re.fullmatch(r"falun-care_plans-[\d-]+\.csv", name)


# Texts of people


@pytest.fixture(scope="module")
def evil_server(tmp_path_factory):
    """A portal in which clinic, user and comment are written by somebody who means harm."""
    url = f"sqlite:///{tmp_path_factory.mktemp('evil') / 'portal.db'}"
    portal = Portal(database=Database(url), clock=Clock(TODAY))
    upgrade(portal.database)
    add_clinics(portal)
    with portal.database.writing(EVERY_CLINIC) as scoped:
        clinic = scoped.connection.exec_driver_sql
        clinic("UPDATE clinic SET name = ? WHERE code = 'falun'", (f"BUP Falun {EVIL}",))
    for username, role, clinics in (("falun", "clinic", ["falun"]), ("region", "region", [])):
        accounts.add(
            portal,
            SYSTEM,
            AccountDetails(
                username=username,
                name=f"Fia {EVIL}",
                role=role,
                clinics=clinics,
                password=PASSWORD,
                totp_secret=None if clinics else pyotp.random_base32(),
            ),
        )
    send(portal, "falun")
    with portal.database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.exec_driver_sql("UPDATE submission SET file_name = ?", (f"januari {EVIL}.csv",))
        scoped.connection.exec_driver_sql("UPDATE clinic SET provider = ?", (f"Vårdbolaget {EVIL}",))
    reviews.send_back(
        portal, RegionUser("region", "R"), clinic="falun", month=JANUARY, comment=f"Se över. {EVIL}"
    )
    process, address = start_server(url)
    yield Server(address, portal)
    stop_server(process)
    portal.database.engine.dispose()


LINK = "[klicka]("
PLAIN = ("selectbox", "multiselect", "text_input", "text_area")  # show their choices as they are


class Tags(HTMLParser):
    """Collects what an element of ours really holds as HTML."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def live_texts(run):
    """Return what a page would read as HTML or Markdown and should not."""
    found = []
    for element in run.elements:
        kind = element.WhichOneof("type")
        inside = getattr(element, kind)
        if kind == "html":
            tags = Tags(inside.body).found
            found += [tag for tag in tags if "onerror" in tag[1] or "ond.example" in str(tag[1].get("href"))]
        elif kind in ("text", "vega_lite_chart"):  # drawn as text
            continue
        elif kind in PLAIN:
            found += [inside.label] if LINK in inside.label else []
        elif LINK.encode() in element.SerializeToString():
            found.append((kind, str(inside)[:200]))
    return found


@pytest.mark.asvs("1.2.1", "1.3.5")
@pytest.mark.parametrize("username", ["falun", "region"])
def test_no_page_takes_a_name_or_a_comment_for_html_or_markdown(evil_server, username):
    shown, live = 0, {}
    with evil_server.tab(evil_server.log_in(username)) as tab:
        for page in PAGES:
            run = tab.run(page.url_path, query="mottagning=falun&manad=2025-01")
            live |= {page.title: found} if (found := live_texts(run)) else {}
            shown += run.holds("&lt;img src=x") + run.holds("ond.example")
    assert not live, "\n".join(f"{page}: {one}" for page, found in live.items() for one in found)
    assert shown > len(PAGES)  # the search is not blind: it is shown nearly everywhere


@pytest.mark.browser
@pytest.mark.asvs("1.2.1", "1.3.5", "14.2.3")
def test_what_people_wrote_is_shown_and_does_nothing(evil_server, chromium_browser):
    asked = []
    with chromium_browser.new_context(base_url=evil_server.url, locale="sv-SE") as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto("/")
        log_in_by_form(page, "falun", PASSWORD)
        for path in ("oversikt", "inlamningar"):
            page.goto(f"/{path}")
            page.get_by_text("<img src=x").first.wait_for(state="attached")
            assert page.evaluate("window.__x") is None
            live = page.locator("a[href*='ond.example'], a[href^='javascript'], img[src='x']")
            assert [one.evaluate("e => e.outerHTML") for one in live.all()] == []
    assert not [url for url in asked if "ond.example" in url]
    # No page asks for the server beneath its own path first: Streamlit would wait before it tries the right one.
    health = {url for url in asked if url.endswith("/_stcore/health")}
    assert health == {f"{evil_server.url}/_stcore/health"}


@pytest.mark.browser
@pytest.mark.asvs("14.3.1", "14.3.3", "6.2.6", "6.2.7", "7.4.4")
def test_nothing_is_left_in_the_browser_after_logging_out(server, chromium_browser):
    with chromium_browser.new_context(base_url=server.url, locale="sv-SE") as context:
        page = context.new_page()
        page.goto("/")
        password = page.get_by_label("Lösenord")
        assert password.get_attribute("type") == "password"
        assert password.get_attribute("autocomplete") == "current-password"
        assert page.get_by_label("Användarnamn").get_attribute("autocomplete") == "username"
        log_in_by_form(page, "falun", PASSWORD)
        page.goto("/konto")
        page.get_by_role("heading", name="Mitt konto").wait_for()
        for new in page.get_by_label("Nytt lösenord").all():
            assert new.get_attribute("autocomplete") == "new-password"
        inside = stored(page)
        page.get_by_role("button", name="Logga ut").first.click()
        expect(page.get_by_label("Användarnamn")).to_be_visible(timeout=15_000)
        left = stored(page) + page.content()

        for text in ("BUP Falun", "Falun", PASSWORD):
            assert text not in left
        assert "Falun" not in inside
        names = [cookie["name"] for cookie in context.cookies()]
    assert set(names) <= {"_streamlit_xsrf", "portal_device"}  # the browser is known again; it opens nothing


def stored(page):
    return json.dumps(page.evaluate("[{...localStorage}, {...sessionStorage}]"))
