"""Letters that wait for the mail server, as rows. No clinic's data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, insert, select, update

from db.scoping import ScopedConnection, table


unsent_letter = table("unsent_letter")


@dataclass(frozen=True, kw_only=True, slots=True)
class UnsentLetter:
    """`number` 0: not stored yet."""

    number: int = 0
    recipient: str
    subject: str
    content: str
    written_at: datetime


def add(scoped: ScopedConnection, letter: UnsentLetter) -> None:
    scoped.connection.execute(
        insert(unsent_letter).values(
            recipient=letter.recipient,
            subject=letter.subject,
            content=letter.content,
            written_at=letter.written_at,
        )
    )


def list_waiting(scoped: ScopedConnection) -> list[UnsentLetter]:
    """Return what nobody is sending, the oldest first."""
    waiting = select(unsent_letter).where(unsent_letter.c.begun_at.is_(None)).order_by(unsent_letter.c.id)
    return _letters(scoped, waiting)


def list_unsure(scoped: ScopedConnection, *, before: datetime) -> list[UnsentLetter]:
    """Return what was begun before then and never ended: it may have arrived."""
    begun = select(unsent_letter).where(unsent_letter.c.begun_at < before).order_by(unsent_letter.c.id)
    return _letters(scoped, begun)


def _letters(scoped: ScopedConnection, query: Select[Any]) -> list[UnsentLetter]:
    return [
        UnsentLetter(
            number=row.id,
            recipient=row.recipient,
            subject=row.subject,
            content=row.content,
            written_at=row.written_at,
        )
        for row in scoped.connection.execute(query)
    ]


def begin(scoped: ScopedConnection, number: int, *, at: datetime) -> bool:
    """Note that a letter is about to go; says whether it is ours to send."""
    its_turn = (unsent_letter.c.id == number) & unsent_letter.c.begun_at.is_(None)
    return bool(scoped.connection.execute(update(unsent_letter).where(its_turn).values(begun_at=at)).rowcount)


def put_back(scoped: ScopedConnection, number: int) -> None:
    scoped.connection.execute(update(unsent_letter).where(unsent_letter.c.id == number).values(begun_at=None))


def remove(scoped: ScopedConnection, number: int) -> None:
    scoped.connection.execute(delete(unsent_letter).where(unsent_letter.c.id == number))
