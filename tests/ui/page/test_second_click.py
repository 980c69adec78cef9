"""A second click that comes before the first is answered loses nothing of what the first did, and does it once.

Streamlit ends the first click's run at the next touch of the session, and runs the page again with the same press.
"""

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

from portal.domain.accounts.access import OPERATOR
from portal.domain.accounts.tokens import PREFIX
from portal.domain.registry.months import Month
from portal.services.accounts import addresses, changing, invitations, login, second_factor, tokens
from portal.services.reporting import history
from portal.services.review import reviews
from portal.ui.base.context import give_portal
from tests.conftest import PASSWORD, add_account
from tests.services.region import send
from tests.ui.login.test_login import SECRET, open_app, page_file, scripts
from tests.ui.login.test_login import send as send_login


JANUARY = Month(2025, 1)


@pytest.fixture
def press_twice(monkeypatch):
    """Return a function that presses a button, and once more as the service is about to answer."""

    def press_twice(app, label, service, name):
        serve, presses = getattr(service, name), []

        def serve_and_press(*args, **kwargs):
            outcome = serve(*args, **kwargs)
            presses.append(name)
            if len(presses) == 1:
                run = get_script_run_ctx()
                again = RerunData(widget_states=states, page_script_hash=run.page_script_hash)
                run.script_requests.request_rerun(again)
            return outcome

        next(button for button in app.button if button.label == label).click()
        states = app._tree.get_widget_states()
        monkeypatch.setattr(service, name, serve_and_press)
        app.run()
        assert presses == [name]
        assert not app.exception

    return press_twice


def fill(app, **texts):
    boxes = {field.label: field for field in app.text_input}
    for label, text in texts.items():
        boxes[label.replace("_", " ")].set_value(text)


def link_in(app):
    (url,) = [code.value for code in app.code]
    return parse_qs(urlsplit(url).query)["kod"][0]


def codes_in(app):
    return next(code.value.split() for code in app.code if len(code.value.split()) == 10)


def code_of(app):
    secret = next(code.value for code in app.code if re.fullmatch(r"[A-Z2-7 ]+", code.value))
    return pyotp.TOTP(secret.replace(" ", "")).now()


def test_a_new_accounts_link_stands_there_and_the_account_is_added_once(pages, admin_user, press_twice):
    app = open_app(pages, "admin", "accounts")
    fill(app, Användarnamn_för_den_nya="ny.person", Namn="Ny Person")
    app.multiselect[-1].set_value(["mora"])

    press_twice(app, "Lägg till och gör en inbjudan", invitations, "add")

    assert invitations.find(pages, link_in(app)).username == "ny.person"
    assert not app.error
    app.run()
    assert link_in(app)


def test_the_link_shown_is_the_one_that_counts(pages, admin_user, falun_user, press_twice):
    app = open_app(pages, "admin", "accounts")
    app.selectbox[0].set_value("falun").run()

    press_twice(app, "Gör en länk till nytt lösenord", invitations, "reset_password")

    assert invitations.find(pages, link_in(app)).username == "falun"


def test_an_accounts_changes_are_saved_once_and_said(pages, admin_user, falun_user, press_twice):
    app = open_app(pages, "admin", "accounts")
    app.selectbox[0].set_value("falun").run()
    app.multiselect[0].set_value(["falun", "mora"])

    press_twice(app, "Spara ändringarna", changing, "change")

    assert app.success[0].value == "Ändringarna är sparade."


def test_new_recovery_codes_stand_until_somebody_has_kept_them(pages, press_twice):
    add_account(pages, "falun", role="clinic", clinics=["falun"], totp_secret=SECRET)
    app = open_app(pages, "falun", "account")
    password = [field for field in app.text_input if field.label == "Ditt lösenord"]
    for field in password:
        field.set_value(PASSWORD)

    press_twice(app, "Gör det", second_factor, "renew_codes")

    codes = codes_in(app)
    app.switch_page(page_file("overview")).run()
    assert codes_in(app) == codes
    assert login_works(pages, codes[0])
    next(button for button in app.button if button.label == "Jag har sparat reservkoderna").click().run()
    assert not [code for code in app.code if len(code.value.split()) == 10]


def login_works(portal, code):
    return isinstance(login.begin(portal, "falun", PASSWORD, code), login.Ticket)


@pytest.mark.parametrize("page", ["account", "status"])
def test_the_codes_of_a_new_second_factor_are_shown(portal, page, press_twice):
    is_demanded = page == "status"
    strict = replace(portal, region_needs_second_factor=is_demanded)
    give_portal(strict)
    add_account(strict, "falun", role="region")
    app = open_app(strict, "falun", page)
    fill(app, Kod_ur_appen=code_of(app))

    press_twice(app, "Sätt på", second_factor, "enrol")

    assert login_works(strict, codes_in(app)[0])


def test_a_code_is_spent_by_one_login_and_opens_it(pages, press_twice):
    add_account(pages, "falun", role="clinic", clinics=["falun"], totp_secret=SECRET)
    app = send_login(open_app(), "falun", PASSWORD)
    fill(app, Lösenord=PASSWORD, Engångskod=pyotp.TOTP(SECRET).now())

    press_twice(app, "Logga in", login, "begin")

    assert not app.error
    assert login.open_session(pages, scripts(app).split('"')[1])


def test_a_new_token_stands_until_it_is_kept_and_is_the_one_that_holds(pages, falun_user, press_twice):
    app = open_app(pages, "falun", "account")
    for field in app.text_input:
        if field.label == "Ditt lösenord":
            field.set_value(PASSWORD)

    press_twice(app, "Gör en nyckel", tokens, "make")

    (secret,) = [code.value for code in app.code if code.value.startswith(PREFIX)]
    assert tokens.holder(pages, secret).user == falun_user
    assert len(tokens.list_own(pages, falun_user)) == 1
    app.switch_page(page_file("overview")).run()
    app.switch_page(page_file("account")).run()
    assert secret in [code.value for code in app.code]


def test_an_address_is_asked_for_once(pages, falun_user, press_twice):
    addresses.set_email(pages, OPERATOR, "falun", "fia@example.org")
    app = open_app(pages, "falun", "account")
    for field in app.text_input:
        if field.label in ("E-postadress", "Ditt lösenord"):
            field.set_value(PASSWORD if "lösen" in field.label else "")

    press_twice(app, "Byt adress", addresses, "change_own")

    assert [message.value for message in app.success] == ["E-postadressen är borttagen."]
    assert not app.error


def test_history_is_read_in_once_and_its_summary_stands(pages, region_user, press_twice):
    send(pages, month=JANUARY)
    app = open_app(pages, "region", "history")
    content = "mottagning;period;mått;värde\nfalun;2025-01;care_plans;5\n".encode()
    app.file_uploader[0].set_value([("uttag.csv", content, "text/csv")]).run()

    press_twice(app, "Läs in 1 månad", history, "run")

    assert app.success[0].value.startswith("1 månad inläst: 0 nya och 1 ändrade värden.")
    assert not app.error
    versions = [case.version for case in reviews.list_of_clinic(pages, OPERATOR, clinic="falun")]
    assert sorted(versions) == [1, 2]
