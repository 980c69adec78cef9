"""What the region reads and does on its pages, on the demo's figures."""

import csv
import re

import pytest

from db.migrate import FACTS
from db.release import releases
from portal.domain.accounts.access import EVERY_CLINIC, RegionUser
from portal.domain.registry.months import Month
from portal.domain.reporting.submissions import State
from portal.services.administration import clinic_register, exports
from portal.services.reporting import breaks
from portal.services.review import reviews
from portal.ui.base import formats
from tests.services.region import JANUARY, send


REGION = RegionUser("region", "Vårdvalschef")


def test_who_is_in_a_release_is_told_apart_from_who_has_been_reviewed(open_page):
    text = open_page("region", "status").text

    assert (
        "**5 mottagningar** ingår (4 godkända, 1 skickad men inte granskad: JeWe BUP Borlänge). Saknas: Moment"
        in text
    )


def test_before_its_day_a_release_that_lacks_clinics_is_not_the_main_thing_to_do(open_page):
    page = open_page("region", "status")

    (button,) = [button for button in page.app.button if button.label.startswith("Släpp")]
    assert (button.label, button.proto.type) == ("Släpp redan nu (dagen är 20 februari)", "secondary")
    assert "Januari 2025 släpps 20 februari" in page.text


def test_when_all_have_sent_and_are_approved_the_release_is_the_main_thing_to_do(open_page, own_demo):
    for clinic in clinic_register.list_clinics(own_demo, REGION):
        if reviews.open_case(own_demo, REGION, clinic=clinic.code, month=JANUARY) is None:
            send(own_demo, clinic.code, confirm=True)
    case = reviews.open_case(own_demo, REGION, clinic="borlange", month=JANUARY)
    if case.submission.state is State.RETURNED:
        send(own_demo, "borlange", only={"sip_meetings": 9}, confirm=True, answer="Nu stämmer det.")
    for clinic, sent in reviews.list_waiting(own_demo, REGION):
        reviews.approve(own_demo, REGION, clinic=clinic.code, month=sent.month)

    page = open_page("region", "status")

    (button,) = [button for button in page.app.button if button.label.startswith("Släpp")]
    assert (button.label, button.proto.type) == ("Släpp januari 2025", "primary")
    assert "**11 mottagningar** ingår (11 godkända). Saknas: ingen." in page.text
    assert "släpps av sig självt" not in page.text


def test_a_month_is_released_once_the_dialog_has_said_who_is_missing_and_been_confirmed(open_page, own_demo):
    def is_released():
        with own_demo.database.reading(EVERY_CLINIC) as scoped:
            return JANUARY in releases.list_newest(scoped, first=JANUARY, last=JANUARY)

    page = open_page("region", "status")

    page.press("Släpp redan nu (dagen är 20 februari)")
    assert not is_released()
    assert "**Inte granskade:** JeWe BUP Borlänge" in page.text
    assert "Det kan inte tas tillbaka." in page.text
    page.confirm("Släpp januari 2025")

    assert is_released()
    assert page.app.success[0].value.startswith("Januari 2025 är släppt:")


def test_the_regions_key_indicators_stand_as_tiles_against_the_month_before(open_page):
    text = open_page("region", "status").text
    region = text[text.index("Regionen i december") :]

    assert region.count('class="portal-tile"') >= 12
    assert "89 %" in region
    assert re.search(r"Första besök inom 30 dagar.{0,200}\+\d mot november", region)
    assert "/mottagningar?indikator=first_visit_within_30d&period=2024-12" in region


def test_what_can_be_published_and_what_is_hidden_stands_above_every_value(open_page):
    page = open_page("region", "status")

    text = " ".join(element.value for element in page.app.markdown)
    for rule in ("minst 3 vårdgivare", "summan är minst 5", "minst 20 fall", "närmare än 5\u00a0%"):
        assert rule in text
    assert "**Visas inte:** Patienter skattade med C-GAS (ingen har rapporterat något värde); " in text


