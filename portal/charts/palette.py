"""Region Dalarna's colours that carry lines and text on white, and Vega's words in Swedish."""

from portal.domain.registry.months import SWEDISH_MONTHS


GREEN, BLUE, RED, AMBER = "#178571", "#00577b", "#AE2D3A", "#8a5a00"
DARK_GREEN, INK, MUTED, LINE = "#0e5a4c", "#1f2d2a", "#4a5a56", "#d5e3df"
LAND, LAND_WITH_CLINICS = "#f3f7f6", "#d5eae6"
SHADES = (LAND_WITH_CLINICS, "#b4dcd1", "#93cec1")  # of a measure, the lowest third first
QUEUES = (BLUE, AMBER, GREEN)  # in the order of the phases, on pages as in documents
PALE = "#c3d3ce"  # last year beside this one; light in grey too
SHAPES = ("circle", "square", "triangle-up")
DASHES = ([1, 0], [6, 3], [2, 2])

SWEDISH = {
    "number": {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", " kr"]},
    "time": {
        "dateTime": "%A den %d %B %Y %X",
        "date": "%Y-%m-%d",
        "time": "%H:%M:%S",
        "periods": ["fm", "em"],
        "days": ["söndag", "måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag"],
        "shortDays": ["sön", "mån", "tis", "ons", "tor", "fre", "lör"],
        "months": list(SWEDISH_MONTHS),
        "shortMonths": [name[:3] for name in SWEDISH_MONTHS],
    },
}
