"""What a clinic reads on its pages. Figures come from the demo, expectations from the database."""

import json
import re

import pytest
from lxml import html

from db.registry import clinics
from db.release import releases
from db.reporting import values
from portal.demo.months import months
from portal.domain.accounts.access import EVERY_CLINIC, RegionUser
from portal.domain.registry.indicators import MONTHLY_INDICATORS
from portal.domain.registry.months import Month
from portal.domain.registry.rounding import half_up
from portal.services.release.releases import release
from portal.services.reporting import breaks
from portal.ui.base import formats


DECEMBER = Month(2024, 12)


def test_the_first_screen_says_what_to_do_now(open_page):
    page = open_page("mora", "overview")

    assert page.app.title[0].value == "BUP Mora"
    assert "Januari 2025 ska skickas in senast 15 februari" in page.text
    assert "10 dagar kvar." in page.text
    assert "Rapportera januari" in page.buttons()


def test_a_returned_month_comes_first_with_the_regions_words(open_page):
    page = open_page("borlange", "overview")

    assert "Januari 2025 är återlämnad" in page.text
    assert "Startade alla under månaden?" in page.text
    assert "Rätta januari" in page.buttons()


def test_a_clinic_that_owes_nothing_reads_the_next_deadline(open_page):
    page = open_page("avesta", "overview")

    assert "Allt är inskickat; januari 2025 är godkänd. Nästa: februari 2025, senast 15 mars." in page.text


@pytest.mark.parametrize(("view", "cases"), [("bilder", ""), ("tabell", " besök")])
def test_every_monthly_indicator_stands_there_with_own_and_regional_value(open_page, own_demo, view, cases):
    page = open_page("mora", "overview", manad="2024-12", visa=view)

    with own_demo.database.reading(EVERY_CLINIC) as scoped:
        own = values.of_clinic(scoped, clinic="mora", first=DECEMBER, last=DECEMBER)[DECEMBER]
        released = releases.list_figures(scoped, first=DECEMBER, last=DECEMBER)
    for indicator in MONTHLY_INDICATORS:
        assert indicator.label in page.text
    visits, within = own["first_visits"].value, own["first_visits_within_30d"].value
    assert (f"{within} av {visits} besök" in page.text) is bool(cases)
    assert f"{half_up(100 * within / visits):g} %" in page.text
    share = formats.percent(released[DECEMBER, "first_visit_within_30d"].value)
    assert share.replace("\u00a0", " ") in page.text


def test_a_clinic_reads_no_other_clinics_name(open_page, own_demo):
    with own_demo.database.reading(EVERY_CLINIC) as scoped:
        other_clinics = [clinic.name for clinic in clinics.list_in_scope(scoped) if clinic.code != "mora"]

    for page in ("overview", "indicator", "submit", "submissions"):
        text = open_page("mora", page).text
        assert [name for name in other_clinics if name in text] == []


@pytest.mark.parametrize("clinic", ["falun", "finnsinte"])
def test_a_clinic_in_the_address_that_is_not_mine_is_refused_alike(open_page, clinic):
    page = open_page("mora", "overview", mottagning=clinic)

    assert page.app.title[0].value == "Du kan inte öppna den här sidan"
    assert "Du har inte tillgång till den mottagningen." in page.text


def test_an_account_with_two_clinics_chooses_between_them(open_page):
    page = open_page("psykiatripartners", "overview")

    page.choose("Mottagning", "ludvika-psykiatripartners")

    assert page.app.title[0].value == "Psykiatripartners BUP Ludvika"


def test_an_account_with_two_clinics_reads_what_the_other_owes(open_page):
    text = open_page("psykiatripartners", "overview", mottagning="falun-psykiatripartners").text

    assert "Psykiatripartners BUP Ludvika:** Januari 2025 ska skickas in senast 15 februari" in text
    assert 'href="/oversikt?mottagning=ludvika-psykiatripartners"' in text


PERMITTED = {
    "month",
    "own",
    "stretch",
    *("region", "nation", "target", "mean", "low", "high"),
    "signal",
    "note",
    "rule",
    "cases",
    *("comment", "break", "event", "plan", "plans"),  # what is marked
    *(
        f"{name}_text" for name in ("own", "region", "nation", "mean", "low", "high", "cases")
    ),  # as the table prints it
}


