"""The attacks F1–F9 of the threat list (portal/README.md), replayed against the running server."""

import json
import os
import re

import pytest
from playwright.sync_api import expect
from websockets.exceptions import InvalidStatus

from portal.bench.client import COOKIE
from portal.domain.accounts.access import ClinicUser
from portal.domain.accounts.tokens import UsedIn
from portal.services.accounts import login, login_sessions, tokens
from portal.services.accounts.tokens import TokenWish
from portal.settings import Settings
from portal.walls import client_address
from tests.conftest import PASSWORD, log_in
from tests.server.conftest import ask_for_file


pytestmark = pytest.mark.security
FALUN = ClinicUser("falun", "Fia Falun", ("falun",))
LOGIN, ACCOUNT = ["Logga in"], "Mitt konto"
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
}


def open_session(server, http, **headers):
    ticket = login.begin(server.portal, "falun", PASSWORD)
    return http.post(
        "/session/open", json={"ticket": ticket.secret}, headers={"Origin": server.url, **headers}
    )


# The cookie


@pytest.mark.asvs("3.3.2", "3.3.4")
def test_f2_the_cookie_is_out_of_scripts_reach(server):
    with server.http() as http:
        answer = open_session(server, http)

    (cookie,) = [
        found.lower() for found in answer.headers.get_list("set-cookie") if found.startswith(f"{COOKIE}=")
    ]
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "max-age" not in cookie


@pytest.mark.asvs("3.5.1")
def test_a_ticket_is_taken_from_our_own_pages_only(server):
    with server.http() as http:
        assert open_session(server, http, Origin="https://ond.example").status_code == 403
        without = http.build_request("POST", "/session/open", json={"ticket": "x"})
        assert http.send(without).status_code == 403
        for body in (b"", b"[]", b"{", b'{"ticket": 1}', b'{"ticket": "\\ud800"}', b"x" * 10_000):
            answer = http.post("/session/open", content=body, headers={"Origin": server.url})
            assert answer.status_code == 403
        assert not http.cookies.get(COOKIE)


@pytest.mark.asvs("3.5.3")
def test_the_sessions_routes_change_nothing_by_get(server):
    token = server.log_in("falun")
    with server.http(token) as http:
        for path in ("/session/open", "/session/close"):
            assert COOKIE not in http.get(path).headers.get("set-cookie", "")
    assert login_sessions.resolve_token(server.portal, token)


@pytest.mark.asvs("3.5.1")
def test_a_foreign_page_cannot_log_anybody_out(server):
    token = server.log_in("falun")
    with server.http(token) as http:
        assert http.post("/session/close", headers={"Origin": "https://ond.example"}).status_code == 403
    assert login_sessions.resolve_token(server.portal, token)


@pytest.mark.asvs("7.4.1")
def test_f1_a_cookie_is_worthless_after_logout(server):
    token = server.log_in("falun")
    with server.tab(token) as tab:
        assert tab.run("konto").headings[0] == ACCOUNT
    with server.http(token) as http:
        assert http.post("/session/close", headers={"Origin": server.url}).is_success

    with server.tab(token) as tab:
        run = tab.run("konto")
    assert run.headings == LOGIN
    assert not run.holds("BUP Falun")


@pytest.mark.asvs("7.4.3")
def test_f1_a_cookie_is_worthless_after_a_password_change(server):
    token = server.log_in("mora")
    login_sessions.close_all(server.portal, "mora", "password")

    with server.tab(token) as tab:
        assert tab.run("konto").headings == LOGIN


@pytest.mark.asvs("7.4.1")
def test_f3_log_out_in_one_tab_is_log_out_in_all(server):
    token = server.log_in("falun")
    with server.tab(token) as first, server.tab(token) as second:
        first.run("konto")
        assert second.run("konto").headings[0] == ACCOUNT

        first.run(press="Logga ut")

        assert second.run().headings == LOGIN


# The websocket


@pytest.mark.asvs("4.4.3", "4.4.4")
def test_f7_a_session_id_alone_opens_nothing(server):
    token, other = server.log_in("falun"), server.log_in("mora")
    with server.tab(token) as owner:
        session_id = owner.run("konto").session_id
        for cookie in (None, "påhittad".encode().hex(), other):
            with server.tab(cookie, session_id=session_id) as thief:
                run = thief.run("konto")
            assert run.session_id != session_id
            assert not run.holds("BUP Falun")
        assert owner.run().headings[0] == ACCOUNT


