"""Årsuppföljning as people meet it: written, frozen, published, read by the clinics, taken out as documents."""

from urllib.parse import urlencode

import pytest

from portal.domain.accounts.access import OPERATOR
from portal.domain.annual_report.small_numbers import small_numbers
from portal.reports.cover import Format
from portal.services.annual_report import freezing, texts
from portal.services.annual_report.live import live
from portal.services.annual_report.publishing import giveaway_of
from portal.ui.annual_report.annual_publishing import MAKE
from portal.ui.base import formats
from tests.conftest import SYSTEM


NOT_PUBLISHED = "Regionens årsuppföljning för 2024 är inte publicerad än"


def part(page, number):
    """Open a chapter, by its number."""
    return page.choose("Innehåll", number)


def write(page, number):
    """Open the box of a section's text, where the text stands."""
    page.app.button(key=f"edit-report-text-2024-{number}").click().run()
    (box,) = page.app.text_area
    return box


def freeze(portal, *, published=False):
    frozen = freezing.freeze(portal, OPERATOR, 2024)
    if published:
        freezing.publish(portal, OPERATOR, year=2024, version=frozen.version, sha256=frozen.sha256)
    return frozen


def downloads(page):
    return [button.label for button in page.app.get("download_button")]


def test_the_region_sees_the_draft_with_the_summary_first(open_page):
    page = open_page("region", "annual_report")

    assert page.app.title[0].value == "Årsuppföljning 2024"
    assert "5 februari 2025, kan ändras." in page.text
    assert page.html.findtext(".//h2") == "Sammanfattning"
    assert "Fastställ …" in page.buttons()


def test_a_chapter_shows_its_charts_with_words(open_page):
    page = part(open_page("region", "annual_report"), "3")

    assert len(page.app.get("vega_lite_chart")) == 4
    assert "Figur 1. Mottagningar i Vårdval BUP Dalarna 2024" in page.text
    assert "+7,4 %" in page.text
    queues = part(page, "4.7")
    assert len(queues.app.get("vega_lite_chart")) == 2
    assert queues.text.count("Källa: ") == 1


def test_a_chapter_begins_with_its_figures_and_folds_its_tables(open_page):
    page = part(open_page("region", "annual_report"), "4.5.2")

    tiles = [" ".join(tile.text_content().split()) for tile in page.html.iterfind(".//ul/li")]
    assert tiles == [
        "Första besök inom 30 dagar80 %2024, sammanslaget, 2 400 av 3 000",
        "mot 2023+15procentenheter, från 65 %, ▲ bättre",
        "Publicerat80 %som portalen räknar",
    ]
    folds = [fold.findtext("summary") for fold in page.html.iterfind(".//details")]
    assert folds == ["Mer i ord", "Tabell", "Så räknas det"]
    captions = [table.findtext("caption") for table in page.html.iterfind(".//table")]
    assert captions == [
        "Tabell 16. Första besök inom 30 dagar per mottagning (procent)",
    ]


def test_a_link_to_a_section_opens_what_it_is_read_with(open_page):
    page = open_page("region", "annual_report", kapitel="4.2.3")

    assert "4.2.3 Patientnämnd" in page.text
    assert page.app.radio[0].value == "4.2"


def test_the_summary_is_three_messages(open_page):
    page = open_page("region", "annual_report")

    tiles = [" ".join(tile.text_content().split()) for tile in page.html.iterfind(".//ul/li")]
    assert tiles == [
        "Start av behandling inom 30 dagar34 %−30 procentenheter från 64 % (2023) · ▼ sämre",
        "Start av utredning inom 30 dagar25 %−20 procentenheter från 45 % (2023) · ▼ sämre",
        "Första besök inom 30 dagar80 %+15 procentenheter från 65 % (2023) · ▲ bättre",
    ]


def test_the_summarys_sentences_are_the_regions_to_change(open_page, own_demo):
    page = open_page("region", "annual_report")
    assert page.text.count("ning från") == 5
    write(page, "sammanfattning").set_value("{meningar}\n\nDet var året i korthet.").run()

    page.app.button(key="save-report-text-2024-sammanfattning").click().run()

    assert "Det var året i korthet." in page.text
    assert len(live(own_demo, OPERATOR, 2024).section("").generated) == 5


def test_the_chapters_of_discussion_are_the_regions_own_words(open_page):
    page = part(open_page("region", "annual_report"), "6")

    assert "• Hög kvalitet och minskade köer" in page.text