def test_the_queues_stand_beside_the_published_ones_and_the_plan(open_page):
    page = open_page("region", "queues")

    text = page.text
    assert "december 2024" in text
    for waiting, started in ((282, 172), (379, 49), (534, 53)):
        assert f"{waiting} väntade, {started} i månaden" in text
        assert f"portalen, samma månader: {waiting} och {started}" in text
    assert "behöver regionen starta" in text
    (tile,) = page.html.xpath("//div[@class='portal-tile'][contains(., 'Fördjupad utredning')]")
    growing = "↑ växer sedan minst januari 2023, +9 i månaden · december: tar 5,7 mån utan nya · 17 % har väntat högst 30 dagar"
    assert tile.text_content().replace("\u00a0", " ") == f"Fördjupad utredning, väntar553{growing}"
    assert "↓ minskar sedan minst" in text  # the first visits
    rows = page.chart_rows()
    assert len(rows) == 24 + 12
    assert (rows[23]["treatment"], rows[23]["treatment_ahead"]) == (747, 747)  # where the dashed line begins
    assert (rows[24]["treatment"], rows[24]["treatment_low"], rows[24]["treatment_high"]) == (None, 722, 794)
    assert (
        "Streckat: prognos med band. Prövat bakåt hamnade tolv månaders utfall i bandet fyra av tio gånger för"
        in text
    )
    assert (
        "felet var i medeltal 14, 16 och 47. Räkna med större avvikelser än bandet för första besök." in text
    )
    (row,) = page.html.xpath("//tr[contains(., 'Kö till behandling')]")
    cells = [cell.text_content().replace("\u00a0", "") for cell in row][1:5]
    assert cells == ["778723–835", "809735–886", "871770–977", "64 av 7882%"]
    page.choose("Räkna för", "mora")
    assert "behöver BUP Mora starta" in page.text


def test_a_break_is_named_where_values_are_judged_and_drawn_in_every_chart_over_time(open_page, own_demo):
    for clinic, month in ((None, Month(2024, 6)), ("mora", Month(2024, 9))):
        breaks.enter(own_demo, REGION, clinic=clinic, month=month, reason="Nytt journalsystem")

    page = open_page("region", "clinics", indikator="first_visit_within_30d", period="2024")
    compared = page.unfold("evidence-first_visit_within_30d-2024-01-2024-12").text
    over_time = open_page("region", "clinics", indikator="first_visit_within_30d", visa="tid").text
    page = open_page("region", "queues")

    assert "brott juni 2024, brott september 2024" in compared
    assert "alla mottagningar från juni 2024 (Nytt journalsystem); BUP Mora från september" in compared
    assert "Brott i serien" in over_time
    assert "Brott i serien: alla mottagningar från juni 2024" in page.text
    drawn = [row["month"] for row in page.chart_rows() if row["break"]]
    assert drawn == ["jun 24", "sep 24"]
    assert "brott: BUP Mora" in page.text


def test_without_a_break_no_legend_speaks_of_one(open_page):
    assert "Brott i serien" not in open_page("region", "queues").text
    assert "Brott i serien" not in open_page("region", "clinics", visa="tid").text


def test_a_month_that_not_everyone_has_sent_is_said_to_be_incomplete(open_page):
    page = open_page("region", "queues")

    page.choose("Månadens sista dag", Month(2025, 1))

    assert "6 av 11 mottagningar har skickat januari 2025" in page.app.warning[0].value
    (newest,) = [row for row in page.chart_rows() if row["month"] == "jan 25"]
    assert newest["investigation"] is None
    assert newest["investigation_text"] == "alla har inte svarat, prognos 562 (536–588)"


def test_the_region_sees_a_clinic_as_it_sees_itself(open_page):
    page = open_page("region", "overview", mottagning="mora")

    assert page.app.title[0].value == "BUP Mora"
    assert "Så ser mottagningen sin sida" in page.text
    assert "Rapportera januari" not in page.buttons()


OF_THE_SOURCE = ("3", "4.1", "4.2", "4.3", "4.4", "4.5.1", "4.5.2", "4.5.3", "4.5.4", "4.5.5", "4.7")


def test_the_annual_view_holds_every_published_figure_of_its_chapters(open_page):
    page = open_page("region", "annual_report")
    text = " ".join(page.choose("Innehåll", passage).text for passage in OF_THE_SOURCE)

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
    page = open_page("region", "annual_report", kapitel="4.4")
    assert "Patienter skattade med C-GAS: för 2024 finns inget värde (inget underlag)." in page.text

    page.choose("Innehåll", "4.3").choose("År", 2023)

    assert "Nationell Patientenkät: för 2023 finns inget värde (ingen mätning)." in page.text


def test_the_log_says_who_did_what_and_can_be_searched(open_page):
    page = open_page("region", "audit_log")

    assert "Ingen har hämtat något." in page.text
    assert "loggen inte själv blir en karta över vad personalen läser" in page.text
    assert "Loggade in" in page.text
    assert "Nyast först" in page.text

    page.choose("Händelse", "source.entered")

    assert "Kontaktad av Läkemedelsenheten 2024 1" in page.text
    assert not re.search("contacted|visited|operator:|sex:", page.text)

    page.choose("Händelse", "submission.returned")

    assert "Återlämnade" in page.text
    assert "Loggade in" not in page.text
    assert "BUP Borlänge" in page.text
    assert "Ändrade hur länge" not in page.text


