"""Sätt upp portalen: what is wrong stands with its cell, what was shown is what is stored, and who waits is invited."""

from dataclasses import replace

from portal.domain.accounts.access import OPERATOR
from portal.services.administration import clinic_register
from portal.ui.base.context import give_portal
from tests.services.letters.smtp import Inbox, serve
from tests.uploads.setup.books import book, svg


SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ORSA = ["orsa", "BUP Orsa", "Orsa", "offentlig", "Region Dalarna", None]
OLLE = ["olle", "Olle Orsa", "mottagning", "orsa", "olle@orsa.example"]
ODA = ["oda", "Oda Orsa", "mottagning", "orsa", None]


def chosen(page, **filled):
    sheets = {"Mottagningar": [ORSA], "Konton": [OLLE, ODA]} | filled
    page.app.file_uploader[0].set_value([("bok.xlsx", book(sheets), SHEET)]).run()
    assert not page.app.exception
    return page


def names(portal):
    return [clinic.name for clinic in clinic_register.list_clinics(portal, OPERATOR)]


def test_what_is_wrong_stands_with_its_sheet_and_cell_and_nothing_can_be_saved(open_page, own_demo):
    page = chosen(open_page("admin", "setup"), Konton=[OLLE[:3] + ["orsa, gruva", None]])

    assert "1 fel i boken. Inget är sparat." in page.text
    assert page.html.xpath("//tr[contains(., 'D2') and contains(., 'Konton') and contains(., 'gruva')]")
    assert not [label for label in page.buttons() if label.startswith("Spara")]
    assert "BUP Orsa" not in names(own_demo)


def test_what_was_shown_is_stored_and_the_same_book_again_changes_nothing(open_page, own_demo):
    page = chosen(open_page("admin", "setup"))
    assert "3 rader ändrar något:" in page.text
    assert "1 i Mottagningar och 2 i Konton" in page.text
    assert "BUP Orsa" not in names(own_demo)

    page.press("Spara 3 rader")

    assert "Sparat: 3 rader ur boken." in page.text
    assert "BUP Orsa" in names(own_demo)
    assert "Allt i boken är redan infört." in chosen(page).text


def test_a_book_that_would_do_something_else_by_now_is_shown_anew(open_page, own_demo):
    page = chosen(open_page("admin", "setup"))
    changes = clinic_register.ClinicChanges(name="Kiron Hedemora")
    clinic_register.change(own_demo, OPERATOR, changes, code="hedemora-kiron", reason="Nytt namn")
    page.press("Spara 3 rader")
    assert "Sparat: 3 rader ur boken." in page.text  # a change elsewhere is none of the book's

    page = chosen(open_page("admin", "setup"), Mottagningar=[[*ORSA[:1], "Orsa BUP", *ORSA[2:]]])
    clinic_register.change(
        own_demo, OPERATOR, clinic_register.ClinicChanges(name="BUP i Orsa"), code="orsa", reason="Nytt namn"
    )
    page.press("Spara 1 rad")
    assert "något ändrades i portalen" in page.text
    assert "BUP i Orsa" in names(own_demo)


def test_who_waits_is_invited_by_mail_or_by_hand(open_page, own_demo):
    page = chosen(open_page("admin", "setup")).press("Spara 3 rader")
    assert "2 konton väntar på sin inbjudan." in page.text
    assert "Portalen skickar ingen e-post här" in page.text

    give_portal(replace(own_demo, smtp_url="smtp://127.0.0.1:9?from=portal@example.org"))
    page.app.run()
    page.press("Skicka 1 inbjudan med e-post")
    assert "0 inbjudningar är skickade. Portalen når inte e-posten just nu" in page.text
    assert "2 konton väntar på sin inbjudan." in page.text

    with serve(Inbox()) as mail:
        give_portal(replace(own_demo, smtp_url=mail.url))
        page.app.run()
        assert "1 konto har ingen adress" in page.text
        page.press("Skicka 1 inbjudan med e-post")

    assert "1 inbjudan är skickad." in page.text
    assert [letter["To"] for letter in mail.mails] == ["olle@orsa.example"]
    assert "1 konto väntar på sin inbjudan." in page.text


def test_a_logo_is_shown_and_can_be_taken_away_again(open_page, own_demo):
    page = open_page("admin", "setup")
    page.app.file_uploader[2].set_value([("logga.svg", svg(), "image/svg+xml")]).run()
    page.press("Spara logotypen")

    assert "Logotypen är sparad." in page.text
    (address,) = page.html.xpath("//img[@alt='Region Dalarna']/@src")
    assert address == f"/session/logo?{own_demo.region.logo.sha256}"

    page.press("Ta bort logotypen")

    assert own_demo.region.logo is None
    assert not page.html.xpath("//img")


def test_the_regions_other_users_are_refused(open_page):
    assert "Du kan inte öppna den här sidan" in open_page("region", "setup").text
