"""The month sheet as one page of PDF/UA-1: large numbers above, a chart per queue beneath."""

from pathlib import Path
from typing import Any

from portal.charts import drawing
from portal.domain.annual_report.content import Chart
from portal.domain.registry.logo import Logo
from portal.domain.registry.region import Region
from portal.domain.release.month_sheet import MonthSheet, SheetGroup, SheetTile
from portal.reports import cover, pdf


TEMPLATE = Path(__file__).parent / "month_sheet.typ"


def write(sheet: MonthSheet, region: Region, *, is_demo: bool) -> bytes:
    """Return the sheet as a tagged PDF with title, language and alternative texts."""
    texts = {
        "title": sheet.title,
        "author": f"{region.name}, Vårdval BUP",
        "subtitle": sheet.subtitle,
        "demo": cover.DEMO if is_demo else "",
        "logo": _logo(region.logo, region),
        "news": sheet.news,
        "groups": list(map(_group, sheet.groups)),
        "charts_title": sheet.charts_title,
        "charts": list(map(_chart, sheet.charts)),
        "how": sheet.how,
    }
    return pdf.typeset(TEMPLATE, "sheet", texts)


def _logo(logo: Logo | None, region: Region) -> dict[str, str] | None:
    return {"svg": pdf.as_svg(logo), "alt": region.name} if logo else None


def _group(group: SheetGroup) -> dict[str, Any]:
    return {"title": group.title, "tiles": list(map(_tile, group.tiles))}


def _tile(tile: SheetTile) -> dict[str, Any]:
    return {
        "label": tile.label,
        "value": tile.value,
        "missing": tile.is_missing,
        "rate": tile.rate,
        "lines": [line for line in tile.lines if line],
    }


def _chart(chart: Chart) -> dict[str, Any]:
    extent = drawing.size(chart)
    return {
        "svg": drawing.svg(chart),
        "alt": cover.alternative(chart),
        "title": chart.title,
        "width": extent.width,
        "height": extent.height,
    }
