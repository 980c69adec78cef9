"""The report as the data stand now, for the region; put together once per state of the database."""

from dataclasses import dataclass

from db import audit
from portal.domain.accounts.access import User, check_is_region
from portal.domain.annual_report.content import AnnualReport, Section
from portal.services.annual_report import building, reading
from portal.services.annual_report.reading import Material
from portal.services.context import Portal


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveReport:
    """The report, and the sections that it was made from: remembered together, since they share most of what they hold."""

    name: str  # which no other content has
    outline: list[Section]
    report: AnnualReport


def live(portal: Portal, user: User, year: int) -> AnnualReport:
    """Return the year's report from what is in the database at this moment; raises AccessDenied."""
    return live_with_name(portal, user, year)[0]


def live_with_name(portal: Portal, user: User, year: int) -> tuple[AnnualReport, str]:
    """Return the report, and a name that no other content has; raises AccessDenied."""
    whole = _remembered(portal, user, year)
    return whole.report, whole.name


def material(portal: Portal, user: User, year: int) -> Material:
    """Return what the year's report is made from at this moment; raises AccessDenied."""
    check_is_region(user)
    version = state_of(portal, user)
    key = ("material", year, portal.clock.today, version)
    return portal.memo.get(key, lambda: reading.read(portal, user, year))


def outline(portal: Portal, user: User, year: int) -> list[Section]:
    """Return every section that the year's report can have, before the region's words and choices; raises AccessDenied."""
    return _remembered(portal, user, year).outline


def _remembered(portal: Portal, user: User, year: int) -> LiveReport:
    check_is_region(user)
    name = f"{year} {portal.clock.today} {state_of(portal, user)}"
    return portal.memo.get(("report", name), lambda: _build(portal, user, year, name))


def _build(portal: Portal, user: User, year: int, name: str) -> LiveReport:
    year_material = material(portal, user, year)
    sections = building.sections_of(year_material)
    return LiveReport(name=name, outline=sections, report=building.of_sections(year_material, sections))


def state_of(portal: Portal, user: User) -> str:
    """Return what changes with every write: each one leaves an audit row."""
    with portal.reading(user) as scoped:
        return audit.data_version(scoped)
