"""The address of a clinic's months of an indicator, the page Indikator: for every page that leads there."""

from portal.domain.registry.months import Month, latest_whole_month, months_between
from portal.services.insight.indicator_series import ALL_MONTHS
from portal.ui.base import markup
from portal.ui.base.context import portal


WHY = "varfor"  # the anchor of the list of what may explain the months
SHOWN_PERIOD = "manader"  # what the address calls how many months are shown
PERIODS = {12: "12 mån", 24: "24 mån", 36: "36 mån", ALL_MONTHS: "Allt"}
DEFAULT_PERIOD = 24


def to_months(clinic: str, indicator: str, *, why: Month | None = None) -> str:
    """Return the address of the chart of a clinic's indicator, both as codes.

    `why`, the month of a mark or a comment: the list under the chart, of what may explain the months, with so many
    of them that this one is there.
    """
    if why is None:
        return markup.link("indikator", mottagning=clinic, indikator=indicator)
    back = len(months_between(why, latest_whole_month(portal().clock.today)))
    period = next(months for months in PERIODS if months >= max(back, DEFAULT_PERIOD))
    chosen = "" if period == DEFAULT_PERIOD else str(period)
    address = markup.link("indikator", mottagning=clinic, indikator=indicator, **{SHOWN_PERIOD: chosen})
    return f"{address}#{WHY}"
