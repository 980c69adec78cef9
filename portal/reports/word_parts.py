"""What python-docx has no word for: styles, language, repeated heading rows, alternative texts, fields."""

import re
from typing import Any

from portal.domain.annual_report import AnnualReport
from portal.reports import cover
from portal.reports.cover import Cover


FONT = "Arial"
GREEN, MUTED, LINE, SHADE = "0E5A4C", "4A5A56", "9FB3AD", "F3F7F6"
TEXT_WIDTH_CM = 16.6
HEADINGS = (("Title", 28, 60), ("Heading 1", 18, 20), ("Heading 2", 14, 16), ("Heading 3", 12, 12))
PARAGRAPHS = (
    ("Not", 9, 4),
    ("Sidhuvud", 8, 0),
    ("Tabelltext", 8.5, 0),
    ("Tabelltext liten", 7.5, 0),
    ("Tabelltext minst", 6.5, 0),
    ("Bild", 10.5, 0),
    ("Efter tabell", 4, 4),
    ("Innehåll", 14, 6),
    ("Innehållsrad", 10, 2),
    ("Exempel", 10.5, 8),
)
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def set_up(document: Any, report: AnnualReport, about: Cover) -> None:
    """Set page, language, properties, styles, header and footer."""
    from docx.shared import Cm

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin, section.bottom_margin = Cm(2.4), Cm(2.2)
    properties = document.core_properties
    properties.title, properties.author, properties.language = report.title, cover.AUTHOR, cover.LANGUAGE
    properties.subject, properties.comments = cover.subtitle(report), cover.DEMO if report.is_demo else ""
    _styles(document)
    demo = cover.DEMO if report.is_demo else ""
    _line(section.header.paragraphs[0], report.title, demo)
    footer = section.footer.paragraphs[0]
    _line(footer, about.state, demo)
    footer.add_run("\tSida ")
    _field(footer, "PAGE", "1")


def _line(paragraph: Any, left: str, right: str) -> None:
    paragraph.style = "Sidhuvud"
    paragraph.add_run(plain(left))
    if right:
        paragraph.add_run(f"\t{right}").bold = True


def _styles(document: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE

    styles = document.styles
    _language(styles)
    _style(styles["Normal"], size=10.5, after=6)
    for name, size, before in HEADINGS:
        _style(styles[name], size=size, before=before, after=6, colour=GREEN, is_bold=True)
    _style(styles["Subtitle"], size=13, after=10, colour=MUTED)
    _style(styles["Caption"], size=9, before=8, after=4, colour=MUTED)
    paragraph = WD_STYLE_TYPE.PARAGRAPH
    for name, points, after in PARAGRAPHS:
        made = styles.add_style(name, paragraph)
        made.base_style = styles["Normal"]
        _style(made, size=points, after=after, colour=MUTED if name in ("Not", "Sidhuvud") else None)
    styles["Innehåll"].font.bold = styles["Exempel"].font.bold = True
    styles["Bild"].paragraph_format.keep_with_next = True
    _tab_stops(styles["Sidhuvud"])
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
    """Make the report's table style: lines between rows, a shaded heading row."""
    from docx.enum.style import WD_STYLE_TYPE

    style = styles.add_style("Rapporttabell", WD_STYLE_TYPE.TABLE)
    style.base_style = styles["Normal Table"]
    properties = _add(style.element, "w:tblPr")
    borders = _add(properties, "w:tblBorders")
    for side in ("bottom", "insideH"):
        _add(borders, f"w:{side}", val="single", sz="4", space="0", color=LINE)
    margins = _add(properties, "w:tblCellMar")
    for side in ("left", "right"):
        _add(margins, f"w:{side}", w="60", type="dxa")
    first = _add(style.element, "w:tblStylePr", type="firstRow")
    _add(_add(first, "w:tcPr"), "w:shd", val="clear", color="auto", fill=SHADE)


def lay_out(table: Any, *, widths: list[float], caption: str) -> None:
    """Share the width between the columns, repeat the heading row on every page, name the table."""
    from docx.oxml.ns import qn
    from docx.shared import Cm

    table.autofit = False
    whole = sum(widths)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(TEXT_WIDTH_CM * width / whole)
    properties = table._tbl.tblPr
    _add(properties, "w:tblCaption", val=plain(caption))
    look = properties.find(qn("w:tblLook"))
    if look is not None:
        look.set(qn("w:firstRow"), "1")
        look.set(qn("w:noVBand"), "1")
    for number, row in enumerate(table._tbl.tr_lst):
        row_properties = row.get_or_add_trPr()
        _add(row_properties, "w:cantSplit")
        if number == 0:
            _add(row_properties, "w:tblHeader")


def fill(
    cell: Any,
    text: str,
    *,
    style_id: str,
    is_bold: bool = False,
    is_italic: bool = False,
    is_right: bool = False,
) -> None:
    """Write a table's cell. By the style's id: python-docx looks a name up anew for every paragraph."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = cell.paragraphs[0]
    paragraph._p.style = style_id
    run = paragraph.add_run(plain(text))
    run.bold, run.italic = is_bold or None, is_italic or None
    if is_right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


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


def add_contents(document: Any, entries: list[tuple[int, str]]) -> None:
    """Add a list of contents that leads to the headings; Word can update it with page numbers (F9)."""
    from docx.shared import Cm

    for place, (level, heading) in enumerate(entries):
        paragraph = document.add_paragraph(style="Innehållsrad")
        paragraph.paragraph_format.left_indent = Cm(0.6 * (level - 1))
        if place == 0:
            _field_start(paragraph, r'TOC \o "1-2" \h \z \u')
        link = _add(paragraph._p, "w:hyperlink", anchor=anchor(heading), history="1")
        run = _add(link, "w:r")
        _add(run, "w:t").text = plain(heading)
        if place == len(entries) - 1:
            _add(_add(paragraph._p, "w:r"), "w:fldChar", fldCharType="end")


def _field(paragraph: Any, code: str, shown: str) -> None:
    _field_start(paragraph, code)
    paragraph.add_run(shown)
    _add(_add(paragraph._p, "w:r"), "w:fldChar", fldCharType="end")


def _field_start(paragraph: Any, code: str) -> None:
    from docx.oxml.ns import qn

    _add(_add(paragraph._p, "w:r"), "w:fldChar", fldCharType="begin")
    instruction = _add(_add(paragraph._p, "w:r"), "w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    _add(_add(paragraph._p, "w:r"), "w:fldChar", fldCharType="separate")


def anchor(name: str) -> str:
    """Return a bookmark's name: letters, digits and low lines, at most 40."""
    return "_r" + re.sub(r"\W+", "_", name)[:36]


def hash_of(name: str) -> int:
    """Return a small number that is the same in every run."""
    return sum((place + 1) * ord(sign) for place, sign in enumerate(name)) % 1_000_000


def plain(text: str) -> str:
    """Return the text without what XML can't hold."""
    return _NOT_IN_XML.sub("", text)


def _new(tag: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def _add(parent: Any, tag: str, **attributes: str) -> Any:
    made = _new(tag, **attributes)
    parent.append(made)
    return made
