"""The portal's style sheet, around and above Streamlit's: both themes, visible focus, quiet motion, paper.

Written in light colours; `palette.both_themes` adds the dark ones. The tables and cards have theirs in markup.
"""

from portal.ui.base import markup, palette


FRAME = """
.stApp .stMainBlockContainer { padding: 3rem 3rem 4rem; max-width: 90rem; }
@media (max-width: 640px) { .stApp .stMainBlockContainer { padding: 3.5rem 1rem 3rem; } }
.portal-demo { display: none; color: #4a5a56; font-size: 0.85rem; }
@media (max-width: 640px) { .portal-demo { display: block; } }
"""

# Streamlit's own: grey that is too pale for small text, green on pale green.
READABLE = """
.stApp [data-testid=stCaptionContainer], .stApp [data-testid=stCaptionContainer] p { color: #4a5a56; opacity: 1; }
.stMain button[data-selected=true] p, .stMain [role=tab][aria-selected=true] p { color: #0e5a4c; }
.stMain [data-testid=stWidgetLabel] { color: #1f2d2a; } /* the name of a choice that can't be made here */
.stMain input::placeholder, .stMain textarea::placeholder { color: #5b6b67; opacity: 1; }
.stMain [data-testid$=RootElement], .stMain .react-aria-ComboBox > [role=group],
.stMain [data-testid=stDateInputField], .stMain [data-testid=stNumberInputContainer] { border-color: #71807b; }
[data-testid=stHeaderActionElements] { display: none; } /* a link beside every heading: a stop per heading for the Tab key */
[role=dialog] .stCode { display: none; } /* no contact: Streamlit tells people to start a server */
.stHtml img[src^="data:image/svg"]:not(.trend) { background: white; } /* drawn in dark ink, like on paper */
.stVegaLiteChart svg { background-color: transparent !important; }
"""

FOCUS = f"""
.stApp {{ --portal-focus: {palette.FOCUS}; }}
.stSidebar {{ --portal-focus: {palette.SIDEBAR_FOCUS}; }}
.stApp :focus-visible, [role=dialog] :focus-visible {{
  outline: 3px solid var(--portal-focus, {palette.FOCUS}) !important; outline-offset: 2px; border-radius: 0.25rem; }}
.stMain label:has(input[type=radio]:focus-visible), .stMain label:has(input[type=checkbox]:focus-visible) {{
  outline: 3px solid var(--portal-focus, {palette.FOCUS}); outline-offset: 2px; border-radius: 0.25rem; }}
.stMain:focus-visible {{ outline-offset: -3px; }}
[data-testid=stSkipToContent]:focus {{ background: {palette.PAPER}; color: {palette.LINK}; }}
"""

CALM = """
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation-duration: 0.01ms !important; animation-iteration-count: 1 !important;
    transition-duration: 0.01ms !important; scroll-behavior: auto !important; }
}
"""

# On paper: no menus, nothing to press, black on white whatever the screen's theme, tables unbroken.
PAPER = """
@page { size: A4; margin: 14mm 12mm; }
@media print {
  .portal-demo { display: block; }
  .stSidebar, .stAppHeader, .stButton, .stDownloadButton, .stFormSubmitButton, .stFileUploader,
  .react-aria-ComboBox button, [data-testid=stElementToolbar], [data-testid=stSkipToContent],
  [data-testid=stStatusWidget], .stToast {
    display: none !important; }
  .stApp { color-scheme: light !important; }
  html, body, #root, .stApp, .stAppViewContainer, .stMain, .stApp [data-testid=stScreencast] {
    position: static !important; display: block !important; height: auto !important; overflow: visible !important;
    background: #ffffff !important; }
  .stApp [class*=st-emotion] { color: #1f2d2a !important; background-color: transparent !important; }
  .stApp .stMainBlockContainer { padding: 0; max-width: none; }
  .portal-scroll { overflow: visible; }
  table.portal { font-size: 0.72rem; }
  table.portal th, table.portal td { padding: 0.2rem 0.3rem; min-width: 0 !important; overflow-wrap: anywhere; }
  table.portal .num { overflow-wrap: normal; }
  table.portal .small, table.portal .missing, table.portal td { font-size: 0.68rem !important; }
  table.portal img.trend { width: 4.5rem; height: auto; }
  table.portal thead { display: table-header-group; }
  table.portal thead th { position: static; }
  table.portal tr, .stVegaLiteChart { break-inside: avoid; }
  h1, h2, h3, h4, table.portal caption { break-after: avoid; }
  h1 { font-size: 1.6rem !important; padding-top: 0 !important; }
  h2.portal { font-size: 1.2rem; padding: 0.8rem 0 0.3rem; }
  h3.portal { font-size: 1.05rem; padding: 0.6rem 0 0.2rem; }
}
"""


def sheet() -> str:
    """Return every style of the portal; the server sends it with the page, so that nothing flickers."""
    ours = palette.both_themes(FRAME + READABLE + FOCUS + markup.STYLE)
    return f"{ours}{palette.chart_css()}{CALM}{PAPER}"


SHEET = sheet()
