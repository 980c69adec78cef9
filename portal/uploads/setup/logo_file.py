"""A file with the region's logo, PNG or SVG: read into a picture and nothing else, or refused in words.

Of a PNG the pixels are kept, of an SVG the shapes: no text about the picture, no script, nothing from elsewhere.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from portal.charts import drawing
from portal.domain.refused import Refused
from portal.domain.registry.logo import PNG, SVG, Logo


MOST_BYTES = 200 * 1024
MOST_PIXELS = 2_000  # a side
BROADEST, NARROWEST = 8.0, 0.5  # times as broad as high
HEIGHT = 100.0  # pixels, of every SVG: what draws it needs to know no more
DEEPEST = 40  # elements within each other
MOST_COPIES = 50
SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADING_BYTES = 13
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of a pixel, by the colour type
KEPT_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"IEND")
NO_PICTURE = "Logotypen ska vara en bild i PNG eller SVG."
BROKEN = "Logotypen är skadad eller ofullständig. Spara den igen från programmet där den är gjord."
SPACE = "{http://www.w3.org/2000/svg}"
HREF = ("href", "{http://www.w3.org/1999/xlink}href")
LEFT_OUT = ("metadata", "title", "desc")
DRAWN = frozenset(
    [
        "svg",
        "g",
        "defs",
        "symbol",
        "use",
        "style",
        "clipPath",
        "mask",
        "linearGradient",
        "radialGradient",
        "stop",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
    ]
)
LETTERS = ("text", "tspan", "textPath")
FROM_ELSEWHERE = re.compile(
    r"""url\((?!\s*['"]?\s*\#)|image\(|image-set\(|src\(|script:|@|\\""", re.IGNORECASE
)
PLAIN_DOCTYPE = re.compile(r"<!DOCTYPE\s+svg\b[^\[<>]*>", re.IGNORECASE)


def read(content: bytes) -> Logo:
    """Return the picture; raises Refused."""
    if len(content) > MOST_BYTES:
        raise Refused("Logotypen är större än 200 kB. Spara den mindre.")
    if content.startswith(SIGNATURE):
        return Logo(PNG, _png(content))
    return Logo(SVG, _svg(content))


def _check_sides(width: float, height: float) -> None:
    if not NARROWEST <= width / height <= BROADEST:
        raise Refused("Logotypen ska vara högst åtta gånger så bred som hög, och minst hälften så bred.")


def _png(content: bytes) -> bytes:
    """Return the picture without what is written about it."""
    chunks = [(name, body) for name, body in _chunks(content) if name in KEPT_CHUNKS]
    order = [name for name, _ in chunks]
    if order[:1] != [b"IHDR"] or order[-1:] != [b"IEND"]:
        raise Refused(BROKEN)
    _check_pixels(b"".join(body for name, body in chunks if name == b"IDAT"), _count_bytes(chunks[0][1]))
    return SIGNATURE + b"".join(_chunk(name, body) for name, body in chunks)


def _count_bytes(heading: bytes) -> int:
    """Return how many bytes the pixels are, as the picture's heading says."""
    if len(heading) != HEADING_BYTES:
        raise Refused(BROKEN)
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", heading)
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise Refused(f"Logotypen ska vara högst {MOST_PIXELS} bildpunkter bred och hög.")
    _check_sides(width, height)
    if interlaced or colour not in SAMPLES:
        raise Refused("Spara logotypen som vanlig PNG, inte som sammanflätad (interlaced).")
    return int(1 + (width * depth * SAMPLES[colour] + 7) // 8) * int(height)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(SIGNATURE)
    while place < len(content):
        if place + 12 > len(content):
            raise Refused(BROKEN)
        length, name = struct.unpack_from(">I4s", content, place)
        chunk = content[place : place + 12 + length]
        body = chunk[8 : 8 + length]
        if chunk != _chunk(name, body):
            raise Refused(BROKEN)
        yield name, body
        place += len(chunk)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _check_pixels(packed: bytes, length: int) -> None:
    """Unpack no more than the picture has, so that nothing large comes out of something small."""
    unpacking = zlib.decompressobj()
    try:
        pixels = unpacking.decompress(packed, length + 1)
    except zlib.error:
        raise Refused(BROKEN) from None
    if len(pixels) != length or not unpacking.eof:
        raise Refused(BROKEN)


def _svg(content: bytes) -> bytes:
    """Return the shapes alone, with the picture's sides in numbers."""
    picture = _parsed(content)
    if picture.tag != f"{SPACE}svg":
        raise Refused(NO_PICTURE)
    _keep_shapes(picture, DEEPEST)
    _check_copies(picture)
    width, height = _sides(picture)
    _check_sides(width, height)
    picture.attrib |= {"width": f"{HEIGHT * width / height:g}", "height": f"{HEIGHT:g}"}
    ET.register_namespace("", drawing.SVG)
    ET.register_namespace("xlink", drawing.XLINK)
    text = ET.tostring(picture, encoding="unicode")
    try:
        drawing.svg_as_png(text)
    except ValueError:
        raise Refused("Logotypen går inte att rita. Spara den som PNG i stället.") from None
    return text.encode()


def _parsed(content: bytes) -> ET.Element:
    try:
        text = PLAIN_DOCTYPE.sub("", content.decode("utf-8-sig"), count=1)
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise Refused("Spara logotypen som enkel SVG, utan egna entiteter (<!ENTITY>).")
        return ET.fromstring(text)
    except (ValueError, ET.ParseError):
        raise Refused(NO_PICTURE) from None


def _keep_shapes(element: ET.Element, depth: int) -> None:
    """Take away what draws nothing; raises Refused for what could do more than draw."""
    if not depth:
        raise Refused("Logotypen har för många delar inuti varandra. Spara den enklare.")
    _keep_attributes(element)
    for child in list(element):
        name = child.tag.removeprefix(SPACE)
        if name in LEFT_OUT or name.startswith("{"):
            element.remove(child)
        else:
            _check_is_drawn(name)
            _keep_shapes(child, depth - 1)


def _keep_attributes(element: ET.Element) -> None:
    for name, value in list(element.attrib.items()):
        if name.startswith(("{", "data-")) and name not in HREF:
            del element.attrib[name]
        else:
            _check_attribute(name, value)
    if element.tag == f"{SPACE}style" and FROM_ELSEWHERE.search(element.text or ""):
        raise Refused(_unwanted("en stil som hämtar något"))


def _check_is_drawn(name: str) -> None:
    if name in LETTERS:
        raise Refused("Gör om logotypens text till kurvor: alla datorer har inte dess typsnitt.")
    if name not in DRAWN:
        raise Refused(_unwanted(f"<{name[:20]}>"))


def _check_attribute(name: str, value: str) -> None:
    is_reaching_out = name in HREF and not value.startswith("#")
    if name.lower().startswith("on") or is_reaching_out or FROM_ELSEWHERE.search(value):
        raise Refused(_unwanted(name.rpartition("}")[2][:20]))


def _unwanted(what: str) -> str:
    return f"Logotypen innehåller {what}. Den ska bara ha former: inga skript, bilder, länkar eller annat utifrån."


def _check_copies(picture: ET.Element) -> None:
    """Refuse many copies, and a copy of a copy: a few of them within each other would be millions of shapes."""
    copies = list(picture.iter(f"{SPACE}use"))
    copied = {use.get(name, "") for use in copies for name in HREF}
    is_nested = any(
        f"#{element.get('id')}" in copied and next(element.iter(f"{SPACE}use"), None) is not None
        for element in picture.iter()
    )
    if is_nested or len(copies) > MOST_COPIES:
        raise Refused("Logotypen har för många kopior (<use>), eller kopior av kopior. Spara den enklare.")


def _sides(picture: ET.Element) -> tuple[float, float]:
    box = picture.get("viewBox", "").replace(",", " ").split()
    written = (
        box[2:]
        if len(box) == 4
        else [picture.get(name, "").removesuffix("px") for name in ("width", "height")]
    )
    try:
        width, height = map(float, written)
    except ValueError:
        width = height = 0.0
    if not (0 < width < float("inf") and 0 < height < float("inf")):
        raise Refused("Logotypen saknar mått: den ska ha viewBox, eller bredd och höjd i bildpunkter.")
    picture.set("viewBox", " ".join(box) if len(box) == 4 else f"0 0 {width:g} {height:g}")
    return width, height
