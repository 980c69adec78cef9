"""A region's logo in a file: a picture and nothing else, or refused with what is wrong."""

import pytest

from portal.domain.refused import Refused
from portal.domain.registry.logo import PNG, SVG, Logo
from portal.uploads.setup import logo_file
from tests.uploads.setup.books import png, svg


RECT = '<rect width="80" height="20"/>'
EDITORS = """<?xml version="1.0" encoding="utf-8"?><!-- An editor --><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"
"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg xmlns="http://www.w3.org/2000/svg"
xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:editor="http://editor.example/" width="80px" height="20px">
<metadata>Anna Andersson</metadata><editor:view zoom="2"/><style>.a { fill: url( '#g' ) }</style>
<defs><linearGradient id="g"><stop stop-color="#a03"/></linearGradient><rect id="r" width="9" height="9"/></defs>
<g editor:label="Anna" data-name="Anna"><path class="a" d="M0 0H80V20H0Z"/><use xlink:href="#r"/></g></svg>"""


def test_of_an_svg_the_shapes_are_kept_and_nothing_that_is_written_about_them():
    logo = logo_file.read(EDITORS.encode())

    text = logo.content.decode()
    assert logo.media_type == SVG
    assert "Anna" not in text
    assert "editor" not in text
    assert {'width="400"', 'height="100"'} < set(text.partition(">")[0].split())
    assert 'viewBox="0 0 80 20"' in text
    assert text.count("<path") == text.count("<use") == text.count("<style") == 1
    assert logo_file.read(logo.content) == logo


def test_of_a_png_the_pixels_are_kept_and_nothing_that_is_written_about_them():
    logo = logo_file.read(png(more=[(b"tEXt", b"Author\x00Anna Andersson"), (b"eXIf", b"60.6 N")]))

    assert logo == Logo(PNG, png())
    assert Logo.parse(logo.address) == logo


@pytest.mark.security
@pytest.mark.parametrize(
    ("inside", "unwanted"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ("<foreignObject/>", "<foreignObject>"),
        ('<image href="https://ond.example/x.png"/>', "<image>"),
        ('<a href="javascript:alert(1)"/>', "<a>"),
        ('<rect><animate attributeName="x"/></rect>', "<animate>"),
        ('<rect onclick="alert(1)"/>', "onclick"),
        ('<use href="https://ond.example/x.svg#a"/>', "href"),
        ('<rect fill="url(https://ond.example/x)"/>', "fill"),
        ("<rect style=\"fill: URL( 'x.svg#a' )\"/>", "style"),
        ("<style>@import 'x.css';</style>", "en stil"),
        ("<style>.a { fill: u\\72l(x) }</style>", "en stil"),
    ],
)
def test_what_could_do_more_than_draw_is_refused_by_name(inside, unwanted):
    with pytest.raises(Refused, match=f"innehåller {unwanted}"):
        logo_file.read(svg(inside))


DEEP = "<g>" * 5_000 + "</g>" * 5_000
COPIED = '<g id="a"><use href="#b"/><use href="#b"/></g><g id="b"><use href="#a"/></g>'


@pytest.mark.security
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "PNG eller SVG"),
        (b"\xff\xd8\xff\xe0 JFIF", "PNG eller SVG"),
        (b"<html/>", "PNG eller SVG"),
        (svg()[:-3], "PNG eller SVG"),
        (b'<!DOCTYPE svg [<!ENTITY a "aa">]>' + svg(), "entiteter"),
        (svg().decode().encode("utf-16"), "PNG eller SVG"),
        (svg(DEEP), "för många delar"),
        (svg(COPIED), "kopior av kopior"),
        (svg('<rect id="r"/>' + '<use href="#r"/>' * 51), "för många kopior"),
        (svg("<text>Region</text>"), "kurvor"),
        (svg(opening=""), "saknar mått"),
        (svg(opening='viewBox="0 0 nan 1"'), "saknar mått"),
        (svg(opening='viewBox="0 0 900 100"'), "åtta gånger"),
        (svg(opening='viewBox="0 0 1 3"'), "hälften"),
        (png(2_001, 1_000), "2000 bildpunkter"),
        (png(90, 10), "åtta gånger"),
        (png(interlaced=1), "interlaced"),
        (png(pixels=b"\x00" * 10_000_000), "skadad"),
        (png(pixels=b"\x00" * 100), "skadad"),
        (png()[:-1], "skadad"),
        (png().replace(b"IDAT", b"IDAT"[::-1]), "skadad"),
        (b" " * (logo_file.MOST_BYTES + 1), "större än 200 kB"),
    ],
)
def test_what_is_no_sound_picture_is_refused_in_words(content, words):
    with pytest.raises(Refused, match=words):
        logo_file.read(content)
