"""Granska: one clinic's month, what deviates first, and the decision."""

import re
from urllib.parse import unquote

from portal.domain.accounts.access import RegionUser
from portal.domain.registry.measures import MEASURES
from portal.ui.base.palette import WORSE_LINE
from tests.services.region import send


def test_the_review_says_how_far_a_month_is_without_adding_up_what_does_not_belong_together(open_page):
    text = open_page("region", "review").text

    assert "5 av 11 inne (4 godkända, 1 att granska); dessutom 1 återlämnad" in text
    assert "Godkänn om värdena stämmer: de ingår då i regionens värden." in text
    assert "rimliga ut" not in text


def test_what_deviates_is_drawn_first_and_marked_among_the_folded_values(open_page, own_demo):
    send(own_demo, "mora", confirm=True, care_plans=400)

    page = open_page("region", "review", mottagning="mora", manad="2025-01")

    tiles = {tile.findtext(".//span[@class='name']"): tile for tile in page.html.iterfind(".//li/a")}
    assert tiles["Skrivna vårdplaner"].findtext(".//b") == "400"
    months = "/indikator?mottagning=mora&indikator=care_plans"
    assert tiles["Skrivna vårdplaner"].get("href") == f"{months}#varfor"
    assert "Mer än fem gånger det vanliga." in tiles["Skrivna vårdplaner"].text_content()
    line = tiles["Skrivna vårdplaner"].find(".//img")
    assert WORSE_LINE in unquote(line.get("src"))  # the dot outside the band
    assert re.fullmatch(r"Skrivna vårdplaner: .*, 400 i januari 2025\. Väntat \d+–\d+\.", line.get("alt"))
    rows = page.html.iterfind(".//details//tbody/tr")
    marked = [row.find("th").text_content() for row in rows if "! avviker" in row.text_content()]
    assert marked == list(tiles)


def test_who_read_a_month_in_is_told_that_somebody_else_reviews_it(open_page, own_demo):
    send(own_demo, "mora", user=RegionUser("region", "Vårdvalschef"), confirm=True)

    page = open_page("region", "review", mottagning="mora", manad="2025-01")

    assert not [label for label in page.buttons() if label.startswith(("Godkänn BUP Mora", "Återlämna"))]
    assert [element.value for element in page.app.info] == [
        "Du skickade själv in månaden. Någon annan behöver granska den."
    ]


def test_what_deviates_stands_first_when_the_clinic_corrects_it(open_page, own_demo):
    send(own_demo, "mora", confirm=True, care_plans=400)
    deviating = open_page("region", "review", mottagning="mora", manad="2025-01").html
    labels = [tile.findtext(".//span[@class='name']") for tile in deviating.iterfind(".//li/a")]

    page = open_page("mora", "submit", manad="2025-01")

    assert page.app.subheader[0].value == "Ändrat eller avvikande"
    first = [box.label.removesuffix(" (frivilligt)") for box in page.app.text_input[: len(labels)]]
    assert sorted(first) == sorted(labels)


def test_a_month_without_deviations_says_so_and_its_buttons_name_the_clinic(open_page):
    page = open_page("region", "review")

    # What Månaden says of the clinic isn't contradicted here.
    assert "Ingen kontroll varnar. Större än slumpen i månaden: " in page.text
    assert page.html.find(".//li/a") is None
    (why,) = [link.get("href") for link in page.html.iterfind(".//p/a") if link.text == "Skrivna vårdplaner"]
    assert why == "/indikator?mottagning=borlange-jewe&indikator=care_plans#varfor"
    assert "Godkänn JeWe BUP Borlänge januari 2025" in page.buttons()
    assert "Återlämna JeWe BUP Borlänge januari 2025" in page.buttons()


def test_the_review_names_optional_measures_that_were_left_out(open_page, own_demo):
    send(own_demo, "mora", confirm=True)

    text = open_page("region", "review", mottagning="mora", manad="2025-01").text

    (measures,) = re.findall("Frivilliga mått som inte är ifyllda: ([^.]*)", text)
    assert measures.split("; ") == [measure.label for measure in MEASURES if not measure.required]


def test_what_is_written_to_one_clinic_never_stands_in_the_next_cases_box(open_page, own_demo):
    """The box was one for all cases: a comment written to one clinic was sent to another."""
    send(own_demo, "mora", confirm=True)
    page = open_page("region", "review", mottagning="mora", manad="2025-01")
    (box,) = page.app.text_area
    box.set_value("Till Mora: se över vårdplanerna.").run()

    page.app.query_params["mottagning"] = "borlange-jewe"
    (other_box,) = page.app.run().text_area

    assert (other_box.key, other_box.value) == ("comment borlange-jewe 2025-01 1", "")
    page.app.query_params["mottagning"] = "mora"
    assert page.app.run().text_area[0].value == "Till Mora: se över vårdplanerna."
