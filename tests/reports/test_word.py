"""The Word file: styles, language, words for pictures, repeated headings; and LibreOffice opens it."""

import io
import shutil
import subprocess

import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from portal.domain.accounts.access import OPERATOR
from portal.reports import cover
from portal.services.annual_report import documents
from tests.conftest import require
from tests.reports.reading import one_line


@pytest.fixture(scope="module")
def document(made):
    return Document(io.BytesIO(made("docx")))


def test_title_language_and_author_are_set(document):
    properties = document.core_properties

    assert properties.title == "Årsuppföljning Vårdval BUP Dalarna 2024"
    assert properties.language == "sv-SE"
    languages = {found.get(qn("w:val")) for found in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"sv-SE"}


def test_headings_are_headings_on_their_own_level(document):
    found = {p.text: p.style.name for p in document.paragraphs if p.style.name.startswith("Heading")}

    assert found["4 Verksamhetsstatistik"] == "Heading 1"
    assert found["4.5 Tillgänglig hälso- och sjukvård"] == "Heading 2"
    assert found["4.5.1 Telefontillgänglighet"] == "Heading 3"


def test_every_picture_has_words_and_a_caption(demo, document):
    charts = documents.open_edition(demo, OPERATOR, year=2024).report.charts
    described = [found.get("descr") for found in document.element.body.iter(qn("wp:docPr"))]
    captions = {p.text for p in document.paragraphs if p.style.name == "Caption"}

    assert described == [cover.alternative(chart) for chart in charts]
    assert {chart.title for chart in charts} <= captions


def test_every_table_has_a_caption_and_repeats_its_heading_row(document):
    captions = {p.text for p in document.paragraphs if p.style.name == "Caption"}

    assert len(document.tables) > 25
    for table in document.tables:
        rows = table._tbl.tr_lst
        assert rows[0].trPr.find(qn("w:tblHeader")) is not None
        assert all(row.trPr.find(qn("w:tblHeader")) is None for row in rows[1:])
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) in captions


def test_lists_are_lists(document):
    items = [p.text for p in document.paragraphs if p.style.name == "List Bullet"]

    assert items[-5].startswith("Tidiga insatser och prevention")
    assert items[-1].startswith("Hög kvalitet och minskade köer")


def test_every_page_of_the_demo_says_that_its_months_are_invented(document):
    section = document.sections[0]

    assert cover.DEMO in section.header.paragraphs[0].text
    assert cover.DEMO in section.footer.paragraphs[0].text
    assert not section.different_first_page_header_footer


def test_it_opens_in_libreoffice(made, tmp_path):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    require(office, "LibreOffice (libreoffice-writer-nogui)")
    (tmp_path / "rapport.docx").write_bytes(made("docx"))

    done = subprocess.run(
        [
            str(office),
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "rapport.docx"),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    pages = [one_line(page.extract_text()) for page in PdfReader(tmp_path / "rapport.pdf").pages]
    assert len(pages) > 10
    assert all(cover.DEMO in page for page in pages)
    assert any("29 985" in page for page in pages)
    assert any("6 Viktiga utvecklingsområden" in page for page in pages[2:])
