"""The report's standing texts: what it begins with, whose year a text is of, what is left out or moved, own chapters."""

import re

import pytest

from portal.demo import build
from portal.domain.accounts.access import OPERATOR
from portal.domain.annual_report import places
from portal.domain.annual_report.places import Placement, place_of
from portal.domain.insight.forecasting import name_of
from portal.domain.registry.months import Month
from portal.services.annual_report import texts
from portal.services.annual_report.live import live
from portal.services.annual_report.texts import NewText, TextConflict
from portal.services.insight import queues
from portal.services.refused import Refused
from tests.conftest import audit_actions


LEAD = place_of("2", places.LEAD)
FORECAST = place_of(places.QUEUES, places.TABLE, places.FORECAST)


def write(portal, place, text="", *, year=2024, user=OPERATOR, **rest):
    return texts.write(portal, user, year, NewText(place=place, text=text, **rest))


def words(report):
    return [
        text
        for section in report.sections
        for text in (section.lead, section.text, *section.generated, *section.notes)
    ]


# What it begins with


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("1", ("patientens bästa", "vårdepisod", "Regionfullmäktige", "när som helst")),
        ("2", ("beställarperspektiv", "patientsäkerhet")),
        (
            "4.1.1",
            (
                "delaktighet",
                "utskrivning från slutenvård",
                "mål på kort och lång sikt",
                "digitalt",
                "avslutas",
            ),
        ),
        ("4.2.1", ("Läkemedelskommittén", "1–2 gånger per år")),
        ("4.2.2", ("klagomål", "skyldig att rapportera")),
        ("4.2.3", ("1177", "2017:372")),
        (
            "4.3.1",
            (
                "helhetsintryck",
                "emotionellt stöd",
                "information och kunskap",
                "senast 2024",
                "dessförinnan 2022",
            ),
        ),
        ("4.3.2", ("3:e besöket", "tillsammans med patienten", "följs upp")),
        ("4.4.1", ("4–20 år",)),
        ("4.5.5", ("krypterad", "svårt att resa", "samtidigt")),
    ],
)
def test_a_report_begins_with_what_the_source_document_says(portal, region_user, number, said):
    lead = live(portal, region_user, 2024).section(number).lead

    assert [word for word in said if word not in lead] == []


def test_what_is_of_one_year_stands_in_that_years_report_alone(portal, region_user):
    of_2024, of_2025 = (" ".join(words(live(portal, region_user, year))) for year in (2024, 2025))

    for said in ("läkemedelsmodul", "särskilt höga betyg", "under 2025"):
        assert (said in of_2024, said in of_2025) == (True, False)
    named = set(
        re.findall(r"\b20\d\d\b(?!:)", of_2025.replace("februari 2022", "").replace("dessförinnan 2022", ""))
    )
    assert named <= {"2024", "2025", "2011"}


@pytest.mark.parametrize(("year", "is_told"), [(2023, True), (2024, True), (2025, False)])
def test_what_was_known_before_the_portal_of_all_queues_is_told_of_the_years_it_is_about(demo, year, is_told):
    notes = " ".join(live(demo, OPERATOR, year).section("4.7").notes).replace("\u00a0", " ")

    for words_of_it in ("strax under 2 000", "omkring 2 500", "1 195 i de tre köerna tillsammans", "SVT"):
        assert (words_of_it in notes) is is_told


def test_the_years_own_words_stand_beside_the_sentences_of_the_figures(demo):
    section = live(demo, OPERATOR, 2024).section("4.2.1")

    assert section.text.startswith(section.generated[0])
    assert "läkemedelsmodul" in section.text


# Whose year


def test_a_text_of_one_year_leaves_the_others_as_they_were(portal, region_user):
    write(portal, LEAD, "Bara i år.", user=region_user)

    assert live(portal, region_user, 2024).section("2").lead == "Bara i år."
    for year in (2023, 2025):
        assert "beställarperspektiv" in live(portal, region_user, year).section("2").lead


def test_a_text_that_goes_on_holds_until_another_and_never_for_earlier_years(portal, region_user):
    write(portal, LEAD, "Nytt syfte.", goes_on=True, user=region_user)
    write(portal, LEAD, "Ännu nyare.", year=2026, goes_on=True, user=region_user)

    leads = [live(portal, region_user, year).section("2").lead for year in (2023, 2024, 2025, 2026)]

    assert "beställarperspektiv" in leads[0]
    assert leads[1:] == ["Nytt syfte.", "Nytt syfte.", "Ännu nyare."]


