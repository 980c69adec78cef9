"""The way in: password, second factor, ticket, session. Every door goes through `make_ticket`.

Sessions keep real time even where the portal's calendar is fixed (demo, tests): a login of a
fixed day would never end, or have ended at once.
"""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import db.accounts.accounts
import db.accounts.login_sessions
import db.accounts.throttle
import db.audit
from db.accounts.accounts import Account
from db.accounts.login_sessions import SessionLimits
from db.engine import DatabaseUnavailable
from db.reporting import kept_uploads
from portal.domain.accounts.access import EVERY_CLINIC, NO_CLINIC
from portal.domain.accounts.identifiers import username_key
from portal.services.accounts import passwords, second_factor, throttle
from portal.services.accounts.throttle import INSIDE, NOWHERE, Client, Wait, hashed
from portal.services.context import Portal
from portal.services.refused import Refused


TICKET_LIVES = timedelta(seconds=30)
STEP_LIVES = timedelta(minutes=5)
SESSION_LIVES = timedelta(hours=12)
IDLE_AFTER = timedelta(minutes=30)
MOST_SESSIONS = 5
NOBODY = "okänd"  # the actor of a failed login without an account: a mistyped name may be a password


@dataclass(frozen=True, slots=True)
class Ticket:
    """A right login: exchange `secret` once, within seconds, for the session's cookie."""

    secret: str


@dataclass(frozen=True, slots=True)
class NeedsCode:
    """The password was right, and the account has a second factor; `step` goes with the code."""

    step: str


Outcome = Ticket | NeedsCode | Wait | None


def begin(
    portal: Portal,
    username: str,
    password: str,
    code: str = "",
    *,
    step: str = "",
    client: Client = NOWHERE,
) -> Outcome:
    """Check everything the account asks for; None when something was wrong, without saying what.

    One hash for a whole login: with the `step` of a right password the code alone is checked. An
    unknown or shut-out account costs the same hash as a wrong password.
    """
    name = username_key(username)
    account = find_account(portal, name)
    if wait := throttle.charge(portal, name, account, client):
        record_failure(portal, account, "too soon", action="login.throttled")
        return wait
    if not _password_holds(portal, account, password, step):
        record_failure(portal, account, "password")
        return None
    assert account is not None
    if account.totp_secret and not code:
        return _ask_for_code(portal, account)
    if account.totp_secret and not second_factor.take(portal, account, code):
        record_failure(portal, account, "code")
        return None
    return make_ticket(portal, account.id, client)


def check_password(portal: Portal, username: str, password: str) -> bool:
    """Tell whether it is the account's own password, asked of somebody who is logged in already.

    Their tries count for themselves: nobody outside can use them up. Raises Refused after too many.
    """
    account = find_account(portal, username)
    if wait := throttle.charge(portal, username, account, INSIDE):
        record_failure(portal, account, "too soon", action="login.throttled")
        raise Refused(f"För många fel i rad. Vänta {wait.length} och försök sedan igen.")
    if not _password_holds(portal, account, password, ""):
        record_failure(portal, account, "password")
        return False
    assert account is not None
    with portal.database.writing(NO_CLINIC) as scoped:
        throttle.clear(scoped, account.id, INSIDE)
    return True


def make_ticket(portal: Portal, account_id: int, client: Client = NOWHERE) -> Ticket:
    """Let the account in: whoever calls has checked all that it asks for."""
    secret, now = secrets.token_urlsafe(32), datetime.now(UTC)
    with portal.database.writing(NO_CLINIC) as scoped:
        throttle.clear(scoped, account_id, client)
        db.accounts.login_sessions.delete_steps(scoped, account_id)
        db.accounts.login_sessions.delete_tickets(scoped, expired_before=now - SESSION_LIVES)
        db.accounts.login_sessions.add_ticket(
            scoped, ticket_hash=hashed(secret), account_id=account_id, expires_at=now + TICKET_LIVES
        )
    return Ticket(secret)


def open_session(portal: Portal, ticket: str, *, device: str = "") -> tuple[str, str] | None:
    """Exchange a ticket for (token, session id), once. The token is for the cookie only.

    `device` is the token of the browser's lasting cookie: from now on the account is known there.
    """
    now = datetime.now(UTC)
    token, sid = secrets.token_urlsafe(32), secrets.token_urlsafe(12)
    with portal.writing_as(NOBODY) as scoped:
        owner = db.accounts.login_sessions.use_ticket(scoped, hashed(ticket), now=now)
        if owner is None:
            return None
        account_id, username = owner
        db.accounts.login_sessions.add(
            scoped,
            sid=sid,
            token_hash=hashed(token),
            account_id=account_id,
            now=now,
            expires_at=now + SESSION_LIVES,
        )
        db.accounts.login_sessions.end_oldest(scoped, account_id, most=MOST_SESSIONS, limits=limits())
        db.accounts.accounts.change(scoped, account_id, last_login_at=now, idle_warned_at=None)
        if device:
            db.accounts.throttle.note_device(scoped, hashed(device), account_id, at=now)
        scoped.by(username).record("login.opened", subject=sid)
    forget_files(portal)
    return token, sid


def forget_files(portal: Portal) -> None:
    """Throw away what lay under preview in logins that have ended: nobody can reach it, whichever clinic's it is.

    A transaction of its own, with nothing of a login in it; one that fails is made up for by the next login.
    """
    with suppress(DatabaseUnavailable):
        with portal.database.reading(EVERY_CLINIC) as scoped:
            if not kept_uploads.is_any_left(scoped, limits()):
                return
        with portal.writing_as(NOBODY, EVERY_CLINIC) as writing:
            for username, clinic in kept_uploads.remove_left(writing, limits()):
                writing.by(username).record("upload.discarded", clinic=clinic, details={"because": "ended"})


def limits() -> SessionLimits:
    now = datetime.now(UTC)
    return SessionLimits(now=now, seen_since=now - IDLE_AFTER)


def find_account(portal: Portal, username: str) -> Account | None:
    """Return the account of that name as a login sees it: with its secrets."""
    with portal.database.reading(NO_CLINIC) as scoped:
        return db.accounts.accounts.find(scoped, username_key(username))


def record_failure(
    portal: Portal, account: Account | None, fault: str, *, action: str = "login.failed"
) -> None:
    with portal.writing_as(account.username if account else NOBODY) as scoped:
        scoped.record(action, outcome="refused", details={"wrong": fault})


def _password_holds(portal: Portal, account: Account | None, password: str, step: str) -> bool:
    is_usable = account is not None and account.is_active
    if step:
        return is_usable and account is not None and _step_holds(portal, account, step)
    is_right = passwords.is_right(account.password_hash if account and is_usable else "", password)
    return is_usable and is_right


def _step_holds(portal: Portal, account: Account, step: str) -> bool:
    with portal.database.reading(NO_CLINIC) as scoped:
        owner = db.accounts.login_sessions.find_step(scoped, hashed(step), now=datetime.now(UTC))
    return owner == account.id


def _ask_for_code(portal: Portal, account: Account) -> NeedsCode:
    step, now = secrets.token_urlsafe(32), datetime.now(UTC)
    with portal.database.writing(NO_CLINIC) as scoped:
        db.accounts.login_sessions.delete_steps(scoped, account.id)
        db.accounts.login_sessions.add_step(
            scoped, token_hash=hashed(step), account_id=account.id, expires_at=now + STEP_LIVES
        )
    return NeedsCode(step)
