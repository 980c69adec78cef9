"""Freeze and publish: a report's numbers, texts, definitions and submissions, kept for good with a hash."""

from dataclasses import dataclass

import db.installation
from db import audit
from db.annual_report import annual_reports
from db.annual_report.annual_reports import FrozenReport, NewReport
from db.scoping import ScopedConnection
from portal.domain.accounts.access import (
    AccessDenied,
    User,
    check_is_administrator,
    check_is_region,
)
from portal.domain.annual_report import canonical
from portal.domain.annual_report.content import AnnualReport
from portal.domain.annual_report.corrections import Changes, changes
from portal.domain.reporting.texts import storable
from portal.services.annual_report.live import live, state_of
from portal.services.context import Portal
from portal.services.refused import Refused


TRIES = 5
NOTHING_READ = "underlaget, utan att något läses annorlunda"


def freeze(portal: Portal, user: User, year: int, reason: str = "") -> FrozenReport:
    """Keep the report as it stands: a new version, or the newest one when nothing has changed.

    From the second version on, `reason` says why it was corrected. The stored content holds no moments and no names
    of who froze it, so the same data give the same hash. Raises Refused, AccessDenied.
    """
    check_is_region(user)
    why = storable(reason)
    for _ in range(TRIES):
        state = state_of(portal, user)
        report = live(portal, user, year)
        frozen = _store(portal, user, report, _correction(portal, user, report, why), state)
        if frozen:
            return frozen
    raise Refused("Data ändrades hela tiden under fastställandet. Försök igen om en stund.")


@dataclass(frozen=True, kw_only=True, slots=True)
class WhatIsCorrected:
    """What a version corrects in the one before it, and why; empty for the first."""

    corrected: str = ""
    reason: str = ""


def _correction(portal: Portal, user: User, report: AnnualReport, reason: str) -> WhatIsCorrected:
    """Say what is corrected since the newest version; raises Refused when nobody says why."""
    versions = list_frozen(portal, user, report.year)
    if not versions or versions[0].sha256 == canonical.sha256(canonical.dump(report)):
        return WhatIsCorrected()
    if not reason:
        raise Refused(f"Skriv varför version {versions[0].version} rättas.", about="reason")
    before = read(portal, user, year=report.year, version=versions[0].version)
    return WhatIsCorrected(corrected=changes(before, report).in_words or NOTHING_READ, reason=reason)


def _store(
    portal: Portal, user: User, report: AnnualReport, correction: WhatIsCorrected, state: str
) -> FrozenReport | None:
    """Store the report, unless something was written since it was read."""
    content = canonical.dump(report)
    digest, year = canonical.sha256(content), report.year
    with portal.writing(user) as scoped:
        if audit.data_version(scoped) != state:
            return None
        newest = annual_reports.newest_version(scoped, year=year)
        before = annual_reports.find(scoped, year=year, version=newest) if newest else None
        if before and before.sha256 == digest:
            return before
        new = NewReport(
            year=year,
            version=newest + 1,
            content=content,
            sha256=digest,
            frozen_by=user.username,
            frozen_at=portal.clock.now,
            corrected=correction.corrected,
            reason=correction.reason,
        )
        annual_reports.add(scoped, new)
        details = {"sha256": digest, "reason": correction.reason} if correction.reason else {"sha256": digest}
        scoped.record("report.frozen", subject=f"{year} v{new.version}", details=details)
        return annual_reports.find(scoped, year=year, version=new.version)


def publish(portal: Portal, user: User, *, year: int, version: int, sha256: str) -> FrozenReport:
    """Let every logged-in user read a frozen version; `sha256` is the one the publisher has looked at.

    Publishing shows figures per clinic, as the region's own report does: the region's decision, taken here.
    Raises Refused, AccessDenied.
    """
    check_is_region(user)
    with portal.writing(user) as scoped:
        frozen = annual_reports.find(scoped, year=year, version=version)
        if frozen is None or frozen.sha256 != sha256:
            raise Refused("Den versionen är inte fastställd.")
        if frozen.is_published:
            return frozen
        if _must_be_another(scoped, user, frozen):
            raise Refused(
                "Du fastställde versionen. Regionen har valt att en annan person publicerar den: be en kollega."
            )
        annual_reports.publish(scoped, report_id=frozen.id, by=user.username, at=portal.clock.now)
        scoped.record("report.published", subject=f"{year} v{version}", details={"sha256": sha256})
    with portal.reading(user) as scoped:
        return _stored(annual_reports.find(scoped, year=year, version=version))


def waits_for_another(portal: Portal, user: User, frozen: FrozenReport) -> bool:
    """Tell whether somebody else than this user is to publish the version: the one who froze it."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        return _must_be_another(scoped, user, frozen)


def _must_be_another(scoped: ScopedConnection, user: User, frozen: FrozenReport) -> bool:
    return frozen.frozen_by == user.username and _takes_two(scoped)


def takes_two(portal: Portal, user: User) -> bool:
    """Tell whether the region has chosen that one person freezes and another publishes."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        return _takes_two(scoped)


def _takes_two(scoped: ScopedConnection) -> bool:
    return db.installation.find(scoped, name=db.installation.REPORT_TAKES_TWO) == "yes"


def ask_for_two(portal: Portal, by: User, *, is_asked: bool) -> None:
    """Choose whether it takes two persons to freeze and publish; raises AccessDenied."""
    check_is_administrator(by)
    value = "yes" if is_asked else "no"
    with portal.writing(by) as scoped:
        db.installation.put(scoped, name=db.installation.REPORT_TAKES_TWO, value=value)
        scoped.record("setting.report_takes_two", subject=value)


def list_frozen(portal: Portal, user: User, year: int | None = None) -> list[FrozenReport]:
    """Return the frozen versions that the user may read, the newest first: clinics see published ones."""
    with portal.reading(user) as scoped:
        return annual_reports.list_frozen(scoped, year=year)


def newest_published(portal: Portal, user: User, year: int) -> FrozenReport | None:
    """Return the newest version that everybody may read; None before the first."""
    return next((frozen for frozen in list_frozen(portal, user, year) if frozen.is_published), None)


def read(portal: Portal, user: User, *, year: int, version: int) -> AnnualReport:
    """Return a frozen report as it was, checked against its hash. Raises AccessDenied, Refused."""
    with portal.reading(user) as scoped:
        frozen = annual_reports.find(scoped, year=year, version=version)
        if frozen is None:
            raise AccessDenied("Den rapporten är inte publicerad.")
    return portal.memo.get(("frozen", frozen.sha256, frozen.id), lambda: _read(portal, user, frozen))


def _read(portal: Portal, user: User, frozen: FrozenReport) -> AnnualReport:
    with portal.reading(user) as scoped:
        content = annual_reports.content(scoped, report_id=frozen.id)
    if content is None or canonical.sha256(content) != frozen.sha256:
        raise Refused("Den fastställda rapporten stämmer inte med sin kontrollsumma.")
    return canonical.load(AnnualReport, content)


def changes_since(portal: Portal, user: User, frozen: AnnualReport) -> Changes:
    """Compare a frozen report with the data as they stand now; for the region."""
    return changes(frozen, live(portal, user, frozen.year))


def _stored(report: FrozenReport | None) -> FrozenReport:
    if report is None:
        raise Refused("Rapporten finns inte.")
    return report
