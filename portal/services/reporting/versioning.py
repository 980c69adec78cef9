"""What a sending becomes: which months deserve a version, what it holds, and the receipt."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from db.reporting.submissions import Key, NewSubmission
from portal.domain.accounts.access import User
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer
from portal.domain.reporting.file_names import safe_name
from portal.domain.reporting.submissions import Door, State
from portal.domain.reporting.texts import LONGEST_NOTE, clean
from portal.services.context import Portal
from portal.services.reporting.month_preview import MergedMonth


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """Proof of what was stored: one line per clinic-month that got a version."""

    submissions: tuple[tuple[str, Month, int], ...]
    sha256: str
    read: int
    new: int
    changed: int
    unchanged: int
    notices: tuple[str, ...] = ()  # what the reader says about the file

    @property
    def is_unchanged(self) -> bool:
        return not self.submissions


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmation:
    """What the sender looked at and confirms: against which versions, and in their own words why."""

    base_versions: Mapping[Key, int] | None = None  # of the preview that the sender saw; None: the current
    sha256: str | None = None  # of what the sender saw previewed; None: there was no preview
    has_warnings: bool = False  # values that stand out are confirmed, with a note
    note: str = ""  # why values that stand out are right
    reason: str = ""  # why a month is corrected


NOTHING_CONFIRMED = Confirmation()


@dataclass(frozen=True, slots=True)
class SentFile:
    """The file that the months came as."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Sending:
    """What the versions of one sending have in common."""

    user: User
    file: SentFile | None  # None: filled in in the form
    file_name: str
    sha256: str
    note: str
    reason: str

    @property
    def door(self) -> Door:
        return Door.FILE if self.file else Door.FORM


def sending_of(user: User, file: SentFile | None, sha256: str, confirmation: Confirmation) -> Sending:
    return Sending(
        user=user,
        file=file,
        file_name=safe_name(file.name if file else ""),
        sha256=sha256,
        note=clean(confirmation.note, longest=LONGEST_NOTE),
        reason=clean(confirmation.reason, longest=LONGEST_NOTE),
    )


def deserves_version(merged_month: MergedMonth) -> bool:
    """A month gets a version when something changed, or as the answer to a return."""
    answers_return = merged_month.base is not None and merged_month.base.state is State.RETURNED
    changes = merged_month.changes
    return answers_return or bool(changes.get("new") or changes.get("changed"))


def new_submission(
    portal: Portal, merged_month: MergedMonth, sending: Sending, *, is_held: bool
) -> NewSubmission:
    answers = {measure: read for measure, read in merged_month.answers.items() if read is not None}
    changes = merged_month.changes
    return NewSubmission(
        clinic=merged_month.clinic.code,
        month=merged_month.month,
        version=merged_month.new_version,
        door=sending.door,
        sent_by=sending.user.username,
        sent_at=portal.clock.now,
        file_name=sending.file_name,
        sha256=sending.sha256,
        idempotency_key=content_key(
            merged_month.clinic.code, merged_month.month, merged_month.base_version, answers
        ),
        reason=sending.reason,
        note=sending.note,
        read=len(answers),
        new=changes["new"],
        changed=changes["changed"],
        unchanged=changes["unchanged"],
        answers=answers,
        is_held=is_held,
    )


def content_key(clinic: str, month: Month, base_version: int, answers: Mapping[str, Answer]) -> str:
    """Return what tells one content of a version from every other; no two versions have the same."""
    content = {
        measure: [answer.value, answer.reason.value if answer.reason else None]
        for measure, answer in sorted(answers.items())
    }
    fields = [clinic, str(month), base_version, content]
    return hashlib.sha256(json.dumps(fields).encode()).hexdigest()


def receipt_of(months: Sequence[MergedMonth], deserving: Sequence[MergedMonth], sha256: str) -> Receipt:
    """Return what of the months was stored: those that deserved a version."""
    changes: Counter[str] = Counter()
    for merged_month in months:
        changes.update(merged_month.changes)
    versions = tuple((*merged_month.key, merged_month.new_version) for merged_month in deserving)
    read = sum(merged_month.filled for merged_month in months)
    return Receipt(
        submissions=versions,
        sha256=sha256,
        read=read,
        new=changes["new"],
        changed=changes["changed"],
        unchanged=changes["unchanged"],
    )
