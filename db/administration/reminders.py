"""Mails that went out, as rows, and the region's decisions that a sender is told of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, insert, select, update

from db.scoping import ScopedConnection, table
from portal.domain.registry.months import Month
from portal.domain.reporting.submissions import State


reminder = table("reminder")
submission = table("submission")
event = table("submission_event")

# What makes a mail one that was sent already: clinic, month, kind, recipient.
Sent = tuple[str, Month, str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """A version that the region approved or returned, and that still is the current one."""

    clinic: str
    month: Month
    version: int
    state: State
    sent_by: str


def add_many(scoped: ScopedConnection, new: Sequence[Sent], *, at: datetime) -> None:
    """Note mails that are about to go out."""
    for clinic, *_ in new:
        scoped.check_in_scope(clinic)
    scoped.connection.execute(
        insert(reminder),
        [
            {
                "clinic_code": clinic,
                "month": str(month),
                "kind": kind,
                "recipient": recipient,
                "sent_at": at,
                "is_sent": False,
            }
            for clinic, month, kind, recipient in new
        ],
    )


def confirm(scoped: ScopedConnection, sent: Sequence[Sent]) -> None:
    """Note that the mail server took them."""
    for which in _rows_of(scoped, sent):
        scoped.connection.execute(update(reminder).where(which).values(is_sent=True))


def remove(scoped: ScopedConnection, refused: Sequence[Sent]) -> None:
    """Forget mails that were not taken: they are tried again."""
    for which in _rows_of(scoped, refused):
        scoped.connection.execute(delete(reminder).where(which))


def _rows_of(scoped: ScopedConnection, mails: Sequence[Sent]) -> Iterator[ColumnElement[bool]]:
    for clinic, month, kind, recipient in mails:
        scoped.check_in_scope(clinic)
        yield and_(
            reminder.c.clinic_code == clinic,
            reminder.c.month == str(month),
            reminder.c.kind == kind,
            reminder.c.recipient == recipient,
        )


def list_sent(scoped: ScopedConnection) -> set[Sent]:
    query = select(reminder).where(scoped.in_scope(reminder.c.clinic_code))
    return {
        (row.clinic_code, Month.parse(row.month), row.kind, row.recipient)
        for row in scoped.connection.execute(query)
    }


def list_unsure(scoped: ScopedConnection, *, before: datetime) -> list[Sent]:
    """Return the mails that were about to go out then, and of which nobody knows whether they did."""
    query = select(reminder).where(
        ~reminder.c.is_sent, reminder.c.sent_at < before, scoped.in_scope(reminder.c.clinic_code)
    )
    rows = scoped.connection.execute(query.order_by(reminder.c.id))
    return [(row.clinic_code, Month.parse(row.month), row.kind, row.recipient) for row in rows]


def list_decisions(scoped: ScopedConnection, *, since: datetime) -> list[Decision]:
    """Return what was approved or returned since then and has not been followed by anything newer."""
    query = (
        select(submission)
        .join(event, event.c.submission_id == submission.c.id)
        .where(
            submission.c.is_current,
            event.c.kind == submission.c.state,
            event.c.kind.in_([State.APPROVED.value, State.RETURNED.value]),
            event.c.at >= since,
            scoped.in_scope(submission.c.clinic_code),
        )
        .order_by(submission.c.month, submission.c.clinic_code)
    )
    return [
        Decision(
            clinic=row.clinic_code,
            month=Month.parse(row.month),
            version=row.version,
            state=State(row.state),
            sent_by=row.sent_by,
        )
        for row in scoped.connection.execute(query)
    ]
