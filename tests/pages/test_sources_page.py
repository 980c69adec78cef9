"""Regionens källor: what is filled in, entered in the browser, corrected, read in from a file."""

from datetime import date

import pytest

from portal.domain.accounts.access import RegionUser
from portal.domain.insight.contract import Level
from portal.domain.registry.region import DALARNA
from portal.domain.sources.declared import SYNERGI
from portal.domain.sources.facts import Fact
from portal.services.administration import targets
from portal.services.administration.targets import NewTarget
from portal.services.insight import contract
from portal.services.sources import source_files, source_years
from tests.conftest import SYSTEM
from tests.pages.test_contract_page import matrix_of


CONTROLLER = RegionUser("region", "Vårdvalschef")


def open_source(open_page, code, year=2024):
    return open_page("region", "sources", kalla=code, ar=str(year))


def plain(page):
    """Return the page's words without Markdown's signs."""
    return page.text.replace("*", "").replace("\\", "")


def write_new(page, label, text):
    """Write what the box does not offer, as the browser lets one."""
    box = next(box for box in page.app.selectbox if box.label == label)
    box.options.append(text)
    box.set_value(text)


def fill(page, label, text):
    next(box for box in page.app.text_input if box.label.startswith(label)).set_value(text)
    return page


def test_the_page_says_what_is_left_and_where_every_figure_came_from(open_page):
    page = open_source(open_page, "patientnamnden")

    assert "Återstår: " in plain(page)
    assert 'aria-current="page">Patientnämnden</a></span><b>10 uppgifter</b>' in page.text
    assert "<b>inte ifylld</b>" in page.text
    assert "aldrig per mottagning" in page.text
    assert "Regi summerar till 4 av 11: 7 är inte fördelade." in plain(page)
    assert "Årsuppföljning Vårdval BUP Dalarna 2024" in page.text
    assert "Huvudproblem: Vård och behandling" in page.text


def test_an_off_year_reads_no_survey(open_page):
    page = open_source(open_page, "npe", 2023)

    assert "<b>ingen mätning</b>" in page.text


def test_a_figure_is_entered_and_corrected_with_a_reason(open_page, own_demo):
    page = open_source(open_page, "patientnamnden")

    fill(page, "Ärenden hos Patientnämnden – Regi: offentlig", "7")
    page.press("Spara")
    assert "Varifrån kommer uppgifterna?" in page.text

    fill(page, "Varifrån kommer uppgifterna?", "Rapport från Patientnämnden")
    page.press("Spara")
    assert "Regi summerar" not in page.text

    fill(page, "Ärenden hos Patientnämnden – Kön: flickor", "sju")
    page.press("Spara")
    assert "Ärenden hos Patientnämnden – Kön: flickor: Skriv ett tal" in plain(page)
    fill(page, "Ärenden hos Patientnämnden – Kön: flickor", "5")
    write_new(page, "Ärenden hos Patientnämnden – annan huvudproblem", "ekonomi")
    fill(page, "Värde för den", "0")
    fill(page, "Varifrån kommer uppgifterna?", "Rättad rapport")
    fill(page, "Varför ändras", "Patientnämnden har rättat")
    page.press("Spara")

    source_year = source_years.year(own_demo, CONTROLLER, 2024).of("patientnamnden")
    assert source_year.of("patientnamnden_arenden", breakdown="sex:flickor").value == 5
    assert source_year.of("patientnamnden_arenden", breakdown="problem:Ekonomi").value == 0
    assert "Kön summerar till 10 av 11: 1 är inte fördelade." in plain(page)
    assert "Patientnämnden har rättat" in page.text


def test_another_regions_month_is_added_in_the_months_form(open_page, own_demo):
    page = open_source(open_page, "landet")
    page.choose("Period", "2024-05")
    field = "Första besök inom 30 dagar, landet"
    assert f"{field} – Region: Grannregion (påhittad)" in [box.label for box in page.app.text_input]

    fill(page, "Varifrån kommer uppgifterna?", "väntetider.se, maj 2024")
    fill(page, "Värde för den", "64")
    page.press("Spara")
    assert "namnet saknas. Skriv vad värdet gäller" in plain(page)
    write_new(page, f"{field} – annan region", "Gavleborg")
    page.press("Spara")
    assert "namnet är okänt. Menade du ”Gävleborg”?" in plain(page)

    write_new(page, f"{field} – annan region", "Gävleborg")
    page.press("Spara")

    assert "1 uppgift är sparad." in page.text
    months = source_years.year(own_demo, CONTROLLER, 2024).of("landet").months
    assert [(str(f.month), f.value) for f in months if f.breakdown == "region:Gävleborg"] == [("2024-05", 64)]
    assert f"{field} – Region: Gävleborg" in [box.label for box in page.app.text_input]


