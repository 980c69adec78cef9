"""The audit table: append-only and hash-chained, written in the transaction of what it records.

The chain's end is kept beside it (`setting` audit_head): rows cut off the end leave a chain that does
not reach it, and whatever is written afterwards hangs on the hash that is gone. Rows older than the
retention are taken off the beginning by `prune`, and only so: the event that says it lets the trigger pass.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from db.scoping import ScopedConnection, table


FIRST_HASH = "0" * 64
HEAD = "audit_head"
PRUNED = "audit.pruned"

audit = table("audit")
setting = table("setting")


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEvent:
    at: datetime
    actor: str
    action: str
    outcome: str = "done"
    clinic: str = ""
    object: str = ""
    details: str = "{}"  # JSON, as `in_json` writes them
    id: int = 0  # its place in the table; no part of the hash

    @classmethod
    def of_row(cls, row: Row[Any]) -> "AuditEvent":
        return cls(
            id=row.id,
            at=row.at,
            actor=row.actor,
            action=row.action,
            outcome=row.outcome,
            clinic=row.clinic_code,
            object=row.object,
            details=row.details,
        )

    @staticmethod
    def in_json(details: Mapping[str, Any] | None) -> str:
        """Details as an event keeps them: the same ones always give the same text."""
        return json.dumps(details or {}, ensure_ascii=False, sort_keys=True)

    def chained_to(self, previous_hash: str) -> str:
        """Return the SHA-256 over the event and the hash before it."""
        fields = [previous_hash, self.at.astimezone(UTC).isoformat(), self.actor, self.action, self.outcome]
        fields += [self.clinic, self.object, self.details]
        return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def add(scoped: ScopedConnection, event: AuditEvent) -> None:
    """Append one event to the chain, in the caller's transaction (there is one writer at a time)."""
    event = replace(event, at=event.at.replace(microsecond=0))
    head = find_head(scoped) or find_newest(scoped)
    digest = event.chained_to(head.hash)
    statement = insert(audit).values(
        at=event.at,
        actor=event.actor,
        action=event.action,
        outcome=event.outcome,
        clinic_code=event.clinic,
        object=event.object,
        details=event.details,
        previous_hash=head.hash,
        hash=digest,
    )
    place = scoped.connection.execute(statement.returning(audit.c.id)).scalar_one()
    _keep(scoped, Head(id=place, count=head.count + 1, hash=digest))


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: the newest event's id and hash, and how many events were ever written."""

    id: int
    count: int
    hash: str


def find_head(scoped: ScopedConnection) -> Head | None:
    stored_head = scoped.connection.execute(select(setting.c.value).where(setting.c.name == HEAD)).scalar()
    return Head(**json.loads(stored_head)) if stored_head else None


def find_newest(scoped: ScopedConnection) -> Head:
    """Return where the chain ends as the rows have it, for a database without a kept end."""
    row = scoped.connection.execute(
        select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1)
    ).first()
    count = scoped.connection.execute(select(func.count()).select_from(audit)).scalar_one()
    return Head(row.id, count, row.hash) if row else Head(0, 0, FIRST_HASH)


def _keep(scoped: ScopedConnection, head: Head) -> None:
    content = json.dumps({"id": head.id, "count": head.count, "hash": head.hash})
    changed = scoped.connection.execute(update(setting).where(setting.c.name == HEAD).values(value=content))
    if not changed.rowcount:
        scoped.connection.execute(insert(setting).values(name=HEAD, value=content))


def list_recent(scoped: ScopedConnection, *, limit: int = 200) -> list[AuditEvent]:
    """Return the newest events first; a clinic sees those of its own clinics only."""
    rows = scoped.connection.execute(
        select(audit).where(scoped.in_scope(audit.c.clinic_code)).order_by(audit.c.id.desc()).limit(limit)
    )
    return [AuditEvent.of_row(row) for row in rows]


def newest_id(scoped: ScopedConnection) -> int:
    """Return the number of the newest event: since every write adds one, the data's version.

    From the chain's kept end: of the rows themselves, a clinic's transaction may see older ones only.
    """
    head = find_head(scoped)
    return head.id if head else 0


@dataclass(frozen=True, slots=True)
class Pruned:
    """Up to which event the beginning was taken off, how many in all, and the hash of the last of them."""

    last_id: int
    count: int
    hash: str


def find_pruned(scoped: ScopedConnection) -> Pruned | None:
    """Return what the newest pruning said of itself."""
    newest = select(audit).where(audit.c.action == PRUNED).order_by(audit.c.id.desc()).limit(1)
    row = scoped.connection.execute(newest).first()
    if row is None:
        return None
    details = json.loads(row.details)
    return Pruned(int(row.object), int(details["count"]), str(details["hash"]))


def count_before(scoped: ScopedConnection, moment: datetime) -> tuple[int, int]:
    """Return (id of the last event before the moment, how many there are up to it); (0, 0) for none.

    Up to the first event that is not older: the chain loses its beginning, never a link in the middle.
    """
    first_kept = scoped.connection.scalar(select(func.min(audit.c.id)).where(audit.c.at >= moment))
    older = select(func.max(audit.c.id), func.count()).select_from(audit)
    if first_kept is not None:
        older = older.where(audit.c.id < first_kept)
    last, count = scoped.connection.execute(older).one()
    return int(last or 0), int(count)


def prune(scoped: ScopedConnection, *, at: datetime, actor: str, before: datetime, years: int) -> int:
    """Take off the events before the moment; return how many. The event that says so stays in the chain."""
    scoped.check_every_clinic()
    last_id, count = count_before(scoped, before)
    if not count:
        return 0
    gone = find_pruned(scoped)
    last_hash = scoped.connection.scalar(select(audit.c.hash).where(audit.c.id == last_id))
    details = {"count": count + (gone.count if gone else 0), "hash": last_hash, "years": years}
    event = AuditEvent(
        at=at, actor=actor, action=PRUNED, object=str(last_id), details=AuditEvent.in_json(details)
    )
    add(scoped, event)
    scoped.connection.execute(delete(audit).where(audit.c.id <= last_id))
    return count


def first_broken_link(scoped: ScopedConnection) -> int | None:
    """Return the id of the first row that does not fit the chain, or None when all do."""
    gone = find_pruned(scoped)
    previous_hash = gone.hash if gone else FIRST_HASH
    # A thousand at a time: the history may be larger than the memory.
    statement = select(audit).order_by(audit.c.id).execution_options(yield_per=1_000)
    with scoped.connection.execute(statement) as rows:
        for row in rows:
            if row.previous_hash != previous_hash or row.hash != AuditEvent.of_row(row).chained_to(
                previous_hash
            ):
                return int(row.id)
            previous_hash = row.hash
    return None


def is_cut(scoped: ScopedConnection) -> bool:
    """Tell whether the rows end elsewhere than the kept end says, or are fewer than were written."""
    head, there, gone = find_head(scoped), find_newest(scoped), find_pruned(scoped)
    count = there.count + (gone.count if gone else 0)
    return head is None or (head.id, head.hash, head.count) != (there.id, there.hash, count)
