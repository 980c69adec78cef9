"""The report as a document, for those who may read it: made once per content (of the draft per state
of the data), handed out with an audit row."""

from dataclasses import dataclass
from datetime import datetime

from db.annual_report.annual_reports import FrozenReport
from portal import formats
from portal.domain.accounts.access import AccessDenied, User, check_is_region
from portal.domain.annual_report import canonical
from portal.domain.annual_report.content import AnnualReport
from portal.reports import cover
from portal.reports.cover import Cover, Format, Progress
from portal.services.annual_report import freezing
from portal.services.annual_report.live import live_with_name
from portal.services.context import Portal


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """A report in one state: a frozen version, or, with `frozen` None, the draft that the data give now."""

    report: AnnualReport
    frozen: FrozenReport | None
    about: Cover
    note: str  # beside the state, what else is to know of it
    content: str  # what names its content: of a frozen version its hash

    @property
    def name(self) -> str:
        version = f"-v{self.frozen.version}" if self.frozen else "-utkast"
        return f"arsuppfoljning-{self.report.year}{version}"


def open_edition(portal: Portal, user: User, *, year: int, version: int | None = None) -> Edition:
    """Return the live report (for the region), or a frozen version; raises AccessDenied, Refused."""
    if version is None:
        report, content = live_with_name(portal, user, year)
        day = formats.day_and_year(portal.clock.today)
        note = f"{day}, kan ändras."
        about = Cover(state=f"Utkast {note}", logo=portal.region.logo)
        return Edition(report=report, frozen=None, about=about, note=note, content=content)
    report = freezing.read(portal, user, year=year, version=version)
    versions = {frozen.version: frozen for frozen in freezing.list_frozen(portal, user, year)}
    frozen = versions[version]
    about = Cover(state=state_of(frozen), sha256=frozen.sha256, logo=portal.region.logo)
    return Edition(report=report, frozen=frozen, about=about, note=about.state, content=frozen.sha256)


def digest(portal: Portal, edition: Edition) -> str:
    """Return the hash of a version, of the draft the one that it would be frozen with: a large one takes a while."""
    if edition.frozen:
        return edition.frozen.sha256
    key = ("digest", edition.content)
    return portal.memo.get(key, lambda: canonical.sha256(canonical.dump(edition.report)))


def newest_for(portal: Portal, user: User, year: int) -> Edition:
    """Return what a command writes: the live report for the region, the newest published for a clinic."""
    published = freezing.newest_published(portal, user, year)
    try:
        return open_edition(portal, user, year=year)
    except AccessDenied:
        if published is None:
            raise AccessDenied(f"Årsuppföljningen för {year} är inte publicerad.") from None
        return open_edition(portal, user, year=year, version=published.version)


def state_of(frozen: FrozenReport) -> str:
    """Return when a version was frozen and published, as its cover says it."""
    parts = [f"Fastställd version {frozen.version}, {_day(frozen.frozen_at)}."]
    if frozen.published_at:
        parts.append(f"Publicerad {_day(frozen.published_at)}.")
    if frozen.reason:
        parts.append(f"Rättat sedan version {frozen.version - 1}: {frozen.corrected}. Skäl: {frozen.reason}")
    return " ".join(parts)


def short_state(frozen: FrozenReport) -> str:
    return f"{'Publicerad' if frozen.is_published else 'Fastställd'} version {frozen.version}"


def _day(moment: datetime) -> str:
    return formats.day_and_year(moment.astimezone(formats.STOCKHOLM).date())


def is_made(portal: Portal, edition: Edition, kind: Format) -> bool:
    """Tell whether the document lies ready, so that it takes no time to hand out."""
    return portal.memo.holds(_key(edition, kind))


def make(portal: Portal, edition: Edition, kind: Format, progress: Progress = cover.quiet) -> bytes:
    """Return the document's bytes; its modules load here, not before.

    `progress` is called with the step that begins, how many there are, and what is being done.
    """
    return portal.memo.get(_key(edition, kind), lambda: _write(edition, kind, progress))


def _write(edition: Edition, kind: Format, progress: Progress) -> bytes:
    match kind:
        case Format.DOCX:
            from portal.reports import word

            return word.write(edition.report, edition.about, progress)
        case Format.PDF:
            from portal.reports import pdf

            return pdf.write(edition.report, edition.about, progress)
        case Format.XLSX:
            from portal.reports import excel

            return excel.write(edition.report, edition.about, progress)
        case Format.HTML:
            from portal.reports import web

            return web.write(edition.report, edition.about, progress)
        case Format.DATA:
            from portal.reports import data_package

            return data_package.write(edition.report, edition.about, progress)


def record_download(portal: Portal, user: User, edition: Edition, kind: Format) -> None:
    """Note who took which version out of the portal; raises AccessDenied for one they may not read."""
    if edition.frozen:
        freezing.read(portal, user, year=edition.report.year, version=edition.frozen.version)
    else:
        check_is_region(user)
    with portal.writing(user) as scoped:
        scoped.record(
            "report.downloaded",
            subject=f"{edition.name}{kind.ending}",
            details={"sha256": digest(portal, edition)},
        )


def _key(edition: Edition, kind: Format) -> tuple[str, ...]:
    logo = edition.about.logo
    return edition.content, edition.about.state, logo.sha256 if logo else "", kind.value
