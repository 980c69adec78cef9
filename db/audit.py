"""The audit table: append-only and hash-chained, written in the transaction of what it records.

Each link is an HMAC under a key derived from the installation's secret: whoever has the database and not the
secret can neither add an event nor build the chain anew. Events from before the keys hang on plain hashes up
to one that is itself signed (`setting` audit_keyed). The chain's end is kept beside it, signed too (`setting`
audit_head), and printed by `portal check`: rows cut off the end leave a chain that does not reach it. Rows
older than the retention are taken off the beginning by `prune`, and only so: the event that says it lets the
trigger pass.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from db import signing
from db.scoping import ScopedConnection, table
from portal.domain.accounts.events import changes_data, changes_figures, is_of_one_clinic


FIRST_HASH = "0" * 64
LOST_HASH = "f" * 64  # what an event hangs on when the chain's end was taken away or forged
HEAD, KEYED = "audit_head", "audit_keyed"
DATA_VERSION, FIGURES_VERSION = "data_version", "figures_version"
COMMON_VERSION = "common_version"  # of figures that more than one clinic sees
_DATA_VERSION = f"SELECT value FROM setting WHERE name = '{DATA_VERSION}'"
_FIGURES_VERSION = f"SELECT value FROM setting WHERE name = '{FIGURES_VERSION}'"
_COMMON_VERSION = f"SELECT value FROM setting WHERE name = '{COMMON_VERSION}'"
PRUNED = "audit.pruned"

audit = table("audit")
setting = table("setting")
_OWN_VERSIONS = (
    select(setting.c.value)
    .where(setting.c.name.in_(bindparam("names", expanding=True)))
    .order_by(setting.c.name)
)


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

    def chained_to(self, previous_hash: str, key: bytes | None) -> str:
        """Return the HMAC over the event and the hash before it; without a key, the SHA-256 of older events."""
        fields = [previous_hash, self.at.astimezone(UTC).isoformat(), self.actor, self.action, self.outcome]
        fields += [self.clinic, self.object, self.details]
        return (
            hashlib.sha256(signing.encoded(fields)).hexdigest() if key is None else signing.sign(key, *fields)
        )


def _keys(scoped: ScopedConnection) -> tuple[bytes, ...]:
    keys: tuple[bytes, ...] = scoped.connection.info[signing.KEYS]
    return keys


def _is_signed(scoped: ScopedConnection, signature: str, *fields: object) -> bool:
    return any(hmac.compare_digest(signature, signing.sign(key, *fields)) for key in _keys(scoped))


def add(scoped: ScopedConnection, event: AuditEvent) -> None:
    """Append one event to the chain, in the caller's transaction (there is one writer at a time)."""
    event = replace(event, at=event.at.replace(microsecond=0))
    head = _head_to_hang_on(scoped)
    digest = event.chained_to(head.hash, _keys(scoped)[0])
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
    if changes_data(event.action):
        _store(scoped, DATA_VERSION, digest)
    if changes_figures(event.action):
        _store(scoped, FIGURES_VERSION, digest)
        is_own = event.clinic and is_of_one_clinic(event.action)
        _store(scoped, _version_of(event.clinic) if is_own else COMMON_VERSION, digest)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: the newest event's id and hash, and how many events were ever written."""

    id: int
    count: int
    hash: str
    signature: str = ""  # none before there were keys

    @property
    def signed(self) -> tuple[object, ...]:
        return (HEAD, self.id, self.count, self.hash)


def _head_to_hang_on(scoped: ScopedConnection) -> Head:
    """Return the chain's end; one that was taken away or forged is not believed, so the next check tells."""
    head = find_head(scoped)
    if head is None:
        newest = find_newest(scoped)
        return newest if newest.id == 0 else replace(newest, hash=LOST_HASH)
    return head if is_genuine(scoped, head) else replace(head, hash=LOST_HASH)


def is_genuine(scoped: ScopedConnection, head: Head) -> bool:
    """Tell whether the portal wrote this end: it is signed, or from before there were keys."""
    return _is_signed(scoped, head.signature, *head.signed) or head.id <= _last_without_key(scoped).id


def end_of_chain(scoped: ScopedConnection) -> str:
    """Return the chain's end as text, to be kept outside the database."""
    head = find_head(scoped)
    return f"{head.id}:{head.hash}" if head else "0:"


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


def _last_without_key(scoped: ScopedConnection) -> Head:
    """Return the last event that hangs on a plain hash, as it was signed when the keys came."""
    content = scoped.connection.execute(select(setting.c.value).where(setting.c.name == KEYED)).scalar()
    last = Head(**json.loads(content)) if content else Head(0, 0, FIRST_HASH)
    return last if _is_signed(scoped, last.signature, *last.signed) else Head(0, 0, FIRST_HASH)


