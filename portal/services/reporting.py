"""Report a month: read, check, preview, and the one way in for data: commit.

The preview is never trusted: commit parses the same bytes again, inside one transaction that
stores submission, values, event and audit row together, or nothing.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from db import audit, clinics, submissions, values
from db.scoping import ScopedConnection
from db.submissions import Key, NewSubmission
from portal.domain import checks
from portal.domain.access import RegionUser, User, check_may_see_clinic
from portal.domain.clinics import Clinic
from portal.domain.measures import MEASURES_BY_CODE
from portal.domain.months import Month, latest_whole_month
from portal.domain.problems import Entry, Problem, Severity
from portal.domain.submissions import Door, State, Submission
from portal.domain.values import Answer
from portal.services.context import DEMO_LABEL, Portal
from portal.uploads import parsing, template
from portal.uploads.reading import CLINIC_LIMITS, REGION_LIMITS


HISTORY_MONTHS = 36  # what the checks against a clinic's own history look back on


class Rejected(Exception):
    """The upload has errors; nothing was stored."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


class NeedsConfirmation(Rejected):
    """Only warnings: they are confirmed once, with a note."""


class Conflict(Exception):
    """Someone else sent a newer version since the preview; the message says who and when."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One measure of one month in the preview."""

    measure: str
    read: Answer | None
    stored: Answer | None  # the current version's
    month_before: Answer | None
    year_before: Answer | None
    expected: tuple[int, int] | None

    @property
    def change(self) -> str:
        """`new`, `changed`, `unchanged` or `empty`."""
        return _change(self.read, self.stored)


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthPreview:
    clinic: Clinic
    month: Month
    base: Submission | None
    lines: tuple[Line, ...]

    @property
    def base_version(self) -> int:
        return self.base.version if self.base else 0

    def count(self, change: str) -> int:
        return sum(line.change == change for line in self.lines)


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A file read and checked, not stored."""

    name: str
    sha256: str
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]
    months: tuple[MonthPreview, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.blocks)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.blocks)

    @property
    def base_versions(self) -> dict[Key, int]:
        return {(found.clinic.code, found.month): found.base_version for found in self.months}


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
class _Known:
    """What the database holds about the clinic-months of a file."""

    current: Mapping[Key, Submission]
    answers: Mapping[Key, Mapping[str, Answer]]
    history: Mapping[str, Mapping[Month, Mapping[str, Answer]]]  # clinic → month → measure


@dataclass(frozen=True, kw_only=True, slots=True)
class _Merged:
    """A clinic's month as it would be stored: the file's answers laid over the current version's."""

    clinic: Clinic
    month: Month
    base: Submission | None
    stored: Mapping[str, Answer]
    answers: Mapping[str, Answer | None]  # None: the file emptied it, or it stayed empty

    @property
    def base_version(self) -> int:
        return self.base.version if self.base else 0

    @property
    def changes(self) -> Counter[str]:
        """Return how many answers are `new`, `changed`, `unchanged` and `empty`."""
        return Counter(_change(read, self.stored.get(measure)) for measure, read in self.answers.items())


def write_template(portal: Portal, user: User, *, clinic: str, months: Sequence[Month]) -> bytes:
    """Return the blankett for the clinic: prefilled where a month has been sent."""
    check_may_see_clinic(user, clinic)
    reference = min(months).previous
    with portal.reading(user) as scoped:
        found = clinics.find(scoped, code=clinic)
        if found is None:
            check_may_see_clinic(user, "")  # unknown reads as foreign
            raise LookupError(clinic)
        answers = values.of_clinic(scoped, clinic=clinic, first=reference, last=max(months))
    prefilled = {
        (month, measure): answer for month in months for measure, answer in answers.get(month, {}).items()
    }
    return template.write(
        found,
        list(months),
        values=prefilled,
        reference=reference,
        reference_values=answers.get(reference, {}),
        label=DEMO_LABEL if portal.is_demo else "",
    )


def due_months(portal: Portal, user: User, *, clinic: str) -> list[Month]:
    """Return the months the clinic owes and may still send or correct, newest first."""
    check_may_see_clinic(user, clinic)
    with portal.reading(user) as scoped:
        found = clinics.find(scoped, code=clinic)
    if found is None:
        return []
    return found.owed_months(first=portal.calendar.first_month, today=portal.clock.today)[::-1]


def preview(portal: Portal, user: User, *, name: str, content: bytes) -> Upload:
    """Read and check a file for the clinics the user may send for; stores nothing."""
    parsed = _parse(portal, user, name, content)
    with portal.reading(user) as scoped:
        known = _known(scoped, parsed.entries)
        open_to = {clinic.code: clinic for clinic in clinics.list_in_scope(scoped)}
    return Upload(
        name=name,
        sha256=parsed.sha256,
        problems=_problems(portal, parsed, known, open_to),
        notices=parsed.notices,
        months=tuple(_preview(found, known) for found in _merge(parsed.entries, known, open_to)),
    )


