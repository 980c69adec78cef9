"""Administration: the administrator changes, the rest of the region reads, a clinic is refused."""

import pytest

from portal.domain.accounts.access import RegionUser
from portal.domain.registry.months import Month
from portal.services.administration import clinic_register, targets


ADMIN = RegionUser("admin", "Administratör", is_administrator=True)


def fill(page, label, text, place=-1):
    [box for box in page.app.text_input if box.label == label][place].set_value(text)
    return page


def pick(page, label, value):
    """Choose in a form: nothing is sent before its button is pressed."""
    next(box for box in page.app.selectbox if box.label == label).set_value(value)


def test_the_register_targets_and_days_are_there_to_read(open_page):
    page = open_page("region", "administration")

    for words in (
        "Kiron Care BUP Hedemora",
        "● öppen",
        "november 2023",
        "privat",
        "minst 1 gång per år",
    ):
        assert words in page.text
    assert "Mottagningarnas sista dag är den **15:e**" in page.text
    assert "Regionens administratör ändrar" in page.text
    assert not {"Stäng", "Ändra uppgifter", "Sätt målet", "Spara dagarna"} & set(page.buttons())
    assert "Skriv in brottet" in page.buttons()
    assert "Förläng" in page.unfold("extend").buttons()


def test_a_clinic_is_closed_and_stays_in_the_register(open_page, own_demo):
    page = open_page("admin", "administration")

    page.choose("Vad vill du göra?", "Stäng")
    page.choose("Mottagning", "mora")
    page.press("Stäng")
    assert "Skriv varför" in page.text  # before it asks
    pick(page, "Sista månad den är öppen", "2024-12")
    pick(page, "Skäl", "bankruptcy")
    fill(page, "Varför?", "Gick i konkurs i december", place=0)
    page.press("Stäng")
    assert "BUP Mora rapporterar till och med december 2024, inget därefter." in page.text
    page.confirm("Stäng BUP Mora")

    mora = next(clinic for clinic in clinic_register.list_clinics(own_demo, ADMIN) if clinic.code == "mora")
    assert mora.closed == Month(2024, 12)
    assert "■ stängd" in page.text
    assert "Gick i konkurs i december" in page.text
    assert "konkurs: Gick" not in page.text


def test_a_clinics_provider_is_chosen_among_those_that_exist(open_page, own_demo):
    page = open_page("admin", "administration")

    page.choose("Vad vill du göra?", "Lägg till en ny")
    fill(page, "Kod (som falun-capio)", "orsa")
    fill(page, "Namn", "BUP Orsa")
    pick(page, "Kommun", "2034")
    pick(page, "Vårdgivare", "Region Dalarna")
    page.press("Lägg till")

    orsa = next(clinic for clinic in clinic_register.list_clinics(own_demo, ADMIN) if clinic.code == "orsa")
    assert (orsa.provider, orsa.municipality) == ("Region Dalarna", "Orsa")


def test_a_target_is_set(open_page, own_demo):
    page = open_page("admin", "administration")

    fill(page, "Nivå i indikatorns enhet (tomt: inget mål)", "nittio")
    page.press("Sätt målet")
    assert "Nivå: Skriv ett tal" in page.text.replace("\\", "")
    pick(page, "Indikator", "calls_answered_same_day")
    fill(page, "Nivå i indikatorns enhet (tomt: inget mål)", "08")
    page.press("Sätt målet")
    assert "Nivå: Skriv ett tal" in page.text.replace("\\", "")
    fill(page, "Nivå i indikatorns enhet (tomt: inget mål)", "90 %")
    page.app.text_input(key="target-why").set_value("Nytt avtal 2025")
    page.press("Sätt målet")

    assert targets.in_force(own_demo, ADMIN)["calls_answered_same_day"].text == "minst 90\u00a0%"
    assert "Nytt avtal 2025" in page.text


def test_the_days_are_changed_from_a_month_on(open_page):
    page = open_page("admin", "administration")

    pick(page, "Sista dag", 10)
    page.app.text_input(key="days-why").set_value("Regionens värden behövs tidigare")
    page.press("Spara dagarna")

    assert "från januari 2025" in page.text
    assert "Regionens värden behövs tidigare" in page.text


@pytest.mark.security
def test_a_clinic_is_refused(open_page):
    page = open_page("mora", "administration")

    assert "Du kan inte öppna den här sidan" in page.text
    assert "BUP Falun" not in page.text
