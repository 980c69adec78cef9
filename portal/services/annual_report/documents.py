"""The report as a document, for those who may read it: made once per content, handed out with an audit row."""

from dataclasses import dataclass
from datetime import datetime

from db.annual_report.annual_reports import FrozenReport
from portal import formats
from portal.domain.accounts.access import AccessDenied, User, check_is_region
from portal.domain.annual_report.content import AnnualReport
from portal.reports import cover
from portal.reports.cover import Cover, Format, Progress
from portal.services.annual_report import freezing
from portal.services.annual_report.live import live_with_digest
from portal.services.context import Portal


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A report and which state of it: `frozen` None is what the data say now."""

    report: AnnualReport
    frozen: FrozenReport | None
    about: Cover
    digest: str

    @property
    def name(self) -> str:
        version = f"-v{self.frozen.version}" if self.frozen else "-utkast"
        return f"arsuppfoljning-{self.report.year}{version}"


def show(portal: Portal, user: User, *, year: int, version: int | None = None) -> Shown:
    """Return the live report (for the region), or a frozen version; raises AccessDenied, Refused."""
    if version is None:
        report, digest = live_with_digest(portal, user, year)
        day = formats.day_and_year(portal.clock.today)
        about = Cover(state=f"Utkast {day}. Siffrorna kan ändras.")
        return Shown(report=report, frozen=None, about=about, digest=digest)
    report = freezing.read(portal, user, year=year, version=version)
    found = next(one for one in freezing.list_frozen(portal, user, year) if one.version == version)
    about = Cover(state=state_of(found), sha256=found.sha256)
    return Shown(report=report, frozen=found, about=about, digest=found.sha256)


def newest_for(portal: Portal, user: User, year: int) -> Shown:
    """Return what a command shows: the live report for the region, the newest published for a clinic."""
    published = freezing.newest_published(portal, user, year)
    try:
        return show(portal, user, year=year)
    except AccessDenied:
        if published is None:
            raise AccessDenied(f"Årsuppföljningen för {year} är inte publicerad.") from None
        return show(portal, user, year=year, version=published.version)


def state_of(found: FrozenReport) -> str:
    text = f"Fastställd version {found.version}, {_day(found.frozen_at)}"
    return f"{text}. Publicerad {_day(found.published_at)}." if found.published_at else f"{text}."


def _day(moment: datetime) -> str:
    return formats.day_and_year(moment.astimezone(formats.STOCKHOLM).date())


def is_made(portal: Portal, shown: Shown, kind: Format) -> bool:
    return portal.documents.holds(_key(shown, kind))


def make(portal: Portal, shown: Shown, kind: Format, progress: Progress = cover.quiet) -> bytes:
    """Return the document's bytes. `progress` is told (done, of, what); the modules load here, not before."""
    return portal.documents.get(_key(shown, kind), lambda: _write(shown, kind, progress))


def _write(shown: Shown, kind: Format, progress: Progress) -> bytes:
    match kind:
        case Format.DOCX:
            from portal.reports import word

            return word.write(shown.report, shown.about, progress)
        case Format.PDF:
            from portal.reports import pdf

            return pdf.write(shown.report, shown.about, progress)
        case Format.XLSX:
            from portal.reports import excel

            return excel.write(shown.report, shown.about, progress)


def record_download(portal: Portal, user: User, shown: Shown, kind: Format) -> None:
    """Note who took which version out of the portal; raises AccessDenied for one they may not read."""
    if shown.frozen:
        freezing.read(portal, user, year=shown.report.year, version=shown.frozen.version)
    else:
        check_is_region(user)
    with portal.writing(user) as scoped:
        scoped.record(
            "report.downloaded",
            subject=f"{shown.name}.{kind.value}",
            details={"sha256": shown.digest},
        )


def _key(shown: Shown, kind: Format) -> tuple[str, ...]:
    return shown.digest, shown.about.state, kind.value
