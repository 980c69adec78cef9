"""How the region is doing: its key indicators in the newest released month, beside the month before."""

from collections.abc import Mapping
from dataclasses import dataclass

from db import audit
from db.release import releases
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User, check_is_region
from portal.domain.registry.indicators import MONTHLY_INDICATORS, Indicator
from portal.domain.registry.months import Month, months_between
from portal.domain.release.standing import Released, comparable
from portal.services.context import Portal


LINE_MONTHS = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionalLine:
    """An indicator's released months; the last is the newest."""

    indicator: Indicator
    months: tuple[Month, ...]
    newest: Released | None
    amounts: tuple[float | None, ...]  # one per month, in the unit that is compared


def key_lines(portal: Portal, user: User) -> tuple[RegionalLine, ...]:
    """Return the key indicators' released months; none before the first release. Raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        return portal.memo.get(("region months", audit.data_version(scoped)), lambda: _read(scoped))


def _read(scoped: ScopedConnection) -> tuple[RegionalLine, ...]:
    last = releases.latest_month(scoped)
    if last is None:
        return ()
    months = tuple(months_between(last.plus(1 - LINE_MONTHS), last))
    released = releases.list_figures(scoped, first=months[0], last=last)
    indicators = [indicator for indicator in MONTHLY_INDICATORS if indicator.is_key]
    return tuple(_line(indicator, months, released) for indicator in indicators)


def _line(
    indicator: Indicator, months: tuple[Month, ...], released: Mapping[tuple[Month, str], Released]
) -> RegionalLine:
    figures = [released.get((month, indicator.code)) for month in months]
    amounts = tuple(comparable(indicator, figure) for figure in figures)
    return RegionalLine(indicator=indicator, months=months, newest=figures[-1], amounts=amounts)
