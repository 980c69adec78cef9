"""Files under preview as rows, one per login: what Streamlit holds ends with its process."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select

from db.accounts.login_sessions import SessionLimits, live_ids
from db.scoping import ScopedConnection, table


kept_upload = table("kept_upload")


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptUpload:
    """A file that somebody is looking at before it is sent."""

    name: str
    sha256: str
    content: bytes
    kept_at: datetime


def find(scoped: ScopedConnection, *, session: str, username: str, clinic: str) -> KeptUpload | None:
    """Return what the user looks at in that login, on the clinic's page."""
    row = scoped.connection.execute(select(kept_upload).where(_is(scoped, session, username, clinic))).first()
    if row is None:
        return None
    return KeptUpload(name=row.name, sha256=row.sha256, content=bytes(row.content), kept_at=row.kept_at)


def is_kept(scoped: ScopedConnection, *, session: str, username: str, clinic: str, sha256: str) -> bool:
    """Tell whether `find` would give that content, without reading it."""
    query = select(kept_upload.c.sha256).where(
        _is(scoped, session, username, clinic), kept_upload.c.sha256 == sha256
    )
    return scoped.connection.execute(query).first() is not None


def put(scoped: ScopedConnection, upload: KeptUpload, *, session: str, username: str, clinic: str) -> None:
    """Keep the file in place of the login's one before."""
    scoped.check_in_scope(clinic)
    scoped.connection.execute(
        delete(kept_upload).where(
            kept_upload.c.session_id == session, scoped.in_scope(kept_upload.c.clinic_code)
        )
    )
    scoped.connection.execute(
        insert(kept_upload).values(
            session_id=session,
            username=username,
            clinic_code=clinic,
            name=upload.name,
            sha256=upload.sha256,
            content=upload.content,
            kept_at=upload.kept_at,
        )
    )


def remove(scoped: ScopedConnection, *, session: str, username: str, clinic: str) -> bool:
    """Throw the file away; tells whether there was one."""
    scoped.check_in_scope(clinic)
    return bool(
        scoped.connection.execute(delete(kept_upload).where(_is(scoped, session, username, clinic))).rowcount
    )


def remove_sent(scoped: ScopedConnection, *, username: str, sha256: str) -> None:
    """Throw away what is sent now."""
    scoped.connection.execute(
        delete(kept_upload).where(
            kept_upload.c.username == username,
            kept_upload.c.sha256 == sha256,
            scoped.in_scope(kept_upload.c.clinic_code),
        )
    )


def is_any_left(scoped: ScopedConnection, limits: SessionLimits) -> bool:
    """Tell whether `remove_left` would find something."""
    query = select(kept_upload.c.session_id).where(_is_left(scoped, limits)).limit(1)
    return scoped.connection.execute(query).first() is not None


def remove_left(scoped: ScopedConnection, limits: SessionLimits) -> list[tuple[str, str]]:
    """Throw away what belongs to logins that have ended; return whose (username) and which clinic's it was."""
    removed = delete(kept_upload).where(_is_left(scoped, limits))
    rows = scoped.connection.execute(removed.returning(kept_upload.c.username, kept_upload.c.clinic_code))
    return [(row.username, row.clinic_code) for row in rows]


def _is(scoped: ScopedConnection, session: str, username: str, clinic: str) -> ColumnElement[bool]:
    return (
        (kept_upload.c.session_id == session)
        & (kept_upload.c.username == username)
        & (kept_upload.c.clinic_code == clinic)
        & scoped.in_scope(kept_upload.c.clinic_code)
    )


def _is_left(scoped: ScopedConnection, limits: SessionLimits) -> ColumnElement[bool]:
    is_live = kept_upload.c.session_id.in_(live_ids(limits))
    return ~is_live & scoped.in_scope(kept_upload.c.clinic_code)
