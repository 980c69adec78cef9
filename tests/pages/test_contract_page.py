"""Avtalskrav: what the region reads and enters, and what a clinic reads about itself."""

import re
from datetime import date

from lxml import html

from portal.demo.inputs import telephone_hours
from portal.domain.insight.contract import Reply, Verdict
from portal.domain.sources.facts import Fact
from portal.services.insight import contract
from portal.services.sources import source_years
from tests.pages.printing.ledger import plain
from tests.services.region import CONTROLLER


DEMO_OPEN = {
    clinic
    for clinic, reply in {
        answer.clinic: answer.reply for answer in telephone_hours()
    }.items()  # the last one counts
    if reply is Reply.YES
}


def story(text, clinic, demand):
    """Return what opens on one clinic's cell of a demand."""
    inside = text[text.index(f"<strong>{clinic} · {demand}:") :]
    return inside[: inside.index("</details>")]


def matrix_of(text):
    """Return the matrix as rows of what one reads without opening a cell, by the clinic's name."""
    table = next(html.fragment_fromstring(text, create_parent="div").iter("table"))
    for box in table.xpath(".//details/div"):
        box.drop_tree()
    rows = [[plain(cell.text_content()) for cell in row] for row in table.iterfind("tbody/tr")]
    return {name: cells for name, *cells in rows}


def test_a_cell_is_a_mark_and_one_figure(open_page):
    text = open_page("region", "contract").text

    for demand in ("Första besök", "Telefontider", "Informationsträffar", "Synergi"):
        assert demand in text
    assert text.count("<details") == 11 * 8
    rows = matrix_of(text)
    assert rows["BUP Mora"] == [
        "◐ 81,3 %", "✗ 24,5 %", "✗ 37,2 %", "◐", "◐ 88,2 %", "✗ 79,2 %", "✓", "✓", "2/8"
    ]  # fmt: skip
    assert [cells[3] for cells in rows.values()].count("✓") == len(DEMO_OPEN)
    assert "<caption>Helåret</caption>" in text


def test_what_the_marks_stand_for_is_said_once_with_how_many_there_are(open_page):
    text = open_page("region", "contract").text

    cells = [cell for name, row in matrix_of(text).items() if name != "Uppfyller" for cell in row[:-1]]
    for verdict in Verdict:
        count = sum(cell.startswith(verdict.symbol) for cell in cells)
        assert f">{verdict.symbol} {count} {verdict.label}<" in text


def test_each_clinic_and_each_demand_has_a_sum(open_page):
    rows = matrix_of(open_page("region", "contract").text)
    sums = rows.pop("Uppfyller")

    for cells in rows.values():
        judged = [cell for cell in cells[:-1] if not cell.startswith("?")]
        lacking = len(cells[:-1]) - len(judged)
        beside = f" ? {lacking}" if lacking else ""
        assert cells[-1] == f"{sum(cell.startswith('✓') for cell in judged)}/{len(judged)}{beside}"
    for position, text in enumerate(sums[:-1]):
        judged = [cells[position] for cells in rows.values() if not cells[position].startswith("?")]
        assert text == f"{sum(cell.startswith('✓') for cell in judged)}/{len(judged)}"


def test_why_nothing_can_be_judged_is_a_footnote_and_a_word(open_page):
    rows = matrix_of(text := open_page("region", "contract").text)

    assert rows["Moment BUP Borlänge"][:6:5] == ["? *", "? †"]
    assert "<sup>*</sup> färre än 10 fall. <sup>†</sup> inget underlag" in text
    assert "Kan inte bedömas: färre än 10 fall." in story(text, "Moment BUP Borlänge", "Utredning")


def test_a_column_says_from_where_on_its_demand_is_met(open_page):
    text = open_page("region", "contract").text

    for heading in (
        "Utredning\nminst 100 %",
        "Telefontillgänglighet\nminst 90 %",
        "Informationsträffar\nminst 1",
    ):
        assert f">{heading}<" in text