def commit(
    portal: Portal,
    user: User,
    *,
    name: str,
    content: bytes,
    base_versions: Mapping[Key, int] | None = None,
    confirm_warnings: bool = False,
    note: str = "",
    reason: str = "",
) -> Receipt:
    """Store a file's months as new versions, all or nothing; the same file again changes nothing.

    `base_versions` are those of the preview that the sender saw; None takes what is current.
    Raises Rejected, NeedsConfirmation, Conflict, AccessDenied.
    """
    parsed = _parse(portal, user, name, content)
    with portal.writing(user) as scoped:
        known = _known(scoped, parsed.entries)
        open_to = {clinic.code: clinic for clinic in clinics.list_in_scope(scoped)}
        problems = _problems(portal, parsed, known, open_to)
        _check_acceptable(problems, confirm_warnings=confirm_warnings, note=note)
        months = _merge(parsed.entries, known, open_to)
        deserving = [found for found in months if _deserves_version(found)]
        _check_bases(deserving, base_versions)
        new = [
            _new_submission(portal, user, found, name=name, sha256=parsed.sha256, note=note, reason=reason)
            for found in deserving
        ]
        if new:
            ids = submissions.add_many(scoped, new)
            _audit_sent(portal, scoped, user, new, ids, parsed.sha256)
    return _receipt(months, new, parsed.sha256)


def record_rejection(portal: Portal, user: User, *, name: str, problems: Sequence[Problem]) -> None:
    """Keep that a file was refused: which kinds of problems, never what stood in it."""
    codes = sorted({problem.code for problem in problems})
    foreign = any(code == "clinic.foreign" for code in codes)
    with portal.writing(user) as scoped:
        audit.add(
            scoped,
            at=portal.clock.now,
            actor=user.username,
            action="upload.cross_clinic_attempt" if foreign else "upload.rejected",
            outcome="refused",
            details={"problems": codes, "count": len(problems)},
        )


def _parse(portal: Portal, user: User, name: str, content: bytes) -> parsing.Parsed:
    with portal.reading(user) as scoped:
        own = {clinic.code: clinic for clinic in clinics.list_in_scope(scoped)}
    limits = REGION_LIMITS if isinstance(user, RegionUser) else CLINIC_LIMITS
    return parsing.parse(name, content, clinics=own, limits=limits)


def _known(scoped: ScopedConnection, entries: Sequence[Entry]) -> _Known:
    keys = sorted({(entry.clinic, entry.month) for entry in entries})
    current = submissions.list_current_of(scoped, keys=keys)
    found = values.of_submissions(scoped, submission_ids=[sent.id for sent in current.values()])
    history = {}
    for clinic in sorted({clinic for clinic, _ in keys}):
        months = [month for code, month in keys if code == clinic]
        history[clinic] = values.of_clinic(
            scoped, clinic=clinic, first=min(months).plus(-HISTORY_MONTHS), last=max(months)
        )
    return _Known(
        current=current,
        answers={key: found[sent.id] for key, sent in current.items()},
        history=history,
    )


def _problems(
    portal: Portal, parsed: parsing.Parsed, known: _Known, open_to: Mapping[str, Clinic]
) -> tuple[Problem, ...]:
    history: dict[tuple[str, str], dict[Month, int]] = {}
    for clinic, months in known.history.items():
        for month, answers in months.items():
            for measure, answer in answers.items():
                if answer.value is not None:
                    history.setdefault((clinic, measure), {})[month] = answer.value
    found = checks.run(
        parsed.entries,
        clinics=open_to,
        calendar=portal.calendar,
        today=portal.clock.today,
        known=checks.Known(answers=known.answers, history=history),
    )
    # What the reader has already said about a cell is not said again as a missing value.
    said = {
        (problem.clinic, problem.month, problem.measure) for problem in parsed.problems if problem.measure
    }
    follow_on = [p for p in found if (p.clinic, p.month, p.measure) not in said]
    problems = [*parsed.problems, *follow_on]
    return tuple(sorted(problems, key=lambda problem: problem.severity is Severity.WARNING))


def _check_acceptable(problems: Sequence[Problem], *, confirm_warnings: bool, note: str) -> None:
    if any(problem.blocks for problem in problems):
        raise Rejected(problems)
    if problems and not (confirm_warnings and note.strip()):
        raise NeedsConfirmation(problems)


