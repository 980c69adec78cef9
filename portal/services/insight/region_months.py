"""How the region is doing: its key indicators in the newest released month, beside the months before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from db import audit
from db.release import releases
from db.reporting import breaks
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User, check_is_region
from portal.domain.insight import attention
from portal.domain.insight.attention import HistoryMark
from portal.domain.insight.series import CONTROL_MONTHS, ChartedSeries, charted
from portal.domain.registry.annual import Figure
from portal.domain.registry.indicators import MONTHLY_INDICATORS, Indicator
from portal.domain.registry.months import Month, months_between
from portal.domain.release.standing import Released, comparable
from portal.services.context import Portal
from portal.services.insight.overview import LINE_MONTHS


PER = 100  # what is compared of a count is per 100 patients already


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionalLine:
    """An indicator's released months; the last is the newest."""

    newest: Released | None
    series: ChartedSeries
    mark: HistoryMark | None  # what the region's own history says of the newest month


def key_lines(portal: Portal, user: User, month: Month | None = None) -> tuple[RegionalLine, ...]:
    """Return the key indicators' released months up to `month`, by default the newest released.

    None before the first release. Raises AccessDenied.
    """
    check_is_region(user)
    with portal.reading(user) as scoped:
        key = ("region months", month, audit.figures_version(scoped))
        return portal.memo.get(key, lambda: _read(scoped, month or releases.latest_month(scoped)))


def _read(scoped: ScopedConnection, last: Month | None) -> tuple[RegionalLine, ...]:
    if last is None:
        return ()
    months = months_between(last.plus(1 - CONTROL_MONTHS), last)
    released = releases.list_figures(scoped, first=months[0], last=last)
    everybodys = [each.month for each in breaks.list_all(scoped) if each.clinic is None]
    indicators = [indicator for indicator in MONTHLY_INDICATORS if indicator.is_key]
    return tuple(_line(indicator, months, released, everybodys) for indicator in indicators)


def _line(
    indicator: Indicator,
    months: Sequence[Month],
    released: Mapping[tuple[Month, str], Released],
    region_breaks: Sequence[Month],
) -> RegionalLine:
    shown = [released.get((month, indicator.code)) for month in months]
    amounts = [comparable(indicator, figure) for figure in shown]
    figures = [Figure(value=amount, patients=PER) for amount in amounts]
    series = charted(indicator, months, figures, breaks=region_breaks)
    return RegionalLine(
        newest=shown[-1],
        series=series.since(months[-LINE_MONTHS]),
        mark=attention.history_mark(series, months[-1]),
    )
