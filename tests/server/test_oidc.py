"""The region's own login, against a provider of the test: same account, same session, same walls."""

import httpx
import pytest
from playwright.sync_api import expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

import db.accounts.login_sessions
from db.engine import Database
from db.migrate import upgrade
from portal.bench.client import COOKIE
from portal.domain.accounts.access import EVERY_CLINIC
from portal.services.accounts import accounts
from portal.services.accounts.accounts import AccountDetails
from portal.services.context import Clock, Portal
from portal.settings import Settings, SettingsFault
from tests.conftest import PASSWORD, SYSTEM, TODAY, add_clinics, audit_actions, log_in
from tests.server import provider as providers
from tests.server.conftest import Server, start_server, stop_server


pytestmark = pytest.mark.security
BUTTON = "Logga in med regionens konto"
SECRET = "only for tests " * 3
LOGIN = ["Logga in"]


@pytest.fixture(scope="module")
def provider():
    with providers.serve() as running:
        yield running


@pytest.fixture(autouse=True)
def unspoilt(request):
    if "provider" in request.fixturenames:
        provider = request.getfixturevalue("provider")
        provider.person, provider.spoil = dict(providers.PERSON), ""


@pytest.fixture(scope="module")
def server(provider, tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('oidc') / 'portal.db'}"
    portal = Portal(database=Database(url), clock=Clock(TODAY))
    upgrade(portal.database)
    add_clinics(portal)
    add(portal, "falun", "clinic", "fia.falun@region.example", ["falun"])
    add(portal, "region", "region", "")
    process, address = start_server(
        url,
        PORTAL_SECRET_KEY=SECRET,
        PORTAL_OIDC_METADATA_URL=f"{provider.url}/.well-known/openid-configuration",
        PORTAL_OIDC_CLIENT_ID=providers.CLIENT_ID,
        PORTAL_OIDC_CLIENT_SECRET=providers.CLIENT_SECRET,
        PORTAL_OIDC_ACR="mfa",
        NO_PROXY="127.0.0.1",
    )
    yield Server(address, portal)
    stop_server(process)
    portal.database.engine.dispose()


def add(portal, username, role, email, clinics=()):
    accounts.add(
        portal,
        SYSTEM,
        AccountDetails(
            username=username,
            name=username.title(),
            role=role,
            clinics=clinics,
            password=PASSWORD,
            email=email,
        ),
    )


def press(server):
    """Press the button on the login page; returns the address it sends the browser to."""
    with server.tab() as tab:
        tab.run("")
        run = tab.run(press=BUTTON)
        for message in run.messages:
            if message.WhichOneof("type") == "auth_redirect":
                return message.auth_redirect.url
        for _ in range(20):
            message = ForwardMsg.FromString(tab.socket.recv(timeout=10, decode=False))
            if message.WhichOneof("type") == "auth_redirect":
                return message.auth_redirect.url
    raise AssertionError("the button sends nowhere")


def walk(server, http):
    """Go to the provider and back, as a browser would; returns the answer of the callback."""
    to_provider = http.get(press(server))
    assert to_provider.status_code == 302
    back = httpx.get(to_provider.headers["location"], trust_env=False)
    return http.get(back.headers["location"])


def set_cookies(answer):
    return {one.partition("=")[0]: one for one in answer.headers.get_list("set-cookie")}


@pytest.mark.asvs("6.3.4", "7.2.1", "7.2.4")
def test_whoever_the_provider_names_gets_the_accounts_own_session(server, provider):
    with server.http() as http:
        answer = walk(server, http)

        assert answer.headers["location"] == "/"
        sent = set_cookies(answer)
        assert "httponly" in sent[COOKIE].lower()
        assert "samesite=strict" in sent[COOKIE].lower()
        assert not [name for name in sent if name.startswith("_streamlit_user")]
        token = http.cookies[COOKIE]
    assert provider.asked[-1]["acr_values"] == "mfa"
    assert provider.asked[-1]["nonce"]
    with server.tab(token) as tab:
        run = tab.run("konto")
        assert run.holds("BUP Falun")
        assert tab.run("laget").headings == ["Du kan inte öppna den här sidan"]
    actors = [(actor, action) for actor, action, _ in audit_actions(server.portal)]
    assert ("falun", "login.identity") in actors
    assert ("falun", "login.opened") in actors


@pytest.mark.asvs("7.4.1")
def test_its_session_ends_as_every_other(server):
    with server.http() as http:
        walk(server, http)
        token = http.cookies[COOKIE]
        assert http.post("/session/close", headers={"Origin": server.url}).is_success

    with server.tab(token) as tab:
        assert tab.run("konto").headings == LOGIN