def _check_bases(deserving: Sequence[_Merged], base_versions: Mapping[Key, int] | None) -> None:
    """Refuse a month that someone else has sent since the preview; one's own second click is none."""
    for found in deserving:
        current = found.base
        seen = (base_versions or {}).get((found.clinic.code, found.month), found.base_version)
        if current and current.version != seen:
            raise Conflict(
                f"{current.sent_by} skickade version {current.version} av {current.month.label} "
                f"{current.sent_at:%Y-%m-%d %H:%M} (UTC). Se över och skicka igen om din ska gälla."
            )


def _change(read: Answer | None, stored: Answer | None) -> str:
    if read == stored:
        return "unchanged" if read else "empty"
    return "changed" if stored else "new"


def _merge(entries: Sequence[Entry], known: _Known, open_to: Mapping[str, Clinic]) -> tuple[_Merged, ...]:
    by_month: dict[Key, dict[str, Answer | None]] = {}
    for entry in entries:
        by_month.setdefault((entry.clinic, entry.month), {})[entry.measure] = entry.answer
    return tuple(
        _Merged(
            clinic=open_to[clinic],
            month=month,
            base=known.current.get((clinic, month)),
            stored=(stored := known.answers.get((clinic, month), {})),
            answers={
                measure: read[measure] if measure in read else stored.get(measure)
                for measure in MEASURES_BY_CODE
                if measure in read or measure in stored
            },
        )
        for (clinic, month), read in sorted(by_month.items())
    )


def _preview(found: _Merged, known: _Known) -> MonthPreview:
    """Return the month with what a person compares it with; commit goes without, it is half its time."""
    history = known.history[found.clinic.code]
    before = history.get(found.month.previous, {})
    year_before = history.get(found.month.year_before, {})
    return MonthPreview(
        clinic=found.clinic,
        month=found.month,
        base=found.base,
        lines=tuple(
            Line(
                measure=measure,
                read=read,
                stored=found.stored.get(measure),
                month_before=before.get(measure),
                year_before=year_before.get(measure),
                expected=_expected(measure, found.month, history),
            )
            for measure, read in found.answers.items()
        ),
    )


def _expected(
    measure: str, month: Month, history: Mapping[Month, Mapping[str, Answer]]
) -> tuple[int, int] | None:
    earlier = [
        answers[measure].value for other, answers in history.items() if other < month and measure in answers
    ]
    return checks.expected_range([count for count in earlier if count is not None])


def _deserves_version(found: _Merged) -> bool:
    """A month gets a version when something changed, or as the answer to a return."""
    answers_return = found.base is not None and found.base.state is State.RETURNED
    return answers_return or any(read != found.stored.get(measure) for measure, read in found.answers.items())


def _new_submission(
    portal: Portal, user: User, found: _Merged, *, name: str, sha256: str, note: str, reason: str
) -> NewSubmission:
    answers = {measure: read for measure, read in found.answers.items() if read is not None}
    changes = found.changes
    return NewSubmission(
        clinic=found.clinic.code,
        month=found.month,
        version=found.base_version + 1,
        door=Door.FILE,
        sent_by=user.username,
        sent_at=portal.clock.now,
        file_name=safe_name(name),
        sha256=sha256,
        idempotency_key=_idempotency_key(found, answers),
        reason=reason.strip(),
        note=note.strip(),
        read=len(answers),
        new=changes["new"],
        changed=changes["changed"],
        unchanged=changes["unchanged"],
        answers=answers,
    )


def safe_name(name: str) -> str:
    """Return a file name fit to show: no path, no control or direction characters, bounded."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:120]


def _idempotency_key(found: _Merged, answers: Mapping[str, Answer]) -> str:
    content = {
        measure: [answer.value, answer.reason.value if answer.reason else None]
        for measure, answer in sorted(answers.items())
    }
    fields = [found.clinic.code, str(found.month), found.base_version, content]
    return hashlib.sha256(json.dumps(fields).encode()).hexdigest()


def _audit_sent(
    portal: Portal,
    scoped: ScopedConnection,
    user: User,
    new: Sequence[NewSubmission],
    ids: Sequence[int],
    sha256: str,
) -> None:
    """One row per clinic, naming months, versions and ids: a history file is one event a clinic."""
    for clinic in sorted({one.clinic for one in new}):
        sent = [(one, id_) for one, id_ in zip(new, ids, strict=True) if one.clinic == clinic]
        audit.add(
            scoped,
            at=portal.clock.now,
            actor=user.username,
            action="submission.sent",
            clinic=clinic,
            subject=", ".join(f"{one.month} v{one.version}" for one, _ in sent[:3]),
            details={"submissions": [id_ for _, id_ in sent], "sha256": sha256},
        )


def _receipt(months: Sequence[_Merged], new: Sequence[NewSubmission], sha256: str) -> Receipt:
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


def newest_reportable(portal: Portal) -> Month:
    return latest_whole_month(portal.clock.today)
