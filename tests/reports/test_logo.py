"""The region's logo stands first in the report, in every format that is read as pages, with the region's name in words."""

import io
from dataclasses import replace

import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from portal.domain.accounts.access import OPERATOR
from portal.reports import pdf, web, word
from portal.reports.cover import Format
from portal.services.annual_report import documents
from portal.uploads.setup import logo_file
from tests.reports.test_pdf import structure
from tests.uploads.setup.books import png, svg


@pytest.fixture(params=[svg(), png()], ids=["svg", "png"])
def edition(demo, request):
    """The report's shortest section, with a logo."""
    shown = documents.open_edition(demo, OPERATOR, year=2024)
    about = replace(shown.about, logo=logo_file.read(request.param))
    return replace(shown, report=replace(shown.report, sections=(shown.report.section("2"),)), about=about)


def test_in_a_web_page_it_is_a_picture_of_the_pages_own(edition):
    page = web.write(edition.report, edition.about).decode()

    address = edition.about.logo.address.replace("+", "&#43;")
    assert f'<img class="logo" src="{address}" alt="Region Dalarna">' in page.replace("+", "&#43;")
    assert "style-src 'unsafe-inline'; img-src data:\"" in page


def test_in_a_pdf_it_is_read_as_the_regions_name(edition):
    read = PdfReader(io.BytesIO(pdf.write(edition.report, edition.about)))

    (figure,) = [
        element for element in structure(read.root_object["/StructTreeRoot"]) if element["/S"] == "/Figure"
    ]
    assert figure["/Alt"] == "Region Dalarna"


def test_in_word_it_stands_above_the_title(edition):
    body = Document(io.BytesIO(word.write(edition.report, edition.about))).element.body

    (picture,) = body.iter(qn("wp:docPr"))
    assert picture.get("descr") == "Region Dalarna"
    first = next(body.iter(qn("w:p")))
    assert picture in first.iter(qn("wp:docPr"))


def test_without_one_nothing_stands_in_its_place(edition):
    page = web.write(edition.report, replace(edition.about, logo=None)).decode()

    assert "<img" not in page
    assert "img-src" not in page


def test_a_document_that_lies_ready_is_made_anew_for_another_logo(demo, edition):
    with_logo = replace(edition, content="of this test")
    without = replace(with_logo, about=replace(edition.about, logo=None))

    pages = [
        documents.make(demo, each, Format.HTML).count(b"<img") for each in (with_logo, without, with_logo)
    ]

    assert pages == [1, 0, 1]