def test_a_reload_with_the_right_cookie_takes_up_the_session(server):
    token = server.log_in("falun")
    with server.tab(token) as tab:
        session_id = tab.run("konto").session_id
    with server.tab(token, session_id=session_id) as tab:
        assert tab.run("konto").session_id == session_id


@pytest.mark.asvs("4.1.3")
def test_forged_identity_headers_are_dropped(server):
    _, sid = log_in(server.portal, "region")
    forged = {"x-portal-user": "region", "x-portal-sid": sid, "X-Portal-Sid": sid}
    with server.tab(headers=forged) as tab:
        assert tab.run("konto").headings == LOGIN
    with server.tab(server.log_in("falun"), headers=forged) as tab:
        assert not tab.run("konto").holds("Rolf Region")


@pytest.mark.asvs("4.4.2")
@pytest.mark.parametrize("origin", ["https://ond.example", "null", None, "http://127.0.0.1:1"])
def test_a_websocket_from_elsewhere_is_refused(server, origin):
    with pytest.raises(InvalidStatus) as refused:
        server.tab(server.log_in("falun"), origin=origin)

    assert refused.value.response.status_code == 403


@pytest.mark.asvs("7.4.2", "8.3.2")
def test_an_open_websocket_ends_with_its_account(server):
    with server.tab(server.log_in("mora")) as tab:
        tab.run("konto")
        login_sessions.close_all(server.portal, "mora", "disabled")
        assert tab.run().headings == LOGIN


@pytest.mark.asvs("8.2.1")
def test_the_regions_pages_send_a_clinic_nothing(server):
    with server.tab(server.log_in("falun")) as tab:
        for page in ("laget", "manaden", "granska", "mottagningar", "avtalskrav"):
            run = tab.run(page)
            assert run.headings == ["Du kan inte öppna den här sidan"]
            assert not run.holds("BUP Mora")


def test_an_unpublished_annual_report_sends_a_clinic_nothing(server):
    with server.tab(server.log_in("falun")) as tab:
        run = tab.run("arsuppfoljning")
        assert run.headings[0] == "Årsuppföljning 2024"  # one's own year, until the report is published
        assert run.holds("BUP Falun")
        assert not run.holds("BUP Mora")


# Files


@pytest.mark.asvs("5.2.1")
@pytest.mark.upload
def test_f8_strangers_cannot_upload(server):
    with server.tab() as tab, server.http() as http:
        session_id = tab.run("").session_id
        address = f"/_stcore/upload_file/{session_id}/file"
        xsrf = http.get("/_stcore/host-config").cookies.get("_streamlit_xsrf", "")
        sent = {"X-Xsrftoken": xsrf, "Origin": server.url}
        answer = http.put(address, files={"file": ("a.csv", os.urandom(64))}, headers=sent)
        assert answer.status_code == 401
        assert http.delete(address, headers=sent).status_code == 401


@pytest.mark.asvs("3.5.1", "5.2.1")
@pytest.mark.upload
def test_who_is_logged_in_can_upload(server):
    token = server.log_in("falun")
    with server.tab(token) as tab, server.http(token) as http:
        address = f"/_stcore/upload_file/{tab.run('konto').session_id}/file"
        xsrf = http.get("/_stcore/health").cookies["_streamlit_xsrf"]
        files = {"file": ("a.csv", b"a;b")}
        assert http.put(address, files=files).status_code == 403
        assert http.put(address, files=files, headers={"X-Xsrftoken": xsrf}).status_code == 204
        large = {"file": ("a.csv", bytes(11_000_000))}
        assert http.put(address, files=large, headers={"X-Xsrftoken": xsrf}).status_code == 413


@pytest.mark.asvs("8.2.2")
@pytest.mark.parametrize("path", ["/media/x.csv", "/media/", "/media", "/_stcore/upload_file/a/b"])
def test_f9_files_need_a_login(server, path):
    with server.http() as http:
        assert http.get(path).status_code == 401
    with server.http("påhittad".encode().hex()) as http:
        assert http.get(path).status_code == 401
    with server.http(server.log_in("falun")) as http:
        assert http.get(path).status_code != 401


@pytest.mark.asvs("13.4.5")
@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/agent", "/auth/login"]
)
def test_what_nobody_needs_is_closed(server, path):
    with server.http(server.log_in("admin")) as http:
        assert http.get(path).status_code == 404


