"""What the region reads and does on its pages, on the demo's figures."""

import csv

from db import releases
from db.migrate import FACTS
from portal.domain.access import EVERY_CLINIC
from portal.domain.months import Month


def test_the_first_screen_says_what_waits(open_page):
    page = open_page("region", "status")

    assert "1 inlämning att granska" in page.text
    assert "Januari 2025: 5 av 11 inne" in page.text
    assert "återlämnad" in page.text


def test_a_month_is_released_with_one_click(open_page, own_demo):
    page = open_page("region", "status")

    page.press("Släpp januari 2025")

    january = Month(2025, 1)
    with own_demo.database.reading(EVERY_CLINIC) as scoped:
        assert january in releases.list_newest(scoped, first=january, last=january)


def test_all_clinics_stand_beside_each_other_with_both_averages_named(open_page):
    page = open_page("region", "clinics", indikator="calls_answered_same_day")

    page.choose("Period", 2024)

    assert "medeltal per mottagning" in page.text
    assert "Sammanslaget" in page.text
    assert "Kiron Care BUP Hedemora" in page.text
    assert "offentlig regi" in page.text


def test_a_month_can_be_compared_too(open_page):
    page = open_page("region", "clinics", indikator="care_plans")

    page.choose("Period", Month(2024, 12))

    assert "Skrivna vårdplaner, december 2024" in page.text
    assert "per 100 patienter" in page.text


def test_the_region_sees_a_clinic_as_it_sees_itself(open_page):
    page = open_page("region", "overview", mottagning="mora")

    assert page.app.title[0].value == "Så ser BUP Mora sin sida"
    assert "Rapportera januari" not in page.buttons()


def test_the_annual_view_holds_every_published_figure_of_its_chapters(open_page):
    text = open_page("region", "annual_report").text

    with (FACTS / "published.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["period"] in ("2024", "2023") and row["value"]]
    assert len(rows) > 20
    for row in rows:
        number = f"{int(row['value']):,}".replace(",", " ")
        assert number in text, row
    for chapter in (
        "3 Underlag",
        "4.1.1 ",
        "4.2.1 ",
        "4.2.2 ",
        "4.2.3 ",
        "4.3.1 ",
        "4.3.2 ",
        "4.4.1 ",
        "4.5.1 ",
        "4.5.5 ",
    ):
        assert chapter in text


def test_chapters_without_data_say_why(open_page):
    page = open_page("region", "annual_report")
    assert "Patienter skattade med C-GAS. 2024: inget underlag." in _plain(page.text)

    page.choose("År", 2023)

    assert "Nationell Patientenkät. 2023: ingen mätning." in _plain(page.text)


def _plain(text):
    return text.replace("<strong>", "").replace("</strong>", "")


def test_the_log_says_who_did_what_and_can_be_searched(open_page):
    page = open_page("region", "audit_log")

    assert "Loggade in" in page.text
    assert "nyast först" in page.text

    page.choose("Händelse", "submission.returned")

    assert "Återlämnade" in page.text
    assert "Loggade in" not in page.text
    assert "BUP Borlänge" in page.text
    assert "Ändrade hur länge" not in page.text


def test_one_leafs_through_the_log(open_page):
    page = open_page("region", "audit_log")
    first = page.text

    page.press("Äldre →")
    second = page.text
    page.press("← Nyare")

    assert second != first
    assert page.text == first


def test_the_administrator_decides_how_long_events_are_kept(open_page, own_demo):
    assert "Spara" not in open_page("region", "audit_log").buttons()
    page = open_page("admin", "audit_log")
    assert "Händelser sparas i 5 år" in page.text

    page.app.number_input(key="audit-years").set_value(7)
    page.press("Spara")

    assert "Händelser sparas i 7 år" in page.text
