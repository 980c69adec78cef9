"""En väg in outside its own page: the newest month's errands for the region, and for everybody since when there is one.

The month it began is kept beside the figures, which a clinic never reads.
"""

from db import audit, installation
from db.scoping import ScopedConnection
from db.sources import facts
from portal.domain.accounts.access import User, check_is_region
from portal.domain.registry.months import Month
from portal.domain.sources import throughflow
from portal.domain.sources.declared import ENTRY
from portal.domain.sources.throughflow import Intake
from portal.services.context import Portal, Writing


def newest(portal: Portal, user: User) -> Intake | None:
    """Return the newest month with figures, and those before it; None without any. Raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        version = audit.figures_version(scoped)
        return portal.memo.get(
            ("entry", version),
            lambda: throughflow.intake(ENTRY, facts.list_of_region(scoped, indicators=ENTRY.indicators)),
        )


def start(scoped: ScopedConnection) -> Month | None:
    """Return the month in which En väg in began, for whoever reads; None without figures of it."""
    month = installation.find_entry_start(scoped)
    return Month.parse(month) if month else None


def keep_start(scoped: Writing) -> None:
    """Keep the month in which En väg in began; in the transaction that entered figures of it."""
    month = throughflow.start_of(ENTRY, facts.list_of_region(scoped, indicators=ENTRY.indicators))
    if month == start(scoped):
        return
    if month is None:
        installation.remove(scoped, name=installation.ENTRY_START)
    else:
        installation.put(scoped, name=installation.ENTRY_START, value=str(month))
