"""What python-docx has no word for: styles, language, repeated heading rows, alternative texts, fields."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from portal.domain.annual_report.content import AnnualReport
from portal.domain.registry.rounding import half_up
from portal.domain.reporting.texts import fit_for_xml
from portal.reports import cover
from portal.reports.cover import Cover
from portal.reports.headline_numbers import HeadlineNumber


FONT = "Arial"
GREEN, MUTED, LINE, SHADE = "0E5A4C", "4A5A56", "9FB3AD", "F3F7F6"
TEXT_WIDTH_CM, TWIPS_PER_CM = 16.6, 567
NUMBERS_IN_A_ROW = 3
HEADINGS = (("Title", 24, 0), ("Heading 1", 16, 13), ("Heading 2", 13, 10), ("Heading 3", 11, 9))
PARAGRAPHS = (
    ("Not", 8, 3),
    ("Nyckeltal", 7.5, 0),
    ("Nyckeltal siffra", 13, 0),
    ("Sidhuvud", 8, 0),
    ("Tabelltext", 8.5, 0),
    ("Tabelltext liten", 7.5, 0),
    ("Tabelltext minst", 6.5, 0),
    ("Bild", 10.5, 0),
    ("Efter tabell", 3, 2),
    ("Innehåll", 14, 6),
    ("Innehållsrad", 9, 0),
    ("Exempel", 10.5, 8),
)


def set_up(document: Any, report: AnnualReport, about: Cover) -> None:
    """Set page, language, properties, styles, header and footer."""
    from docx.shared import Cm

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin, section.bottom_margin = Cm(2.1), Cm(1.9)
    properties = document.core_properties
    properties.title, properties.author, properties.language = (
        report.title,
        cover.author(report),
        cover.LANGUAGE,
    )
    properties.subject, properties.comments = cover.subtitle(report), cover.demo(report)
    _styles(document)
    demo = cover.demo(report)
    _line(section.header.paragraphs[0], report.title, demo)
    footer = section.footer.paragraphs[0]
    _line(footer, about.state, demo)
    footer.add_run("\tSida ")
    _field(footer._p, "PAGE", "1")


def _line(paragraph: Any, text: str, demo: str) -> None:
    """Write a line of the header or footer, with what says that the months are invented in its middle."""
    paragraph.style = "Sidhuvud"
    paragraph.add_run(plain(text))
    if demo:
        paragraph.add_run(f"\t{demo}").bold = True


def _styles(document: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE

    styles = document.styles
    _language(styles)
    _style(styles["Normal"], size=9, after=2.5)
    for name, size, before in HEADINGS:
        _style(styles[name], size=size, before=before, after=3, colour=GREEN, is_bold=True)
    _style(styles["Subtitle"], size=11, after=6, colour=MUTED)
    _style(styles["Caption"], size=8, before=2, after=2, colour=MUTED)
    paragraph = WD_STYLE_TYPE.PARAGRAPH
    for name, points, after in PARAGRAPHS:
        style = styles.add_style(name, paragraph)
        style.base_style = styles["Normal"]
        _style(
            style,
            size=points,
            after=after,
            colour=MUTED if name in ("Not", "Sidhuvud", "Nyckeltal") else None,
        )
    for name in ("Innehåll", "Exempel", "Nyckeltal siffra"):
        styles[name].font.bold = True
    styles["Bild"].paragraph_format.keep_with_next = True
    _tab_stops(styles["Sidhuvud"])
    _contents_tab(styles["Innehållsrad"])
    _table_style(styles)


def _style(
    style: Any,
    *,
    size: float,
    before: float = 0,
    after: float = 0,
    colour: str | None = None,
    is_bold: bool = False,
) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size = FONT, Pt(size)
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:cs"), FONT)
    if colour:
        style.font.color.rgb = RGBColor.from_string(colour)
    if is_bold:
        style.font.bold = True
    style.font.italic = False
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)


def _tab_stops(style: Any) -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Cm

    style.paragraph_format.tab_stops.add_tab_stop(Cm(10.5), WD_TAB_ALIGNMENT.CENTER)
    style.paragraph_format.tab_stops.add_tab_stop(Cm(TEXT_WIDTH_CM), WD_TAB_ALIGNMENT.RIGHT)


def _contents_tab(style: Any) -> None:
    """Dots from an entry of the contents to its page."""
    from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
    from docx.shared import Cm

    style.paragraph_format.tab_stops.add_tab_stop(
        Cm(TEXT_WIDTH_CM), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
    )


def _language(styles: Any) -> None:
    """Say that all text is Swedish, for spelling and for those who listen."""
    from docx.oxml.ns import qn

    defaults = styles.element.find(qn("w:docDefaults"))
    for properties in (
        defaults.find(f"{qn('w:rPrDefault')}/{qn('w:rPr')}"),
        styles["Normal"].element.get_or_add_rPr(),
    ):
        for old in properties.findall(qn("w:lang")):
            properties.remove(old)
        _add(properties, "w:lang", val=cover.LANGUAGE, eastAsia=cover.LANGUAGE, bidi=cover.LANGUAGE)


def _table_style(styles: Any) -> None:
    """Make the report's table styles: lines between rows with a shaded heading, and boxes for the large figures."""
    properties = _new_table_style(styles, "Rapporttabell", sides=("bottom", "insideH"))
    first = _add(properties.getparent(), "w:tblStylePr", type="firstRow")
    _add(_add(first, "w:tcPr"), "w:shd", val="clear", color="auto", fill=SHADE)
    boxes = _new_table_style(styles, "Nyckeltalstabell", sides=("left", "bottom", "right", "insideV"))
    borders = boxes[0]
    borders.insert(0, _new("w:top", val="single", sz="12", space="0", color=GREEN))


