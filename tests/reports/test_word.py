"""The Word file: styles, language, words for pictures, repeated headings; and LibreOffice opens it."""

import io
import re
import shutil
import subprocess

import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from portal.domain.accounts.access import OPERATOR
from portal.domain.annual_report.chapters import CHAPTERS
from portal.reports import cover, layout
from portal.reports.layout import TABLES_TITLE, TO_SECTION
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

    assert described == [cover.unbroken(cover.alternative(chart)) for chart in charts]
    assert {cover.unbroken(chart.title) for chart in charts} <= captions


def test_every_table_has_a_caption_and_repeats_its_heading_row(document):
    captions = {p.text for p in document.paragraphs if p.style.name == "Caption"}

    assert len(document.tables) > 25
    for table in (table for table in document.tables if table.style.name == "Rapporttabell"):
        rows = table._tbl.tr_lst
        assert rows[0].trPr.find(qn("w:tblHeader")) is not None
        assert all(row.trPr.find(qn("w:tblHeader")) is None for row in rows[1:])
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) in captions


def test_lists_are_lists(document):
    items = [p.text for p in document.paragraphs if p.style.name == "List Bullet"]

    (first,) = [
        place for place, item in enumerate(items) if item.startswith("Tidiga insatser och prevention")
    ]
    assert items[first + 4].startswith("Hög kvalitet och minskade köer")


def test_every_page_of_the_demo_says_that_its_months_are_invented(document):
    section = document.sections[0]

    assert cover.DEMO in section.header.paragraphs[0].text
    assert cover.DEMO in section.footer.paragraphs[0].text
    assert not section.different_first_page_header_footer


def test_no_number_is_broken_over_two_lines(document):
    texts = [text.text or "" for text in document.element.body.iter(qn("w:t"))]

    assert [text for text in texts if re.search(r"\d \d{3}(?!\d)|\d %|Tabell \d|Figur T?\d", text)] == []


def test_a_number_that_somebody_wrote_with_a_blank_stays_whole():
    text = "Av 29 985 kontakter var 39 % över video, se Tabell 3; 12 mottagningar år 2024 och 100 000 kr."

    assert cover.unbroken(text) == (
        "Av 29\u00a0985 kontakter var 39\u00a0% över video, se Tabell\u00a03; 12 mottagningar år 2024 och 100\u00a0000\u00a0kr."
    )


def test_the_region_can_change_the_look_of_each_kind_of_text_in_one_place(document):
    used = {p.style.name for p in document.paragraphs}
    used |= {table.style.name for table in document.tables}

    assert used >= {"Title", "Heading 1", "Normal", "Caption", "Not", "Bild", "Innehållsrad", "Rapporttabell"}
    assert "Nyckeltalstabell" in used
    runs = [run for p in document.paragraphs for run in p.runs]
    assert all(run.font.size is None and run.font.name is None for run in runs)


def test_a_table_is_kept_on_one_page_and_a_figure_with_its_heading(demo, document):
    placed = layout.arrange(documents.open_edition(demo, OPERATOR, year=2024).report)
    tables = [table for each in placed for table in (*each.tables, *each.moved) if layout.is_whole(table)]
    whole = {cover.unbroken(table.title) for table in tables} | {"Nyckeltal"}

    for table in document.tables:
        *before, _ = [row.find(f".//{qn('w:keepNext')}") is not None for row in table._tbl.tr_lst]
        if table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) in whole:
            assert all(before)
        assert all(before[-2:])
    paragraphs = document.paragraphs
    (start,) = [place for place, p in enumerate(paragraphs) if p.text == "4.5.1 Telefontillgänglighet"]
    (end,) = [place for place, p in enumerate(paragraphs) if p.text.startswith("Figur\u00a04.")]
    assert all(p.paragraph_format.keep_with_next for p in paragraphs[start + 1 : end])


@pytest.fixture(scope="module")
def pages(made, tmp_path_factory):
    """The Word file's pages as LibreOffice lays them out."""
    tmp_path = tmp_path_factory.mktemp("office")
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
    return [one_line(page.extract_text()) for page in PdfReader(tmp_path / "rapport.pdf").pages]


def test_it_opens_in_libreoffice(pages):
    assert all(cover.DEMO in page for page in pages)
    assert any("29 985" in page for page in pages)
    assert any("6 Viktiga utvecklingsområden" in page for page in pages[2:])


def chapter_pages(pages):
    """Return the page on which each chapter and appendix stands, below the contents."""
    below = [pages[0].partition("Sammanfattning Årets")[2], *pages[1:]]
    headings = [
        *(f"{chapter.number} {chapter.title}" for chapter in CHAPTERS if chapter.level < 3),
        f"Bilaga 3 {TABLES_TITLE}",
    ]
    return {
        heading: next(
            number
            for number, page in enumerate(below, 1)
            if heading in page.replace(f"{TO_SECTION} {heading}", "")
        )
        for heading in headings
    }


def test_the_chapters_take_at_most_twelve_pages(pages):
    assert chapter_pages(pages)["Bilaga 1 Datakvalitet"] - 1 <= 12


def test_the_contents_name_the_page_of_every_chapter(pages):
    for heading, number in chapter_pages(pages).items():
        assert re.search(rf"{re.escape(heading)}[ .]+{number}\b", pages[0]), heading
