"""The PDF: tagged, titled, in Swedish, with words for every picture; and no markup from what people write."""

import io
import re
from dataclasses import replace

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject

from portal.domain.accounts.access import OPERATOR
from portal.domain.annual_report.content import ReportCell
from portal.reports import cover, layout, pdf
from portal.services.annual_report import documents
from tests.reports.reading import one_line, pdf_pages, pdf_text


MOST_PAGES = 12  # of the chapters with title and contents, for Dalarna's clinics


@pytest.fixture(scope="module")
def read(made):
    return PdfReader(io.BytesIO(made("pdf")))


def structure(node):
    """Yield every element of the structure tree."""
    node = node.get_object()
    if isinstance(node, ArrayObject):
        for part in node:
            yield from structure(part)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from structure(node["/K"])


@pytest.fixture(scope="module")
def elements(read):
    return list(structure(read.root_object["/StructTreeRoot"]))


def test_it_says_title_language_and_that_it_is_tagged(read):
    root = read.root_object

    assert root["/Lang"].lower() == "sv-se"
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert read.metadata.title == "Årsuppföljning Vårdval BUP Dalarna 2024"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_it_claims_pdf_ua_1(read):
    assert b"pdfuaid:part>1<" in read.root_object["/Metadata"].get_object().get_data().replace(b" ", b"")


def test_the_bookmarks_are_the_chapters(read):
    def titles(outline):
        for part in outline:
            if isinstance(part, list):
                yield from titles(part)
            else:
                yield one_line(part.title)

    found = list(titles(read.outline))
    for heading in ("3 Underlag till årsuppföljningen", "4.5.1 Telefontillgänglighet", "5 Diskussion"):
        assert heading in found


def test_every_picture_has_words_of_its_own(demo, elements):
    figures = [element for element in elements if element["/S"] == "/Figure"]
    wanted = {
        cover.unbroken(cover.alternative(chart))
        for chart in documents.open_edition(demo, OPERATOR, year=2024).report.charts
    }

    assert len(wanted) >= 13
    assert all(len(str(figure.get("/Alt", ""))) > 20 for figure in figures)
    assert {str(figure["/Alt"]) for figure in figures} == wanted


def test_headings_tables_and_captions_are_marked_as_what_they_are(elements):
    kinds = {element["/S"] for element in elements}

    assert {"/H1", "/H2", "/H3", "/Table", "/THead", "/TH", "/TD", "/Caption", "/P"} <= kinds


def test_a_hyphen_is_read_as_a_hyphen(made):
    assert "\u00ad" not in pdf_text(made("pdf"))
    assert "4.4.1 C-GAS" in pdf_text(made("pdf"))


def test_every_page_of_the_demo_says_that_its_months_are_invented(made):
    assert all(page.count(cover.DEMO) >= 2 for page in pdf_pages(made("pdf")))


def test_what_people_write_is_text_and_never_markup(demo):
    hostile = '#panic("x") $ x $ *fet* _kursiv_ @citat <etikett> `kod` #include "/etc/passwd" \\ // slut'
    shown = documents.open_edition(demo, OPERATOR, year=2024)
    section = replace(shown.report.section("5"), text=f"{hostile}\n\n- {hostile}")

    content = pdf.write(replace(shown.report, sections=(section,)), shown.about)

    assert pdf_text(content).count('#panic("x") $ x $ *fet* _kursiv_ @citat <etikett> `kod`') == 2


def page_of_heading(made, heading):
    """Return the number of the page where a heading stands, not its line in the contents on the first."""
    return next(
        number for number, page in enumerate(pdf_pages(made("pdf")), 1) if number > 1 and heading in page
    )


def test_the_chapters_take_at_most_twelve_pages(made):
    assert page_of_heading(made, "Bilaga 1 Datakvalitet") - 1 <= MOST_PAGES


def test_the_contents_name_the_pages_that_the_chapters_stand_on(made):
    first = pdf_pages(made("pdf"))[0]

    for heading in (
        "4.5 Tillgänglig hälso- och sjukvård",
        "4.8 Måluppfyllelse mot avtalet",
        "Bilaga 3 Tabeller till kapitlen",
    ):
        page = page_of_heading(made, heading)
        assert re.search(rf"{re.escape(heading)}[ .]+{page}\b", first)


def test_a_table_with_room_on_a_page_stands_there_whole(demo, made):
    pages = pdf_pages(made("pdf"))
    placed = layout.arrange(documents.open_edition(demo, OPERATOR, year=2024).report)
    tables = [table for each in placed for table in (*each.tables, *each.moved) if layout.is_whole(table)]

    assert len(tables) > 25
    for table in tables:
        (page,) = [page for page in pages if one_line(table.title) in page]
        assert all(one_line(row.cells[0].text).split()[0] in page for row in table.rows if row.cells[0].text)


def test_what_stands_in_a_figure_has_its_table_in_the_appendix(demo):
    placed = layout.arrange(documents.open_edition(demo, OPERATOR, year=2024).report)

    (calls,) = [each for each in placed if each.section.number == "4.5.1"]
    (clinics,) = [each for each in placed if each.section.number == "3"]
    assert calls.tables == ()
    assert len(calls.moved) == len(calls.section.tables)
    assert clinics.tables[0].caption.startswith("Mottagningar och antal aktuella patienter")
    assert "står i bilaga 3" in calls.remarks


def test_a_long_table_leaves_no_row_alone(demo):
    edition = documents.open_edition(demo, OPERATOR, year=2024)
    section = edition.report.section("4.5.1")
    table = section.tables[0]
    starts = []
    for count in range(60, 66):  # one of them would leave a single row on the last page
        rows = tuple(
            replace(table.rows[0], cells=(ReportCell(text=f"Rad-{n}"), *table.rows[0].cells[1:]))
            for n in range(count)
        )
        long = replace(section, tables=(replace(table, rows=rows),), charts=())
        content = pdf.write(replace(edition.report, sections=(long,)), edition.about)
        on_last = [len(re.findall(r"Rad-\d+", page)) for page in pdf_pages(content)]
        starts.append(min(rows_of_page for rows_of_page in on_last if rows_of_page))
    assert min(starts) >= 3