def _new_table_style(styles: Any, name: str, *, sides: Sequence[str]) -> Any:
    """Return the properties of a new table style, with lines on those sides."""
    from docx.enum.style import WD_STYLE_TYPE

    style = styles.add_style(name, WD_STYLE_TYPE.TABLE)
    style.base_style = styles["Normal Table"]
    properties = _add(style.element, "w:tblPr")
    borders = _add(properties, "w:tblBorders")
    for side in sides:
        _add(borders, f"w:{side}", val="single", sz="4", space="0", color=LINE)
    margins = _add(properties, "w:tblCellMar")
    for side in ("left", "right"):
        _add(margins, f"w:{side}", w="60", type="dxa")
    return properties


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    level: int
    heading: str
    page: int


@dataclass(frozen=True, slots=True)
class WordCell:
    text: str
    is_bold: bool = False
    is_italic: bool = False
    is_right: bool = False
    style: str = ""  # of its own; otherwise the table's


class Paper:
    """A document being written. python-docx looks a style up anew for each paragraph, and a table's cells for
    each cell: styles are looked up once here, and paragraphs and tables are built whole (a fifth of the time)."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self._end = document.element.body.sectPr  # what is said comes before it
        self._style_ids = {style.name: style.style_id for style in document.styles}
        self._is_kept = False  # what is written stays on one page with what follows
        self._last: Any = None  # the newest paragraph

    def say(self, text: str, style: str = "Normal", *, keep_with_next: bool = False) -> Any:
        """Add a paragraph and return it."""
        from docx.text.paragraph import Paragraph

        element = _new("w:p")
        properties = _add(element, "w:pPr")
        _add(properties, "w:pStyle", val=self._style_ids[style])
        if keep_with_next or self._is_kept:
            _add(properties, "w:keepNext")
        self._end.addprevious(element)
        paragraph = Paragraph(element, self.document._body)
        if "\n" in text:
            paragraph.add_run(plain(text))  # makes line breaks
        elif text:
            _add(_add(element, "w:r"), "w:t").text = plain(text)
        self._last = paragraph
        return paragraph

    @contextmanager
    def kept_together(self, is_kept: bool) -> Iterator[None]:
        """Keep all that is written here on one page; the last paragraph lets go of what follows."""
        self._is_kept = is_kept
        yield
        self._is_kept = False
        if is_kept:
            self._last.paragraph_format.keep_with_next = None

    def add_table(
        self,
        rows: Sequence[Sequence[WordCell]],
        *,
        widths: Sequence[float],
        caption: str,
        style: str,
        is_whole: bool,
        look: str = "Rapporttabell",
    ) -> None:
        """Add a table whose first row is its heading, repeated on every page; no row is split or stands alone."""
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls

        table_width = sum(widths)
        twips = [int(half_up(TWIPS_PER_CM * TEXT_WIDTH_CM * width / table_width)) for width in widths]
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
        row_look = RowLook(tuple(twips), self._style_ids[style], self._style_ids)
        last = len(rows) - 1
        body = "".join(
            _row(
                row,
                row_look,
                is_heading=place == 0,
                is_kept=self._is_kept or place != last and (is_whole or place < 2 or place > last - 3),
            )
            for place, row in enumerate(rows)
        )
        name = quoteattr(plain(caption))
        table = (
            f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="{self._style_ids[look]}"/>'
            f'<w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
            '<w:tblLook w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
            f"<w:tblCaption w:val={name}/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"
        )
        self.document._body._element._insert_tbl(parse_xml(table))


@dataclass(frozen=True, slots=True)
class RowLook:
    """What the rows of a table have in common: their columns' widths and their letters."""

    twips: tuple[int, ...]
    style_id: str
    style_ids: Mapping[str, str]  # by name, for cells that have a style of their own