def test_the_address_says_who_stands_first(open_page):
    page = open_page("region", "contract", ordning="telephone_hours")
    assert [cells[3] for cells in matrix_of(page.text).values()][:3] == ["✗", "◐", "◐"]

    page.choose("Ordning", "uppfyllda")

    met = [int(cells[-1].split("/")[0]) for cells in list(matrix_of(page.text).values())[:-1]]
    assert met == sorted(met)  # who can't be judged on half of them is not the best
    assert page.app.query_params["ordning"] == "uppfyllda"


def test_behind_a_cell_stand_the_rule_the_figure_the_level_how_long_and_the_years(open_page):
    page = open_page("region", "contract")

    text = story(page.text, "BUP Mora", "Utredning")

    assert text.startswith("<strong>BUP Mora · Utredning: inte uppfyllt</strong>")
    assert "Färre än 100 fall: osäkerhet 17–34 % (95 %)." in text
    assert "Uppfyllt från 100 %, delvis från 60 %." in text
    assert re.search(r"Inte uppfyllt sedan [a-zåäö]+ 2023: minst 24 månader\.", text)
    assert "Under 60 % sedan mars 2023: 22 månader." in text
    assert re.search(r"2023 ✗ \d\d,\d\s%.*2024 ✗ 24,5\s% \(23 av 94\).*2025 ", text)
    assert re.search(r'alt="Kvartal för kvartal: \d+\s% [^"]+, \d+\s% okt–dec 24\."', text)
    assert 'href="/indikator?mottagning=mora&indikator=investigation_within_30d"' in text


def test_how_all_is_judged_stands_folded_and_once(open_page):
    text = open_page("region", "contract").text

    assert text.count("Utredningen startar inom 30 dagar från beslutet att den ska göras.") == 1
    method = text[text.index("Rapportens ordning är ingen rangordning") :]
    assert "Uppfyllt från 100 %, delvis från 60 % (gäller från 1 februari 2022)." in method
    assert text.count("Årsuppföljning Vårdval BUP Dalarna 2024, avsnitt 4.5.3") == 1


def test_a_year_that_is_not_over_says_how_far_it_has_come(open_page):
    assert "Januari 2025" in open_page("region", "contract", ar="2025").text


def test_a_broken_demand_says_since_when_or_when_it_last_was(open_page):
    text = open_page("region", "contract").text

    lately = story(text, "JeWe BUP Borlänge", "Första besök")
    assert "Inte uppfyllt sedan" in lately
    assert re.search(r"Under 80\s% senast i [a-zåäö]+ 2024\.", text)


def test_what_is_lacking_is_said_with_where_to_enter_it(open_page):
    page = open_page("region", "contract")

    page.choose("År", 2023)

    assert "uppgifter om Informationsträffar och Synergi saknas" in page.text


def test_another_year_is_judged_by_itself(open_page):
    page = open_page("region", "contract")

    page.choose("År", 2023)

    assert matrix_of(page.text)["BUP Avesta"][0] == "✗ 68,4 %"
    assert "ej startad" in page.text


def enter_answer(page, source, reply="no"):
    page.app.selectbox(key="answer-clinic").set_value("mora")
    page.app.radio(key="answer-reply").set_value(reply)
    page.app.date_input(key="answer-from").set_value(date(2024, 9, 1))
    page.app.text_input(key="answer-source").set_value(source)
    return page.press("Lägg in svaret")


def test_the_region_enters_an_answer_and_sees_it_in_the_matrix(open_page):
    page = enter_answer(open_page("region", "contract"), "Provringning en tisdag klockan 12")

    assert matrix_of(page.text)["BUP Mora"][3] == "✗"
    behind = story(page.text, "BUP Mora", "Telefontider")  # partly since March, no since September
    assert "Inte uppfyllt sedan mars 2024: 10 månader." in behind
    assert "Provringning en tisdag klockan 12" in page.text
    assert page.app.success[0].value == "Svaret om Telefontider är inlagt."


