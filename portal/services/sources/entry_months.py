"""En väg in on the region's first page: the newest month's errands, of the whole region alone."""

from db import audit
from db.sources import facts
from portal.domain.accounts.access import User, check_is_region
from portal.domain.sources import throughflow
from portal.domain.sources.declared import ENTRY
from portal.domain.sources.throughflow import Intake
from portal.services.context import Portal


def newest(portal: Portal, user: User) -> Intake | None:
    """Return the newest month with figures, and those before it; None without any. Raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        version = audit.figures_version(scoped)
        return portal.memo.get(
            ("entry", version),
            lambda: throughflow.intake(ENTRY, facts.list_of_region(scoped, indicators=ENTRY.indicators)),
        )
