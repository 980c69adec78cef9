"""The web page: whole in itself, read aloud in order, escaped; axe-core finds nothing in a browser."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from portal.charts import drawing
from portal.domain.accounts.access import OPERATOR
from portal.domain.annual_report.content import Shape
from portal.reports import cover, web
from portal.services.annual_report import documents
from tests.journeys.reading import violations


LARGEST = 1_500_000  # bytes


@pytest.fixture(scope="module")
def edition(demo):
    return documents.open_edition(demo, OPERATOR, year=2024)


@pytest.fixture(scope="module")
def page(made):
    return made("html").decode()


class Elements(HTMLParser):
    """Every element of a page with its attributes, in order."""

    def __init__(self, page):
        super().__init__()
        self.elements = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def named(self, *tags):
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.fixture(scope="module")
def elements(page):
    return Elements(page)


def test_it_is_one_file_without_a_script(page, elements):
    addresses = re.findall(r'(?:src|href|url)\s*[=(]\s*"?([^")\s>]+)', page)

    assert len(page.encode()) <= LARGEST
    assert not elements.named("script", "link", "img", "iframe", "object")
    assert all(address.startswith("#") for address in addresses)
    assert not [name for _, attributes in elements.elements for name in attributes if name.startswith("on")]


def test_it_is_in_swedish_and_has_the_reports_title(page, elements, edition):
    assert elements.named("html") == [{"lang": "sv"}]
    assert f"<title>{edition.report.title}</title>" in page


def test_headings_go_down_one_step_at_a_time(elements):
    levels = [int(tag[1]) for tag, _ in elements.elements if re.fullmatch("h[1-6]", tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert max(levels) == 4
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_contents_lead_to_headings_that_are_there(elements, edition):
    names = [attributes["id"] for _, attributes in elements.elements if "id" in attributes]
    targets = [attributes["href"][1:] for attributes in elements.named("a")]

    assert len(set(names)) == len(names)
    assert set(targets) <= set(names)
    assert len(targets) == 1 + sum(section.level < 3 for section in edition.report.sections)


def test_every_figure_is_a_picture_with_words_and_its_tables_lie_folded_under_it(elements, edition):
    figures = elements.named("svg")
    folded = sum(len(section.tables) for section in edition.report.sections if section.charts)

    assert [figure["aria-label"] for figure in figures] == [
        cover.alternative(chart) for chart in edition.report.charts
    ]
    assert {figure["role"] for figure in figures} == {"img"}
    assert len(elements.named("details")) >= folded > 15


def test_where_there_is_no_figure_the_first_table_of_the_chapter_stands_open(edition):
    first = edition.report.section("4.2.1")
    behind = tuple(replace(table, is_appendix=True) for table in first.tables)

    (table,) = web.open_tables(first)
    assert not table.is_appendix
    assert web.open_tables(replace(first, tables=behind)) == ()
    assert web.open_tables(edition.report.section("4.5.1")) == ()


def test_pictures_in_one_page_share_no_names(edition):
    bars = [chart for chart in edition.report.charts if chart.shape is Shape.BARS]
    named = [set(re.findall(r'\bid="([^"]+)"|url\(#([^)]+)\)', drawing.inline_svg(chart))) for chart in bars]

    assert all(not one & other for one in named for other in named if one is not other)


def test_the_demo_says_that_its_months_are_invented(page):
    assert page.count(cover.DEMO) >= 2


def test_what_people_write_is_text_and_never_markup(edition):
    hostile = '<script>alert(1)</script> & "citat" {{ report }} {% raw %}'
    chart = edition.report.section("4.5.1").charts[0]
    named = replace(chart, caption=hostile, marks=(replace(chart.marks[0], label=hostile), *chart.marks[1:]))
    section = replace(edition.report.section("5"), text=hostile, charts=(named,), notes=(hostile,))

    page = web.write(replace(edition.report, sections=(section,)), edition.about).decode()

    assert not Elements(page).named("script")
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt; &amp;") >= 4
    assert "{{ report }} {% raw %}" in page


@pytest.mark.browser
def test_axe_finds_nothing_and_a_telephone_need_not_scroll_sideways(chromium_browser, made, tmp_path):
    path = tmp_path / "rapport.html"
    path.write_bytes(made("html"))
    tab = chromium_browser.new_page(viewport={"width": 390, "height": 844})
    tab.goto(path.as_uri())

    assert violations(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab.emulate_media(media="print")
    folded = tab.evaluate(
        "[...document.querySelectorAll('details table')].filter(table => table.offsetHeight < 10).length"
    )
    assert folded == 0
    tab.close()
