"""The report as the data stand now, for the region; put together once per state of the database."""

from db import audit
from portal.domain.access import User, check_is_region
from portal.domain.annual_report import AnnualReport
from portal.services.context import Portal
from portal.services.report import building, reading


def live(portal: Portal, user: User, year: int) -> AnnualReport:
    """Return the year's report from what is in the database at this moment; raises AccessDenied."""
    check_is_region(user)
    version = state_of(portal, user)
    return portal.memo.get(
        ("report", year, version), lambda: building.build(reading.read(portal, user, year))
    )


def state_of(portal: Portal, user: User) -> int:
    """Return the number that changes with every write: each one leaves an audit row."""
    with portal.reading(user) as scoped:
        return audit.newest_id(scoped)