def test_the_log_names_a_day_once_and_tells_two_answers_apart(open_page):
    page = open_page("region", "audit_log")
    page.choose("Händelse", "contract.answered")

    (table,) = page.html.iterfind(".//table[@class]")
    rows = [
        [" ".join(cell.itertext()).split("Källa")[0] for cell in row] for row in table.iterfind("tbody/tr")
    ]
    days = [when for *_, when in rows if "31 januari 2025" in when]
    assert len(days) == len(rows)  # to a screen reader each says its day
    shown = [row.findtext(".//td[@data-label='När']/span/span") for row in table.iterfind("tbody/tr")][1:]
    assert all("januari" not in text for text in shown)
    subjects = [subject.split("  ")[0] for _, subject, *_ in rows]
    assert len(set(subjects)) == len(subjects)
    assert any("BUP Mora: Telefontider, delvis från " in subject for subject in subjects)


def test_the_log_answers_who_has_taken_data_with_one_choice(open_page, own_demo):
    exports.record_download(own_demo, RegionUser("granskare", ""), name="mottagningar-care_plans.csv")

    page = open_page("region", "audit_log")
    assert "loggen inte själv blir en karta över vad personalen läser" in page.text
    assert "granskare 1 hämtade siffror 1" in " ".join(re.sub("<[^>]+>", " ", page.text).split())
    page.app.segmented_control[0].set_value("taken").run()

    assert "mottagningar-care_plans.csv" in page.text
    assert "Loggade in" not in page.text


def test_what_else_is_recorded_of_an_event_stands_behind_a_click(open_page):
    page = open_page("region", "audit_log")
    page.choose("Händelse", "submission.sent")

    in_table = re.sub(r"<details.*?</details>", "", page.text)
    assert "SHA-256" not in in_table
    assert "inlämning" not in in_table
    assert re.search("filens SHA-256: [0-9a-f]{64}", page.text)
    assert "BUP Avesta: januari 2025" in page.text


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


# A clinic's year to come, as the clinic and the region read it


def test_a_queues_year_to_come_is_drawn_and_said_with_how_it_has_gone_so_far(open_page):
    page = open_page("mora", "indicator", indikator="waiting_investigation")

    assert "Troligen **41** (36–47) i mars 2025, **41** (34–48) i juni 2025" in page.text
    held = "Prövat bakåt hamnade tolv månaders utfall i bandet fyra av tio gånger: räkna med större avvikelser än bandet."
    assert f"{held} Felet var i medeltal 4,7; av att gissa på samma månad året före 7,7." in page.text
    rows = page.chart_rows(1)
    (december,) = [row for row in rows if row["month"] == "dec 24"]
    assert [december[name] for name in ("own", "own_ahead", "own_low", "own_high")] == [41] * 4
    assert (rows[-1]["month"], rows[-1]["own"], rows[-1]["own_text"]) == (
        "dec 25",
        None,
        "prognos 41 (32–51)",
    )
    named = [
        row[0].text_content() for row in page.html.xpath("//table[contains(., 'Fel i medeltal')]/tbody/tr")
    ]
    assert named == ["Kö till fördjupad utredning", "Fördjupad utredning: nya i månaden"]


TO_EXCEL = "Tabellen (CSV för Excel)"


def file_of(content):
    """Return a file's rows of months that have been, and those of months ahead."""
    rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines(), delimiter=";"))
    return [[row for row in rows if row["slag"] == kind] for kind in ("utfall", "prognos")]


@pytest.mark.parametrize("username", ["mora", "region"])
def test_the_indicators_file_has_the_forecast_in_rows_of_its_own(open_page, press_download, username):
    page = open_page(username, "indicator", mottagning="mora", indikator="waiting_investigation")
    outcomes, ahead = file_of(press_download(page, TO_EXCEL))
    last = page.chart_rows(1)[-1]

    assert len(outcomes) == 24 and not any(row["prognos"] for row in outcomes)
    assert [row["månad"] for row in ahead] == [str(JANUARY.plus(month)) for month in range(12)]
    assert {row["värde"] for row in ahead} == {""} and {row["mottagning"] for row in ahead} == {"mora"}
    drawn = [formats.number(last[f"own_{part}"]) for part in ("ahead", "low", "high")]
    assert [ahead[-1][name] for name in ("prognos", "band från", "band till")] == drawn


def test_a_file_without_a_forecast_has_outcomes_alone(open_page, press_download):
    page = open_page("mora", "indicator", indikator="care_plans")
    outcomes, ahead = file_of(press_download(page, TO_EXCEL))

    assert (len(outcomes), ahead) == (24, [])


def test_where_there_is_no_forecast_the_page_says_why(open_page):
    page = open_page("region", "indicator", mottagning="borlange-jewe", indikator="waiting_treatment")

    assert "Ingen prognos: färre än 24 månader." in page.text
    assert "Troligen" not in page.text
    assert "Prognos" not in open_page("mora", "indicator", indikator="care_plans").text
