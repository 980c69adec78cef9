"""Login sessions: who is using a page at this moment, where somebody is logged in, and how it ends."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import db.accounts.accounts
import db.accounts.login_sessions
import db.audit
import db.registry.clinics
from db.accounts.accounts import AccountSummary
from db.accounts.login_sessions import LiveSession, OpenSession
from db.engine import DatabaseUnavailable
from portal.domain.accounts.access import NO_CLINIC, ClinicUser, RegionUser, Role, User
from portal.domain.registry.clinics import Clinic
from portal.services.accounts import second_factor
from portal.services.accounts.login import NOBODY, forget_files, limits
from portal.services.accounts.throttle import hashed
from portal.services.context import Portal


TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    sid: str
    username: str


@dataclass(frozen=True, slots=True)
class Visit:
    """Who the session belongs to; `must_enrol`: nothing opens before a second factor is set."""

    user: User
    must_enrol: bool


def resolve_token(portal: Portal, token: str) -> Session | None:
    with portal.database.reading(NO_CLINIC) as scoped:
        id_and_username = db.accounts.login_sessions.find_by_token(scoped, hashed(token), limits())
    return Session(*id_and_username) if id_and_username else None


def visit(portal: Portal, sid: str) -> Visit | None:
    """Return who the session belongs to, with role and clinics as of now; None when it has ended."""
    bounds = limits()
    with portal.database.reading(NO_CLINIC) as scoped:
        session = db.accounts.login_sessions.find_live(scoped, sid, bounds)
    user = user_of(session) if session else None
    if session is None or user is None:
        return None
    portal.forget_days(unless=session.common_version)
    if bounds.now - session.last_seen_at > TOUCH_EVERY:
        _touch(portal, sid, bounds.now)
    is_required = second_factor.is_required(
        portal, session.role, of_clinics=session.clinics_need_second_factor
    )
    return Visit(user, must_enrol=is_required and not session.has_second_factor)


def current_user(portal: Portal, sid: str) -> User | None:
    """Return who may use the portal in that session; None when it has ended or lacks a second factor."""
    current_visit = visit(portal, sid)
    return current_visit.user if current_visit and not current_visit.must_enrol else None


def list_open(portal: Portal, user: User) -> list[OpenSession]:
    """Return where the user is logged in, the newest first."""
    with portal.database.reading(NO_CLINIC) as scoped:
        return db.accounts.login_sessions.list_open(scoped, user.username, limits())


def list_own_clinics(portal: Portal, user: User) -> list[Clinic]:
    """Return the clinics the user may act for; every clinic for the region."""
    with portal.reading(user) as scoped:
        return db.registry.clinics.list_in_scope(scoped)


def close(portal: Portal, sid: str, because: str = "logout") -> None:
    with portal.writing_as(NOBODY) as scoped:
        username = db.accounts.login_sessions.end(scoped, sid, now=datetime.now(UTC), because=because)
        if username:
            scoped.by(username).record("login.closed", subject=sid, details={"because": because})
    forget_files(portal)


def close_own(portal: Portal, user: User, sid: str) -> None:
    """End one of the user's own sessions; another's is left alone."""
    if sid in {session.sid for session in list_open(portal, user)}:
        close(portal, sid, "elsewhere")


def close_all(portal: Portal, username: str, because: str = "everywhere") -> int:
    """End the user's sessions in every browser at once; return how many there were."""
    with portal.writing_as(username) as scoped:
        count = db.accounts.login_sessions.end_all(scoped, username, now=datetime.now(UTC), because=because)
        scoped.record("login.closed", details={"because": because})
    forget_files(portal)
    return count


def record_refusal(portal: Portal, user: User, page: str) -> None:
    with portal.writing(user) as scoped:
        scoped.record(
            "page.refused",
            outcome="refused",
            subject=page,
        )


def user_of(account: AccountSummary | LiveSession) -> User | None:
    match account.role:
        case Role.CLINIC if account.clinics:
            return ClinicUser(account.username, account.name, account.clinics)
        case Role.CLINIC:  # the last clinic was taken from the account: nothing is left to open
            return None
        case Role.REGION:
            return RegionUser(account.username, account.name)
        case Role.ADMIN:
            return RegionUser(account.username, account.name, is_administrator=True)


def _touch(portal: Portal, sid: str, now: datetime) -> None:
    # A page must not fail because a long import holds the write lock: a later run writes it.
    with suppress(DatabaseUnavailable), portal.database.writing(NO_CLINIC) as scoped:
        db.accounts.login_sessions.touch(scoped, sid, now=now)