def test_an_answer_without_its_source_is_refused_and_nothing_typed_is_lost(open_page, own_demo):
    before = contract.list_answers(own_demo, CONTROLLER)

    page = enter_answer(open_page("region", "contract"), "ab")

    assert "Skriv vem som svarar, med 5–500 tecken." in page.text
    assert page.app.text_input(key="answer-source").value == "ab"
    assert page.app.selectbox(key="answer-clinic").value == "mora"
    assert contract.list_answers(own_demo, CONTROLLER) == before


def set_level(page, met, partly=""):
    page.app.selectbox(key="level-demand").set_value("same_day_answers")
    page.app.text_input(key="level-met").set_value(met)
    page.app.text_input(key="level-partly").set_value(partly)
    page.app.date_input(key="level-from").set_value(date(2024, 1, 1))
    page.app.text_input(key="level-basis").set_value("Beslut av vårdvalschefen")
    return page.press("Sätt nivån")


def test_a_level_that_the_region_sets_makes_the_demand_judgeable(open_page):
    page = set_level(open_page("region", "contract"), "87,5", "80")

    assert "ingen nivå är satt" not in page.text
    assert "Uppfyllt från 87,5 %, delvis från 80 % (gäller från 1 januari 2024)." in page.text
    assert "uppfyllt från 87,5 %, delvis från 80 %" in page.text


def test_a_level_that_is_no_number_says_what_was_read(open_page, own_demo):
    before = contract.list_levels(own_demo, CONTROLLER)

    page = set_level(open_page("region", "contract"), "många")

    assert "Uppfyllt från: ”många” är inget tal. Skriv till exempel 80 eller 82,5." in page.text
    assert page.app.text_input(key="level-met").value == "många"
    assert contract.list_levels(own_demo, CONTROLLER) == before


def test_a_level_is_read_by_the_grammar_of_all_amounts(open_page, own_demo):
    page = set_level(open_page("region", "contract"), "08")
    assert "Uppfyllt från: ”08” är inget tal." in page.text

    set_level(page, "80 %")
    assert contract.list_levels(own_demo, CONTROLLER)[0].level.met == 80


def test_a_clinic_reads_its_own_row_on_its_first_screen(open_page):
    text = open_page("mora", "overview").text

    own = text[text.index("Det bygger på") :]
    assert own.count("<details") == 8
    assert "24,5 %: 23 av 94" in own
    assert "Utredningen startar inom 30 dagar från beslutet att den ska göras." in own
    for name in ("Ludvika", "Capio", "Avesta"):
        assert name not in own


def own_visit(page, year=2024):
    text = page.text
    return text[text.index(f"Besök av Läkemedelsenheten {year}") :][:400]


def test_a_clinic_reads_whether_the_medicine_unit_has_been_there(open_page, own_demo):
    facts = [
        Fact(
            indicator="medicine_unit_visits",
            year=2024,
            clinic="falun",
            breakdown=part,
            value=1,
            source="Läkemedelsenheten i januari",
        )
        for part in ("contacted", "visited")
    ]
    source_years.enter(own_demo, CONTROLLER, facts, correction="Enhetens lista är rättad")

    visit = own_visit(open_page("falun", "overview"))

    assert "ja (kontaktad: ja)" in visit
    assert "Källa: Läkemedelsenheten i januari" in visit


def test_a_clinic_without_an_entry_reads_who_makes_it(open_page):
    page = open_page("mora", "overview")

    page.choose("År", 2023)

    visit = own_visit(page, 2023)

    assert "– ingen uppgift" in visit
    assert "Regionen har inte fört in någon än." in visit


def test_a_clinic_cannot_open_the_matrix(open_page):
    page = open_page("mora", "contract")

    assert page.app.title[0].value == "Du kan inte öppna den här sidan"
    assert "<details" not in page.text
