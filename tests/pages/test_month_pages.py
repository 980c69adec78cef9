"""The region's month: what changed, what a release would do and why, and the release by itself."""

import re
from datetime import date

import pytest

from db.release import releases as rows
from portal.domain.accounts.access import EVERY_CLINIC, ClinicUser
from portal.domain.registry.months import Month
from portal.services.release import releases
from portal.services.reporting import submitting
from portal.services.reporting.versioning import Confirmation
from portal.services.review import reviews
from portal.ui.base import palette
from portal.ui.base.context import give_portal
from tests.conftest import audit_actions
from tests.reports.reading import pdf_text
from tests.services.region import CONTROLLER, content_of, send


JANUARY, DECEMBER = Month(2025, 1), Month(2024, 12)
RELEASE_DAY = date(2025, 2, 20)


def newest(portal, month=JANUARY):
    with portal.database.reading(EVERY_CLINIC) as scoped:
        return rows.list_newest(scoped, first=month, last=month).get(month)


def correct(portal, *clinics, **changes):
    for clinic in clinics:
        submitting.commit(
            portal,
            ClinicUser(clinic, clinic, (clinic,)),
            name="rättning.csv",
            content=content_of(clinic, DECEMBER, only=changes),
            confirmation=Confirmation(
                has_warnings=True, note="Vi har räknat om.", reason="Vi har räknat om."
            ),
        )


# Läget: where the month stands


def test_the_first_screen_says_what_waits(open_page):
    page = open_page("region", "status")

    cards = [card.text_content() for card in page.html.find_class("portal-card")]
    assert cards == [
        "Att granska1Granska JeWe BUP Borlänge",
        "Sena05 väntas till 15 februari",
        "Januari 2025 släpps 20 februari5 av 11",
    ]


def test_the_button_of_a_number_goes_when_there_is_nothing_to_do(open_page, own_demo):
    reviews.approve(own_demo, CONTROLLER, clinic="borlange-jewe", month=JANUARY)

    page = open_page("region", "status")

    assert page.html.find_class("portal-card")[0].text_content() == "Att granska0"
    assert page.html.find_class("portal-button") == []


def test_the_grid_has_a_mark_for_each_month_and_its_words_for_those_who_hear_it(open_page):
    (grid,) = open_page("region", "status").html.find_class("grid")

    newest = {row[0].text_content(): row[1] for row in grid.iterfind("tbody/tr")}
    for clinic, mark, words in (
        ("BUP Avesta", "✓", "godkänd"),
        ("JeWe BUP Borlänge", "►", "skickad"),
        ("BUP Borlänge", "↩", "återlämnad"),
        ("BUP Mora", "○", "väntas"),
    ):
        (drawn,) = newest[clinic].find_class("portal-mark")
        assert [(part.text, part.get("aria-hidden")) for part in drawn] == [(mark, "true"), (words, None)]
        assert newest[clinic].get("title") == words
    assert [cell.text for cell in grid.iterfind("tbody/tr[last()]/td")] == ["släpps 20/2", *["släppt"] * 12]


def test_that_nobody_was_late_or_corrected_anything_is_said(open_page):
    text = open_page("region", "status").text

    assert "Ingen månad har kommit sent eller rättats de senaste 13 månaderna." in text


def test_who_was_late_and_who_corrected_stands_in_the_grid_and_folded_beneath_it(open_page, own_demo):
    later = own_demo.on(date(2025, 2, 18))
    send(later, "mora", confirm=True)
    send(own_demo, "avesta", Month(2024, 12), only={"care_plans": 30}, confirm=True)
    give_portal(later)

    page = open_page("region", "status")
    text = page.text

    assert text.count(">sen 3 dagar<") == 1
    assert text.count(">version 2<") == 1
    (label,) = [fold.label for fold in page.app.expander if "rättelse" in fold.label]
    assert label == "1 månad kom sent, 1 rättelse de senaste 13 månaderna"
    assert "sista dagen:** BUP Mora, januari 2025, 3 dagar sent." in text
    assert "Rättat efter granskning:** BUP Avesta, december 2024, version 2, " in text


def test_the_regions_tiles_bear_the_mark_of_its_own_history(open_page):
    page = open_page("region", "status")
    (grid, biggest) = page.html.find_class("portal-tiles")
    marks = {
        tile.find_class("name")[0].text_content(): tile.find_class("mark")[0].text_content() for tile in grid
    }

    assert marks["Telefontillgänglighet"] == "▼ sämre"  # from 98 % to 86 % in two years
    assert marks["Kö till första besök"] == "▲ bättre"
    assert marks["SIP-möten"] == "≈ som vanligt"
    colours = {name: tile.find_class("trend")[0].get("src") for name, tile in zip(marks, grid, strict=True)}
    assert [palette.WORSE_LINE[1:] in colours[name] for name in ("Telefontillgänglighet", "SIP-möten")] == [
        True,
        False,
    ]
    assert len(biggest) == 4