# Every answer


@pytest.mark.asvs("3.4.2", "3.4.3", "3.4.4", "3.4.5", "3.4.6", "14.3.2", "14.2.2")
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/oversikt",
        "/finnsinte",
        "/_stcore/health",
        "/_stcore/host-config",
        "/_stcore/metrics",
        "/media/x",
        "/session/client.js",
        "/session/swedish.js",
        "/session/access.js",
        "/session/portal.css",
        "/session/logo",
        "/session/open",
        "/static/finnsinte.js",
        "//ond.example/",
    ],
)
def test_security_headers_stand_on_every_answer(server, path):
    with server.http() as http:
        answer = http.get(f"{server.url}{path}", headers={"Origin": "https://ond.example"})

    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'self' 'sha256-" in policy
    assert HEADERS.items() <= dict(answer.headers).items()
    assert "server" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers
    if not path.startswith("/static"):
        assert answer.headers["cache-control"] == "no-store"


def test_a_program_is_answered_by_its_token_alone_and_behind_the_same_walls(server):
    token = tokens.make(
        server.portal, FALUN, TokenWish(used_in=UsedIn.EXCEL, days=30, password=PASSWORD)
    ).secret
    opened = {"accept": "text/html"}
    with server.http(server.log_in("falun")) as http:
        by_cookie = http.get("/api/v1/clinics", headers=opened)
        by_token = http.get("/api/v1/clinics", headers={**opened, "authorization": f"Bearer {token}"})
        lost = http.get("/api/v1/finnsinte", headers=opened)

    assert [answer.status_code for answer in (by_cookie, by_token, lost)] == [401, 200, 404]
    assert [row["clinic"] for row in by_token.json()["rows"]] == ["falun"]
    assert lost.json()["message"] and by_cookie.json()["error_id"]
    for answer in (by_cookie, by_token, lost):
        assert answer.headers["cache-control"] == "private, no-cache"
        assert HEADERS.items() <= answer.headers.items()


def test_pages_are_swedish(server):
    with server.http() as http:
        page = http.get("/inlamningar", headers={"Accept-Encoding": "gzip", "If-None-Match": "*"}).text

    assert '<html lang="sv"' in page
    assert "<title>Vårdval BUP</title>" in page
    assert '<script src="/session/swedish.js" defer>' in page
    assert "openapi.json" not in page


def test_our_scripts_run_before_streamlits(server):
    """Deferred scripts run in their order: one that came after would miss a connection already open."""
    with server.http() as http:
        page = http.get("/inlamningar").text

    scripts = re.findall(r'<script [^>]*src="([^"]+)"', page)
    assert scripts[:2] == ["/session/swedish.js", "/session/access.js"]
    assert len(scripts) > 2


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/koer/2024", "/koer"),
        ("/koer/", "/koer"),
        ("/karta", "/mottagningar?visa=kommuner"),
        ("/%E5", "/"),  # not UTF-8: no browser decodes it
        ("/koer/%E5?manad=2024-10", "/"),
        ("/indikator/a/b/c?mottagning=mora", "/indikator?mottagning=mora"),
        ("//ond.example/", "/ond.example"),
        ("/%5Cond.example/x", "/%5Cond.example"),
    ],
)
def test_an_address_below_a_page_leads_to_the_page(server, path, page):
    with server.http() as http:
        answer = http.get(f"{server.url}{path}", headers={"Accept": "text/html"}, follow_redirects=False)
        for_scripts = http.get(f"{server.url}/koer/_stcore/health", headers={"Accept": "*/*"})

    assert for_scripts.status_code != 303
    assert (answer.status_code, answer.headers["location"]) == (303, page)


# A browser


