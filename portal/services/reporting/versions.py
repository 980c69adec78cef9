"""A month's versions: two of them side by side, and the files they came as."""

from collections.abc import Mapping
from dataclasses import dataclass

from db.reporting import files, submissions, values
from db.scoping import ScopedConnection
from portal.domain.accounts.access import AccessDenied, User, check_may_see_clinic
from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer
from portal.domain.reporting.submissions import Submission
from portal.services.context import Portal


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """One measure in two versions."""

    measure: str
    earlier: Answer | None
    later: Answer | None

    @property
    def is_changed(self) -> bool:
        return self.earlier != self.later


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionComparison:
    earlier: Submission
    later: Submission
    pairs: tuple[Pair, ...]

    @property
    def changed(self) -> int:
        return sum(pair.is_changed for pair in self.pairs)


def compare(
    portal: Portal, user: User, *, clinic: str, month: Month, earlier: int, later: int
) -> VersionComparison | None:
    """Return two versions of the month side by side; None when there is no such version."""
    check_may_see_clinic(user, clinic)
    with portal.reading(user) as scoped:
        by_version = _versions(scoped, clinic, month)
        if earlier not in by_version or later not in by_version:
            return None
        first, second = by_version[earlier], by_version[later]
        answers = values.of_submissions(scoped, submission_ids=[first.id, second.id])
    before, after = answers[first.id], answers[second.id]
    pairs = tuple(
        Pair(measure=measure, earlier=before.get(measure), later=after.get(measure))
        for measure in MEASURES_BY_CODE
        if measure in before or measure in after
    )
    return VersionComparison(earlier=first, later=second, pairs=pairs)


def may_fetch_file(portal: Portal, user: User, *, clinic: str, month: Month, version: int) -> bool:
    """Tell whether `fetch_file` would give the version's file."""
    check_may_see_clinic(user, clinic)
    with portal.reading(user) as scoped:
        sent = _versions(scoped, clinic, month).get(version)
        return sent is not None and files.is_there(scoped, sha256=sent.sha256)


def fetch_file(portal: Portal, user: User, *, clinic: str, month: Month, version: int) -> tuple[str, bytes]:
    """Return the name and bytes of the file a version came as, and note who fetched it.

    For the region, and for those whose scope holds every clinic of the file; others get AccessDenied.
    """
    check_may_see_clinic(user, clinic)
    with portal.writing(user) as scoped:
        sent = _versions(scoped, clinic, month).get(version)
        content = files.find(scoped, sha256=sent.sha256) if sent else None
        if sent is None or content is None:
            raise AccessDenied(
                "Filen kan inte hämtas här: månaden fylldes i i formuläret, eller filen har också "
                "andra mottagningars värden. Regionen kan hämta den."
            )
        scoped.record(
            "file.fetched",
            clinic=clinic,
            subject=f"{month} v{version}",
            details={"sha256": sent.sha256},
        )
    return sent.file_name, content


def _versions(scoped: ScopedConnection, clinic: str, month: Month) -> Mapping[int, Submission]:
    sent_versions = submissions.list_of_clinic(scoped, clinic=clinic, month=month)
    return {sent.version: sent for sent in sent_versions}