def test_a_step_against_the_mark_is_said_to_be_one(open_page):
    (grid, _) = open_page("region", "status").html.find_class("portal-tiles")
    texts = [tile.text_content().replace("\u00a0", " ") for tile in grid]

    assert any("▲ bättre" in text and "men −0,8 mot november" in text for text in texts)  # care plans
    assert any("▼ sämre" in text and text.endswith("−2 mot november") and "men" not in text for text in texts)


def test_a_returned_month_is_named_with_its_reason_above_the_grid_and_is_not_missing(open_page):
    page = open_page("region", "status")

    (line,) = page.html.find_class("returned")[:1]
    assert line.text_content().startswith("↩ återlämnadBUP Borlänge, januari”Ni har 17 startade utredningar")
    assert line.find("a").get("href") == "/granska?mottagning=borlange&manad=2025-01"
    assert "Återlämnad: BUP Borlänge." in page.text
    assert "BUP Borlänge" not in page.text.partition("Saknas:")[2].partition("Återlämnad:")[0].replace(
        "Moment BUP Borlänge", ""
    )


# What changed


def test_the_month_shows_how_far_what_laget_shows_has_moved(open_page):
    level = open_page("region", "status").html.find_class("portal-tiles")[1]
    (moved,) = open_page("region", "month").html.find_class("portal-tiles")

    assert next(tile.find(".//b").text for tile in level) == "8,2 per 100"
    assert next(tile.find(".//b").text for tile in moved) == "+2,5 per 100"
    assert len(moved) == 8


def test_every_mark_of_the_month_leads_to_what_may_explain_it(open_page):
    (biggest,) = open_page("region", "status").html.find_class("portal-tiles")[1:]
    month = open_page("region", "month").html

    first = "/indikator?mottagning=falun-capio&indikator=care_plans#varfor"
    for tiles in (biggest, *month.find_class("portal-tiles")):
        addresses = [tile.get("href") for tile in tiles.iter("a")]
        assert addresses[0] == first and all(address.endswith("#varfor") for address in addresses)
    rows = [link.get("href") for link in month.iterfind(".//tbody//a") if "/indikator" in link.get("href")]
    assert rows[0] == first and all(address.endswith("#varfor") for address in rows)


def test_the_month_says_what_is_new(open_page):
    text = open_page("region", "month").text

    assert "Januari 2025 mot december 2024" in text
    assert "Ingen är sen än: sista dagen är 15 februari 2025." in text
    assert "Capio BUP Falun" in text and "utanför det vanliga spannet" in text
    assert "↑ högre: bättre" in text
    assert "Inget har kommit in för en äldre månad" in text


def test_a_movement_of_a_returned_month_is_marked(open_page, own_demo):
    before = open_page("region", "month").text
    reviews.send_back(own_demo, CONTROLLER, clinic="falun-capio", month=JANUARY, comment="Se över värdena.")

    page = open_page("region", "month")

    after = page.text
    tile = page.html.find_class("portal-tile")[0].text_content()
    assert "Capio BUP Falun" in tile and "↩ kan ändras" in tile
    row = after.partition("<tbody")[2].partition("Capio BUP Falun")[2].partition("</tr>")[0]
    assert "återlämnad, kan ändras" in row
    assert after.count("återlämnad, kan ändras") > before.count("återlämnad, kan ändras")
    assert "hos den som fått månaden återlämnad: de kan ändras)" in after


def test_limits_have_one_digit_more_than_the_value_they_are_read_against(open_page):
    rows = open_page("region", "month").text.split("<tr")
    spans = [row for row in rows if "per 100 patienter" in row and "spannet" in row]

    assert spans
    assert all(re.search(r">[0-9]+,[0-9]{2}–[0-9]+,[0-9]{2}<", row) for row in spans)


def test_a_late_clinic_and_a_correction_are_named(open_page, own_demo):
    correct(own_demo, "mora", care_plans=70)
    give_portal(own_demo.on(date(2025, 2, 17)))

    text = open_page("region", "month").text

    assert "Sena med januari 2025" in text
    assert "inte skickad" in text
    assert "december 2024" in text and "rättad, version 2" in text and "Vi har räknat om." in text


# The preview


def test_the_preview_names_each_figure_and_why_it_is_hidden(open_page):
    text = open_page("region", "status").text

    assert "ingen har rapporterat något värde" in text
    assert "5 vårdgivare ingår, ingen dominerar" in text
    assert "”Visas inte – för få har rapporterat, eller så kunde någons tal räknas ut.”" in text


