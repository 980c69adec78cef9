"""Enter figures from the region's own sources, each with its provenance."""

from db import audit, facts
from db.facts import RegionFact
from portal.domain.access import User, check_is_region
from portal.domain.indicators import INDICATORS_BY_CODE
from portal.domain.values import MissingReason
from portal.services.context import Portal


class FactRefused(Exception):
    """The figure can't be entered; the message is Swedish and says why."""


def enter(
    portal: Portal,
    user: User,
    *,
    indicator: str,
    year: int,
    value: float | None = None,
    reason: MissingReason | None = None,
    breakdown: str = "",
    source: str,
    note: str = "",
) -> None:
    """Append a version of a figure; raises FactRefused, AccessDenied."""
    check_is_region(user)
    declared = INDICATORS_BY_CODE.get(indicator)
    if declared is None or declared.from_clinics:
        raise FactRefused(f"{indicator} är ingen indikator ur regionens egna källor.")
    if (value is None) == (reason is None):
        raise FactRefused("Ange ett värde eller ett skäl till att det saknas, inte båda.")
    new = RegionFact(
        indicator=indicator,
        year=year,
        breakdown=breakdown,
        value=value,
        reason=reason,
        source=source,
        note=note,
    )
    with portal.writing(user) as scoped:
        facts.add_fact(scoped, new, by=user.username, at=portal.clock.now)
        audit.add(
            scoped,
            at=portal.clock.now,
            actor=user.username,
            action="fact.entered",
            subject=f"{indicator} {year} {breakdown}".strip(),
        )