def test_a_text_is_written_and_takes_the_sentences_place(open_page, own_demo):
    page = part(open_page("region", "annual_report"), "4.1")
    write(page, "4.1.1").set_value("Vi gjorde fler planer.\n\n- Falun\n- Mora")

    page.app.button(key="save-report-text-2024-4.1.1").click().run()

    assert "Vi gjorde fler planer." in page.text
    assert "• Mora" in page.text
    assert live(own_demo, OPERATOR, 2024).section("4.1.1").text_version == 1


def test_what_opens_a_section_is_written_where_it_stands_for_the_years_to_come(open_page, own_demo):
    page = part(open_page("region", "annual_report"), "2")
    write(page, "2")
    key = "report-text-2024-2:inledning"
    assert "beställarperspektiv" in page.app.text_area(key=key).value
    page.app.text_area(key=key).set_value("Syftet {år}: {sip_meeting.2024} möten.").run()
    page.app.checkbox(key=f"on-{key}").check().run()

    page.app.button(key=f"save-{key}").click().run()
    assert "Fältet {sip_meeting.2024} finns inte. Menade du {sip_meetings.2024}" in page.text
    page.app.text_area(key=key).set_value("Syftet {år}: {sip_meetings.år} möten.").run()
    page.app.button(key=f"save-{key}").click().run()

    assert "Texten är sparad." in page.text
    assert "Syftet 2024: 218 möten." in page.text
    assert live(own_demo, OPERATOR, 2025).section("2").lead == "Syftet 2025: 15 möten."


def test_a_part_that_is_not_saved_stands_there_after_another_part_was_read(open_page):
    page = part(open_page("region", "annual_report"), "2")
    write(page, "2")
    page.app.text_area(key="report-text-2024-2:inledning").set_value("Mitt syfte.").run()

    page.app.selectbox(key="part-report-text-2024-2").select("2").run()
    page.app.run()
    page.app.selectbox(key="part-report-text-2024-2").select("2:inledning").run()

    assert page.app.text_area(key="report-text-2024-2:inledning").value == "Mitt syfte."


def test_a_part_is_left_out_with_one_press(open_page, own_demo):
    page = part(open_page("region", "annual_report"), "2")
    write(page, "2")

    page.app.button(key="out-report-text-2024-2:inledning").click().run()

    assert live(own_demo, OPERATOR, 2024).section("2").lead == ""


def test_chapters_are_left_out_and_added_in_the_check_list(open_page, own_demo):
    page = open_page("region", "annual_report", kapitel="laget")
    page.unfold("arrange-2024")
    page.app.multiselect(key="out-2024").select("4.6:plats").run()
    (forecast,) = [box for box in page.app.checkbox if "Prognos" in box.label]
    assert not forecast.value  # until the region ticks it
    forecast.check().run()
    page.press("Spara valen")
    assert "2 kapitel och tabeller" in page.text
    queues = live(own_demo, OPERATOR, 2024).section("4.7")
    assert any("Prognos" in table.caption for table in queues.tables)

    page.app.text_input(key="own-number-2024").set_value("7")
    page.app.text_input(key="own-title-2024").set_value("Nästa år")
    page.press("Lägg till kapitlet")

    assert "Kapitel 7 finns nu i innehållet" in page.text
    numbers = [section.number for section in live(own_demo, OPERATOR, 2024).sections]
    assert "4.6" not in numbers
    assert "7" in numbers


@pytest.mark.parametrize(("label", "option", "back"), [("Innehåll", "4.5.2", "5"), ("År", 2023, 2024)])
def test_a_text_that_is_not_saved_stands_there_after_something_else_was_read(open_page, label, option, back):
    page = part(open_page("region", "annual_report"), "5")
    assert "data-portal-unsaved" not in page.text
    write(page, "5").set_value("Min text.").run()

    page.choose(label, option)
    assert not page.app.text_area
    page.app.run()
    assert "data-portal-unsaved" in page.text
    page.choose(label, back)

    assert page.app.text_area(key="report-text-2024-5").value == "Min text."
    page.press("Fastställ …")
    assert "Text som inte är sparad kommer inte med:** 5." in page.text
    page.app.button(key="leave-report-text-2024-5").click().run()
    assert "data-portal-unsaved" not in page.text
    assert write(page, "5").value != "Min text."


def test_what_is_being_typed_is_not_written_over_when_the_page_is_drawn_again(open_page):
    page = part(open_page("region", "annual_report"), "5")
    write(page, "5").set_value("Min text.").run()

    page.app.run()

    assert not page.app.text_area(key="report-text-2024-5").proto.set_value


