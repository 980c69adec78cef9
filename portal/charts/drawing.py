"""Charts as pictures for documents: vl-convert draws them in this process, with no browser and no network."""

from functools import lru_cache
from typing import Any

from portal.charts import shapes
from portal.domain.annual_report.content import Chart


PRINT_SCALE = 2  # pixels of a PNG per pixel of the chart: about 190 dpi on paper
VEGA_LITE = "6.1"


@lru_cache(maxsize=64)
def svg(chart: Chart) -> str:
    """Return the chart as SVG. Remembered: Word, PDF and a second download draw the same picture."""
    drawn: str = _converter().vegalite_to_svg(shapes.spec(chart), vl_version=VEGA_LITE)
    return drawn


def png(chart: Chart) -> bytes:
    """Return the chart as PNG; the picture is the SVG's, a sixth of the work of drawing it anew."""
    return bytes(_converter().svg_to_png(svg(chart), scale=PRINT_SCALE))


def _converter() -> Any:
    import vl_convert  # loads a JavaScript engine: only where charts are drawn

    return vl_convert
