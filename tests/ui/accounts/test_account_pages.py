"""Välkommen, the demanded second factor, Mitt konto and Konton, as AppTest sees them."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from streamlit.testing.v1 import AppTest

from portal.domain.accounts.access import Role
from portal.services.accounts import (
    accounts,
    addresses,
    invitations,
    login,
    login_sessions,
    second_factor,
    sheet_letters,
)
from portal.services.accounts.accounts import AccountDetails
from portal.services.accounts.login import Ticket
from portal.ui.base.context import give_portal
from tests.conftest import PASSWORD, SYSTEM, add_account, audit_actions, log_in
from tests.services.letters.smtp import Inbox, serve
from tests.ui.login.test_login import APP, labels, open_app, page_file


pytestmark = pytest.mark.security
NEW = "nio gula paraplyer i regn"


@pytest.fixture
def strict(portal):
    strict = replace(portal, region_needs_second_factor=True)
    give_portal(strict)
    return strict


def open_link(portal, username):
    """Open the page behind a new invitation."""
    invitation = invitations.invite(portal, SYSTEM, username)
    app = AppTest.from_file(APP, default_timeout=20)
    app.user = {}
    app.run()
    app.query_params["kod"] = parse_qs(urlsplit(invitation.url).query)["kod"][0]
    return app.switch_page(page_file("welcome")).run()


def key_of(app):
    """Return the secret that the page shows for typing in."""
    return next(code.value for code in app.code if re.fullmatch(r"[A-Z2-7 ]+", code.value)).replace(" ", "")


def button(app, label):
    return next(button for button in app.button if button.label == label)


def test_an_invitation_leads_to_a_password_and_leaves_the_address(pages):
    accounts.add(pages, SYSTEM, AccountDetails(username="ny", name="Ny", role="clinic", clinics=["mora"]))
    app = open_link(pages, "ny")
    assert app.title[0].value == "Välkommen"
    assert "kod" not in app.query_params

    first, second = [field for field in app.text_input if "ösenord" in field.label]
    first.set_value(NEW)
    second.set_value("något annat")
    button(app, "Spara").click().run()
    assert (
        "[De två lösenorden är inte lika. Skriv samma i båda rutorna.](#st-key-welcome-again)"
        in app.error[0].value
    )

    first, second = [field for field in app.text_input if "ösenord" in field.label]
    first.set_value(NEW)
    second.set_value(NEW)
    button(app, "Spara").click().run()
    assert app.title[0].value == "Klart"
    assert isinstance(login.begin(pages, "ny", NEW), Ticket)


def test_a_region_account_sets_its_second_factor_on_the_way_in(strict):
    accounts.add(strict, SYSTEM, AccountDetails(username="ny", name="Ny", role="region"))
    app = open_link(strict, "ny")
    assert [field.proto.autocomplete for field in app.text_input] == [
        *("username", "new-password", "new-password", "one-time-code")
    ]

    for field in app.text_input:
        if "ösenord" in field.label:
            field.set_value("räv9bryr")
    app.text_input[3].set_value(pyotp.TOTP(key_of(app)).now())
    button(app, "Spara").click().run()

    assert app.title[0].value == "Klart"
    assert len(app.code[0].value.split()) == 10
    of_region = [account for account in accounts.list_all(strict, SYSTEM) if account.role != "clinic"]
    assert of_region
    assert all(account.has_second_factor for account in of_region if account.is_active)


@pytest.mark.parametrize("code", ["påhittad", "", "x" * 500])
def test_a_link_that_is_none_says_how_to_get_one(pages, code):
    app = AppTest.from_file(APP, default_timeout=20)
    app.user = {}
    app.run()
    if code:
        app.query_params["kod"] = code
    app.switch_page(page_file("welcome")).run()

    assert app.title[0].value == ("Länken går inte att använda" if code else "Glömt lösenordet?")
    assert "Skicka en länk" in labels(app.button)
    app.text_input[0].set_value("falun")
    button(app, "Skicka en länk").click().run()
    assert "Be regionens administratör" in app.info[0].value


@pytest.mark.asvs("6.3.3")
@pytest.mark.parametrize("page", ["status", "account", "start"])
def test_no_page_opens_before_the_demanded_second_factor_is_set(strict, page):
    add_account(strict, "rut", role="region")
    app = open_app(strict, "rut", page)
    assert [title.value for title in app.title] == ["Sätt på din andra faktor"]
    assert app.sidebar.button == [] or not labels(app.sidebar.button)

    app.text_input[0].set_value("000000")
    button(app, "Sätt på").click().run()
    assert "[Koden stämmer inte." in app.error[0].value
    assert "(#st-key-second-factor-code)" in app.error[0].value  # the box is marked

    app.text_input[0].set_value(pyotp.TOTP(key_of(app)).now())
    button(app, "Sätt på").click().run()
    assert "Spara reservkoderna nu" in app.warning[0].value
    button(app, "Jag har sparat reservkoderna").click().run()
    assert app.title[0].value not in ("Sätt på din andra faktor", "Dina reservkoder")


def test_a_clinic_sets_a_second_factor_on_its_own_page(pages, falun_user):
    app = open_app(pages, "falun", "account")
    field = next(field for field in app.text_input if field.label == "Kod ur appen")
    field.set_value(pyotp.TOTP(key_of(app)).now())

    button(app, "Sätt på").click().run()

    assert second_factor.is_set(pages, falun_user)
    assert len(app.code[0].value.split()) == 10
    button(app, "Jag har sparat reservkoderna").click().run()
    assert app.title[0].value == "Mitt konto"
    assert not any(len(code.value.split()) == 10 for code in app.code)


def test_another_login_is_ended_from_ones_own_page(pages, falun_user):
    _, elsewhere = log_in(pages, "falun")
    app = open_app(pages, "falun", "account")

    next(button for button in app.button if button.label.startswith("Avsluta nr")).click().run()

    assert login_sessions.current_user(pages, elsewhere) is None
    assert app.title[0].value == "Mitt konto"


# Konton


def picked(app, username):
    app.selectbox[0].set_value(username).run()
    return app


def test_the_administrator_invites_somebody_and_has_the_link_until_the_page_is_left(pages, admin_user):
    app = open_app(pages, "admin", "accounts")
    values = {"Användarnamn för den nya": "ny.person", "Namn": "Ny Person", "E-postadress": "ny@example.org"}
    for field in app.text_input:
        if field.label in values:
            field.set_value(values[field.label])
    app.multiselect[-1].set_value(["mora"])
    button(app, "Lägg till och gör en inbjudan").click().run()

    (url,) = [code.value for code in app.code]
    secret = parse_qs(urlsplit(url).query)["kod"][0]
    assert invitations.find(pages, secret).username == "ny.person"
    assert any("✉ Inbjuden" in element.proto.body for element in app.get("html"))
    app.switch_page(page_file("start")).run().switch_page(page_file("accounts")).run()
    assert not app.code


def test_what_is_wrong_with_a_new_account_is_marked_at_its_box(pages, admin_user):
    app = open_app(pages, "admin", "accounts")
    next(field for field in app.text_input if field.label == "Användarnamn för den nya").set_value(
        "Ny Person"
    )
    button(app, "Lägg till och gör en inbjudan").click().run()

    assert re.search(
        r"\[Användarnamnet skrivs med små bokstäver.*\]\(#st-key-new-account[^)]*-username\)",
        app.error[0].value,
    )


def test_a_wrong_password_of_ones_own_is_marked_at_its_box(pages, falun_user):
    app = open_app(pages, "falun", "account")
    for label, text in (("Nuvarande lösenord", "fel"), ("Nytt lösenord", "fyra helt vanliga ord")):
        next(field for field in app.text_input if field.label == label).set_value(text)
    button(app, "Byt lösenord").click().run()

    assert "[Det nuvarande lösenordet stämmer inte.](#st-key-password-current)" in app.error[0].value


def test_clinics_are_asked_for_only_of_a_role_that_has_them(pages, admin_user):
    app = open_app(pages, "admin", "accounts")
    assert [box.label for box in app.multiselect] == ["Mottagningar"]

    app.selectbox[-1].set_value(Role.REGION).run()

    assert not app.multiselect


def test_a_fault_is_said_and_nothing_is_changed(pages, admin_user):
    app = picked(open_app(pages, "admin", "accounts"), "admin")

    button(app, "Stäng kontot").click().run()

    assert "sista administratören" in app.error[0].value
    assert accounts.find_user(pages, "admin") == admin_user


def test_the_administrator_shuts_out_changes_and_makes_links(pages, admin_user, falun_user):
    app = picked(open_app(pages, "admin", "accounts"), "falun")
    app.selectbox[1].set_value(Role.CLINIC)
    app.multiselect[0].set_value(["falun", "mora"])
    button(app, "Spara ändringarna").click().run()
    assert accounts.find_user(pages, "falun").clinics == ("falun", "mora")

    button(app, "Gör en länk till nytt lösenord").click().run()
    assert app.code[0].value.startswith("http://localhost:8501/valkommen?kod=")
    assert login.begin(pages, "falun", PASSWORD) is None

    button(app, "Stäng kontot").click().run()
    assert accounts.find_user(pages, "falun") is None
    button(app, "Öppna kontot").click().run()
    assert accounts.find_user(pages, "falun")


def test_a_second_factor_can_be_asked_of_the_clinics(pages, admin_user, falun_user):
    app = open_app(pages, "admin", "accounts")

    app.toggle[0].set_value(True).run()

    assert second_factor.clinics_need_it(pages, admin_user)
    assert ("admin", "setting.clinics_second_factor", "yes") in audit_actions(pages)


def test_nobody_else_opens_the_page(pages, region_user, falun_user):
    for username in ("region", "falun"):
        app = open_app(pages, username, "accounts")
        assert app.title[0].value == "Du kan inte öppna den här sidan"


def test_letters_about_month_sheets_are_turned_off_with_one_click_and_on_again(pages, falun_user):
    app = open_app(pages, "falun", "account")
    for are_wanted, outcome in ((False, "kommer inte längre"), (True, "kommer")):
        (box,) = [box for box in app.checkbox if box.label == "Brev när ett månadsblad finns"]
        box.set_value(are_wanted).run()

        assert sheet_letters.are_wanted(pages, falun_user) is are_wanted
        assert app.success[0].value == f"Brev om månadsblad {outcome}."


def test_what_was_chosen_about_letters_in_another_window_stands_in_this_one(pages, falun_user):
    app = open_app(pages, "falun", "account")
    sheet_letters.choose(pages, falun_user, are_wanted=False)

    app.run()

    (box,) = [box for box in app.checkbox if box.label == "Brev när ett månadsblad finns"]
    assert box.value is False
    box.check().run()
    assert sheet_letters.are_wanted(pages, falun_user)


# One's own address


def test_a_new_address_of_ones_own_counts_after_its_link_and_a_click(pages, falun_user):
    with serve(Inbox()) as inbox:
        give_portal(replace(pages, smtp_url=inbox.url))
        app = open_app(pages, "falun", "account")
        fields = {"E-postadress": "fia@example.org", "Ditt lösenord": PASSWORD}
        for field in app.text_input:
            if field.label in fields:
                field.set_value(fields[field.label])
        button(app, "Byt adress").click().run()
        assert app.success[0].value == (
            "Ett brev är på väg till fia@example.org. Öppna länken i det inom 72 timmar."
        )
        assert addresses.own(pages, falun_user).email == ""

        url = next(line for line in inbox.mails[0].get_content().splitlines() if "?kod=" in line)
        app = AppTest.from_file(APP, default_timeout=20)
        app.user = {}
        app.run()
        app.query_params["kod"] = parse_qs(urlsplit(url).query)["kod"][0]
        app.switch_page(page_file("welcome")).run()
        assert app.title[0].value == "Bekräfta din e-postadress"
        assert addresses.own(pages, falun_user).email == ""  # a program that opens links confirms nothing
        button(app, "Bekräfta").click().run()

    assert [app.title[0].value, app.success[0].value] == ["Klart", "E-postadressen gäller från och med nu."]
    assert addresses.own(pages, falun_user).email == "fia@example.org"