def test_an_empty_text_gives_the_place_back_and_every_version_has_its_author(portal, region_user):
    write(portal, LEAD, "Vårt syfte.", user=region_user)
    write(portal, LEAD, "", base_version=1, user=region_user)

    assert "beställarperspektiv" in live(portal, region_user, 2024).section("2").lead
    versions = texts.list_versions(portal, region_user, year=2024, section=LEAD)
    assert [(version.version, version.written_by) for version in versions] == [
        (2, region_user.username),
        (1, region_user.username),
    ]
    assert texts.start(portal, region_user, year=2024, section=LEAD).written_by == "startuppsättningen"


def test_a_text_that_would_be_false_another_year_is_kept_to_its_own(portal, region_user):
    with pytest.raises(Refused, match="nämner 2024 och blir fel ett annat år"):
        write(portal, LEAD, "Syftet för 2024.", goes_on=True, user=region_user)

    write(portal, LEAD, "Syftet för {år}.", goes_on=True, user=region_user)
    assert live(portal, region_user, 2025).section("2").lead == "Syftet för 2025."


# Fields


def test_a_field_follows_the_figures_and_is_checked_when_it_is_saved(own_demo):
    write(own_demo, "4.1.1", "Det blev {sip_meetings.2024} möten mot {sip_meetings.förra}.")

    assert live(own_demo, OPERATOR, 2024).section("4.1.1").text == "Det blev 218 möten mot 184."
    with pytest.raises(
        Refused, match=r"Fältet \{sip_meting.2024\} finns inte. Menade du \{sip_meetings.2024\}"
    ):
        write(own_demo, LEAD, "{sip_meting.2024}")
    assert texts.list_versions(own_demo, OPERATOR, year=2024, section=LEAD) == []


def test_a_field_tells_nothing_that_the_report_does_not(own_demo):
    """No case of the Patientnämnden per clinic, no budget; what has no figure is not spoken of."""
    for hidden in ("{patient_board_cases.2024.mora}", "{budget.2024}", "{episode_price.2024}"):
        with pytest.raises(Refused, match="finns inte"):
            write(own_demo, LEAD, hidden)

    write(own_demo, LEAD, "Syfte.\n\nC-GAS: {cgas_assessed.2024}.")

    assert live(own_demo, OPERATOR, 2024).section("2").lead == "Syfte."
    assert texts.left_out(own_demo, OPERATOR, 2024, "{cgas_assessed.2024}") == ["cgas_assessed.2024"]


# Left out, moved, added


def test_every_part_of_a_section_can_be_left_out(own_demo):
    section = live(own_demo, OPERATOR, 2024).section("4.1.1")
    assert section.lead
    assert section.generated
    assert section.notes
    for part in texts.written_places(own_demo, OPERATOR, 2024, "4.1.1"):
        write(own_demo, part.place, placement=Placement.OUT)

    section = live(own_demo, OPERATOR, 2024).section("4.1.1")

    assert (section.lead, section.text, section.generated, section.notes) == ("", "", (), ())
    assert section.tables


def test_a_note_can_be_put_in_other_words_and_the_region_can_add_its_own(own_demo):
    before = live(own_demo, OPERATOR, 2024).section("4.1.1").notes[0]
    write(own_demo, place_of("4.1.1", places.NOTES, before), "Möten, inte barn.")
    write(own_demo, place_of("4.1.1", places.NOTES), "En egen anmärkning.")

    notes = live(own_demo, OPERATOR, 2024).section("4.1.1").notes

    assert (notes[0], notes[-1]) == ("Möten, inte barn.", "En egen anmärkning.")


def test_chapters_and_tables_are_moved_in_one_go_for_the_years_to_come(own_demo):
    arranged = {place.label: place.place for place in texts.arrangement(own_demo, OPERATOR, 2024)}
    published = next(place for label, place in arranged.items() if label.startswith("4.5.2 Tabell: "))
    chosen = {arranged["4.6 Jämlik hälso- och sjukvård"]: Placement.APPENDIX, published: Placement.OUT}

    assert texts.arrange(own_demo, OPERATOR, 2024, chosen, goes_on=True) == 2
    assert texts.arrange(own_demo, OPERATOR, 2024, chosen, goes_on=True) == 0  # a second click

    for year in (2024, 2025):
        report = live(own_demo, OPERATOR, year)
        assert report.sections[-1].heading == "Bilaga 3 Jämlik hälso- och sjukvård"
        assert report.passage_of("4.6") == "bilagor"
    report = live(own_demo, OPERATOR, 2024)
    assert report.section("4.5.2").tables == ()
    numbers = [table.number for section in report.sections for table in section.tables]
    assert numbers == list(range(1, len(numbers) + 1))
    added = [chart.number for chart in report.charts if not chart.number.isdecimal()]
    assert added and added == [f"T{number}" for number in range(1, len(added) + 1)]
    assert "4.6 Jämlik hälso- och sjukvård" in [s.heading for s in live(own_demo, OPERATOR, 2023).sections]


