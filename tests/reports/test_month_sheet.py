"""The month sheet as PDF: one page however long its words are, tagged, in Swedish, with words for every picture."""

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from portal.domain.accounts.access import OPERATOR, ClinicUser
from portal.domain.registry.months import Month
from portal.domain.registry.region import DALARNA
from portal.reports import cover
from portal.reports.sheets import month_sheet
from portal.services.administration import clinic_register
from portal.services.release import month_sheets
from portal.ui.words import sheet_words
from tests.reports.reading import pdf_pages, pdf_text
from tests.reports.test_pdf import structure


DECEMBER = Month(2024, 12)


def sheet_of(demo, clinic):
    user = ClinicUser(clinic, clinic, (clinic,))
    return sheet_words.of_clinic(month_sheets.of_clinic(demo, user, clinic=clinic, month=DECEMBER))


@pytest.fixture(scope="module")
def sheet(demo):
    return sheet_of(demo, "mora")


@pytest.fixture(scope="module")
def content(sheet):
    return month_sheet.write(sheet, DALARNA, is_demo=True)


def test_it_is_one_page_tagged_titled_and_in_swedish(content):
    read = PdfReader(io.BytesIO(content))
    root = read.root_object

    assert len(read.pages) == 1
    assert [round(float(side)) for side in read.pages[0].mediabox[2:]] == [595, 842]  # A4
    assert root["/Lang"].lower() == "sv-se"
    assert read.metadata.title == "Månadsblad december 2024: BUP Mora"
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_object().get_data().replace(b" ", b"")


def test_headings_are_marked_and_every_chart_has_its_words(sheet, content):
    elements = list(structure(PdfReader(io.BytesIO(content)).root_object["/StructTreeRoot"]))
    figures = [str(element["/Alt"]) for element in elements if element["/S"] == "/Figure"]

    assert {"/H1", "/H2", "/P", "/Caption"} <= {element["/S"] for element in elements}
    assert len(sheet.charts) == 3
    assert set(figures) == {cover.unbroken(cover.alternative(chart)) for chart in sheet.charts}


def test_it_says_that_the_months_are_invented_where_they_are(sheet, content):
    assert cover.DEMO in pdf_text(content)
    assert cover.DEMO not in pdf_text(month_sheet.write(sheet, DALARNA, is_demo=False))


@pytest.mark.security
def test_it_names_no_other_clinic(demo, content):
    names = [clinic.name for clinic in clinic_register.list_clinics(demo, OPERATOR) if clinic.code != "mora"]

    assert len(names) == 10
    assert [name for name in names if name in pdf_text(content)] == []


def test_long_words_make_the_charts_smaller_and_no_second_page(sheet):
    groups = tuple(
        replace(
            group,
            tiles=tuple(
                replace(tile, lines=("Få fall: läs med försiktighet. " * 3,) * 2) for tile in group.tiles
            ),
        )
        for group in sheet.groups
    )
    wordy = replace(sheet, groups=groups, news="Ändrat sedan förra släppet: " + "Skrivna vårdplaner, " * 9)

    (page,) = pdf_pages(month_sheet.write(wordy, DALARNA, is_demo=True))
    assert "Figur 3." in page
    assert page.endswith("räknas ut.")


def test_a_clinic_of_two_months_has_its_sheet_too(demo):
    (page,) = pdf_pages(month_sheet.write(sheet_of(demo, "borlange-moment"), DALARNA, is_demo=True))

    assert "Månadsblad december 2024: Moment BUP Borlänge" in page


def test_what_people_write_is_text_and_never_markup(sheet):
    hostile = '#panic("x") $ x $ *fet* _kursiv_'

    assert hostile in pdf_text(month_sheet.write(replace(sheet, subtitle=hostile), DALARNA, is_demo=False))


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("BUP 心理 Mora", "BUP □□ Mora"),
        ("BUP Tärnö\u20e3", "BUP Tärnö"),  # Typst calls the letter below the mark missing, too
        ("BUP 👨\u200d👧", "BUP □□"),
    ],
)
def test_a_character_that_no_font_has_is_a_square_and_stops_no_document(sheet, written, printed):
    named = replace(sheet, subtitle=written)

    text = pdf_text(month_sheet.write(named, DALARNA, is_demo=False))
    assert f"{sheet.title} {printed} {sheet.groups[0].title}" in text