@pytest.mark.asvs("14.2.1", "14.2.3")
@pytest.mark.browser
def test_login_reload_logout_and_the_old_cookie(server, chromium_browser):
    with chromium_browser.new_context(base_url=server.url, locale="sv-SE") as context:
        page = context.new_page()
        asked, complaints = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))

        page.goto("/konto")
        page.get_by_label("Användarnamn").fill("falun")
        page.get_by_label("Lösenord").fill(PASSWORD)
        page.get_by_role("button", name="Logga in").click()
        expect(page.get_by_role("heading", name=ACCOUNT)).to_be_visible(timeout=15_000)
        assert page.url == f"{server.url}/konto"
        assert page.evaluate("document.documentElement.lang") == "sv"
        expect(page).to_have_title("Mitt konto – Vårdval BUP")

        cookie = next(found for found in context.cookies() if found["name"] == COOKIE)
        assert cookie["httpOnly"]
        assert cookie["sameSite"] == "Strict"
        assert cookie["value"] not in page.evaluate("document.cookie")

        page.reload()
        page.get_by_role("button", name="Logga ut", exact=True).click()
        expect(page.get_by_label("Användarnamn")).to_be_visible(timeout=15_000)
        assert page.url == f"{server.url}/"
        assert COOKIE not in [found["name"] for found in context.cookies()]

        context.add_cookies([cookie])
        page.goto("/konto")
        expect(page.get_by_label("Användarnamn")).to_be_visible(timeout=15_000)

    assert not [url for url in asked if not url.startswith((server.url, "data:", "blob:"))]
    assert not [text for text in complaints if "Content Security Policy" in text]
    assert cookie["value"] not in json.dumps(asked)


# Where a login comes from


@pytest.mark.asvs("4.1.3")
@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # anybody can write that
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),  # the proxy's word
        ("10.0.0.2", "1.2.3.4, 198.51.100.1", "198.51.100.1"),  # what the client wrote stands before it
        ("10.0.0.2", "198.51.100.1, 10.0.0.3", "198.51.100.1"),
        ("10.0.0.2", None, ""),
        ("127.0.0.1", "198.51.100.1", ""),  # a proxy that was not named: nobody's address is known
    ],
)
def test_the_clients_address_is_the_peers_or_a_trusted_proxys_word(peer, forwarded, address):
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    scope = {"type": "websocket", "client": (peer, 1), "headers": headers}

    assert client_address(scope, Settings(trusted_proxies="10.0.0.2, 10.0.0.3")) == address


@pytest.mark.asvs("3.3.1", "3.3.2", "3.3.4")
def test_a_browser_is_known_again_by_a_cookie_that_scripts_cannot_read(server):
    ticket = login.begin(server.portal, "falun", PASSWORD)
    with server.http() as http:
        answer = http.post("/session/open", json={"ticket": ticket.secret}, headers={"origin": server.url})

    cookies = {cookie.partition("=")[0]: cookie for cookie in answer.headers.get_list("set-cookie")}
    assert set(cookies) == {"portal_session", "portal_device"}
    for cookie in cookies.values():
        assert "HttpOnly" in cookie
        assert "samesite=strict" in cookie.lower()
    assert "Max-Age=15552000" in cookies["portal_device"]
    assert "Max-Age" not in cookies["portal_session"]


def download_offered(run):
    return next(
        element.download_button.deferred_file_id
        for element in run.elements
        if element.WhichOneof("type") == "download_button" and element.download_button.deferred_file_id
    )


@pytest.mark.asvs("8.2.2", "8.3.1")
def test_f9_a_files_address_opens_nothing_for_another_user(server):
    tokens = {name: server.log_in(name) for name in ("falun", "mora")}
    with server.tab(tokens["falun"]) as own, server.tab(tokens["mora"]) as other:
        run, foreign_run = own.run("rapportera"), other.run("rapportera")
        file_id = download_offered(run)
        with pytest.raises(AssertionError):  # the id alone has nothing made
            ask_for_file(other, foreign_run.session_id, file_id)
        path = ask_for_file(own, run.session_id, file_id)
        answers = {}
        for name, token in tokens.items():
            with server.http(token) as http:
                answers[name] = http.get(path).status_code

    assert answers == {"falun": 200, "mora": 404}


@pytest.mark.upload
@pytest.mark.asvs("8.2.2", "5.2.1")
def test_nobody_puts_a_file_into_another_users_session(server):
    tokens = {name: server.log_in(name) for name in ("falun", "mora")}
    with server.tab(tokens["falun"]) as tab:
        address = f"/_stcore/upload_file/{tab.run('rapportera').session_id}/file"
        answers = {}
        for name, token in tokens.items():
            with server.http(token) as http:
                sent = {"X-Xsrftoken": http.get("/_stcore/health").cookies["_streamlit_xsrf"]}
                put = http.put(address, files={"file": ("a.csv", b"a;b")}, headers=sent)
                answers[name] = (http.delete(address, headers=sent).status_code, put.status_code)

    assert answers["mora"] == (404, 404)
    assert answers["falun"] == (204, 204)
