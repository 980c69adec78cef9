"""What a clinic may write a plan about now: its unmet demands, what has changed for the worse, and its queues."""

from collections.abc import Iterator

from db import audit
from db.reporting import breaks, values
from portal.domain.accounts.access import User, check_may_see_clinic, scope_of
from portal.domain.insight.attention import signal_of
from portal.domain.insight.contract import JUDGED, Verdict
from portal.domain.insight.queue import PHASES
from portal.domain.insight.series import CONTROL_MONTHS, charted
from portal.domain.plans.plan import Occasion, OccasionKind
from portal.domain.registry.indicators import MONTHLY_INDICATORS
from portal.domain.registry.months import latest_whole_month, months_between
from portal.services.context import Portal
from portal.services.insight import contract
from portal.services.insight.clinic_months import get_clinic, own_figure


def list_occasions(portal: Portal, user: User, *, clinic: str) -> tuple[Occasion, ...]:
    """Return them, the demands first; raises AccessDenied."""
    check_may_see_clinic(user, clinic)
    with portal.reading(user) as scoped:
        version = audit.figures_version(scoped)
    key = ("occasions", clinic, portal.clock.today, scope_of(user), version)
    return portal.memo.get(key, lambda: tuple(_occasions(portal, user, clinic)))


def _occasions(portal: Portal, user: User, clinic: str) -> Iterator[Occasion]:
    for demand in _unmet_demands(portal, user, clinic):
        yield Occasion.of(OccasionKind.DEMAND, demand, portal.demands)
    for indicator in _changed_indicators(portal, user, clinic):
        yield Occasion(OccasionKind.SIGNAL, indicator)
    for phase in PHASES:
        yield Occasion(OccasionKind.QUEUE, phase.code)


def _unmet_demands(portal: Portal, user: User, clinic: str) -> list[str]:
    """Return the demands that the clinic does not meet, in the newest of two years in which they can be judged."""
    newest = latest_whole_month(portal.clock.today).year
    years = [year for year in (newest, newest - 1) if year >= portal.calendar.first_month.year]
    matrices = [contract.matrix(portal, user, year) for year in years]
    unmet = []
    for demand in portal.demands.demands:
        verdicts = [matrix.cells[clinic, demand.code].verdict for matrix in matrices]
        judged = next((verdict for verdict in verdicts if verdict in JUDGED), Verdict.UNKNOWN)
        if judged.is_broken:
            unmet.append(demand.code)
    return unmet


def _changed_indicators(portal: Portal, user: User, clinic: str) -> list[str]:
    """Return the indicators whose newest month stands out, and not for the better."""
    last = latest_whole_month(portal.clock.today)
    first = max(portal.calendar.first_month, last.plus(1 - CONTROL_MONTHS))
    months = months_between(first, last)
    with portal.reading(user) as scoped:
        register_entry = get_clinic(scoped, clinic)
        answers = values.of_clinic(scoped, clinic=clinic, first=first, last=last)
        first_months = [b.month for b in breaks.list_all(scoped) if b.clinic in (None, clinic)]
    codes = []
    for indicator in MONTHLY_INDICATORS:
        figures = [own_figure(indicator, register_entry, month, answers) for month in months]
        reported = [m for m, figure in zip(months, figures, strict=True) if figure.value is not None]
        series = charted(indicator, months, figures, breaks=first_months)
        signal = signal_of(series, reported[-1]) if reported else None
        if signal and not signal.is_better:
            codes.append(indicator.code)
    return codes
