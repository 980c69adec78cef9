"""Submissions as rows: append-only versions of clinic-months, with their events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, or_, select, tuple_, update

from db.scoping import ScopedConnection, table
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer
from portal.domain.reporting.submissions import Door, Event, State, Submission


submission = table("submission")
value = table("submission_value")
event = table("submission_event")

# SQLAlchemy's own path costs 2.4 times the driver's for many rows; SQLite takes the short one.
SQLITE_VALUES = (
    "INSERT INTO submission_value (submission_id, measure, clinic_code, value, reason) VALUES (?, ?, ?, ?, ?)"
)

COLUMNS = submission.c.keys()

Key = tuple[str, Month]


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSubmission:
    """A version about to be stored, with every answer it holds (kept ones included)."""

    clinic: str
    month: Month
    version: int
    door: Door
    sent_by: str
    sent_at: datetime
    file_name: str
    sha256: str
    idempotency_key: str
    reason: str
    note: str
    read: int
    new: int
    changed: int
    unchanged: int
    answers: Mapping[str, Answer]
    is_held: bool = False  # waits for the region before it enters a release (R11)


@dataclass(frozen=True, kw_only=True, slots=True)
class SubmissionEvent:
    submission_id: int
    kind: Event
    by: str
    at: datetime
    comment: str


def list_current(scoped: ScopedConnection, *, months: Sequence[Month]) -> list[Submission]:
    """Return the newest version of each clinic-month of those months."""
    if not months:
        return []
    query = select(submission).where(
        submission.c.is_current,
        submission.c.month.between(str(min(months)), str(max(months))),
        scoped.in_scope(submission.c.clinic_code),
    )
    return [_submission(row) for row in scoped.connection.execute(query)]


def list_versions(scoped: ScopedConnection, *, first: Month, last: Month) -> list[Submission]:
    """Return every version of the months from first to last, each month's oldest first."""
    query = (
        select(submission)
        .where(submission.c.month.between(str(first), str(last)), scoped.in_scope(submission.c.clinic_code))
        .order_by(submission.c.clinic_code, submission.c.month, submission.c.version)
    )
    return [_submission(row) for row in scoped.connection.execute(query)]


def list_of_clinic(
    scoped: ScopedConnection, *, clinic: str, month: Month | None = None, current_only: bool = False
) -> list[Submission]:
    """Return a clinic's submissions, newest month and version first."""
    query = (
        select(submission)
        .where(submission.c.clinic_code == clinic, scoped.in_scope(submission.c.clinic_code))
        .order_by(submission.c.month.desc(), submission.c.version.desc())
    )
    if month:
        query = query.where(submission.c.month == str(month))
    if current_only:
        query = query.where(submission.c.is_current)
    return [_submission(row) for row in scoped.connection.execute(query)]


def first_sent_of(scoped: ScopedConnection, *, months: Sequence[Month]) -> dict[Key, tuple[datetime, str]]:
    """Return when each clinic's month first came in and from whom, whatever became of it."""
    columns = (submission.c.clinic_code, submission.c.month, submission.c.sent_at, submission.c.sent_by)
    query = select(*columns).where(
        submission.c.version == 1,
        submission.c.month.between(str(min(months)), str(max(months))),
        scoped.in_scope(submission.c.clinic_code),
    )
    return {
        (clinic, Month.parse(month)): (sent_at, sent_by)
        for clinic, month, sent_at, sent_by in scoped.connection.execute(query)
    }


def earliest_month(scoped: ScopedConnection) -> Month | None:
    """Return the first month that any clinic has reported."""
    scoped.check_every_clinic()
    earliest = scoped.connection.execute(select(func.min(submission.c.month))).scalar()
    return Month.parse(earliest) if earliest else None


def list_waiting(scoped: ScopedConnection) -> list[Submission]:
    """Return what waits for review, oldest first."""
    query = (
        select(submission)
        .where(
            submission.c.is_current,
            submission.c.state == State.SENT.value,
            scoped.in_scope(submission.c.clinic_code),
        )
        .order_by(submission.c.sent_at, submission.c.id)
    )
    return [_submission(row) for row in scoped.connection.execute(query)]


def list_current_of(scoped: ScopedConnection, *, keys: Sequence[Key]) -> dict[Key, Submission]:
    """Return the current submissions of those clinic-months, by clinic and month."""
    submissions: dict[Key, Submission] = {}
    for start in range(0, len(keys), 500):
        part = [(clinic, str(month)) for clinic, month in keys[start : start + 500]]
        query = select(submission).where(
            submission.c.is_current,
            tuple_(submission.c.clinic_code, submission.c.month).in_(part),
            scoped.in_scope(submission.c.clinic_code),
        )
        for row in scoped.connection.execute(query):
            current = _submission(row)
            submissions[current.clinic, current.month] = current
    return submissions


def newest_usable(scoped: ScopedConnection, *, month: Month, first: Month | None = None) -> list[Submission]:
    """Return per clinic the newest version of the month that was not returned, and not held (R11).

    With `first`: of every month from there to `month`.
    """
    query = (
        select(submission)
        .where(
            submission.c.month.between(str(first or month), str(month)),
            submission.c.state != State.RETURNED.value,
            or_(~submission.c.is_held, submission.c.state == State.APPROVED.value),
            scoped.in_scope(submission.c.clinic_code),
        )
        .order_by(submission.c.month, submission.c.clinic_code, submission.c.version)
    )
    newest = {(row.month, row.clinic_code): row for row in scoped.connection.execute(query)}
    return [_submission(row) for row in newest.values()]