def test_a_second_writer_is_told_and_loses_nothing(open_page, own_demo):
    page = part(open_page("region", "annual_report"), "5")
    section = live(own_demo, OPERATOR, 2024).section("5")
    write(page, "5").set_value("Min text.")
    texts.save(own_demo, OPERATOR, year=2024, section=section, text="Deras text.", base_version=1)

    page.app.button(key="save-report-text-2024-5").click().run()

    assert "kommandorad sparade version 2 medan du skrev" in page.text
    assert page.app.text_area(key="report-text-2024-5").value == "Min text."
    assert "Deras text." in page.text

    page.app.text_area(key="report-text-2024-5").set_value("Deras text. Min text.")
    page.app.button(key="save-report-text-2024-5").click().run()

    assert live(own_demo, OPERATOR, 2024).section("5").text == "Deras text. Min text."
    assert len(texts.list_versions(own_demo, OPERATOR, year=2024, section="5")) == 3


def test_what_lacks_stands_behind_one_line_with_the_way_to_it(open_page):
    page = open_page("region", "annual_report")
    assert "Checklista: 10 av 14 klara" in page.app.radio[0].options
    text = part(page, "laget").text

    assert "Innan du fastställer" in text
    assert "10 av 14 klara. 2 punkter att se över. 2 punkter utan underlag eller mätning." in text
    assert "8 av 8 figurer har underlag." in text
    assert "12 av 12 månader inne från alla 11 mottagningar" in text
    assert "Under 2024 finns inget underlag för sammanställning." in text
    assert "2023: ingen mätning, år utan enkät." in text
    for address in (
        "/kallor?kalla=cgas&ar=2024",
        "/kallor?kalla=npe&ar=2024",
        "/kallor?kalla=lakemedel&ar=2024",
    ):
        assert address in text


def test_the_way_to_an_unwritten_chapter_opens_it(open_page, own_demo):
    """In the draft, although a published version opens first."""
    freeze(own_demo, published=True)
    section = live(own_demo, OPERATOR, 2024).section("5")
    texts.save(own_demo, OPERATOR, year=2024, section=section, text="", base_version=1)
    address = {"ar": "2024", "kapitel": "5", "version-2024": "0"}
    page = open_page("region", "annual_report", **{**address, "kapitel": "laget"})
    assert "Kapitlet är inte skrivet." in page.text
    assert f"/arsuppfoljning?{urlencode(address)}" in page.text

    chapter = open_page("region", "annual_report", **address)

    assert "5 Diskussion :gray[○]" in chapter.app.radio[0].options
    assert write(chapter, "5").value == ""


def test_a_report_is_frozen_and_published_with_two_decisions(open_page, own_demo):
    page = open_page("region", "annual_report")

    page.press("Fastställ …")
    assert "4.4.1 C-GAS: inget underlag" in page.text
    assert freezing.list_frozen(own_demo, OPERATOR) == []
    page.press("Fastställ årsuppföljningen 2024")
    assert "Fastställd version 1" in page.text

    few = sum(not number.is_share for number in small_numbers(live(own_demo, OPERATOR, 2024), own_demo.rules))
    page.press("Publicera …")
    assert f"{few} små tal bygger på 1–4 fall" in page.text
    disclosed = giveaway_of(own_demo, OPERATOR, live(own_demo, OPERATOR, 2024))
    estimated = f"{formats.number(disclosed.close)} av {formats.number(disclosed.months)} av"
    assert estimated.replace("\u00a0", " ") in page.text
    assert freezing.newest_published(own_demo, OPERATOR, 2024) is None

    page.press("Publicera version 1")

    assert "Publicerad 5 februari 2025" in page.text
    assert freezing.newest_published(own_demo, OPERATOR, 2024).version == 1


def test_an_unchanged_draft_cannot_be_frozen_again(open_page, own_demo):
    freeze(own_demo)

    page = open_page("region", "annual_report")

    assert "Oförändrat sedan version 1" in page.text
    assert "Fastställ …" not in page.buttons()


def test_what_changed_after_freezing_is_shown(open_page, own_demo):
    freeze(own_demo)
    section = live(own_demo, OPERATOR, 2024).section("5")
    texts.save(own_demo, OPERATOR, year=2024, section=section, text="Annan text.", base_version=1)
    page = open_page("region", "annual_report")

    page.choose("Version", 1)
    part(page, "laget")

    assert "1 avsnitts text är ändrad efter fastställandet" in page.text.replace("**", "")
    assert "5 Diskussion läses annorlunda" in page.text


def test_a_correction_asks_why_and_says_so(open_page, own_demo):
    freeze(own_demo)
    section = live(own_demo, OPERATOR, 2024).section("5")
    texts.save(own_demo, OPERATOR, year=2024, section=section, text="Annan text.", base_version=1)
    page = open_page("region", "annual_report")

    page.press("Fastställ …")
    page.press("Fastställ årsuppföljningen 2024")
    assert "Skriv varför version 1 rättas." in page.text

    page.press("Fastställ …")
    page.app.text_input(key="why-Fastställ årsuppföljningen 2024").set_value("Fel i diskussionen.")
    page.press("Fastställ årsuppföljningen 2024")

    assert "Rättat sedan version 1: texten i 5 Diskussion. Skäl: Fel i diskussionen." in page.text


