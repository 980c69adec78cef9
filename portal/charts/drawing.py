"""Charts as pictures for documents: vl-convert draws them in this process, with no browser and no network."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET

from portal.charts import shapes
from portal.domain.annual_report.content import Chart


PRINT_SCALE = 1.6  # pixels of a PNG per pixel of the chart: about 170 dpi on paper
VEGA_LITE = "6.1"
SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"


@lru_cache(maxsize=64)
def svg(chart: Chart) -> str:
    """Return the chart as SVG. Remembered: every document and a second download show the same picture."""
    drawn: str = _converter().vegalite_to_svg(shapes.spec(chart), vl_version=VEGA_LITE)
    return drawn


@lru_cache(maxsize=64)
def inline_svg(chart: Chart) -> str:
    """Return the chart's SVG for the middle of a page: as wide as there is room, and words only from the page.

    Names within it begin with the chart's own, since a page has many.
    """
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", XLINK)
    picture = ET.fromstring(svg(chart))
    for element in picture.iter():
        for name in [name for name in element.attrib if _is_for_listeners(name)]:
            del element.attrib[name]
        element.attrib |= {name: _named(name, value, chart.key) for name, value in element.attrib.items()}
    width = picture.attrib.pop("width")
    picture.attrib.pop("height")
    picture.attrib |= {
        "role": "img",
        "aria-label": f"{chart.title}. {chart.alt}",
        "style": f"max-width:{width}px",
    }
    return ET.tostring(picture, encoding="unicode")


@dataclass(frozen=True, slots=True)
class Extent:
    """How broad and how high a drawn chart is, in pixels."""

    width: float
    height: float


def size(chart: Chart) -> Extent:
    """Return the drawn chart's size, as its SVG says it."""
    opening = svg(chart).partition(">")[0]
    width, height = (opening.partition(f' {name}="')[2].partition('"')[0] for name in ("width", "height"))
    return Extent(float(width), float(height))


def _is_for_listeners(name: str) -> bool:
    """Tell whether an attribute says what Vega's own parts are: English, and not what a reader needs."""
    return name == "role" or name == "class" or name.startswith("aria-")


def _named(name: str, value: str, key: str) -> str:
    if name == "id":
        return f"{key}-{value}"
    return value.replace("url(#", f"url(#{key}-")


def png(chart: Chart) -> bytes:
    """Return the chart as PNG; the picture is the SVG's, a sixth of the work of drawing it anew."""
    return svg_as_png(svg(chart), scale=PRINT_SCALE)


def svg_as_png(picture: str, *, scale: float = 1.0) -> bytes:
    """Return an SVG as PNG; raises ValueError for one that can't be drawn."""
    return bytes(_converter().svg_to_png(picture, scale=scale))


def _converter() -> Any:
    import vl_convert  # loads a JavaScript engine: only where charts are drawn

    return vl_convert