def test_figures_per_clinic_stand_against_the_contract(open_page):
    page = open_source(open_page, "lakemedel", 2023)
    assert "– inte ifyllt" in page.text

    page.choose("Gäller", "mora")
    fill(page, "Deltagande i informationsträffar", "1")
    fill(page, "Varifrån kommer uppgifterna?", "Läkemedelsenheten")
    page.press("Spara")

    assert "✓ uppfyllt" in page.text  # nothing is said of 2023 to begin with


def enter_meetings(demo, clinic, attended, year):
    source_years.enter(
        demo,
        CONTROLLER,
        [
            Fact(
                indicator="medicine_unit_meetings",
                year=year,
                clinic=clinic,
                value=attended,
                source="Läkemedelsenheten",
            )
        ],
        correction="Rättat av Läkemedelsenheten",
    )


def verdict_beside(page, clinic):
    """Return what stands last in a clinic's row of the demand's table."""
    table = page.text[page.text.index("Mottagningarna mot avtalets krav") :]
    row = table[table.index(clinic) :]
    return row[: row.index("</tr>")]


def test_the_level_set_by_the_region_decides_here_too(open_page, own_demo):
    enter_meetings(own_demo, "mora", 1, 2024)
    enter_meetings(own_demo, "avesta", 2, 2024)
    assert "✓ uppfyllt" in verdict_beside(open_source(open_page, "lakemedel"), "BUP Mora")

    contract.set_level(
        own_demo,
        CONTROLLER,
        demand="information_meetings",
        level=Level(met=2, partly=1, valid_from=date(2024, 1, 1), basis="Avtalets övre gräns"),
    )

    page = open_source(open_page, "lakemedel")
    assert "◐ delvis uppfyllt" in verdict_beside(page, "BUP Mora")
    assert "✓ uppfyllt" in verdict_beside(page, "Avesta")
    assert "Avtalet: minst 2 gånger per år, delvis från 1" in page.text
    assert "Målet som står i Definitioner är ett annat: minst 1 gång per år" in page.text
    assert "◐" in matrix_of(open_page("region", "contract").text)["BUP Mora"]


def test_a_running_year_is_not_judged_before_its_end(open_page, own_demo):
    enter_meetings(own_demo, "mora", 0, 2025)

    row = verdict_beside(open_source(open_page, "lakemedel", 2025), "BUP Mora")

    assert "? kan inte bedömas" in row
    assert "året är inte slut" in row


def test_a_changed_target_is_told_beside_the_contract_and_in_definitions(open_page, own_demo):
    assert "Avtalet: minst 1 gång per år" in open_source(open_page, "lakemedel").text
    targets.set_target(
        own_demo,
        SYSTEM,
        NewTarget(
            indicator="medicine_unit_meetings",
            value=2,
            text="minst 2 gånger per år",
            valid_from=date(2024, 6, 1),
        ),
        reason="Nytt beslut",
    )

    assert "är ett annat: minst 2 gånger per år" in open_source(open_page, "lakemedel").text
    text = open_page("region", "definitions", indikator="medicine_unit_meetings").text
    assert "<strong>Mål:</strong> minst 2 gånger per år, från 2024-06-01." in text
    assert "minst 1 gång per år" not in text


def test_rates_per_1000_children_appear_when_the_population_is_filled(open_page, own_demo):
    assert "visas när alla 15 kommuner" in open_source(open_page, "befolkning").text
    source_years.enter(
        own_demo,
        CONTROLLER,
        [
            Fact(indicator="population_0_17", year=2024, municipality=code, value=4000, source="SCB")
            for code in DALARNA.names
        ],
    )

    text = open_source(open_page, "befolkning").text

    assert "Per 1 000 barn" in text
    assert "7 317" in text
    assert "60 000 i alla 15 kommuner" in text


def test_money_and_months_are_shown(open_page):
    text = open_source(open_page, "ekonomi", 2023).text

    assert "20 000 000" in text
    assert "december 2023" in text
    assert "Ser det: Bara regionen." in text