def first_sent(scoped: ScopedConnection, *, month: Month) -> dict[str, tuple[datetime, str]]:
    """Return when each clinic's month first came in, and from whom."""
    query = select(submission.c.clinic_code, submission.c.sent_at, submission.c.sent_by).where(
        submission.c.month == str(month),
        submission.c.version == 1,
        scoped.in_scope(submission.c.clinic_code),
    )
    return {row.clinic_code: (row.sent_at, row.sent_by) for row in scoped.connection.execute(query)}


def add_many(scoped: ScopedConnection, new: Sequence[NewSubmission]) -> list[int]:
    """Store versions with their values and events; what was current no longer is. Returns the ids."""
    for new_submission in new:
        scoped.check_in_scope(new_submission.clinic)
    later_versions = [new_submission for new_submission in new if new_submission.version > 1]
    _retire_current(scoped, [(later.clinic, later.month) for later in later_versions])
    rows = scoped.connection.execute(
        insert(submission).returning(submission.c.id, sort_by_parameter_order=True),
        [_submission_row(new_submission) for new_submission in new],
    )
    ids = [int(row.id) for row in rows]
    _add_values(scoped, new, ids)
    scoped.connection.execute(
        insert(event),
        [_sending_row(new_submission, id_) for new_submission, id_ in zip(new, ids, strict=True)],
    )
    return ids


def set_state(
    scoped: ScopedConnection, of: Submission, *, state: State, by: str, at: datetime, comment: str
) -> None:
    """Move a submission on and keep who did it and what they said."""
    scoped.check_in_scope(of.clinic)
    scoped.connection.execute(update(submission).where(submission.c.id == of.id).values(state=state.value))
    scoped.connection.execute(
        insert(event).values(
            submission_id=of.id, clinic_code=of.clinic, kind=state.value, by=by, at=at, comment=comment
        )
    )


def list_events(scoped: ScopedConnection, *, submission_ids: Sequence[int]) -> list[SubmissionEvent]:
    query = (
        select(event)
        .where(event.c.submission_id.in_(submission_ids), scoped.in_scope(event.c.clinic_code))
        .order_by(event.c.id)
    )
    return [
        SubmissionEvent(
            submission_id=row.submission_id, kind=Event(row.kind), by=row.by, at=row.at, comment=row.comment
        )
        for row in scoped.connection.execute(query)
    ]


def _retire_current(scoped: ScopedConnection, keys: Sequence[Key]) -> None:
    for start in range(0, len(keys), 500):
        part = [(clinic, str(month)) for clinic, month in keys[start : start + 500]]
        scoped.connection.execute(
            update(submission)
            .where(submission.c.is_current, tuple_(submission.c.clinic_code, submission.c.month).in_(part))
            .values(is_current=False)
        )


def _add_values(scoped: ScopedConnection, new: Sequence[NewSubmission], ids: Sequence[int]) -> None:
    rows = [
        (id_, measure, new_submission.clinic, answer.value, answer.reason.value if answer.reason else None)
        for new_submission, id_ in zip(new, ids, strict=True)
        for measure, answer in new_submission.answers.items()
    ]
    if not rows:
        return
    if scoped.connection.dialect.name == "sqlite":
        scoped.connection.exec_driver_sql(SQLITE_VALUES, rows)
        return
    columns = ("submission_id", "measure", "clinic_code", "value", "reason")
    scoped.connection.execute(insert(value), [dict(zip(columns, row, strict=True)) for row in rows])


def _sending_row(new: NewSubmission, id_: int) -> dict[str, object]:
    return {
        "submission_id": id_,
        "clinic_code": new.clinic,
        "kind": Event.SENT.value,
        "by": new.sent_by,
        "at": new.sent_at,
        "comment": new.reason or new.note,
    }


def _submission_row(new: NewSubmission) -> dict[str, object]:
    return {
        "clinic_code": new.clinic,
        "month": str(new.month),
        "version": new.version,
        "state": State.SENT.value,
        "door": new.door.value,
        "is_current": True,
        "sent_by": new.sent_by,
        "sent_at": new.sent_at,
        "file_name": new.file_name,
        "sha256": new.sha256,
        "idempotency_key": new.idempotency_key,
        "reason": new.reason,
        "note": new.note,
        "read": new.read,
        "new": new.new,
        "changed": new.changed,
        "unchanged": new.unchanged,
        "is_held": new.is_held,
    }


def _submission(row: Row) -> Submission:
    columns: dict[str, Any] = dict(
        zip(COLUMNS, row, strict=True)
    )  # asked by its name, each costs three times as much
    del columns["idempotency_key"]
    return Submission(
        clinic=columns.pop("clinic_code"),
        month=Month.parse(columns.pop("month")),
        state=State(columns.pop("state")),
        door=Door(columns.pop("door")),
        **columns,
    )