def _keep(scoped: ScopedConnection, head: Head) -> None:
    signature = signing.sign(_keys(scoped)[0], *head.signed)
    content = json.dumps({"id": head.id, "count": head.count, "hash": head.hash, "signature": signature})
    _store(scoped, HEAD, content)


def _store(scoped: ScopedConnection, name: str, content: str) -> None:
    changed = scoped.connection.execute(update(setting).where(setting.c.name == name).values(value=content))
    if not changed.rowcount:
        scoped.connection.execute(insert(setting).values(name=name, value=content))


def list_recent(scoped: ScopedConnection, *, limit: int = 200) -> list[AuditEvent]:
    """Return the newest events first; a clinic sees those of its own clinics only."""
    rows = scoped.connection.execute(
        select(audit).where(scoped.in_scope(audit.c.clinic_code)).order_by(audit.c.id.desc()).limit(limit)
    )
    return [AuditEvent.of_row(row) for row in rows]


def data_version(scoped: ScopedConnection) -> str:
    """Return the hash of the newest event that changed data: a login or a download leaves it as it was.

    Unlike the event's number it never comes back, not even where a copy is restored under a running portal.
    It is kept beside the chain's end: of the rows themselves, a clinic's transaction may see older ones only.
    A database that has not kept it yet has its newest event's.
    """
    # Each transaction asks: the statement is ready, not put together anew.
    version = scoped.connection.exec_driver_sql(_DATA_VERSION).scalar()
    if version:
        return str(version)
    head = find_head(scoped)
    return head.hash if head else FIRST_HASH


def figures_version(scoped: ScopedConnection) -> str:
    """Return the hash of the newest event that changed figures: one about words or accounts leaves it as it was.

    What only another clinic sees leaves a clinic's as it was: it has its own beside that of what is everybody's.
    """
    if not scoped.scope.every:
        return " ".join([common_version(scoped), *_own_versions(scoped)])
    version = scoped.connection.exec_driver_sql(_FIGURES_VERSION).scalar()
    return str(version) if version else data_version(scoped)


def common_version(scoped: ScopedConnection) -> str:
    """Return the hash of the newest event that changed figures or days of more than one clinic.

    A database that has not kept it yet has that of any figures.
    """
    version = scoped.connection.exec_driver_sql(_COMMON_VERSION).scalar()
    version = version or scoped.connection.exec_driver_sql(_FIGURES_VERSION).scalar()
    return str(version) if version else data_version(scoped)


def _own_versions(scoped: ScopedConnection) -> list[str]:
    names = [_version_of(clinic) for clinic in scoped.scope.clinics]
    return list(scoped.connection.execute(_OWN_VERSIONS, {"names": names}).scalars()) if names else []


def _version_of(clinic: str) -> str:
    return f"{FIGURES_VERSION} {clinic}"


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
    try:
        details = json.loads(row.details)
        return Pruned(int(row.object), int(details["count"]), str(details["hash"]))
    except (ValueError, KeyError, TypeError):
        return None  # forged: the chain breaks at it


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
    gone, plain = find_pruned(scoped), _last_without_key(scoped)
    previous_hash = gone.hash if gone else FIRST_HASH
    # A thousand at a time: the history may be larger than the memory.
    statement = select(audit).order_by(audit.c.id).execution_options(yield_per=1_000)
    with scoped.connection.execute(statement) as rows:
        for row in rows:
            keys: tuple[bytes | None, ...] = (None,) if row.id <= plain.id else _keys(scoped)
            event = AuditEvent.of_row(row)
            links = [event.chained_to(previous_hash, key) for key in keys]
            if row.previous_hash != previous_hash or row.hash not in links or _is_another(row, plain):
                return int(row.id)
            previous_hash = row.hash
    return None


def _is_another(row: Row[Any], plain: Head) -> bool:
    """Tell whether it stands in the place of the last event without a key, but is not the one signed for."""
    return bool(row.id == plain.id and row.hash != plain.hash)


def holds(scoped: ScopedConnection, *, id_: int, digest: str) -> bool:
    """Tell whether the chain still has the event that an earlier check printed as its end."""
    gone = find_pruned(scoped)
    there = scoped.connection.scalar(select(audit.c.hash).where(audit.c.id == id_))
    return there == digest or (there is None and gone is not None and id_ <= gone.last_id)


def is_cut(scoped: ScopedConnection) -> bool:
    """Tell whether the rows end elsewhere than the kept end says, or are fewer than were written."""
    head, there, gone = find_head(scoped), find_newest(scoped), find_pruned(scoped)
    count = there.count + (gone.count if gone else 0)
    if head is None or not is_genuine(scoped, head):
        return True
    return (head.id, head.hash, head.count) != (there.id, there.hash, count)
