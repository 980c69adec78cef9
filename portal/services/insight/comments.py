"""Comments on points: what a clinic itself says of one month of one indicator. The region reads them."""

from collections.abc import Mapping
from dataclasses import dataclass

from db.insight import comments
from db.insight.comments import Comment
from portal.domain.accounts.access import (
    AccessDenied,
    ClinicUser,
    User,
    check_is_region,
    check_may_see_clinic,
)
from portal.domain.registry.indicators import Indicator
from portal.domain.registry.months import Month, latest_whole_month
from portal.domain.reporting.texts import storable
from portal.services.context import Portal, Writing
from portal.services.refused import Refused


LONGEST_TEXT = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Comments:
    """What is said now, by month, and every version of it."""

    newest: Mapping[Month, Comment]  # without those that were taken back
    versions: tuple[Comment, ...]

    def version_of(self, month: Month) -> int:
        """Return the number of the newest version, 0 before the first."""
        return max((comment.version for comment in self.versions if comment.month == month), default=0)


def of_clinic(portal: Portal, user: User, *, clinic: str, indicator: Indicator) -> Comments:
    """Return a clinic's comments on one indicator; raises AccessDenied."""
    check_may_see_clinic(user, clinic)
    with portal.reading(user) as scoped:
        return _put_together(comments.list_versions(scoped, indicator=indicator.code, clinic=clinic))


def of_region(portal: Portal, user: User, *, indicator: Indicator, most: int) -> list[Comment]:
    """Return the newest months' comments of every clinic on one indicator; raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        versions = comments.list_versions(scoped, indicator=indicator.code)
    newest: dict[tuple[str, Month], Comment] = {}
    for comment in versions:  # newest version first
        newest.setdefault((comment.clinic, comment.month), comment)
    return [comment for comment in newest.values() if comment.text][:most]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClinicPoint:
    """A month of a clinic's indicator: what a comment is about."""

    clinic: str
    indicator: Indicator
    month: Month


def write(portal: Portal, user: User, point: ClinicPoint, *, text: str, base_version: int) -> Comment | None:
    """Append what the clinic says; "" takes it back. Returns None when nothing changes.

    `base_version` is the version the writer had before them: whoever was overtaken is told so. Raises
    Refused, AccessDenied.
    """
    clinic, indicator, month = point.clinic, point.indicator.code, point.month
    check_may_see_clinic(user, clinic)
    if not isinstance(user, ClinicUser):
        raise AccessDenied("Bara mottagningen själv kommenterar sina värden.")
    text = _checked(portal, text, month)
    with portal.writing(user) as scoped:
        versions = comments.list_versions(scoped, indicator=indicator, clinic=clinic, month=month)
        newest = versions[0] if versions else None
        if (newest.text if newest else "") == text:
            return None  # a second click changes nothing
        _check_not_overtaken(newest, base_version)
        new = Comment(
            clinic=clinic,
            indicator=indicator,
            month=month,
            version=(newest.version if newest else 0) + 1,
            text=text,
            written_by=user.username,
            written_at=portal.clock.now,
        )
        _append(scoped, new)
    return new


def _check_not_overtaken(newest: Comment | None, base_version: int) -> None:
    if newest and newest.version != base_version:
        raise Refused(
            f"{newest.written_by} hann skriva en kommentar före er: ”{newest.text}”. "
            "Ladda om sidan och skriv igen."
        )


def _append(scoped: Writing, new: Comment) -> None:
    comments.add(scoped, new)
    scoped.record(
        "comment.written" if new.text else "comment.withdrawn",
        clinic=new.clinic,
        subject=f"{new.indicator} {new.month}",
        details={"version": new.version},
    )


def _checked(portal: Portal, text: str, month: Month) -> str:
    text = " ".join(storable(text).split())
    if len(text) > LONGEST_TEXT:
        raise Refused(f"Kommentaren är {len(text)} tecken lång. Korta den till {LONGEST_TEXT} tecken.")
    if not portal.calendar.first_month <= month <= latest_whole_month(portal.clock.today):
        raise Refused(f"{month.label.capitalize()} har inget värde att kommentera.")
    return text


def _put_together(versions: list[Comment]) -> Comments:
    newest: dict[Month, Comment] = {}
    for comment in versions:  # newest version first
        newest.setdefault(comment.month, comment)
    in_force = {month: comment for month, comment in newest.items() if comment.text}
    return Comments(newest=in_force, versions=tuple(versions))
