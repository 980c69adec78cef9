"""Read the four documents back, each as section number → what stands there, in one line."""

import io
import re
from functools import lru_cache
from html.parser import HTMLParser
from itertools import dropwhile

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from openpyxl import load_workbook
from pypdf import PdfReader

from portal.domain.annual_report.chapters import CHAPTERS
from portal.reports.layout import TABLES_TITLE, TO_SECTION


FIRST_LINE = "Årets största och viktigaste förändringar."
HEADINGS = {f"{chapter.number} {chapter.title}": chapter.number for chapter in CHAPTERS}
MOVED = {f"{TO_SECTION} {heading}": number for heading, number in HEADINGS.items()}  # to the appendix


def one_line(text):
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ")).strip()


def by_section(lines):
    """Put lines together under the heading that they stand beneath, there or in the appendix of tables.

    The contents come before the first.
    """
    sections, number = {}, ""
    for line in dropwhile(lambda line: line != FIRST_LINE, lines):
        number = HEADINGS.get(line, MOVED.get(line, number))
        sections[number] = f"{sections.get(number, '')} {line}".strip()
    return sections


def word_lines(content):
    for part in Document(io.BytesIO(content)).iter_inner_content():
        if not isinstance(part, Table):
            yield one_line(part.text)
            continue
        for row in part._tbl.tr_lst:  # python-docx finds a row's cells anew for every cell
            cells = ("".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in row.tc_lst)
            yield one_line(" ".join(cells))


@lru_cache(maxsize=8)
def pdf_pages(content):
    """Return each page's text; a page takes pypdf a tenth of a second."""
    return [one_line(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


def pdf_text(content):
    return " ".join(pdf_pages(content))


def pdf_sections(content):
    """Return what stands under each heading, and under its name in the appendix; contents come before the first."""
    chapters, _, moved = pdf_text(content).rpartition(f"Bilaga 3 {TABLES_TITLE}")
    place = chapters.index(FIRST_LINE)
    sections = cut(chapters[place:], HEADINGS)
    for number, text in cut(moved, MOVED).items():
        sections[number] += f" {text}"
    return sections


def cut(text, headings):
    """Cut a text at those of the headings that it has, which stand there in their order: number → what follows."""
    starts, place = [], 0
    for heading, number in headings.items():
        if heading not in text:
            continue
        place = text.index(heading, place)
        starts.append((place, number))
    ends = [start for start, _ in starts[1:]] + [len(text)]
    return {number: text[start:end] for (start, number), end in zip(starts, ends, strict=True)}


def excel_lines(content):
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        for row in sheet.iter_rows():
            texts = [one_line(excel_text(cell)) for cell in row if cell.value is not None]
            if texts:
                yield " ".join(texts)


def excel_text(cell):
    """Return what Excel shows in Swedish: groups, decimals and the unit of the cell's format."""
    if not isinstance(cell.value, int | float):
        return str(cell.value)
    decimals = len(re.sub(r"[^0]", "", cell.number_format.partition(".")[2].partition('"')[0]))
    unit = re.search(r'"([^"]*)"', cell.number_format)
    if unit and "0" not in cell.number_format:  # in words: nothing changed
        return unit.group(1)
    number = f"{cell.value:,.{decimals}f}".replace(",", " ").replace(".", ",")
    return number + (unit.group(1) if unit else "")


class Lines(HTMLParser):
    """A web page's text, a line for each heading, paragraph, item, caption and row; pictures have none."""

    OF_THEIR_OWN = frozenset(("h1", "h2", "h3", "h4", "p", "li", "caption", "summary", "figcaption", "tr"))

    def __init__(self, content):
        super().__init__()
        self.lines, self.words, self.hidden = [], [], ""
        self.feed(content.decode())

    def handle_starttag(self, tag, attrs):
        if tag in ("svg", "style"):
            self.hidden = tag

    def handle_endtag(self, tag):
        if tag == self.hidden:
            self.hidden = ""
        if tag in self.OF_THEIR_OWN:
            self.lines.append(one_line(" ".join(self.words)))
            self.words = []

    def handle_data(self, data):
        if data.strip() and not self.hidden:
            self.words.append(data)


def web_lines(content):
    return Lines(content).lines


LINES = {"docx": word_lines, "xlsx": excel_lines, "html": web_lines}


def sections_of(kind, content):
    return pdf_sections(content) if kind == "pdf" else by_section(LINES[kind](content))
