"""The portal's colours, light and dark: one table that styles, charts and drawings are read through.

Everything is written in its light colour; `both_themes` puts the dark one beside it. Streamlit says
which of the two the page is in (`color-scheme` on .stApp), so a change of theme needs no rerun.
The greens, blues and reds are Region Dalarna's own or stand beside them. tests/ui/base/test_contrast.py
computes every pair.
"""

import re


# What stands on what, in the two themes; .streamlit/config.toml has the same (a test compares).
PAPER, SHADE, INK, LINK, RULE = "#ffffff", "#f3f7f6", "#1f2d2a", "#00577b", "#d5e3df"
DARK_PAPER, DARK_SHADE, DARK_INK, DARK_LINK, DARK_RULE = (
    "#111b19",
    "#1b2926",
    "#e6efec",
    "#7cc7ea",
    "#38504a",
)

PRIMARY = "#178571"  # readable with white upon it, and as a line on both papers
# Lines of pictures that know no theme: seen on both papers.
OWN_LINE, REGION_LINE, BETTER_LINE, WORSE_LINE = "#71807b", "#3f86ad", PRIMARY, "#c94f5a"
USUAL_BAND = "#71807b"
FOCUS, DARK_FOCUS, SIDEBAR_FOCUS = "#00577b", "#7cc7ea", "#ffd378"

GROUNDS = {
    PAPER: DARK_PAPER,
    SHADE: DARK_SHADE,
    "#f6f8f7": "#1a2523",
    "#eaf1ef": "#243430",
    "#f9e3e5": "#42242a",  # beneath what is worse
    "#dcf0ea": "#173b32",  # beneath what is better
    "#fdf3dc": "#3d3216",  # beneath what waits
    "#e1edf5": "#1a3342",  # beneath what has been sent
}
TEXTS = {
    INK: DARK_INK,
    LINK: DARK_LINK,
    "#4a5a56": "#a9bab5",  # beside the point
    "#0e5a4c": "#6fcdb7",  # better, and what is chosen
    "#ae2d3a": "#ff9aa3",  # worse
    "#8a5a00": "#f0b95c",  # waits
    "#5b6b67": "#9fb1ab",  # an ordinary span in a chart
}
MARKS = {
    PRIMARY: "#2fa88f",
    "#93cec1": "#3d7d70",  # a bar's filling, with an outline of PRIMARY
    "#8fb6cc": "#3f7c9c",
    "#c3d3ce": "#4b635d",
}
EDGES = {"#71807b": "#7f938d"}  # around fields: without it one doesn't see where to write
LAND = {"#d5eae6": "#1d4339", "#b4dcd1": "#254e44"}  # a municipality, beneath INK and muted text only
RULES = {RULE: DARK_RULE, "#e3ece9": "#2b3d38"}

PAIRS = {
    light: dark for group in (GROUNDS, TEXTS, MARKS, EDGES, LAND, RULES) for light, dark in group.items()
}
HEX = re.compile(r"#[0-9a-fA-F]{6}\b")


def both_themes(css: str) -> str:
    """Return styles written in light colours with the dark ones beside them.

    Only declarations: a colour without a pair stays as it is in both themes.
    """
    return HEX.sub(lambda found: both(found.group()), css)


def both(light: str) -> str:
    """Return a colour for both themes, as CSS."""
    dark = PAIRS.get(light.lower())
    return f"light-dark({light}, {dark})" if dark else light


def chart_css() -> str:
    """Return styles that give charts, which Vega draws as SVG in light colours, the dark ones.

    The attribute is matched whatever case Vega wrote it in. Axes have Streamlit's own greys: too pale.
    """
    rules = [_recoloured(light, both(light)) for light in PAIRS]
    rules.append(_recoloured("white", both(PAPER)))
    rules += [f".stVegaLiteChart svg .{part} {{ {kind}: {both(colour)}; }}" for part, kind, colour in AXES]
    return "\n".join(rules)


AXES = (
    ("role-axis-label text", "fill", "#4a5a56"),
    ("role-axis-title text", "fill", "#4a5a56"),
    ("role-legend-label text", "fill", "#4a5a56"),
    ("role-title-text text", "fill", INK),
    ("role-axis-grid line", "stroke", RULE),
    ("role-axis-tick line", "stroke", RULE),
    ("role-axis-domain line", "stroke", RULE),
)


def _recoloured(written: str, colour: str) -> str:
    return "\n".join(
        f'.stVegaLiteChart svg [{attribute}="{written}" i] {{ {attribute}: {colour}; }}'
        for attribute in ("fill", "stroke")
    )
