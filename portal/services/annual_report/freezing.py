"""Freeze and publish: a report's numbers, texts, definitions and submissions, kept for good with a hash."""

from dataclasses import dataclass

from db import audit
from db.annual_report import annual_reports
from db.annual_report.annual_reports import FrozenReport, NewReport
from portal.domain.accounts.access import AccessDenied, User, check_is_region
from portal.domain.annual_report import canonical
from portal.domain.annual_report.content import AnnualReport, Difference, Section, changed_texts, differences
from portal.services.annual_report.live import live, state_of
from portal.services.context import Portal
from portal.services.refused import Refused


TRIES = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What is not as it was when the report was frozen (ändrat efter fastställande)."""

    figures: tuple[Difference, ...]
    texts: tuple[Section, ...]

    def __bool__(self) -> bool:
        return bool(self.figures or self.texts)


def freeze(portal: Portal, user: User, year: int) -> FrozenReport:
    """Keep the report as it stands: a new version, or the newest one when nothing has changed.

    The stored content holds no moments and no names of who froze it, so the same data give the same hash.
    Raises Refused, AccessDenied.
    """
    check_is_region(user)
    for _ in range(TRIES):
        state = state_of(portal, user)
        content = canonical.dump(live(portal, user, year))
        frozen = _store(portal, user, year, content, state)
        if frozen:
            return frozen
    raise Refused("Data ändrades hela tiden under fastställandet. Försök igen om en stund.")


def _store(portal: Portal, user: User, year: int, content: str, state: str) -> FrozenReport | None:
    """Store the content, unless something was written since it was read."""
    digest = canonical.sha256(content)
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
        )
        annual_reports.add(scoped, new)
        scoped.record("report.frozen", subject=f"{year} v{new.version}", details={"sha256": digest})
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
        annual_reports.publish(scoped, report_id=frozen.id, by=user.username, at=portal.clock.now)
        scoped.record("report.published", subject=f"{year} v{version}", details={"sha256": sha256})
    with portal.reading(user) as scoped:
        return _stored(annual_reports.find(scoped, year=year, version=version))


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
    now = live(portal, user, frozen.year)
    return Changes(figures=tuple(differences(frozen, now)), texts=tuple(changed_texts(frozen, now)))


def _stored(report: FrozenReport | None) -> FrozenReport:
    if report is None:
        raise Refused("Rapporten finns inte.")
    return report