@pytest.mark.security
def test_the_indicators_charts_are_sent_own_and_released_values_only(open_page):
    page = open_page("mora", "indicator", indikator="care_plans")

    assert page.app.title[0].value == "Skrivna vårdplaner – BUP Mora"
    charts = page.app.get("vega_lite_chart")
    assert len(charts) == 1
    rows = page.chart_rows()
    assert len(rows) == 24
    assert {name for row in rows for name in row} == PERMITTED


def test_a_month_without_value_is_null_in_the_chart_and_not_zero(open_page):
    page = open_page("hedemora-kiron", "indicator", indikator="care_plans")

    rows = page.chart_rows()
    not_open = [row for row in rows if row["month"] in ("feb 23", "mar 23")]
    assert len(not_open) == 2
    assert {(row["own"], row["mean"], row["signal"], row["cases"]) for row in not_open} == {(None,) * 4}


def test_a_break_is_drawn_and_said_and_the_months_keep_their_order(open_page, own_demo):
    region = RegionUser("region", "Region")
    reason = "Nytt sätt att räkna samtal"
    breaks.enter(own_demo, region, clinic="mora", month=Month(2023, 9), reason=reason)

    page = open_page("mora", "indicator", indikator="calls_answered_same_day")

    rows = page.chart_rows()
    assert [row["month"] for row in rows if row["break"]] == ["sep 23"]
    assert {row["stretch"] for row in rows[:7]} == {0}
    assert {row["stretch"] for row in rows[7:]} == {1}
    assert ">Seriebrott</td>" in page.text and ">Nytt sätt att räkna samtal</td>" in page.text
    spec = json.loads(page.app.get("vega_lite_chart")[0].proto.spec)
    for layer in spec["layer"]:  # Vega would put the break's month first
        if "field" in layer["encoding"]["x"]:
            assert layer["encoding"]["x"]["scale"]["domain"] == [row["month"] for row in rows]


def test_a_break_is_named_in_the_legend_too(open_page, own_demo):
    region = RegionUser("region", "Region")
    breaks.enter(own_demo, region, clinic=None, month=Month(2024, 3), reason="Nytt sätt att räkna")

    page = open_page("mora", "indicator", indikator="calls_answered_same_day")

    assert "Seriebrott mar 24: Nytt sätt att räkna" in page.text


def test_a_neighbours_opening_is_marked_and_said_and_nothing_else_of_it(open_page):
    page = open_page("borlange", "indicator", indikator="active_patients")

    assert [(row["month"], row["event"]) for row in page.chart_rows() if row["event"]] == [
        ("okt 23", "1"),
        ("nov 24", "2"),
    ]
    assert "⋮2</b> Moment BUP Borlänge öppnade november 2024" in page.text
    assert "JeWe BUP Borlänge öppnade oktober 2023 (samma kommun)" in page.text
    assert "Kiron Care BUP Hedemora öppnade november 2023 (Hedemora)" in page.text
    assert "Ingen mottagning i registret har stängt under tiden." in page.text
    assert "897" not in page.text  # JeWe's patients in the report


def test_the_regions_sum_of_patients_stands_in_the_table_and_presses_no_line_flat(open_page):
    page = open_page("mora", "indicator", indikator="active_patients")

    assert {row["region"] for row in page.chart_rows()} == {None}
    assert "7 317" in page.text
    assert "Regionens summa ritas inte i samma skala" in page.text


def tiles_of(page, css):
    """Return what each tile says, piece by piece, without its picture."""
    (body,) = [body for body in (element.proto.body for element in page.app.get("html")) if f'{css}"' in body]
    found = html.fragment_fromstring(body, create_parent="div").xpath(f".//ul[@class='{css}']//a")
    return [[" ".join(part.text_content().split()) for part in tile] for tile in found]


def test_what_needs_attention_comes_first_with_one_line_of_reason(open_page):
    page = open_page("borlange", "overview", manad="2024-12")

    cards = tiles_of(page, "portal-tiles large")
    assert len(cards) == 3
    reasons = {card[0]: card[-1] for card in cards}
    assert reasons["Start av utredning inom 30 dagar▼ sämre"] == "Sju månader i rad under eget snitt."
    assert all(len(reason.split()) <= 12 for reason in reasons.values())


def test_what_is_both_better_and_behind_is_said_in_one_line(open_page):
    page = open_page("falun", "overview", manad="2024-12")

    assert "Bättre än i november, men 13:e månaden under eget snitt." in page.text


