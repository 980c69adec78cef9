"""Where chapters and tables stand: ticked off, moved to the appendix, added."""

from dataclasses import dataclass

from portal.domain.annual_report import places
from portal.domain.annual_report.content import Chart, ReportTable, Section, Shape
from portal.domain.annual_report.places import Placement, arrange, of_table, place_of, with_own


@dataclass(frozen=True)
class Word:
    text: str = ""
    placement: Placement = Placement.BODY
    version: int = 1


def table(caption):
    return ReportTable(number=0, caption=caption, headings=(), rows=())


PATIENTS = Section(number="3", title="Underlag", tables=(table("Patienter 2024"), table("Publicerat")))
SECTIONS = [
    PATIENTS,
    Section(number="3.1", title="Tillväxt"),
    Section(number="4", title="Statistik"),
    Section(number="Bilaga 1", title="Datakvalitet"),
]
OUT, MOVED = Word(placement=Placement.OUT), Word(placement=Placement.APPENDIX)


def headings(sections):
    return [section.heading for section in sections]


def test_nothing_is_chosen_and_all_stands_as_it_was():
    assert arrange(SECTIONS, {}) == SECTIONS


def test_a_chapter_that_is_ticked_off_takes_its_parts_with_it_and_the_rest_keep_their_numbers():
    arranged = arrange(SECTIONS, {place_of("3", places.PLACEMENT): OUT})

    assert headings(arranged) == ["4 Statistik", "Bilaga 1 Datakvalitet"]


def test_a_chapter_that_is_moved_stands_last_under_the_next_appendix_and_is_known_by_its_own_number():
    arranged = arrange(SECTIONS, {place_of("3", places.PLACEMENT): MOVED})

    assert headings(arranged) == [
        "4 Statistik",
        "Bilaga 1 Datakvalitet",
        "Bilaga 2 Underlag",
        "Bilaga 2.1 Tillväxt",
    ]
    assert [section.declared_number for section in arranged[2:]] == ["3", "3.1"]


def test_the_forecast_is_out_with_its_chart_until_the_region_has_ticked_it():
    forecast = table(places.FORECAST)
    charts = tuple(
        Chart(number=shape.value, shape=shape, caption="", alt="", marks=())
        for shape in (Shape.LINES, Shape.FORECAST)
    )
    section = Section(number=places.QUEUES, title="Köer", tables=(table("Månader"), forecast), charts=charts)

    (as_it_is,) = arrange([section], {})
    (ticked,) = arrange([section], {of_table(section, forecast): Word()})

    assert (as_it_is.tables, as_it_is.charts) == (section.tables[:1], charts[:1])
    assert ticked == section


def test_a_table_is_moved_or_left_out_by_itself():
    texts = {of_table(PATIENTS, PATIENTS.tables[0]): MOVED, of_table(PATIENTS, PATIENTS.tables[1]): OUT}

    first, *_ = arrange(SECTIONS, texts)

    assert [(table.caption, table.is_appendix) for table in first.tables] == [("Patienter 2024", True)]


def test_a_choice_about_a_table_holds_for_the_same_table_of_another_year_and_for_no_other():
    assert of_table(PATIENTS, table("Patienter 2025")) == of_table(PATIENTS, table("Patienter 2024"))
    assert of_table(PATIENTS, table("Besök 2024")) != of_table(PATIENTS, table("Patienter 2024"))


def test_an_own_chapter_stands_where_its_number_belongs():
    texts = {place_of(number, places.TITLE): Word("Eget") for number in ("7", "3.10", "3.9")}

    assert [section.number for section in with_own(SECTIONS, texts)] == [
        *("3", "3.1", "3.9", "3.10", "4", "7", "Bilaga 1")
    ]
    assert with_own(SECTIONS, {place_of("7", places.TITLE): Word("")}) == SECTIONS