@pytest.mark.parametrize(
    ("person", "fault"),
    [
        ({"email": "okand@region.example"}, "account"),
        ({"email": ""}, "claim"),
        ({"email": ["fia.falun@region.example"]}, "claim"),
        ({"email_verified": False}, "unverified"),
        ({"email_verified": "true"}, "unverified"),
        ({"acr": "password"}, "acr"),
        ({"acr": None}, "acr"),
    ],
    ids=str,
)
@pytest.mark.asvs("6.3.4", "8.3.1")
def test_whoever_has_no_account_here_gets_nothing(server, provider, person, fault):
    provider.person.update(person)
    with server.http() as http:
        answer = walk(server, http)

        assert answer.headers["location"] == "/?besked=regionens-inloggning"
        assert COOKIE not in http.cookies
    with server.tab() as tab:
        assert tab.run("", query="besked=regionens-inloggning").holds("ledde inte till något konto här")
    with server.portal.database.reading(EVERY_CLINIC) as scoped:
        newest = db.audit.list_recent(scoped, limit=1)[0]
    assert (newest.actor, newest.action, newest.outcome) == ("okänd", "login.identity_refused", "refused")
    assert fault in newest.details
    assert "region.example" not in repr(newest)


def test_a_shut_out_account_stays_out(server):
    accounts.set_active(server.portal, SYSTEM, "falun", is_active=False)
    with server.http() as http:
        walk(server, http)
        assert COOKIE not in http.cookies
    accounts.set_active(server.portal, SYSTEM, "falun", is_active=True)


@pytest.mark.asvs("9.1.1", "9.1.2", "9.2.1")
@pytest.mark.parametrize("spoil", ["key", "alg", "issuer", "audience", "expired", "nonce"])
def test_a_token_that_is_not_right_opens_nothing(server, provider, spoil):
    provider.spoil = spoil
    with server.http() as http:
        answer = walk(server, http)

        assert answer.status_code == 302
        assert COOKIE not in http.cookies
        assert "_streamlit_user" not in http.cookies
        assert "Traceback" not in answer.text


@pytest.mark.asvs("3.5.1")
def test_a_code_from_elsewhere_or_used_before_opens_nothing(server):
    with server.http() as http:
        to_provider = http.get(press(server))
        back = httpx.get(to_provider.headers["location"], trust_env=False).headers["location"]
        with server.http() as stranger:  # whose browser never asked for it
            stranger.get(back)
            assert COOKIE not in stranger.cookies
        http.get(back)
        assert COOKIE in http.cookies
        http.cookies.delete(COOKIE)
        http.get(back)
        assert COOKIE not in http.cookies


@pytest.mark.asvs("9.1.1", "4.1.3")
def test_streamlits_own_cookie_opens_nothing_even_when_rightly_signed(server):
    _, sid = log_in(server.portal, "region")
    claims = f'{{"sid": "{sid}", "username": "region", "is_logged_in": true, "origin": "{server.url}"}}'
    signed = create_signed_value(SECRET, "_streamlit_user", claims).decode()
    with server.http() as http:
        xsrf = http.get("/_stcore/health").cookies["_streamlit_xsrf"]
    cookie = f"_streamlit_xsrf={xsrf}; _streamlit_user={signed}"

    with server.tab(headers={"Cookie": cookie}) as tab:
        run = tab.run("konto")

    assert run.headings == LOGIN
    assert not run.holds("Användarnamn: region")
    with server.http() as http:
        assert http.get("/media/x", headers={"Cookie": cookie}).status_code == 401


def test_streamlits_logout_stays_closed(server):
    with server.http() as http:
        assert http.get("/auth/logout").status_code == 404


@pytest.mark.asvs("6.3.2")
@pytest.mark.parametrize("missing", ["oidc_client_id", "oidc_client_secret", "oidc_claim"])
def test_half_a_set_up_is_refused(missing):
    given = {
        "secret_key": "x" * 40,
        "oidc_metadata_url": "https://id.example.se/.well-known/openid-configuration",
        "oidc_client_id": "a",
        "oidc_client_secret": "b",
        "oidc_claim": "email",
    }
    Settings(**given).check_production()

    with pytest.raises(SettingsFault, match=f"PORTAL_{missing.upper()}"):
        Settings(**{**given, missing: ""}).check_production()
    with pytest.raises(SettingsFault, match="https"):
        Settings(**{**given, "oidc_metadata_url": "http://id.example.se/x"}).check_production()


def test_without_a_provider_there_is_no_button_and_no_door(falun_user, pages):
    assert Settings().uses_oidc is False
    assert not pages.identity_provider


@pytest.mark.browser
@pytest.mark.asvs("14.2.1")
def test_one_click_in_a_browser(server, chromium_browser):
    """The cookie is SameSite=Strict and is set on the way back from another site: the page has it anyway."""
    with chromium_browser.new_context(base_url=server.url, locale="sv-SE") as context:
        page = context.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto("/")
        page.get_by_role("button", name=BUTTON).click()

        expect(page.get_by_role("button", name="Logga ut").first).to_be_visible(timeout=15_000)

        names = {cookie["name"]: cookie["value"] for cookie in context.cookies(server.url)}
        assert not [name for name in names if name.startswith("_streamlit_user")]
        page.wait_for_url(f"{server.url}/oversikt")  # the start page sends on to the role's own
        assert names[COOKIE] not in "".join(asked)
