"""The login and the pages' guards, as AppTest sees them."""

from pathlib import Path

import pyotp
import pytest
from streamlit.testing.v1 import AppTest

from portal.services.accounts import accounts, login, login_sessions
from portal.settings import ROOT
from portal.ui.login import login_view
from portal.ui.page.navigation import PAGES, page_path
from tests.conftest import PASSWORD, add_account, audit_actions, log_in
from tests.test_architecture import FOR_EVERYBODY


APP = str(ROOT / "portal" / "ui" / "app.py")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
GUARDED = sorted({Path(page.file).stem for page in PAGES} - FOR_EVERYBODY)
FOR_REGION = ["status", "month", "review", "clinics", "contract"]


def page_file(name):
    return str(page_path(name))


def open_app(portal=None, username=None, page=None):
    """Open the entry script, logged in as username if given."""
    app = AppTest.from_file(APP, default_timeout=20)
    app.user = {"username": username, "sid": log_in(portal, username)[1]} if username else {}
    app.run()
    return app.switch_page(page_file(page)).run() if page else app


def labels(elements):
    return [element.label for element in elements]


def scripts(app):
    """What the page handed the browser, the styles apart."""
    bodies = [element.proto.body for element in app.get("html")]
    return "".join(body for body in bodies if "<style>" not in body)


def send(app, username, password):
    app.text_input(key=login_view.USERNAME).set_value(username)
    app.text_input(key=login_view.PASSWORD).set_value(password)
    return app.button[0].click().run()


def test_the_form_has_the_contracts_labels(pages):
    app = open_app()

    assert labels(app.text_input) == ["Användarnamn", "Lösenord"]
    assert labels(app.button) == ["Logga in"]
    assert [field.proto.autocomplete for field in app.text_input] == ["username", "current-password"]


@pytest.mark.asvs("6.3.8", "6.4.2")
@pytest.mark.parametrize(("username", "password"), [("falun", "fel"), ("finnsinte", PASSWORD), ("", "")])
def test_a_wrong_login_says_one_neutral_sentence(pages, falun_user, username, password):
    app = send(open_app(), username, password)

    assert [error.value for error in app.error] == ["Fel användarnamn, lösenord eller kod."]
    assert not app.exception


def test_a_right_login_hands_the_browser_a_ticket(pages, falun_user):
    app = send(open_app(), "falun", PASSWORD)

    body = scripts(app)
    assert "/session/client.js" in body
    assert login.open_session(pages, body.split('"')[1])


def test_the_second_step_asks_for_the_code(pages):
    add_account(pages, "ada", role="admin", totp_secret=SECRET)

    app = send(open_app(), "ada", PASSWORD)
    assert labels(app.text_input) == ["Användarnamn", "Lösenord", "Engångskod"]
    assert not app.error

    app.text_input(key=login_view.CODE).set_value(pyotp.TOTP(SECRET).now())
    app.button[0].click().run()
    assert "data-portal-ticket" in scripts(app)


@pytest.mark.asvs("8.2.1", "8.3.1")
@pytest.mark.security
@pytest.mark.parametrize("page", GUARDED)
def test_every_page_shows_the_login_to_strangers(pages, page):
    app = open_app(page=page)

    assert app.title[0].value == "Logga in"
    assert len(app.title) == 1


@pytest.mark.asvs("8.2.1")
@pytest.mark.security
@pytest.mark.parametrize("page", GUARDED)
def test_a_page_file_run_alone_still_guards_itself(pages, page):
    app = AppTest.from_file(page_file(page), default_timeout=20)
    app.user = {"username": "region", "sid": "påhittad"}
    app.run()

    assert [title.value for title in app.title] == ["Logga in"]


@pytest.mark.asvs("8.2.1", "16.3.2")
@pytest.mark.security
@pytest.mark.parametrize("page", FOR_REGION)
def test_a_clinic_is_refused_the_regions_pages_and_that_is_noted(pages, falun_user, page):
    app = open_app(pages, "falun", page)
    app.run()

    assert [title.value for title in app.title] == ["Du kan inte öppna den här sidan"]
    assert app.info[0].value == "Sidan är till för regionen."
    refusals = [event for event in audit_actions(pages) if event[1] == "page.refused"]
    path = next(page_entry.url_path for page_entry in PAGES if page_entry.file == f"{page}.py")
    assert refusals == [("falun", "page.refused", f"/{path}")]


@pytest.mark.asvs("7.4.4")
def test_the_sidebar_says_who_and_offers_log_out(pages, falun_user):
    app = open_app(pages, "falun", "account")

    assert "Fia Falun" in app.sidebar.markdown[0].value
    assert "Logga ut" in labels(app.sidebar.button)


@pytest.mark.security
def test_log_out_ends_the_session_before_anything_else(pages, falun_user):
    app = open_app(pages, "falun", "account")
    sid = app.user["sid"]

    next(button for button in app.sidebar.button if button.label == "Logga ut").click().run()

    assert login_sessions.current_user(pages, sid) is None
    assert app.title[0].value == "Du är utloggad"
    assert "data-portal-close" in scripts(app)


@pytest.mark.asvs("7.4.2", "8.3.2")
@pytest.mark.security
def test_an_open_page_ends_when_the_account_is_shut_out(pages, falun_user, admin_user):
    app = open_app(pages, "falun", "account")

    accounts.set_active(pages, admin_user, "falun", is_active=False)
    app.run()

    assert [title.value for title in app.title] == ["Logga in"]


def test_who_has_several_clinics_chooses_one(pages):
    add_account(pages, "tva", role="clinic", clinics=["falun", "mora"])
    app = open_app(pages, "tva", "account")

    assert app.sidebar.selectbox[0].label == "Mottagning"
    assert app.sidebar.selectbox[0].options == ["BUP Falun", "BUP Mora"]
    app.sidebar.selectbox[0].select("mora").run()
    assert app.session_state["portal.clinic"] == "mora"


@pytest.mark.asvs("8.2.2", "3.5.3")
@pytest.mark.security
def test_the_address_cannot_choose_a_clinic_outside_the_scope(pages):
    add_account(pages, "tva", role="clinic", clinics=["falun", "mora"])
    app = open_app(pages, "tva", "account")

    app.query_params["mottagning"] = "ludvika"
    app.run()

    assert "Du har inte tillgång till den mottagningen." in [info.value for info in app.info]
