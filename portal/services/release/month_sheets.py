"""What a month sheet is made of: a released month as the pages of whoever it is for show it, and nothing else."""

from dataclasses import dataclass

from db.release import releases
from portal.domain.accounts.access import ClinicUser, User, check_is_region, check_may_see_clinic
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import INDICATORS_BY_CODE, Indicator
from portal.domain.registry.months import Month
from portal.services.context import Portal
from portal.services.insight import overview, region_months
from portal.services.insight.overview import IndicatorRow
from portal.services.insight.region_months import RegionalLine
from portal.services.refused import Refused


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetOfClinic:
    """A clinic's released month. `changed`: which of the region's figures the newest release of it changed."""

    clinic: Clinic
    month: Month
    rows: tuple[IndicatorRow, ...]
    changed: tuple[Indicator, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetOfRegion:
    """The region's released month, out of the figures that clinics read."""

    month: Month
    lines: tuple[RegionalLine, ...]
    changed: tuple[Indicator, ...]


def of_clinic(portal: Portal, user: User, *, clinic: str, month: Month) -> SheetOfClinic:
    """Return the month as the clinic itself sees it, whoever looks; raises AccessDenied, Refused before its release."""
    check_may_see_clinic(user, clinic)
    as_clinic = ClinicUser(user.username, user.name, (clinic,))
    changed = _changed(portal, as_clinic, month)
    own = overview.of_clinic(portal, as_clinic, clinic=clinic, month=month)
    return SheetOfClinic(clinic=own.clinic, month=month, rows=own.rows, changed=changed)


def of_region(portal: Portal, user: User, month: Month) -> SheetOfRegion:
    """Return the region's month; raises AccessDenied, Refused before its release."""
    check_is_region(user)
    changed = _changed(portal, user, month)
    lines = region_months.key_lines(portal, user, month)
    return SheetOfRegion(month=month, lines=lines, changed=changed)


def _changed(portal: Portal, user: User, month: Month) -> tuple[Indicator, ...]:
    with portal.reading(user) as scoped:
        if month not in releases.list_newest(scoped, first=month, last=month):
            raise Refused(f"{month.label.capitalize()} är inte släppt och har inget månadsblad.")
        codes = releases.newest_changes(scoped, month=month)
    return tuple(INDICATORS_BY_CODE[code] for code in codes if code in INDICATORS_BY_CODE)