def test_a_source_with_a_reason_only_is_not_called_filled_in(open_page):
    text = open_source(open_page, "cgas").text

    assert "C-GAS</a></span><b>inget underlag</b>" in text


def test_volume_stands_beside_cost_with_an_answer_that_claims_no_cause(open_page):
    """First visits 2 080 and 3 000 are invented months that add up to what is printed; the budgets are invented."""
    text = open_source(open_page, "ekonomi").text

    assert "Volym mot kostnad 2024" in text
    moved = (
        ("Budget", "+25"),
        ("Ersättning för vårdepisoder", "+28"),
        ("Genomförda första besök (nybesök)", "+44"),
    )
    for label, percent in (*moved, ("Kö till fördjupad utredning", "+31")):
        assert f'<span class="head">{label}</span><span class="figure"><b>{percent} %</b>' in text
    assert "Sambandet visar inte orsaken." in text
    assert "2023 fördes 20 000 000 kr till vårdvalet. Om det ingår i budgeten framgår inte av källan." in text
    assert "delas med patienterna i 7 mottagningar det första året och 9 det andra" in text
    assert "5 av 11 mottagningar: ett frivilligt mått, alltså inte alla ersatta vårdepisoder" in text
    assert "12 300" in text
    assert "12 300,00" not in text
    assert "Exempeldata: påhittat" in text
    for words in ("Per aktuell patient", "Per ersatt vårdepisod", "Per första besök", "5 397", "3 011"):
        assert words in text


def test_what_lacks_for_volume_and_cost_is_said_with_the_way_to_it(open_page):
    text = open_source(open_page, "ekonomi", 2023).text

    assert "kan inte besvaras än" in text
    assert "budget, ersatta vårdepisoder, ersättning för vårdepisoder (inte ifyllt)" in text
    assert "Pengar 2022 saknas:" in text
    assert "/kallor?kalla=ekonomi&ar=2022" in text
    assert "Volym 2022 saknas:" in text


def test_the_year_before_the_portals_first_can_be_filled_in(open_page):
    assert "Ekonomi 2022" in open_source(open_page, "ekonomi", 2022).text


def test_a_year_that_is_not_over_is_not_compared_with_a_whole_one(open_page):
    assert "2025 är inte slut" in open_source(open_page, "ekonomi", 2025).text


def test_volume_and_cost_stand_with_economy_alone(open_page):
    assert "Volym mot kostnad" not in open_source(open_page, "synergi").text


@pytest.mark.parametrize("code", ["synergi", "npe", "cgas"])
def test_every_source_has_its_form_and_its_template(open_page, own_demo, code):
    page = open_source(open_page, code)

    assert "Spara" in page.buttons()
    assert len(page.app.get("download_button")) >= 2
    assert source_files.template(own_demo, CONTROLLER, SYNERGI, 2024)[:2] == b"PK"


@pytest.mark.security
def test_a_clinic_gets_a_friendly_refusal(open_page):
    page = open_page("mora", "sources")

    assert "Du kan inte öppna den här sidan" in page.text
    assert "Patientnämnden" not in page.text


def test_a_published_figure_is_entered_beside_the_portals_own(open_page):
    page = open_page("region", "sources", ar="2024")
    page.unfold("published-2024")
    assert "stämmer med portalens, 0 skiljer sig" in page.text
    page.app.selectbox(key="published-2024-uppgift").select("Skrivna vårdplaner")
    boxes = {"period": "2024", "värde": "5400", "källa": "Verksamhetsberättelsen", "utgiven": "2025"}
    for column, text in boxes.items():
        page.app.text_input(key=f"published-2024-{column}").set_value(text)

    page.press("För in talet")

    assert "Skrivna vårdplaner 2024 är infört." in page.text
    assert "stämmer med portalens, 1 skiljer sig" in page.text
    assert "Verksamhetsberättelsen, 2025" in page.text


def test_what_is_published_of_the_country_stands_in_a_clinics_chart_with_its_provenance(open_page):
    page = open_page("mora", "indicator", indikator="first_visit_within_30d")

    assert [row["nation"] for row in page.chart_rows() if row["month"] == "dec 24"] == [65]
    assert "Exempeldata: påhittat. Landets och andra regioners andelar" in page.text
    assert "siffrorna kan inte jämföras rakt av" in page.text
    assert ">Landet</th>" in page.text
    assert "Landet" not in open_page("mora", "indicator", indikator="care_plans").text