def test_draft_frozen_and_published_are_three_plain_states(open_page, own_demo):
    def state(page):
        (step,) = page.html.iterfind(".//ol[@class='portal-states']/li[@aria-current]")
        return step.text

    page = open_page("region", "annual_report")
    assert state(page) == "Utkast"
    frozen = freeze(own_demo)
    page.app.run()
    page.choose("Version", 1)
    assert state(page) == "Fastställd"

    freezing.publish(own_demo, OPERATOR, year=2024, version=1, sha256=frozen.sha256)
    page.app.run()

    assert state(page) == "Publicerad"


def test_who_froze_is_told_that_somebody_else_publishes(open_page, own_demo):
    freezing.ask_for_two(own_demo, SYSTEM, is_asked=True)
    page = open_page("region", "annual_report")
    page.press("Fastställ …")
    page.press("Fastställ årsuppföljningen 2024")

    assert "Du fastställde: en annan person publicerar" in page.text
    assert "Publicera …" not in page.buttons()
    assert "Publicera …" in open_page("admin", "annual_report", **{"version-2024": "1"}).buttons()


@pytest.mark.security
@pytest.mark.parametrize("is_frozen", [False, True])
def test_a_clinic_finds_nothing_before_it_is_published(open_page, own_demo, is_frozen):
    if is_frozen:
        freeze(own_demo)

    page = open_page("mora", "annual_report")

    assert NOT_PUBLISHED in page.text
    assert page.html.findtext(".//h2") == "BUP Mora 2024"
    assert "Hämta som PDF, en sida" in downloads(page)
    assert "Innan du fastställer" not in page.text
    assert "Falun" not in page.text
    assert MAKE not in page.buttons()


@pytest.mark.security
def test_a_clinic_reads_the_published_report_and_changes_nothing(open_page, own_demo):
    freeze(own_demo, published=True)

    page = open_page("mora", "annual_report")

    assert "Fastställd version 1, 5 februari 2025. Publicerad" in page.text
    assert "29 985" in page.text
    assert {"Fastställ …", "Publicera …"} & set(page.buttons()) == set()
    assert "Innan du fastställer" not in page.text
    assert "Volym mot kostnad" not in page.text
    assert "Om versionen" not in page.app.radio[0].options
    part(page, "5")
    assert not page.app.text_area
    assert "edit-report-text-2024-5" not in [button.key for button in page.app.button]


def test_documents_are_made_once_and_then_offered(open_page, own_demo):
    freeze(own_demo, published=True)
    page = open_page("mora", "annual_report")
    assert downloads(page) == []

    page.press(MAKE)

    assert downloads(page) == [f"Ladda ner {kind.label}" for kind in Format]
    page.app.run()
    assert downloads(page) == [f"Ladda ner {kind.label}" for kind in Format]
    assert MAKE not in page.buttons()


def test_small_numbers_are_listed_beside_the_draft_with_what_becomes_of_them(open_page, own_demo):
    page = open_page("region", "annual_report", kapitel="laget")
    text = page.text

    # the published report's own cells of 1-4: age 0-9, private, and three main problems (db/facts)
    assert text.count("visas; redan publicerat av regionen") == 5
    assert "Patientnämndens ärenden visas aldrig per mottagning" in text
    to_look_at = text.count("se över<span")
    assert to_look_at >= 5  # four queues of 1-4 children, and one child's care plan, at least
    assert "Se över: 1–4 barn, besök, planer eller möten" in text
    assert "Regionen avgör för varje version" in text
    assert "mellan två släpp" in text
    (title,) = [expander.label for expander in page.app.expander if expander.label.startswith("Små tal")]
    assert f"Se över: {to_look_at} · Låg risk: " in title
    assert title.endswith("Redan publicerat: 5")


def test_small_numbers_are_for_the_region_and_counted_the_same_before_and_after(open_page, own_demo):
    def title(page):
        return next(fold.label for fold in page.app.expander if fold.label.startswith("Små tal"))

    before = title(open_page("region", "annual_report", kapitel="laget"))
    frozen = freeze(own_demo, published=True)

    assert "redan publicerat av regionen" not in open_page("mora", "annual_report").text
    page = open_page("region", "annual_report", kapitel="laget")
    assert page.app.selectbox[1].value == frozen.version
    assert title(page) == before
