"""Drafts as rows: the texts of a month being filled in, one draft per user, clinic and month."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, update

from db.scoping import ScopedConnection, table
from portal.domain.registry.months import Month


draft = table("draft")


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredDraft:
    """What someone has typed so far, measure by measure."""

    texts: Mapping[str, str]
    saved_at: datetime


def find(scoped: ScopedConnection, *, username: str, clinic: str, month: Month) -> StoredDraft | None:
    query = select(draft.c.texts, draft.c.saved_at).where(_is(scoped, username, clinic, month))
    row = scoped.connection.execute(query).first()
    return StoredDraft(texts=json.loads(row.texts), saved_at=row.saved_at) if row else None


def save(
    scoped: ScopedConnection,
    *,
    username: str,
    clinic: str,
    month: Month,
    texts: Mapping[str, str],
    at: datetime,
) -> bool:
    """Put the texts in place of those saved before; tells whether this began the draft."""
    scoped.check_in_scope(clinic)
    content = {"texts": json.dumps(dict(texts), ensure_ascii=False), "saved_at": at}
    changed = scoped.connection.execute(
        update(draft).where(_is(scoped, username, clinic, month)).values(**content)
    )
    if changed.rowcount:
        return False
    scoped.connection.execute(
        insert(draft).values(username=username, clinic_code=clinic, month=str(month), **content)
    )
    return True


def remove(scoped: ScopedConnection, *, username: str, clinic: str, month: Month) -> bool:
    """Throw the draft away; tells whether there was one."""
    scoped.check_in_scope(clinic)
    return bool(scoped.connection.execute(delete(draft).where(_is(scoped, username, clinic, month))).rowcount)


def _is(scoped: ScopedConnection, username: str, clinic: str, month: Month) -> ColumnElement[bool]:
    return (
        (draft.c.username == username)
        & (draft.c.clinic_code == clinic)
        & (draft.c.month == str(month))
        & scoped.in_scope(draft.c.clinic_code)
    )
