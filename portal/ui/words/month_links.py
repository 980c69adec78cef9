"""The address of a clinic's months of an indicator, the page Indikator: for every page that leads there."""

from portal.ui.base import markup


WHY = "varfor"  # the anchor of the list of what may explain the months


def to_months(clinic: str, indicator: str, *, asks_why: bool = False) -> str:
    """Return the address of the chart of a clinic's indicator, both as codes.

    `asks_why`, of a mark or a comment: the list under the chart, of what may explain the months.
    """
    address = markup.link("indikator", mottagning=clinic, indikator=indicator)
    return f"{address}#{WHY}" if asks_why else address