def test_the_region_reads_no_ni_and_a_demand_has_its_level_on_the_tile(open_page):
    page = open_page("region", "overview", mottagning="mora")

    shown = " ".join(page.text.replace("<", " <").split())
    assert not re.search(r"\b([Nn]i|[Ee]rt|[Ee]ra)\b", re.sub(r"<[^>]*>", " ", shown))
    tiles = {
        tile.find_class("name")[0].text_content(): tile.text_content()
        for tile in page.html.find_class("portal-tile")
    }
    assert tiles["Första besök inom 30 dagar"].replace("\u00a0", " ").endswith("mål 100 %")


def test_good_news_is_shown_too(open_page):
    text = open_page("falun", "overview", manad="2024-12").text

    assert "▲ Bättre" in text and "Skrivna vårdplaner</a>" in text


def test_the_months_are_a_step_apart(open_page):
    text = open_page("falun", "overview", manad="2024-12").text

    assert 'href="/oversikt?manad=2024-11"' in text and 'href="/oversikt?manad=2025-01"' in text
    assert 'href="/oversikt?manad=2025-01&amp;mottagning=ludvika-psykiatripartners"' in raw(
        open_page("psykiatripartners", "overview", manad="2024-12", mottagning="ludvika-psykiatripartners")
    )


def raw(page):
    return " ".join(element.proto.body for element in page.app.get("html"))


def test_a_queues_indicator_says_what_it_would_take_and_on_which_assumptions(open_page):
    page = open_page("mora", "indicator", indikator="waiting_investigation")

    assert "För att ingen ska vänta mer än 30 dagar i slutet av juni 2025 behöver ni starta" in page.text
    assert "**Antaganden.** 41 väntade sista december 2024." in page.text
    assert "Startade inom 30 dagar gäller dem som fick starta" in page.text
    before = page.text
    page.app.number_input[0].set_value(40).run()
    assert page.text != before
    assert "40 nya ställs i kön varje månad" in page.text
    (curve,) = [chart for chart in page.app.get("vega_lite_chart") if '"tried"' in chart.proto.spec]
    assert "I dagens takt: " in curve.proto.alt and "Högst 30 dagar: 39." in curve.proto.alt


def test_every_chart_says_its_direction_how_to_read_it_and_where_its_definition_is(open_page):
    page = open_page("mora", "indicator", indikator="first_visit_within_30d")

    assert "inom det vanliga · högre är bättre" in page.text
    assert "Det grå bandet är det vanliga, den prickade linjen snittet" in page.text
    assert "[Alla definitioner](/definitioner?indikator=first_visit_within_30d)" in page.text
    labels = [button.proto.label for button in page.app.get("download_button")]
    assert labels == ["Tabellen (CSV för Excel)", "Diagrammet (PNG)", "Diagrammet (SVG)"]
    definition = open_page("mora", "definitions", indikator="first_visit_within_30d").text
    assert definition.index("Första besök inom 30 dagar") < definition.index("Sammanslaget")


def test_news_is_marked_and_the_table_says_by_which_rule_of_every_month(open_page):
    page = open_page("borlange", "indicator", indikator="investigation_within_30d")

    rows = page.chart_rows()
    marked = [row["month"] for row in rows if row["signal"]]
    ruled = [row["month"] for row in rows if row["rule"] != "–"]
    assert marked[-1] == "jan 25"  # the newest
    assert len(marked) <= 2 < len(ruled)  # and where it last turned: history is not coloured after the fact
    assert [row["own"] for row in rows if row["note"] == "sämst"] == [
        min(row["own"] for row in rows if row["own"] is not None)
    ]
    for words in ("▼ 8 månader i rad under snittet", "▼ del av 8 månader i rad"):
        assert words in page.text


def test_a_share_is_drawn_from_0_to_100_with_its_lines_named_at_their_ends(open_page):
    page = open_page("falun", "indicator", indikator="first_visit_within_30d")

    spec = json.loads(page.app.get("vega_lite_chart")[0].proto.spec)
    scales = [layer["encoding"]["y"] for layer in spec["layer"] if "scale" in layer["encoding"].get("y", {})]
    assert {tuple(y["scale"]["domain"]) for y in scales if "field" in y} == {(0, 100)}
    names = [layer["data"]["values"][0]["text"] for layer in spec["layer"] if "data" in layer]
    shares = ("Mål 100", "Ni 94", "Regionen 89", "Snitt 70", "Landet 65")
    assert names == [f"{share}\u00a0%" for share in shares]


