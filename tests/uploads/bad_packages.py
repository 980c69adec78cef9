"""Workbooks that are hostile, damaged, or something else than they look."""

import io
import stat
import zipfile

from portal.services.administration.exports import csv_bytes
from tests.uploads.bad import HEADING, PERSONAL, Bad, blankett, cell_of, with_answer, with_xml
from tests.uploads.files import make_book, parts_of, with_parts, zip_of


CALLS = cell_of("calls")
SHEET_DATA = "<sheetData>"


def rows(count, row="<row><c><v>1</v></c></row>"):
    """Return a sheet with that many rows."""
    return with_xml(
        lambda xml: f"{xml.split(SHEET_DATA)[0]}{SHEET_DATA}{row * count}</sheetData></worksheet>"
    )


def doctype(declared):
    return with_xml(lambda xml: f"<!DOCTYPE x [{declared}]>{xml}")


LAUGHS = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
SECRET = '<!ENTITY a SYSTEM "file:///etc/passwd">'


def encrypted():
    raw = bytearray(blankett())
    at = raw.index(b"PK\x01\x02")
    raw[at + 8] |= 1
    return bytes(raw)


def twice():
    target = io.BytesIO(blankett())
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("XL/Workbook.xml", "x")
    return target.getvalue()


def with_link(content):
    """Return the workbook with a member that is a link, and one that points out of its folder."""
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a") as archive:
        link = zipfile.ZipInfo("xl/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("../../portal-was-here.txt", "x")
    return target.getvalue()


def strict(content):
    namespaces = (
        (
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
        (
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
    )
    parts = parts_of(content)
    for transitional, other in namespaces:
        parts = {name: part.replace(transitional, other) for name, part in parts.items()}
    return zip_of(parts)


def flipped(at):
    raw = bytearray(blankett())
    raw[at] ^= 0xFF
    return bytes(raw)


def inline(content, cell):
    """Return the workbook with the cell's text in the cell itself, as some programs write it."""

    def change(xml):
        before, _, rest = xml.partition(f'<c r="{cell}"')
        return f'{before}<c r="{cell}" t="inlineStr"><is><t>x</t></is></c>{rest.partition("</c>")[2]}'

    return with_xml(change, content)


def wrong():
    return with_answer("calls", "x")


def bombed(**parts):
    return with_parts(blankett(), **parts)


LONG = [HEADING.split(";"), ["falun", "2025-01", "care_episodes", "x"]]
FIGURES = ["månad", "mottagning", "värde", "täljare", "nämnare", "skäl", "region", "enhet"]

BAD_PACKAGES = (
    Bad("U3-zip-bomb", lambda: bombed(bomb=b"0" * (41 * 1024 * 1024)), "file.too_complex"),
    Bad("U3-swarm-of-members", lambda: bombed(**{f"x{n}": b"" for n in range(200)}), "file.too_complex"),
    Bad("U4-entity-bomb", lambda: doctype(LAUGHS), "file.damaged", child=True),
    Bad("U5-external-entity", lambda: doctype(SECRET), "file.damaged", child=True),
    Bad(
        "U6-corner",
        lambda: with_xml(
            lambda xml: xml.replace('<row r="27"', '<row r="1048576"').replace('"A27"', '"A1048576"')
        ),
        "file.too_many_rows",
        "A1048576",
        child=True,
    ),
    Bad(
        "U6-last-column",
        lambda: with_xml(lambda xml: xml.replace('r="F27"', 'r="XFD27"')),
        "file.too_many_columns",
        "XFD27",
        child=True,
    ),
    Bad("U9-a-million-rows", lambda: rows(1_048_576), "file.too_many_rows", "A2002", child=True),
    Bad("U9-a-million-empty-rows", lambda: rows(1_048_576, "<row/>"), "file.empty", child=True),
    Bad("U9-one-row-too-many", lambda: rows(2_002), "file.too_many_rows", "A2002", child=True),
    Bad("U10-sixty-megabytes", lambda: bombed(xl__x__xml=b"9" * 60_000_000), "file.too_complex"),
    Bad("U10-long-text", lambda: with_answer("calls", "x" * 501), "file.long_text", CALLS, child=True),
    Bad("U11-macro", lambda: bombed(xl__vbaProject__bin=b"x"), "file.macro", name="januari.xlsm"),
    Bad("U11-macro-renamed", lambda: bombed(xl__vbaProject__bin=b"x"), "file.macro"),
    Bad("U11-xlm", lambda: bombed(xl__macrosheets__sheet1__xml=b"x"), "file.macro"),
    Bad("U12-external", lambda: bombed(xl__externalLinks__externalLink1__xml=b"x"), "file.external_links"),
    Bad("U13-encrypted-zip", encrypted, "file.password"),
    Bad("U14-half", lambda: blankett()[: len(blankett()) // 2], "file.damaged"),
    Bad("U14-four-bytes", b"PK\x03\x04", "file.damaged"),
    Bad("U14-text-like-a-zip", b"PKkod;x\n", "file.damaged"),
    Bad("U14-flipped-data", lambda: flipped(60), "file.damaged", child=True),
    Bad("U14-half-a-sheet", lambda: with_xml(lambda xml: xml[: len(xml) // 2]), "file.damaged", child=True),
    Bad(
        "U14-no-workbook",
        lambda: zip_of({"[Content_Types].xml": "x", "xl/workbook.xml": "x"}),
        "file.damaged",
        child=True,
    ),
    Bad("U14-odd-address", lambda: with_xml(lambda xml: xml.replace('r="F17"', 'r="??"')), "file.damaged"),
    Bad("U14-cell-twice", lambda: with_xml(lambda xml: xml.replace('r="F17"', 'r="B17"')), "file.damaged"),
    Bad(
        "U14-row-backwards",
        lambda: with_xml(lambda xml: xml.replace('<row r="17"', '<row r="7"')),
        "file.damaged",
    ),
    Bad("U14-name-twice", twice, "file.too_complex"),
    Bad("U15-ods", lambda: zip_of({"mimetype": "x", "META-INF/manifest.xml": "x"}), "file.kind"),
    Bad("U15-xlsb", lambda: zip_of({"[Content_Types].xml": "x", "xl/workbook.bin": "x"}), "file.kind"),
    Bad("U15-docx", lambda: zip_of({"[Content_Types].xml": "x", "word/document.xml": "x"}), "file.kind"),
    Bad("U15-pptx", lambda: zip_of({"ppt/presentation.xml": "x"}), "file.kind"),
    Bad("U15-numbers", lambda: zip_of({"Index/Document.iwa": "x"}), "file.kind"),
    Bad("U15-zip", lambda: zip_of({"januari.csv": HEADING}), "file.kind"),
    Bad("U15-empty-zip", lambda: zip_of({}), "file.kind"),
    Bad("U34-strict", lambda: strict(wrong()), "value.number", CALLS, child=True),
    Bad("U34-inline-text", lambda: inline(wrong(), CALLS), "value.number", CALLS, child=True),
    Bad("U35-empty-workbook", lambda: make_book([]), "file.empty"),
    Bad("U37-slip-alone", lambda: zip_of({"../../etc/cron.d/x": "x"}), "file.kind"),
    Bad("U37-slip-and-link", lambda: with_link(wrong()), "value.number", CALLS, child=True),
    Bad("workbook-too-large", lambda: blankett() + b"\0" * (3 * 1024 * 1024), "file.too_large"),
    Bad(
        "U32-column-without-width",
        lambda: with_xml(lambda xml: xml.replace("<cols>", '<cols><col min="6" max="9" width="0"/>')),
        "file.hidden",
        "F6",
    ),
    Bad("another-programs-workbook", lambda: make_book([["Enhet", "Besök"], ["BUP", 3]]), "file.headings"),
    Bad(
        "own-figures-as-workbook",
        lambda: make_book([FIGURES, ["2025-01", "falun", 1, 1, 2]]),
        "file.own_export",
    ),
    Bad("own-figures-as-text", lambda: csv_bytes(FIGURES, []), "file.own_export"),
    Bad("problem-list-alone", lambda: make_book([["Blad", "Cell", "Det stod", "Vad"]]), "file.own_export"),
    Bad("long-workbook", lambda: make_book(LONG), "value.number", "D2"),
    Bad(
        "long-workbook-U2-formula",
        lambda: make_book([LONG[0], [*LONG[1][:3], "=1+1"]]),
        "value.formula",
        "D2",
    ),
    Bad("long-workbook-U31", lambda: make_book([*LONG, [PERSONAL]]), "privacy.personal_number", "A3"),
)
