"""The rows of a figure with bars: every clinic, or of very many the outliers and groups of those between."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from portal.domain.registry.annual import Figure
from portal.domain.registry.changes import rests_on_few
from portal.domain.registry.indicators import Indicator


BarRow = tuple[str, Figure, Figure]  # whose, this year, the year before

MOST_BARS = 40  # clinics that a figure shows one by one
OUTLIERS = 5  # at each end
GROUPS = ("Högsta", "Näst högsta", "Näst lägsta", "Lägsta")
HOW = "de fem högsta och de fem lägsta mottagningarna, och medianen i fjärdedelarna mellan dem"


def is_many(count: int) -> bool:
    """Tell whether clinics are too many for a bar each."""
    return count > MOST_BARS


def outliers_and_groups(indicator: Indicator, rows: Sequence[BarRow]) -> list[BarRow]:
    """Return the five highest, the median of each quarter of those between, and the five lowest.

    A clinic without a value, or with few cases, is in none of them.
    """
    judged = [row for row in rows if row[1].value is not None and not rests_on_few(indicator, row[1])]
    ranked = sorted(judged, key=lambda row: row[1].value or 0.0, reverse=True)
    between = ranked[OUTLIERS:-OUTLIERS]
    return [*ranked[:OUTLIERS], *_quarters(between), *ranked[-OUTLIERS:]] if between else ranked


def _quarters(ranked: Sequence[BarRow]) -> list[BarRow]:
    """Return the median of each quarter, the highest first."""
    places = [len(ranked) * place // len(GROUPS) for place in range(len(GROUPS) + 1)]
    parts = [ranked[first:last] for first, last in pairwise(places)]
    return [_median_row(name, part) for name, part in zip(GROUPS, parts, strict=True) if part]


def _median_row(name: str, rows: Sequence[BarRow]) -> BarRow:
    label = f"{name} fjärdedelen, median av {len(rows)}"
    return label, _median([now for _, now, _ in rows]), _median([before for _, _, before in rows])


def _median(figures: Sequence[Figure]) -> Figure:
    values = [figure.value for figure in figures if figure.value is not None]
    reasons = [figure.reason for figure in figures if figure.reason]
    return Figure(value=median(values)) if values else Figure(reason=reasons[0] if reasons else None)