def test_the_answer_stands_first_in_a_sentence_and_four_numbers(open_page):
    text = open_page("falun", "indicator", indikator="first_visit_within_30d").text

    sentence = "Ni +38 procentenheter, regionen +31 sedan februari 2023; sämst i april 2023: 15 av 29."
    assert sentence in text
    for words in ("December 2024", "32 av 34 besök", "Mot november", "+10", "≈ i nivå", "2 till"):
        assert words in text[text.index(sentence) :]


def test_to_the_region_it_is_the_clinic_that_is_spoken_of(open_page):
    text = open_page("region", "indicator", mottagning="falun", indikator="first_visit_within_30d").text

    assert "Mottagningen +38 procentenheter, regionen +31" in text
    assert "behöver mottagningen starta" in text


def test_the_months_can_be_read_as_rolling_years(open_page):
    page = open_page("mora", "indicator", indikator="first_visit_within_30d")

    page.app.button_group[1].set_value("rullande").run()

    assert "Varje punkt är de tolv månaderna" in page.text
    rows = page.chart_rows()
    own_values = [row["own"] for row in rows if row["own"] is not None]
    assert len(own_values) == 13  # the years to December 2023 … December 2024
    assert {row["mean"] for row in rows} == {row["region"] for row in rows} == {None}


def test_a_clinic_comments_a_month_and_the_region_reads_it(open_page):
    page = open_page("mora", "indicator", indikator="care_plans", manad="2024-12")

    page.app.text_area[0].set_value("Två vikarier <b>slutade</b>").run()
    page.press("Spara kommentaren")

    assert "Två vikarier <b>slutade</b>" in page.text  # as text: unescaped by the reader of this test
    rows = page.chart_rows()
    assert [row["month"] for row in rows if row["comment"]] == ["dec 24"]
    region = open_page("region", "clinics", indikator="care_plans", period="2024-12")
    assert "Två vikarier" in region.text
    assert "Spara kommentaren" not in open_page("region", "indicator", mottagning="mora").buttons()


def test_a_comment_with_a_personal_number_is_refused_and_not_stored(open_page):
    page = open_page("mora", "indicator", indikator="care_plans")

    page.app.text_area[0].set_value("Gäller 850709-9805").run()
    page.press("Spara kommentaren")

    assert "ser ut som ett personnummer" in page.text
    assert ">Kommentar</td>" not in page.text


def test_a_month_without_value_is_said_in_words_never_zero(open_page):
    page = open_page("ludvika-psykiatripartners", "indicator", indikator="active_patients")

    assert "ej startad" in page.text
    assert "ej rapporterat" in page.text
    assert "Ni har inte rapporterat något värde" in page.text


def test_definitions_follow_the_declarations(open_page):
    text = open_page("mora", "definitions").text

    for indicator in MONTHLY_INDICATORS:
        assert indicator.definition in text


def test_the_log_of_a_clinic_is_about_that_clinic(open_page):
    page = open_page("borlange", "audit_log")

    assert "Återlämnade" in page.text
    assert "Regionen" in page.text
    assert "Mora" not in page.text
    assert "Användarnamn" not in [field.label for field in page.app.text_input]
    assert not page.app.get("download_button")


# Corrections


def test_the_way_to_correct_an_earlier_month_stands_where_nothing_is_due(open_page):
    page = open_page("avesta", "overview")

    assert "Allt är inskickat" in page.text
    assert '<a href="/inlamningar?mottagning=avesta" target="_self">Rätta en tidigare månad</a>' in page.text


def test_the_region_is_offered_no_correction_of_a_clinics_month(open_page):
    assert "Rätta en tidigare månad" not in open_page("region", "overview", mottagning="avesta").text


def test_beside_the_button_stands_what_a_correction_becomes_and_who_sees_it(open_page):
    page = open_page("avesta", "submissions", manad="2024-12")

    assert "Rätta december 2024" in page.buttons()
    text = page.text
    assert "Rättelsen blir en ny version, och alla tidigare versioner står kvar." in text
    assert "Alla konton med er mottagning ser versionerna" in text
    assert "granskar på nytt" in text
    assert "Andra mottagningar ser aldrig månadens värden" in text
    assert "byts bara ut om minst tre vårdgivare har ändrat sina siffror" in text
    assert "En publicerad årsuppföljning ändras inte" in text


