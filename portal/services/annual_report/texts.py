"""The region's own words in the report: versions that are only ever added to; two writers lose nothing."""

from db.annual_report import report_texts
from db.annual_report.report_texts import ReportText
from portal.domain.accounts.access import User, check_is_region
from portal.domain.annual_report import wording
from portal.domain.annual_report.chapters import CHAPTERS_BY_NUMBER
from portal.domain.annual_report.content import Section
from portal.domain.reporting.texts import storable
from portal.services.context import Portal
from portal.services.refused import Refused


class TextConflict(Refused):
    """Someone else saved first; `theirs` is what they wrote. Nothing was stored."""

    def __init__(self, theirs: ReportText) -> None:
        super().__init__(
            f"{theirs.written_by} sparade version {theirs.version} medan du skrev. Läs den nedan, för ihop "
            "texterna och spara igen. Din text står kvar i rutan."
        )
        self.theirs = theirs


def save(
    portal: Portal, user: User, *, year: int, section: Section, text: str, base_version: int
) -> ReportText | None:
    """Store the next version of a section's text, or nothing when it is the same.

    An empty text gives the place back to the generated sentences. `base_version` is the version that the
    writer began from. Raises TextConflict, Refused, AccessDenied.
    """
    check_is_region(user)
    cleaned = _checked(section.number, text)
    with portal.writing(user) as scoped:
        versions = report_texts.list_versions(scoped, year=year, section=section.number)
        newest = versions[0] if versions else None
        if (newest.text if newest else "") == cleaned:
            return newest  # a second click changes nothing
        if newest and newest.version != base_version:
            raise TextConflict(newest)
        new = ReportText(
            year=year,
            section=section.number,
            version=newest.version + 1 if newest else 1,
            text=cleaned,
            generated=_generated(section),
            written_by=user.username,
            written_at=portal.clock.now,
        )
        report_texts.add(scoped, new)
        subject = f"{year} {section.number} v{new.version}"
        scoped.record("report.text_saved", subject=subject, details={"characters": len(cleaned)})
    return new


def list_versions(portal: Portal, user: User, *, year: int, section: str) -> list[ReportText]:
    """Return every version of a section's text, the newest first."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        return report_texts.list_versions(scoped, year=year, section=section)


def is_outdated(section: Section, newest: ReportText | None) -> bool:
    """Tell whether the figures' own sentences have changed since the region's text was written."""
    return bool(newest and newest.text and newest.generated != _generated(section))


def _generated(section: Section) -> str:
    return "\n\n".join(section.generated)


def _checked(number: str, text: str) -> str:
    if number not in CHAPTERS_BY_NUMBER:
        raise Refused(f"Rapporten har inget avsnitt {number}.")
    cleaned = storable(text)
    if len(cleaned) > wording.LONGEST_TEXT:
        raise Refused(f"Texten är längre än {wording.LONGEST_TEXT} tecken. Korta den.")
    return cleaned
