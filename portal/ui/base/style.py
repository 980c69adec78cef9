"""The portal's style sheet: portal/browser/portal.css with both themes' colours, and the charts' dark ones."""

from portal.domain.registry.logo import Logo
from portal.domain.registry.region import OWN, Region
from portal.settings import ROOT
from portal.ui.base import palette


SHEET_FILE = ROOT / "portal" / "browser" / "portal.css"
ONE_THEME = "/* Beyond the themes"  # from here on colours are meant as they stand
LOGO_PATH = "/session/logo"
WITH_LOGO = """
.stSidebar [data-testid=stSidebarHeader] { height: 4.25rem; }
[data-testid=stSidebarHeader]::before { box-sizing: border-box; width: 11rem; height: 3rem; margin-left: 0.5rem;
  padding: 0.3rem 0.5rem; border-radius: 0.25rem; text-indent: 20rem; overflow: hidden;
  background: white url(%s) left center / contain no-repeat content-box border-box; }
"""


def sheet() -> str:
    """Return every style of the portal; the server sends it with the page, so that nothing flickers."""
    themed, mark, beyond = SHEET_FILE.read_text("utf-8").partition(ONE_THEME)
    return f"{palette.both_themes(themed)}{palette.chart_css()}\n{mark}{beyond}"


def of_region(region: Region) -> str:
    """Return the styles with the region's name above the menu, or its logo: the name is then read by those who don't see it."""
    quoted = region.name.replace("\\", "\\\\").replace('"', '\\"')
    picture = WITH_LOGO % logo_address(region.logo) if region.logo else ""
    return SHEET.replace(OWN, quoted) + picture


def logo_address(logo: Logo) -> str:
    """Return where the server hands out the logo; another one has another address, so that no old one is shown."""
    return f"{LOGO_PATH}?{logo.sha256}"


SHEET = sheet()