@pytest.mark.security
def test_a_clinic_reads_one_neutral_sentence_whatever_the_rule_was(open_page, own_demo):
    releases.release_due(own_demo.on(RELEASE_DAY), CONTROLLER)

    text = open_page("avesta", "overview").text

    assert "Visas inte" in text and "för få har rapporterat, eller så kunde någons tal räknas ut" in text
    for reason in ("dominerar", "R1", "R2", "R3", "R5", "ingen har rapporterat"):
        assert reason not in text


def test_a_released_month_without_changes_has_no_button(open_page):
    page = open_page("region", "status", manad="2024-12")

    assert "inget har ändrats sedan dess" in page.text
    assert "Släpp december 2024 på nytt" not in page.buttons()


def test_one_owners_correction_is_named_and_kept_back(open_page, own_demo):
    correct(own_demo, "falun-capio", care_plans=70)

    page = open_page("region", "status", manad="2024-12")

    assert "Inkommet efter släppet" in page.text and "Capio BUP Falun rättad" in page.text
    assert "Behålls: Skrivna vårdplaner" in page.text.replace("**", "")
    assert "1 vårdgivare har ändrat: minst 3 krävs (R5)" in page.text
    assert "Släpp december 2024 på nytt" not in page.buttons()


def test_three_owners_corrections_can_be_released_again(open_page, own_demo):
    correct(own_demo, "falun-capio", "borlange-jewe", "mora", care_plans=70)

    page = open_page("region", "status", manad="2024-12")
    assert "Byts ut: Skrivna vårdplaner." in page.text.replace("**", "")
    page.press("Släpp december 2024 på nytt").confirm("Släpp december 2024 på nytt")

    assert newest(own_demo, DECEMBER).number == 2
    assert "inget har ändrats sedan dess" in page.text


# By itself


@pytest.mark.parametrize(("username", "page"), [("mora", "overview"), ("region", "status")])
def test_whoever_opens_a_page_first_on_the_release_day_releases_the_month(
    open_page, own_demo, username, page
):
    give_portal(own_demo.on(RELEASE_DAY))

    text = open_page(username, page).text

    assert newest(own_demo).released_by == "kalendern"
    if username == "region":
        assert "släpptes av sig självt" in text


def test_a_fault_in_the_release_does_not_close_the_portal(open_page, own_demo, monkeypatch, caplog):
    give_portal(own_demo.on(RELEASE_DAY))

    def fail(*args, **kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(rows, "add", fail)

    page = open_page("mora", "overview")

    assert page.app.title[0].value == "BUP Mora"
    assert newest(own_demo) is None
    assert "the automatic release failed" in caplog.text


# The month sheet


@pytest.mark.parametrize(
    ("username", "page", "parameters", "whose"),
    [
        ("mora", "overview", {}, "BUP Mora"),
        ("avesta", "overview", {}, "BUP Avesta"),  # January is sent and not released: December's is there
        ("region", "overview", {"mottagning": "mora"}, "BUP Mora"),
        ("region", "status", {}, "Region Dalarna"),
    ],
)
def test_a_click_hands_out_the_sheet_of_the_released_month_and_the_log_knows_it(
    open_page, press_download, own_demo, username, page, parameters, whose
):
    content = press_download(open_page(username, page, **parameters), "Månadsblad december 2024")

    assert f"Månadsblad december 2024: {whose}" in pdf_text(content)
    assert (username, "figures.downloaded") in [event[:2] for event in audit_actions(own_demo)]


def test_the_sheet_is_of_the_month_that_the_page_shows(open_page, press_download):
    page = open_page("mora", "overview", manad="2024-06")

    assert "Månadsblad juni 2024: BUP Mora" in pdf_text(press_download(page, "Månadsblad juni 2024"))


def test_the_regions_sheet_of_an_older_month_is_where_the_letter_about_it_leads(open_page, press_download):
    page = open_page("region", "status", manad="2024-06")

    labels = [button.proto.label for button in page.app.get("download_button")]
    assert labels == ["Månadsblad december 2024", "Månadsblad juni 2024"]
    assert "Månadsblad juni 2024: Region Dalarna" in pdf_text(press_download(page, labels[1]))


def test_without_a_release_there_is_no_sheet(open_page):
    page = open_page("mora", "overview", manad="2023-01")
    assert [button.proto.label for button in page.app.get("download_button")] == ["Månadsblad januari 2023"]

    page = open_page("mora", "overview", manad="2022-12")
    assert page.app.get("download_button") == []