def marks(page):
    """Return the strip's marks in words, by month."""
    links = page.html.iterfind(".//td//a")
    return {
        link.get("href").split("manad=")[1]: link.findtext("span[@class='portal-said']") for link in links
    }


def test_every_month_is_a_mark_also_the_one_that_is_not_sent(open_page):
    page = open_page("mora", "submissions")

    assert len(marks(page)) == 25
    assert (marks(page)["2025-01"], marks(page)["2024-12"]) == (
        "januari 2025, väntas",
        "december 2024, godkänd",
    )
    assert "December 2024, version 1: godkänd" in page.text

    page = open_page("mora", "submissions", manad="2025-01")
    assert "Inget är inskickat. Sista dag 15 februari 2025." in page.text
    (chosen,) = [cell for cell in page.html.iterfind(".//td") if "chosen" in cell.get("class", "")]
    assert chosen.find(".//a").get("href").endswith("manad=2025-01")
    assert "Rapportera januari 2025" in page.buttons()


@pytest.mark.parametrize("month", ["2031-01", "2025-13", "<b>"])
def test_an_unknown_month_is_said_in_words(open_page, month):
    page = open_page("mora", "submissions", manad=month)

    assert f"”{month}” är ingen månad som ni rapporterar." in page.text
    assert "December 2024, version 1" in page.text


def test_the_region_reads_a_submission_without_the_clinics_instructions(open_page):
    text = open_page("region", "submissions", mottagning="avesta", manad="2024-12").text

    assert "December 2024, version 1" in text
    assert "Det här händer när ni rättar" not in text


def month_choices(page):
    return next(box.options for box in page.app.selectbox if box.label == "Månad")


def test_months_that_are_sent_are_offered_for_correction(open_page):
    page = open_page("mora", "submit")

    assert month_choices(page)[:2] == ["januari 2025", "december 2024 – rätta (godkänd)"]
    assert page.app.title[0].value == "Januari 2025 · BUP Mora"
    assert ">Rätta en tidigare månad</a>" in page.text
    assert "Det här händer när ni rättar" not in page.text


def test_a_chosen_earlier_month_says_that_it_becomes_a_new_version(open_page):
    page = open_page("mora", "submit", manad="2024-12")

    assert "Redan skickad. Det ni skickar nu blir version 2." in page.text
    assert "Rättelsen blir en ny version" in page.text


def test_a_returned_month_is_offered_as_one_to_answer(open_page):
    choices = month_choices(open_page("borlange", "submit"))

    assert choices[0] == "januari 2025 – svara och rätta (återlämnad)"


def test_a_returned_month_says_what_the_region_wrote_and_by_when_to_answer(open_page):
    for page in (open_page("borlange", "overview"), open_page("borlange", "submit")):
        text = page.text.replace("\\", "")  # what the region wrote is no Markdown
        assert "Startade alla under månaden?" in text
        assert "Svara senast 15 februari" in text


def test_where_a_returned_month_is_answered_stands_what_is_there(open_page):
    answered = months()["borlange"][Month(2025, 1)]
    text = open_page("borlange", "submit").text.replace("\\", "")

    assert f"Alla obligatoriska uppgifter är inskickade ({len(answered)} med de frivilliga)." in text
    assert "Svara senast 15 februari." in text
    assert "skickar ni dem oförändrade, med ett svar på kommentaren" in text


def test_a_share_says_how_far_it_is_from_what_the_contract_asks(open_page):
    page = open_page("borlange", "indicator", indikator="treatment_within_30d")

    own = re.search(r"(\d+) av (\d+) behandlingar · osäkerhet (\d+)–(\d+) %", page.text)
    within, started, low, high = map(int, own.groups())
    assert low < 100 * within / started < high
    assert "Mål: alla (100 %)" in page.text
    assert f"{started - within} till" in page.text
    assert f"av {started} behandlingar hade behövt nå dit" in page.text
    assert "För att nå dit redan i slutet av februari 2025" in page.text


def test_a_month_released_early_is_nowhere_said_to_be_released_later(open_page, own_demo):
    assert "släpps 20 februari" in open_page("falun", "overview", manad="2025-01").text

    release(own_demo, RegionUser("region", ""), Month(2025, 1))

    for user, name in (
        ("falun", "overview"),
        ("borlange", "overview"),
        ("borlange", "submit"),
        ("mora", "indicator"),
    ):
        assert "släpps" not in open_page(user, name, manad="2025-01").text
