"""The audit table: append-only and hash-chained, written in the transaction of what it records."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, insert, select

from db.scoping import ScopedConnection, table


FIRST_HASH = "0" * 64

audit = table("audit")


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEvent:
    at: datetime
    actor: str
    action: str
    outcome: str
    clinic: str
    object: str
    details: str  # JSON

    def chained_to(self, previous_hash: str) -> str:
        """Return the SHA-256 over the event and the hash before it."""
        fields = [previous_hash, self.at.astimezone(UTC).isoformat(), self.actor, self.action, self.outcome]
        fields += [self.clinic, self.object, self.details]
        return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def add(
    scoped: ScopedConnection,
    *,
    at: datetime,
    actor: str,
    action: str,
    outcome: str = "done",
    clinic: str = "",
    subject: str = "",
    details: Mapping[str, object] | None = None,
) -> None:
    """Append one event to the chain, in the caller's transaction (there is one writer at a time)."""
    newest = select(audit.c.hash).order_by(audit.c.id.desc()).limit(1)
    previous_hash = scoped.connection.execute(newest).scalar() or FIRST_HASH
    event = AuditEvent(
        at=at.replace(microsecond=0),
        actor=actor,
        action=action,
        outcome=outcome,
        clinic=clinic,
        object=subject,
        details=json.dumps(details or {}, ensure_ascii=False, sort_keys=True),
    )
    scoped.connection.execute(
        insert(audit).values(
            at=event.at,
            actor=event.actor,
            action=event.action,
            outcome=event.outcome,
            clinic_code=event.clinic,
            object=event.object,
            details=event.details,
            previous_hash=previous_hash,
            hash=event.chained_to(previous_hash),
        )
    )


def list_recent(scoped: ScopedConnection, *, limit: int = 200) -> list[AuditEvent]:
    """Return the newest events first; a clinic sees those of its own clinics only."""
    rows = scoped.connection.execute(
        select(audit).where(scoped.in_scope(audit.c.clinic_code)).order_by(audit.c.id.desc()).limit(limit)
    )
    return [
        AuditEvent(
            at=row.at,
            actor=row.actor,
            action=row.action,
            outcome=row.outcome,
            clinic=row.clinic_code,
            object=row.object,
            details=row.details,
        )
        for row in rows
    ]


def newest_id(scoped: ScopedConnection) -> int:
    """Return the number of the newest event: since every write adds one, the data's version."""
    return int(scoped.connection.execute(select(func.max(audit.c.id))).scalar() or 0)


def first_broken_link(scoped: ScopedConnection) -> int | None:
    """Return the id of the first row that does not fit the chain, or None when all do."""
    previous_hash = FIRST_HASH
    for row in scoped.connection.execute(select(audit).order_by(audit.c.id)):
        event = AuditEvent(
            at=row.at,
            actor=row.actor,
            action=row.action,
            outcome=row.outcome,
            clinic=row.clinic_code,
            object=row.object,
            details=row.details,
        )
        if row.previous_hash != previous_hash or row.hash != event.chained_to(previous_hash):
            return int(row.id)
        previous_hash = row.hash
    return None