def test_the_forecast_stands_in_the_report_from_the_regions_tick_on_and_no_earlier(own_demo):
    def ticked(year, placement, *, goes_on=False):
        return texts.arrange(own_demo, OPERATOR, year, {FORECAST: placement}, goes_on=goes_on)

    def tables(year=2024):
        return [
            table
            for table in live(own_demo, OPERATOR, year).section("4.7").tables
            if "Prognos" in table.caption
        ]

    def charts():
        return [c for c in live(own_demo, OPERATOR, 2024).section("4.7").charts if "prognos" in c.caption]

    assert tables() == charts() == []
    assert ticked(2024, Placement.BODY, goes_on=True) == 1

    (table,), (chart,) = tables(), charts()
    forecasts = queues.of_region(own_demo, OPERATOR, Month(2024, 12)).forecasts
    assert [row.cells[0].text for row in table.rows] == [name_of(series) for series in forecasts]
    (queue,) = [row for row in table.rows if row.cells[0].text == "Kö till fördjupad utredning"]
    assert [cell.text for cell in queue.cells[1:]] == [
        *("579 (539–620)", "605 (552–660)", "656 (585–732)"),
        *("78 av 78", "16", "122"),
    ]
    drawn = {(mark.label, mark.series): mark.value for mark in chart.marks}
    name = "Kö till fördjupad utredning"
    parts = [f"{name}, {part}" for part in ("prognos", "band från", "band till")]
    assert [drawn["dec 25", part] for part in parts] == [656, 585, 732]
    assert (
        drawn["dec 24", name] == 553 and ("dec 24", parts[0]) not in drawn
    )  # what was counted is no forecast
    assert f"{name} 656 (585–732) i december 2025" in chart.alt
    assert f"100\u00a0% ({name})" in chart.caption and "felet var i medeltal 14, 16 och 47" in chart.caption
    assert chart.caption.endswith("Räkna med större avvikelser än bandet: Kö till första besök")
    assert ticked(2024, Placement.OUT, goes_on=True) == 1
    assert tables() == charts() == []


def test_what_one_year_left_out_a_later_one_can_take_back(own_demo):
    left_out = {"4.6:plats": Placement.OUT}
    assert texts.arrange(own_demo, OPERATOR, 2023, left_out, goes_on=True) == 1
    assert texts.arrange(own_demo, OPERATOR, 2024, {"4.6:plats": Placement.BODY}, goes_on=False) == 1

    numbers = [section.number for section in live(own_demo, OPERATOR, 2024).sections]
    assert "4.6" in numbers


def test_an_own_chapter_is_added_written_and_found_where_it_belongs(own_demo):
    write(own_demo, place_of("7", places.TITLE), "Nästa år")
    write(own_demo, "7", "Vi följer {first_visit_within_30d.år}.")

    report = live(own_demo, OPERATOR, 2024)

    numbers = [section.number for section in report.sections]
    assert numbers.index("7") == numbers.index("6") + 1
    assert report.section("7").text == "Vi följer 80\u00a0%."


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("abc:rubrik", "inget avsnitt abc"),
        ("4.10.1:rubrik", "behöver ett kapitel 4.10"),
        ("8", "inget avsnitt 8"),
    ],
)
def test_a_chapter_that_can_stand_nowhere_is_refused(own_demo, place, message):
    with pytest.raises(Refused, match=message):
        write(own_demo, place, "Rubrik")


def test_two_who_write_in_the_same_place_lose_nothing_and_all_is_in_the_log(own_demo):
    write(own_demo, LEAD, "Den första.")
    with pytest.raises(TextConflict):
        write(own_demo, LEAD, "Den andra.", user=build.REVIEWER)

    assert audit_actions(own_demo)[0] == ("kommandorad", "report.text_saved", "2024 2:inledning v1")