def _row(row: Sequence[WordCell], look: RowLook, *, is_heading: bool, is_kept: bool) -> str:
    repeated = "<w:tblHeader/>" if is_heading else ""
    kept = "<w:keepNext/>" if is_kept else ""
    cells = "".join(_cell(cell, width, look, kept) for cell, width in zip(row, look.twips, strict=True))
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{cells}</w:tr>"


def _cell(cell: WordCell, width: int, look: RowLook, kept: str) -> str:
    side = '<w:jc w:val="right"/>' if cell.is_right else ""
    style_id = look.style_ids[cell.style] if cell.style else look.style_id
    letters = ("<w:b/>" if cell.is_bold else "") + ("<w:i/>" if cell.is_italic else "")
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style_id}"/>{kept}{side}</w:pPr>'
        f'<w:r><w:rPr>{letters}</w:rPr><w:t xml:space="preserve">{escape(plain(cell.text))}</w:t></w:r></w:p></w:tc>'
    )


def add_numbers(paper: Paper, numbers: Sequence[HeadlineNumber]) -> None:
    """Add the large figures beside each other: what each is, the figure, and what is said of it."""
    for start in range(0, len(numbers), NUMBERS_IN_A_ROW):
        row = numbers[start : start + NUMBERS_IN_A_ROW]
        styles = ("Nyckeltal", "Nyckeltal siffra", "Nyckeltal")
        texts = zip(*((number.label, number.value, number.detail) for number in row), strict=True)
        rows = [
            [WordCell(text, style=style) for text in line] for style, line in zip(styles, texts, strict=True)
        ]
        widths = [1.0] * len(row)
        paper.add_table(
            rows,
            widths=widths,
            caption="Nyckeltal",
            style="Nyckeltal",
            is_whole=True,
            look="Nyckeltalstabell",
        )
        paper.say("", "Efter tabell")


def describe_picture(run: Any, *, name: str, alternative: str) -> None:
    """Give a picture its alternative text."""
    from docx.oxml.ns import qn

    for properties in run._r.iter(qn("wp:docPr")):
        properties.set("name", name)
        properties.set("descr", plain(alternative))


def bookmark(paragraph: Any, name: str) -> None:
    """Let the contents lead to a heading."""
    number = str(abs(hash_of(name)))
    start = _new("w:bookmarkStart", id=number, name=anchor(name))
    paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
    paragraph._p.append(_new("w:bookmarkEnd", id=number))


def add_contents(paper: Paper, entries: Sequence[ContentsEntry]) -> None:
    """Add a list of contents that leads to the headings, with their pages; Word works it out anew (F9)."""
    from docx.shared import Cm

    for place, entry in enumerate(entries):
        paragraph = paper.say("", "Innehållsrad")
        paragraph.paragraph_format.left_indent = Cm(0.6 * (entry.level - 1))
        if place == 0:
            _field_start(paragraph._p, r'TOC \o "1-2" \h \z \u')
        link = _add(paragraph._p, "w:hyperlink", anchor=anchor(entry.heading), history="1")
        _add(_add(link, "w:r"), "w:t").text = plain(entry.heading)
        _add(_add(link, "w:r"), "w:tab")
        _field(link, f"PAGEREF {anchor(entry.heading)} \\h", str(entry.page))
        if place == len(entries) - 1:
            _add(_add(paragraph._p, "w:r"), "w:fldChar", fldCharType="end")


def _field(parent: Any, code: str, text: str) -> None:
    """Add a field; `text` stands there until Word works it out."""
    _field_start(parent, code)
    _add(_add(parent, "w:r"), "w:t").text = text
    _add(_add(parent, "w:r"), "w:fldChar", fldCharType="end")


def _field_start(parent: Any, code: str) -> None:
    from docx.oxml.ns import qn

    _add(_add(parent, "w:r"), "w:fldChar", fldCharType="begin")
    instruction = _add(_add(parent, "w:r"), "w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    _add(_add(parent, "w:r"), "w:fldChar", fldCharType="separate")


def anchor(name: str) -> str:
    """Return a bookmark's name: letters, digits and low lines, at most 40."""
    return "_r" + re.sub(r"\W+", "_", name)[:36]


def hash_of(name: str) -> int:
    """Return a small number that is the same in every run."""
    return sum((place + 1) * ord(sign) for place, sign in enumerate(name)) % 1_000_000


def plain(text: str) -> str:
    """Return the text without what XML can't hold, its numbers unbroken."""
    return cover.unbroken(fit_for_xml(text))


def _new(tag: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


def _add(parent: Any, tag: str, **attributes: str) -> Any:
    child = _new(tag, **attributes)
    parent.append(child)
    return child
