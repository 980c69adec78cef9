"""The portal's style sheet: portal/browser/portal.css with both themes' colours, and the charts' dark ones."""

from portal.domain.registry.region import OWN
from portal.settings import ROOT
from portal.ui.base import palette


SHEET_FILE = ROOT / "portal" / "browser" / "portal.css"
ONE_THEME = "/* Beyond the themes"  # from here on colours are meant as they stand


def sheet() -> str:
    """Return every style of the portal; the server sends it with the page, so that nothing flickers."""
    themed, mark, beyond = SHEET_FILE.read_text("utf-8").partition(ONE_THEME)
    return f"{palette.both_themes(themed)}{palette.chart_css()}\n{mark}{beyond}"


def of_region(name: str) -> str:
    """Return the styles with the region's name above the menu."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return SHEET.replace(OWN, quoted)


SHEET = sheet()
