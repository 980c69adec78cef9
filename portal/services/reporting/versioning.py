"""What a sending becomes: which months deserve a version, what it holds, and the receipt."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from db.reporting.submissions import NewSubmission
from portal.domain.accounts.access import User
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer
from portal.domain.reporting.file_names import safe_name
from portal.domain.reporting.submissions import Door, State
from portal.domain.reporting.texts import LONGEST_NOTE, clean
from portal.services.context import Portal
from portal.services.reporting.month_preview import Merged


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """Proof of what was stored: one line per clinic-month that got a version."""

    submissions: tuple[tuple[str, Month, int], ...]
    sha256: str
    read: int
    new: int
    changed: int
    unchanged: int

    @property
    def is_unchanged(self) -> bool:
        return not self.submissions


@dataclass(frozen=True, kw_only=True, slots=True)
class Sending:
    """What the versions of one sending have in common."""

    user: User
    name: str
    door: Door
    sha256: str
    note: str
    reason: str


def deserves_version(found: Merged) -> bool:
    """A month gets a version when something changed, or as the answer to a return."""
    answers_return = found.base is not None and found.base.state is State.RETURNED
    return answers_return or any(read != found.stored.get(measure) for measure, read in found.answers.items())


def new_submission(portal: Portal, found: Merged, sending: Sending, *, is_held: bool) -> NewSubmission:
    answers = {measure: read for measure, read in found.answers.items() if read is not None}
    changes = found.changes
    return NewSubmission(
        clinic=found.clinic.code,
        month=found.month,
        version=found.base_version + 1,
        door=sending.door,
        sent_by=sending.user.username,
        sent_at=portal.clock.now,
        file_name=safe_name(sending.name),
        sha256=sending.sha256,
        idempotency_key=_idempotency_key(found, answers),
        reason=clean(sending.reason, longest=LONGEST_NOTE),
        note=clean(sending.note, longest=LONGEST_NOTE),
        read=len(answers),
        new=changes["new"],
        changed=changes["changed"],
        unchanged=changes["unchanged"],
        answers=answers,
        is_held=is_held,
    )


def _idempotency_key(found: Merged, answers: Mapping[str, Answer]) -> str:
    content = {
        measure: [answer.value, answer.reason.value if answer.reason else None]
        for measure, answer in sorted(answers.items())
    }
    fields = [found.clinic.code, str(found.month), found.base_version, content]
    return hashlib.sha256(json.dumps(fields).encode()).hexdigest()


def receipt_of(months: Sequence[Merged], new: Sequence[NewSubmission], sha256: str) -> Receipt:
    changes: Counter[str] = Counter()
    for found in months:
        changes.update(found.changes)
    return Receipt(
        submissions=tuple((one.clinic, one.month, one.version) for one in new),
        sha256=sha256,
        read=sum(read is not None for found in months for read in found.answers.values()),
        new=changes["new"],
        changed=changes["changed"],
        unchanged=changes["unchanged"],
    )
